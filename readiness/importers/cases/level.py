"""A large CSV with some rows of too few or too many cells: the same file with these rows left empty, in their place."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import DOCUMENT_CAP

from . import table
from .rows import uneven

MOST_SHARE = 0.5
"""Where more of the rows are ragged, the header is not theirs."""


@dataclass(frozen=True)
class Levelled:
    """The file with whole rows only, and why each row that was emptied was, by its number from 1."""

    source: Source
    ragged: dict[int, str]


@contextmanager
def levelled(source: Source, columns: int) -> Iterator[Levelled | None]:
    """The file for as long as it is read; None where its rows are not what is wrong with it."""
    separator = table.delimiter(table.first_line(source))
    ragged: dict[int, str] = {}
    csv.field_size_limit(DOCUMENT_CAP)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "levelled"
        with (
            source.path.open(encoding="utf-8-sig", newline="") as file,
            copy.open("w", encoding="utf-8", newline="") as out,
        ):
            rows = filter(None, csv.reader(file, delimiter=separator, strict=True))
            writer = csv.writer(out, delimiter=separator, lineterminator="\n")
            try:
                number = _copy(rows, writer, columns, ragged)
            except (csv.Error, UnicodeDecodeError):
                number = 0
        if not ragged or len(ragged) > number * MOST_SHARE:
            yield None
        else:
            yield Levelled(Source(source.name, copy, original=source.original or source.path), ragged)


def _copy(rows: Iterator[list[str]], writer: Any, columns: int, ragged: dict[int, str]) -> int:
    """Write every row, those that are ragged empty; gives how many there are."""
    number = -1
    for number, row in enumerate(rows):
        if len(row) != columns:
            ragged[number] = uneven(len(row), columns)
        writer.writerow(row if len(row) == columns else [""] * columns)
    return number
