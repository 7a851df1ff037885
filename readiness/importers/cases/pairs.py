"""The same cases under two versions, whether these share a file or not.

The scored cases of a file are kept beside it for as long as it is fresh, so that the run of another version can be
paired with it, and so that all its figures can be drawn anew together. They are one table, a row for each run of a case
of a metric, as Parquet (see `SHAPE`): ids as hashes alone, and only of metrics that are there whole. The table says how
its ids were hashed, by what that makes of some texts, so that it can be compared for as long as they come out the same.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import duckdb
import pyarrow
from pyarrow import parquet

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.limits import MOST_MET, MOST_PAIRS
from readiness.language import tr
from readiness.model.cells import Pair

from .cells import workbench
from .sizes import SEPARATOR

MOST_CASES = 500_000
"""Scores kept of one file: metrics that pass or fail first, then the smaller ones, each whole or not at all."""
_TEXT = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
SHAPE = pyarrow.schema(
    [
        pyarrow.field("version", _TEXT, nullable=False),
        pyarrow.field("metric", _TEXT, nullable=False),
        pyarrow.field("workflow", _TEXT, nullable=False),  # empty where the case names none
        pyarrow.field("cohorts", _TEXT, nullable=False),  # `dimension=value`, joined by `;`
        pyarrow.field("case", pyarrow.uint64(), nullable=False),  # hash of the id; once for each run of the case
        pyarrow.field("cluster", pyarrow.uint64()),  # hash of what the case belongs to; null: it stands for itself
        pyarrow.field("value", pyarrow.float64(), nullable=False),
    ]
)
_HASH = b"hash"
_RELEASE = b"hash of duckdb"
"""How ids were hashed: by what comes out, or, where it was kept before that was written down, in which release."""
_PROBE = "SELECT concat_ws(' ', hash('case-1'), hash('a'), hash(''), hash(repeat('conversation ', 9)), hash('\u00fc'))"
_FLAT = ["version", "metric", "workflow", "cohorts", "value"]

_SCORED = "{counted} AND scored AND ids IS NOT NULL"
_KEPT = f"""
SELECT metric FROM (
    SELECT metric, sum(sum(n)) OVER (ORDER BY bool_and(same IS NOT NULL) DESC, sum(n), metric) AS scores
    FROM combos WHERE {_SCORED} GROUP BY metric
) WHERE scores <= {{most}}
"""
_CASES = f"""
SELECT version, metric, coalesce(workflow, '') AS workflow, coalesce(cohorts, '') AS cohorts, "case", cluster,
       coalesce(same, figure)::DOUBLE AS value
FROM (
    SELECT version, metric, workflow, cohorts, same, unnest(ids) AS "case", unnest(clusters) AS cluster,
           unnest(figures) AS figure
    FROM combos WHERE {_SCORED} AND metric IN ({_KEPT})
)
"""
_OF_OLD = """
SELECT version, metric, workflow, coalesce(cohorts, '') AS cohorts, unnest(ids) AS "case", NULL::UBIGINT AS cluster,
       passed::DOUBLE AS value
FROM before
"""
_MEANS = f"""
SELECT version, metric, workflow, cohort, "case", min(cluster) AS cluster, avg(value) AS value,
       avg(value) IN (0, 1) AS plain
FROM (
    SELECT * EXCLUDE (cohorts), unnest(list_prepend('*', list_distinct(list_filter(list_transform(
        string_split(cohorts, '{SEPARATOR}'), lambda each: trim(each)), lambda each: each NOT IN ('', '*'))))) AS cohort
    FROM {{}}
) GROUP BY version, metric, workflow, cohort, "case"
"""
_PAIRS = f"""
WITH one AS ({_MEANS.format("mine")}), two AS ({_MEANS.format("theirs")}), met AS (
    SELECT one.version AS first, two.version AS second, metric, workflow, cohort, one.plain AND two.plain AS plain,
           coalesce(one.cluster, two.cluster, hash(workflow, "case")) AS unit, one.value AS before, two.value AS after
    FROM one JOIN two USING (metric, workflow, cohort, "case") WHERE {{condition}}
), units AS (
    SELECT first, second, metric, CASE WHEN grouping(workflow) = 1 THEN '*' ELSE workflow END AS workflow, cohort, unit,
           count(*) AS cases, sum(before) AS before, sum(after) AS after, sum(after - before) AS change,
           bool_and(plain) AS plain, count(*) FILTER (before = 1 AND after = 1) AS "both",
           count(*) FILTER (before = 1 AND after = 0) AS only_first,
           count(*) FILTER (before = 0 AND after = 1) AS only_second,
           count(*) FILTER (before = 0 AND after = 0) AS neither
    FROM met
    GROUP BY GROUPING SETS ((first, second, metric, workflow, cohort, unit), (first, second, metric, cohort, unit))
    HAVING grouping(workflow) = 1 OR workflow <> ''
), centred AS (
    SELECT *, sum(change) OVER whole / sum(cases) OVER whole AS mean FROM units
    WINDOW whole AS (PARTITION BY first, second, metric, workflow, cohort)
)
SELECT first, second, metric, workflow, cohort, sum(cases)::BIGINT AS cases, count(*) AS n,
       sum(before) / sum(cases) AS mean_first, sum(after) / sum(cases) AS mean_second,
       CASE WHEN count(*) > 1 THEN count(*) * sqrt(sum((change - cases * mean) ** 2) / (count(*) - 1)) / sum(cases) END
           AS sd,
       {{counts}}
FROM centred GROUP BY first, second, metric, workflow, cohort ORDER BY first, second, metric, workflow, cohort
""".format(
    condition="{condition}",
    counts=", ".join(
        f'CASE WHEN bool_and(plain) THEN sum("{count}")::BIGINT END AS "{count}"'
        for count in ("both", "only_first", "only_second", "neither")
    ),
)


_SIZE = f"""
WITH one AS (SELECT metric, workflow, cohort, "case", count(*) AS n FROM ({_MEANS.format("mine")}) GROUP BY ALL),
     two AS (SELECT metric, workflow, cohort, "case", count(*) AS n FROM ({_MEANS.format("theirs")}) GROUP BY ALL),
     met AS (
         SELECT metric, workflow, cohort, one.n * two.n AS n FROM one JOIN two USING (metric, workflow, cohort, "case")
     )
SELECT coalesce((SELECT sum(n) FROM met), 0),
       coalesce((SELECT sum(n) FROM (SELECT max(n) AS n FROM met GROUP BY metric, workflow, cohort)), 0)
"""
"""About how often a case meets itself under another version, and in how many cells versions are compared."""


def outcomes(connection: duckdb.DuckDBPyConnection, counted: str = "true") -> bytes:
    """The scored cases of `combos` that have an id, as Parquet; empty where there are none, or too many to keep."""
    return packed(connection.cursor().sql(_CASES.format(counted=counted, most=MOST_CASES)).to_arrow_table())


def kept_metrics(connection: duckdb.DuckDBPyConnection, counted: str) -> list[str]:
    """The metrics of `combos` whose scored cases are kept."""
    return [str(metric) for (metric,) in connection.execute(_KEPT.format(counted=counted, most=MOST_CASES)).fetchall()]


def packed(table: Any) -> bytes:
    """Cases as `SHAPE` has them, as Parquet that says how their ids were hashed; empty where there are none."""
    if not table.num_rows:
        return b""
    out = io.BytesIO()
    table = table.replace_schema_metadata({_HASH: hashing()})
    parquet.write_table(table, out, compression="none", use_dictionary=_FLAT)  # hashes do not get any smaller
    return out.getvalue()


@cache
def hashing() -> bytes:
    """What the database makes of some texts: another release of it may hash in another way."""
    row = duckdb.connect().execute(_PROBE).fetchone()
    return str(row[0] if row else "").encode()


def is_comparable(content: bytes) -> bool:
    """Whether cases that were kept, by this release or by another, can be compared with those of today."""
    try:
        schema = parquet.read_schema(io.BytesIO(content))
    except (pyarrow.ArrowException, OSError):
        return False
    told, names = schema.metadata or {}, set(schema.names)
    hashed_alike = told.get(_HASH) == hashing() or told.get(_RELEASE) == duckdb.__version__.encode()
    return hashed_alike and (set(SHAPE.names) <= names or "ids" in names)


def read(content: bytes) -> pyarrow.Table | None:
    """The cases that were kept, in the `SHAPE` of today; None where they cannot be compared with those of today.

    Before the tenth schema the cases that passed stood apart from those that failed, as lists.
    """
    if not is_comparable(content):
        return None
    try:
        table = parquet.read_table(io.BytesIO(content))
    except (pyarrow.ArrowException, OSError):
        return None
    if "ids" in table.column_names:
        with workbench() as connection:
            connection.register("before", table)
            table = connection.sql(_OF_OLD).to_arrow_table()
    return table.cast(SHAPE) if set(SHAPE.names) <= set(table.column_names) else None


def fared(content: bytes, case: str) -> dict[str, dict[str, float]]:
    """How one case fared in what was kept of a file: by version and metric the mean of its runs, where each is 0 or 1.

    Nothing where its ids cannot be compared with those of today.
    """
    table = read(content)
    if table is None:
        return {}
    found: dict[str, dict[str, float]] = {}
    with workbench() as connection:
        connection.register("kept", table)
        query = """
            SELECT version, metric, avg(value) FROM kept WHERE "case" = hash($1)
            GROUP BY version, metric HAVING bool_and(value IN (0, 1))
        """
        for version, metric, mean in connection.execute(query, [case]).fetchall():
            found.setdefault(version, {})[metric] = mean
    return found


def within(mine: bytes, file: str) -> list[Pair]:
    """The pairs of every two versions in one file, whose digest is `file`."""
    return _pairs(mine, file, mine, file, "one.version < two.version")


def between(mine: bytes, file: str, theirs: bytes, other: str) -> list[Pair]:
    """The pairs of a version in one file with another version in the other, by their digests."""
    return _pairs(mine, file, theirs, other, "one.version <> two.version")


def _pairs(mine: bytes, file: str, theirs: bytes, other: str, condition: str) -> list[Pair]:
    tables = {"mine": read(mine), "theirs": read(theirs)}
    if any(table is None for table in tables.values()):
        return []
    try:
        return _compared(tables, file, other, condition)
    except duckdb.Error as exc:
        problem = tr("comparing its cases with the same cases of another version needs more memory than there is")
        raise InputError(problem, expected=tr("fewer cases or versions in one file")) from exc


def _compared(tables: dict[str, Any], file: str, other: str, condition: str) -> list[Pair]:
    with workbench() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        _check_size(connection)
        found = connection.execute(_PAIRS.format(condition=condition))
        names = [column[0] for column in found.description or ()]
        return [_pair(dict(zip(names, row, strict=True)), file, other) for row in found.fetchall()]


def _check_size(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises InputError for more comparisons than may be; of a file with itself each is counted twice."""
    met, cells = connection.execute(_SIZE).fetchall()[0]
    if met > 2 * MOST_MET or cells > 2 * MOST_PAIRS:
        raise InputError(
            tr("the versions would be compared in too many cells and cases"),
            expected=tr(
                "at most {cells} and {cases}: fewer versions, or fewer workflows and cohorts in each",
                cells=formatting.whole(MOST_PAIRS),
                cases=formatting.whole(MOST_MET),
            ),
        )


def _pair(row: dict[str, Any], file: str, other: str) -> Pair:
    dimension, _, value = str(row.pop("cohort")).partition("=")
    return Pair(**row, dimension=dimension, value=value or "*", first_file=file, second_file=other)
