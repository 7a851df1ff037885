"""From cases to scorecard cells, in DuckDB: it reads from disk, spills to disk, and keeps only the figures.

One pass over the cases gathers them into combinations of version, workflow, cohorts and metric, each with its values as
a list (`combos`). Combinations are few where cases are many, so everything after that pass is small: a combination is
counted in each of its cohorts, in its workflow, and overall. Only where a case was run several times, or where cases
belong to clusters, are the single runs looked at once more (see `clusters`).
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt

from readiness.errors import InputError
from readiness.importers.source.progress import followed
from readiness.model.cells import QUANTILES, Cell, Direction
from readiness.scorecard import intervals

from . import clusters, sizes
from .clusters import column
from .sizes import SEPARATOR, SPREAD

MEMORY = "512MB"
THREADS = 2
MANY_COHORTS = 10_000
Values: TypeAlias = npt.NDArray[np.float64]
_TEXTS = ("version", "workflow", "metric")
_COLUMNS = (*_TEXTS, "cohort", "n", "errors", "judged", "passed", "mean", "squares")
LONGEST = 300
_DEPENDENT = ("cases", "clusters", "effective", "se", "repeats", "pass_all", "flips")
_SIDES = ("low", "high")
_QUANTILE_FIELDS = (*QUANTILES, *(f"{name}_{side}" for name in QUANTILES for side in _SIDES))

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
_FIGURES = "SELECT figures FROM combos WHERE figures IS NOT NULL ORDER BY rowid"
_PARTS = """
SELECT totals.cell, places.place
FROM totals JOIN members USING (version, metric, workflow, cohort)
JOIN (
    SELECT rowid AS id, row_number() OVER (ORDER BY rowid) - 1 AS place FROM combos WHERE figures IS NOT NULL
) AS places USING (id)
ORDER BY ALL
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
            with followed(connection):
                yield connection
        finally:
            connection.close()


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


def aggregate(
    connection: duckdb.DuckDBPyConnection, measures: Mapping[str, Measure], counted: str = "true"
) -> list[Cell]:
    """The cells of `combos`: each metric and version overall, by workflow, by cohort, and by both.

    `counted` is a condition on the combinations to count.
    """
    sizes.check_estimate(connection, counted)
    connection.execute(_MEMBERS.format(counted=counted, separator=SEPARATOR))
    sizes.check(connection, counted)
    with ThreadPoolExecutor(1) as pool:  # cases seldom depend on each other: it is looked for while the rest goes on
        dependent = pool.submit(clusters.depend, connection, counted)
        connection.execute(_TOTALS)
        totals = connection.execute("SELECT * FROM totals ORDER BY cell").fetchnumpy()
        figures, n = _Figures.of(connection, totals), np.asarray(totals["n"], dtype=np.int64)
        quantiles = _quantiles(n, n, figures)
    names, columns = list(_COLUMNS), [totals[name].tolist() for name in _COLUMNS]
    if dependent.result():
        spread = clusters.figures(connection, counted)
        quantiles = _quantiles(n, np.asarray(spread["clusters"], dtype=np.int64), figures)
        names, columns = [*names, *spread], [*columns, *spread.values()]
    return [
        _cell(dict(zip(names, row, strict=True)) | quantile, measures)
        for row, quantile in zip(zip(*columns, strict=True), quantiles, strict=True)
    ]


def _cell(row: dict[str, Any], measures: Mapping[str, Measure]) -> Cell:
    dimension, _, value = row["cohort"].partition("=")
    measure = measures.get(row["metric"], Measure())
    n, mean = row["n"], row["mean"]
    if n and not (math.isfinite(mean) and math.isfinite(row["squares"])):
        raise InputError(f"the values of {row['metric']} are too large to add up", expected="smaller values")
    names = {
        **{name: row[name] for name in _TEXTS},
        "dimension": dimension,
        "value": value or "*",
        "unit": measure.unit,
    }
    long = next((name for name, text in names.items() if len(text) > LONGEST), None)
    if long:
        raise InputError(f"a {long} has more than {LONGEST} characters", expected="a shorter name")
    return Cell.model_construct(  # every value was made here, and there may be many
        **names,
        **{name: row[name] for name in _QUANTILE_FIELDS},
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


@dataclass(frozen=True)
class _Figures:
    """The values of every cell, without copying them: those of its combinations, and how many more are 0 or 1."""

    values: Values
    offsets: intervals.Counts
    places: intervals.Counts
    starts: intervals.Counts
    zeros: intervals.Counts
    ones: intervals.Counts

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, totals: Mapping[str, Any]) -> _Figures:
        lists = column(connection, _FIGURES)
        parts = connection.execute(_PARTS).fetchnumpy()
        return cls(
            values=lists.values.to_numpy(),
            offsets=lists.offsets.to_numpy().astype(np.int64),
            places=np.asarray(parts["place"], dtype=np.int64),
            starts=np.searchsorted(parts["cell"], np.arange(len(totals["n"]) + 1)),
            zeros=totals["zeros"].astype(np.int64),
            ones=totals["ones"].astype(np.int64),
        )

    def all(self, cells: intervals.Counts, ranks: intervals.Counts) -> Values:
        """The values of some cells at their ranks, (cells, ranks)."""
        figures = np.empty((len(cells), ranks.shape[1]))
        for row, cell in enumerate(cells):
            figures[row] = self.at(cell, ranks[cell])
        return figures

    def at(self, cell: int, ranks: intervals.Counts) -> Values:
        """The values of a cell at these ranks, from 1, as if they were sorted."""
        if self.zeros[cell] + self.ones[cell] + self.starts[cell + 1] - self.starts[cell] == 0:
            return np.full(len(ranks), np.nan)
        places = self.places[self.starts[cell] : self.starts[cell + 1]]
        parts = [self.values[self.offsets[place] : self.offsets[place + 1]] for place in places]
        if not parts:
            return np.where(ranks <= self.zeros[cell], 0.0, 1.0)
        same = [np.zeros(self.zeros[cell]), np.ones(self.ones[cell])]
        values = np.concatenate([*parts, *same])
        values.partition(np.unique(ranks - 1))
        ranked: Values = values[ranks - 1]
        return ranked


def _quantiles(n: intervals.Counts, units: intervals.Counts, figures: _Figures) -> list[dict[str, float | None]]:
    """p50, p95 and p99 of each cell, linear between neighbours as numpy has it, and the interval of each by its ranks.

    The interval is that of `intervals.ranks` over the independent `units`, whose ranks stand for as many of the n
    values each, limits included; a side that so few cannot bound is missing, as are both where every value is 0 or 1,
    since then the rate says all.
    """
    exact = [(n - 1) * q for q in QUANTILES.values()]
    spread = figures.zeros + figures.ones < n
    bounds = [intervals.rank_limits(n, np.where(spread, units, 0), q) for q in QUANTILES.values()]
    ranks = np.stack([side for at in exact for side in (np.floor(at), np.ceil(at))], axis=1).astype(np.int64) + 1
    limits = np.stack([side for pair in bounds for side in pair], axis=1)
    bounded = (limits >= 1) & (limits <= n[:, None]) & spread[:, None]
    wanted = np.clip(np.concatenate([ranks, limits], axis=1), 1, np.maximum(n, 1)[:, None])
    with ThreadPoolExecutor(THREADS) as pool:
        parts = np.array_split(np.arange(len(n)), THREADS)
        picked = np.concatenate(list(pool.map(lambda part: figures.all(part, wanted), parts)))
    below, above = picked[:, 0:6:2], picked[:, 1:6:2]
    values = below + (above - below) * (np.stack(exact, axis=1) % 1)
    sides = np.where(bounded, picked[:, 6:], np.nan)
    table = np.concatenate([values, sides], axis=1)
    return [
        {name: None if np.isnan(value) else value for name, value in zip(_QUANTILE_FIELDS, row, strict=True)}
        for row in table.tolist()
    ]


def too_many(cells: list[Cell]) -> list[str]:
    """A warning where a page of cohorts could not be read by anybody."""
    cohorts = len({cell.cohort for cell in cells}) - 1
    if cohorts <= MANY_COHORTS:
        return []
    return [f"{cohorts:,} cohorts are stored; a dimension with an id in it is seldom meant as a cohort"]
