"""Hostile imports, drawn anew for every field that an import fills: both readers of Markdown find what we wrote."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from readiness import pack
from readiness.access import GRANTS, Principal
from readiness.pack import render
from readiness.pack.markdown import text
from readiness.pack.snapshot import snapshot
from readiness.store import open_store
from tests.pack import reading
from tests.soak import SOAKED

from .conftest import HEAD, IMPORTER, NOON, Desk, Say, asking
from .test_markdown import PIECES

IMPORTS = 1_000 if SOAKED else 20
"""Each is a system of its own in the store, with all four packs: a second of processor time."""
LINES = [piece for piece in PIECES if piece != "\x00"]
DRAWN = [piece for piece in LINES if piece not in ("\n", "\r\n", "\u2028")]
"""Importers refuse a NUL, and a name is one line."""
LONGER = ("note", "error", "input", "output", "lesson", "reason", "residual_risk", "action", "comment")
"""Fields that hold more than a line, by how their names end."""
OURS = {"h1", "h2", "h3", "p", "strong", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "code", "pre"}
OURS |= {"ul", "ol", "li", "hr"}


def drawn(number: int) -> Say:
    """For each field one text, the same in every run; somewhere in it stands a word, so that nothing is empty."""
    kept: dict[str, str] = {}

    def say(field: str) -> str:
        if field not in kept:
            draw = random.Random(f"{number} {field}")  # noqa: S311 - repeatable on purpose
            pieces = draw.choices(
                PIECES[: PIECES.index("\x00")] if field.endswith(LONGER) else DRAWN, k=draw.randint(1, 9)
            )
            pieces.insert(draw.randrange(len(pieces) + 1), f"w{draw.randrange(10**6)}")
            kept[field] = "".join(pieces)
        return kept[field]

    return say


def packs(folder: Path, numbers: Iterable[int]) -> Iterator[tuple[str, str, str]]:
    """Every audience's pack of every import: which it is, for whom, and its Markdown."""
    store = open_store(f"sqlite:///{folder / 'readiness.db'}")
    desk = Desk(store, Principal.of(IMPORTER, GRANTS))
    for number in numbers:
        slug = desk.fill(drawn(number), slug=f"import-{number}")
        review = desk.review(slug)
        for audience in pack.AUDIENCES:
            taken = snapshot(review, asking(audience, review), chain_head=HEAD, made_at=NOON)
            yield slug, audience, render.markdown(taken)
    store.close()


Structure = tuple[list[str], list[list[int]]]


def structure(html: str) -> Structure:
    """The headings in their order, and for each table the cells of each of its rows."""
    headings, tables = [], list[list[int]]()
    for name in (name for name, _ in reading.elements(html)):
        if name in reading.HEADINGS:
            headings.append(name)
        elif name == "table":
            tables.append([])
        elif name == "tr":
            tables[-1].append(0)
        elif name in ("th", "td"):
            tables[-1][-1] += 1
    return headings, tables


def test_what_is_imported_changes_nothing_of_how_a_pack_is_made(desk: Desk, tmp_path: Path) -> None:
    desk.fill()
    plain = {audience: structure(reading.github(render.markdown(desk.take(audience)))) for audience in pack.AUDIENCES}
    checked = 0
    for slug, audience, source in packs(tmp_path, range(IMPORTS)):
        check(plain[audience], slug, audience, source)
        checked += 1
    assert checked == IMPORTS * len(pack.AUDIENCES)


@pytest.mark.parametrize("render", reading.RENDERERS.values(), ids=reading.RENDERERS)
@pytest.mark.parametrize("word", ["www", "WWW", "xwww", "(www"])
def test_a_full_stop_of_ours_makes_no_address_of_a_word(render: reading.Renderer, word: str) -> None:
    html = render(f"Known limits: {text(word)}. More.")
    assert "a" not in reading.names(html)
    assert reading.text(html) == f"Known limits: {word}. More."


def check(plain: Structure, slug: str, audience: str, source: str) -> None:
    """For one customer rows about few cases are left out, and drawn words make other cohorts: so fewer rows there."""
    shown = [show(source) for show in reading.RENDERERS.values()]
    headings, tables = structure(shown[0])
    assert structure(shown[1]) == (headings, tables), (slug, audience)
    assert headings == plain[0], (slug, audience)
    if pack.AUDIENCES[audience].fewest:
        assert [rows[0] for rows in tables] == [rows[0] for rows in plain[1]], (slug, audience)
    else:
        assert tables == plain[1], (slug, audience)
    assert all(len(set(rows)) == 1 for rows in tables), (slug, audience)
    for html in shown:
        assert reading.names(html) <= OURS, (slug, audience)
        assert all(given.keys() <= {"align", "style"} for _, given in reading.elements(html)), (slug, audience)
