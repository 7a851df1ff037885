from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.records import Cell, Gate
from readiness.scorecard import Row, compare, describe, judge, pick, place
from tests.factories import BASELINE, TODAY, assessment, cell, evidence


def judged(gate: Gate, *cells: Cell) -> tuple[str, str]:
    (result,) = judge([gate], compare(assessment(), cells))
    return result.state, result.why


def gate(**fields: Any) -> Gate:
    return Gate(**{"metric": "task_success", "min": 0.9} | fields)


def test_the_figure_measured_last_is_picked_and_never_an_average() -> None:
    older = evidence("older.csv", measured_on=TODAY - dt.timedelta(days=5))
    pairs = [(cell(mean=0.95), evidence()), (cell(mean=0.85), older)]
    assert [each.mean for each in pick(pairs, TODAY)] == [0.95]
    assert [each.mean for each in pick(reversed(pairs), TODAY)] == [0.95]


def test_of_two_figures_measured_on_one_day_the_one_stored_last_is_picked() -> None:
    pairs = [(cell(mean=0.95), evidence("a.csv")), (cell(mean=0.85), evidence("b.csv"))]
    assert [each.mean for each in pick(pairs, TODAY)] == [0.85]


@pytest.mark.parametrize(
    "measured_on",
    [None, TODAY - dt.timedelta(days=31), TODAY + dt.timedelta(days=2)],
    ids=["undated", "stale", "later"],
)
def test_figures_that_are_not_fresh_are_not_picked(measured_on: dt.date | None) -> None:
    assert pick([(cell(), evidence(measured_on=measured_on))], TODAY) == []


def test_figures_of_other_cohorts_workflows_and_versions_are_kept_apart() -> None:
    cells = [cell(), cell(BASELINE), cell(workflow="refund"), cell(dimension="language", value="de")]
    assert pick([(each, evidence()) for each in cells], TODAY) == cells


def test_versions_that_are_not_under_review_are_left_out_of_the_comparison() -> None:
    assert compare(assessment(), [cell("2026.05")]) == []


def test_rows_stand_by_metric_workflow_and_cohort_with_all_cases_first() -> None:
    cells = [
        cell(workflow="refund", dimension="language", value="ja"),
        cell(dimension="language", value="de"),
        cell(),
        cell(metric="groundedness"),
    ]
    rows = compare(assessment(), cells)
    assert [(row.metric, row.workflow, row.cohort) for row in rows] == [
        ("groundedness", "*", "*"),
        ("task_success", "*", "*"),
        ("task_success", "*", "language=de"),
        ("task_success", "refund", "language=ja"),
    ]


@pytest.mark.parametrize(
    ("direction", "worse"), [("higher", 0.02), ("lower", -0.02), ("informational", None), ("unknown", None)]
)
def test_worse_depends_on_the_direction_of_the_metric(direction: Any, worse: float | None) -> None:
    (row,) = compare(assessment(), [cell(BASELINE, 0.95, direction=direction), cell(mean=0.93, direction=direction)])
    assert row.difference == pytest.approx(-0.02)
    assert row.worse == (None if worse is None else pytest.approx(worse))


@pytest.mark.parametrize(
    ("baseline", "candidate"),
    [
        (None, None),
        (cell(BASELINE), None),
        (None, cell()),
        (cell(BASELINE, None), cell()),
        (cell(BASELINE), cell(mean=None)),
    ],
)
def test_a_side_without_data_gives_no_difference(baseline: Cell | None, candidate: Cell | None) -> None:
    row = Row("task_success", "*", "*", baseline, candidate)
    assert (row.difference, row.worse) == (None, None)


@pytest.mark.parametrize(
    ("fields", "value", "state"),
    [
        ({"min": 0.9}, 0.9, "pass"),
        ({"min": 0.9}, 0.8999, "fail"),
        ({"min": None, "max": 0.1}, 0.1, "pass"),
        ({"min": None, "max": 0.1}, 0.1001, "fail"),
        ({"min": 0.2, "max": 0.5}, 0.6, "fail"),
        ({"min": 0.2, "max": 0.5}, 0.1, "fail"),
        ({"min": 0.2, "max": 0.5}, 0.3, "pass"),
    ],
)
def test_bounds_hold_at_their_very_value(fields: dict[str, Any], value: float, state: str) -> None:
    assert judged(gate(**fields), cell(mean=value))[0] == state


@pytest.mark.parametrize(
    ("direction", "before", "after", "state"),
    [
        ("higher", 0.95, 0.93, "pass"),
        ("higher", 0.95, 0.92, "fail"),
        ("higher", 0.90, 0.99, "pass"),
        ("lower", 0.10, 0.12, "pass"),
        ("lower", 0.10, 0.13, "fail"),
        ("lower", 0.10, 0.01, "pass"),
        ("informational", 0.10, 0.10, "missing"),
        ("unknown", 0.10, 0.10, "missing"),
    ],
)
def test_a_regression_is_told_by_the_direction_of_the_metric(
    direction: Any, before: float, after: float, state: str
) -> None:
    asked = gate(min=None, max_regression=0.02)
    cells = [cell(BASELINE, before, direction=direction), cell(mean=after, direction=direction)]
    assert judged(asked, *cells)[0] == state


def test_a_regression_without_a_baseline_is_missing_and_says_so() -> None:
    state, why = judged(gate(max_regression=0.02), cell())
    assert state == "missing"
    assert "no baseline" in why


@pytest.mark.parametrize("cells", [[], [cell(BASELINE)], [cell("2026.05")], [cell(metric="groundedness")]])
def test_a_gate_without_data_of_the_candidate_is_missing_and_never_passes(cells: list[Cell]) -> None:
    state, why = judged(gate(), *cells)
    assert state == "missing"
    assert why.endswith("no data of the candidate")


def test_a_statistic_that_was_not_measured_is_missing() -> None:
    latency = cell(metric="latency_ms", unit="ms", direction="lower", mean=800.0, p95=None)
    assert judged(Gate(metric="latency_ms", stat="p95", max=2000), latency)[0] == "missing"


def test_a_tail_gate_reads_its_own_statistic() -> None:
    latency = cell(metric="latency_ms", unit="ms", direction="lower", mean=800.0, p95=2400.0, p99=2900.0)
    assert judged(Gate(metric="latency_ms", stat="p95", max=2000), latency)[0] == "fail"
    assert judged(Gate(metric="latency_ms", stat="p99", max=3000), latency)[0] == "pass"


@pytest.mark.parametrize(
    ("n", "state"), [(200, "pass"), (199, "inconclusive"), (0, "inconclusive"), (None, "inconclusive")]
)
def test_too_few_cases_are_inconclusive(n: int | None, state: str) -> None:
    assert judged(gate(min_n=200), cell(n=n))[0] == state


def test_a_gate_on_each_cohort_asks_every_one_and_names_the_worst() -> None:
    cells = [cell(mean=0.1), *[cell(mean=mean, dimension="language", value=value) for value, mean in SHARES]]
    state, why = judged(gate(cohort="each"), *cells)
    assert state == "fail"
    assert "0.5 for language=ja (n 400)" in why


SHARES = (("de", 0.95), ("fr", 0.85), ("ja", 0.5))


def test_a_cohort_that_only_the_baseline_has_keeps_a_gate_on_each_from_passing() -> None:
    cells = [cell(dimension="language", value="de"), cell(BASELINE, dimension="language", value="ja")]
    state, why = judged(gate(cohort="each"), *cells)
    assert state == "missing"
    assert "no data for language=ja" in why


def test_a_gate_on_one_workflow_or_cohort_reads_that_one_only() -> None:
    cells = [cell(mean=0.1), cell(mean=0.1, workflow="claims"), cell(workflow="refund")]
    assert judged(gate(workflow="refund"), *cells)[0] == "pass"
    assert judged(gate(workflow="each"), *cells)[0] == "fail"
    assert judged(gate(), *cells)[0] == "fail"
    assert judged(gate(cohort="language=de"), *cells)[0] == "missing"


def test_a_gate_is_described_as_a_person_would_say_it() -> None:
    asked = gate(workflow="refund", cohort="each", stat="p95", max=0.99, max_regression=0.02)
    assert describe(asked) == "task_success p95 in refund for each cohort ≥ 0.9, ≤ 0.99, at most 0.02 worse"


def test_a_row_says_where_it_stands() -> None:
    rows = compare(assessment(), [cell(), cell(workflow="refund", dimension="language", value="ja")])
    assert [place(row) for row in rows] == ["all cases", "refund, language=ja"]
