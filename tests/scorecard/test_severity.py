"""One critical case that fails decides its gate, whatever the rate."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.errors import InputError
from readiness.model.cells import Cell
from readiness.model.policy import Gate
from readiness.scorecard import severity
from readiness.scorecard.compare import compare
from readiness.scorecard.gate_words import describe, reason
from readiness.scorecard.gates import GateResult, judge
from tests.factories import assessment, cell


def judged(gate: Gate, *cells: Cell) -> GateResult:
    (result,) = judge([gate], compare(assessment(), cells))
    return result


def marked(**fields: Any) -> Cell:
    stated: dict[str, Any] = {"dimension": "severity", "value": "critical", "n": 12, "mean": 11 / 12}
    return cell(**stated | fields)


WHOLE = Gate(metric="task_success", min=0.9)
EACH = Gate(metric="task_success", cohort="each", min=0.9)
GERMAN = Gate(metric="task_success", cohort="language=de", min=0.9)


@pytest.mark.parametrize("gate", [WHOLE, EACH])
def test_one_critical_case_that_fails_fails_the_gate_and_its_reason_says_so(gate: Gate) -> None:
    cells = [cell(mean=0.99), cell(mean=0.99, dimension="language", value="de"), marked()]
    result = judged(gate, *cells)
    assert result.state == "fail"
    assert reason(result).startswith("1 of 12 critical cases failed; 99.0 % [")


def test_critical_cases_that_all_pass_leave_the_gate_to_its_rate() -> None:
    assert judged(WHOLE, cell(mean=0.99), marked(mean=1.0)) == judged(WHOLE, cell(mean=0.99))


def test_a_gate_of_each_cohort_does_not_take_the_critical_cases_for_a_cohort() -> None:
    """Twelve cases that all pass would be too few to clear the bound."""
    cells = [cell(mean=0.99, dimension="language", value="de"), marked(mean=1.0)]
    assert judged(EACH, *cells).state == "pass"


def test_the_critical_cases_of_others_do_not_fail_the_gate_of_one_cohort() -> None:
    cells = [cell(mean=0.99, dimension="language", value="de"), marked()]
    assert judged(GERMAN, *cells).state == "pass"


def test_critical_cases_of_a_workflow_fail_the_gate_of_that_workflow_only() -> None:
    cells = [*(cell(mean=0.99, workflow=flow) for flow in ("refund", "quote")), marked(workflow="refund")]
    states = [
        judged(Gate(metric="task_success", workflow=flow, min=0.9), *cells).state
        for flow in ("refund", "quote", "each")
    ]
    assert states == ["fail", "pass", "fail"]


def test_a_critical_case_without_a_score_keeps_the_gate_from_passing() -> None:
    result = judged(WHOLE, cell(mean=0.99), marked(mean=1.0, n=11, errors=1))
    assert (result.state, reason(result).split(";")[0]) == ("inconclusive", "1 of 12 critical cases was not scored")


def test_scores_that_say_of_no_case_whether_it_passed_are_told_and_decide_nothing() -> None:
    scores: dict[str, Any] = {"metric": "groundedness", "passed": None, "sd": 0.1}
    gate = Gate(metric="groundedness", min=0.8)
    result = judged(gate, cell(mean=0.95, **scores), marked(mean=0.9, **scores))
    assert result.state == "pass"
    assert reason(result).startswith("whether any of 12 critical cases failed cannot be told")


def test_what_a_case_takes_is_neither_passed_nor_failed() -> None:
    times: dict[str, Any] = {"metric": "latency_ms", "unit": "ms", "direction": "lower", "passed": None, "sd": 9.0}
    gate = Gate(metric="latency_ms", max=900)
    assert judged(gate, cell(mean=400, **times), marked(mean=500, **times)).critical is None


@pytest.mark.parametrize(
    ("fields", "failed"),
    [
        ({"mean": 0.75, "passed": 9}, 3),
        ({"mean": 0.25, "passed": 3, "direction": "lower"}, 3),
        ({"mean": 0.25, "passed": 12, "direction": "lower"}, 0),
        ({"mean": 0.0, "passed": None, "direction": "lower"}, 0),
        ({"mean": 1.0, "passed": None}, 0),
        ({"mean": 0.9, "passed": None, "sd": 0.1}, None),
        ({"mean": 0.9, "passed": None, "stated": True}, 2),
        ({"mean": 0.9, "passed": 11, "direction": "informational"}, None),
        ({"mean": None, "passed": None, "n": 0}, None),
    ],
)
def test_failed_cases_are_counted_only_where_the_figures_tell(fields: dict[str, Any], failed: int | None) -> None:
    assert severity.failed(marked(**fields)) == failed


def test_a_critical_gate_fails_with_one_failed_case_in_any_cohort_it_asks() -> None:
    gate = Gate(metric="task_success", cohort="each", min=0.5, critical=True)
    cells = [cell(mean=1.0, dimension="language", value="de"), cell(mean=399 / 400, dimension="language", value="ja")]
    result = judged(gate, *cells)
    assert result.state == "fail"
    assert reason(result).startswith("1 of 400 cases for language=ja failed, where none may; ")


def test_of_several_critical_cohorts_the_one_with_most_failed_cases_is_told_and_then_the_one_least_known() -> None:
    gate = Gate(metric="task_success", cohort="each", critical=True)

    def side(value: str, **fields: Any) -> Cell:
        return cell(dimension="language", value=value, **fields)

    many, few = side("de", mean=397 / 400), side("ja", mean=399 / 400)
    missing, gap = (side(value, mean=1.0, errors=errors) for value, errors in (("de", 3), ("ja", 1)))
    for cells, said in (
        ((many, few), "3 of 400 cases for language=de failed"),
        ((few.model_copy(update={"value": "aa"}), many), "3 of 400 cases for language=de failed"),
        ((missing, gap), "3 of 403 cases for language=de were not scored"),
        ((gap.model_copy(update={"value": "aa"}), missing), "3 of 403 cases for language=de were not scored"),
    ):
        assert reason(judged(gate, *cells)).startswith(said)


def test_a_critical_gate_needs_no_other_bound_and_says_what_it_asks() -> None:
    gate = Gate(metric="task_success", critical=True)
    assert describe(gate) == "task_success no case failed"
    assert [judged(gate, cell(mean=mean)).state for mean in (1.0, 0.9975)] == ["pass", "fail"]
    assert judged(gate, cell(mean=0.9, passed=None, sd=0.1)).state == "inconclusive"
    assert judged(gate).state == "missing"


def test_a_critical_gate_on_a_quantile_is_refused() -> None:
    with pytest.raises(InputError, match="critical gate counts the cases that fail, and p95 counts none"):
        Gate.checked(metric="latency_ms", stat="p95", max=900, critical=True)


@pytest.mark.parametrize(
    ("gate", "place", "held"),
    [
        ({}, ("task_success", "*", "severity=critical"), True),
        ({}, ("task_success@model-x", "*", "severity=critical"), True),
        ({"metric": "task_success@model-x"}, ("task_success@model-x", "*", "severity=critical"), True),
        ({"metric": "task_success@model-x"}, ("task_success", "*", "severity=critical"), False),
        ({}, ("task_success", "*", "Severity = Critical"), True),
        ({"cohort": "SEVERITY=critical"}, ("task_success", "*", "severity=CRITICAL"), True),
        ({}, ("mood", "*", "severity=critical"), False),
        ({}, ("task_success", "*", "severity=minor"), False),
        ({}, ("task_success", "refund", "severity=critical"), False),
        ({"workflow": "refund"}, ("task_success", "refund", "severity=critical"), True),
        ({"workflow": "each"}, ("task_success", "refund", "severity=critical"), True),
        ({"workflow": "each"}, ("task_success", "*", "severity=critical"), False),
        ({"cohort": "each"}, ("task_success", "*", "severity=critical"), True),
        ({"cohort": "severity=critical"}, ("task_success", "*", "severity=critical"), True),
        ({"cohort": "language=de"}, ("task_success", "*", "severity=critical"), False),
        ({"stat": "p95"}, ("task_success", "*", "severity=critical"), False),
    ],
)
def test_a_gate_holds_the_critical_cases_of_what_it_looks_at(
    gate: dict[str, Any], place: tuple[str, str, str], held: bool
) -> None:
    stated: dict[str, Any] = {"metric": "task_success", "min": 0.9} | gate
    assert severity.holds(Gate(**stated), *place) is held


def test_a_severity_is_a_cohort_apart() -> None:
    assert [
        severity.is_apart(cohort) for cohort in ("severity=minor", "Severity=x", "language=de", "severity", "*")
    ] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("side", "scored"),
    [
        (None, False),
        (cell(unit="ms", passed=None), False),
        (cell(unit="ms", passed=3), True),
        (cell(passed=None), True),
        (cell(passed=3), True),
    ],
)
def test_a_metric_that_a_case_can_pass_is_a_ratio_or_counts_passes(side: Cell | None, scored: bool) -> None:
    assert severity.is_scored(side) is scored


@pytest.mark.parametrize(
    ("fields", "failed"),
    [
        ({"mean": 0.9, "passed": None, "stated": True, "n": 10, "sd": 0.3}, None),
        ({"mean": 0.9, "passed": None, "stated": True, "n": 10}, 1),
        ({"mean": 0.9, "passed": None, "stated": True, "n": 10, "unit": "stars"}, None),
        ({"mean": 0.1, "passed": None, "stated": True, "n": 10, "direction": "lower"}, 1),
        ({"mean": 0.9, "passed": 9, "n": 10, "direction": "unknown"}, 1),
        ({"mean": 0.9, "passed": 9, "n": None}, None),
        ({"mean": None, "passed": 9, "n": 10}, None),
        ({"mean": 0.9, "passed": None, "n": 10}, None),
    ],
)
def test_a_rate_is_as_many_failed_cases_as_it_comes_to_where_it_is_stated(
    fields: dict[str, Any], failed: int | None
) -> None:
    assert severity.failed(marked(**fields)) == failed


@pytest.mark.parametrize(
    ("gate", "critical", "settled"),
    [
        (WHOLE, None, None),
        (WHOLE, marked(), True),
        (WHOLE, marked(mean=1.0), None),
        (WHOLE, marked(mean=1.0, errors=1), False),
        (WHOLE, marked(errors=1), True),
        (WHOLE, marked(mean=0.9, passed=None, sd=0.1), None),
        (WHOLE.model_copy(update={"critical": True}), marked(mean=1.0), False),
        (WHOLE.model_copy(update={"critical": True}), marked(), True),
        (WHOLE.model_copy(update={"critical": True}), None, None),
    ],
)
def test_a_failed_case_fails_its_gate_and_one_without_a_score_keeps_it_from_passing(
    gate: Gate, critical: Cell | None, settled: bool | None
) -> None:
    assert severity.settled(gate, critical) is settled


@pytest.mark.parametrize(
    ("side", "said"),
    [
        (marked(), "1 of 12 critical cases failed"),
        (marked(workflow="refund"), "1 of 12 critical cases for refund failed"),
        (marked(mean=1.0), ""),
        (marked(mean=1.0, errors=2), "2 of 14 critical cases were not scored"),
        (marked(mean=1.0, errors=1), "1 of 13 critical cases was not scored"),
        (marked(mean=None, n=None, passed=None, errors=3), "3 of 3 critical cases were not scored"),
        (
            marked(mean=0.9, passed=None, sd=0.1),
            "whether any of 12 critical cases failed cannot be told, since none says that it passed",
        ),
        (cell(mean=399 / 400), "1 of 400 cases failed, where none may"),
        (
            cell(mean=399 / 400, workflow="refund", dimension="language", value="de"),
            "1 of 400 cases for refund, language=de failed, where none may",
        ),
        (marked(clusters=4, cases=4, se=0.1), "1 of 12 runs of critical cases failed"),
        (
            cell(mean=399 / 400, clusters=4, cases=4, se=0.1, workflow="refund"),
            "1 of 400 runs of cases for refund failed, where none may",
        ),
    ],
)
def test_what_became_of_cases_of_which_none_may_fail_is_told_with_their_number(side: Cell, said: str) -> None:
    assert severity.told(side) == said
