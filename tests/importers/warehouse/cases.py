"""Cases as people keep them in a table, written once as Parquet: what any engine gives must be what this file gives."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
from pyarrow import parquet

from readiness.importers import Batch
from readiness.model.cells import Cell

PLAIN = """
SELECT 'v' || (i % 2) AS version, (['refund', 'quote', ' status'])[1 + (i // 8) % 3] AS workflow,
       'tenant=t' || (hash(i // 8) % 12)::INT || ';language=' || (['de', 'en'])[1 + (i // 16) % 2] AS cohort,
       (['task_success', 'groundedness', 'tool_success', 'latency_ms'])[1 + (i // 2) % 4] AS metric,
       CASE WHEN i % 251 = 0 THEN NULL WHEN (i // 2) % 4 = 3 THEN round(100 - 2000 * ln(1 - dice), 1)
            WHEN (i // 2) % 4 = 1 THEN dice ELSE (dice < 0.9)::INT END AS value,
       'c' || (i // 8) AS case_id, CASE WHEN i % 251 = 0 THEN 'timeout' END AS error,
       TIMESTAMP '2026-11-20 10:00:00' + INTERVAL (i % 5) DAY AS run_at
FROM (SELECT i::INT AS i, (hash(i + 7) % 1000003) / 1000003.0 AS dice FROM range({rows}) AS numbers(i))
"""
"""Two versions of the same cases, each of which stands once under each metric."""
REPEATED = """
SELECT 'v' || (i % 2) AS version, (['refund', 'quote'])[1 + (i // 12) % 2] AS workflow,
       CASE WHEN i % 3 > 0 THEN 'tenant=t' || (i // 12) % 5 END AS cohort,
       (['task_success', 'groundedness'])[1 + (i // 6) % 2] AS metric,
       CASE WHEN (i // 6) % 2 = 1 THEN dice - 0.3 ELSE (dice < 0.8)::INT END::DOUBLE AS value,
       CASE WHEN i % 7 > 0 THEN 'c' || (i // 36) END AS case_id,
       CASE WHEN i % 5 > 0 THEN 'talk ' || (i // 50) END AS conversation_id,
       CASE WHEN (i // 6) % 2 = 0 THEN dice < 0.8 END AS passed
FROM (SELECT i::INT AS i, (hash(i + 7) % 1000003) / 1000003.0 AS dice FROM range({rows}) AS numbers(i))
"""
"""Cases with several runs, some of them in two conversations, some without an id."""
FAULTY = """
SELECT CASE WHEN i % 97 = 0 THEN '' ELSE 'v1' END AS version, 'refund' AS workflow,
       (['tenant=a', ' tenant = b ; language=de', 'nothing', NULL, '*'])[1 + i % 5] AS cohort,
       (['latency_ms', 'faithfulness', 'relevancy', 'failure_class', 'stated'])[1 + (i // 3) % 5] AS metric,
       CASE WHEN (i // 3) % 5 = 4 THEN 0.25
            WHEN i % 11 = 0 THEN NULL WHEN i % 13 = 0 THEN 'nan'::DOUBLE WHEN i % 17 = 0 THEN 'inf'::DOUBLE
            WHEN i % 19 = 0 THEN '-inf'::DOUBLE
            WHEN i % 23 = 0 AND (i // 3) % 5 <> 2 THEN -dice WHEN i % 29 = 0 THEN -0.0
            ELSE dice * 100 END AS value,
       CASE WHEN i % 31 = 0 THEN 'broke' WHEN i % 37 = 0 THEN ' ' END AS error,
       CASE WHEN (i // 3) % 5 = 2 THEN 'percent' END AS unit,
       CASE WHEN (i // 3) % 5 = 1 THEN (['model-x', 'model-y', ' '])[1 + i % 3] END AS judge,
       (['yes', 'no', 'perhaps', NULL])[1 + i % 4] AS critical,
       CASE WHEN (i // 3) % 5 = 1 THEN 'true' END AS higher_is_better,
       1::BIGINT AS n,
       (['2026-11-20', '2199-01-01', 'never'])[1 + i % 3] AS run_at, 'a1b2c3' AS git_commit
FROM (SELECT i::INT AS i, (hash(i + 7) % 1000003) / 1000003.0 AS dice FROM range({rows}) AS numbers(i))
"""
"""Everything that a row can have wrong with it."""
NAMELESS = """
SELECT 'v1' AS version, metric, (hash(i + 7) % 1000003) / 1000003.0 AS value
FROM range({rows}) AS numbers(i), (VALUES ('groundedness')) AS metrics(metric)
UNION ALL SELECT 'v1', 'groundedness', (hash(i + 7) % 1000003) / 1000003.0 FROM range(40) AS numbers(i)
"""
"""No column says which case a row is, and some rows stand twice."""
KINDS = {"plain": PLAIN, "repeated": REPEATED, "faulty": FAULTY, "nameless": NAMELESS}
ROWS = {"plain": 20_000, "repeated": 7_200, "faulty": 4_000, "nameless": 2_000}


def write(kind: str, folder: Path, rows: int = 0) -> Path:
    """The cases as Parquet."""
    path = folder / f"{kind}.parquet"
    query = KINDS[kind].format(rows=rows or ROWS[kind])
    with duckdb.connect() as connection:
        parquet.write_table(connection.sql(query).to_arrow_table(), path)
    return path


def outcomes(batch: Batch) -> list[tuple[Any, ...]]:
    """The kept cases, in an order of their own."""
    if not batch.outcomes:
        return []
    table = parquet.read_table(pyarrow.BufferReader(batch.outcomes))
    return sorted(zip(*(column.to_pylist() for column in table.columns), strict=True), key=repr)


def differences(one: Batch, two: Batch) -> list[str]:
    """What is not the same in two batches: everything must be, but for sums in another order."""
    mine, theirs = _cells(one), _cells(two)
    told = [f"only one has {key}" for key in sorted(mine.keys() ^ theirs.keys())]
    for key in mine.keys() & theirs.keys():
        told += [f"{key}: {name}" for name in Cell.model_fields if not _alike(mine[key], theirs[key], name)]
    return told


def _cells(batch: Batch) -> dict[tuple[str, ...], Cell]:
    return {(cell.version, cell.workflow, cell.cohort, cell.metric): cell for cell in batch.cells}


SUMS = ("mean", "sd", "se", "effective")


def _alike(one: Cell, two: Cell, name: str) -> bool:
    mine, theirs = getattr(one, name), getattr(two, name)
    if name not in SUMS or mine is None or theirs is None:
        return bool(mine == theirs)
    rounding = 1e-14 * max(1.0, abs(one.mean or 0.0))  # of a deviation, where all values are nearly the same
    if name == "mean":
        return math.isclose(mine, theirs, rel_tol=4e-15, abs_tol=1e-15)
    return math.isclose(mine, theirs, rel_tol=1e-12, abs_tol=rounding)
