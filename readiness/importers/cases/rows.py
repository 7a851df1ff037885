"""A table that a program keeps in memory, row by row: CSV, or JSON as pandas writes it (`split` or `records`)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from readiness import english
from readiness.errors import InputError
from readiness.importers.source.gateway import Source
from readiness.importers.source.lines import csv_lines, longest_cell
from readiness.importers.source.streamed import listed
from readiness.language import tr, trn

from .scored import Run

TableRow = dict[str, Any]
Skip = Callable[[str, str], None]
"""Told the place of a row that is left out, and the reason."""


def read_rows(source: Source, run: Run) -> Iterator[tuple[str, TableRow]]:
    """Each row under its column names, with its place; an empty cell of a CSV is None."""
    if source.head_text.lstrip()[:1] not in ("{", "["):
        yield from read_csv(source, run.skip)
        return
    document = listed(source, (), ("data",))
    if (rows := document.rows(())) is not None:
        yield from _records(rows, run)
        return
    whole, data = document.rest, document.rows(("data",))
    columns = whole.get("columns") if isinstance(whole, dict) else None
    if not isinstance(columns, list) or data is None or not all(isinstance(c, str) for c in columns):
        raise InputError(tr("this is not a table"), file=source.name, expected=tr("names in columns and rows in data"))
    refuse_twice(columns, source)
    yield from _split(columns, data, run)


def header(line: str) -> list[str]:
    """The names in the first line of a CSV; none where it is something else."""
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return []


def _records(rows: Iterable[Any], run: Run) -> Iterator[tuple[str, TableRow]]:
    for at, row in enumerate(rows):
        if isinstance(row, dict):
            yield f"[{at}]", row
        else:
            run.skip(f"[{at}]", "the row is not an object")


def _split(columns: list[str], data: Iterable[Any], run: Run) -> Iterator[tuple[str, TableRow]]:
    for at, cells in enumerate(data):
        if not isinstance(cells, list):
            run.skip(f"data[{at}]", "the row is not a list")
        elif len(cells) != len(columns):
            run.skip(f"data[{at}]", uneven(len(cells), len(columns)))
        else:
            yield f"data[{at}]", dict(zip(columns, cells, strict=True))


def read_csv(source: Source, skip: Skip | None = None, delimiter: str = ",") -> Iterator[tuple[str, TableRow]]:
    """The rows of a CSV; one with another number of cells than there are columns is told to `skip`, or else refused.

    Empty cells behind the last column are left out, as spreadsheets write them.
    """
    csv.field_size_limit(longest_cell(source))  # a cell may hold a whole trace
    reader = csv.reader(csv_lines(source), delimiter=delimiter, strict=True)
    try:
        columns = _trimmed(next(filter(None, reader), []))
        refuse_twice(columns, source)
        for at, row in enumerate(filter(None, reader), start=1):
            cells = row if len(row) <= len(columns) else _trimmed(row, len(columns))
            if len(cells) == len(columns):
                yield f"row {at}", dict(zip(columns, (cell or None for cell in cells), strict=True))
            elif skip:
                skip(f"row {at}", uneven(len(row), len(columns)))
            else:
                problem = _uneven(len(row), len(columns))
                raise InputError(
                    problem, file=source.name, place=tr("row {row}", row=at), expected=tr("a cell for each column")
                )
    except csv.Error as exc:
        place = tr("line {line}", line=reader.line_num)
        raise InputError(
            tr("the CSV breaks off or is malformed"), file=source.name, place=place, expected=tr("a whole CSV file")
        ) from exc


def _trimmed(cells: list[str], least: int = 1) -> list[str]:
    """Without the empty cells at the end."""
    last = len(cells)
    while last > least and not cells[last - 1].strip():
        last -= 1
    return cells[:last]


@english.said
def uneven(cells: int, columns: int) -> str:
    """Why a row was left out, as it is kept."""
    return _uneven(cells, columns)


def _uneven(cells: int, columns: int) -> str:
    has = trn("the row has {n} cell", "the row has {n} cells", cells)
    return f"{has} {trn('for {n} column', 'for {n} columns', columns)}"


def refuse_twice(columns: Sequence[str], source: Source) -> None:
    """Raises InputError where two columns have one name; those without any are left out all together."""
    for name, often in Counter(columns).items():
        if often > 1 and name.strip():
            raise InputError(
                tr("the column {column!r} stands twice", column=name[:80]),
                file=source.name,
                expected=tr("each column once"),
            )
