"""A change is the same within a margin, worse, better, or nobody can tell: what is known apart from what is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from readiness.model.cells import Cell
from readiness.model.checklist import Metric
from readiness.model.policy import Gate
from readiness.scorecard import compare, margins
from readiness.scorecard.compare import ScorecardRow
from readiness.scorecard.gate_words import reason
from readiness.scorecard.gates import judge
from tests.factories import BASELINE, assessment, cell

METRIC = Metric(id="task_success", name="Task success", unit="ratio", direction="higher")


def gate(**fields: Any) -> Gate:
    stated: dict[str, Any] = {"metric": "task_success", "max_regression": 0.05, "same_within": 0.02}
    return Gate(**stated | fields)


def pair(before: float, now: float, **fields: Any) -> list[Cell]:
    return [cell(BASELINE, before, **fields), cell(mean=now, **fields)]


def given(cells: Sequence[Cell], *gates: Gate, known: float | None = None) -> list[ScorecardRow]:
    return margins.given(
        compare.compare(assessment(), cells), gates, [METRIC.model_copy(update={"same_within": known})]
    )


@pytest.mark.parametrize(
    ("before", "now", "n", "reading"),
    [
        (0.9, 0.9, 400, "cannot tell"),
        (0.9, 0.9, 40_000, "same"),
        (0.9, 0.893, 40_000, "same"),
        (0.9, 0.85, 40_000, "worse"),
        (0.9, 0.95, 40_000, "better"),
        (0.9, 0.87, 400, "cannot tell"),
    ],
)
def test_a_change_is_the_same_worse_better_or_cannot_be_told(before: float, now: float, n: int, reading: str) -> None:
    (row,) = given(pair(before, now, n=n), gate())
    assert row.reading() == reading
    assert compare.readings([row]) == {("task_success", "*", "*"): reading}


def test_without_a_margin_nothing_is_the_same_and_equal_figures_are_unchanged() -> None:
    rows = given(pair(0.9, 0.9, n=40_000) + pair(0.9, 0.893, n=40_000, dimension="language", value="ja"))
    assert [row.reading() for row in rows] == ["unchanged", "worse"]


def test_a_metric_that_is_neither_way_better_can_be_the_same_but_not_worse() -> None:
    fields = {"n": 40_000, "direction": "informational"}
    same, more = given(pair(0.9, 0.9, **fields) + pair(0.5, 0.9, **fields, dimension="language", value="ja"), gate())
    assert [row.reading() for row in (same, more)] == ["same", "cannot tell"]


def test_the_margin_is_that_of_the_gate_that_looks_at_the_row_then_of_the_metric_then_of_the_checklist() -> None:
    cells = pair(0.9, 0.9) + pair(0.9, 0.9, dimension="language", value="ja") + pair(0.9, 0.9, workflow="refund")
    rows = given(cells, gate(), gate(cohort="each", same_within=0.04), gate(same_within=0.03), known=0.01)
    assert {row.cohort: row.margins for row in rows if row.workflow == "*"} == {
        "*": {"mean": 0.02},
        "language=ja": {"mean": 0.04},
    }
    assert rows[-1].margins == {"mean": 0.02}
    assert [row.margins for row in given(cells[:2], known=0.01)] == [{"mean": 0.01}]
    assert [row.margins for row in given(cells[:2])] == [{}]


def test_the_margin_of_a_metric_is_that_of_each_of_its_judges_and_of_one_figure_alone() -> None:
    fields = {"metric": "latency_ms", "unit": "ms", "direction": "lower", "passed": None}
    latency = pair(800, 800, **fields)
    judged = pair(0.9, 0.9, metric="task_success@model-x")
    rows = given(latency + judged, gate(), Gate(metric="latency_ms", stat="p95", max=900, same_within=50))
    assert [row.margins for row in rows] == [{"p95": 50}, {"mean": 0.02}]
    own = gate(metric="task_success@model-x", same_within=0.03)
    assert [row.margins for row in given([*judged, *pair(0.9, 0.9)], own)] == [{}, {"mean": 0.03}]


def test_many_cohorts_are_the_same_only_where_all_of_them_surely_are() -> None:
    (alone,) = given(pair(0.9, 0.9, n=3_000, dimension="language", value="c0"), gate())
    assert compare.readings([alone]) == {("task_success", "*", "language=c0"): "same"}
    cells = [side for k in range(20) for side in pair(0.9, 0.9, n=3_000, dimension="language", value=f"c{k}")]
    assert set(compare.readings(given(cells, gate())).values()) == {"cannot tell"}


def test_a_cohort_that_surely_lost_less_than_the_margin_is_not_named_as_worse() -> None:
    cells = pair(0.9, 0.893, n=60_000, dimension="language", value="ja")
    assert [each.row.cohort for each in compare.regressions(given(cells))] == ["language=ja"]
    assert compare.regressions(given(cells, gate(cohort="each"))) == []
    assert compare.marks(given(cells, gate(cohort="each"))) == {("task_success", "*", "language=ja"): "≈"}


@pytest.mark.parametrize(
    ("stated", "n", "said"),
    [
        (gate(), 40_000, "baseline 90.0 %, the same within 2 points (−0.7 points [−1.1 to −0.3])"),
        (gate(), 400, "baseline 90.0 %, cannot tell (−0.7 points [−5.1 to +3.7])"),
        (gate(same_within=None), 400, "baseline 90.0 %, no clear change (−0.7 points [−5.1 to +3.7])"),
        (gate(max_regression=None, min=0.8), 40_000, "; baseline 90.0 %, the same within 2 points (−0.7 points ["),
        (gate(max_regression=None, min=0.8, same_within=None), 40_000, "(n 40,000)"),
    ],
)
def test_a_gate_says_so_beside_the_figure(stated: Gate, n: int, said: str) -> None:
    (result,) = judge([stated], given(pair(0.9, 0.893, n=n), stated))
    assert said in reason(result)
