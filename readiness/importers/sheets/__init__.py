"""Sheets of answers and gaps that come back, as the workbook or the plain table that readiness writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.archive import is_archive
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import SHEET_CAP, SHEET_ROWS
from readiness.model.sheets import COLUMNS, ID, ReadRow, ReadSheet, SheetKind

from . import plain, workbook
from .lines import SheetLine

KINDS: dict[str, SheetKind] = {columns[0].title: kind for kind, columns in COLUMNS.items()}
_WRITTEN = "a file that readiness has written, as XLSX or CSV"


def read(source: Source) -> ReadSheet:
    """The rows of a sheet as texts. Raises InputError for anything but what readiness writes, changed in its cells."""
    if source.size > SHEET_CAP:
        raise InputError(f"the file has {source.size:,} bytes", file=source.name, expected=f"at most {SHEET_CAP:,}")
    workbook.refuse_others(source)
    lines = workbook.lines(source, set(KINDS)) if is_archive(source) else plain.lines(source, set(KINDS))
    if not lines:
        raise InputError(f"no column is called {' or '.join(KINDS)}", file=source.name, expected=_WRITTEN)
    if len(lines) - 1 > SHEET_ROWS:
        raise InputError("the sheet is too long", file=source.name, expected=f"at most {SHEET_ROWS:,} rows")
    kind, titles = _titles(source, lines[0])
    rows = [_row(source, line, titles) for line in lines[1:] if any(line.texts)]
    twice = [told for told, count in Counter(row.id for row in rows).items() if count > 1]
    if twice:
        places = formatting.listed([row.place for row in rows if row.id == twice[0]])
        raise InputError(f"the id {twice[0][:60]!r} stands twice", file=source.name, place=places, expected="once")
    return ReadSheet(kind, rows)


def _titles(source: Source, head: SheetLine) -> tuple[SheetKind, list[str]]:
    """Which column is which, wherever it stands."""
    titles = [formatting.plain(text) for text in head.texts]
    kind = next(KINDS[title] for title in titles if title in KINDS)
    known = [column.title for column in COLUMNS[kind]]
    for title in titles:
        if title and title not in known:
            raise InputError(
                f"the column {title[:60]!r} is not known",
                file=source.name,
                place=head.place,
                expected=f"only {', '.join(known)}",
            )
        if title and titles.count(title) > 1:
            raise InputError(f"the column {title!r} stands twice", file=source.name, place=head.place, expected="once")
    for column in COLUMNS[kind]:
        if column.kind == "key" and column.title not in titles:
            raise InputError(
                f"the column {column.title!r} is missing",
                file=source.name,
                place=head.place,
                expected="the first four columns, which say what a row is about",
            )
    return kind, titles


def _row(source: Source, line: SheetLine, titles: Sequence[str]) -> ReadRow:
    cells = {title: text for title, text in zip(titles, line.texts, strict=False) if title}
    stray = [text for text in line.texts[len(titles) :] if text]
    stray += [text for title, text in zip(titles, line.texts, strict=False) if text and not title]
    if stray:
        raise InputError(
            f"{stray[0][:60]!r} stands in a column without a name",
            file=source.name,
            place=line.place,
            expected="only the columns that were exported",
        )
    row = ReadRow(line.place, cells)
    if not row.id.strip():
        raise InputError("the row has no id", file=source.name, place=line.place, expected=f"the {ID} as it was")
    return row
