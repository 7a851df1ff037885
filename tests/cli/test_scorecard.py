"""The scorecard on the command line, for people and for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from readiness.services import reviews
from readiness.store import open_store
from tests import factories, samples
from tests.cli.conftest import Run
from tests.factories import TODAY

CASE = samples.DATA / "cases" / "rounded-onto-the-bound" / "round2.toml"
SYSTEM = "freight-support"
AS_OF = ("--as-of", str(TODAY))
ROW = ["metric", "workflow", "cohort", "unit", "direction", "baseline", "candidate", "change"]
SIDE = ["n", "clusters", "errors", "mean", "interval", "p50", "p95", "p99"]
CHANGE = ["value", "interval", "pairs", "method", "p_adjusted", "same_within", "reading"]
GATE = ["gate", "metric", "state", "why", "looks", "needed", "holds_again"]


@pytest.fixture
def answered(portfolio: Path, run: Run) -> Any:
    said = run("scorecard", SYSTEM, "--json", *AS_OF)
    assert (said.status, said.err) == (0, "")
    return said.json


def test_the_answer_has_the_documented_shape(answered: Any) -> None:
    assert list(answered) == ["rows", "gates", "versions", "judges"]
    assert answered["versions"] == answered["judges"] == []
    for row in answered["rows"]:
        assert list(row) == ROW
        assert list(row["baseline"]) == list(row["candidate"]) == SIDE
        assert list(row["change"]) == CHANGE
    assert answered["gates"]
    assert all(list(gate) == GATE for gate in answered["gates"])


def test_rows_and_gates_are_those_that_the_review_shows(answered: Any, portfolio: Path) -> None:
    review = reviews.load(open_store(f"sqlite:///{portfolio}"), factories.principal(), SYSTEM, as_of=TODAY)
    assert [(row["metric"], row["workflow"], row["cohort"]) for row in answered["rows"]] == [
        (row.metric, row.workflow, row.cohort) for row in review.rows
    ]
    for told, row in zip(answered["rows"], review.rows, strict=True):
        assert told["candidate"]["n"] == (row.candidate.n if row.candidate else None)
        assert told["change"]["value"] == row.change("p95" if row.metric == "latency_ms" else "mean")
    assert [gate["state"] for gate in answered["gates"]] == [result.state for result in review.gates]


def test_a_cohort_that_lost_has_its_interval_and_an_adjusted_p(answered: Any) -> None:
    rows = {(row["metric"], row["workflow"], row["cohort"]): row for row in answered["rows"]}
    change = rows["task_success", "*", "language=ja"]["change"]
    low, high = change["interval"]
    assert low < change["value"] < high < 0
    assert 0 < change["p_adjusted"] <= 0.05
    assert all(row["change"]["p_adjusted"] is None for row in answered["rows"] if row["direction"] == "informational")


def test_one_metric_is_asked_for_alone(portfolio: Path, run: Run) -> None:
    said = run("scorecard", SYSTEM, "--metric", "latency_ms", "--json", *AS_OF).json
    assert {row["metric"] for row in said["rows"]} == {gate["metric"] for gate in said["gates"]} == {"latency_ms"}


def test_an_unknown_metric_is_refused_with_those_there_are(portfolio: Path, run: Run) -> None:
    said = run("scorecard", SYSTEM, "--metric", "mood", *AS_OF)
    assert (said.status, said.out) == (2, "")
    assert "freight-support has no figures of 'mood'" in said.err
    assert "task_success" in said.err


def test_people_read_the_sentence_the_figures_and_the_gates(portfolio: Path, run: Run) -> None:
    first, head, *lines = run("scorecard", SYSTEM, "--metric", "task_success", *AS_OF).lines
    assert first.startswith("Task success: ")
    assert head.split() == ["metric", "workflow", "cohort", "baseline", "candidate", "change", "95", "%", "interval"]
    japanese = next(line for line in lines if " all " in line and "language=ja" in line)
    assert "−9.7 points ▼" in japanese
    assert any(line.startswith(("✓ pass", "✕ fail", "? inconclusive")) for line in lines)


def test_without_results_there_are_no_rows_and_no_gate_is_passed(db: Path, run: Run) -> None:
    assert run("import", CASE, *AS_OF).status == 0
    answer = run("scorecard", "round-two", "--json", *AS_OF).json
    assert answer["rows"] == []
    assert {gate["state"] for gate in answer["gates"]} == {"missing"}
    assert run("scorecard", "round-two", *AS_OF).out.startswith("Nothing to compare yet")


def test_the_share_of_reruns_stands_beside_each_gate(answered: Any) -> None:
    assert all(0 <= gate["holds_again"] <= 1 for gate in answered["gates"])
    failing = [gate["holds_again"] for gate in answered["gates"] if gate["state"] == "fail"]
    assert failing
    assert max(failing) < 0.5
