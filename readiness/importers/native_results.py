"""Native results: one row for a case of one metric (or a stated figure with its n), as CSV, JSON lines or Parquet.

Fields: version, workflow, cohort, metric, value, n, passed, case_id, threshold, higher_is_better, unit, error,
run_at, trace_id. `cohort` is `dimension=value`, several joined by `;`. An n above 1 makes the row an aggregate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from ..errors import InputError
from ..records import Cell, Direction, Evidence, Skipped
from . import table
from .batch import Batch, Options, refuse_merging
from .cells import CASES, Measure, aggregate, too_many, workbench
from .gateway import Source

REQUIRED = ("version", "workflow", "cohort", "metric", "value")
FIELDS = (
    *REQUIRED,
    *("n", "passed", "case_id", "threshold", "higher_is_better", "unit", "error", "run_at", "trace_id"),
)
LISTED_SKIPS = 200
LONGEST = 300
NAMED_COLUMNS = 20
YES, NO = "('true', 't', 'yes', '1')", "('false', 'f', 'no', '0')"

_TOO_LONG = "\n".join(
    f"    WHEN len({field}) > {LONGEST} THEN '{field} has more than {LONGEST} characters'"
    for field in ("version", "workflow", "cohort", "metric", "unit")
)
_TYPED = f"""
CREATE TABLE typed AS
SELECT *, CASE
    WHEN version IS NULL THEN 'version is empty'
    WHEN workflow IS NULL THEN 'workflow is empty'
    WHEN metric IS NULL THEN 'metric is empty'
{_TOO_LONG}
    WHEN stated IS NULL AND error IS NULL THEN 'value is empty and no error is stated'
    WHEN stated IS NOT NULL AND value IS NULL THEN 'value ' || stated || ' is not a number'
    WHEN isnan(value) OR isinf(value) THEN 'value ' || stated || ' is not finite'
    WHEN n IS NULL OR n < 1 THEN 'n is not a whole number from 1'
    WHEN n > 1 AND value IS NULL THEN 'an aggregate has no value'
    WHEN n > 1 AND len(cohorts) > 1 THEN 'an aggregate names several cohorts at once'
    WHEN len(list_filter(cohorts, lambda each: NOT regexp_matches(each, '^[^=]+=.+$'))) > 0
        THEN 'cohort ' || cohort || ' is not dimension=value'
    WHEN lower(passed) NOT IN {YES} AND lower(passed) NOT IN {NO} THEN 'passed is neither true nor false'
    WHEN lower(higher_is_better) NOT IN {YES} AND lower(higher_is_better) NOT IN {NO}
        THEN 'higher_is_better is neither true nor false'
    END AS reason
FROM (
    SELECT place, version, workflow, cohort, metric, value AS stated, error, unit, run_at, case_id, passed,
        higher_is_better,
        CASE lower(value) WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE try_cast(value AS DOUBLE) END AS value,
        CASE WHEN n IS NULL THEN 1 WHEN try_cast(n AS DOUBLE) = floor(try_cast(n AS DOUBLE)) THEN try_cast(n AS BIGINT)
            END AS n,
        list_filter(list_transform(string_split(coalesce(cohort, ''), ';'), lambda each: trim(each)),
                    lambda each: each <> '') AS cohorts
    FROM rows
)
"""
_TWICE = """
UPDATE typed SET reason = 'this case stands twice' WHERE place IN (
    SELECT place FROM (
        SELECT place, row_number() OVER (
            PARTITION BY version, workflow, metric, case_id ORDER BY place) AS nth
        FROM typed WHERE reason IS NULL AND case_id IS NOT NULL)
    WHERE nth > 1)
"""
_INTO_CASES = f"""
INSERT INTO cases
SELECT version, nullif(workflow, '*'), cohorts, metric, CASE WHEN error IS NULL THEN value END,
       CASE WHEN lower(passed) IN {YES} THEN true WHEN lower(passed) IN {NO} THEN false END,
       case_id
FROM typed WHERE reason IS NULL AND n = 1
"""


class NativeResults:
    format = "native-results"
    title = "results as a table (CSV, JSON lines, Parquet)"

    def sniff(self, source: Source) -> bool:
        if source.head.startswith(table.PARQUET):
            return True
        first = table.first_line(source)
        if first.startswith("{"):
            return '"metric"' in first and '"value"' in first
        names = {name.strip().strip('"').lower() for name in first.split(table.delimiter(first))}
        return len(names & set(FIELDS)) >= 2 and bool(names & {"metric", "value"})

    def read(self, source: Source, options: Options) -> Batch:
        """All of the file as cells; a row that cannot be used is skipped, a file that is not a table is refused."""
        with workbench() as connection:
            try:
                return _batch(connection, source, options, _load(connection, source, options))
            except duckdb.Error as exc:
                raise table.refusal(exc, source) from exc


IMPORTER = NativeResults()


@dataclass(frozen=True)
class Layout:
    """How the file is laid out: its columns, which of them is which field, and what one record is called."""

    columns: tuple[str, ...]
    chosen: dict[str, str]
    record: str


def _load(connection: duckdb.DuckDBPyConnection, source: Source, options: Options) -> Layout:
    """Make the table `rows`: every field as text under our name, with the place it stands at."""
    record = table.open_table(connection, source)
    described = [str(row[0]) for row in connection.execute("DESCRIBE file").fetchall()]
    columns = tuple(column for column in described if column != table.PLACE)
    place = table.name(table.PLACE) if table.PLACE in described else "row_number() OVER ()"
    chosen = _choose(source, options, columns)
    selected = ", ".join(
        f"nullif(trim(CAST({table.name(chosen[field])} AS VARCHAR)), '') AS {field}"
        if field in chosen
        else f"{table.text(options.version) if field == 'version' and options.version else 'NULL'}::VARCHAR AS {field}"
        for field in FIELDS
    )
    connection.execute(f"CREATE TABLE rows AS SELECT {place} AS place, {selected} FROM file")
    return Layout(columns, chosen, record)


def _choose(source: Source, options: Options, columns: tuple[str, ...]) -> dict[str, str]:
    """Our field to the file's column: by name, or as the mapping says."""
    named = {column.strip().lstrip("\ufeff").lower(): column for column in columns}
    chosen = {field: named[field] for field in FIELDS if field in named}
    for field, column in options.mapping.items():
        if field.startswith("version:"):
            continue
        if field not in FIELDS:
            raise InputError(f"{field!r} is not a field", place="--map", expected=f"one of {', '.join(FIELDS)}")
        if column not in columns:
            raise InputError(
                f"there is no column {column!r}", file=source.name, expected=f"one of {', '.join(columns)}"
            )
        chosen[field] = column
    missing = [field for field in REQUIRED if field not in chosen and not (field == "version" and options.version)]
    if missing:
        raise InputError(
            f"the column {missing[0]!r} is missing",
            file=source.name,
            expected=f"the columns {', '.join(REQUIRED)}, or --map {missing[0]}=COLUMN; there are {', '.join(columns)}",
        )
    return chosen


def _batch(connection: duckdb.DuckDBPyConnection, source: Source, options: Options, layout: Layout) -> Batch:
    versions = _versions(connection, source, options)
    connection.execute(_TYPED)
    connection.execute(_TWICE)
    measures = _measures(connection, source)
    _refuse_mixtures(connection, source, layout.record)
    connection.execute(CASES)
    connection.execute(_INTO_CASES)
    cells = [*aggregate(connection, measures), *_stated(connection, measures)]
    _refuse_overlap(cells, source)
    kept, skipped = connection.execute("SELECT count(*) FILTER (reason IS NULL), count(reason) FROM typed").fetchall()[
        0
    ]
    if not kept:
        first = connection.execute("SELECT place, reason FROM typed ORDER BY place LIMIT 1").fetchone()
        place, reason = first or (1, "there are no rows")
        raise InputError(f"no row can be used: {reason}", file=source.name, place=f"{layout.record} {place}")
    skips = _skips(connection, layout.record)
    measured = options.measured_on or _latest(connection)
    extra = [column for column in layout.columns if column not in layout.chosen.values()]
    warnings = [*_warnings(extra, measured), *too_many(cells)]
    mapping = dict(options.mapping)
    evidence = Evidence(
        name=source.name,
        format=IMPORTER.format,
        kind="results",
        digest=source.digest,
        size=source.size,
        measured_on=measured,
        options={"version": options.version, "mapping": mapping} if options.version or mapping else {},
        kept=kept,
        skipped=skipped,
        skips=skips,
        warnings=warnings,
    )
    return Batch(
        format=IMPORTER.format,
        evidence=evidence,
        cells=tuple(cells),
        skipped=tuple(skips),
        warnings=tuple(warnings),
        fields=tuple(extra),
        mapping=mapping,
        versions=versions,
    )


def _versions(connection: duckdb.DuckDBPyConnection, source: Source, options: Options) -> tuple[str, ...]:
    """The labels in the file, in order; then every row carries the name that the person gave."""
    labels = connection.execute(
        "SELECT version FROM rows WHERE version IS NOT NULL GROUP BY version ORDER BY min(place)"
    ).fetchall()
    found = tuple(str(label) for (label,) in labels)
    refuse_merging(found, options, source)
    names = {label: options.rename(label) if options.renames() else options.version or label for label in found}
    connection.execute(
        "UPDATE rows SET version = map_extract_value(?::MAP(VARCHAR, VARCHAR), version) WHERE version IS NOT NULL",
        [names],
    )
    return found


def _measures(connection: duckdb.DuckDBPyConnection, source: Source) -> dict[str, Measure]:
    """Unit and direction of each metric; raises InputError where the file states two."""
    found = {}
    rows = connection.execute(
        f"SELECT metric, list(DISTINCT unit) FILTER (unit IS NOT NULL), "
        f"list(DISTINCT lower(higher_is_better) IN {YES}) FILTER (higher_is_better IS NOT NULL) "
        "FROM typed WHERE reason IS NULL GROUP BY metric"
    ).fetchall()
    for metric, units, better in rows:
        for what, values in (("units", units), ("directions", better)):
            if len(values or ()) > 1:
                raise InputError(f"the metric {metric!r} has two {what}", file=source.name, expected="one")
        direction: Direction = "unknown" if not better else "higher" if better[0] else "lower"
        found[str(metric)] = Measure(units[0] if units else "", direction)
    return found


_MIXED = """
SELECT min(place), version, workflow, coalesce(cohort, '*'), metric,
       count(*) FILTER (n = 1) > 0 AND count(*) FILTER (n > 1) > 0
FROM typed WHERE reason IS NULL
GROUP BY version, workflow, cohort, metric
HAVING count(*) FILTER (n > 1) > 1 OR (count(*) FILTER (n = 1) > 0 AND count(*) FILTER (n > 1) > 0)
ORDER BY 1 LIMIT 1
"""


def _refuse_mixtures(connection: duckdb.DuckDBPyConnection, source: Source, record: str) -> None:
    found = connection.execute(_MIXED).fetchone()
    if found:
        place, version, workflow, cohort, metric, mixed = found
        problem = "cases and an aggregate stand" if mixed else "two aggregates stand"
        raise InputError(
            f"{problem} in one cell ({metric} of {version}, {workflow}, {cohort})",
            file=source.name,
            place=f"{record} {place}",
            expected="either cases or one aggregate",
        )


def _stated(connection: duckdb.DuckDBPyConnection, measures: dict[str, Measure]) -> Iterator[Cell]:
    """Aggregates as the file states them."""
    rows = connection.execute(
        "SELECT version, workflow, cohorts, metric, n, value FROM typed WHERE reason IS NULL AND n > 1 ORDER BY place"
    ).fetchall()
    for version, workflow, cohorts, metric, n, value in rows:
        dimension, _, cohort = (cohorts[0] if cohorts else "*").partition("=")
        yield Cell(
            version=version,
            workflow=workflow,
            dimension=dimension,
            value=cohort or "*",
            metric=metric,
            unit=measures[metric].unit,
            direction=measures[metric].direction,
            n=n,
            mean=value,
            stated=True,
        )


def _refuse_overlap(cells: list[Cell], source: Source) -> None:
    """A stated figure and one worked out from cases would say the same cell twice."""
    seen = set()
    for cell in cells:
        key = (cell.version, cell.metric, cell.workflow, cell.cohort)
        if key in seen:
            raise InputError(
                f"cases and an aggregate stand in one cell ({cell.metric} of {cell.version}, {cell.workflow}, "
                f"{cell.cohort})",
                file=source.name,
                expected="either cases or one aggregate",
            )
        seen.add(key)


def _skips(connection: duckdb.DuckDBPyConnection, record: str) -> list[Skipped]:
    rows = connection.execute(
        f"SELECT place, reason FROM typed WHERE reason IS NOT NULL ORDER BY place LIMIT {LISTED_SKIPS}"
    ).fetchall()
    return [Skipped(place=f"{record} {place}", reason=str(reason)[:500]) for place, reason in rows]


def _latest(connection: duckdb.DuckDBPyConnection) -> dt.date | None:
    """The last day a case was run on, as the file writes it."""
    found = connection.execute("SELECT max(try_cast(left(run_at, 10) AS DATE)) FROM typed WHERE reason IS NULL")
    row = found.fetchone()
    return row[0] if row else None


def _warnings(extra: list[str], measured: dt.date | None) -> Iterator[str]:
    if extra:
        more = f" and {len(extra) - NAMED_COLUMNS:,} more" if len(extra) > NAMED_COLUMNS else ""
        yield f"columns that have no field here are left out: {', '.join(extra[:NAMED_COLUMNS])}{more}"
    if measured is None:
        yield "the results are not dated, so they do not count until a date is given"
