"""Intervals of means from a few figures: what they cover, that their tests agree with them, and their edges."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from readiness.scorecard import intervals
from readiness.scorecard.bounds import (
    Sample,
    clustered,
    comparable,
    difference,
    difference_p,
    interval,
    p_value,
    quantiles_p,
    stretched,
)
from readiness.scorecard.intervals import Better, Interval, exact, mover, shared
from tests.simulation import worlds

DRAWS = 800
FEWEST = 0.93 - 3 * math.sqrt(0.93 * 0.07 / DRAWS)
"""What 800 samples show of a coverage of 93 %, less three standard errors."""
MOST = 0.05 + 3 * math.sqrt(0.05 * 0.95 / DRAWS)


def limits(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


def near(expected: Any, rel: float = 1e-6) -> Any:
    return pytest.approx(expected, rel=rel, abs=1e-9)


# Coverage


@pytest.mark.parametrize("n", [5, 20, 50])
@pytest.mark.parametrize("low", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("high", [1.0, 0.97])
def test_scores_of_two_values_are_covered_in_95_of_100_samples_whatever_their_shares(
    n: int, low: float, high: float
) -> None:
    """By enumeration of all samples, each limit on its own too."""
    count = np.arange(n + 1)
    means, shares = (low * (n - count) + high * count) / n, count / n
    sds = (high - low) * np.sqrt(shares * (1 - shares) * n / (n - 1))
    found = np.array([limits(interval(Sample(*of))) for of in zip(means, [n] * (n + 1), sds, strict=True)])
    share = np.concatenate([np.linspace(0.01, 0.99, 99), 1 - np.geomspace(1e-4, 0.01, 20)])
    chance, truth = stats.binom.pmf(count[:, None], n, share), low + (high - low) * share
    for wrong in (found[:, :1] > truth + 1e-12, found[:, 1:] < truth - 1e-12):
        assert (chance * wrong).sum(axis=0).max() <= 0.025 + 1e-9


@pytest.mark.parametrize("n", [20, 50, 200])
@pytest.mark.parametrize("name", worlds.SCORES)
def test_a_mean_of_scores_is_covered(name: str, n: int) -> None:
    world = worlds.SCORES[name]
    found = [interval(sample) for sample in worlds.samples(world, n, DRAWS)]
    assert worlds.covered(found, world.mean) >= FEWEST


@pytest.mark.parametrize("name", worlds.SCORES)
def test_a_gate_at_the_very_mean_is_passed_by_few_samples_of_30(name: str) -> None:
    world = worlds.SCORES[name]
    passed = [interval(sample).low >= world.mean for sample in worlds.samples(world, 30, DRAWS)]
    assert np.mean(passed) <= MOST


@pytest.mark.parametrize("clusters", [20, 50, 200])
@pytest.mark.parametrize("icc", [0.3, 0.6])
@pytest.mark.parametrize("rate", [0.5, 0.9, 0.98])
def test_clusters_of_1_to_20_runs_are_covered_also_where_only_their_number_is_known(
    clusters: int, icc: float, rate: float
) -> None:
    drawn = list(worlds.clusters(rate, icc, clusters, DRAWS))
    for effective in (True, False):
        found = [interval(world.sample(effective=effective)) for world in drawn]
        assert worlds.covered(found, rate) >= FEWEST


@pytest.mark.parametrize("n", [20, 50, 200])
@pytest.mark.parametrize("name", worlds.CHANGES)
def test_a_mean_of_paired_differences_is_covered(name: str, n: int) -> None:
    world = worlds.CHANGES[name]
    found = [interval(sample) for sample in worlds.samples(world, n, DRAWS)]
    assert worlds.covered(found, world.mean) >= FEWEST


@pytest.mark.parametrize(("n1", "n2"), [(20, 20), (200, 200), (30, 300)])
@pytest.mark.parametrize("name", ["98 of 100 are 1, the others anything", "passes, 98 of 100", "Beta(2, 0.1)"])
def test_a_difference_of_scores_is_covered_and_seldom_seen_where_there_is_none(name: str, n1: int, n2: int) -> None:
    world = worlds.SCORES[name]
    sides = zip(worlds.samples(world, n1, DRAWS), worlds.samples(world, n2, DRAWS, seed=2), strict=True)
    found = [difference(*side) for side in sides]
    assert worlds.covered(found, 0.0) >= FEWEST
    assert np.mean([one.high < 0 for one in found]) <= MOST


# The worst case


def test_a_rate_has_the_exact_interval() -> None:
    for passed, n in ((0, 1), (3, 7), (412, 450), (20, 20)):
        spread = math.sqrt(passed / n * (1 - passed / n) * n / (n - 1)) if n > 1 else None
        assert limits(interval(Sample(passed / n, n))) == near(limits(exact(passed, n)))
        assert limits(interval(Sample(passed / n, n, spread))) == near(limits(exact(passed, n)))


def test_values_that_do_not_differ_are_as_sure_as_that_none_of_so_many_is_rare() -> None:
    """20 of 20 pass: the rate is 0.025^(1/20) at least; so are 20 of 20 that have the one value seen."""
    least = 0.025 ** (1 / 20)
    assert limits(interval(Sample(0.9, 20, 0.0))) == near((0.9 * least, 1 - 0.1 * least))


def test_many_values_have_the_usual_interval() -> None:
    z = stats.norm.isf(0.025)
    low, high = limits(interval(Sample(0.8, 10**8, 0.1)))
    assert (low, high) == pytest.approx((0.8 - z * 1e-5, 0.8 + z * 1e-5), abs=1e-7)


def test_values_of_another_range_are_brought_to_0_to_1() -> None:
    unit, stars = interval(Sample(0.75, 40, 0.2)), interval(Sample(4.0, 40, 0.8, 1.0, 5.0))
    assert limits(stars) == near((1 + 4 * unit.low, 1 + 4 * unit.high))


def test_values_that_nothing_bounds_have_the_interval_of_student() -> None:
    assert limits(interval(Sample(800.0, 40, 90.0, -math.inf, math.inf))) == near(limits(intervals.mean(800, 90, 40)))


def test_20_questions_with_20_runs_each_of_which_19_are_always_right_are_19_of_20() -> None:
    rights = np.array([1.0] * 19 + [0.0])
    se = rights.std(ddof=1) / math.sqrt(20)
    assert limits(interval(clustered(0.95, se, 20))) == near(limits(exact(19, 20)))


def test_clusters_that_all_pass_count_as_so_many_cases() -> None:
    assert limits(interval(clustered(1.0, 0.0, 20))) == near(limits(exact(20, 20)))
    assert limits(interval(clustered(1.0, 0.0, 20, effective=12.5))) == near(limits(exact(12.5, 12.5)))
    assert clustered(1.0, 0.0, 20, effective=25.0).n == 20


def test_clusters_count_for_less_where_their_standard_error_says_so() -> None:
    """A standard error of 0.1 at a rate of one half is that of 25 cases."""
    assert limits(interval(clustered(0.5, 0.1, 10**6))) == near(limits(exact(12.5, 25.0)), rel=1e-5)


@pytest.mark.parametrize(("n", "cases"), [(2, 1.0), (3, 1.125), (11, 3.025)])
def test_more_spread_than_so_many_values_can_have_is_that_of_fewer(n: int, cases: float) -> None:
    """At one half an sd of 1, which is a variance of (n − 1) / n, is n² / 4 (n − 1) cases of ¼ each."""
    assert limits(interval(Sample(0.5, n, 1.0))) == near(limits(exact(cases / 2, cases)))


@pytest.mark.parametrize("mean", [0.0, 1.0])
def test_a_mean_at_the_end_of_its_range_has_no_spread_whatever_is_said(mean: float) -> None:
    assert limits(interval(Sample(mean, 20, 0.1))) == near(limits(exact(20 * mean, 20)))


# Tests that agree with their intervals


@st.composite
def samples(draw: st.DrawFn, low: float = 0.0, high: float = 1.0) -> Sample:
    n = draw(st.integers(2, 500))
    mean = draw(st.floats(0, 1))
    sd = draw(st.none() | st.floats(0, 1).map(lambda share: share * math.sqrt(mean * (1 - mean))))
    width = high - low
    return Sample(low + width * mean, n, None if sd is None else width * sd, low, high)


confidences = st.floats(0.6, 0.9999)


@given(samples(), confidences, confidences)
def test_an_interval_holds_its_mean_within_its_range_and_grows_with_its_confidence(
    sample: Sample, one: float, two: float
) -> None:
    less, more = (interval(sample, confidence=confidence) for confidence in sorted((one, two)))
    assert 0 <= more.low <= less.low + 1e-12 <= sample.mean + 2e-12
    assert sample.mean <= less.high <= more.high + 1e-12 <= 1 + 1e-12
    assert more.low < more.high


@given(samples(), st.floats(0, 0.5))
def test_less_spread_never_gives_a_higher_upper_or_a_lower_lower_limit_than_no_knowledge_of_it(
    sample: Sample, share: float
) -> None:
    blind = interval(Sample(sample.mean, sample.n))
    spread = Sample(sample.mean, sample.n, share * math.sqrt(sample.mean * (1 - sample.mean)))
    known = interval(spread)
    assert blind.low - 1e-9 <= known.low
    assert known.high <= blind.high + 1e-9


@given(samples(-1.0, 1.0), confidences)
def test_the_test_of_a_mean_rejects_exactly_where_its_interval_leaves_0_out(sample: Sample, confidence: float) -> None:
    found, tail = interval(sample, confidence=confidence), (1 - confidence) / 2
    assert agrees(p_value(sample), tail, found.high < 0)
    assert agrees(p_value(sample, better="lower"), tail, found.low > 0)


@given(samples(), samples(), confidences)
def test_the_test_of_a_difference_rejects_exactly_where_its_interval_leaves_0_out(
    one: Sample, two: Sample, confidence: float
) -> None:
    found, tail = difference(one, two, confidence=confidence), (1 - confidence) / 2
    assert agrees(difference_p(one, two), tail, found.high < 0)
    assert agrees(difference_p(one, two, better="lower"), tail, found.low > 0)


def agrees(p: float, tail: float, rejected: bool) -> bool:
    return abs(p - tail) <= 1e-4 * tail or (p < tail) == rejected


FREE: dict[str, float] = {"low": -math.inf, "high": math.inf}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (Sample(0.7, 40, 0.1), Sample(0.8, 60, 0.2, **FREE)),
        (Sample(0.8, 60, 0.2, **FREE), Sample(0.7, 40, 0.1)),
        (Sample(0.8, 60, 0.2, **FREE), Sample(0.85, 40)),
        (Sample(0.9, 40), Sample(0.85, 30)),
        (Sample(1e-9, 400, 0.0), Sample(0.0, 5, 0.001, **FREE)),
        (Sample(0.1, 10**9), Sample(0.100001, 5, 0.1, **FREE)),
        (Sample(0.999999999, 400, 1e-9), Sample(1.0, 10**9, 0.0)),
    ],
)
def test_the_p_value_of_a_difference_is_the_tail_whose_limit_is_no_change(one: Sample, two: Sample) -> None:
    """Also where the figures differ by little more than their sums are rounded."""
    p = difference_p(one, two, better="higher" if one.mean < two.mean else "lower")
    found = difference(one, two, confidence=1 - 2 * p)
    limit = found.high if one.mean < two.mean else found.low
    assert 0 < p < 0.5
    assert limit == pytest.approx(0.0, abs=1e-3 * abs(one.mean - two.mean))
    assert difference_p(one, two, better="higher" if one.mean > two.mean else "lower") == near(1 - p)


def test_figures_too_far_apart_for_any_float_have_a_p_value_above_0_and_below_1() -> None:
    low, high = Sample(0.1, 10**6), Sample(0.9, 10**6)
    assert 0 < difference_p(low, high) == difference_p(high, low, better="lower") < 1e-290
    assert 1 - 1e-15 < difference_p(high, low) == difference_p(low, high, better="lower") < 1


@given(samples(), samples())
def test_swapping_the_sides_or_the_direction_turns_a_difference_round(one: Sample, two: Sample) -> None:
    there, back = difference(one, two), difference(two, one)
    assert limits(there) == near((-back.high, -back.low))
    assert difference_p(one, two) == near(difference_p(two, one, better="lower"))
    assert difference_p(one, two) + difference_p(one, two, better="lower") == near(1.0)


@pytest.mark.parametrize("n", [2, 20, 400])
@pytest.mark.parametrize("change", [0.0, -0.01, 0.01, -0.3])
def test_no_spread_is_never_a_p_value_of_0_or_1(n: int, change: float) -> None:
    directions: tuple[Better, ...] = ("higher", "lower")
    for better in directions:
        assert 0 < p_value(Sample(change, n, 0.0, -1.0, 1.0), better=better) < 1
        assert 0 < difference_p(Sample(0.5 + change, n, 0.0), Sample(0.5, n, 0.0), better=better) < 1


def test_nothing_that_differs_is_no_evidence_either_way() -> None:
    assert p_value(Sample(0.0, 200, 0.0, -1.0, 1.0)) == 0.5
    assert difference_p(Sample(0.97, 2, 0.0), Sample(0.97, 2, 0.0)) == 0.5


def test_a_mean_that_nothing_bounds_has_the_test_of_student() -> None:
    expected = stats.ttest_1samp([-3.0, 1.0, -4.0, -2.0], 0.0, alternative="less").pvalue
    sd = float(np.std([-3.0, 1.0, -4.0, -2.0], ddof=1))
    assert p_value(Sample(-2.0, 4, sd, -math.inf, math.inf)) == near(expected)
    assert p_value(Sample(-2.0, 4, sd, -math.inf, math.inf), better="lower") == near(1 - expected)


def test_means_that_nothing_bounds_are_compared_by_welch() -> None:
    one, two = Sample(820.0, 40, 90.0, -math.inf, math.inf), Sample(800.0, 60, 70.0, -math.inf, math.inf)
    assert difference(one, two) == intervals.welch(820, 90, 40, 800, 70, 60)
    assert difference_p(one, two, better="lower") == intervals.welch_p(820, 90, 40, 800, 70, 60, better="lower")


def test_a_bounded_mean_against_one_that_nothing_bounds_has_the_limits_of_both() -> None:
    one, two = Sample(0.7, 40, 0.1), Sample(0.9, 60, 0.2, -math.inf, math.inf)
    assert limits(difference(one, two)) == near(limits(mover(0.7, interval(one), 0.9, interval(two))))
    assert agrees(difference_p(one, two), 0.025, difference(one, two).high < 0)
    assert comparable(one, two)
    assert not comparable(one, Sample(0.9, 60, 0.0, -math.inf, math.inf))


# Quantiles


def test_the_test_of_quantiles_agrees_with_their_interval_at_its_confidence() -> None:
    assert quantiles_p(40.0, Interval(0.0, 90.0), 50) == near(0.025)
    assert quantiles_p(40.0, Interval(0.0, 90.0), 50, better="higher") == near(0.975)
    assert quantiles_p(-40.0, Interval(-90.0, 0.0), 50, better="higher") == near(0.025)
    assert quantiles_p(40.0, Interval(10.0, 90.0), 50) < 0.025 < quantiles_p(40.0, Interval(-10.0, 90.0), 50)
    assert quantiles_p(40.0, Interval(10.0, 90.0), 50) == near(stats.t.sf(4 / 3 * stats.t.isf(0.025, 49), 49))


def test_quantiles_that_cannot_be_told_apart_are_no_evidence_and_those_without_spread_little() -> None:
    assert quantiles_p(40.0, Interval(-math.inf, 90.0), 50) == 0.5
    assert quantiles_p(0.0, Interval(-10.0, 10.0), 50) == 0.5
    assert quantiles_p(40.0, Interval(40.0, 40.0), 50) == near(0.025)


@pytest.mark.parametrize("name", worlds.TIMES)
def test_among_100_cohorts_of_which_none_changed_few_scorecards_name_one_by_its_median(name: str) -> None:
    alarms = [min(worlds.medians_p(worlds.TIMES[name], 40, 100, seed)) * 100 <= 0.05 for seed in range(40)]
    assert np.mean(alarms) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 40)


@pytest.mark.parametrize("n", [0.5, 1])
def test_the_quantiles_of_one_case_are_no_evidence_and_their_interval_stays_as_it_is(n: float) -> None:
    known = Interval(10.0, 90.0)
    assert quantiles_p(40.0, known, n) == 0.5
    assert stretched(40.0, known, n, 0.99) == known
    assert stretched(40.0, known, 2, 0.99) != known


def test_a_change_of_quantiles_beyond_what_a_float_can_hold_is_still_no_certainty() -> None:
    sure = Interval(1e9 - 1.0, 1e9 + 1.0)
    assert 0 < quantiles_p(1e9, sure, 5_000) < 1e-300
    assert 1 - 1e-15 < quantiles_p(1e9, sure, 5_000, better="higher") < 1


def test_an_interval_at_another_confidence_is_stretched_as_that_of_student() -> None:
    known = Interval(90.0, math.inf)
    for same in (known, Interval(0.1, 1e9), Interval(-math.inf, 1e9 + 0.1)):
        assert stretched(1e9, same, 30, 0.95) == same
    wide = stretched(100.0, known, 30, shared(0.95, 5))
    assert limits(wide) == near((100 - 10 * stats.t.isf(0.005, 29) / stats.t.isf(0.025, 29), math.inf))


# Edges


@pytest.mark.parametrize("mean", [0.0, 1.0, -1e-9, 1 + 1e-9])
def test_a_mean_may_stray_from_its_range_as_far_as_sums_are_rounded(mean: float) -> None:
    found, edge = interval(Sample(mean, 20)), interval(Sample(float(round(mean)), 20))
    assert limits(found) == pytest.approx(limits(edge), abs=1e-8)


@pytest.mark.parametrize(
    ("n", "sd", "mean", "known"),
    [
        (2, 0.1, 4.0, True),
        (1, 0.1, 4.0, False),
        (1.5, 0.1, 4.0, True),
        (2, None, 4.0, False),
        (2, 0.0, 4.0, False),
        (2, 0.0, 0.0, False),
        (2, 4e-9, 4.0, False),
        (2, 5e-9, 4.0, True),
        (2, 4e-9, -4.0, False),
        (2, 5e-9, -4.0, True),
    ],
)
def test_two_values_that_differ_are_the_fewest_where_nothing_bounds_them(
    n: float, sd: float | None, mean: float, known: bool
) -> None:
    free = Sample(mean, n, sd, -math.inf, math.inf)
    assert (free.known, free.bounded) == (known, False)
    assert not Sample(mean, n, sd, -10.0, math.inf).bounded
    assert not Sample(mean, n, sd, -math.inf, 10.0).bounded
    assert Sample(mean, n, sd, -10.0, 10.0).known


def test_samples_are_comparable_where_their_difference_has_an_interval() -> None:
    def free(n: float = 9, sd: float | None = 1.0) -> Sample:
        return Sample(4.0, n, sd, -math.inf, math.inf)

    assert comparable(free(), free())
    assert comparable(free(), free(sd=0.0))
    assert comparable(free(sd=0.0), free())
    assert not comparable(free(sd=0.0), free(sd=0.0))
    for other in (free(n=1), free(sd=None)):
        assert not comparable(free(), other)
        assert not comparable(other, free())
    assert comparable(Sample(0.5, 1), Sample(0.5, 1))
    assert comparable(free(), Sample(0.5, 1))
    assert not comparable(free(n=1), Sample(0.5, 1))
    assert not comparable(Sample(0.5, 1), free(sd=0.0))


def refused() -> Iterator[tuple[Callable[[], object], str]]:
    yield lambda: Sample(0.5, 0), "a mean of 0.5 of 0; expected n > 0"
    yield lambda: Sample(1.5, 5), "a mean of 1.5 of 5; expected n > 0, and 0.0 to 1.0"
    yield lambda: Sample(math.nan, 5), "a mean of nan"
    yield lambda: Sample(0.5, 5, -0.1), "an sd of -0.1; expected 0 or more"
    yield lambda: Sample(0.5, 5, math.nan), "an sd of nan"
    yield lambda: Sample(0.5, 5, math.inf), "an sd of inf"
    yield lambda: Sample(0.5, -1), "a mean of 0.5 of -1; expected n > 0"
    yield lambda: Sample(1 + 2e-9, 5), "expected n > 0, and 0.0 to 1.0"
    yield lambda: Sample(-2e-9, 5), "expected n > 0, and 0.0 to 1.0"
    yield lambda: interval(Sample(4.0, 5, 0.0, -math.inf, math.inf)), "two or more values that differ"
    yield lambda: p_value(Sample(4.0, 5, 0.0, -math.inf, math.inf)), "two or more values that differ"
    yield lambda: interval(Sample(0.5, 5), confidence=95), "a confidence of 95; expected a fraction"


@pytest.mark.parametrize(("call", "words"), list(refused()))
def test_what_cannot_be_is_refused_with_what_was_expected(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
