"""The one writer of tables for spreadsheets: no cell is ever a formula, by whatever sign a reader tells cells apart."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from readiness import formatting

_SIGNS = "=+@\\-＝＋＠－"
_BEGINS = re.compile(rf"[\s\"]*[{_SIGNS}]")
_FOLLOWS = re.compile(rf"([;|][\s\"]*)(?=[{_SIGNS}])")
"""Behind what another reader takes for the end of a cell."""
_ADDED = re.compile(rf"^'(?=[\s\"]*[{_SIGNS}])|(?<=[;|])([\s\"]*)'(?=[{_SIGNS}])")


def write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV after RFC 4180, every field in quotes; a text that would run as a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([cell(name) for name in header])
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def file(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table as a file that a spreadsheet opens: UTF-8 with the mark by which Excel knows it."""
    return write(header, rows).encode("utf-8-sig")


def cell(value: object) -> str:
    """A value as a cell: numbers as they are, text on one line and made harmless."""
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    text = _FOLLOWS.sub(r"\1'", formatting.line(str(value)))
    return f"'{text}" if _BEGINS.match(text) else text


def lines(text: str) -> str:
    """A text that keeps its lines, each of them made harmless, for a cell that may have several."""
    return "\n".join(cell(line) for line in formatting.visible(text).split("\n"))


def original(text: str) -> str:
    """A text that comes back, without the apostrophes that made it harmless."""
    return "\n".join(_ADDED.sub(r"\1", line) for line in text.split("\n"))
