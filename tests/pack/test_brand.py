"""How an organisation's packs look is data: nothing of it runs, is fetched, or adds what an audience may not read."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from readiness import pack
from readiness.errors import InputError
from readiness.pack import brand, pdf, render
from readiness.pack.snapshot import Snapshot, snapshot

from . import paper, reading
from .conftest import HEAD, NOON, Desk, asking

STATED = """
organisation = "Brannholt <b>"
accent = "#0b5c8a"
logo = "logo.png"
opening = "Read the decision first. {{ 7 * 7 }} <script>alert(1)</script>"
closing = "Questions go to the trust desk."
[order]
security = ["traces", "gates"]
"""


def picture(size: tuple[int, int] = (40, 20), note: str = "") -> bytes:
    told, body = PngInfo(), io.BytesIO()
    if note:
        told.add_text("Author", note)
    Image.new("RGB", size, "#0b5c8a").save(body, "PNG", pnginfo=told)
    return body.getvalue()


def folder(tmp_path: Path, text: str = STATED, logo: bytes | None = None) -> Path:
    (tmp_path / brand.FILE).write_text(text, "utf-8")
    (tmp_path / "logo.png").write_bytes(picture() if logo is None else logo)
    return tmp_path


def taken(desk: Desk, look: brand.Brand, audience: str = "security") -> Snapshot:
    review = desk.review()
    return snapshot(review, asking(audience, review), chain_head=HEAD, made_at=NOON, brand=look)


def test_without_a_folder_nothing_is_branded(desk: Desk) -> None:
    desk.fill()
    assert brand.configured({}) == brand.Brand()
    assert "brand" not in desk.take("security").data()


def test_name_wording_logo_and_colour_stand_in_every_form(desk: Desk, tmp_path: Path) -> None:
    desk.fill()
    made = taken(desk, brand.configured({brand.VARIABLE: str(folder(tmp_path))}))
    assert "Questions go to the trust desk." in render.markdown(made)
    page = render.html(made)
    assert "{{ 7 * 7 }} <script>alert(1)</script>" in reading.text(page)
    assert "Brannholt <b>" in reading.text(page)
    assert page.count("<script") == 0
    assert "img-src data:" in page
    assert "h2 { color: #0b5c8a; }" in page
    body = pdf.pdf(made)
    words = " ".join(paper.pages(body))
    for text in ("Brannholt <b>", "Read the decision first. {{ 7 * 7 }}", "Questions go to the trust desk."):
        assert text in words
    assert b"/Image" in body


def test_an_order_moves_sections_and_neither_adds_nor_drops_one(desk: Desk, tmp_path: Path) -> None:
    desk.fill()
    look = brand.load(folder(tmp_path))
    was = [section.id for section in desk.take("security").sections]
    now = [section.id for section in taken(desk, look).sections]
    assert now[:2] == ["traces", "gates"]
    assert sorted(now) == sorted(was)
    assert now[2:] == [section for section in was if section not in ("traces", "gates")]
    assert [section.id for section in taken(desk, look, "procurement").sections] == list(
        pack.AUDIENCES["procurement"].sections
    )


def test_what_a_picture_says_of_its_making_stays_behind(tmp_path: Path) -> None:
    look = brand.load(folder(tmp_path, logo=picture(note="made by Rosa Canary")))
    assert b"Canary" not in base64.b64decode(look.logo)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('accent = "red"', "accent: 'red' is no colour; expected one such as #0b5c8a"),
        ('accent = "#eeeeee"', "accent: #eeeeee has a contrast of 1.2 with white; expected at least 4.5"),
        ('accent = "#0b5c8a; } * {"', "is no colour"),
        ('template = "x"', "template: this key is not known"),
        (
            '[order]\nsecurity = ["checklist"]',
            "order.security: the section 'checklist' is not one of the security pack",
        ),
        ('[order]\npress = ["gates"]', "the audience 'press' is not known"),
        ('logo = "../logo.png"', "'../logo.png' is no file beside it"),
        ("logo = 3", "'3' is no file beside it"),
        ('logo = "none.png"', "the file cannot be read"),
        (f'opening = "{"x" * 1001}"', "opening"),
        ("organisation = [", "brand.toml"),
    ],
)
def test_what_does_not_fit_is_refused_with_file_and_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        brand.load(folder(tmp_path, text))
    assert said in str(refused.value)
    assert str(tmp_path) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "logo",
    [
        b"<svg onload='alert(1)'/>",
        b"\x89PNG\r\n\x1a\n",
        picture((2_001, 1)),
        b"GIF89a" + b"0" * 50,
        picture() + b"0" * (600 << 10),
    ],
)
def test_what_is_no_small_png_is_no_logo(tmp_path: Path, logo: bytes) -> None:
    with pytest.raises(InputError):
        brand.load(folder(tmp_path, logo=logo))


def test_a_folder_without_its_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"brand.toml: the file cannot be read"):
        brand.configured({brand.VARIABLE: str(tmp_path)})
