"""From cases to scorecard cells, in DuckDB: it reads from disk, spills to disk, and keeps only the figures.

One pass over the cases gathers them into combinations of version, workflow, cohorts and metric, each with its values as
a list (`combos`). Combinations are few where cases are many, so everything after that pass is small: a combination is
counted in each of its cohorts, in its workflow, and overall. Only where a case was run several times, or where cases
belong to clusters, are the single runs looked at once more (see `clusters`).
"""

from __future__ import annotations

import math
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import duckdb
import numpy as np

from readiness.errors import InputError
from readiness.importers.source.progress import followed
from readiness.language import tr
from readiness.model.cells import Cell, Direction

from . import clusters, sizes
from .quantiles import QUANTILE_FIELDS, THREADS, Figures, ListedFigures, quantiles_of
from .sizes import SEPARATOR, SPREAD

MEMORY = "512MB"
MEMORY_VARIABLE = "READINESS_IMPORT_MEMORY"
MANY_COHORTS = 10_000
_TEXTS = ("version", "workflow", "metric")
_COLUMNS = (*_TEXTS, "cohort", "n", "errors", "judged", "passed", "mean", "squares")
LONGEST = 300
_DEPENDENT = ("cases", "clusters", "effective", "se", "repeats", "pass_all", "flips")

CASES = """
CREATE TABLE cases (
    version VARCHAR, workflow VARCHAR, cohorts VARCHAR, metric VARCHAR, value DOUBLE, passed BOOLEAN,
    case_id VARCHAR, cluster_id VARCHAR
)
"""
"""A row is a run of a case of one metric. No workflow or no cohorts: it counts in the overall figures only.

`value` is null for a run that has no score, which is counted as an error, never as 0.
"""
KEYS = ("version", "workflow", "cohorts", "metric", "passed")
WHOLE = ("case_id IS NULL AS unnamed", "cluster_id IS NULL AS alone")
"""Keys for columns that a file has: the ids of a combination then stand for all of its rows, or for none."""

_GATHER = """
CREATE TABLE {into} AS
SELECT {keys}, value IS NOT NULL AS scored, CASE WHEN value IN (0, 1) THEN value END AS same,
       count(*) AS n, avg(value) AS mean, var_pop(value) * count(value) AS squares,
       list(value) FILTER (value NOT IN (0, 1)) AS figures,
       list(hash(case_id)) FILTER (case_id IS NOT NULL) AS ids,
       list(hash(cluster_id)) FILTER (cluster_id IS NOT NULL) AS clusters{more}
FROM {relation} GROUP BY ALL
"""
_MEMBERS = f"""
CREATE OR REPLACE TABLE members AS
{SPREAD}
SELECT id, version, metric, '*' AS workflow, cohort FROM spread
UNION ALL
SELECT id, version, metric, workflow, cohort FROM spread WHERE workflow IS NOT NULL
"""
_TOTALS = """
CREATE OR REPLACE TABLE totals AS
WITH parts AS (
    SELECT members.*, n, mean, squares, scored, same,
           coalesce(passed, CASE same WHEN 1 THEN true WHEN 0 THEN false END) AS passed
    FROM members JOIN combos ON combos.rowid = members.id
), means AS (
    SELECT version, metric, workflow, cohort, coalesce(sum(n) FILTER (scored), 0) AS scores,
           sum(n * mean) FILTER (scored) / sum(n) FILTER (scored) AS middle
    FROM parts GROUP BY ALL
)
SELECT row_number() OVER (ORDER BY version, metric, workflow, cohort) - 1 AS cell,
       version, metric, workflow, cohort, any_value(scores)::BIGINT AS n,
       coalesce(sum(n) FILTER (NOT scored), 0)::BIGINT AS errors, any_value(middle) AS mean,
       sum(squares + n * (mean - middle) ** 2) FILTER (scored) AS squares,
       coalesce(sum(n) FILTER (scored AND same = 0), 0)::BIGINT AS zeros,
       coalesce(sum(n) FILTER (scored AND same = 1), 0)::BIGINT AS ones,
       coalesce(sum(n) FILTER (scored AND passed IS NOT NULL), 0)::BIGINT AS judged,
       coalesce(sum(n) FILTER (scored AND passed), 0)::BIGINT AS passed
FROM parts JOIN means USING (version, metric, workflow, cohort)
GROUP BY version, metric, workflow, cohort
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
            "memory_limit": _memory(),
            "threads": THREADS,
            "temp_directory": folder,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        connection = duckdb.connect(":memory:", config=settings)
        try:
            with followed(connection):
                yield connection
        finally:
            connection.close()


def _memory() -> str:
    """What the tables of an import may take before they spill. Raises InputError."""
    named = os.environ.get(MEMORY_VARIABLE, MEMORY)
    if not re.fullmatch(r"[1-9]\d{0,5} ?[MG]B", named):
        raise InputError(
            tr("{named!r} is no amount of memory", named=named),
            place=MEMORY_VARIABLE,
            expected=tr("a whole number of MB or GB, such as {usual}", usual=MEMORY),
        )
    return named


def gather(
    connection: duckdb.DuckDBPyConnection,
    relation: str = "cases",
    into: str = "combos",
    keys: Sequence[str] = (*KEYS, *WHOLE),
    more: Sequence[str] = (),
) -> None:
    """Make the table of combinations from cases in one pass; `keys` and `more` (aggregates) are its other columns."""
    columns = "".join(f", {aggregate}" for aggregate in more)
    connection.execute(_GATHER.format(into=into, keys=", ".join(keys), more=columns, relation=relation))


class Rows(Protocol):
    """What is asked of the single rows behind the combinations, wherever they are."""

    def depend(self, connection: duckdb.DuckDBPyConnection, counted: str) -> bool:
        """Whether any case stands several times under a version, or any belongs to a cluster."""
        ...

    def runs(self, connection: duckdb.DuckDBPyConnection, counted: str) -> None:
        """Make the table `runs` of the cases of each family of combinations (see `clusters`)."""
        ...

    def figures(self, connection: duckdb.DuckDBPyConnection, totals: Mapping[str, Any]) -> Figures:
        """The values of every cell of `totals`."""
        ...


class Gathered:
    """Rows that `gather` put into lists beside their combinations."""

    def depend(self, connection: duckdb.DuckDBPyConnection, counted: str) -> bool:
        return clusters.depend(connection, counted)

    def runs(self, connection: duckdb.DuckDBPyConnection, counted: str) -> None:
        clusters.make_runs(connection, counted)

    def figures(self, connection: duckdb.DuckDBPyConnection, totals: Mapping[str, Any]) -> Figures:
        return ListedFigures.of(connection, totals)


GATHERED = Gathered()


def aggregate(
    connection: duckdb.DuckDBPyConnection,
    measures: Mapping[str, Measure],
    counted: str = "true",
    rows: Rows = GATHERED,
) -> list[Cell]:
    """The cells of `combos`: each metric and version overall, by workflow, by cohort, and by both.

    `counted` is a condition on the combinations to count.
    """
    sizes.check_estimate(connection, counted)
    connection.execute(_MEMBERS.format(counted=counted, separator=SEPARATOR))
    sizes.check(connection, counted)
    with ThreadPoolExecutor(1) as pool:  # cases seldom depend on each other: it is looked for while the rest goes on
        dependent = pool.submit(rows.depend, connection, counted)
        connection.execute(_TOTALS)
        totals = connection.execute("SELECT * FROM totals ORDER BY cell").fetchnumpy()
        figures, n = rows.figures(connection, totals), np.asarray(totals["n"], dtype=np.int64)
    names, columns, units = list(_COLUMNS), [totals[name].tolist() for name in _COLUMNS], n
    if dependent.result():
        rows.runs(connection, counted)
        spread = clusters.figures(connection, counted)
        units = np.asarray(spread["clusters"], dtype=np.int64)
        names, columns = [*names, *spread], [*columns, *spread.values()]
    quantiles = quantiles_of(n, units, figures)
    return [
        _cell(dict(zip(names, row, strict=True)) | quantile, measures)
        for row, quantile in zip(zip(*columns, strict=True), quantiles, strict=True)
    ]


def _cell(row: dict[str, Any], measures: Mapping[str, Measure]) -> Cell:
    dimension, _, value = row["cohort"].partition("=")
    measure = measures.get(row["metric"], Measure())
    n, mean = row["n"], row["mean"]
    if n and not (math.isfinite(mean) and math.isfinite(row["squares"])):
        raise InputError(
            tr("the values of {metric} are too large to add up", metric=row["metric"]), expected=tr("smaller values")
        )
    names = {
        **{name: row[name] for name in _TEXTS},
        "dimension": dimension,
        "value": value or "*",
        "unit": measure.unit,
    }
    long = next((name for name, text in names.items() if len(text) > LONGEST), None)
    if long:
        raise InputError(
            tr("a {field} has more than {most} characters", field=long, most=LONGEST), expected=tr("a shorter name")
        )
    return Cell.model_construct(  # every value was made here, and there may be many
        **names,
        **{name: row[name] for name in QUANTILE_FIELDS},
        direction=measure.direction,
        n=n,
        errors=row["errors"],
        stated=False,
        mean=mean if n else None,
        sd=math.sqrt(max(row["squares"], 0.0) / (n - 1)) if n > 1 else None,
        passed=row["passed"] if n and row["judged"] == n else None,
        **_dependent(row),
    )


def _dependent(row: dict[str, Any]) -> dict[str, Any]:
    """What is said of a figure whose cases depend on each other."""
    n, units = row["n"], row.get("clusters", row["n"])
    if units == n:
        return dict.fromkeys(_DEPENDENT)
    repeats, judged = row["repeats"], row["judged"] == n
    return {
        "cases": row["cases"],
        "clusters": units,
        "effective": n**2 / row["sizes"],
        "se": math.sqrt(row["deviations"] * units / (units - 1)) / n if units > 1 else None,
        "repeats": repeats if repeats > 1 else None,
        "pass_all": row["always"] / row["cases"] if judged and repeats > 1 else None,
        "flips": row["flipped"] / row["cases"] if judged and repeats > 1 else None,
    }


def too_many(cells: list[Cell]) -> list[str]:
    """A warning where a page of cohorts could not be read by anybody."""
    cohorts = len({cell.cohort for cell in cells}) - 1
    if cohorts <= MANY_COHORTS:
        return []
    return [f"{cohorts:,} cohorts are stored; a dimension with an id in it is seldom meant as a cohort"]
