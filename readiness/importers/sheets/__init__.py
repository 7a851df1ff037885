"""Sheets of answers and gaps that come back, as the workbook or the plain table that readiness writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.archive import is_archive
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import SHEET_CAP, SHEET_ROWS
from readiness.language import marked, tr
from readiness.model.sheets import COLUMNS, ID, ReadRow, ReadSheet, SheetKind

from . import plain, workbook
from .lines import SheetLine

KINDS: dict[str, SheetKind] = {columns[0].title: kind for kind, columns in COLUMNS.items()}
_WRITTEN = marked("a file that readiness has written, as XLSX or CSV")


def read(source: Source) -> ReadSheet:
    """The rows of a sheet as texts. Raises InputError for anything but what readiness writes, changed in its cells."""
    if source.size > SHEET_CAP:
        raise InputError(
            tr("the file has {size} bytes", size=formatting.whole(source.size)),
            file=source.name,
            expected=tr("at most {most}", most=formatting.whole(SHEET_CAP)),
        )
    workbook.refuse_others(source)
    lines = workbook.lines(source, set(KINDS)) if is_archive(source) else plain.lines(source, set(KINDS))
    if not lines:
        raise InputError(
            tr("no column is called {names}", names=formatting.listed(list(KINDS), formatting.OR)),
            file=source.name,
            expected=tr(_WRITTEN),
        )
    if len(lines) - 1 > SHEET_ROWS:
        raise InputError(
            tr("the sheet is too long"),
            file=source.name,
            expected=tr("at most {rows} rows", rows=formatting.whole(SHEET_ROWS)),
        )
    kind, titles = _titles(source, lines[0])
    rows = [_row(source, line, titles) for line in lines[1:] if any(line.texts)]
    twice = [told for told, count in Counter(row.id for row in rows).items() if count > 1]
    if twice:
        places = formatting.listed([row.place for row in rows if row.id == twice[0]])
        raise InputError(
            tr("the id {id!r} stands twice", id=twice[0][:60]), file=source.name, place=places, expected=tr("once")
        )
    return ReadSheet(kind, rows)


def _titles(source: Source, head: SheetLine) -> tuple[SheetKind, list[str]]:
    """Which column is which, wherever it stands."""
    titles = [formatting.plain(text) for text in head.texts]
    kind = next(KINDS[title] for title in titles if title in KINDS)
    known = [column.title for column in COLUMNS[kind]]
    for title in titles:
        if title and title not in known:
            raise InputError(
                tr("the column {column!r} is not known", column=title[:60]),
                file=source.name,
                place=head.place,
                expected=tr("only {known}", known=", ".join(known)),
            )
        if title and titles.count(title) > 1:
            raise InputError(
                tr("the column {column!r} stands twice", column=title),
                file=source.name,
                place=head.place,
                expected=tr("once"),
            )
    for column in COLUMNS[kind]:
        if column.kind == "key" and column.title not in titles:
            raise InputError(
                tr("the column {column!r} is missing", column=column.title),
                file=source.name,
                place=head.place,
                expected=tr("the first four columns, which say what a row is about"),
            )
    return kind, titles


def _row(source: Source, line: SheetLine, titles: Sequence[str]) -> ReadRow:
    cells = {title: text for title, text in zip(titles, line.texts, strict=False) if title}
    stray = [text for text in line.texts[len(titles) :] if text]
    stray += [text for title, text in zip(titles, line.texts, strict=False) if text and not title]
    if stray:
        raise InputError(
            tr("{text!r} stands in a column without a name", text=stray[0][:60]),
            file=source.name,
            place=line.place,
            expected=tr("only the columns that were exported"),
        )
    row = ReadRow(line.place, cells)
    if not row.id.strip():
        raise InputError(
            tr("the row has no id"),
            file=source.name,
            place=line.place,
            expected=tr("the {column} as it was", column=ID),
        )
    return row
