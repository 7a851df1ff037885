"""A table of an engine as a batch: read as a file is, but for its rows, which the engine gathers where they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from readiness import english, formatting
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import native_sql as sql
from readiness.importers.cases import pairs, repeats
from readiness.importers.cases.cells import Measure, Rows, workbench
from readiness.importers.cases.measured import Extent, per_cent, settle
from readiness.importers.cases.native_reader import COUNTED, LISTED_SKIPS, MOST_STATED, NativeReader
from readiness.importers.cases.scored import MEASURES
from readiness.importers.settings import Settings, found
from readiness.importers.source.limits import MOST_CELLS, MOST_VERSIONS
from readiness.language import tr
from readiness.model.evidence import Doubt, Skipped

from . import columns, local_sql
from .addresses import connected
from .columns import TableColumns
from .engine import EngineRows, TableEngine
from .expressions import Expressions
from .receipt import Receipt, TableSource

MOST_COMBINATIONS = 4 * MOST_CELLS
MOST_GROUPS = 4_000_000
"""Rows that the first pass brings, at most about."""
COARSEST, FINEST = 4.0, 1_000.0
_SPAN = 9.0
"""Of ln|value| within a combination, about: a factor of 8,000 between the least and the greatest value."""
_RANKS = 9
"""Asked of each combination: three quantiles, each with two bounds."""


def read(source: TableSource, options: Options) -> tuple[TableSource, Batch]:
    """The table as cells, and the account of it. Raises InputError in one sentence, and then nothing of it is kept."""
    source = replace(source, receipt=Receipt())
    with connected(source.address) as backend, workbench() as connection:
        engine = TableEngine(source.address, backend, connection, source.receipt)
        opened, described = engine.open(source)
        return source, TableReader(connection, described, options, engine=engine, opened=opened).read()


def fineness(rows: int, combinations: int) -> float:
    """The k of the buckets with which both passes bring about as much.

    The first brings `_SPAN` · k buckets of each combination, the second of each rank that is wanted one bucket in
    `_SPAN` · k: k² = ranks · rows / combinations / span².
    """
    even = math.sqrt(_RANKS * rows / max(combinations, 1)) / _SPAN
    most = MOST_GROUPS / (_SPAN * max(combinations, 1))
    return float(round(max(COARSEST, min(even, most, FINEST))))


@dataclass(frozen=True)
class TableReader(NativeReader):
    """One table that is being read, as `NativeReader` reads a file."""

    engine: TableEngine = None  # type: ignore[assignment]
    opened: Any = None

    @cached_property
    def _columns_of_table(self) -> TableColumns:
        return columns.choose(self.table, self.options)

    @cached_property
    def _expressions(self) -> Expressions:
        return Expressions(self.opened, self._columns_of_table, per_cent(self.options))

    def _chosen(self) -> dict[str, str]:
        chosen = self._columns_of_table
        beside = {"metric": "metric", "value": "value"} if chosen.metrics else {}
        return {**beside, **chosen.fields}

    def _view(self, view: str, chosen: dict[str, str], *, placed: bool = False) -> None:
        """Nothing is read row by row."""

    def _columns(self) -> tuple[str, ...]:
        used = self._columns_of_table
        return tuple(name for name in self.table.columns if name not in used.dimensions and name not in used.metrics)

    def _gather(self, chosen: dict[str, str]) -> None:
        """How many combinations there are, before anything is counted in buckets; then the first pass."""
        if not self._columns_of_table.metrics:
            columns.check_value(self.table, chosen["value"], str(self.opened.schema()[chosen["value"]]))
        said = {"fields": dict(self._columns_of_table.fields), "options": dict(self.options.mapping)}
        self.engine.receipt.add("read", [said])
        self.engine.keep([self._expressions.buckets(self._k)], "first_pass")
        self._combine(chosen)
        self._tell()

    @cached_property
    def _k(self) -> float:
        return fineness(*self._survey())

    def _survey(self) -> tuple[int, int]:
        """How many rows and combinations there are; raises InputError where these are too many to be told apart."""
        asked = self._expressions
        self.engine.keep([asked.combinations(MOST_COMBINATIONS + 1)], "surveyed")
        rows, combinations = self.connection.execute(
            "SELECT coalesce(sum(n), 0)::BIGINT, count(*) FROM surveyed"
        ).fetchall()[0]
        if not rows:
            raise InputError(tr("the table has no rows"), expected=tr("a row for each case and metric"))
        if combinations > MOST_COMBINATIONS:
            widest = max((self.engine.number(asked.distinct(key)), key) for key in asked.keys)
            raise self._too_many(*widest)
        if "version" in asked.keys:
            versions = self._value("SELECT count(DISTINCT version) FROM surveyed")
            if isinstance(versions, int) and versions > MOST_VERSIONS:
                raise InputError(
                    tr("the table has results of {number} versions", number=formatting.whole(versions)),
                    expected=tr(
                        "at most {most}; a column with an id in each row is seldom a version",
                        most=formatting.whole(MOST_VERSIONS),
                    ),
                )
        return int(rows), int(combinations)

    def _too_many(self, values: int, key: str) -> InputError:
        fields = dict(self._columns_of_table.fields)
        fields |= {f"dimension_{at}": name for at, name in enumerate(self._columns_of_table.dimensions)}
        return InputError(
            tr(
                "the table has more than {most} combinations of version, workflow, "
                "cohort and metric, since {field!r} alone has {values} values",
                most=formatting.whole(MOST_COMBINATIONS),
                field=fields.get(key, key),
                values=formatting.whole(values),
            ),
            expected=tr("columns of few values; one with an id in it is seldom a cohort"),
        )

    def _combine(self, chosen: dict[str, str]) -> None:
        """What a file's `_gather` makes: `combos`, with the buckets beside them."""
        keys, run = self._expressions.keys, self.connection.execute
        listed = local_sql.listed(keys)
        run(local_sql.GROUPS.format(keys=listed))
        constants = {key: self._constant(key) for key in sql.RAW if key != "stated"}
        fields = local_sql.fields(keys, self._columns_of_table.dimensions.values(), constants)
        has_days = "day" in [str(row[0]) for row in run("DESCRIBE groups").fetchall()]
        days = local_sql.DAYS if has_days else local_sql.NO_DAYS
        run(local_sql.GATHERED.format(fields=fields, days=days))
        gathered = sql.GATHERED.format(absent="NULL AS nothing")
        run(local_sql.COMBOS.format(normal=self._normal(gathered, chosen)))
        run(local_sql.BUCKETS)
        run(local_sql.KEYS.format(keys=listed))

    def _tell(self) -> None:
        keys = local_sql.listed(self._expressions.keys)
        for what, query in (("groups", local_sql.TOLD_GROUPS.format(keys=keys)), ("means", local_sql.TOLD_MEANS)):
            told = self.connection.execute(query)
            while rows := told.fetchmany(100_000):
                self.engine.receipt.add(what, rows)

    def _settle(self, extents: Mapping[str, Extent], known: dict[str, Measure]) -> dict[str, Measure]:
        """Where columns are metrics, a unit is told from their names and values, as in any other table."""
        if not self._columns_of_table.metrics:
            return super()._settle(extents, known)
        stated = MEASURES | {metric: measure for metric, measure in known.items() if measure.unit}
        return settle(extents, stated, self.options, self.table.source, known)

    def _rows(self) -> Rows:
        rows = EngineRows(self.engine, self._expressions, self._k)
        _ = rows.repeated  # asked here, since an engine is talked to by one thread
        return rows

    def _outcomes(self) -> bytes:
        if "case_id" not in self._columns_of_table.fields:
            return b""
        kept = pairs.kept_metrics(self.connection, COUNTED)
        told = self.connection.execute(
            "SELECT DISTINCT known_keys.metric FROM known_keys JOIN combos USING (place) "
            "WHERE list_contains(?, combos.metric)",
            [kept],
        )
        metrics = [str(metric) for (metric,) in told.fetchall()]
        if not metrics:
            return b""
        self.engine.keep([self._expressions.cases(metrics)], "kept_cases")
        same = local_sql.same(self._expressions.keys, "kept_cases")
        cases: Any = self.connection.sql(local_sql.CASES.format(same=same, counted=COUNTED))
        return pairs.packed(cases.to_arrow_table())

    def _repeats(self) -> tuple[list[str], list[Doubt]]:
        """Rows that stand several times where no column says which case each of them is; a table has no order."""
        total = self._value(f"SELECT coalesce(sum(n), 0)::BIGINT FROM combos WHERE {COUNTED}")
        fields = self._columns_of_table.fields
        if (
            {"case_id", "cluster_id"} & fields.keys()
            or not isinstance(total, int)
            or not 0 < total <= repeats.MOST_ROWS
        ):
            return [], []
        answer = self.engine.answer(self._expressions.repeated_rows()).to_pylist()[0]
        rows, different, least, most = (int(answer[name] or 0) for name in ("rows", "different", "least", "most"))
        if least == most > 1 and different >= repeats.FEWEST:
            what, again = english.counted(different, "row"), english.counted(rows - different, "row")
            return [], [Doubt(kind="repeated", what=again, stated=what, counted=f"{most} times")]
        if rows == different or different < max(repeats.FEWEST, rows / repeats.TELLING):
            return [], []
        again = english.counted(rows - different, "row")
        return [
            f"{again} the same in every column as another; each counts as a case, since no column names the cases"
        ], []

    def _settings(self, extra: list[str]) -> Settings:
        settings = Settings()
        for column in (column for column in extra if found({column: ""})):
            rows = self.engine.answer(self._expressions.stated(column, MOST_STATED)).to_pylist()
            version = self._columns_of_table.fields.get("version", "")
            for row in rows:
                label = str(row[version] or "").strip() if version else self.options.version
                settings.add(label, found({column: row[column]}))
        return settings

    def _skips(self) -> list[Skipped]:
        """Why rows were left out, and how many for each reason: rows of a table have no number."""
        rows = self.connection.execute(
            "SELECT coalesce(reason, unscored) AS why, sum(n)::BIGINT AS n FROM combos WHERE why IS NOT NULL "
            f"GROUP BY why ORDER BY n DESC, why LIMIT {LISTED_SKIPS}"
        ).fetchall()
        return [Skipped(place=english.counted(n, "row"), reason=str(why)[:500]) for why, n in rows]
