"""Benchmarks of GuideLLM: seconds and milliseconds, and requests that neither succeeded nor failed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Source, read
from readiness.importers.cases.loads import FAILURES
from tests import samples
from tests.importers.reading import cells, read_file, skips

REPORT = samples.DATA / "guidellm" / "cand.json"
TIMES = {"count": 40, "mean": 2.0, "median": 1.5, "max": 9.0, "percentiles": {"p95": 4.0, "p99": 8.0}}


def benchmark(strategy: dict[str, Any], kept: int = 40, errored: int = 2, incomplete: int = 0) -> dict[str, Any]:
    totals = {"successful": kept, "errored": errored, "incomplete": incomplete, "total": kept + errored + incomplete}
    times = {"successful": TIMES}
    return {
        "config": {"strategy": strategy},
        "metrics": {"request_totals": totals, "request_latency": times, "inter_token_latency_ms": times},
    }


def of(folder: Path, *benchmarks: dict[str, Any]) -> Batch:
    return read_file(folder, json.dumps({"metadata": {"guidellm_version": "0.8"}, "benchmarks": benchmarks}))


def test_figures_are_those_that_the_tool_states_in_milliseconds() -> None:
    found = cells(read(Source.open(REPORT)))
    for cohort in ("*", "concurrency=2"):
        took, first = (found["2026.11", "*", cohort, metric] for metric in ("latency_ms", "ttft_ms"))
        assert (took.n, took.errors) == (3, 0)
        assert took.mean == pytest.approx(136.7173989613851)
        assert (first.n, first.mean, first.unit) == (3, 117.27770169576007, "ms")
        assert (found["2026.11", "*", cohort, FAILURES].passed, found["2026.11", "*", cohort, FAILURES].n) == (0, 3)


def test_a_request_that_was_cut_off_is_neither(tmp_path: Path) -> None:
    batch = of(tmp_path, benchmark({"type_": "concurrent", "streams": 8}, incomplete=5))
    took, lost = (cells(batch)["this file", "*", "*", metric] for metric in ("latency_ms", FAILURES))
    assert (took.n, took.errors, lost.n, lost.passed) == (40, 2, 42, 2)
    assert "5 requests of benchmarks[0] were cut off when it ended, and count as neither" in batch.warnings


def test_each_benchmark_is_a_load_and_no_figure_is_over_several(tmp_path: Path) -> None:
    strategies: list[dict[str, Any]] = [
        {"type_": "synchronous"},
        {"type_": "concurrent", "streams": 8},
        {"type_": "throughput", "max_concurrency": 64},
        {"type_": "constant", "rate": 2.5, "max_concurrency": 512},
    ]
    batch = of(tmp_path, *(benchmark(strategy) for strategy in strategies))
    assert {cell.cohort for cell in batch.cells} == {
        "concurrency=1",
        "concurrency=8",
        "concurrency=64",
        "request_rate=2.5",
    }


def test_tokens_of_one_request_make_no_more_cases(tmp_path: Path) -> None:
    one = benchmark({"type_": "concurrent", "streams": 8}, kept=3)
    itl = cells(of(tmp_path, one))["this file", "*", "*", "itl_ms"]
    assert (itl.n, itl.mean, itl.p50, itl.p99) == (3, 2.0, 1.5, 8.0)


def test_an_older_report_states_its_strategy_and_its_totals_elsewhere(tmp_path: Path) -> None:
    new = benchmark({"type_": "concurrent", "streams": 8})
    totals = new["metrics"].pop("request_totals")
    old = {"args": new.pop("config"), "request_totals": totals, **new}
    assert {cell.cohort for cell in of(tmp_path, old).cells} == {"*", "concurrency=8"}


def test_a_benchmark_without_requests_is_skipped(tmp_path: Path) -> None:
    batch = of(tmp_path, benchmark({"type_": "synchronous"}), benchmark({"type_": "synchronous"}, 0, 0))
    assert skips(batch) == [("benchmarks[1]", "the benchmark states no requests")]
