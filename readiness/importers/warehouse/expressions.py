"""What an engine is asked, in Ibis: one expression for all of them, without a quantile, a hash or anything approximate.

A row of a table becomes a run of a case of a metric (`rows`). Its value falls into a bucket: the floor of k·ln|value|,
with its sign; 0 and 1 stand apart, since most scores are one of them. What is asked of the rows is then a few sums for
each combination and bucket, the runs of each case where cases depend on each other, and single values of few buckets.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ibis

from readiness import clock
from readiness.importers.cases import native_sql
from readiness.importers.cases.native_reader import USED
from readiness.importers.cases.scored import SPENT

from .columns import TableColumns

OK, MISSING, NAN, HIGH, LOW, BELOW = range(6)
"""What is wrong with the value of a row."""
STATE = {MISSING: "", NAN: "nan", HIGH: "inf", LOW: "-inf"}
"""The same as a file would write it."""
DIMENSION = "dimension_"
_NO_KEYS = ("value", "case_id", "cluster_id", "error", "run_at", "judge")
_KEYS = {"stated" if field == "n" else field: field for field in USED if field not in _NO_KEYS}
"""What rows are grouped by, as combinations call it, and our field for it."""
_DAY = "____-__-__"


@dataclass(frozen=True)
class Expressions:
    """The questions about one table. `shares` are the metrics that are per cent."""

    table: Any
    columns: TableColumns
    shares: Collection[str] = ()

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What rows are grouped by: our fields that the table has, and its dimensions."""
        there = {*self.columns.fields, *(["metric"] if self.columns.metrics else [])}
        fields = [key for key, field in _KEYS.items() if field in there]
        return (*fields, *(f"{DIMENSION}{at}" for at in range(len(self.columns.dimensions))))

    @cached_property
    def rows(self) -> Any:
        """Every row with its keys, `errored`, `state`, `value`, `seen` (a finite number), `case_id`, `cluster_id`."""
        if not self.columns.metrics:
            return self._of(self.table, _text(self.table[self.columns.fields["metric"]]), self.columns.fields["value"])
        parts = [self._of(self.table, ibis.literal(metric), column) for column, metric in self.columns.metrics.items()]
        return parts[0] if len(parts) == 1 else ibis.union(*parts)

    def _of(self, table: Any, metric: Any, column: str) -> Any:
        fields = self.columns.fields
        if "judge" in fields:
            judge = _text(table[fields["judge"]])
            metric = ibis.cases((judge.length() > 0, metric + "@" + judge), else_=metric)
        named = {
            key: _text(table[fields[field]]) for key, field in _KEYS.items() if field in fields and key != "metric"
        }
        named |= {f"{DIMENSION}{at}": _text(table[name]) for at, name in enumerate(self.columns.dimensions)}
        figure = self._figure(table, metric, column)
        errored = _is_said(table[fields["error"]]) if "error" in fields else ibis.literal(value=False)
        below = (figure < 0) & metric.isin(list(SPENT))
        state = ibis.cases(
            *_not_finite(figure, table[column].type()),
            (figure.isnull(), MISSING),
            (below.fill_null(False), BELOW),
            else_=OK,
        ).cast("int16")
        ids = {key: _id(table[fields[key]]) if key in fields else _no_text() for key in ("case_id", "cluster_id")}
        selected = table.select(
            metric=metric, figure=figure, errored=errored, state=state, **ids, **named, **_ran(table, fields)
        )
        scored = (selected.state == OK) & ~selected.errored
        nothing = ibis.null("float64")
        return selected.mutate(
            value=ibis.cases((scored, selected.figure), else_=nothing),
            seen=ibis.cases((selected.state.isin([OK, BELOW]), selected.figure), else_=nothing),
        ).drop("figure")

    def _figure(self, table: Any, metric: Any, name: str) -> Any:
        """The value as a double; one that is per cent as a share of 1."""
        column = table[name]
        if column.type().is_boolean():
            figure = ibis.cases((column, 1.0), (~column, 0.0), else_=ibis.null("float64"))
        else:
            figure = column.cast("float64")
        shares = [metric.isin(sorted(self.shares))] if self.shares else []
        if "unit" in self.columns.fields:
            words = [word.strip(" '()") for word in native_sql.PERCENT.split(",")]
            shares.append(_text(table[self.columns.fields["unit"]]).lower().isin(words))
        for share in shares[1:]:
            shares[0] = shares[0] | share
        return figure / ibis.cases((shares[0].fill_null(False), 100.0), else_=1.0) if shares else figure

    def combinations(self, most: int) -> Any:
        """How many rows each combination has, of at most so many combinations."""
        return self.rows.group_by(*self.keys, "errored", "state").agg(n=self.rows.count()).limit(most)

    def distinct(self, key: str) -> Any:
        """How many different values a key has; a count of distinct values is approximate on ClickHouse."""
        different = self.rows.select(key).distinct()
        return different.agg(n=different.count())

    def buckets(self, k: float) -> Any:
        """The first pass: n, mean, variance, least and greatest value of each combination and bucket."""
        rows = self.rows.mutate(
            same=ibis.cases((self.rows.value.isin([0.0, 1.0]), self.rows.value), else_=ibis.null("float64")),
            bucket=bucket(self.rows.value, k),
            unnamed=self.rows.case_id.isnull(),
            alone=self.rows.cluster_id.isnull(),
        )
        days = {"day": rows.ran.max(), "odd_day": rows.odd.min()} if "ran" in rows.columns else {}
        return rows.group_by(*self.keys, "errored", "state", "same", "bucket", "unnamed", "alone").agg(
            n=rows.count(),
            mean=rows.value.mean(),
            variance=rows.value.var(how="pop"),
            low=rows.seen.min(),
            high=rows.seen.max(),
            **days,
        )

    def values(self, k: float, wanted: Any) -> Any:
        """The second pass: how often each value stands in the buckets where `wanted` holds of (rows, bucket)."""
        rows = self.rows.mutate(bucket=bucket(self.rows.value, k))
        rows = rows.filter(rows.bucket.notnull(), wanted(rows))
        return rows.group_by(*self.keys, "bucket", "value").agg(n=rows.count())

    def repeated(self) -> Any:
        """How many cases stand several times under one version, workflow and metric, by their ids as text."""
        rows = self.rows.filter(self.rows.case_id.notnull())
        keys = [key for key in ("version", "workflow", "metric") if key in self.keys]
        often = rows.group_by(*keys, "case_id").agg(n=rows.count())
        often = often.filter(often.n > 1)
        return often.agg(n=often.count())

    def runs(self) -> Any:
        """How the runs of each case went; those without an id by their value, since each is a case of its own."""
        rows = self.rows.mutate(
            lone=ibis.cases((self.rows.case_id.isnull(), self.rows.value), else_=ibis.null("float64"))
        )
        return rows.group_by(*self.keys, "errored", "state", "case_id", "cluster_id", "lone").agg(
            n=rows.count(), total=rows.value.sum(), ones=(rows.value == 1).sum()
        )

    def cases(self, metrics: Sequence[str]) -> Any:
        """Every scored run of a case with an id, of these metrics."""
        rows = self.rows
        kept = rows.filter(rows.value.notnull(), rows.case_id.notnull(), rows.metric.isin(list(metrics)))
        return kept.select(*self.keys, "errored", "state", "case_id", "cluster_id", "value")

    def repeated_rows(self) -> Any:
        """How many rows there are, how many different ones, and how often the rarest and the commonest stand."""
        plain = [
            name
            for name, kind in self.table.schema().items()
            if kind.is_primitive() or kind.is_temporal() or kind.is_decimal()
        ]
        number = "number of rows " + "".join(plain)  # a name that no column has
        often = self.table.group_by(*plain).agg(**{number: self.table.count()})
        n = often[number]
        return often.agg(rows=n.sum(), different=often.count(), least=n.min(), most=n.max())

    def stated(self, column: str, most: int) -> Any:
        """What a column says beside each version."""
        version = self.columns.fields.get("version")
        return self.table.select(*([version] if version else []), column).distinct().limit(most)


def bucket(value: Any, k: float) -> Any:
    """Twice the floor of k·ln|value|, and one more below 0; null for 0, 1 and what is no score."""
    plain = ibis.cases((value.isin([0.0, 1.0]), ibis.null("float64")), else_=value)
    size = (plain.abs().nullif(0.0).ln() * k).floor().cast("int64")
    return size * 2 + ibis.cases((plain < 0, 1), else_=0)


def _text(column: Any) -> Any:
    return column.strip() if column.type().is_string() else column


def _no_text() -> Any:
    return ibis.null("string")


def _id(column: Any) -> Any:
    """An id as text, null where there is none."""
    return column.cast("string").strip().nullif("")


def _is_said(column: Any) -> Any:
    if not column.type().is_string():
        return column.notnull()
    return (column.strip().length() > 0).fill_null(False)


def _not_finite(figure: Any, kind: Any) -> list[tuple[Any, int]]:
    """By comparison, and before null is asked for: on Spark, Ibis finds nothing infinite and takes NaN for null."""
    if kind.is_boolean() or kind.is_integer():
        return []
    return [(figure.isnan(), NAN), (figure > sys.float_info.max, HIGH), (figure < -sys.float_info.max, LOW)]


def _ran(table: Any, fields: Mapping[str, str]) -> dict[str, Any]:
    """When it ran, as a day, a moment or a text that begins like a day, and apart from it when it cannot have run."""
    if "run_at" not in fields:
        return {}
    column, first, last = table[fields["run_at"]], clock.FIRST, clock.LAST
    if column.type().is_string():
        day = column.strip().substr(0, 10)
        column = ibis.cases((day.like(_DAY), day), else_=_no_text())
        plausible = column.between(str(first), str(last))
    elif column.type().is_date():
        plausible = column.between(ibis.literal(first), ibis.literal(last))
    elif column.type().is_timestamp():
        end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time())
        bounds = [ibis.literal(moment, column.type()) for moment in (dt.datetime.combine(first, dt.time()), end)]
        plausible = (column >= bounds[0]) & (column < bounds[1])
    else:
        return {}
    nothing = ibis.null(column.type())
    return {
        "ran": ibis.cases((plausible, column), else_=nothing),
        "odd": ibis.cases((plausible, nothing), else_=column),
    }
