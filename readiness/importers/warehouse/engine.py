"""What is brought from an engine, and how much at most: each answer becomes a table of the workbench."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import duckdb
import pyarrow

from readiness import formatting
from readiness.errors import InputError, ReadinessError
from readiness.importers.cases import table
from readiness.importers.cases.quantiles import Figures
from readiness.importers.cases.table import CaseTable
from readiness.language import tr

from . import local_sql
from .addresses import Address
from .buckets import BucketFigures
from .expressions import Expressions
from .receipt import Receipt, TableSource

MOST_VALUES = 20_000_000
"""Single values that the second pass brings, at some 40 bytes each while they are counted."""
MOST_RUNS = 20_000_000
"""Cases with their runs, where some depend on each other."""
BROAD = 2_000_000
"""Values that are brought rather than naming each combination of them to the engine."""
TERMS = 200
"""Combinations that one query names: some engines take a quarter of a megabyte of SQL."""
NARROWER = (("metric",), ("metric", "version", "workflow"))


@dataclass(frozen=True)
class TableEngine:
    """A connected engine, and the workbench that its answers go to."""

    address: Address
    backend: Any
    connection: duckdb.DuckDBPyConnection
    receipt: Receipt

    def open(self, source: TableSource) -> tuple[Any, CaseTable]:
        """The table in Ibis, and as a table of cases is described; raises InputError where there is none."""
        *place, name = self.address.table
        try:
            opened = self.backend.table(name, database=tuple(place) if len(place) > 1 else place[0] if place else None)
            schema = opened.schema()
        except Exception as exc:  # each driver has errors of its own
            raise self.address.refusal(
                tr("the table cannot be opened"), exc, tr("a table or a view that may be read")
            ) from exc
        self.receipt.add("table", [self.address.name, {column: str(kind) for column, kind in schema.items()}])
        numbers = frozenset(
            column for column, kind in schema.items() if kind.is_numeric() or kind.is_boolean() or kind.is_decimal()
        )
        return opened, CaseTable(source, "", tuple(schema.names), "row", numbers=numbers)

    def answer(self, expression: Any) -> pyarrow.Table:
        """What the engine gives; raises InputError in its words."""
        with self._told():
            if self.backend.name == "pyspark":
                found = self.backend.raw_sql(self.backend.compile(expression)).toArrow()
            else:
                found = self.backend.to_pyarrow(expression)
        return _without_zones(found)

    def number(self, expression: Any) -> int:
        value = self.answer(expression).column(0)[0].as_py()
        return int(value or 0)

    def keep(self, expressions: Sequence[Any], into: str) -> None:
        """The answers to all of them as one table."""
        cursor = self.connection.cursor()
        for at, expression in enumerate(expressions):
            cursor.register("answer", self.answer(expression))
            cursor.execute(
                f"{f'INSERT INTO {into}' if at else f'CREATE OR REPLACE TABLE {into} AS'} SELECT * FROM answer"
            )
        cursor.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except ReadinessError:
            raise
        except Exception as exc:  # each driver has errors of its own
            raise self.address.refusal(
                tr("the engine refused what it was asked"), exc, tr("a table that can be read")
            ) from exc


def _without_zones(found: pyarrow.Table) -> pyarrow.Table:
    """Moments as those of UTC without a zone."""
    for at, field in enumerate(found.schema):
        if pyarrow.types.is_timestamp(field.type) and field.type.tz:
            plain = found.column(at).cast(pyarrow.timestamp("us", "UTC")).cast(pyarrow.timestamp("us"))
            found = found.set_column(at, field.name, plain)
    return found


@dataclass(frozen=True)
class EngineRows:
    """The rows behind the combinations (`cells.Rows`), which are in an engine."""

    engine: TableEngine
    expressions: Expressions
    k: float

    @cached_property
    def repeated(self) -> bool:
        if "case_id" not in self.expressions.columns.fields:
            return False
        return self.engine.number(self.expressions.repeated()) > 0

    def depend(self, connection: duckdb.DuckDBPyConnection, counted: str) -> bool:
        query = f"SELECT count(*) FROM combos WHERE {counted} AND clusters IS NOT NULL"
        row = connection.cursor().execute(query).fetchone()
        return self.repeated or bool(row and row[0])

    def runs(self, connection: duckdb.DuckDBPyConnection, counted: str) -> None:
        asked = self.expressions.runs()
        if _rows(connection) > MOST_RUNS and (number := self.engine.number(asked.agg(n=asked.count()))) > MOST_RUNS:
            raise InputError(
                tr(
                    "some cases of the table depend on each other, and it has {number} of them",
                    number=formatting.whole(number),
                ),
                expected=tr("at most {most}, as a view of fewer versions or days", most=formatting.whole(MOST_RUNS)),
            )
        self.engine.keep([asked], "of_cases")
        same = local_sql.same(self.expressions.keys, "of_cases")
        connection.execute(local_sql.RUNS.format(same=same, counted=counted))

    def figures(self, connection: duckdb.DuckDBPyConnection, totals: Mapping[str, Any]) -> Figures:
        return BucketFigures.of(connection, totals, self._fetch, self._changed)

    def _changed(self) -> InputError:
        problem = tr("rows of the table changed while it was read")
        return InputError(problem, expected=tr("a table that stands still, or a snapshot of it"))

    def _fetch(self) -> None:
        """Make the table `found` of the values in the buckets of `asked_for`."""
        connection, keys = self.engine.connection, self.expressions.keys
        conditions, rows = self._conditions()
        asked = [self.expressions.values(self.k, condition) for condition in conditions]
        if rows > MOST_VALUES:  # many rows may have few values
            self._check_values(asked)
        self.engine.keep(asked, "second_pass")
        connection.execute(local_sql.FOUND.format(same=local_sql.same(keys, "second_pass")))
        told = connection.execute(
            "SELECT place, bucket, value, sum(n)::BIGINT FROM found JOIN asked_for USING (place, bucket) "
            "GROUP BY ALL ORDER BY ALL"
        )
        while found := told.fetchmany(100_000):
            self.engine.receipt.add("values", found)

    def _check_values(self, asked: Sequence[Any]) -> None:
        """Raises InputError where there are too many different values in the buckets that are wanted."""
        values = sum(self.engine.number(each.agg(n=each.count())) for each in asked)
        if values > MOST_VALUES:
            raise InputError(
                tr("the quantiles of the table would take {values} different values", values=formatting.whole(values)),
                expected=tr(
                    "at most {most}: rounded values, or a view of fewer versions or days",
                    most=formatting.whole(MOST_VALUES),
                ),
            )

    def _conditions(self) -> tuple[list[Callable[[Any], Any]], int]:
        """Which rows to bring, and how many: by few keys where they are few, else by all keys in several queries."""
        for some in NARROWER:
            keys = [key for key in some if key in self.expressions.keys]
            terms, values = self._terms(keys)
            if values <= BROAD and len(terms) <= TERMS:
                return [_any_of(keys, terms)], values
        keys = list(self.expressions.keys)
        terms, values = self._terms(keys)
        return [_any_of(keys, terms[at : at + TERMS]) for at in range(0, len(terms), TERMS)], values

    def _terms(self, keys: Sequence[str]) -> tuple[list[tuple[Any, ...]], int]:
        """The keys with the buckets that are wanted of them, and how many values these hold."""
        chosen = local_sql.listed(keys)
        rows = self.engine.connection.execute(
            f"""
            WITH placed AS (SELECT DISTINCT family AS place, {chosen} FROM groups WHERE bucket IS NOT NULL),
                 wanted AS (SELECT DISTINCT {chosen}, bucket FROM asked_for JOIN placed USING (place)),
                 sized AS (SELECT {chosen}, bucket, sum(n) AS n FROM buckets JOIN placed USING (place) GROUP BY ALL)
            SELECT {", ".join(f"wanted.{table.name(key)}" for key in keys)}, list(DISTINCT wanted.bucket),
                   sum(sized.n)::BIGINT
            FROM wanted JOIN sized ON wanted.bucket = sized.bucket AND {_same(keys)} GROUP BY ALL ORDER BY ALL
            """
        ).fetchall()
        return [row[:-1] for row in rows], sum(row[-1] for row in rows)


def _rows(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.cursor().execute("SELECT coalesce(sum(n), 0)::BIGINT FROM groups").fetchone()
    return int(row[0]) if row else 0


def _same(keys: Sequence[str]) -> str:
    return " AND ".join(f"wanted.{at} IS NOT DISTINCT FROM sized.{at}" for at in map(table.name, keys))


def _any_of(keys: Sequence[str], terms: Sequence[tuple[Any, ...]]) -> Callable[[Any], Any]:
    """The condition that a row has the keys and a bucket of any term; joined in halves, so that it is not deep."""

    def one(rows: Any, term: tuple[Any, ...]) -> Any:
        *values, buckets = term
        parts = [
            rows[key].isnull() if value is None else rows[key] == value for key, value in zip(keys, values, strict=True)
        ]
        return reduce(lambda left, right: left & right, parts, rows.bucket.isin(sorted(buckets)))

    def condition(rows: Any) -> Any:
        level = [one(rows, term) for term in terms]
        while len(level) > 1:
            level = [level[at] | level[at + 1] if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)]
        return level[0]

    return condition
