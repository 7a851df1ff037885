"""Cases that depend on each other: the runs of one case, and the cases of one cluster such as a conversation.

They tell less than as many independent cases. The same id in another workflow is another case; a case that has runs in
several clusters makes one of them. The standard error of a mean is that of the ratio estimator, linearised, between
clusters: se² = G / (G − 1) · Σ e² / n² with e = Σ (value − mean) over the runs of a cluster, n runs and G clusters
(Cochran 1977, Sampling Techniques, 3rd ed., § 9A.1; Miller 2024, arXiv:2411.00640, § 2.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow
import scipy  # brings scipy.sparse when it is first asked for

Hashes: TypeAlias = npt.NDArray[np.uint64]
COLUMNS = ("clusters", "cases", "deviations", "sizes", "repeats", "always", "flipped")

FIRST = "min(combos.rowid) OVER (PARTITION BY version, metric, workflow, cohorts)"
"""The combination that stands for its family: combinations of a family count in the same cells."""
_CLUSTERED = "SELECT count(*) FROM combos WHERE {counted} AND clusters IS NOT NULL"
_KEYS = "SELECT DISTINCT version, metric FROM combos WHERE {counted} AND ids IS NOT NULL"
_IDS = """
SELECT {{'key': key, 'ids': ids}} FROM (
    SELECT dense_rank() OVER (ORDER BY workflow) AS key, ids FROM combos
    WHERE {counted} AND ids IS NOT NULL AND (version, metric) IS NOT DISTINCT FROM (?, ?) ORDER BY key
)
"""
_RUNS = """
CREATE OR REPLACE TABLE runs AS
WITH listed AS (
    SELECT rowid AS own, {first} AS combo, workflow, scored,
           coalesce(passed, CASE same WHEN 1 THEN true WHEN 0 THEN false END) AS good, same, unnest(range(n)) AS place,
           unnest(ids) AS id, unnest(clusters) AS cluster, unnest(figures) AS figure
    FROM combos WHERE {counted}
), known AS (
    SELECT *, CASE WHEN id IS NULL THEN hash(own, place) ELSE hash(workflow, id) END AS of_case FROM listed
)
SELECT combo, of_case, coalesce(cluster, of_case) AS unit, count(*) AS runs, count(*) FILTER (scored) AS n,
       coalesce(sum(coalesce(same, figure)) FILTER (scored), 0) AS total, count(*) FILTER (scored AND good) AS passes
FROM known GROUP BY ALL
"""
_CROSSED = """
CREATE OR REPLACE TABLE edges AS
SELECT DISTINCT hash(version, of_case) AS of_case, hash(version, runs.unit) AS unit
FROM runs JOIN combos ON combos.rowid = runs.combo
"""
_SEVERAL = "SELECT count(*) - count(DISTINCT of_case) FROM edges"
_JOINED = """
UPDATE runs SET unit = joined.part FROM joined, combos
WHERE combos.rowid = runs.combo AND joined.unit = hash(combos.version, runs.unit)
"""
_PLACED = """
CREATE OR REPLACE TABLE in_families AS
SELECT rowid AS combo, dense_rank() OVER (ORDER BY version, metric) AS kind,
       dense_rank() OVER (ORDER BY version, metric, workflow, cohorts) AS family
FROM combos WHERE {counted}
"""
_BY_UNIT = """
CREATE OR REPLACE TABLE by_unit AS
WITH by_case AS (
    SELECT kind, family, unit, of_case, sum(runs) AS runs, sum(n) AS n, sum(total) AS total, sum(passes) AS passes
    FROM runs JOIN in_families USING (combo) GROUP BY kind, family, unit, of_case
)
SELECT kind, family, unit, sum(n) AS n, sum(total) AS total, count(*) FILTER (n > 0) AS cases, max(runs) AS repeats,
       count(*) FILTER (n > 0 AND passes = runs) AS always, count(*) FILTER (passes > 0 AND passes < n) AS flipped
FROM by_case GROUP BY kind, family, unit
"""
_ALONE = """
CREATE OR REPLACE TABLE by_unit AS
SELECT kind, family, unit, n, total, (n > 0)::BIGINT AS cases, runs AS repeats,
       (n > 0 AND passes = runs)::BIGINT AS always, (passes > 0 AND passes < n)::BIGINT AS flipped
FROM runs JOIN in_families USING (combo)
"""
"""The same where no case belongs to a cluster: each has one row in its family, and is a unit of its own."""
_CROSSING = """
CREATE OR REPLACE TABLE crossing AS SELECT kind, unit FROM by_unit GROUP BY kind, unit HAVING count(*) > 1
"""
_BY_CASE = """
CREATE OR REPLACE TABLE by_case AS
SELECT cell, any_value(mean) AS mean, unit, of_case, sum(runs) AS runs, sum(runs.n) AS n, sum(total) AS total,
       sum(passes) AS passes
FROM totals JOIN members USING (version, metric, workflow, cohort) JOIN runs ON runs.combo = members.id
JOIN in_families USING (combo) SEMI JOIN crossing USING (kind, unit)
GROUP BY cell, unit, of_case
"""
_FIGURES = """
WITH whole AS (
    SELECT * FROM by_unit ANTI JOIN crossing USING (kind, unit)
), middles AS (
    SELECT family, coalesce(sum(total) / nullif(sum(n), 0), 0) AS middle FROM whole GROUP BY family
), families AS (
    SELECT family, any_value(middle) AS middle, count(*) FILTER (n > 0) AS clusters,
           coalesce(sum((total - n * middle) ** 2) FILTER (n > 0), 0) AS own, sum(n * (total - n * middle)) AS skew,
           sum(n ** 2) AS sizes, sum(cases) AS cases, max(repeats) AS repeats, sum(always) AS always,
           sum(flipped) AS flipped
    FROM whole JOIN middles USING (family) GROUP BY family
), of_families AS (
    SELECT cell, sum(clusters) AS clusters, sum(families.cases) AS cases,
           sum(own + 2 * (middle - mean) * skew + (middle - mean) ** 2 * sizes) AS deviations, sum(sizes) AS sizes,
           max(repeats) AS repeats, sum(always) AS always, sum(flipped) AS flipped
    FROM totals JOIN members USING (version, metric, workflow, cohort)
    JOIN (SELECT family, min(combo) AS combo FROM in_families GROUP BY family) AS first ON first.combo = members.id
    JOIN families USING (family) GROUP BY cell
), crossed AS (
    SELECT cell, sum(n) AS n, sum(total) - sum(n) * any_value(mean) AS deviation FROM by_case GROUP BY cell, unit
), of_crossing AS (
    SELECT cell, count(*) FILTER (n > 0) AS clusters, sum(deviation ** 2) FILTER (n > 0) AS deviations,
           sum(n ** 2) AS sizes
    FROM crossed GROUP BY cell
), of_cases AS (
    SELECT cell, count(*) FILTER (n > 0) AS cases, max(runs) AS repeats,
           count(*) FILTER (n > 0 AND passes = runs) AS always, count(*) FILTER (passes > 0 AND passes < n) AS flipped
    FROM by_case GROUP BY cell
), together AS (
    SELECT * FROM of_families UNION ALL BY NAME SELECT * FROM of_crossing JOIN of_cases USING (cell)
)
SELECT sum(clusters)::BIGINT AS clusters, sum(cases)::BIGINT AS cases,
       greatest(coalesce(sum(deviations), 0), 0)::DOUBLE AS deviations, sum(sizes)::DOUBLE AS sizes,
       max(repeats)::BIGINT AS repeats, sum(always)::BIGINT AS always, sum(flipped)::BIGINT AS flipped
FROM together GROUP BY cell ORDER BY cell
"""
"""A unit that lies in one family counts alike in all of its cells: its deviation from the family's mean is taken once,
and moved to the mean of each cell, as in Σ (t − nM)² = Σ (t − nm)² + 2 (m − M) Σ n (t − nm) + (m − M)² Σ n². The few
units that lie across families are looked at in each cell.
"""


def column(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> Any:
    """The only column of a query as one Arrow array, lists end to end."""
    table: Any = connection.cursor().sql(query, params=list(values)).to_arrow_table()
    return table.column(0).combine_chunks()


def depend(connection: duckdb.DuckDBPyConnection, counted: str) -> bool:
    """Whether any case of `combos` stands several times under a version, or any belongs to a cluster."""
    return _count(connection, _CLUSTERED.format(counted=counted)) > 0 or _any_twice(_ids(connection, counted))


def make_runs(connection: duckdb.DuckDBPyConnection, counted: str) -> None:
    """Make the table `runs` from the lists of `combos`: how the runs of each case of a family, and cluster, went.

    `combo` is the first combination of the family.
    """
    connection.execute(_RUNS.format(counted=counted, first=FIRST))


def figures(connection: duckdb.DuckDBPyConnection, counted: str) -> dict[str, list[Any]]:
    """What the clusters of every cell come to by `runs`, in the order of `totals`: a list for each of `COLUMNS`."""
    clustered = _count(connection, _CLUSTERED.format(counted=counted)) > 0
    if clustered:
        _join(connection)
    for query in (_PLACED.format(counted=counted), _BY_UNIT if clustered else _ALONE, _CROSSING, _BY_CASE):
        connection.execute(query)
    found = connection.execute(_FIGURES).fetchnumpy()
    return {name: found[name].tolist() for name in COLUMNS}


def _join(connection: duckdb.DuckDBPyConnection) -> None:
    """Make one cluster of those that a case has runs in: the same conversation, held again, has another id."""
    connection.execute(_CROSSED)
    if not _count(connection, _SEVERAL):
        return
    edges = connection.execute("SELECT of_case, unit FROM edges").fetchnumpy()
    _, cases = np.unique(edges["of_case"], return_inverse=True)
    units, places = np.unique(edges["unit"], return_inverse=True)
    several = int(cases.max()) + 1
    links = (np.ones(len(cases), dtype=bool), (cases, several + places))
    graph = scipy.sparse.coo_array(links, shape=(several + len(units),) * 2)
    _, parts = scipy.sparse.csgraph.connected_components(graph, directed=False)
    joined = pyarrow.table({"unit": units, "part": parts[several:].astype(np.uint64)})
    connection.register("joined", joined)
    connection.execute(_JOINED)


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.cursor().execute(query).fetchone()
    return int(row[0]) if row else 0


def _ids(connection: duckdb.DuckDBPyConnection, counted: str) -> Iterator[Hashes]:
    """The hashes of the case ids, those of one version, metric and workflow together."""
    for key in connection.cursor().execute(_KEYS.format(counted=counted)).fetchall():
        rows = column(connection, _IDS.format(counted=counted), key)
        lists, workflows = rows.field("ids"), rows.field("key").to_numpy()
        ends = lists.offsets.to_numpy()[1:][np.flatnonzero(np.diff(workflows, append=-1))]
        yield from np.split(lists.values.to_numpy(), ends[:-1])


def _any_twice(groups: Iterable[Hashes]) -> bool:
    """Whether a case stands twice in any of the groups."""
    return any((np.diff(np.sort(group)) == 0).any() for group in groups)
