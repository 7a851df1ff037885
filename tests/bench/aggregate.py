"""Importing large result files against a bare DuckDB query over the same file: `python -m tests.bench.aggregate`.

Each measurement is a process of its own, the two in turns, so that a noisy machine troubles both alike; what counts is
the ratio. The bare query gives the same cells (n, errors, mean, deviation, passes, p50, p95 and p99 of every version,
metric, workflow and cohort), and nothing else: no check of any row, no bounds of a quantile, no digest. The full query
gives the bounds of the quantiles too, as our cells have them, by sorting each cell's values; it runs out of memory at
five million rows. Last, the same rows are read where each case stands once and where each stands twice.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

KINDS = ("csv", "jsonl", "parquet")
WRITE = {"csv": "(FORMAT csv, HEADER)", "jsonl": "(FORMAT json)", "parquet": "(FORMAT parquet)"}
ROWS = """
SELECT 'v' || (i % 2) AS version,
       (['refund', 'quote', 'status', 'address', 'claim', 'other', 'upload', 'chat', 'voice',
         'mail'])[1 + (i // 8) % 10] AS workflow,
       'tenant=t' || (hash(i // 8) % 40)::INT || ';language='
           || (['de', 'en', 'fr', 'ja', 'pl'])[1 + ((hash(i // 8) // 64) % 5)::INT] AS cohort,
       (['task_success', 'groundedness', 'tool_success', 'latency_ms'])[1 + (i // 2) % 4] AS metric,
       CASE WHEN failed THEN NULL WHEN (i // 2) % 4 = 3 THEN round(100 - 2000 * ln(1 - dice), 1)
            WHEN (i // 2) % 4 = 1 THEN round(dice, 4) ELSE (dice < 0.9)::INT END AS value,
       'c' || (i // 8) AS case_id, CASE WHEN failed THEN 'timeout' END AS error, '2026-11-20T10:00:00Z' AS run_at
FROM (SELECT i % {cases} AS i, random() AS dice, random() < 0.004 AS failed FROM range({rows}) AS numbers(i))
"""
READ = {
    "csv": "read_csv('{path}', all_varchar = true)",
    "jsonl": "read_ndjson('{path}')",
    "parquet": "read_parquet('{path}')",
}
BARE = """
WITH spread AS (
    SELECT version, workflow, metric, try_cast(value AS DOUBLE) AS value,
           unnest(list_prepend('*', string_split(cohort, ';'))) AS cohort
    FROM {source}
)
SELECT version, metric, CASE WHEN grouping(workflow) = 1 THEN '*' ELSE workflow END, cohort,
       count(value), count(*) - count(value), avg(value), stddev_samp(value), count(*) FILTER (value = 1),
       quantile_cont(value, [0.5, 0.95, 0.99])
FROM spread GROUP BY GROUPING SETS ((version, metric, workflow, cohort), (version, metric, cohort))
"""
FULL = """
WITH spread AS (
    SELECT version, workflow, metric, try_cast(value AS DOUBLE) AS value,
           unnest(list_prepend('*', string_split(cohort, ';'))) AS cohort
    FROM {source}
), cells AS (
    SELECT version, metric, CASE WHEN grouping(workflow) = 1 THEN '*' ELSE workflow END AS workflow, cohort,
           count(value) AS n, count(*) - count(value) AS errors, avg(value) AS mean, stddev_samp(value) AS sd,
           count(*) FILTER (value = 1) AS passed, list_sort(list(value) FILTER (value IS NOT NULL)) AS held
    FROM spread GROUP BY GROUPING SETS ((version, metric, workflow, cohort), (version, metric, cohort))
)
SELECT * EXCLUDE (held), list_transform([0.5, 0.95, 0.99], lambda q: [
    held[1 + floor((n - 1) * q)::INT], held[1 + ceil((n - 1) * q)::INT],
    held[floor(n * q - 1.96 * sqrt(n * q * (1 - q)))::INT], held[1 + ceil(n * q + 1.96 * sqrt(n * q * (1 - q)))::INT]
])
FROM cells
"""
FLOORS = {"bare": BARE, "full": FULL}


def make(folder: Path, rows: int, times: int = 1) -> None:
    """A file of each kind, in which each case stands so many times."""
    connection = duckdb.connect(config={"threads": 2, "temp_directory": str(folder)})
    connection.execute("SELECT setseed(0.42)")
    connection.execute(f"CREATE TABLE data AS {ROWS.format(rows=rows, cases=rows // times)}")
    for kind in KINDS:
        connection.execute(f"COPY data TO '{folder / f'{rows}.{kind}'}' {WRITE[kind]}")
    connection.close()


def floor(path: Path, which: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        settings: dict[str, Any] = {"threads": 2, "memory_limit": "768MB", "temp_directory": folder}
        connection = duckdb.connect(config=settings)
        query = FLOORS[which].format(source=READ[path.suffix[1:]].format(path=path))
        return len(connection.execute(query).fetchall())


def ours(path: Path) -> int:
    from readiness.importers import Source, read

    return len(read(Source.open(path)).cells)


def measured(which: str, path: Path) -> dict[str, float]:
    """Seconds of the reading alone, on the clock and of the processor, and the peak of the whole process, in MiB."""
    command = [sys.executable, "-m", "tests.bench.aggregate", "--one", which, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def one(which: str, path: Path) -> None:
    import scipy.special  # noqa: F401 - both processes have everything imported before the clock starts

    import readiness.importers  # noqa: F401

    began, busy = time.perf_counter(), time.process_time()
    cells = ours(path) if which == "ours" else floor(path, which)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps({"seconds": seconds, "busy": busy, "peak": peak, "cells": cells}))


def compare(path: Path, runs: int, which: str = "bare") -> None:
    pairs = [(measured(which, path), measured("ours", path)) for _ in range(runs)]
    assert len({side["cells"] for pair in pairs for side in pair}) == 1
    wall = statistics.median(own["seconds"] / floor["seconds"] for floor, own in pairs)
    peak = statistics.median(own["peak"] / floor["peak"] for floor, own in pairs)
    floor = [statistics.median(pair[0][each] for pair in pairs) for each in ("seconds", "peak")]
    own = [statistics.median(pair[1][each] for pair in pairs) for each in ("seconds", "peak")]
    print(
        f"| {int(path.stem):,} | {path.suffix[1:]} | {which} | {floor[0]:.2f} s | {own[0]:.2f} s | **{wall:.2f}** "
        f"| {floor[1]:.0f} MiB | {own[1]:.0f} MiB | **{peak:.2f}** |",
        flush=True,
    )


def repeated(rows: int, runs: int) -> None:
    """Of processor time, since that is what a case that stands twice costs."""
    print("| rows | file | query | each once | each twice | once and query | twice and query | twice and once |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        once, twice = (Path(folder) / name for name in ("once", "twice"))
        for times, place in enumerate((once, twice), 1):
            place.mkdir()
            _made(place, rows, times)
        for kind in KINDS:
            file = f"{rows}.{kind}"
            sides = [("bare", twice / file), ("ours", once / file), ("ours", twice / file)]
            turns = [[measured(*side)["busy"] for side in sides] for _ in range(runs)]
            told = " | ".join(f"{statistics.median(each):.2f} s" for each in zip(*turns, strict=True))
            pairs = ((1, 0), (2, 0), (2, 1))
            ratios = [statistics.median(turn[own] / turn[other] for turn in turns) for own, other in pairs]
            print(f"| {rows:,} | {kind} | {told} | {' | '.join(f'**{ratio:.2f}**' for ratio in ratios)} |", flush=True)


def _made(folder: Path, rows: int, times: int = 1) -> None:
    """By a process of its own, whose memory is gone afterwards."""
    told = [str(folder), str(rows), str(times)]
    subprocess.run([sys.executable, "-m", "tests.bench.aggregate", "--make", *told], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 5_000_000])
    parser.add_argument("--full", type=int, nargs="*", default=[1_000_000], help="against the full query too")
    parser.add_argument("--only-ours", type=int, nargs="*", default=[20_000_000], help="too large for the bare query")
    parser.add_argument("--twice", type=int, nargs="*", default=[1_000_000], help="with cases that stand twice")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--make", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make:
        make(Path(asked.make[0]), *map(int, asked.make[1:]))
        return
    if asked.one:
        one(asked.one[0], Path(asked.one[1]))
        return
    print(
        "| rows | file | query | its time | ours | ratio | its peak | ours | ratio |\n"
        "|---|---|---|---|---|---|---|---|---|"
    )
    for rows in [*asked.rows, *asked.only_ours]:
        with tempfile.TemporaryDirectory() as folder:
            _made(Path(folder), rows)
            for kind in KINDS:
                path = Path(folder) / f"{rows}.{kind}"
                if rows in asked.rows:
                    for which in FLOORS if rows in asked.full else ("bare",):
                        compare(path, asked.runs, which)
                else:
                    found = measured("ours", path)
                    print(
                        f"| {rows:,} | {kind} | – | – | {found['seconds']:.1f} s | – | – "
                        f"| {found['peak']:.0f} MiB | – |"
                    )
    for rows in asked.twice:
        repeated(rows, asked.runs)


if __name__ == "__main__":
    main()
