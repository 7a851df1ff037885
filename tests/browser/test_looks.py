"""What carries a meaning by its look is compared with a picture that a person looked at: badges, bands, charts.

`python -m tests.browser.test_looks` takes the pictures anew, to be looked at before they are stored.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, sync_playwright

from readiness.access import GRANTS, Principal
from readiness.services import demo
from readiness.store import open_store
from tests.browser.chromium import find
from tests.browser.conftest import FLAGS, Server, Visitor
from tests.browser.screenshots import still
from tests.serving import ME, free_port, serving

LOOKS = Path(__file__).parents[1] / "data" / "looks"
PIECES = {
    "badges": ("", "table.r-systems .r-badge"),
    "scale": ("", "table.r-systems .r-scale"),
    "sections": ("", "table.r-systems .r-five"),
    "bands": ("verdict?system=freight-support", ".stVegaLiteChart"),
    "changes": ("scorecard?system=freight-support", ".r-glance .r-around"),
    "heat": ("scorecard?system=freight-support", ".r-heat"),
    "stages": ("release?system=freight-support", ".r-climb"),
}
"""The page, and what of it: every element that is meant, one below the other. None of it shows a date."""
THEMES = ("light", "dark")
WEAR = "style => { const s = new CSSStyleSheet(); s.replaceSync(style); document.adoptedStyleSheets.push(s) }"
ROUGH = 4
"""Pictures are compared at a quarter of their size, so that the edges of letters do not matter."""
OFF = 40
"""Of 255: how far a colour has to be from the picture's to count as another."""
MOST = 0.012
"""The share of points that may have another colour."""


def taken(page: Page, selector: str) -> Image.Image:
    """What the page shows of the selector, one below the other."""
    page.locator(selector).first.wait_for()
    still(page)
    parts = [
        Image.open(io.BytesIO(part.screenshot())).convert("RGB")
        for part in page.locator(selector).filter(visible=True).all()
    ]
    whole = Image.new("RGB", (max(part.width for part in parts), sum(part.height + 4 for part in parts)))
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height + 4
    return whole


def differing(one: Image.Image, other: Image.Image) -> float:
    """The share of points of another colour; all of them where the size is another by more than three points."""
    if max(abs(one.width - other.width), abs(one.height - other.height)) > 3:
        return 1.0
    size = (max(one.width // ROUGH, 1), max(one.height // ROUGH, 1))
    apart = ImageChops.difference(*(image.resize(size, Image.Resampling.BOX) for image in (one, other)))
    others: int = sum(max(point) > OFF for point in zip(*(band.tobytes() for band in apart.split()), strict=True))
    return others / (size[0] * size[1])


def opened(browser: Browser, address: str, path: str, theme: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 1600}, locale="en-GB").new_page()
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    Visitor(page, address).open(path)
    return page


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", sorted({path for path, _ in PIECES.values()}))
def test_it_looks_as_it_did(browser: Browser, server: Server, path: str, theme: str, tmp_path: Path) -> None:
    page = opened(browser, server.address, path, theme)
    others = []
    for piece, selector in [(piece, selector) for piece, (own, selector) in PIECES.items() if own == path]:
        now, file = taken(page, selector), tmp_path / f"{piece}.png"
        now.save(file)
        with Image.open(LOOKS / f"{piece}-{theme}.png") as before:
            share = differing(now, before.convert("RGB"))
        others += [f"{piece} in {theme} is another in {share:.1%} of its points: {file}"] if share > MOST else []
    page.context.close()
    assert others == []


def test_another_look_is_noticed(browser: Browser, server: Server) -> None:
    path, selector = PIECES["badges"]
    page = opened(browser, server.address, path, "light")
    for style in (
        ".r-badge.staged { background: #1f6fb2 !important; }",
        ".r-badge { border-radius: 0 !important; padding: 0 1rem !important; }",
        ".r-badge.blocked { opacity: 0; }",
    ):
        page.evaluate(
            "style => { const s = new CSSStyleSheet(); s.replaceSync(style); document.adoptedStyleSheets.push(s) }",
            style,
        )
        with Image.open(LOOKS / "badges-light.png") as before:
            assert differing(taken(page, selector), before.convert("RGB")) > MOST, style
        page.evaluate("document.adoptedStyleSheets.pop()")
    page.context.close()


def test_every_picture_is_of_a_piece() -> None:
    assert {path.stem for path in LOOKS.glob("*.png")} == {f"{piece}-{theme}" for piece in PIECES for theme in THEMES}


def take() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url = f"sqlite:///{folder}/readiness.db"
        store = open_store(url)
        demo.load(store, Principal.of(ME, GRANTS))
        store.close()
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        for _ in serving([sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", url], address):
            for piece, (path, selector) in PIECES.items():
                for theme in THEMES:
                    page = opened(browser, address, path, theme)
                    taken(page, selector).save(LOOKS / f"{piece}-{theme}.png", optimize=True)
                    page.context.close()
        browser.close()


if __name__ == "__main__":
    take()
