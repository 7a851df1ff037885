"""Every table that a snapshot holds, as CSV: one file each, named after its section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from readiness.exports import csv_table

from .sections.base import Plain
from .snapshot import Snapshot

FOLDER = "tables"
PICTURE = "picture"
"""What a picture is drawn from, which says what the tables beside it do."""
Row = dict[str, str | int]


def files(taken: Snapshot) -> dict[str, bytes]:
    """`tables/gaps.csv` and its like. A table within a row is a file of its own, whose rows name the row by number."""
    found: dict[str, bytes] = {}
    for section in taken.sections:
        for key, value in section.data.items():
            if key == PICTURE:
                continue
            name = section.id if key == section.id else f"{section.id}-{key}"
            for stem, rows in _tables(name, value):
                header = list(dict.fromkeys(column for row in rows for column in row))
                body = [[row.get(column, "") for column in header] for row in rows]
                found[f"{FOLDER}/{stem}.csv"] = csv_table.file(header, body)
    return found


def _tables(name: str, value: Plain) -> Iterator[tuple[str, list[Row]]]:
    """A table with those within it; what is no list of rows has none."""
    rows: list[Row] = []
    inner: dict[str, list[Plain]] = {}
    group = ""
    for entry in _rows(value):
        if entry.keys() == {"group"}:
            group = str(entry["group"])
            continue
        row: Row = {"group": group} if group else {}
        row |= _cells(entry)
        rows.append(row)
        for path, table in _within(entry):
            numbered = [{"row": len(rows), **each} for each in _rows(table)]
            inner.setdefault(f"{name}-{path}", []).extend(numbered)
    if rows:
        yield name, rows
    for stem, table in inner.items():
        yield from _tables(stem, table)


def _rows(value: Plain) -> list[Mapping[str, Plain]]:
    if isinstance(value, (str, int, Mapping)):
        return []
    return [entry for entry in value if isinstance(entry, Mapping)]


def _cells(entry: Mapping[str, Plain], above: str = "") -> Row:
    """Texts and numbers of a row, those of a mapping in it under both names, and a list of texts in one cell."""
    row: Row = {}
    for key, value in entry.items():
        if isinstance(value, Mapping):
            row |= _cells(value, f"{above}{key} ")
        elif isinstance(value, (str, int)):
            row[f"{above}{key}"] = _cell(value)
        elif not _rows(value):
            row[f"{above}{key}"] = "; ".join(map(str, value))
    return row


def _cell(value: str | int) -> str | int:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _within(entry: Mapping[str, Plain]) -> Iterator[tuple[str, Sequence[Plain]]]:
    for key, value in entry.items():
        if isinstance(value, Mapping):
            yield from _within(value)
        elif not isinstance(value, (str, int)) and _rows(value):
            yield key, value
