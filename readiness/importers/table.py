"""A table file as a view in DuckDB: CSV, JSON lines or Parquet, told by content, every fault in one sentence."""

from __future__ import annotations

import codecs
import csv

import duckdb

from ..errors import InputError
from .gateway import Source

CHUNK = 1 << 20
PARQUET = b"PAR1"
LONGEST_LINE = 16 << 20
AS_IT_STANDS = "auto_detect=false, comment='', skip=0, compression='none', hive_partitioning=false, ignore_errors=false"
"""Nothing of a table is guessed: not from its name, nor from what its first rows look like."""
PLACE = "place of the row in its file"


def delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def first_line(source: Source) -> str:
    return source.head_text.lstrip().partition("\n")[0].strip()


def open_table(connection: duckdb.DuckDBPyConnection, source: Source) -> str:
    """Make the view `file`; gives what one record of it is called."""
    path = text(str(source.path))
    if source.head.startswith(PARQUET):
        connection.execute(f"CREATE VIEW file AS SELECT * FROM read_parquet({path}, hive_partitioning=false)")
        return "row"
    _check_text(source)
    first = first_line(source)
    if first.startswith("{"):
        _open_lines(connection, source, path)
        return "line"
    separator = delimiter(first)
    names = [column.strip() for column in next(csv.reader([first], delimiter=separator))]
    twice = next((column for column in names if names.count(column) > 1), None)
    if twice is not None:
        raise InputError(f"the column {twice!r} stands twice", file=source.name, expected="each column once")
    columns = ", ".join(f"{text(column)}: 'VARCHAR'" for column in names)
    connection.execute(
        f"CREATE VIEW file AS SELECT * FROM read_csv({path}, {AS_IT_STANDS}, columns={{{columns}}}, header=true, "
        f"quote='\"', escape='\"', delim={text(separator)}, strict_mode=true, null_padding=false)"
    )
    return "row"


def _open_lines(connection: duckdb.DuckDBPyConnection, source: Source, path: str) -> None:
    """Line by line, so that every fault has the line it stands on; blank lines count."""
    connection.execute(
        f"CREATE VIEW texts AS SELECT row_number() OVER () AS place, line FROM read_csv({path}, {AS_IT_STANDS}, "
        f"columns={{'line': 'VARCHAR'}}, header=false, delim='', quote='', escape='', max_line_size={LONGEST_LINE})"
    )
    for fault, problem, expected in (
        ("NOT json_valid(line)", "the JSON breaks off or is malformed", "one whole object a line"),
        ("json_type(line) <> 'OBJECT'", "the line is not an object", "one a line"),
        ("len(json_keys(line)) <> len(list_distinct(json_keys(line)))", "a key stands twice", "each key once"),
        (r"regexp_matches(line, '(^|[^\\])(\\\\)*\\u0000')", "there is a NUL character", "text"),
    ):
        found = connection.execute(f"SELECT min(place) FROM texts WHERE trim(line) <> '' AND {fault}").fetchone()
        if found and found[0] is not None:
            raise InputError(problem, file=source.name, place=f"line {found[0]}", expected=expected)
    connection.execute("CREATE VIEW lines AS SELECT place, line::JSON AS json FROM texts WHERE trim(line) <> ''")
    keys = connection.execute("SELECT DISTINCT unnest(json_keys(json)) AS key FROM lines ORDER BY key").fetchall()
    values = ", ".join(f"json ->> {text(_pointer(key))} AS {name(key)}" for (key,) in keys)
    connection.execute(f"CREATE VIEW file AS SELECT {values}, place AS {name(PLACE)} FROM lines")


def _pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _check_text(source: Source) -> None:
    """UTF-8 from beginning to end, without NUL; read in pieces, since tables may be large."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    at = 0
    with source.path.open("rb") as file:
        while chunk := file.read(CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as exc:
                place = f"byte {at + exc.start:,}"
                raise InputError("the text is not UTF-8", file=source.name, place=place, expected="UTF-8 text") from exc
            if "\0" in text:
                raise InputError("there is a NUL character", file=source.name, expected="text")
            at += len(chunk)


def refusal(exc: duckdb.Error, source: Source) -> InputError:
    """What DuckDB says, in one line and without the name of the temporary file."""
    said = str(exc).strip().splitlines()[0].removesuffix(".").replace(str(source.path), source.name)
    kind, _, detail = said.partition(": ")
    return InputError(
        f"the table cannot be read ({(detail or kind)[:240]})",
        file=source.name,
        expected="a whole CSV, JSON lines or Parquet file",
    )
