"""Reports of Artillery: figures of the whole run, whose windows are no more requests."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Options, Source, read
from readiness.importers.cases.loads import FAILURES
from tests import samples
from tests.importers.reading import cells, read_file, refusal

REPORT = samples.DATA / "artillery" / "cand.json"
HERE = "this file"
TIMES = {"min": 5, "max": 50, "count": 8, "mean": 20, "p50": 19, "p95": 40, "p99": 44}


def report(counters: dict[str, Any], summary: Any = TIMES) -> str:
    return json.dumps(
        {"aggregate": {"counters": counters, "summaries": {"http.response_time": summary}}, "intermediate": []}
    )


def test_figures_are_those_of_the_aggregate() -> None:
    batch = read(Source.open(REPORT))
    took, lost = (cells(batch)[HERE, "*", "*", metric] for metric in ("latency_ms", FAILURES))
    assert (took.n, took.mean, took.p50, took.p95, took.p99) == (48, 21.5, 19.9, 37, 44.3)
    assert (lost.n, lost.passed) == (48, 1)
    assert (batch.evidence and batch.evidence.measured_on) == dt.date(2026, 11, 28)


def test_endpoints_are_workflows_under_the_names_that_the_scenario_gives() -> None:
    found = cells(read(Source.open(REPORT), Options(mapping={"concurrency": "8"})))
    told = {
        key[1]: (found[key].n, found[key].passed) for key in found if key[3] == FAILURES and key[2] == "concurrency=8"
    }
    assert told == {"*": (48, 1), "claims": (30, 1), "refund": (18, 0)}


def test_a_limit_allows_for_the_error_of_the_sketch() -> None:
    took = cells(read(Source.open(REPORT)))[HERE, "*", "*", "latency_ms"]
    assert took.p95_low == pytest.approx(25.8 * 0.99)
    assert took.p95_high is None


@pytest.mark.parametrize(
    ("counters", "failed", "n"),
    [
        ({"http.requests": 10, "http.codes.200": 8, "errors.ETIMEDOUT": 2}, 2, 10),
        ({"http.requests": 10, "http.codes.200": 6, "http.codes.404": 1, "http.codes.503": 1}, 4, 10),
        ({"http.codes.200": 7, "http.codes.500": 1}, 1, 8),
    ],
)
def test_requests_without_an_answer_failed_too(tmp_path: Path, counters: dict[str, Any], failed: int, n: int) -> None:
    lost = cells(read_file(tmp_path, report(counters)))[HERE, "*", "*", FAILURES]
    assert (lost.passed, lost.n) == (failed, n)


def test_a_report_without_requests_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, report({"vusers.created": 4}, summary=None)) == (
        "upload.bin: the report tells of no requests over HTTP; expected http.response_time among the summaries."
    )
