"""Summaries of k6: what each of its two shapes states, where true is a breach and where passes are failures."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Options, Source, read
from readiness.importers.cases.loads import FAILURES
from tests import samples
from tests.importers.reading import cells, read_file, refusal

EXPORT, HANDLED = (samples.DATA / "k6" / name for name in ("summary_export.json", "handle_summary.json"))
ALL = ("this file", "*", "*")
AT_100 = ("this file", "*", "concurrency=100")


def changed(path: Path, **metrics: Any) -> str:
    document = copy.deepcopy(json.loads(path.read_text()))
    document["metrics"] |= metrics
    return json.dumps({**document, "metrics": {name: held for name, held in document["metrics"].items() if held}})


def told(batch: Batch, word: str) -> list[str]:
    return [warning for warning in batch.warnings if word in warning]


@pytest.mark.parametrize("path", [EXPORT, HANDLED, *samples.shared("k6/summary_export.json", "k6/handle_summary.json")])
def test_both_summaries_state_the_same_requests_and_the_same_failures(path: Path) -> None:
    batch = read(Source.open(path))
    found = cells(batch)
    for place in (ALL, AT_100):
        took, failed = found[*place, "latency_ms"], found[*place, FAILURES]
        assert (took.n, took.errors, took.p95, took.unit, took.stated) == (2000, 0, 981.6, "ms", True)
        assert (failed.n, failed.passed, failed.mean) == (2000, 44, 0.022)
    assert told(batch, "thresholds") == [
        "thresholds of the test that were breached: http_req_duration p(95)<900",
    ]


def test_p99_is_not_there_unless_the_test_asked_for_it() -> None:
    assert [cells(read(Source.open(path)))[*ALL, "latency_ms"].p99 for path in (EXPORT, HANDLED)] == [None, 1890.2]


def test_a_stated_quantile_lies_between_those_around_it() -> None:
    took = cells(read(Source.open(EXPORT)))[*ALL, "latency_ms"]
    assert (took.p95_low, took.p95_high, took.p50_low, took.p50_high) == (702.3, 4120.9, 88.1, 702.3)
    handled = cells(read(Source.open(HANDLED)))[*ALL, "latency_ms"]
    assert (handled.p95_low, handled.p95_high, handled.p99_low, handled.p99_high) == (371.4, 1890.2, 981.6, None)


def test_a_tagged_metric_is_a_workflow_or_a_cohort_and_one_of_answers_is_neither(tmp_path: Path) -> None:
    refund = cells(read(Source.open(HANDLED)))["this file", "refund", "*", "latency_ms"]
    assert (refund.n, refund.p95, refund.p99) == (1200, 802.0, 1500.9)
    tagged = {
        "http_req_duration{tenant:acme}": {"avg": 1, "count": 7},
        "http_req_duration{journey:pay,tenant:acme}": {"avg": 2, "count": 3},
        "http_req_duration{a:b,c:d}": {"avg": 3},
    }
    batch = read_file(tmp_path, changed(EXPORT, **tagged), Options(mapping={"workflow": "journey"}))
    places = {(cell.workflow, cell.cohort): cell.n for cell in batch.cells if cell.metric == "latency_ms"}
    assert places == {
        ("*", "*"): 2000,
        ("*", "concurrency=100"): 2000,
        ("*", "tenant=acme"): 7,
        ("pay", "tenant=acme"): 3,
    }
    assert told(batch, "left out") == [
        "left out, since the tags tell no single workflow or cohort of users: a:b,c:d; expected_response:true"
    ]


def test_checks_and_rates_of_the_script_are_shares_of_what_they_judged(tmp_path: Path) -> None:
    found = cells(read_file(tmp_path, changed(EXPORT, retried={"passes": 3, "fails": 1})))
    checks, retried = found[*ALL, "checks"], found[*ALL, "retried"]
    assert (checks.n, checks.passed, checks.mean, checks.direction) == (4000, 3890, 0.9725, "higher")
    assert (retried.n, retried.passed, retried.direction) == (4, 3, "unknown")


@pytest.mark.parametrize(
    ("metrics", "at"),
    [
        ({"vus_max": {"value": 50, "max": 80}}, "80"),
        ({"vus_max": {"value": 500, "max": 500}}, "100"),
        ({"vus": None}, "100"),
        ({"vus": {"max": 0}, "vus_max": {"value": 20}}, "20"),
    ],
    ids=["the most", "only those that ran", "none counted", "none seen"],
)
def test_the_concurrency_is_the_most_virtual_users_that_ran(tmp_path: Path, metrics: Any, at: str) -> None:
    batch = read_file(tmp_path, changed(EXPORT, **metrics))
    assert {cell.value for cell in batch.cells if cell.dimension == "concurrency"} == {at}


def test_a_run_without_virtual_users_states_no_load(tmp_path: Path) -> None:
    batch = read_file(tmp_path, changed(EXPORT, vus=None, vus_max=None))
    assert {cell.dimension for cell in batch.cells} == {"*"}


def test_without_a_count_the_latency_has_no_n_and_no_interval(tmp_path: Path) -> None:
    found = cells(read_file(tmp_path, changed(EXPORT, http_reqs=None, http_req_failed=None)))
    took = found[*ALL, "latency_ms"]
    assert (took.n, took.p95, took.p95_low, took.p95_high) == (None, 981.6, None, None)
    assert (*ALL, FAILURES) not in found


def test_a_summary_without_requests_is_refused(tmp_path: Path) -> None:
    text = changed(EXPORT, http_req_duration=None, http_req_failed=None, checks=None) + "\n"
    text = text.replace("http_req_duration{expected_response:true}", "iteration_duration")
    assert refusal(tmp_path, text) == (
        "upload.bin: the summary tells of no requests over HTTP; "
        "expected figures of http_req_duration or http_req_failed."
    )
