"""The SQL that makes combinations, buckets, runs and kept cases of what an engine gave, as those of a file are."""

from __future__ import annotations

from collections.abc import Iterable

from readiness.importers.cases.clusters import FIRST
from readiness.importers.cases.native_sql import RAW
from readiness.importers.cases.table import name

from .expressions import BELOW, DIMENSION, STATE

_BAD = " ".join(
    f"WHEN state = {state} AND NOT (errored AND {state} = 1) THEN '{word}'" for state, word in STATE.items()
)
GROUPS = """
CREATE OR REPLACE TABLE groups AS
SELECT *, min(place) OVER (PARTITION BY {keys}, errored, state) AS family
FROM (SELECT *, dense_rank() OVER (ORDER BY {keys}, errored, state, same, unnamed, alone) AS place FROM first_pass)
"""
"""A place is a combination; those of a family count in the same cells, and differ in being 0 or 1, or in their ids."""
GATHERED = f"""
CREATE OR REPLACE TABLE gathered AS
WITH means AS (
    SELECT place, sum(n * mean) / sum(n) AS middle FROM groups WHERE mean IS NOT NULL GROUP BY place
)
SELECT {{fields}}, any_value(errored) AS errored,
       CASE {_BAD} WHEN state = {BELOW} THEN CAST(min(low) AS VARCHAR) END AS bad,
       NULL::VARCHAR AS class, any_value(unnamed) AS unnamed, any_value(alone) AS alone,
       state = 0 AND NOT errored AS scored, any_value(same) AS same, sum(n)::BIGINT AS n, any_value(middle) AS mean,
       sum(n * variance + n * (mean - middle) ** 2) AS squares,
       CASE WHEN count(bucket) > 0 THEN [min(low), max(high)] END AS figures,
       CASE WHEN NOT any_value(unnamed) THEN []::UBIGINT[] END AS ids,
       CASE WHEN NOT any_value(alone) THEN []::UBIGINT[] END AS clusters,
       {{days}}, place
FROM groups LEFT JOIN means USING (place) GROUP BY place, state, errored
"""
"""The least and the greatest value stand for all figures; ids and clusters say only that there are any."""
DAYS = (
    "max(try_cast(left(day::VARCHAR, 10) AS DATE)) AS day, min(try_cast(left(odd_day::VARCHAR, 10) AS DATE)) AS odd_day"
)
NO_DAYS = "NULL::DATE AS day, NULL::DATE AS odd_day"
COMBOS = """
CREATE OR REPLACE TABLE combos AS
SELECT * EXCLUDE (n, rows), n AS stated_n, rows AS n, cohort AS cohorts FROM ({normal})
"""
BUCKETS = """
CREATE OR REPLACE TABLE buckets AS
SELECT family AS place, bucket, sum(n)::BIGINT AS n, min(low) AS low, max(high) AS high
FROM groups WHERE bucket IS NOT NULL GROUP BY family, bucket
"""
KEYS = """
CREATE OR REPLACE TABLE known_keys AS
SELECT DISTINCT {keys}, errored, state, family AS place FROM groups
"""
_JOIN = "known_keys ON {same} AND known_keys.errored = {errored} AND known_keys.state = {state}"
FOUND = f"""
CREATE OR REPLACE TABLE found AS
SELECT known_keys.place, second_pass.bucket, second_pass.value, second_pass.n
FROM second_pass JOIN {_JOIN.format(same="{same}", errored="false", state="0")}
"""
RUNS = f"""
CREATE OR REPLACE TABLE runs AS
WITH listed AS (
    SELECT own, first AS combo, combos.workflow, combos.scored, combos.passed, case_id, cluster_id, lone,
           of_cases.n AS runs, total, ones
    FROM of_cases JOIN {_JOIN.format(same="{same}", errored="of_cases.errored", state="of_cases.state")}
    JOIN (SELECT *, rowid AS own, {FIRST} AS first FROM combos WHERE {{counted}}) AS combos USING (place)
), apart AS (
    SELECT own, combo, workflow, scored, passed, NULL AS case_id, cluster_id, 1 AS runs, lone AS total,
           (lone = 1)::INT AS ones
    FROM (SELECT *, unnest(range(runs)) FROM listed WHERE case_id IS NULL)
    UNION ALL
    SELECT own, combo, workflow, scored, passed, case_id, cluster_id, runs, total, ones FROM listed
    WHERE case_id IS NOT NULL
), known AS (
    SELECT *, CASE WHEN case_id IS NULL THEN hash(own, row_number() OVER ())
                   ELSE hash(workflow, hash(case_id)) END AS of_case
    FROM apart
)
SELECT combo, of_case, CASE WHEN cluster_id IS NULL THEN of_case ELSE hash(cluster_id) END AS unit,
       sum(runs)::BIGINT AS runs,
       coalesce(sum(runs) FILTER (scored), 0)::BIGINT AS n, coalesce(sum(total) FILTER (scored), 0) AS total,
       coalesce(sum(CASE WHEN passed IS NULL THEN ones WHEN passed THEN runs ELSE 0 END) FILTER (scored), 0)::BIGINT
           AS passes
FROM known GROUP BY combo, of_case, unit
"""
CASES = f"""
SELECT combos.version, combos.metric, coalesce(combos.workflow, '') AS workflow, coalesce(cohorts, '') AS cohorts,
       hash(case_id) AS "case", CASE WHEN cluster_id IS NOT NULL THEN hash(cluster_id) END AS cluster, value
FROM kept_cases JOIN {_JOIN.format(same="{same}", errored="false", state="0")}
JOIN combos USING (place) WHERE {{counted}} ORDER BY ALL
"""
TOLD_GROUPS = """
SELECT {keys}, errored, state, same, bucket, unnamed, alone, n::BIGINT, low, high
FROM groups ORDER BY ALL
"""
TOLD_MEANS = "SELECT place, printf('%.5e', mean) FROM gathered WHERE mean IS NOT NULL ORDER BY place"


def same(keys: Iterable[str], other: str) -> str:
    """That the keys of a row in another table are those of `known_keys`."""
    return " AND ".join(f"{other}.{name(key)} IS NOT DISTINCT FROM known_keys.{name(key)}" for key in keys) or "true"


def listed(keys: Iterable[str]) -> str:
    return ", ".join(map(name, keys))


def fields(keys: Iterable[str], dimensions: Iterable[str], constants: dict[str, str]) -> str:
    """Each field that rows have, as text, as a file would write it."""
    there = set(keys)
    texts = []
    for field in RAW:
        cohort = _cohort(dimensions) if field == "cohort" else ""
        text = f"CAST(any_value({name(field)}) AS VARCHAR)" if field in there else constants.get(field, "NULL")
        texts.append(f"{cohort or text}::VARCHAR AS {field}")
    return ", ".join(texts)


def _cohort(dimensions: Iterable[str]) -> str:
    """Each dimension with its value, as the cohorts of a row stand in a file."""
    parts = []
    for at, dimension in enumerate(dimensions):
        value = f"CAST(any_value({name(f'{DIMENSION}{at}')}) AS VARCHAR)"
        quoted = dimension.replace("'", "''")
        parts.append(f"CASE WHEN trim({value}) <> '' THEN '{quoted}=' || replace(trim({value}), ';', ',') END")
    return f"nullif(concat_ws(';', {', '.join(parts)}), '')" if parts else ""
