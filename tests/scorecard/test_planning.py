"""How many cases settle a figure, what they could miss, and whether a change matters."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from scipy import stats

from readiness.scorecard.bounds import Sample, difference, interval
from readiness.scorecard.intervals import Interval, ranks
from readiness.scorecard.planning import FEWEST, judge, needed, needed_apart, too_few, unnoticed

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


def test_more_confidence_needs_more_cases() -> None:
    less, more = (needed(Sample(0.95, 40), least=0.9, confidence=level) for level in (0.95, 0.99))
    assert less is not None
    assert more is not None
    assert less < more


@pytest.mark.parametrize("least", [0.95, 0.96])
def test_no_number_of_cases_settles_a_figure_at_its_bound_or_beyond(least: float) -> None:
    assert needed(Sample(0.95, 40), least=least) is None
    assert needed_apart(Sample(0.95, 40), Sample(0.9, 40), least=0.05 + (least - 0.95)) is None


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
