"""Parquet as rows of plain values, with times to the nanosecond and a limit on what is unpacked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED
from readiness.language import tr

from .span_values import EPOCH

AT_ONCE = 64
"""Rows that are unpacked together; a dictionary of long texts grows only as far as they use it."""
_UNITS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


def read_parquet(source: Source) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row by its column names; times as text with nine decimals. Raises InputError where it is damaged."""
    try:
        with parquet.ParquetFile(source.path) as file:
            _check(file.metadata, source)
            at = unpacked = 0
            for batch in file.iter_batches(AT_ONCE):
                unpacked += batch.nbytes
                if unpacked > MOST_UNPACKED:
                    raise _too_large(source, tr("more than {most} bytes", most=formatting.whole(MOST_UNPACKED)))
                columns = [_column(column) for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    at += 1
                    yield f"row {at}", _row(batch.schema.names, cells, at, source)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as exc:
        detail = str(exc).splitlines()[0][:240].removesuffix(".") if str(exc) else type(exc).__name__
        problem = tr("the table cannot be read ({reason})", reason=detail.replace(str(source.path), source.name))
        raise InputError(problem, file=source.name, expected=tr("a whole Parquet file")) from exc


def _check(metadata: Any, source: Source) -> None:
    if metadata.num_columns > MOST_COLUMNS:
        problem = tr("the table has {number} columns", number=formatting.whole(metadata.num_columns))
        raise InputError(problem, file=source.name, expected=tr("at most {most}", most=formatting.whole(MOST_COLUMNS)))
    size = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    if size > MOST_UNPACKED:
        raise _too_large(source, tr("{number} bytes", number=formatting.whole(size)))
    if metadata.num_rows > MOST_ROWS:
        raise _too_large(source, tr("{number} rows", number=formatting.whole(metadata.num_rows)))


def _too_large(source: Source, what: str) -> InputError:
    most = tr(
        "at most {rows} rows and {number} bytes",
        rows=formatting.whole(MOST_ROWS),
        number=formatting.whole(MOST_UNPACKED),
    )
    return InputError(tr("the table has {what} when it is unpacked", what=what), file=source.name, expected=most)


def _column(column: Any) -> list[Any]:
    if not pa.types.is_timestamp(column.type):
        return [_plain(cell) for cell in column.to_pylist()]
    unit = _UNITS[column.type.unit]
    return [None if cell is None else _time(cell * unit) for cell in column.cast(pa.int64()).to_pylist()]


def _time(nanoseconds: int) -> str:
    """As ISO 8601, digit for digit; a time that no calendar has stays a number."""
    seconds, rest = divmod(nanoseconds, _UNITS["s"])
    try:
        return f"{EPOCH + dt.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{rest:09}Z"
    except OverflowError:
        return f"{nanoseconds} ns"


def _row(names: list[str], cells: tuple[Any, ...], at: int, source: Source) -> dict[str, Any]:
    row = dict(zip(names, cells, strict=True))
    if _has_nul(row):
        raise InputError(
            tr("there is a NUL character"), file=source.name, place=tr("row {row}", row=at), expected=tr("text")
        )
    return row


def _has_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(item) for key, item in value.items())
    return any(map(_has_nul, value)) if isinstance(value, list) else isinstance(value, str) and "\0" in value


def _plain(value: Any) -> Any:
    """What JSON can hold; anything else as text."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (dt.date, dt.time, dt.timedelta, Decimal)):
        return str(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
