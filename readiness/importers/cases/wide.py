"""A table with a row for each case, read whole: CSV, JSON lines or Parquet, told by how it begins."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow
from pyarrow import parquet

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.gateway import Source, parse_json
from readiness.importers.source.limits import HEAD, LONGEST_LINE, MOST_FIELDS, MOST_ROWS, MOST_UNPACKED
from readiness.importers.source.lines import text_lines
from readiness.importers.source.streamed import listed
from readiness.language import marked, tr

from . import numerals, table, untidy
from .cells import workbench
from .columns import figure, may_be_named
from .numerals import Numerals
from .rows import TableRow, read_csv, refuse_twice

LARGER = marked("results with a row for each case and metric (native-results) may be larger")
LONGEST_TEXT = 1_000
BATCH = 10_000
_SPANS = {
    *("span_id", "spanid", "parent_span_id", "parent_run_id", "span_kind", "dotted_order", "run_type"),
    *("resourcespans", "resource_spans", "spans", "observations"),
}
"""Columns of traces, which are no table of results."""
LOOKED_AT = 3
"""Rows that are held against the header to tell a table: one of them may be ragged."""
_FIRST_OBJECT = re.compile(r"\[\s*(?=\{)")
Rows: TypeAlias = list[tuple[str, TableRow]]


@dataclass
class WideTable:
    """The rows that may be cases, those that are none with place and reason, and what was understood of the numbers."""

    rows: Rows
    skips: list[tuple[str, str]]
    numerals: Numerals


def is_wide(source: Source) -> bool:
    """Whether the file begins like a table with named columns; an object alone is a document, and traces are traces."""
    if source.head.startswith(table.PARQUET):
        return not _is_traces(parquet_columns(source))
    first, rest = _beginning(source)
    if first.startswith("{"):
        return bool(rest) and _is_lines(first)
    return _is_array(source) if first.startswith("[") else _is_csv(first, source)


def read(source: Source) -> WideTable:
    """Every row under its column names, each with its place. Raises InputError where it is no table, or too large."""
    skips: list[tuple[str, str]] = []
    separator = ""
    if source.head.startswith(table.PARQUET):
        lines = _parquet(source)
    else:
        first, _ = _beginning(source)
        if first.startswith("{"):
            lines = _lines(source)
        elif first.startswith("["):
            lines = _array(source, skips)
        else:
            separator = table.delimiter(first)
            lines = read_csv(source, lambda place, reason: skips.append((place, reason)), separator)
    rows = untidy.without_sums(list(untidy.cases(_tidy(lines, source), skips)), skips)
    return WideTable(rows, skips, numerals.settle(rows, comma_parts_cells=separator in ("", ",")))


def _tidy(lines: Iterator[tuple[str, TableRow]], source: Source) -> Iterator[tuple[str, TableRow]]:
    """The rows, with names on one line, as far as there may be so many."""
    names: dict[str, str] = {}
    cells = characters = 0
    for at, (place, row) in enumerate(lines, start=1):
        names |= {name: " ".join(name.split()) for name in row if name not in names}
        tidy = {names[name]: cell for name, cell in row.items()}
        if source.is_streamed:
            tidy = {name: cell[:LONGEST_TEXT] if isinstance(cell, str) else cell for name, cell in tidy.items()}
            characters += sum(len(cell) for cell in tidy.values() if isinstance(cell, str))
        if len(tidy) < len(row):
            refuse_twice([names[name] for name in row], source)
        cells += len(tidy)
        if at > MOST_ROWS or cells > MOST_FIELDS or characters > MOST_UNPACKED:
            most = tr(
                "at most {rows} rows and {cells} cells; {larger}",
                rows=formatting.whole(MOST_ROWS),
                cells=formatting.whole(MOST_FIELDS),
                larger=tr(LARGER),
            )
            raise InputError(tr("the table is too large"), file=source.name, place=place, expected=most)
        yield place, tidy


def _beginning(source: Source) -> tuple[str, str]:
    """The first line that is not blank, whole unless it is longer than any line may be, and what follows it."""
    text = source.head_text.lstrip()
    first, _, rest = (text if "\n" in text else _longer(source)).partition("\n")
    return first.strip(), rest.strip()


def _longer(source: Source) -> str:
    """The beginning as far as the longest line may reach."""
    if source.size <= HEAD:
        return source.head_text.lstrip()
    with source.path.open("rb") as file:
        return file.read(LONGEST_LINE).decode("utf-8-sig", errors="replace").lstrip()


def _is_array(source: Source) -> bool:
    """Whether an array begins with an object of two names or more."""
    return _is_lines(json.dumps(array_row(source)))


def array_row(source: Source) -> dict[str, Any]:
    """The object that an array begins with; empty where it begins with anything else."""
    text = _longer(source)
    start = _FIRST_OBJECT.match(text)
    try:
        row = json.JSONDecoder().raw_decode(text, start.end())[0] if start else None
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


@contextmanager
def array_as_lines(source: Source) -> Iterator[Source]:
    """A file that is an array with a line for each entry; any other as it is."""
    if not source.head_text.lstrip().startswith("["):
        yield source
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "lines"
        with copy.open("w", encoding="utf-8") as out:
            out.writelines(f"{json.dumps(row)}\n" for row in listed(source, ()).rows(()) or ())
        yield Source(source.name, copy, original=source.original or source.path)


def _is_lines(first: str) -> bool:
    """Whether the line is an object with two names or more."""
    try:
        names = [name for name, _ in _flat(json.loads(first))]
    except (ValueError, RecursionError):
        return False
    return len(names) > 1 and not _is_traces(names)


def _is_csv(first: str, source: Source) -> bool:
    """A line of at least two names and, as far as it can be told from the beginning, a row with as many cells."""
    separator = table.delimiter(first)
    if first[:1] in ("[", "<", "") or first.count(separator) == 0:
        return False
    lines = filter(None, csv.reader(io.StringIO(source.head_text, newline=""), delimiter=separator, strict=True))
    try:
        names = [name.strip() for name in next(lines, [])]
        named = sum(isinstance(figure(name), str) for name in names)
        if named < 2 - (len(names) == 2 and not names[0]) or _is_traces(names):  # pandas writes its index first
            return False
        if not all(name.isprintable() and "\ufffd" not in name for name in names):
            return False
    except csv.Error:
        return False
    try:
        return any(len(row) == len(names) for row in islice(lines, LOOKED_AT))
    except csv.Error:
        return True  # reading it says where it breaks off


def _is_traces(names: Iterable[str]) -> bool:
    return not _SPANS.isdisjoint(name.rpartition(".")[2].lower() for name in names)


def parquet_columns(source: Source) -> tuple[str, ...]:
    """The names in a Parquet file; none where it cannot be read."""
    try:
        return tuple(parquet.read_schema(source.path).names)
    except (pyarrow.ArrowException, OSError):
        return ()  # reading it says what is wrong


def _lines(source: Source) -> Iterator[tuple[str, TableRow]]:
    """JSON lines; what stands in an object of a row has its path as a name (`metadata.tenant`)."""
    for place, line in text_lines(source):
        row = parse_json(line, file=source.name, place=place, nan=True)
        if not isinstance(row, dict):
            raise InputError(tr("the line is not an object"), file=source.name, place=place, expected=tr("one a line"))
        pairs = list(_flat(row))
        refuse_twice([name for name, _ in pairs], source)
        yield place, dict(pairs)


def _array(source: Source, skips: list[tuple[str, str]]) -> Iterator[tuple[str, TableRow]]:
    """An array of objects, as pandas and many scripts write a table."""
    for at, row in enumerate(listed(source, (), nan=True).rows(()) or ()):
        if isinstance(row, dict):
            pairs = list(_flat(row))
            refuse_twice([name for name, _ in pairs], source)
            yield f"[{at}]", dict(pairs)
        else:
            skips.append((f"[{at}]", "the row is not an object"))


def _flat(row: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, cell in row.items():
        if isinstance(cell, dict) and cell:
            yield from _flat(cell, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", cell


def _parquet(source: Source) -> Iterator[tuple[str, TableRow]]:
    """Every cell as text, numbers digit for digit; the beginning of a long text is enough."""
    with workbench() as connection:
        try:
            opened = table.open_table(connection, source)
            names = [name for name in opened.columns if may_be_named(name)]
            if not names:
                raise InputError(tr("the table has no columns with a name"), file=source.name)
            relation = connection.cursor().sql(opened.select(names))
            relation = relation.project(
                ", ".join(f"left({table.name(name)}::VARCHAR, {LONGEST_TEXT})" for name in names)
            )
            for at, cells in enumerate(_cells(relation, source), start=1):
                if any("\0" in text for text in (*names, *cells) if isinstance(text, str)):
                    raise InputError(
                        tr("there is a NUL character"),
                        file=source.name,
                        place=tr("row {row}", row=at),
                        expected=tr("text"),
                    )
                yield f"row {at}", dict(zip(names, cells, strict=True))
        except duckdb.Error as exc:
            raise table.refusal(exc, source) from exc


def _cells(relation: duckdb.DuckDBPyRelation, source: Source) -> Iterator[tuple[Any, ...]]:
    reader: Any = relation.to_arrow_reader(BATCH)
    unpacked = 0
    for batch in reader:
        unpacked += batch.nbytes
        if unpacked > MOST_UNPACKED:
            problem = tr(
                "the table has more than {most} bytes when it is unpacked",
                most=formatting.whole(MOST_UNPACKED),
            )
            raise InputError(problem, file=source.name, expected=tr("at most so many; {larger}", larger=tr(LARGER)))
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
