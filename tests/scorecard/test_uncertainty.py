"""Which interval a cell or a difference gets, by what is known of it."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from readiness.model.cells import Cell, Pair
from readiness.scorecard import bounds, intervals
from readiness.scorecard.bounds import Sample
from readiness.scorecard.intervals import Interval
from readiness.scorecard.uncertainty import Difference, Pairs, difference, of_cell
from tests.factories import BASELINE, CANDIDATE, cell, pairs_of
from tests.figures import near

GRADE: dict[str, Any] = {"unit": "grade", "passed": None}
SECONDS: dict[str, Any] = {"metric": "latency_ms", "unit": "ms", "direction": "lower", "mean": 800.0, "passed": None}


def found(baseline: Cell, candidate: Cell, pairs: Pairs | None = None, stat: Any = "mean") -> Difference:
    between = difference(baseline, candidate, pairs, stat)
    assert between is not None
    return between


# One cell


@pytest.mark.parametrize(("passed", "n"), [(0, 10), (1, 29), (81, 263), (10, 10)])
def test_a_rate_of_cases_has_the_exact_interval(passed: int, n: int) -> None:
    """81 of 263 is 0.2527 to 0.3676 in Newcombe 1998, Stat. Med. 17:857–872, table 1, method 5."""
    rate = cell(mean=passed / n, n=n, passed=passed, sd=0.5)
    exact = intervals.exact(passed, n)
    assert of_cell(rate) == Interval(near(exact.low), near(exact.high))
    assert of_cell(rate.model_copy(update={"unit": "", "sd": None})) == of_cell(rate)
    if passed == 81:
        assert of_cell(rate) == Interval(near(0.2527, abs=5e-5), near(0.3676, abs=5e-5))


@pytest.mark.parametrize("mean", [0.0, 0.93, 0.9333333, 1.0])
def test_a_stated_rate_has_the_interval_of_as_many_cases_whole_or_not(mean: float) -> None:
    exact = intervals.exact(mean * 400, 400)
    assert of_cell(cell(mean=mean, passed=None, stated=True)) == Interval(near(exact.low), near(exact.high))


def test_a_rate_of_repeating_digits_is_still_one_of_whole_cases() -> None:
    exact = intervals.exact(1, 3)
    for mean in (1 / 3, 0.333333333):
        interval = of_cell(cell(mean=mean, n=3, passed=1, unit=""))
        assert interval == Interval(near(exact.low, abs=1e-6), near(exact.high, abs=1e-6))


@pytest.mark.parametrize(
    "fields",
    [
        {"mean": 4.2, "unit": "ratio"},
        {"mean": 1.5, "unit": "ratio"},
        {"mean": -0.1, "unit": "ratio"},
        {"mean": 0.93, "unit": "USD"},
        {"mean": 0.93, "unit": ""},
        {"mean": 0.93, "unit": "ratio", "n": None},
    ],
)
def test_a_figure_that_may_be_no_rate_has_no_interval_without_its_spread(fields: dict[str, Any]) -> None:
    assert of_cell(cell(**{"stated": True, "passed": None} | fields)) is None


def test_a_mean_has_the_interval_of_student() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, § 1.3.5.2, ZARR13.DAT."""
    interval = of_cell(cell(mean=9.261460, sd=0.02278881, n=195, **GRADE))
    assert interval == Interval(near(9.258242, abs=1e-6), near(9.264679, abs=1e-6))


def test_a_grade_that_also_says_who_passed_is_a_mean_and_no_rate() -> None:
    """Three of four cases pass, while their grades are 0.7 on average; without a unit nothing bounds a grade."""
    graded: dict[str, Any] = {"mean": 0.7, "n": 4, "passed": 3}
    assert of_cell(cell(**graded, sd=0.1, unit="")) == intervals.mean(0.7, 0.1, 4)
    assert of_cell(cell(**graded, unit="")) is None
    assert of_cell(cell(**graded, sd=0.1, unit="ratio")) == bounds.interval(Sample(0.7, 4, 0.1))
    assert of_cell(cell(**graded, unit="ratio")) == bounds.interval(Sample(0.7, 4))


@pytest.mark.parametrize("mean", [0.0, 0.93, 1.0])
def test_scores_from_0_to_1_are_bounded_by_both_and_a_stated_spread_counts(mean: float) -> None:
    assert of_cell(cell(mean=mean, passed=None)) == bounds.interval(Sample(mean, 400))
    for stated in (False, True):
        spread = cell(mean=mean, sd=0.1, passed=None, stated=stated)
        assert of_cell(spread) == bounds.interval(Sample(mean, 400, 0.1))


def test_two_scores_of_97_settle_nothing_and_a_skewed_cohort_is_not_sure_to_be_above_90() -> None:
    """Two cases of 0.97, and 47 of which most are 1: bootstrap-t has 80.6 % to 98.7 %, Student's t 93.5 % to 99.6 %."""
    two = of_cell(cell(mean=0.97, sd=0.0, n=2, passed=None))
    assert two is not None
    assert two.low < 0.2
    many = of_cell(cell(mean=0.9655, sd=0.104, n=47, passed=None))
    assert many is not None
    assert many.low < 0.9
    assert many.high > 0.98


def test_values_that_nothing_bounds_say_nothing_without_spread() -> None:
    assert of_cell(cell(mean=800.0, sd=0.0, n=40, passed=None, unit="ms")) is None


def test_a_confidence_is_that_of_every_interval() -> None:
    rate, graded = cell(mean=0.9, n=50), cell(mean=4.2, sd=0.5, **GRADE)
    tail = cell(**SECONDS, p50=100.0, p50_low=90.0, p50_high=120.0)
    assert of_cell(rate, confidence=0.99) == bounds.interval(Sample(0.9, 50), confidence=0.99)
    assert of_cell(graded, confidence=0.99) == intervals.mean(4.2, 0.5, 400, confidence=0.99)
    assert of_cell(tail, "p50", confidence=0.99) == bounds.stretched(100.0, Interval(90.0, 120.0), 400, 0.99)
    turns = tail.model_copy(update={"cases": 400, "clusters": 12})
    assert of_cell(turns, "p50", confidence=0.99) == bounds.stretched(100.0, Interval(90.0, 120.0), 12, 0.99)
    wider = difference(tail, tail, None, "p50", confidence=0.99)
    assert wider is not None
    assert wider.interval.high > found(tail, tail, None, "p50").interval.high
    for pair in ((rate, rate), (graded, graded)):
        (wide,) = [between.interval for between in [difference(*pair, confidence=0.99)] if between]
        assert wide.high > found(*pair).interval.high


@pytest.mark.parametrize("fields", [{"n": None}, {"n": 0}, {"n": 1}, {"sd": None}, {"mean": None}])
def test_a_mean_of_which_too_little_is_known_has_no_interval(fields: dict[str, Any]) -> None:
    assert of_cell(cell(**{"mean": 4.2, "sd": 0.3} | GRADE | fields)) is None


@pytest.mark.parametrize("n", [0, None])
def test_a_rate_of_nobody_knows_how_many_has_no_interval(n: int | None) -> None:
    assert of_cell(cell(mean=0.93, n=n, passed=None, stated=True)) is None


@pytest.mark.parametrize("stat", ["p50", "p95", "p99"])
@pytest.mark.parametrize(
    ("low", "high", "interval"),
    [
        (90.0, 110.0, Interval(90.0, 110.0)),
        (None, 110.0, Interval(-math.inf, 110.0)),
        (90.0, None, Interval(90.0, math.inf)),
        (None, None, None),
    ],
)
def test_a_quantile_has_the_limits_of_its_ranks_and_is_open_where_there_is_none(
    stat: Any, low: float | None, high: float | None, interval: Interval | None
) -> None:
    others = {f"{name}_low": 1.0 for name in ("p50", "p95", "p99")} | {"p50": 1.0, "p95": 1.0, "p99": 1.0}
    given = SECONDS | others | {stat: 100.0, f"{stat}_low": low, f"{stat}_high": high}
    assert of_cell(cell(**given), stat) == interval
    assert of_cell(cell(**given | {stat: None}), stat) is None
    assert of_cell(cell(**given | {"n": None}), stat) is None


def test_the_limits_of_a_quantile_always_hold_it() -> None:
    """Of two cases the greater one is the lower limit of p99, which lies just below it by interpolation."""
    tail = cell(**SECONDS | {"n": 2}, p99=199.0, p99_low=200.0)
    interval = of_cell(tail, "p99")
    assert interval is not None
    assert interval.low <= 199.0
    assert found(tail, tail, stat="p99").interval == Interval(-math.inf, math.inf)


# Two cells


def test_two_rates_have_the_exact_limits_of_both_and_the_test_of_that_interval() -> None:
    between = found(cell(BASELINE, 48 / 80, n=80), cell(mean=56 / 70, n=70))
    one, two = Sample(56 / 70, 70), Sample(48 / 80, 80)
    assert between.interval == bounds.difference(one, two)
    assert between.p == bounds.difference_p(one, two)
    assert between.method == "70 cases against 80 others"
    assert between == found(cell(BASELINE, 48 / 80, n=80), cell(mean=56 / 70, n=70))


@pytest.mark.parametrize(("direction", "better"), [("higher", "higher"), ("lower", "lower"), ("unknown", "higher")])
def test_the_test_is_against_worse_in_the_direction_of_the_metric(direction: Any, better: Any) -> None:
    before, now = (cell(version, mean, direction=direction) for version, mean in ((BASELINE, 0.95), (CANDIDATE, 0.92)))
    assert found(before, now).p == bounds.difference_p(Sample(0.92, 400), Sample(0.95, 400), better=better)
    counts = pairs_of(360, 20, 8, 12)
    assert found(before, now, counts).p == intervals.pairs_p(20, 8, better=better)
    before, now = (
        cell(version, mean, sd=0.5, direction=direction, **GRADE)
        for version, mean in ((BASELINE, 4.2), (CANDIDATE, 4.1))
    )
    assert found(before, now).p == intervals.welch_p(4.1, 0.5, 400, 4.2, 0.5, 400, better=better)


def test_stated_rates_are_compared_as_rates() -> None:
    before, now = (cell(version, 0.933, passed=None, stated=True) for version in (BASELINE, CANDIDATE))
    assert found(before, now).interval == bounds.difference(Sample(0.933, 400), Sample(0.933, 400))
    assert found(cell(BASELINE, 0.95), now).interval == bounds.difference(Sample(0.933, 400), Sample(0.95, 400))


def test_two_means_have_the_interval_of_welch() -> None:
    """Student's sleep data, as R prints them: −3.3654832 to 0.2054832, p = 0.07939 two-sided."""
    before = cell(BASELINE, 2.33, sd=2.002248735796829, n=10, **GRADE)
    now = cell(mean=0.75, sd=1.7890096577591623, n=10, **GRADE)
    between = found(before, now)
    assert between.interval == Interval(near(-3.3654832, abs=5e-8), near(0.2054832, abs=5e-8))
    assert between.p == near(0.07939 / 2, abs=3e-6)
    assert between.method == "10 cases against 10 others"


def test_a_rate_against_a_score_is_a_difference_of_means() -> None:
    rate, graded = cell(BASELINE, 0.75, n=8, passed=6, sd=0.4629), cell(mean=0.7, sd=0.1, n=4, passed=3)
    assert found(rate, graded).interval == bounds.difference(Sample(0.7, 4, 0.1), Sample(0.75, 8))


def test_two_cases_on_a_side_are_the_fewest_whose_means_are_compared() -> None:
    before, now = cell(BASELINE, 4.0, sd=0.5, **GRADE | {"n": 2}), cell(mean=3.0, sd=0.5, **GRADE | {"n": 2})
    assert found(before, now).interval == intervals.welch(3.0, 0.5, 2, 4.0, 0.5, 2)
    assert of_cell(now) == intervals.mean(3.0, 0.5, 2)


@pytest.mark.parametrize("fields", [{"sd": None}, {"n": None}, {"n": 1}, {"mean": None}])
def test_means_of_which_too_little_is_known_have_no_difference(fields: dict[str, Any]) -> None:
    known, unknown = {"mean": 4.2, "sd": 0.3} | GRADE, {"mean": 4.2, "sd": 0.3} | GRADE | fields
    assert difference(cell(BASELINE, **known), cell(**unknown)) is None
    assert difference(cell(BASELINE, **unknown), cell(**known)) is None


def test_means_without_any_spread_have_no_difference_unless_they_are_bounded() -> None:
    flat, spread = {"mean": 4.2, "sd": 0.0} | GRADE, {"mean": 4.0, "sd": 0.3} | GRADE
    assert difference(cell(BASELINE, **flat), cell(**flat)) is None
    assert found(cell(BASELINE, **flat), cell(**spread)).interval == intervals.welch(4.0, 0.3, 400, 4.2, 0.0, 400)
    two: dict[str, Any] = {"mean": 0.97, "n": 2, "sd": 0.0, "passed": None}
    bounded = found(cell(BASELINE, **two), cell(**two))
    assert bounded.interval.low < -0.5
    assert bounded.p == 0.5


def test_the_same_cases_have_the_paired_interval_and_the_exact_test() -> None:
    counts = pairs_of(36, 2, 12, 0)
    between = found(cell(BASELINE, 38 / 50, n=50), cell(mean=48 / 50, n=50), counts)
    assert between.interval == intervals.paired(36, 2, 12, 0)
    assert between.p == intervals.pairs_p(2, 12)
    assert between.method == "the same 50 cases under both versions"


@pytest.mark.parametrize(("before", "now"), [(40, 40), (400, 42), (43, 4_000)])
def test_the_same_cases_are_compared_however_few_of_all_they_are(before: int, now: int) -> None:
    between = found(cell(BASELINE, 0.5, n=before), cell(n=now, mean=1.0), pairs_of(20, 0, 20, 0))
    assert between.interval == intervals.paired(20, 0, 20, 0)
    unstated = found(cell(BASELINE, 0.5, n=None), cell(mean=1.0, n=now), pairs_of(20, 0, 20, 0))
    assert unstated.method == f"the same 40{'' if now == 40 else f' of {now:,}'} cases under both versions"
    all_cases = "" if max(before, now) == 40 else f" of {max(before, now):,}"
    assert between.method == f"the same 40{all_cases} cases under both versions"


def test_means_of_the_same_cases_have_the_interval_of_their_differences() -> None:
    """Student's sleep data again, as the pairs they are: −2.4598858 to −0.7001142, p = 0.002833 two-sided (R)."""
    same = Pairs(cases=10, n=10, baseline=2.33, candidate=0.75, sd=1.229995)
    between = found(cell(BASELINE, 2.33, sd=2.0, n=10, **GRADE), cell(mean=0.75, sd=1.8, n=10, **GRADE), same)
    assert between.interval == Interval(near(-2.4598858, abs=1e-5), near(-0.7001142, abs=1e-5))
    assert between.p == near(0.002833 / 2, abs=1e-6)


def test_grades_of_one_pair_have_no_difference_and_without_any_spread_a_rate_keeps_room_for_one() -> None:
    before, now = cell(BASELINE, 4.0, sd=0.5, **GRADE), cell(mean=4.0, sd=0.5, **GRADE)
    assert difference(before, now, Pairs(cases=1, n=1, baseline=4.0, candidate=4.0)) is None
    same = found(cell(BASELINE, 0.81), cell(mean=0.81), Pairs(cases=20, n=20, baseline=0.81, candidate=0.81, sd=0.0))
    assert same.interval == bounds.interval(Sample(0.0, 20, 0.0, -1, 1))
    assert same.interval.high > 0.1


# Cases that depend on each other


def limits(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return near(interval.low), near(interval.high)


def test_of_runs_of_the_same_cases_only_the_cases_count() -> None:
    """20 cases of which 19 always pass, each run 20 times: as sure as 19 of 20, not as 380 of 400."""
    stated: dict[str, Any] = {"n": 400, "cases": 20, "clusters": 20, "effective": 20.0}
    runs = cell(mean=0.95, passed=380, se=math.sqrt(0.95 * 0.05 / 19), **stated)
    assert limits(of_cell(runs)) == limits(intervals.exact(19, 20))
    assert limits(of_cell(cell(mean=1.0, se=0.0, **stated))) == limits(intervals.exact(20, 20))


def test_clusters_of_different_sizes_count_as_fewer() -> None:
    runs = cell(mean=0.5, n=100, cases=100, clusters=20, effective=12.0, se=0.1)
    assert of_cell(runs) == bounds.interval(bounds.clustered(0.5, 0.1, 20, effective=12))


def test_a_cluster_alone_is_one_case_and_tells_no_spread() -> None:
    turns = cell(mean=0.95, n=40, passed=38, cases=40, clusters=1)
    assert of_cell(turns) == bounds.interval(Sample(0.95, 1))
    assert of_cell(turns.model_copy(update={"unit": ""})) == of_cell(turns)
    assert of_cell(cell(mean=4.2, sd=0.1, n=40, cases=40, clusters=1, **GRADE)) is None


def test_a_mean_of_clusters_has_the_interval_of_t_with_one_less_than_there_are_clusters() -> None:
    graded = cell(mean=4.2, sd=0.1, n=400, cases=400, clusters=12, se=0.2, **GRADE)
    interval = of_cell(graded)
    assert interval == Interval(near(4.2 - 2.20098516 * 0.2), near(4.2 + 2.20098516 * 0.2))


@pytest.mark.parametrize("mean", [0.0, 0.5, 1.0, 1.5, -0.5])
def test_clusters_of_scores_are_bounded_by_0_and_1_where_their_unit_and_mean_say_so(mean: float) -> None:
    turns: dict[str, Any] = {"mean": mean, "n": 100, "cases": 100, "clusters": 12, "se": 0.1, "passed": None}
    unbounded = Interval(near(mean - 2.20098516 * 0.1), near(mean + 2.20098516 * 0.1))
    bounded = bounds.interval(bounds.clustered(mean, 0.1, 12)) if 0 <= mean <= 1 else unbounded
    assert of_cell(cell(**turns, unit="ratio")) == bounded
    assert of_cell(cell(**turns, unit="grade")) == unbounded


def test_clusters_are_compared_with_their_own_spread() -> None:
    before, now = (
        cell(version, mean, n=400, passed=int(mean * 400), cases=20, clusters=20, se=math.sqrt(mean * (1 - mean) / 19))
        for version, mean in ((BASELINE, 0.95), (CANDIDATE, 0.9))
    )
    between = found(before, now)
    assert limits(between.interval) == limits(bounds.difference(Sample(0.9, 20), Sample(0.95, 20)))
    assert between.method == "400 runs of 20 cases against others, 400 runs of 20 cases"


def test_what_the_same_cases_were_is_said_with_their_clusters() -> None:
    same = Pairs(cases=80, n=12, baseline=0.9, candidate=0.8, sd=0.2)
    between = found(cell(BASELINE, 0.9, n=100), cell(mean=0.8, n=90), same)
    assert between.method == "the same 80 of 100 cases in 12 clusters under both versions"
    assert between.interval == bounds.interval(Sample(0.8 - 0.9, 12, 0.2, -1, 1))
    counted = dataclasses.replace(same, both=64, only_baseline=8, only_candidate=0, neither=8)
    assert found(cell(BASELINE, 0.9, n=100), cell(mean=0.8, n=90), counted) == between


def test_a_pair_is_turned_round_where_its_first_version_is_the_candidate() -> None:
    figures: dict[str, Any] = {"cases": 100, "n": 90, "mean_first": 0.6, "mean_second": 0.7, "sd": 0.5}
    figures |= {"both": 50, "only_first": 10, "only_second": 20, "neither": 15, "metric": "task_success"}
    pair = Pair(first=BASELINE, second=CANDIDATE, first_file="a", second_file="b", **figures)
    assert Pairs.of(pair, turned=False) == Pairs(100, 90, 0.6, 0.7, 0.5, 50, 10, 20, 15)
    assert Pairs.of(pair, turned=True) == Pairs(100, 90, 0.7, 0.6, 0.5, 50, 20, 10, 15)


@pytest.mark.parametrize("stat", ["p50", "p95", "p99"])
def test_two_quantiles_have_the_limits_of_both_and_a_test_that_agrees_with_them(stat: Any) -> None:
    """Zou & Donner 2008: 100 [80 to 130] less 60 [50 to 70] is 40 − √(20² + 10²) to 40 + √(30² + 10²)."""

    def tail(version: str, value: float, low: float | None, high: float | None) -> Cell:
        return cell(version, **SECONDS, **{stat: value, f"{stat}_low": low, f"{stat}_high": high})

    before, now = tail(BASELINE, 60.0, 50.0, 70.0), tail(CANDIDATE, 100.0, 80.0, 130.0)
    between = found(before, now, pairs_of(400, 0, 0, 0), stat)
    assert between.interval == Interval(near(40 - math.sqrt(500)), near(40 + math.sqrt(1_000)))
    assert between.p == bounds.quantiles_p(40.0, between.interval, 400)
    assert between.p < 0.025
    assert between.method == "400 cases against 400 others"
    fewer = found(before.model_copy(update={"n": 80}), now, stat=stat)
    assert fewer.method == "400 cases against 80 others"
    assert fewer.p == bounds.quantiles_p(40.0, between.interval, 80)
    open_above = found(before, tail(CANDIDATE, 100.0, 80.0, None), None, stat).interval
    assert open_above == Interval(near(40 - math.sqrt(500)), math.inf)
    open_below = found(before, tail(CANDIDATE, 100.0, None, 130.0), None, stat).interval
    assert open_below == Interval(-math.inf, near(40 + math.sqrt(1_000)))
    assert difference(before, tail(CANDIDATE, 100.0, None, None), None, stat) is None
    assert difference(tail(BASELINE, 60.0, None, None), now, None, stat) is None
