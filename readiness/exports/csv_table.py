"""The one writer of tables for spreadsheets: no cell is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV after RFC 4180; a text that a spreadsheet would run as a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([cell(name) for name in header])
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def file(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table as a file that a spreadsheet opens: UTF-8 with the mark by which Excel knows it."""
    return write(header, rows).encode("utf-8-sig")


def cell(value: object) -> str:
    """A value as a cell: numbers as they are, text made harmless."""
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    text = str(value).replace("\0", "")
    harmful = text.startswith(_STARTS) or text.lstrip().startswith(_STARTS[:4]) or str(value).startswith("\0")
    return f"'{text}" if harmful else text
