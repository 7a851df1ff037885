from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from readiness.model.cells import Cell, Direction, Pair
from readiness.model.policy import Gate
from readiness.scorecard import bounds, intervals
from readiness.scorecard.bounds import Sample
from readiness.scorecard.compare import ScorecardRow, adjusted, compare, pick, place, regressions
from readiness.scorecard.gate_words import describe, reason, sentence
from readiness.scorecard.gates import judge, looked
from readiness.scorecard.intervals import Interval
from tests.factories import (
    BASELINE,
    CANDIDATE,
    TODAY,
    assessment,
    cell,
    digest,
    evidence,
    pair_figures,
    pairs_of,
)
from tests.figures import near


def judged(gate: Gate, *cells: Cell) -> tuple[str, str]:
    (result,) = judge([gate], compare(assessment(), cells))
    return result.state, sentence(result)


def gate(**fields: Any) -> Gate:
    stated: dict[str, Any] = {"metric": "task_success", "min": 0.9}
    return Gate(**stated | fields)


def test_the_figure_measured_last_is_picked_and_never_an_average() -> None:
    older = evidence("older.csv", measured_on=TODAY - dt.timedelta(days=5))
    pairs = [(cell(mean=0.95), evidence()), (cell(mean=0.85), older)]
    assert [each.mean for each in pick(pairs, TODAY).cells] == [0.95]
    assert [each.mean for each in pick(reversed(pairs), TODAY).cells] == [0.95]


def test_of_two_figures_measured_on_one_day_the_one_stored_last_is_picked() -> None:
    pairs = [(cell(mean=0.95), evidence("a.csv")), (cell(mean=0.85), evidence("b.csv"))]
    assert [each.mean for each in pick(pairs, TODAY).cells] == [0.85]


@pytest.mark.parametrize(
    "measured_on",
    [None, TODAY - dt.timedelta(days=31), TODAY + dt.timedelta(days=2)],
    ids=["undated", "stale", "later"],
)
def test_figures_that_are_not_fresh_are_not_picked(measured_on: dt.date | None) -> None:
    assert pick([(cell(), evidence(measured_on=measured_on))], TODAY).cells == []


def test_figures_of_other_cohorts_workflows_and_versions_are_kept_apart() -> None:
    cells = [cell(), cell(BASELINE), cell(workflow="refund"), cell(dimension="language", value="de")]
    assert pick([(each, evidence()) for each in cells], TODAY).cells == cells


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


def compared(
    *cells: Cell, pairs: Iterable[Pair] = (), files: Mapping[tuple[str, ...], str] | None = None
) -> ScorecardRow:
    """The only row of these cells."""
    (row,) = compare(assessment(), cells, pairs, files)
    return row


def limits(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return interval.low, interval.high


@pytest.mark.parametrize(
    ("direction", "worse"), [("higher", 0.02), ("lower", -0.02), ("informational", None), ("unknown", None)]
)
def test_worse_depends_on_the_direction_of_the_metric(direction: Any, worse: float | None) -> None:
    row = compared(cell(BASELINE, 0.95, direction=direction), cell(mean=0.93, direction=direction))
    assert row.change() == pytest.approx(-0.02)
    assert row.worsening() == (None if worse is None else pytest.approx(worse))
    found = row.difference()
    assert found is not None
    low, high = limits(found.interval)
    assert low < -0.02 < high
    if worse is None:
        assert row.worsened() is None
    else:
        assert limits(row.worsened()) == pytest.approx((-high, -low) if worse > 0 else (low, high))


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
    row = ScorecardRow("task_success", "*", "*", baseline, candidate)
    assert (row.change(), row.worsening(), row.difference(), row.worsened()) == (None, None, None, None)


@pytest.mark.parametrize(
    ("before", "now", "sign", "undirected"),
    [
        ("higher", "higher", -1, False),
        ("lower", "lower", 1, False),
        ("unknown", "higher", -1, False),
        ("lower", "unknown", 1, False),
        ("higher", "lower", None, True),
        ("unknown", "unknown", None, True),
        ("informational", "informational", None, False),
        ("informational", "unknown", None, False),
        ("informational", "higher", None, False),
        (None, "higher", -1, False),
        (None, "unknown", None, True),
        (None, None, None, True),
    ],
)
def test_which_way_is_worse_is_known_where_the_sides_that_say_so_agree(
    before: Direction | None, now: Direction | None, sign: int | None, undirected: bool
) -> None:
    baseline, candidate = (each and cell(direction=each) for each in (before, now))
    row = ScorecardRow("task_success", "*", "*", baseline, candidate)
    assert (row.sign, row.undirected) == (sign, undirected)


@pytest.mark.parametrize(
    ("before", "now", "shared"),
    [
        ("ms", "ms", ("ms", "ms")),
        ("", "ratio", ("ratio", "ratio")),
        ("ratio", "", ("ratio", "ratio")),
        ("ms", "s", None),
        ("", "ms", None),
        ("ratio?", "ratio?", None),
        (None, "ms", ("ms",)),
        (None, "ratio?", None),
    ],
)
def test_figures_are_compared_in_one_unit_that_is_clear(
    before: str | None, now: str, shared: tuple[str, ...] | None
) -> None:
    units = {version: unit for version, unit in ((BASELINE, before), (CANDIDATE, now)) if unit is not None}
    row = compared(*[cell(version, 0.5, unit=unit) for version, unit in units.items()])
    assert row.comparable is (shared is not None)
    assert tuple(side.unit for side in (row.baseline, row.candidate) if side) == (shared or tuple(units.values()))
    assert (row.change() is None) == (before is None or shared is None)


# Gates

LATENCY: dict[str, Any] = {"metric": "latency_ms", "unit": "ms", "direction": "lower", "passed": None}
SPENT: dict[str, Any] = LATENCY | {"p95": 1900.0, "p95_low": 1700.0, "p95_high": 2100.0}


@pytest.mark.parametrize(
    ("fields", "value", "n", "state"),
    [
        ({"min": 0.9}, 0.95, 2_000, "pass"),
        ({"min": 0.9}, 0.90, 400, "inconclusive"),
        ({"min": 0.9}, 0.90, 2_000_000, "inconclusive"),
        ({"min": 0.9}, 0.80, 400, "fail"),
        ({"min": None, "max": 0.1}, 0.05, 2_000, "pass"),
        ({"min": None, "max": 0.1}, 0.10, 400, "inconclusive"),
        ({"min": None, "max": 0.1}, 0.20, 400, "fail"),
        ({"min": 0.2, "max": 0.5}, 0.6, 400, "fail"),
        ({"min": 0.2, "max": 0.5}, 0.1, 400, "fail"),
        ({"min": 0.2, "max": 0.5}, 0.3, 400, "pass"),
        ({"min": 0.2, "max": 0.5}, 0.3, 10, "inconclusive"),
        ({"min": 0.2, "max": 0.5}, 0.48, 400, "inconclusive"),
        ({"min": 0.2, "max": 0.5}, 0.22, 400, "inconclusive"),
    ],
)
def test_the_interval_decides_and_not_the_figure(fields: dict[str, Any], value: float, n: int, state: str) -> None:
    better: Direction = "higher" if fields["min"] else "lower"
    assert judged(gate(**fields), cell(mean=value, n=n, direction=better))[0] == state


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [
        (1500.0, 2000.0, "pass"),
        (1500.0, 2000.1, "inconclusive"),
        (1999.9, 2600.0, "inconclusive"),
        (2000.0, 2600.0, "inconclusive"),
        (2000.1, 2600.0, "fail"),
    ],
)
def test_a_limit_at_the_very_threshold_still_clears_it(low: float, high: float, state: str) -> None:
    latency = cell(mean=800.0, p95=(low + high) / 2, p95_low=low, p95_high=high, **LATENCY)
    assert judged(Gate(metric="latency_ms", stat="p95", max=2000), latency)[0] == state


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_rate_of_none_or_of_all_is_never_certain(value: float) -> None:
    bound = {"min": 0.9} if value else {"min": None, "max": 0.1}
    better: Direction = "higher" if value else "lower"
    assert judged(gate(**bound), cell(mean=value, n=10, direction=better))[0] == "inconclusive"
    assert judged(gate(**bound), cell(mean=value, n=100, direction=better))[0] == "pass"


@pytest.mark.parametrize(
    ("direction", "before", "after", "n", "state"),
    [
        ("higher", 0.95, 0.95, 4_000, "pass"),
        ("higher", 0.95, 0.93, 400, "inconclusive"),
        ("higher", 0.95, 0.92, 400, "inconclusive"),
        ("higher", 0.95, 0.88, 400, "fail"),
        ("higher", 0.90, 0.99, 400, "pass"),
        ("lower", 0.10, 0.10, 4_000, "pass"),
        ("lower", 0.10, 0.12, 400, "inconclusive"),
        ("lower", 0.10, 0.15, 2_000, "fail"),
        ("lower", 0.10, 0.01, 400, "pass"),
        ("informational", 0.10, 0.10, 400, "missing"),
        ("unknown", 0.10, 0.10, 400, "missing"),
    ],
)
def test_a_regression_is_told_by_the_direction_of_the_metric(
    direction: Any, before: float, after: float, n: int, state: str
) -> None:
    asked = gate(min=None, max_regression=0.02)
    cells = [cell(BASELINE, before, direction=direction, n=n), cell(mean=after, direction=direction, n=n)]
    assert judged(asked, *cells)[0] == state


def test_a_regression_is_judged_by_the_interval_that_the_reason_states() -> None:
    """352 of 400 is 84.4 % to 91.0 % and 380 of 400 92.4 % to 96.9 %: 7 − √(3.0² + 2.6²) to 7 + √(3.6² + 1.9²)."""
    state, why = judged(gate(min=None, max_regression=0.02), cell(BASELINE, 0.95), cell(mean=0.88))
    assert state == "fail"
    assert why.endswith("baseline 95.0 %, worse by 7.0 points [3.0 to 11.1]")


def test_a_gate_with_a_bound_and_a_regression_passes_only_with_both() -> None:
    asked = gate(min=0.9, max_regression=0.02)
    kept, worse = cell(BASELINE, 0.95, n=4_000), cell(BASELINE, 0.99, n=4_000)
    assert judged(asked, kept, cell(mean=0.95, n=4_000))[0] == "pass"
    assert judged(asked, worse, cell(mean=0.95, n=4_000))[0] == "fail"
    assert judged(asked, cell(BASELINE, 0.80, n=4_000), cell(mean=0.80, n=4_000))[0] == "fail"


def test_a_regression_without_a_baseline_is_missing_and_says_so() -> None:
    state, why = judged(gate(max_regression=0.02), cell())
    assert state == "missing"
    assert "no baseline" in why


def test_a_regression_of_a_metric_without_a_direction_is_missing_and_says_so() -> None:
    state, why = judged(gate(max_regression=0.02), cell(BASELINE, direction="unknown"), cell(direction="unknown"))
    assert state == "missing"
    assert "which way is better is not stated" in why


@pytest.mark.parametrize("cells", [[], [cell(BASELINE)], [cell("2026.05")], [cell(metric="groundedness")]])
def test_a_gate_without_data_of_the_candidate_is_missing_and_never_passes(cells: list[Cell]) -> None:
    state, why = judged(gate(), *cells)
    assert state == "missing"
    assert why.endswith("no data of the candidate")


def test_a_statistic_that_was_not_measured_is_missing() -> None:
    assert judged(Gate(metric="latency_ms", stat="p95", max=2000), cell(mean=800.0, **LATENCY))[0] == "missing"


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"p95": 2400.0, "p95_low": 2100.0, "p95_high": 2800.0, "p99": 2900.0}, "fail"),
        ({"p95": 1800.0, "p95_low": 1700.0, "p95_high": 1950.0, "p99": 2900.0}, "pass"),
        ({"p95": 1900.0, "p95_low": 1700.0, "p95_high": 2100.0}, "inconclusive"),
        ({"p95": 1800.0, "p95_low": 1700.0, "p95_high": None}, "inconclusive"),
        ({"p95": 1800.0, "p95_low": None, "p95_high": 1950.0}, "pass"),
        ({"p95": 2400.0, "p95_low": 2100.0, "p95_high": None}, "fail"),
        ({"p95": 2400.0, "p95_low": None, "p95_high": 2800.0}, "inconclusive"),
        ({"p95": 1800.0, "p95_low": None, "p95_high": None}, "inconclusive"),
    ],
)
def test_a_tail_gate_reads_the_limits_of_its_own_statistic(fields: dict[str, Any], state: str) -> None:
    latency = cell(mean=800.0, p50=700.0, p50_low=600.0, p50_high=750.0, **LATENCY, **fields)
    assert judged(Gate(metric="latency_ms", stat="p95", max=2000), latency)[0] == state
    assert judged(Gate(metric="latency_ms", stat="p50", max=2000), latency)[0] == "pass"


def test_an_open_limit_is_named_open() -> None:
    latency = cell(mean=800.0, **SPENT | {"p95_high": None})
    assert "1,900 ms [1,700 ms to open]" in judged(Gate(metric="latency_ms", stat="p95", max=2000), latency)[1]


@pytest.mark.parametrize(
    ("before", "state"),
    [
        ({"p95": 2400.0, "p95_low": 2300.0, "p95_high": 2500.0}, "pass"),
        ({"p95": 1900.0, "p95_low": 1700.0, "p95_high": 2100.0}, "inconclusive"),
        ({"p95": 1000.0, "p95_low": 900.0, "p95_high": 1100.0}, "fail"),
        ({"p95": 2400.0, "p95_low": None, "p95_high": 2500.0}, "inconclusive"),
        ({"p95": 2400.0, "p95_low": 2300.0, "p95_high": None}, "pass"),
        ({"p95": 2400.0, "p95_low": None, "p95_high": None}, "inconclusive"),
        ({"p95": None}, "missing"),
    ],
)
def test_a_tail_may_regress_as_far_as_the_limits_of_both_sides_say(before: dict[str, Any], state: str) -> None:
    cells = [cell(BASELINE, 800.0, **SPENT | before), cell(mean=800.0, **SPENT)]
    assert judged(Gate(metric="latency_ms", stat="p95", max_regression=100), *cells)[0] == state


@pytest.mark.parametrize(
    ("n", "state"), [(200, "pass"), (199, "inconclusive"), (0, "inconclusive"), (None, "inconclusive")]
)
def test_too_few_cases_are_inconclusive(n: int | None, state: str) -> None:
    assert judged(gate(min_n=200), cell(mean=0.98, n=n))[0] == state


def runs(**fields: Any) -> Cell:
    """20 cases, 20 times each, of which 19 are always right."""
    se = math.sqrt(0.95 * 0.05 / 19)
    return cell(**{"mean": 0.95, "n": 400, "cases": 20, "clusters": 20, "se": se} | fields)


def test_a_gate_asks_for_cases_and_not_for_runs_of_them() -> None:
    state, why = judged(gate(min=0.7, min_n=100), runs())
    assert state == "inconclusive"
    assert "95.0 % [75.1 % to 99.9 %] for all cases (400 runs of 20 cases), fewer than the 100 cases asked for" in why
    assert judged(gate(min=0.7, min_n=20), runs())[0] == "pass"
    assert judged(gate(min=0.9), runs())[0] == "inconclusive"
    assert judged(gate(min=0.9), cell(mean=0.95))[0] == "pass"


def test_a_gate_on_a_regression_asks_for_as_many_cases_under_both_versions() -> None:
    few = pair(**pair_figures(18, 0, 0, 2))
    rows = compare(assessment(), [BEFORE, NOW], [few], from_files())
    for min_n, state in ((20, "pass"), (21, "inconclusive")):
        assert judge([gate(min=None, max_regression=0.3, min_n=min_n)], rows)[0].state == state


# Cases without a score


@pytest.mark.parametrize(("errors", "state"), [(8, "pass"), (9, "inconclusive")])
def test_a_gate_decides_nothing_where_too_many_cases_have_no_score(errors: int, state: str) -> None:
    """8 of 408 are 1.96 %, 9 of 409 are 2.2 %."""
    assert judged(gate(), cell(mean=0.98, errors=errors))[0] == state
    assert judged(gate(max_unscored=0.1), cell(mean=0.98, errors=errors))[0] == "pass"


def test_how_many_cases_have_no_score_is_said_with_the_worst_case() -> None:
    """392 of 450 is 87.1 %; of a rate that should be low, 8 and 50 of 450 are 12.9 %."""
    state, why = judged(gate(), cell(mean=0.98, errors=50))
    assert state == "inconclusive"
    assert "50 of 450 of 2026.11 not scored, at most 2 % allowed: 87.1 % in the worst case, if all of these fail" in why
    low = cell(mean=0.02, errors=50, direction="lower")
    assert "12.9 % in the worst case" in judged(gate(min=None, max=0.1), low)[1]


def test_cases_of_the_baseline_without_a_score_count_where_a_gate_compares() -> None:
    before, now = cell(BASELINE, 0.98, errors=50), cell(mean=0.98)
    assert judged(gate(), before, now)[0] == "pass"
    state, why = judged(gate(max_regression=0.1), before, now)
    assert state == "inconclusive"
    assert "50 of 450 of 2026.08 not scored" in why


# Several looks


def test_each_result_set_of_the_candidate_is_a_look_also_one_that_counts_no_more() -> None:
    files = [evidence(f"{number}.csv", measured_on=TODAY - dt.timedelta(days=20 * number)) for number in range(3)]
    cells = [(cell(mean=0.95), file) for file in files] + [(cell(BASELINE), evidence("before.csv"))]
    looks = looked(cells[:3])
    rows = compare(assessment(), pick(cells, TODAY).cells)
    (result,) = judge([gate()], rows, looks)
    assert (result.state, result.looks, result.confidence) == ("pass", 3, 0.95)
    assert "(n 400, looks 3)" in sentence(result)
    twice, once = (judge([gate()], rows, looked(cells[:number]))[0] for number in (2, 1))
    assert "(n 400, looks 2)" in sentence(twice)
    assert sentence(once).endswith("(n 400)")
    assert judge([gate(metric="groundedness")], rows, looks)[0].looks == 1


@pytest.mark.parametrize(("planned", "level"), [(1, 0.05 / 3), (3, 0.05 / 3), (10, 0.05 / 10)])
def test_looks_that_were_planned_share_the_error_and_so_do_more_than_were_planned(planned: int, level: float) -> None:
    cells = [(cell(mean=0.93), evidence(f"{number}.csv")) for number in range(3)]
    rows = compare(assessment(), [cells[0][0]])
    (result,) = judge([gate(looks=planned)], rows, looked(cells))
    own = intervals.exact(372, 400, confidence=1 - level)
    assert result.confidence == near(1 - level)
    assert f"[{own.low * 100:.1f} % to {own.high * 100:.1f} %]" in sentence(result)
    assert f"looks 3 of {planned} planned, interval at " in sentence(result)
    assert (result.state, judge([gate()], rows)[0].state) == ("inconclusive", "pass")


@pytest.mark.parametrize("mean", [0.5, 0.99])
def test_a_figure_without_its_number_of_cases_is_inconclusive_whatever_it_is(mean: float) -> None:
    state, why = judged(gate(), cell(mean=mean, n=None, stated=True))
    assert state == "inconclusive"
    assert "n not stated" in why


@pytest.mark.parametrize("mean", [3.0, 5.0])
def test_a_figure_whose_spread_is_not_known_is_inconclusive_whatever_it_is(mean: float) -> None:
    graded: dict[str, Any] = {"mean": mean, "unit": "grade", "n": 4_000}
    state, why = judged(gate(min=4.0), cell(stated=True, **graded))
    assert state == "inconclusive"
    assert "(spread not known)" in why
    assert judged(gate(min=4.0), cell(sd=0.5, **graded))[0] == ("pass" if mean > 4 else "fail")


@pytest.mark.parametrize("p99", [100.0, 60_000.0])
def test_a_quantile_that_is_stated_without_samples_decides_no_gate_and_says_why(p99: float) -> None:
    stated = cell(metric="latency_ms", unit="ms", direction="lower", mean=None, n=4_000, p99=p99, stated=True)
    state, why = judged(Gate(metric="latency_ms", stat="p99", max=5_000), stated)
    assert state == "inconclusive"
    assert "(stated without samples: no interval, so it settles nothing)" in why


def test_a_regression_against_a_figure_whose_spread_is_not_known_is_inconclusive() -> None:
    before, now = cell(BASELINE, 4.0, unit="grade", stated=True), cell(mean=4.0, unit="grade", sd=0.5)
    assert judged(gate(min=None, max_regression=3), before, now)[0] == "inconclusive"


def test_a_gate_on_each_cohort_asks_every_one_and_names_the_worst() -> None:
    cells = [cell(mean=0.1), *[cell(mean=mean, dimension="language", value=value) for value, mean in SHARES]]
    state, why = judged(gate(cohort="each"), *cells)
    assert state == "fail"
    assert "50.0 % [43.9 % to 56.1 % as the worst of 3] for language=ja (n 400)" in why


def test_a_gate_on_each_cohort_fails_only_by_what_the_worst_of_so_many_would_not_show_by_chance() -> None:
    def of(count: int) -> tuple[str, str]:
        fine = [cell(mean=0.99, n=4_000, dimension="language", value=f"x{at}") for at in range(count - 1)]
        return judged(gate(cohort="each"), *fine, cell(mean=0.83, n=100, dimension="language", value="ja"))

    assert of(1)[0] == "fail"
    state, why = of(12)
    assert state == "inconclusive"
    assert "83.0 % [74.2 % to 89.8 %] for language=ja (n 100; [69.9 % to 92.1 %] as the worst of 12)" in why


def test_a_change_of_the_worst_of_many_is_called_worse_only_where_chance_is_left_out() -> None:
    def of(count: int) -> str:
        places = {f"x{at}": (0.95, 0.95, 4_000) for at in range(count - 1)} | {"ja": (0.95, 0.91, 400)}
        cells = [
            cell(version, mean, n=n, dimension="language", value=value)
            for value, (before, after, n) in places.items()
            for version, mean in ((BASELINE, before), (CANDIDATE, after))
        ]
        return judged(gate(min=None, cohort="each", max_regression=0.01), *cells)[1]

    assert "worse by 4.0 points [" in of(1)
    assert "no clear change (−4.0 points [" in of(12)
    assert "] as the worst of 12)" in of(12)


SHARES = (("de", 0.97), ("fr", 0.85), ("ja", 0.5))


def test_a_cohort_that_fails_is_named_before_one_that_is_only_unsure_or_missing() -> None:
    unsure = cell(mean=0.5, n=2, dimension="language", value="de")
    nowhere = cell(BASELINE, dimension="language", value="fr")
    fails = cell(mean=0.85, n=4_000, dimension="language", value="ja")
    assert "for language=ja" in judged(gate(cohort="each"), unsure, nowhere, fails)[1]
    state, why = judged(gate(cohort="each"), unsure, cell(mean=0.97, dimension="language", value="ja"))
    assert state == "inconclusive"
    assert "for language=de" in why


def test_a_cohort_without_data_is_named_before_one_that_is_only_unsure() -> None:
    unsure = cell(mean=0.5, n=2, dimension="language", value="de")
    nowhere = cell(BASELINE, dimension="language", value="fr")
    state, why = judged(gate(cohort="each"), unsure, nowhere, cell(mean=0.97, dimension="language", value="ja"))
    assert (state, "for language=fr" in why) == ("missing", True)


@pytest.mark.parametrize(
    ("asked", "means"),
    [
        ({"max": 0.1, "min": None}, {"de": 0.2, "fr": 0.5, "ja": 0.3}),
        ({"max": 0.9, "min": 0.4}, {"de": 0.3, "fr": 0.1, "ja": 0.2}),
        ({"max": 0.9, "min": 0.05}, {"de": 0.94, "fr": 0.99, "ja": 0.95}),
        ({"max": 0.99}, {"de": 0.96, "fr": 0.92, "ja": 0.95}),
    ],
    ids=["far above", "far below", "nearer to nothing", "the least room"],
)
def test_of_the_cohorts_in_one_state_the_one_furthest_from_passing_is_named(
    asked: dict[str, Any], means: dict[str, float]
) -> None:
    cells = [cell(mean=mean, n=2_000, dimension="language", value=value) for value, mean in means.items()]
    assert "for language=fr" in judged(gate(cohort="each", **asked), *cells)[1]


def test_a_cohort_that_only_the_baseline_has_keeps_a_gate_on_each_from_passing() -> None:
    cells = [cell(dimension="language", value="de"), cell(BASELINE, dimension="language", value="ja")]
    state, why = judged(gate(cohort="each"), *cells)
    assert state == "missing"
    assert "no data for language=ja" in why


def test_a_gate_on_one_workflow_or_cohort_reads_that_one_only() -> None:
    cells = [cell(mean=0.1), cell(mean=0.1, workflow="claims"), cell(mean=0.95, workflow="refund")]
    assert judged(gate(workflow="refund"), *cells)[0] == "pass"
    assert judged(gate(workflow="each"), *cells)[0] == "fail"
    assert judged(gate(), *cells)[0] == "fail"
    assert judged(gate(cohort="language=de"), *cells)[0] == "missing"


def test_a_gate_is_described_as_a_person_would_say_it() -> None:
    asked = gate(workflow="refund", cohort="each", stat="p95", max=0.99, max_regression=0.02)
    told = "at least 90 % and at most 99 % in every cohort of refund, at most 2 points below the baseline"
    assert describe(asked, unit="ratio") == f"task_success p95 {told}"


def test_a_row_says_where_it_stands() -> None:
    rows = compare(assessment(), [cell(), cell(workflow="refund", dimension="language", value="ja")])
    assert [place(row) for row in rows] == ["all cases", "refund, language=ja"]


# The same cases under both versions

HERE, BESIDE, ELSEWHERE = digest("results.csv"), digest("baseline.csv"), digest("elsewhere.csv")
BEFORE, NOW = cell(BASELINE, 0.95, n=1_000), cell(mean=0.93, n=1_000)
COUNTS = pair_figures(920, 30, 10, 40)


def pair(**fields: Any) -> Pair:
    """Of 1,000 cases 950 pass with the baseline and 930 with the candidate."""
    stated = {"first": BASELINE, "second": CANDIDATE, "first_file": HERE, "second_file": HERE, "metric": "task_success"}
    return Pair(**stated | COUNTS | fields)


def from_files(baseline: str = HERE, candidate: str = HERE) -> dict[tuple[str, ...], str]:
    return {(BASELINE, "task_success", "*", "*"): baseline, (CANDIDATE, "task_success", "*", "*"): candidate}


def test_the_same_cases_are_preferred_to_independent_ones_and_tell_more() -> None:
    apart, paired = compared(BEFORE, NOW).difference(), compared(BEFORE, NOW, pairs=[pair()], files=from_files())
    found = paired.difference()
    assert apart is not None
    assert found is not None
    assert paired.pairs == pairs_of(920, 30, 10, 40)
    assert found.interval == intervals.paired(920, 30, 10, 40)
    assert found.p == intervals.pairs_p(30, 10)
    assert "the same 1,000 cases" in found.method
    assert apart.interval == bounds.difference(Sample(0.93, 1_000), Sample(0.95, 1_000))
    assert apart.interval.low < found.interval.low < -0.02 < found.interval.high < 0 < apart.interval.high


def test_a_gate_on_a_regression_is_decided_by_the_pairs() -> None:
    asked = gate(min=None, max_regression=0.035)
    rows = compare(assessment(), [BEFORE, NOW], [pair()], from_files())
    assert judge([asked], rows)[0].state == "pass"
    assert judged(asked, BEFORE, NOW)[0] == "inconclusive"


@pytest.mark.parametrize("first", [BASELINE, CANDIDATE])
def test_a_pair_is_turned_round_where_the_candidate_stands_first(first: str) -> None:
    found = pair()
    if first == CANDIDATE:
        turned = {"first": CANDIDATE, "second": BASELINE, "first_file": BESIDE}
        found = pair(**turned | pair_figures(920, 10, 30, 40))
    files = from_files(candidate=BESIDE if first == CANDIDATE else HERE)
    row = compared(BEFORE, NOW, pairs=[found], files=files)
    assert row.pairs == pairs_of(920, 30, 10, 40)
    difference = row.difference()
    assert difference is not None
    assert difference.interval.high < 0


@pytest.mark.parametrize(
    "other",
    [
        {"first_file": ELSEWHERE},
        {"second_file": ELSEWHERE},
        {"first": "2026.05"},
        {"second": "2026.05"},
        {"metric": "groundedness"},
        {"workflow": "refund"},
        {"dimension": "language", "value": "de"},
    ],
)
def test_a_pair_of_other_cells_or_of_other_files_is_ignored(other: dict[str, Any]) -> None:
    row = compared(BEFORE, NOW, pairs=[pair(**other)], files=from_files())
    assert row.pairs is None
    found = row.difference()
    assert found is not None
    assert found.interval == bounds.difference(Sample(0.93, 1_000), Sample(0.95, 1_000))


def test_a_pair_of_two_files_counts_only_for_the_cells_of_those_two() -> None:
    two = pair(second_file=BESIDE)
    assert compared(BEFORE, NOW, pairs=[two], files=from_files(candidate=BESIDE)).pairs is not None
    assert compared(BEFORE, NOW, pairs=[two], files=from_files(baseline=BESIDE)).pairs is None
    assert compared(BEFORE, NOW, pairs=[two]).pairs is None


def test_the_file_of_a_cell_is_the_one_it_was_picked_from() -> None:
    older = evidence("older.csv", measured_on=TODAY - dt.timedelta(days=5))
    stale = evidence("stale.csv", measured_on=TODAY - dt.timedelta(days=50))
    cells = [(NOW, evidence()), (NOW, older), (BEFORE, older), (cell(metric="groundedness"), stale)]
    assert pick(cells, TODAY).files == from_files(baseline=digest("older.csv"))
    assert pick(reversed(cells), TODAY).files == from_files(baseline=digest("older.csv"))


def test_figure_difference_and_interval_speak_of_the_same_cases_and_say_which() -> None:
    """950 cases that did as well as before, and 50 new ones that failed: nothing got worse."""
    before, now = cell(BASELINE, 1.0, n=1_000), cell(mean=0.95, n=1_000)
    rows = compare(assessment(), [before, now], [pair(**pair_figures(950, 0, 0, 0))], from_files())
    assert (rows[0].change(), rows[0].worsening()) == (0.0, 0.0)
    (result,) = judge([gate(min=None, max_regression=0.02)], rows)
    assert result.state == "pass"
    assert reason(result).endswith(
        "baseline 100.0 % and candidate 100.0 % over the same 950 of 1,000 cases under both versions, unchanged"
    )


def test_a_change_of_means_is_that_of_the_same_cases_too() -> None:
    before, now = (cell(version, 4.0, unit="grade", sd=0.5, passed=None) for version in (BASELINE, CANDIDATE))
    same = pair(cases=300, n=300, mean_first=4.1, mean_second=3.9, sd=0.3, both=None)
    row = compared(before, now, pairs=[same], files=from_files())
    assert row.change() == near(-0.2)
    found = row.difference()
    assert found is not None
    assert found.interval.high < -0.1
    assert found.method == "the same 300 of 400 cases under both versions"


# Cohorts that got worse


def cohort(value: str, before: float, now: float, n: int = 400, **fields: Any) -> list[Cell]:
    stated: dict[str, Any] = {"dimension": "language", "value": value, "n": n}
    return [cell(BASELINE, before, **stated | fields), cell(mean=now, **stated | fields)]


def named(rows: Iterable[ScorecardRow], stat: Any = "mean") -> list[tuple[str, float]]:
    return [(each.row.cohort, each.p) for each in regressions(rows, stat)]


def test_of_many_cohorts_those_that_are_worse_beyond_chance_are_named_the_surest_first() -> None:
    """Holm multiplies the p-values of three cohorts by 3, 2 and 1, and among 20 by 20, 19 and 18."""
    worse = [*cohort("fr", 0.95, 0.90), *cohort("de", 0.95, 0.89), *cohort("ja", 0.95, 0.86)]
    ja, de, fr = (bounds.difference_p(Sample(now, 400), Sample(0.95, 400)) for now in (0.86, 0.89, 0.90))
    assert named(compare(assessment(), worse)) == [
        ("language=ja", near(3 * ja)),
        ("language=de", near(2 * de)),
        ("language=fr", near(fr)),
    ]
    equal = [each for number in range(17) for each in cohort(f"x{number}", 0.95, 0.95)]
    among = named(compare(assessment(), [*worse, *equal]))
    assert among == [("language=ja", near(20 * ja)), ("language=de", near(19 * de))]


SUSPECT = bounds.difference_p(Sample(0.9115, 400), Sample(0.95, 400))


def test_alone_a_cohort_is_named_that_among_many_could_be_chance() -> None:
    suspect = cohort("fr", 0.95, 0.9115)
    assert named(compare(assessment(), suspect)) == [("language=fr", near(SUSPECT))]
    others = [*cohort("de", 0.95, 0.95), *cohort("ja", 0.95, 0.95)]
    assert named(compare(assessment(), [*suspect, *others])) == []


def test_no_cohort_is_named_whose_interval_holds_no_change() -> None:
    (row,) = rows = compare(assessment(), cohort("fr", 0.95, 0.915))
    difference = row.difference()
    assert difference is not None
    assert difference.p < 0.05
    assert difference.interval.low < 0 < difference.interval.high
    assert row.reading() == "cannot tell"
    assert named(rows) == []


def test_the_adjusted_p_of_every_row_is_that_of_its_family() -> None:
    cells = [cell(BASELINE, 0.95), cell(mean=0.9), *cohort("fr", 0.95, 0.9), *cohort("de", 0.95, 0.89)]
    cells += cohort("fr", 0.95, 0.9, workflow="refund")
    fr, de = (bounds.difference_p(Sample(now, 400), Sample(0.95, 400)) for now in (0.9, 0.89))
    found = adjusted(compare(assessment(), cells))
    assert found["task_success", "*", "language=de"] == near(2 * de)
    assert found["task_success", "*", "language=fr"] == near(fr)
    assert found["task_success", "refund", "language=fr"] == near(fr)
    assert len(found) == 4


def test_a_cohort_that_is_better_or_has_no_direction_is_never_named() -> None:
    better = [*cohort("de", 0.88, 0.95), *cohort("ja", 0.05, 0.12, metric="failures", direction="higher")]
    assert named(compare(assessment(), better)) == []
    assert named(compare(assessment(), cohort("de", 0.95, 0.5, direction="unknown"))) == []
    fewer = cohort("ja", 0.05, 0.12, metric="failures", direction="lower")
    assert [name for name, _ in named(compare(assessment(), fewer))] == ["language=ja"]


def test_all_cases_together_are_no_cohort_and_cost_no_test() -> None:
    cells = [cell(BASELINE, 0.95), cell(mean=0.5), *cohort("fr", 0.95, 0.9115)]
    assert named(compare(assessment(), cells)) == [("language=fr", near(SUSPECT))]


def test_a_cohort_without_a_side_or_a_spread_is_not_tested() -> None:
    unknown = cohort("ja", 4.0, 1.0, unit="grade")
    cells = [*cohort("fr", 0.95, 0.9115), cell(mean=0.1, dimension="language", value="it"), *unknown]
    assert named(compare(assessment(), cells)) == [("language=fr", near(SUSPECT))]


def test_pairs_find_a_cohort_that_independent_cases_do_not() -> None:
    """Of 24 cases that differ 18 got worse: P(Bin(24, ½) ≤ 6) = 190,051 / 2^24 = 0.01133."""
    cells = cohort("ja", 0.95, 0.938, n=1_000)
    key = ("task_success", "*", "language=ja")
    file: dict[tuple[str, ...], str] = {(version, *key): HERE for version in (BASELINE, CANDIDATE)}
    same = pair(dimension="language", value="ja", **pair_figures(932, 18, 6, 44))
    assert named(compare(assessment(), cells)) == []
    assert named(compare(assessment(), cells, [same], file)) == [("language=ja", near(190_051 / 2**24))]


def test_of_cohorts_that_are_as_surely_worse_the_one_that_lost_more_comes_first() -> None:
    """18 of the 24 cases that differ got worse in both: 1.2 points of 1,000 cases, 2.4 of 500."""
    counts = {"de": (932, 18, 6, 44), "fr": (432, 18, 6, 44), "ja": (932, 18, 6, 44)}
    cells = [side for value, (both, *_) in counts.items() for side in cohort(value, 0.95, 0.938, n=both + 68)]
    keys = [("task_success", "*", f"language={value}") for value in counts]
    file: dict[tuple[str, ...], str] = {(version, *key): HERE for version in (BASELINE, CANDIDATE) for key in keys}
    same = [pair(dimension="language", value=value, **pair_figures(*of)) for value, of in counts.items()]
    adjusted_p = near(3 * 190_051 / 2**24)
    assert named(compare(assessment(), cells, same, file)) == [
        ("language=fr", adjusted_p),
        ("language=de", adjusted_p),
        ("language=ja", adjusted_p),
    ]


def test_a_tail_is_named_where_its_interval_lies_beyond_0() -> None:
    def tail(low: float, high: float) -> dict[str, Any]:
        return {"p95": (low + high) / 2, "p95_low": low, "p95_high": high}

    where = {"dimension": "language", "value": "ja"}
    before = cell(BASELINE, 800.0, **LATENCY | where | tail(900, 1_100))
    for limits_, found in (((1_900, 2_100), ["language=ja"]), ((1_000, 1_200), []), ((100, 200), [])):
        rows = compare(assessment(), [before, cell(mean=800.0, **LATENCY | where | tail(*limits_))])
        assert [name for name, _ in named(rows, "p95")] == found
        assert named(rows) == []


def test_a_tail_that_stayed_to_the_very_figure_is_not_named() -> None:
    fixed = LATENCY | {"dimension": "language", "value": "ja", "p95": 1_000.0, "p95_low": 1_000.0, "p95_high": 1_000.0}
    assert named(compare(assessment(), [cell(BASELINE, 800.0, **fixed), cell(mean=800.0, **fixed)]), "p95") == []


def test_the_surest_cohort_comes_before_one_that_is_worse_by_more() -> None:
    cells = [*cohort("ja", 0.95, 0.87, n=400), *cohort("de", 0.95, 0.9, n=40_000)]
    assert [name for name, _ in named(compare(assessment(), cells))] == ["language=de", "language=ja"]


def test_of_many_tails_those_are_named_that_are_worse_beyond_chance_for_so_many() -> None:
    def tails(value: str, p95: float) -> list[Cell]:
        limits_ = {"p95": p95, "p95_low": p95 - 100, "p95_high": p95 + 100}
        flat = {"p95": 1_000.0, "p95_low": 900.0, "p95_high": 1_100.0}
        where: dict[str, Any] = LATENCY | {"dimension": "language", "value": value}
        return [cell(BASELINE, 800.0, **where | flat), cell(mean=800.0, **where | limits_)]

    suspect, sure = tails("fr", 1_150.0), tails("ja", 1_500.0)
    p = bounds.quantiles_p(150.0, Interval(150 - math.sqrt(20_000), 150 + math.sqrt(20_000)), 400)
    assert named(compare(assessment(), suspect), "p95") == [("language=fr", near(p))]
    equal = [each for number in range(9) for each in tails(f"x{number}", 1_000.0)]
    among = named(compare(assessment(), [*suspect, *sure, *equal]), "p95")
    assert [name for name, _ in among] == ["language=ja"]


def test_the_order_in_which_cases_are_summed_up_makes_no_change() -> None:
    (row,) = compare(assessment(), [cell(BASELINE, 0.1 + 0.2), cell(mean=0.3)])
    assert (row.change(), row.worsening()) == (0.0, 0.0)
