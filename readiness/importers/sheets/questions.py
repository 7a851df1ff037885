"""Somebody else's questionnaire, as an Excel workbook or a plain table: every cell as a text, in its place.

Nothing of it is understood here. A formula counts as the value that it had when it was saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source import encodings
from readiness.importers.source.archive import is_archive
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import SHEET_CAP, SHEET_CELLS, SHEET_COLUMNS, SHEET_ROWS, SHEETS
from readiness.language import tr

from . import plain, workbook

_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class AskedSheet:
    """The cells of one sheet, row by row; a row is as long as its last cell that holds something."""

    title: str
    rows: Sequence[Sequence[str]]


def read(source: Source) -> list[AskedSheet]:
    """Every sheet of a questionnaire. Raises InputError for macros, links out, and what is larger than one can be."""
    if source.size > SHEET_CAP:
        raise InputError(
            tr("the file has {size} bytes", size=formatting.whole(source.size)),
            file=source.name,
            expected=tr("at most {most}", most=formatting.whole(SHEET_CAP)),
        )
    workbook.refuse_others(source)
    if is_archive(source):
        sheets = [AskedSheet(title, rows) for title, rows in workbook.every(source)]
    else:
        with encodings.plain(source, western=not _is_utf8(source)) as read_as:
            sheets = [AskedSheet("Questions", _table(read_as.source))]
    _check(source, sheets)
    return sheets


def _check(source: Source, sheets: Sequence[AskedSheet]) -> None:
    if len(sheets) > SHEETS:
        raise InputError(
            tr("there are {number} sheets", number=len(sheets)),
            file=source.name,
            expected=tr("at most {most}", most=SHEETS),
        )
    for sheet in sheets:
        if len(sheet.rows) > SHEET_ROWS or any(len(row) > SHEET_COLUMNS for row in sheet.rows):
            raise InputError(
                tr("the sheet is too large"),
                file=source.name,
                place=formatting.plain(sheet.title)[:40],
                expected=tr(
                    "at most {rows} rows and {columns} columns",
                    rows=formatting.whole(SHEET_ROWS),
                    columns=SHEET_COLUMNS,
                ),
            )
    if sum(len(row) for sheet in sheets for row in sheet.rows) > SHEET_CELLS:
        raise InputError(
            tr("there are too many cells"),
            file=source.name,
            expected=tr("at most {most}", most=formatting.whole(SHEET_CELLS)),
        )
    if not any(any(row) for sheet in sheets for row in sheet.rows):
        raise InputError(tr("nothing stands in the file"), file=source.name, expected=tr("a table of questions"))


def _is_utf8(source: Source) -> bool:
    try:
        return bool(source.text) or True
    except InputError:
        return False


def _table(source: Source) -> list[list[str]]:
    """The rows after RFC 4180, by the delimiter that its first line has most of."""
    head = source.text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    return plain.rows(
        source,
        delimiter,
        most_rows=SHEET_ROWS + 1,
        most_columns=SHEET_COLUMNS + 1,
        expected=tr(
            "at most {rows} rows and {columns} columns",
            rows=formatting.whole(SHEET_ROWS),
            columns=SHEET_COLUMNS,
        ),
    )
