"""How many cases settle a figure, what they could miss, and whether a change matters."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from scipy import stats

from readiness.scorecard.bounds import Sample, difference, interval
from readiness.scorecard.intervals import Interval, ranks
from readiness.scorecard.planning import (
    FEWEST,
    is_within,
    judge,
    needed,
    needed_apart,
    needed_for,
    rests_on_too_few,
    too_few,
    unnoticed,
)
from tests.factories import cell

TIMES: dict[str, Any] = {"low": -math.inf, "high": math.inf}


# How many cases


def test_a_rate_of_1_needs_as_many_cases_as_leave_no_room_for_the_threshold() -> None:
    """0.025^(1/n) ≥ 0.9 from n = 36 on."""
    assert needed(Sample(1.0, 5), least=0.9) == 36
    assert needed(Sample(0.0, 5), most=0.1) == 36


@pytest.mark.parametrize(
    ("sample", "bounds"),
    [
        (Sample(0.95, 40), {"least": 0.9}),
        (Sample(0.95, 40, 0.1), {"least": 0.9}),
        (Sample(0.02, 40), {"most": 0.05}),
        (Sample(0.0, 40, 0.1, -1.0, 1.0), {"least": -0.02}),
        (Sample(0.5, 40), {"least": 0.4, "most": 0.55}),
        (Sample(800.0, 40, 90.0, **TIMES), {"most": 820.0}),
    ],
)
def test_the_fewest_that_settle_it_do_and_one_less_does_not(sample: Sample, bounds: dict[str, float]) -> None:
    fewest = needed(sample, **bounds)
    assert fewest is not None

    def settles(n: int) -> bool:
        found = interval(Sample(sample.mean, n, sample.sd, sample.low, sample.high))
        return bounds.get("least", -math.inf) <= found.low and found.high <= bounds.get("most", math.inf)

    assert settles(fewest)
    assert not settles(fewest - 1)


@pytest.mark.parametrize("n", [1, 2, 3, 100])
def test_a_bound_that_is_the_limit_of_so_many_cases_needs_just_these(n: int) -> None:
    limits = interval(Sample(0.5, n))
    for rounding in (0.0, 1e-12):
        assert needed(Sample(0.5, 40), least=limits.low + rounding) == n
        assert needed(Sample(0.5, 40), most=limits.high - rounding) == n


def test_more_confidence_needs_more_cases() -> None:
    less, more = (needed(Sample(0.95, 40), least=0.9, confidence=level) for level in (0.95, 0.99))
    assert less is not None
    assert more is not None
    assert less < more


@pytest.mark.parametrize("least", [0.95, 0.96])
def test_no_number_of_cases_settles_a_figure_at_its_bound_or_beyond(least: float) -> None:
    assert needed(Sample(0.95, 40), least=least) is None
    assert needed_apart(Sample(0.95, 40), Sample(0.9, 40), least=0.05 + (least - 0.95)) is None


def test_a_figure_at_the_end_of_its_scale_is_not_settled_by_a_bound_there() -> None:
    assert needed(Sample(0.0, 40), least=0.0) is None
    assert needed(Sample(0.0, 40), least=0.0, most=0.5) is None
    assert needed(Sample(1.0, 40), most=1.0) is None
    assert needed(Sample(1.0, 40), least=0.5, most=1.0) is None


def test_a_figure_that_is_all_but_at_its_bound_needs_more_cases_than_there_are() -> None:
    assert needed(Sample(0.5, 40), least=0.5 - 1e-7) is None


def test_a_figure_that_settles_it_now_needs_no_more_than_it_has() -> None:
    fewest = needed(Sample(0.99, 4_000), least=0.9)
    assert fewest is not None
    assert fewest < 4_000


def test_two_samples_grow_in_proportion_until_their_difference_settles_it() -> None:
    one, two = Sample(0.94, 100), Sample(0.95, 400)
    fewest = needed_apart(one, two, least=-0.05)
    assert fewest is not None
    for n, settled in ((fewest, True), (fewest - 1, False)):
        assert (difference(Sample(0.94, n), Sample(0.95, 4 * n)).low >= -0.05) == settled


def test_two_samples_of_times_settle_it_from_two_cases_each_and_never_where_one_has_no_spread() -> None:
    fast, slow = Sample(800.0, 40, 90.0, **TIMES), Sample(900.0, 40, 90.0, **TIMES)
    fewest = needed_apart(fast, slow, most=0.0)
    assert fewest is not None
    for n, settled in ((fewest, True), (fewest - 1, False)):
        sides = (Sample(mean, n, 90.0, **TIMES) for mean in (800.0, 900.0))
        assert (difference(*sides).high <= 0) == settled
    assert needed_apart(fast, Sample(900.0, 40, None, **TIMES), most=0.0) is None
    assert needed_apart(Sample(800.0, 40, None, **TIMES), slow, most=0.0) is None


@pytest.mark.parametrize(
    ("bound", "n", "cases"),
    [
        (1_000.0, 100, 225),
        (850.0, 100, 400),
        (1_050.0, 100, 100),
        (1_100.0, 100, 57),
        (900.0, 100, None),
        (1_000.0, 0, None),
        (1_000.0, None, None),
    ],
)
def test_the_limit_of_a_quantile_comes_to_a_bound_with_the_root_of_n(
    bound: float, n: int | None, cases: int | None
) -> None:
    """900 ms [800 to 1,050]: 100 ms are to be two thirds of 150, which takes 2.25 times the cases."""
    assert needed_for(900.0, Interval(800.0, 1_050.0), bound, n) == cases


def test_an_open_limit_or_more_than_a_thousand_million_cases_settle_nothing() -> None:
    assert needed_for(900.0, Interval(800.0, math.inf), 1_000.0, 100) is None
    assert needed_for(900.0, Interval(800.0, math.inf), 850.0, 100) == 400
    assert needed_for(0.0, Interval(-1.0, 1_000.0), 1.0, 1_000) == 10**9
    assert needed_for(0.0, Interval(-1.0, 1_001.0), 1.0, 1_000) is None
    assert needed_for(0.0, Interval(-1e-12, 1e-12), 1e-12, 100) is None


# What could be missed


def test_a_loss_is_noticed_in_80_of_100_samples_where_it_is_that_far_beyond_the_limit() -> None:
    """Of a normal estimate with standard error 1 the interval is ±1.96; it leaves 0 out for a true loss of 2.80."""
    z = float(stats.norm.isf(0.025))
    loss = unnoticed(0.0, Interval(-z, z), "higher")
    assert loss == pytest.approx(2.8016, abs=1e-4)
    assert stats.norm.sf(z - loss) == pytest.approx(0.8, abs=1e-4)
    assert unnoticed(0.0, Interval(-z, z), "higher", power=0.5) == pytest.approx(z)


def test_what_could_be_missed_lies_on_the_side_that_is_worse() -> None:
    between = Interval(-0.01, 0.05)
    assert unnoticed(0.02, between, "lower", power=0.5) == pytest.approx(0.03)
    assert unnoticed(0.01, between, "higher", power=0.5) == pytest.approx(0.04)
    assert unnoticed(0.01, Interval(-math.inf, 0.05), "lower") == math.inf


# Whether it matters


@pytest.mark.parametrize(
    ("low", "high", "margin", "higher"),
    [
        (-0.01, 0.015, 0.02, "same"),
        (-0.015, -0.005, 0.02, "same"),
        (-0.02, 0.02, 0.02, "same"),
        (-0.03, 0.01, 0.02, "cannot tell"),
        (-0.04, -0.01, 0.02, "worse"),
        (0.01, 0.04, 0.02, "better"),
        (-0.01, 0.015, 0.0, "cannot tell"),
        (0.005, 0.01, 0.0, "better"),
        (-0.01, -0.005, 0.0, "worse"),
        (0.0, 0.01, 0.0, "cannot tell"),
        (0.0, 0.0, 0.0, "cannot tell"),
        (-math.inf, math.inf, 0.02, "cannot tell"),
    ],
)
def test_a_change_is_the_same_within_the_margin_else_better_or_worse_only_beyond_0(
    low: float, high: float, margin: float, higher: str
) -> None:
    turned = {"better": "worse", "worse": "better"}
    assert judge(Interval(low, high), "higher", margin) == higher
    assert judge(Interval(low, high), "lower", margin) == turned.get(higher, higher)


def test_what_rounding_leaves_is_no_change_and_no_margin_is_taken_unless_told() -> None:
    assert judge(Interval(1e-12, 1.0), "higher") == judge(Interval(-1.0, -1e-12), "higher") == "cannot tell"
    assert judge(Interval(0.5, 0.6), "higher") == "better"
    assert is_within(Interval(-1e-12, 1e-12), 0.0)
    assert not is_within(Interval(-2e-12, 0.0), 0.0)
    assert not is_within(Interval(0.0, 2e-12), 0.0)


# Too few cases


@pytest.mark.parametrize("stat", ["p95", "p99"])
def test_a_tail_has_too_few_cases_where_no_value_bounds_it_above_with_95_percent(stat: Any) -> None:
    q, fewest = int(stat[1:]) / 100, FEWEST[stat]
    assert too_few(stat, fewest - 1)
    assert not too_few(stat, fewest)
    assert ranks(fewest, q, confidence=0.9)[1] is not None
    assert ranks(fewest - 2, q, confidence=0.9)[1] is None


def test_a_mean_and_a_median_have_no_such_rule() -> None:
    assert not too_few("mean", 1)
    assert not too_few("p50", 1)
    assert not too_few("mean", 0)


@pytest.mark.parametrize(
    ("stat", "fields", "few"),
    [
        ("p95", {"n": 59}, True),
        ("p95", {"n": 60}, False),
        ("p99", {"n": 299}, True),
        ("p99", {"n": 300}, False),
        ("p95", {"n": 400, "cases": 400, "clusters": 59}, True),
        ("p95", {"n": 400, "cases": 400, "clusters": 60}, False),
        ("p95", {"n": None}, False),
        ("mean", {"n": 1}, False),
    ],
)
def test_a_figure_rests_on_as_many_cases_as_do_not_depend_on_each_other(
    stat: Any, fields: dict[str, Any], few: bool
) -> None:
    assert rests_on_too_few(cell(**fields), stat) == few


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: needed(Sample(0.5, 5)), "neither least nor most; expected at least one"),
        (lambda: judge(Interval(0, 1), "higher", -0.1), "a margin of -0.1; expected 0 or more"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_expected(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
