"""From cases to scorecard cells, in DuckDB: it reads from disk, spills to disk, and keeps only the figures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from ..records import Cell, Direction

MEMORY = "768MB"
THREADS = 2
MANY_COHORTS = 10_000
CASES = """
CREATE TABLE cases (
    version VARCHAR, workflow VARCHAR, cohorts VARCHAR[], metric VARCHAR, value DOUBLE, passed BOOLEAN,
    case_id VARCHAR
)
"""
"""A row is a case of one metric. No workflow or no cohorts: it counts in the overall figures only.

`value` is null for a case that has no score, which is counted as an error, never as 0.
"""

_CELLS = """
WITH spread AS (
    SELECT version, workflow, metric, value, passed, unnest(list_prepend('*', list_distinct(cohorts))) AS cohort
    FROM cases
), known AS (
    SELECT version, coalesce(workflow, '') AS workflow, cohort, metric, value,
           coalesce(passed, CASE value WHEN 1 THEN true WHEN 0 THEN false END) AS passed
    FROM spread
)
SELECT version, metric,
       CASE WHEN grouping(workflow) = 1 THEN '*' ELSE workflow END AS workflow,
       cohort,
       count(value) AS n,
       count(*) - count(value) AS errors,
       avg(value) AS mean,
       quantile_cont(value, [0.5, 0.95, 0.99]) AS quantiles,
       CASE WHEN count(value) > 0 AND count(value) = count(passed) FILTER (value IS NOT NULL)
            THEN count(*) FILTER (passed AND value IS NOT NULL) END AS passed
FROM known
GROUP BY GROUPING SETS ((version, metric, workflow, cohort), (version, metric, cohort))
HAVING grouping(workflow) = 1 OR workflow <> ''
ORDER BY version, metric, workflow, cohort
"""


@dataclass(frozen=True)
class Measure:
    """What is known of a metric beside its values."""

    unit: str = ""
    direction: Direction = "unknown"


@contextmanager
def workbench() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of its own in memory that may spill to a folder, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "threads": THREADS,
            "temp_directory": folder,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        connection = duckdb.connect(":memory:", config=settings)
        try:
            yield connection
        finally:
            connection.close()


def aggregate(connection: duckdb.DuckDBPyConnection, measures: Mapping[str, Measure]) -> list[Cell]:
    """The cells of the table `cases`: each metric and version overall, by workflow, by cohort, and by both."""
    return [_cell(row, measures) for row in connection.execute(_CELLS).fetchall()]


def _cell(row: tuple[object, ...], measures: Mapping[str, Measure]) -> Cell:
    version, metric, workflow, cohort, n, errors, mean, quantiles, passed = row
    dimension, _, value = str(cohort).partition("=")
    measure = measures.get(str(metric), Measure())
    p50, p95, p99 = quantiles if isinstance(quantiles, list) else (None, None, None)
    return Cell.model_validate(
        {
            "version": version,
            "workflow": workflow,
            "dimension": dimension,
            "value": value or "*",
            "metric": metric,
            "unit": measure.unit,
            "direction": measure.direction,
            "n": n,
            "errors": errors,
            "mean": mean,
            "p50": p50,
            "p95": p95,
            "p99": p99,
            "passed": passed,
        }
    )


def too_many(cells: list[Cell]) -> list[str]:
    """A warning where a page of cohorts could not be read by anybody."""
    cohorts = len({cell.cohort for cell in cells}) - 1
    if cohorts <= MANY_COHORTS:
        return []
    return [f"{cohorts:,} cohorts are stored; a dimension with an id in it is seldom meant as a cohort"]
