"""Which interval a cell or a difference gets, by what is known of it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from readiness.model.cells import Cell
from readiness.scorecard import intervals
from readiness.scorecard.intervals import Interval
from readiness.scorecard.uncertainty import Difference, Pairs, difference, of_cell
from tests.factories import BASELINE, CANDIDATE, cell
from tests.figures import near

GRADE: dict[str, Any] = {"unit": "grade", "passed": None}
SECONDS: dict[str, Any] = {"metric": "latency_ms", "unit": "ms", "direction": "lower", "mean": 800.0, "passed": None}


def found(baseline: Cell, candidate: Cell, pairs: Pairs | None = None, stat: Any = "mean") -> Difference:
    between = difference(baseline, candidate, pairs, stat)
    assert between is not None
    return between


# One cell


@pytest.mark.parametrize(("passed", "n"), [(0, 10), (1, 29), (81, 263), (10, 10)])
def test_a_rate_of_cases_has_the_interval_of_wilson(passed: int, n: int) -> None:
    """81 of 263 is 0.2553 to 0.3662 in Newcombe 1998, Stat. Med. 17:857–872, table 1."""
    rate = cell(mean=passed / n, n=n, passed=passed, sd=0.5)
    assert of_cell(rate) == intervals.wilson(passed, n)
    if passed == 81:
        assert of_cell(rate) == Interval(near(0.2553, abs=5e-5), near(0.3662, abs=5e-5))


@pytest.mark.parametrize("mean", [0.0, 0.93, 0.9333333, 1.0])
def test_a_stated_rate_has_the_interval_of_as_many_cases_whole_or_not(mean: float) -> None:
    assert of_cell(cell(mean=mean, passed=None, stated=True)) == intervals.wilson(mean * 400, 400)


def test_a_rate_of_repeating_digits_is_still_one_of_whole_cases() -> None:
    assert of_cell(cell(mean=1 / 3, n=3, passed=1)) == intervals.wilson(1, 3)


@pytest.mark.parametrize(
    "fields",
    [
        {"mean": 4.2, "unit": "ratio"},
        {"mean": 1.5, "unit": "ratio"},
        {"mean": -0.1, "unit": "ratio"},
        {"mean": 0.93, "unit": "USD"},
        {"mean": 0.93, "unit": ""},
        {"mean": 0.93, "unit": "ratio", "n": None},
        {"mean": 0.93, "unit": "ratio", "stated": False},
    ],
)
def test_a_figure_that_may_be_no_rate_has_no_interval_without_its_spread(fields: dict[str, Any]) -> None:
    assert of_cell(cell(**{"stated": True, "passed": None} | fields)) is None


def test_a_mean_has_the_interval_of_student() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, § 1.3.5.2, ZARR13.DAT."""
    interval = of_cell(cell(mean=9.261460, sd=0.02278881, n=195, **GRADE))
    assert interval == Interval(near(9.258242, abs=1e-6), near(9.264679, abs=1e-6))


@pytest.mark.parametrize("unit", ["ratio", ""])
def test_a_grade_that_also_says_who_passed_is_a_mean_and_no_rate(unit: str) -> None:
    """Three of four cases pass, while their grades are 0.7 on average."""
    graded = cell(mean=0.7, sd=0.1, n=4, passed=3, unit=unit)
    assert of_cell(graded) == intervals.mean(0.7, 0.1, 4)
    assert of_cell(graded) != intervals.wilson(3, 4)
    assert of_cell(cell(mean=0.7, n=4, passed=3, unit=unit)) is None


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


def test_two_rates_have_the_interval_of_newcombe_and_the_score_test() -> None:
    """56 of 70 against 48 of 80 is 0.0524 to 0.3339 in Newcombe 1998, Stat. Med. 17:873–890, table 2."""
    between = found(cell(BASELINE, 48 / 80, n=80), cell(mean=56 / 70, n=70))
    assert between.interval == intervals.newcombe(56, 70, 48, 80)
    assert between.interval == Interval(near(0.0524, abs=5e-5), near(0.3339, abs=5e-5))
    assert between.p == intervals.two_rates_p(56, 70, 48, 80)
    assert between.method == "70 cases against 80 others"


@pytest.mark.parametrize(("direction", "better"), [("higher", "higher"), ("lower", "lower"), ("unknown", "higher")])
def test_the_test_is_against_worse_in_the_direction_of_the_metric(direction: Any, better: Any) -> None:
    before, now = (cell(version, mean, direction=direction) for version, mean in ((BASELINE, 0.95), (CANDIDATE, 0.92)))
    assert found(before, now).p == intervals.two_rates_p(368, 400, 380, 400, better=better)
    counts = Pairs(360, 20, 8, 12)
    assert found(before, now, counts).p == intervals.pairs_p(20, 8, better=better)
    before, now = (
        cell(version, mean, sd=0.5, direction=direction, **GRADE)
        for version, mean in ((BASELINE, 4.2), (CANDIDATE, 4.1))
    )
    assert found(before, now).p == intervals.welch_p(4.1, 0.5, 400, 4.2, 0.5, 400, better=better)


def test_stated_rates_are_compared_as_rates() -> None:
    before, now = (cell(version, 0.933, passed=None, stated=True) for version in (BASELINE, CANDIDATE))
    assert found(before, now).interval == intervals.newcombe(0.933 * 400, 400, 0.933 * 400, 400)
    assert found(cell(BASELINE, 0.95), now).interval == intervals.newcombe(0.933 * 400, 400, 380, 400)


def test_two_means_have_the_interval_of_welch() -> None:
    """Student's sleep data, as R prints them: −3.3654832 to 0.2054832, p = 0.07939 two-sided."""
    before = cell(BASELINE, 2.33, sd=2.002248735796829, n=10, **GRADE)
    now = cell(mean=0.75, sd=1.7890096577591623, n=10, **GRADE)
    between = found(before, now)
    assert between.interval == Interval(near(-3.3654832, abs=5e-8), near(0.2054832, abs=5e-8))
    assert between.p == near(0.07939 / 2, abs=3e-6)
    assert between.method == "10 cases against 10 others"


def test_a_rate_against_a_grade_is_a_difference_of_means() -> None:
    rate, graded = cell(BASELINE, 0.75, n=8, passed=6, sd=0.4629), cell(mean=0.7, sd=0.1, n=4, passed=3)
    assert found(rate, graded).interval == intervals.welch(0.7, 0.1, 4, 0.75, 0.4629, 8)
    assert found(rate, graded, Pairs(3, 1, 0, 4)).interval == intervals.welch(0.7, 0.1, 4, 0.75, 0.4629, 8)


def test_two_cases_on_a_side_are_the_fewest_whose_means_are_compared() -> None:
    before, now = cell(BASELINE, 4.0, sd=0.5, **GRADE | {"n": 2}), cell(mean=3.0, sd=0.5, **GRADE | {"n": 2})
    assert found(before, now).interval == intervals.welch(3.0, 0.5, 2, 4.0, 0.5, 2)
    assert of_cell(now) == intervals.mean(3.0, 0.5, 2)


@pytest.mark.parametrize("fields", [{"sd": None}, {"n": None}, {"n": 1}, {"mean": None}])
def test_means_of_which_too_little_is_known_have_no_difference(fields: dict[str, Any]) -> None:
    known, unknown = {"mean": 4.2, "sd": 0.3} | GRADE, {"mean": 4.2, "sd": 0.3} | GRADE | fields
    assert difference(cell(BASELINE, **known), cell(**unknown)) is None
    assert difference(cell(BASELINE, **unknown), cell(**known)) is None


def test_the_same_cases_have_the_paired_interval_of_newcombe() -> None:
    """36, 12, 2 and 0 of 50 pairs are 0.0569 to 0.3404 in Newcombe 1998, Stat. Med. 17:2635–2650, method 10."""
    counts = Pairs(both=36, only_baseline=2, only_candidate=12, neither=0)
    between = found(cell(BASELINE, 38 / 50, n=50), cell(mean=48 / 50, n=50), counts)
    assert between.interval == Interval(near(0.0569, abs=5e-5), near(0.3404, abs=5e-5))
    assert between.p == intervals.pairs_p(2, 12)
    assert between.method == "the same 50 cases under both versions"


@pytest.mark.parametrize(
    ("before", "now", "covered"), [(40, 40, True), (40, 42, True), (43, 40, False), (40, 43, False)]
)
def test_pairs_that_leave_more_than_5_in_100_cases_out_are_not_used(before: int, now: int, covered: bool) -> None:
    between = found(cell(BASELINE, 0.5, n=before, passed=None, stated=True), cell(n=now, mean=1.0), Pairs(20, 0, 20, 0))
    assert between.method.startswith("the same 40 cases") == covered


def test_pairs_of_nothing_are_not_used() -> None:
    assert found(cell(BASELINE, 0.95), cell(), Pairs(0, 0, 0, 0)).method == "400 cases against 400 others"


@pytest.mark.parametrize("stat", ["p50", "p95", "p99"])
def test_two_quantiles_have_the_limits_of_both_and_no_test(stat: Any) -> None:
    """Zou & Donner 2008: 100 [80 to 130] less 60 [50 to 70] is 40 − √(20² + 10²) to 40 + √(30² + 10²)."""

    def tail(version: str, value: float, low: float | None, high: float | None) -> Cell:
        return cell(version, **SECONDS, **{stat: value, f"{stat}_low": low, f"{stat}_high": high})

    before, now = tail(BASELINE, 60.0, 50.0, 70.0), tail(CANDIDATE, 100.0, 80.0, 130.0)
    between = found(before, now, Pairs(400, 0, 0, 0), stat)
    assert between.interval == Interval(near(40 - math.sqrt(500)), near(40 + math.sqrt(1_000)))
    assert between.p is None
    assert between.method == "400 cases against 400 others"
    open_above = found(before, tail(CANDIDATE, 100.0, 80.0, None), None, stat).interval
    assert open_above == Interval(near(40 - math.sqrt(500)), math.inf)
    open_below = found(before, tail(CANDIDATE, 100.0, None, 130.0), None, stat).interval
    assert open_below == Interval(-math.inf, near(40 + math.sqrt(1_000)))
    assert difference(before, tail(CANDIDATE, 100.0, None, None), None, stat) is None
