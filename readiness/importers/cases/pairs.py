"""The same cases under two versions: what the paired test needs, whether the versions share a file or not.

Cases pass or fail, so a case is known by the hash of its id, and a combination of version, workflow, cohorts and metric
by those that passed and those that did not. They are kept beside a file for as long as it is fresh, so that the run of
another version can be paired with it.
"""

from __future__ import annotations

import io
from typing import Any

import duckdb
from pyarrow import parquet

from readiness.model.cells import Pair

from .cells import SEPARATOR, workbench

MOST_CASES = 500_000
"""Outcomes kept of one file; with more, the difference is as narrow without pairs."""
_SCHEME = b"hash of duckdb"

_OUTCOMES = """
SELECT version, metric, coalesce(workflow, '') AS workflow, cohorts, same = 1 AS passed, ids FROM combos
WHERE {counted} AND scored AND same IS NOT NULL AND len(ids) = n
AND metric NOT IN (SELECT metric FROM combos WHERE {counted} AND (figures IS NOT NULL OR passed IS NOT NULL))
"""
_COHORTS = f"list_transform(string_split(coalesce({{}}.cohorts, ''), '{SEPARATOR}'), lambda each: trim(each))"
_SINGLE = """
SELECT * FROM (SELECT * EXCLUDE (ids), unnest(ids) AS id FROM {})
QUALIFY count(*) OVER (PARTITION BY version, metric, workflow, id) = 1
"""
_PAIRS = f"""
WITH one AS ({_SINGLE.format("mine")}), two AS ({_SINGLE.format("theirs")}), met AS (
    SELECT one.version AS first, two.version AS second, metric, workflow, one.passed AS before, two.passed AS after,
           list_filter(list_intersect({_COHORTS.format("one")}, {_COHORTS.format("two")}),
                       lambda each: each NOT IN ('', '*')) AS cohorts
    FROM one JOIN two USING (metric, workflow, id) WHERE {{condition}}
), spread AS (
    SELECT * EXCLUDE (cohorts), unnest(list_prepend('*', cohorts)) AS cohort FROM met
)
SELECT first, second, metric, CASE WHEN grouping(workflow) = 1 THEN '*' ELSE workflow END AS workflow, cohort,
       count(*) FILTER (before AND after) AS both, count(*) FILTER (before AND NOT after) AS only_first,
       count(*) FILTER (NOT before AND after) AS only_second, count(*) FILTER (NOT before AND NOT after) AS neither
FROM spread GROUP BY GROUPING SETS ((first, second, metric, workflow, cohort), (first, second, metric, cohort))
HAVING grouping(workflow) = 1 OR workflow <> '' ORDER BY ALL
"""


def outcomes(connection: duckdb.DuckDBPyConnection, counted: str = "true") -> bytes:
    """Which cases of `combos` passed and which did not, as Parquet; empty where there are none, or too many to keep."""
    query = _OUTCOMES.format(counted=counted)
    row = connection.execute(f"SELECT coalesce(sum(len(ids)), 0) FROM ({query})").fetchone()
    if not row or not 0 < row[0] <= MOST_CASES:
        return b""
    table: Any = connection.cursor().sql(query).to_arrow_table()
    out = io.BytesIO()
    table = table.replace_schema_metadata({_SCHEME: duckdb.__version__.encode()})
    parquet.write_table(table, out, compression="none", use_dictionary=False)  # hashes do not get any smaller
    return out.getvalue()


def within(mine: bytes, file: str) -> list[Pair]:
    """The pairs of every two versions in one file, whose digest is `file`."""
    return _pairs(mine, file, mine, file, "one.version < two.version")


def between(mine: bytes, file: str, theirs: bytes, other: str) -> list[Pair]:
    """The pairs of a version in one file with another version in the other, by their digests."""
    return _pairs(mine, file, theirs, other, "one.version <> two.version")


def _pairs(mine: bytes, file: str, theirs: bytes, other: str, condition: str) -> list[Pair]:
    tables = [parquet.read_table(io.BytesIO(content)) for content in (mine, theirs) if content]
    if len(tables) < 2 or tables[0].schema.metadata[_SCHEME] != tables[1].schema.metadata[_SCHEME]:
        return []  # another release of the database may hash in another way
    with workbench() as connection:
        for name, table in zip(("mine", "theirs"), tables, strict=True):
            connection.register(name, table)
        rows = connection.execute(_PAIRS.format(condition=condition)).df().to_dict("records")
    return [_pair(row, file, other) for row in rows]


def _pair(row: dict[Any, Any], file: str, other: str) -> Pair:
    dimension, _, value = str(row.pop("cohort")).partition("=")
    return Pair(**row, dimension=dimension, value=value or "*", first_file=file, second_file=other)
