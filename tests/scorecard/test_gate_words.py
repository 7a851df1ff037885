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


@pytest.mark.parametrize(
    ("metric", "unit", "bound"),
    [
        ("task_success", "ratio", "90 %"),
        ("task_success", "ratio?", "90 %"),
        ("task_success", "", "90 %"),
        ("task_success", "stars", "0.9 stars"),
        ("latency_s", "", "0.9 s"),
        ("latency_s", "ms", "0.9 ms"),
        ("tone", "", "0.9"),
    ],
)
def test_a_bound_is_in_the_unit_of_the_figures_then_of_the_checklist_then_of_the_name(
    metric: str, unit: str, bound: str
) -> None:
    known = CHECKLIST.metric(metric)
    assert gate_words.describe(Gate(metric=metric, max=0.9), known, unit).endswith(f" at most {bound}")


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


def test_a_gate_is_told_in_the_unit_that_its_figures_have() -> None:
    gate = Gate(metric="tone", min=0.8)
    assert gate_words.asked(judged(gate)) == "tone at least 0.8"
    assert gate_words.asked(judged(gate, cell(mean=0.9, metric="tone"))) == "tone at least 80 %"
    assert gate_words.sentence(judged(gate)) == "tone at least 0.8: no data of the candidate"


def timed(version: str, p95: float, **fields: Any) -> Cell:
    stated: dict[str, Any] = {"n": 400, "p95": p95, "p95_low": p95 - 100, "p95_high": p95 + 100}
    return cell(version, 500.0, metric="latency_ms", unit="ms", direction="lower", passed=None, **stated | fields)


STARS: dict[str, Any] = {"unit": "stars", "passed": None}


@pytest.mark.parametrize(
    ("stated", "cells", "said"),
    [
        (
            {"min": 0.9},
            [cell(mean=92.5, unit="ratio?", passed=None)],
            "for all cases is no ratio; expected 0 to 1, or the file again with its unit",
        ),
        (
            {"max_regression": 0.1},
            [cell(BASELINE, 900, unit="ms", passed=None), cell(unit="", passed=None)],
            ", not compared with the baseline, since the units differ (ms and no unit)",
        ),
        (
            {"max_regression": 0.1},
            [cell(BASELINE, 900, unit="", passed=None), cell()],
            ", not compared with the baseline, since the units differ (no unit and ratio)",
        ),
        (
            {"min": 0.9, "max_unscored": 0.1},
            [cell(mean=0.95, errors=12)],
            "(n 400); 12 of 412 of 2026.11 not scored, at most 10 % allowed: "
            "92.2 % in the worst case, if all of these fail",
        ),
        ({"min": 0.9, "max_unscored": 0.1}, [cell(mean=0.95, errors=8)], "(n 400)"),
        (
            {"min": 0.9, "max_unscored": 0.01},
            [cell(mean=0.98, errors=5)],
            "(n 400); 5 of 405 of 2026.11 not scored, at most 1 % allowed: "
            "96.8 % in the worst case, if all of these fail",
        ),
        ({"min": 0.9, "max_unscored": 0.01}, [cell(mean=0.98, errors=4)], "(n 400)"),
        (
            {"min": 0.9},
            [cell(mean=0.95, sd=0.1, errors=100, **STARS)],
            "100 of 500 of 2026.11 not scored, at most 2 % allowed",
        ),
        (
            {"min": 0.9, "looks": 2},
            [cell(mean=0.98)],
            " for all cases (n 400, looks 1 of 2 planned, interval at 97.5 %)",
        ),
        ({"min": 0.9}, [cell(mean=None, n=0)], "no data for all cases"),
        (
            {"min": 0.5, "min_n": 1_000},
            [rate(0.95, 400)],
            "(n 400), fewer than the 1,000 cases asked for; about 600 more cases would settle it",
        ),
        (
            {"max_regression": 0.1},
            [cell(BASELINE, 4.0, **STARS), cell(mean=4.0, **STARS)],
            "; baseline 4 stars, unchanged",
        ),
        (
            {"max_regression": 0.1},
            [cell(BASELINE, 4.0, **STARS), cell(mean=3.0, **STARS)],
            "; baseline 4 stars, no clear change (−1 stars, spread not known)",
        ),
        (
            {"metric": "latency_ms", "stat": "p95", "max_regression": 100},
            [timed(BASELINE, 900), timed(CANDIDATE, 1_500)],
            "1,500 ms [1,400 ms to 1,600 ms] for all cases (n 400); baseline 900 ms, worse by 600 ms [459 to 741]",
        ),
        (
            {"metric": "latency_ms", "stat": "p95", "max_regression": 100},
            [timed(BASELINE, 900), timed(CANDIDATE, 1_500, p95_high=None)],
            "; baseline 900 ms, worse by 600 ms [459 to open]",
        ),
        (
            {"metric": "latency_ms", "stat": "p95", "max_regression": 100},
            [timed(BASELINE, 1_500), timed(CANDIDATE, 900)],
            "; baseline 1,500 ms, better by 600 ms [459 to 741]",
        ),
        (
            {"metric": "latency_ms", "stat": "p95", "max_regression": 100},
            [timed(BASELINE, 1_500, p95_high=None), timed(CANDIDATE, 900)],
            "; baseline 1,500 ms, better by 600 ms [459 to open]",
        ),
        (
            {"metric": "latency_ms", "stat": "p95", "max_regression": 500},
            [timed(BASELINE, 900, p95_high=940), timed(CANDIDATE, 950, p95_low=920)],
            "; baseline 900 ms, no clear change (+50 ms [+0 to +191])",
        ),
        (
            {"metric": "latency_ms", "stat": "p95", "max_regression": 500},
            [timed(BASELINE, 900, p95_high=940), timed(CANDIDATE, 951, p95_low=921)],
            "; baseline 900 ms, worse by 51 ms [1 to 192]",
        ),
        (
            {"metric": "latency_ms", "stat": "p95", "max_regression": 500},
            [timed(BASELINE, 900, p95_low=870), timed(CANDIDATE, 850, p95_high=890)],
            "; baseline 900 ms, no clear change (−50 ms [−191 to +0])",
        ),
        (
            {"metric": "latency_ms", "stat": "p95", "max_regression": 500},
            [timed(BASELINE, 900, p95_low=870), timed(CANDIDATE, 849, p95_high=889)],
            "; baseline 900 ms, better by 51 ms [1 to 192]",
        ),
        ({"min": 0.9}, [cell(BASELINE, 0.99), cell(mean=0.98)], "98.0 % [96.1 % to 99.1 %] for all cases (n 400)"),
        ({"max_regression": 0.1}, [cell(BASELINE, 0.98), cell(mean=0.98)], "(n 400); baseline 98.0 %, unchanged"),
    ],
)
def test_a_reason_tells_the_figure_its_change_and_what_keeps_it_from_passing(
    stated: dict[str, Any], cells: list[Cell], said: str
) -> None:
    """A change of p95 from 900 ± 100 to 1,500 ± 100 is 600 ± √(100² + 100²), and 50 is √(30² + 40²) away from none."""
    assert gate_words.reason(judged(Gate(**{"metric": "task_success"} | stated), *cells)).endswith(said)


@pytest.mark.parametrize(
    ("before", "now", "direction", "said"),
    [
        ((450, 500), (441, 501), "higher", "no clear change (−1.98 points ["),
        ((50, 500), (60, 501), "lower", "no clear change (+1.98 points ["),
        ((225_000, 250_000), (220_010, 250_000), "higher", "worse by 1.996 points ["),
        ((25_000, 250_000), (29_990, 250_000), "lower", "worse by 1.996 points ["),
    ],
)
def test_a_change_that_is_less_than_what_may_be_lost_reads_as_less(
    before: tuple[int, int], now: tuple[int, int], direction: Any, said: str
) -> None:
    sides = [
        cell(version, passed / n, n=n, passed=passed, direction=direction)
        for version, (passed, n) in ((BASELINE, before), (CANDIDATE, now))
    ]
    assert said in gate_words.reason(judged(REGRESSION, *sides))


def test_the_mean_of_the_same_cases_is_told_where_the_candidate_ran_more() -> None:
    pair = Pair(
        first=BASELINE,
        second=CANDIDATE,
        first_file=digest("results.csv"),
        second_file=digest("results.csv"),
        metric="task_success",
        **pair_figures(170, 11, 9, 10),
    )
    of_all = judged(REGRESSION, rate(0.905, 200, BASELINE), rate(0.895, 200), pairs=(pair,))
    assert "; baseline 90.5 % over the same 200 cases under both versions, no clear" in gate_words.reason(of_all)
    of_some = judged(REGRESSION, rate(0.905, 200, BASELINE), rate(0.89, 300), pairs=(pair,))
    told = "; baseline 90.5 % and candidate 89.5 % over the same 200 of 300 cases under both versions, no clear change"
    assert told in gate_words.reason(of_some)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"stat": "p95"},
        {"workflow": "each"},
        {"workflow": "rate_quote", "cohort": "each"},
        {"cohort": "language=ja"},
    ],
)
def test_what_a_gate_looks_at_reads_in_english_as_it_is_known_by(fields: dict[str, str]) -> None:
    gate = Gate.checked(metric="task_success", min=0.9, **fields)
    assert gate_words.subject(gate) == gate.subject.replace("_", " ")
