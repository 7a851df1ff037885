"""A table file as it lies on disk: CSV, JSON lines or Parquet, told by content, every fault in one sentence."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.gateway import NotUtf8, Source
from readiness.importers.source.limits import LONGEST_LINE, MOST_COLUMNS
from readiness.language import marked, tr

from .cells import MEMORY_VARIABLE

CHUNK = 1 << 20
PARQUET = b"PAR1"
MARK = "\ufeff"
"""A byte-order mark, which some programs write before the first line."""
AS_IT_STANDS = "auto_detect=false, comment='', skip=0, compression='none', hive_partitioning=false, ignore_errors=false"
"""Nothing of a table is guessed: not from its name, nor from what its first rows look like."""
_ONE_A_LINE = "format='newline_delimited', compression='none', hive_partitioning=false, ignore_errors=false"
_NUMBERS = ("DOUBLE", "FLOAT", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "DECIMAL", "UINTEGER", "UBIGINT")
_FAULTS = (
    ("NOT json_valid(line)", marked("the JSON breaks off or is malformed"), marked("one whole object a line")),
    ("json_type(line) <> 'OBJECT'", marked("the line is not an object"), marked("one a line")),
    (
        "len(json_keys(line)) <> len(list_distinct(json_keys(line)))",
        marked("a key stands twice"),
        marked("each key once"),
    ),
    (r"regexp_matches(line, '(^|[^\\])(\\\\)*\\u0000')", marked("there is a NUL character"), marked("text")),
)


@dataclass(frozen=True)
class CaseTable:
    """A file that can be selected from. `record` is what a row is called, `numbers` the columns that hold numbers.

    JSON lines are read by DuckDB's own reader, which refuses a key that stands twice; `careful` reads what it does not
    take (a byte-order mark, say), at about half the speed.
    """

    source: Source
    scan: str
    columns: tuple[str, ...]
    record: str
    lines: bool = False
    careful: bool = False
    numbers: frozenset[str] = frozenset()

    def select(self, fields: Sequence[str], *, placed: bool = False) -> str:
        """SQL for these columns of it under their own names.

        With `placed` there is a column `place` too, the number of the row or line from 1; it makes reading slower.
        """
        if self.lines and not placed and not self.careful:
            columns = ", ".join(f"{text(field)}: 'VARCHAR'" for field in fields)
            return f"SELECT * FROM read_json({text(str(self.source.path))}, columns={{{columns}}}, {_ONE_A_LINE})"
        place = "row_number() OVER () AS place, " if placed else ""
        if not self.lines:
            return f"SELECT {place}{', '.join(map(name, fields))} FROM {self.scan}"
        paths = ", ".join(text(_pointer(field)) for field in fields)
        named = ", ".join(f"found[{at}] AS {name(field)}" for at, field in enumerate(fields, start=1))
        return (
            f"SELECT {'place, ' if placed else ''}{named} FROM (SELECT * EXCLUDE (line), "
            f"json_extract_string(line, [{paths}]) AS found "
            f"FROM (SELECT {place}ltrim(line, '{MARK}') AS line FROM {self.scan}) WHERE trim(line, ' \t\r') <> '')"
        )


def delimiter(header: str) -> str:
    """What parts the names in a header most often, outside of quotes."""
    return max(",;\t|", key=re.sub(r'"[^"]*"', "", header).count)


def first_line(source: Source) -> str:
    return source.head_text.lstrip().partition("\n")[0].strip()


def open_table(connection: duckdb.DuckDBPyConnection, source: Source) -> CaseTable:
    """What kind of table the file is and which columns it has; raises InputError where it is none."""
    path = text(str(source.path))
    if source.head.startswith(PARQUET):
        scan = f"read_parquet({path}, hive_partitioning=false)"
        described = [(str(row[0]), str(row[1])) for row in connection.execute(f"DESCRIBE FROM {scan}").fetchall()]
        _check_columns([column for column, _ in described], source)
        numbers = frozenset(column for column, kind in described if kind.startswith(_NUMBERS))
        return CaseTable(source, scan, tuple(column for column, _ in described), "row", numbers=numbers)
    _check_text(source)
    first = first_line(source)
    if first.startswith("{"):
        return _open_lines(source, path)
    separator = delimiter(first)
    names = tuple(column.strip() for column in _header(first, separator, source))
    _check_columns(names, source)
    columns = ", ".join(f"{text(column)}: 'VARCHAR'" for column in names)
    scan = (
        f"read_csv({path}, {AS_IT_STANDS}, columns={{{columns}}}, header=true, quote='\"', escape='\"', "
        f"delim={text(separator)}, strict_mode=true, null_padding=false)"
    )
    return CaseTable(source, scan, names, "row")


def _check_columns(names: Sequence[str], source: Source) -> None:
    """Raises InputError where there are too many, or where one stands twice."""
    if len(names) > MOST_COLUMNS:
        raise InputError(
            tr("the table has {number} columns", number=formatting.whole(len(names))),
            file=source.name,
            expected=tr("at most {most}", most=formatting.whole(MOST_COLUMNS)),
        )
    twice = next((column for column, often in Counter(names).items() if often > 1), None)
    if twice is not None:
        raise InputError(
            tr("the column {column!r} stands twice", column=twice), file=source.name, expected=tr("each column once")
        )


def _header(line: str, separator: str, source: Source) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator))
    except csv.Error as exc:
        raise InputError(
            tr("a line of the header breaks off within"),
            file=source.name,
            place=tr("line 1"),
            expected=tr("lines that end in one way"),
        ) from exc


def _open_lines(source: Source, path: str) -> CaseTable:
    """Line by line, so that every fault has the line it stands on; the columns are those of the first lines."""
    scan = (
        f"read_csv({path}, {AS_IT_STANDS}, columns={{'line': 'VARCHAR'}}, header=false, delim='', quote='', escape='', "
        f"max_line_size={LONGEST_LINE})"
    )
    columns: dict[str, None] = {}
    for line in source.head_text.split("\n"):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue  # the last line may be cut here; `locate` tells a fault with its line
        columns |= dict.fromkeys(row if isinstance(row, dict) else ())
    return CaseTable(source, scan, tuple(columns), "line", lines=True)


def every_key(connection: duckdb.DuckDBPyConnection, table: CaseTable) -> CaseTable:
    """JSON lines with the columns of every line, not of the first ones only."""
    rows = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(ltrim(line, '{MARK}'))) AS key FROM {table.scan} "
        "WHERE trim(line) <> '' ORDER BY key"
    )
    names = tuple(key for (key,) in rows.fetchmany(MOST_COLUMNS + 1))
    if len(names) > MOST_COLUMNS:
        problem = tr("the lines have more than {most} keys together", most=formatting.whole(MOST_COLUMNS))
        raise InputError(problem, file=table.source.name, expected=tr("the same keys in each line"))
    return replace(table, columns=names)


def locate(connection: duckdb.DuckDBPyConnection, table: CaseTable) -> None:
    """Raise InputError for the first fault of JSON lines, with its line; blank lines count."""
    connection.execute(
        f"CREATE OR REPLACE VIEW texts AS SELECT row_number() OVER () AS place, ltrim(line, '{MARK}') AS line "
        f"FROM {table.scan}"
    )
    for fault, problem, expected in _FAULTS:
        row = connection.execute(f"SELECT min(place) FROM texts WHERE trim(line) <> '' AND {fault}").fetchone()
        if row and row[0] is not None:
            place = tr("line {line}", line=row[0])
            raise InputError(tr(problem), file=table.source.name, place=place, expected=tr(expected))


def _pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _check_text(source: Source) -> None:
    """UTF-8 from beginning to end, without NUL; read in pieces, since tables may be large."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    at = begun = lines = 0
    with source.path.open("rb") as file:
        while chunk := file.read(CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as exc:
                place = f"byte {at + exc.start:,}"
                raise NotUtf8(
                    tr("the text is not UTF-8"), file=source.name, place=place, expected=tr("UTF-8 text")
                ) from exc
            if "\0" in text:
                raise InputError(tr("there is a NUL character"), file=source.name, expected=tr("text"))
            first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
            if (at + (first if first >= 0 else len(chunk))) - begun > LONGEST_LINE:
                problem, most = (
                    tr("the line has more than {most} bytes", most=formatting.whole(LONGEST_LINE)),
                    tr("shorter lines"),
                )
                raise InputError(problem, file=source.name, place=tr("line {line}", line=lines + 1), expected=most)
            lines, begun = lines + chunk.count(b"\n"), at + last + 1 if last >= 0 else begun
            at += len(chunk)


def refusal(exc: duckdb.Error, source: Source) -> InputError:
    """What DuckDB says, in one line and without the name of the temporary file."""
    if isinstance(exc, duckdb.OutOfMemoryException):
        problem = tr("reading the table takes more memory than it may")
        expected = tr(
            "shorter texts, fewer cases and cohorts in one file, or a larger {variable}", variable=MEMORY_VARIABLE
        )
        return InputError(problem, file=source.name, expected=expected)
    message = str(exc).strip().splitlines()[0].removesuffix(".").replace(str(source.path), source.name)
    kind, _, detail = message.partition(": ")
    return InputError(
        tr("the table cannot be read ({reason})", reason=(detail or kind)[:240]),
        file=source.name,
        expected=tr("a whole CSV, JSON lines or Parquet file"),
    )
