"""A sheet as CSV after RFC 4180; spreadsheets of some countries write semicolons, or tabulators."""

from __future__ import annotations

import csv
import io
from collections.abc import Set as AbstractSet

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MOST_FIELDS, SHEET_ROWS
from readiness.language import tr

from .lines import SheetLine

_DELIMITERS = (",", ";", "\t")


def lines(source: Source, ids: AbstractSet[str]) -> list[SheetLine]:
    """The header and every row below it; nothing where no column is an id. Raises InputError."""
    head = source.text.partition("\n")[0]
    for delimiter in _DELIMITERS:
        if ids & {title.strip().strip('"') for title in head.split(delimiter)}:
            return _lines(source, delimiter)
    return []


def _lines(source: Source, delimiter: str) -> list[SheetLine]:
    table = rows(
        source,
        delimiter,
        most_rows=2 * SHEET_ROWS,
        most_columns=MOST_FIELDS // SHEET_ROWS,
        expected=tr("at most {rows} rows as exported", rows=formatting.whole(SHEET_ROWS)),
    )
    return [SheetLine(f"row {number}", row) for number, row in enumerate(table, start=1)]


def rows(source: Source, delimiter: str, *, most_rows: int, most_columns: int, expected: str) -> list[list[str]]:
    """The rows of a table, with one kind of line break. Raises InputError for what breaks off, or is larger."""
    found: list[list[str]] = []
    reader = csv.reader(io.StringIO(source.text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if len(found) >= most_rows or len(row) > most_columns:
                raise InputError(tr("the table is too large"), file=source.name, expected=expected)
            found.append([text.replace("\r\n", "\n") for text in row])
    except csv.Error as exc:
        raise InputError(
            tr("the CSV breaks off or is malformed ({reason})", reason=exc),
            file=source.name,
            place=tr("line {line}", line=reader.line_num),
            expected=tr("a whole table"),
        ) from exc
    return found
