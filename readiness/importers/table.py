"""A table file as a view in DuckDB: CSV, JSON lines or Parquet, told by content, every fault in one sentence."""

from __future__ import annotations

import codecs

import duckdb

from ..errors import InputError
from .gateway import Source

CHUNK = 1 << 20
PARQUET = b"PAR1"


def delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def first_line(source: Source) -> str:
    return source.head_text.lstrip().partition("\n")[0].strip()


def open_table(connection: duckdb.DuckDBPyConnection, source: Source) -> str:
    """Make the view `file`; gives what one record of it is called."""
    path = text(str(source.path))
    if source.head.startswith(PARQUET):
        connection.execute(f"CREATE VIEW file AS SELECT * FROM read_parquet({path})")
        return "row"
    _check_text(source)
    first = first_line(source)
    if first.startswith("{"):
        _open_lines(connection, source, path)
        return "line"
    connection.execute(
        f"CREATE VIEW file AS SELECT * FROM read_csv({path}, header=true, all_varchar=true, quote='\"', escape='\"', "
        f"delim={text(delimiter(first))}, strict_mode=true, null_padding=false, ignore_errors=false)"
    )
    return "row"


def _open_lines(connection: duckdb.DuckDBPyConnection, source: Source, path: str) -> None:
    connection.execute(f"CREATE VIEW lines AS SELECT json FROM read_ndjson_objects({path})")
    found = connection.execute(
        "SELECT min(place) FILTER (json_type(json) <> 'OBJECT'), "
        "min(place) FILTER (len(json_keys(json)) <> len(list_distinct(json_keys(json)))) "
        "FROM (SELECT row_number() OVER () AS place, json FROM lines)"
    ).fetchone()
    wrong, twice = found or (None, None)
    if wrong is not None:
        raise InputError("the line is not an object", file=source.name, place=f"line {wrong}", expected="one a line")
    if twice is not None:
        raise InputError("a key stands twice", file=source.name, place=f"line {twice}", expected="each key once")
    keys = connection.execute("SELECT DISTINCT unnest(json_keys(json)) AS key FROM lines ORDER BY key").fetchall()
    values = ", ".join(f"json ->> {text(_pointer(key))} AS {name(key)}" for (key,) in keys)
    connection.execute(f"CREATE VIEW file AS SELECT {values} FROM lines")


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
