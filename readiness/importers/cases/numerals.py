"""Numbers as people's spreadsheets write them: decimal commas, thousands separators and per cent signs.

What a comma means is told from the column it stands in, then from the rest of the table. Where neither tells, nothing
is read: 1,234 is either more than a thousand or a little more than one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from readiness import english

from .rows import TableRow

_GAPS = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'\u2019](?=\d{3}(?!\d))")
"""Spaces and apostrophes between the digits of thousands."""
_SHAPES = (
    ("either", re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")),
    ("dotted", re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")),
    ("plain", re.compile(r"[+-]?\d+")),
    ("point", re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")),
    ("comma", re.compile(r"[+-]?(\d*,\d+)([eE][+-]?\d+)?|[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?")),
)
_NUMBERS = ("either", "dotted", "plain", "point", "comma")
_SIGNS = re.compile(r"[,%\u2212]|\d[ \u00a0\u2009\u202f'\u2019.]\d{3}")
UNCLEAR = "1,234 may be 1234 or 1.234 there"


@dataclass
class _Column:
    """How the cells of a column look, and one that is written unlike a plain number."""

    shapes: Counter[str] = field(default_factory=Counter)
    percent: int = 0
    unusual: bool = False

    @property
    def numbers(self) -> int:
        return sum(self.shapes[shape] for shape in _NUMBERS)

    @property
    def is_figures(self) -> bool:
        return self.unusual and self.numbers > self.shapes["text"]

    @property
    def has_commas(self) -> bool:
        """Whether a comma can only be the decimal one here."""
        return self.is_figures and self.shapes["comma"] > self.shapes["point"]


@dataclass
class Numerals:
    """What was understood: notes for the person, and the columns that cannot be read, each with the reason."""

    notes: list[str] = field(default_factory=list)
    unclear: dict[str, str] = field(default_factory=dict)


def settle(rows: Iterable[tuple[str, TableRow]], *, comma_parts_cells: bool) -> Numerals:
    """Bring every such number into the form that a program writes, in place, and say so."""
    rows = list(rows)
    columns = _survey(rows)
    commas = any(column.has_commas for column in columns.values())
    numerals, told = Numerals(), dict[str, list[str]]()
    for name, column in columns.items():
        style = _style(column, commas=commas, comma_parts_cells=comma_parts_cells)
        if style == "unclear":
            numerals.unclear[name] = UNCLEAR
        elif style:
            for way in _rewrite(rows, name, decimal=style, percent=column.percent == column.numbers):
                told.setdefault(way, []).append(name)
    numerals.notes = [f"{way}: {english.listed(names)}" for way, names in told.items()]
    return numerals


def _survey(rows: Iterable[tuple[str, TableRow]]) -> dict[str, _Column]:
    columns: dict[str, _Column] = {}
    for _, row in rows:
        for name, cell in row.items():
            if not isinstance(cell, str) or len(cell) > 40 or not cell:
                shape = "text" if isinstance(cell, str) and cell else ""
            else:
                shape = _shape(cell)
            if shape:
                column = columns.setdefault(name, _Column())
                column.shapes[shape] += 1
                if shape != "text":
                    column.percent += "%" in cell
                    column.unusual = column.unusual or bool(_SIGNS.search(cell))
    return columns


def _shape(cell: str) -> str:
    text = _bare(cell)
    return next((shape for shape, pattern in _SHAPES if pattern.fullmatch(text)), "text")


def _bare(cell: str) -> str:
    return _GAPS.sub("", cell.strip().replace("\u2212", "-")).removesuffix("%").strip()


def _style(column: _Column, *, commas: bool, comma_parts_cells: bool) -> str:
    """The sign of decimals in a column: `,` or `.`, "unclear", or "" where nothing has to be done."""
    if not column.is_figures:
        return ""
    shapes = column.shapes
    if shapes["point"] or shapes["comma"]:
        return "." if shapes["point"] else ","
    if (shapes["either"] and shapes["dotted"]) or (shapes["dotted"] and commas):
        return "unclear"
    if not shapes["either"]:
        return "."
    return "," if commas else "." if comma_parts_cells else "unclear"


def _rewrite(rows: Iterable[tuple[str, TableRow]], name: str, *, decimal: str, percent: bool) -> Iterator[str]:
    ways: dict[str, None] = {}
    for _, row in rows:
        cell: Any = row.get(name)
        if not isinstance(cell, str) or len(cell) > 40 or not _SIGNS.search(cell) or _shape(cell) == "text":
            continue
        if "%" in cell and not percent:
            continue  # beside numbers without the sign it is not said what they are
        text = _bare(cell)
        thousands = "," if decimal == "." else "."
        if decimal == "." and _shape(text) == "comma":
            continue
        if decimal in text and decimal == ",":
            ways["a comma is read as the decimal one"] = None
        if thousands in text and (decimal == "," or thousands == ","):
            ways["thousands separators are left out of the numbers"] = None
        number = text.replace(thousands, "").replace(decimal, ".")
        if percent:
            ways["cells with % are read as shares of 1"] = None
            number = repr(float(number) / 100)
        row[name] = number
    yield from ways
