"""Nothing on a page is left in English: in a language that nobody speaks, what stands in no brackets is stored."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import pytest

from readiness import language
from tests.language import pseudo
from tests.language.test_pages import opened
from tests.pages.dashboard import PAGES, Dashboard

HEARD = {"aria-label", "title", "alt", "data-label"}
"""Attributes that people hear."""
INLINE = {"a", "abbr", "b", "code", "em", "i", "kbd", "s", "small", "span", "strong"}
SILENT = {"code", "kbd", "script", "style"}
BREAK = "\0"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Days are written by Babel, which knows nobody's language either."""
SAME = {"CSV", "XLSX", "PDF", "HTML", "SVG", "Markdown", "English", "Deutsch", "readiness", "https", *MONTHS}
"""What is the same in every language."""
_WORDS = re.compile(r"[^\W\d_]{3,}")
_BETWEEN = re.compile(r"[·:;,()\[\]→–/@\d.“”\"?%=+−…◐]+| on ")


class Texts(HTMLParser):
    """What is read and heard of some HTML, with a break where a line, a cell or an attribute ends."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        heard = [value for name, value in attrs if name in HEARD and value]
        self.parts += [part for text in heard for part in (BREAK, text, BREAK)]
        self._end(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT
        self._end(tag)

    def _end(self, tag: str) -> None:
        if tag not in INLINE:
            self.parts.append(BREAK)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def outside(html: str) -> Iterator[str]:
    """The pieces of HTML that stand in no brackets."""
    texts = Texts()
    texts.feed(html)
    for part in "".join(texts.parts).split(BREAK):
        depth, kept = _opened_before(part), list[str]()
        for char in part:
            depth = max(depth + (char == "⟦") - (char == "⟧"), 0)
            kept.append(BREAK if depth or char == "⟧" else char)
        for piece in "".join(kept).split(BREAK):
            yield from (" ".join(one.split()) for one in _BETWEEN.split(piece))


def _opened_before(part: str) -> int:
    """How many brackets were opened in what the part was cut from."""
    depth = least = 0
    for char in part:
        depth += (char == "⟦") - (char == "⟧")
        least = min(least, depth)
    return -least


@pytest.fixture(scope="module")
def stored(loaded: Path) -> str:
    """All that the demo portfolio holds, as one text."""
    with closing(sqlite3.connect(loaded)) as file:
        plain = (re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), row) for row in file.iterdump())
        rows = [" ".join(row.replace("''", "'").replace('\\"', '"').split()) for row in plain]
    return " ".join([*rows, *(row.replace("_", " ") for row in rows)])


@pytest.mark.parametrize("page", PAGES)
def test_no_word_of_a_page_is_left_in_english(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch, stored: str, page: str
) -> None:
    with pseudo.known() as name:
        monkeypatch.setenv(language.LANGUAGE_VARIABLE, name)
        blocks = opened(dashboard, page).blocks
    left = {piece for block in blocks for piece in outside(block) if _WORDS.search(piece) and piece not in stored}
    assert sorted(piece for piece in left if not set(_WORDS.findall(piece)) <= SAME) == []


@pytest.mark.parametrize(
    ("html", "pieces"),
    [
        ("<p>⟦Owner⟧ rosa</p><style>a b</style>", ["rosa"]),
        ('<a title="Not said">⟦1 ⟦gap⟧ of⟧ two</a>', ["Not said", "two"]),
        ("<td>one</td><td>⟦x</td><td>three · four</td>", ["one", "three", "four"]),
        ("<td>said⟧ two</td>", ["two"]),
    ],
)
def test_what_stands_outside_of_brackets_is_found(html: str, pieces: list[str]) -> None:
    assert [piece for piece in outside(html) if piece] == pieces
