"""Gates in words, and what would settle one that cannot be decided."""

from __future__ import annotations

import re
from typing import Any

import pytest

from readiness.model.assessment import Expected
from readiness.model.cells import Cell, Pair
from readiness.model.policy import Gate
from readiness.scorecard import gate_words, gates
from readiness.scorecard.compare import compare
from readiness.scorecard.gates import GateResult
from tests.factories import BASELINE, CANDIDATE, CHECKLIST, assessment, cell, digest, pair_figures


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"min": 0.88, "cohort": "each"}, "Task success at least 88 % in every cohort"),
        (
            {"min": 0.88, "max_regression": 0.05, "cohort": "each"},
            "Task success at least 88 % in every cohort, at most 5 points below the baseline",
        ),
        ({"max_regression": 0.01}, "Task success at most 1 point below the baseline"),
        ({"min": 0.8875, "workflow": "refund"}, "Task success at least 88.75 % in refund"),
        (
            {"min": 0.9, "workflow": "refund", "cohort": "language=de"},
            "Task success at least 90 % in refund for language=de",
        ),
        ({"min": 0.9, "workflow": "each", "cohort": "each"}, "Task success at least 90 % in every workflow and cohort"),
        (
            {"metric": "latency_ms", "stat": "p95", "max": 2000, "max_regression": 200, "workflow": "each"},
            "Latency p95 at most 2,000 ms in every workflow, at most 200 ms above the baseline",
        ),
        ({"metric": "unsupported_claim_rate", "max": 0.03}, "Unsupported claims at most 3 %"),
        ({"metric": "tone", "min": 4.5, "max": 5}, "tone at least 4.5 and at most 5"),
        ({"metric": "tone", "max_regression": 0.5}, "tone at most 0.5 worse than the baseline"),
        ({"metric": "tone", "max_regression": 0.5, "direction": "lower"}, "tone at most 0.5 above the baseline"),
    ],
)
def test_a_gate_reads_as_a_manager_would_say_it(stated: dict[str, Any], said: str) -> None:
    gate = Gate(**{"metric": "task_success"} | stated)
    assert gate_words.describe(gate, CHECKLIST.metric(gate.metric)) == said


def test_a_metric_that_no_checklist_knows_takes_the_unit_of_its_figures() -> None:
    assert gate_words.describe(Gate(metric="no_leak", min=1.0), unit="ratio") == "no_leak at least 100 %"


def judged(gate: Gate, *cells: Cell, pairs: tuple[Pair, ...] = ()) -> GateResult:
    files: dict[tuple[str, ...], str] = {
        (side.version, side.metric, side.workflow, side.cohort): digest("results.csv") for side in cells
    }
    (result,) = gates.judge([gate], compare(assessment(), cells, pairs, files))
    return result


def rate(mean: float, n: int, version: str = CANDIDATE) -> Cell:
    return cell(version, mean, n=n, passed=round(mean * n))


SUCCESS = Gate(metric="task_success", min=0.9)


def test_an_inconclusive_gate_says_how_many_more_cases_would_settle_it() -> None:
    result = judged(SUCCESS, rate(0.93, 200))
    needed = gate_words.needed(result)
    assert result.state == "inconclusive"
    assert needed is not None
    assert judged(SUCCESS, rate(0.93, needed + 100)).state == "pass"
    more = re.search(r"; about (\d+) more cases would settle it", gate_words.reason(result))
    assert more
    assert needed - 200 <= int(more[1]) < (needed - 200) * 1.1


def test_cases_settle_a_gate_as_failed_where_the_estimate_misses_it() -> None:
    result = judged(SUCCESS, rate(0.88, 200))
    needed = gate_words.needed(result)
    assert result.state == "inconclusive"
    assert needed is not None
    assert judged(SUCCESS, rate(0.88, 2 * needed)).state == "fail"


def test_no_number_of_cases_settles_a_figure_on_its_bound() -> None:
    result = judged(SUCCESS, rate(0.9, 200))
    assert result.state == "inconclusive"
    assert gate_words.needed(result) is None
    assert "would settle" not in gate_words.reason(result)


def test_fewer_cases_than_asked_for_need_at_least_as_many() -> None:
    result = judged(Gate(metric="task_success", min=0.5, min_n=400), rate(0.95, 200))
    assert (result.state, gate_words.needed(result)) == ("inconclusive", 400)
    assert "about 200 more cases would settle it" in gate_words.reason(result)


@pytest.mark.parametrize("mean", [0.99, 0.5])
def test_a_gate_that_is_decided_needs_nothing(mean: float) -> None:
    result = judged(SUCCESS, rate(mean, 1_000))
    assert result.state in ("pass", "fail")
    assert gate_words.needed(result) is None
    assert "settle" not in gate_words.reason(result)


REGRESSION = Gate(metric="task_success", max_regression=0.02)


def test_a_regression_says_what_it_could_miss_and_how_many_cases_it_needs() -> None:
    result = judged(REGRESSION, rate(0.9, 300, BASELINE), rate(0.895, 300))
    needed, why = gate_words.needed(result), gate_words.reason(result)
    assert result.state == "inconclusive"
    assert needed is not None
    assert judged(REGRESSION, rate(0.9, needed + 100, BASELINE), rate(0.895, needed + 100)).state == "pass"
    assert re.search(r"about [\d,]+ more cases would settle it; would not notice a loss below \d\.\d points$", why)
    assert "no clear change (−0.5 points [−" in why
    assert "worse" not in why


def test_the_same_cases_are_counted_as_pairs() -> None:
    pair = Pair(
        first=BASELINE,
        second=CANDIDATE,
        first_file=digest("results.csv"),
        second_file=digest("results.csv"),
        metric="task_success",
        **pair_figures(170, 11, 9, 10),
    )
    result = judged(REGRESSION, rate(0.905, 200, BASELINE), rate(0.895, 200), pairs=(pair,))
    assert result.state == "inconclusive"
    assert re.search(r"about [\d,]+ more pairs would settle it", gate_words.reason(result))


def test_better_and_worse_are_said_where_the_interval_leaves_out_no_change() -> None:
    worse = gate_words.reason(judged(REGRESSION, rate(0.95, 2_000, BASELINE), rate(0.8, 2_000)))
    better = gate_words.reason(judged(REGRESSION, rate(0.8, 2_000, BASELINE), rate(0.95, 2_000)))
    assert "worse by 15.0 points [" in worse
    assert "better by 15.0 points [" in better


def test_a_figure_and_its_limits_stay_on_their_side_of_the_threshold() -> None:
    failed = gate_words.reason(judged(Gate(metric="task_success", min=1.0), rate(2999 / 3000, 3_000)))
    assert failed.startswith("99.97 % [99.8 % to 99.999")
    close = gate_words.reason(judged(SUCCESS, rate(0.8996, 100_000)))
    assert close.startswith("89.96 % [")


def latency(n: int, p95: float) -> Cell:
    bounds: dict[str, Any] = {"p95": p95, "p95_low": p95 - 100, "p95_high": None if n < 60 else p95 + 100}
    return cell(mean=500.0, metric="latency_ms", unit="ms", direction="lower", n=n, passed=None, **bounds)


def test_a_quantile_of_too_few_cases_says_so_unless_its_lower_limit_fails() -> None:
    gate = Gate(metric="latency_ms", stat="p95", max=1_000)
    few = judged(gate, latency(40, 900))
    assert few.state == "inconclusive"
    assert gate_words.reason(few).startswith("too few cases for p95 for all cases (n 40)")
    assert gate_words.reason(judged(gate, latency(40, 1_500))).startswith("1,500 ms [1,400 ms to open]")
    assert "more cases would settle it" in gate_words.reason(judged(gate, latency(100, 950)))


@pytest.mark.parametrize(
    "stated",
    [{"min": 0.0}, {"max": 1.0}, {"max": 0.99}, {"min": 0.0, "max": 1.0, "max_regression": 1.0}],
)
def test_a_gate_that_no_bad_figure_can_fail_passes_nothing(stated: dict[str, Any]) -> None:
    result = judged(Gate(metric="task_success", **stated), rate(0.9, 400), rate(0.9, 400, BASELINE))
    assert result.state == "inconclusive"
    assert "; nothing that gets worse can fail this gate" in gate_words.reason(result)


@pytest.mark.parametrize("stated", [{"min": 0.5}, {"min": 0.5, "max": 1.0}, {"max": 1.0, "critical": True}])
def test_a_gate_that_asks_for_one_thing_may_state_more(stated: dict[str, Any]) -> None:
    assert judged(Gate(metric="task_success", **stated), rate(1.0, 400)).state == "pass"


def test_a_gate_on_each_cohort_or_workflow_misses_one_that_is_expected_and_has_no_case() -> None:
    expected = Expected(workflows={"chat": 0.5, "refund": 0.5}, cohorts={"language=de": 0.5, "language=ja": 0.5})
    cells = [
        rate(0.95, 400),
        cell(CANDIDATE, 0.95, n=400, passed=380, dimension="language", value="de"),
        cell(CANDIDATE, 0.95, n=400, passed=380, workflow="chat"),
    ]
    asked = [Gate(metric="task_success", min=0.9, **{by: "each"}) for by in ("cohort", "workflow")]  # type: ignore[arg-type]
    rows = compare(assessment(), cells)
    assert [result.state for result in gates.judge(asked, rows)] == ["pass", "pass"]
    missed = gates.judge([*asked, SUCCESS], rows, expected=expected)
    assert [result.state for result in missed] == ["missing", "missing", "pass"]
    assert [gate_words.reason(result) for result in missed[:2]] == ["no data for language=ja", "no data for refund"]


def test_the_words_of_a_gate_follow_the_known_direction_whatever_it_states() -> None:
    gate = Gate(metric="task_success", max_regression=0.01, direction="lower")
    said = gate_words.describe(gate, CHECKLIST.metric("task_success"))
    assert said == "Task success at most 1 point below the baseline"
