"""The statistics against published examples, against scipy, and against statsmodels (its figures are written down)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from readiness.scorecard.intervals import (
    Better,
    Interval,
    exact,
    fisher,
    holm,
    mcnemar,
    mean,
    mover,
    newcombe,
    paired,
    pairs_p,
    rank_limits,
    rank_table,
    ranks,
    shared,
    welch,
    welch_p,
    wilson,
)

SLEEP = (0.75, 1.7890096577591623, 10, 2.33, 2.002248735796829, 10)
"""Mean, sd and n of both drugs in Student's sleep data (Student 1908), as R ships them."""


def limits(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


def to(places: int, *values: float) -> Any:
    return pytest.approx(values, abs=0.5 * 10**-places + 1e-12)


def near(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-9, abs=1e-12)


# Published examples


@pytest.mark.parametrize(
    ("passed", "n", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_exact_gives_method_5_of_table_1_of_newcombe_1998_on_the_single_proportion(
    passed: int, n: int, low: float, high: float
) -> None:
    assert limits(exact(passed, n)) == to(4, low, high)


@pytest.mark.parametrize(
    ("only_baseline", "only_candidate", "p"),
    [
        pytest.param(150, 86, 3.716e-5, id="approval ratings, Agresti 2013, § 11.1; p as in R's exact2x2"),
        pytest.param(1, 7, 0.0703, id="Bentur et al. 2009, in Fagerland et al. 2013"),
        pytest.param(6, 16, 0.0525, id="Cavo et al. 2012, in Fagerland et al. 2013"),
    ],
)
def test_mcnemar_gives_the_published_p_value(only_baseline: int, only_candidate: int, p: float) -> None:
    assert mcnemar(only_baseline, only_candidate) == pytest.approx(p, rel=1e-3)


def test_mean_gives_the_limits_of_the_nist_handbook() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, § 1.3.5.2, ZARR13.DAT."""
    assert limits(mean(9.261460, 0.02278881, 195)) == pytest.approx((9.258242, 9.264679), abs=1e-6)


def test_welch_gives_what_r_prints_for_the_sleep_data() -> None:
    assert limits(welch(*SLEEP)) == to(7, -3.3654832, 0.2054832)
    assert welch_p(*SLEEP, better=None) == pytest.approx(0.07939, abs=5e-6)


def test_holm_rejects_what_benjamini_and_hochberg_1995_report_for_family_wise_control() -> None:
    raw = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    raw += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert sum(p <= 0.05 for p in holm(raw)) == 3


def test_holm_adjusts_a_hand_made_example_in_the_order_given() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@pytest.mark.parametrize(
    ("n", "pair", "coverage"),
    [
        (6, (1, 6), 0.969),
        (9, (2, 8), 0.961),
        (10, (2, 9), 0.979),
        (12, (3, 10), 0.961),
        (17, (5, 13), 0.951),
        (20, (6, 15), 0.959),
    ],
)
def test_ranks_of_the_median_are_those_of_the_usual_table(n: int, pair: tuple[int, int], coverage: float) -> None:
    assert ranks(n, 0.5) == pair
    assert covered(n, 0.5, *pair) == pytest.approx(coverage, abs=5e-4)


def test_59_cases_are_the_fewest_that_bound_a_95th_percentile_above_with_confidence_95() -> None:
    """Wilks 1941, Ann. Math. Stat. 12:91–96: the largest of 59; one side of a two-sided 90 %."""
    assert ranks(58, 0.95, confidence=0.9)[1] is None
    assert ranks(59, 0.95, confidence=0.9)[1] == 59


# Other implementations


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
@pytest.mark.parametrize(("passed", "n"), [(0, 1), (1, 1), (3, 7), (412, 450), (999_999, 1_000_000)])
def test_exact_agrees_with_scipy(passed: int, n: int, confidence: float) -> None:
    expected = stats.binomtest(passed, n).proportion_ci(confidence, method="exact")
    assert limits(exact(passed, n, confidence=confidence)) == near((expected.low, expected.high))


@pytest.mark.parametrize(("losses", "gains", "n"), [(2, 12, 50), (8, 0, 400), (0, 0, 20), (30, 10, 1_000)])
def test_paired_takes_the_exact_limits_of_gains_and_losses_with_their_correlation(
    losses: int, gains: int, n: int
) -> None:
    lost, won = (stats.binomtest(count, n).proportion_ci(method="exact") for count in (losses, gains))
    gain, loss = gains / n, losses / n
    both = -math.sqrt(gain * loss / (1 - gain) / (1 - loss))
    down, up = (gain - won.low, lost.high - loss), (won.high - gain, loss - lost.low)
    low, high = (math.sqrt(x * x + y * y - 2 * both * x * y) for x, y in (down, up))
    expected = (gain - loss - low, gain - loss + high)
    assert limits(paired(n - gains - losses, losses, gains, 0)) == near(expected)


def test_welch_agrees_with_statsmodels() -> None:
    """CompareMeans(…).tconfint_diff and .ttest_ind, both with usevar="unequal"."""
    assert limits(welch(*SLEEP)) == to(12, -3.365483230712, 0.205483230712)
    assert welch_p(*SLEEP) == pytest.approx(0.0396970700937, rel=1e-11)
    assert welch_p(*SLEEP, better="lower") == pytest.approx(0.960302929906, rel=1e-11)
    assert welch_p(*SLEEP, better=None) == pytest.approx(0.0793941401874, rel=1e-11)


@pytest.mark.parametrize(("n1", "n2", "confidence"), [(2, 2, 0.95), (7, 3, 0.9), (40, 400, 0.99)])
def test_welch_and_mean_agree_with_scipy_on_samples(n1: int, n2: int, confidence: float) -> None:
    random = np.random.default_rng(n1)
    one, two = random.normal(800, 50, n1), random.normal(780, 200, n2)
    sides = (float(one.mean()), float(one.std(ddof=1)), n1, float(two.mean()), float(two.std(ddof=1)), n2)
    expected = stats.ttest_ind(one, two, equal_var=False)
    assert limits(welch(*sides, confidence=confidence)) == near(tuple(expected.confidence_interval(confidence)))
    assert welch_p(*sides, better=None) == near(stats.ttest_ind_from_stats(*sides, equal_var=False).pvalue)
    single = stats.ttest_1samp(one, 0).confidence_interval(confidence)
    assert limits(mean(*sides[:3], confidence=confidence)) == near((single.low, single.high))


def test_mean_agrees_with_statsmodels() -> None:
    """DescrStatsW(…).tconfint_mean()"""
    assert limits(mean(*SLEEP[3:])) == to(12, 0.897677539377, 3.762322460623)


@pytest.mark.parametrize(
    ("only_baseline", "only_candidate"), [(0, 1), (5, 0), (3, 3), (150, 86), (2_500_000, 2_498_000)]
)
def test_pairs_agree_with_scipy(only_baseline: int, only_candidate: int) -> None:
    n = only_baseline + only_candidate
    alternatives: dict[Better | None, str] = {"higher": "less", "lower": "greater", None: "two-sided"}
    for better, alternative in alternatives.items():
        expected = stats.binomtest(only_candidate, n, alternative=alternative).pvalue
        assert pairs_p(only_baseline, only_candidate, better=better) == near(expected)


def test_holm_agrees_with_statsmodels() -> None:
    """multipletests(method="holm")"""
    raw = [0.013, 0.0004, 0.21, 0.0132, 0.049, 0.6, 0.0021, 0.049]
    assert holm(raw) == pytest.approx([0.078, 0.0032, 0.42, 0.078, 0.196, 0.6, 0.0147, 0.196], abs=1e-12)


@pytest.mark.parametrize("q", [0.05, 0.5, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("n", [1, 5, 72, 299, 5000])
def test_ranks_agree_with_the_quantile_test_of_scipy_on_samples(n: int, q: float) -> None:
    values = np.sort(np.random.default_rng(n).lognormal(size=n))
    expected = stats.quantile_test(values, p=q).confidence_interval(0.95)
    found = [math.nan if rank is None else values[rank - 1] for rank in ranks(n, q)]
    assert found == pytest.approx([expected.low, expected.high], rel=0, abs=0, nan_ok=True)


@pytest.mark.parametrize("n", [1_000_000, 5_000_000])
def test_ranks_of_millions_of_cases_agree_with_the_binomial_quantiles_of_scipy(n: int) -> None:
    for q in (0.5, 0.95, 0.99):
        assert ranks(n, q) == (stats.binom.ppf(0.025, n, q), stats.binom.isf(0.025, n, q) + 1)


@pytest.mark.parametrize("q", [0.5, 0.95])
def test_the_ranks_of_many_numbers_of_cases_are_those_of_each(q: float) -> None:
    sizes = np.array([72, 0, 5, 6, 72, 400, 1])
    low, high = rank_table(sizes, q)
    each = [ranks(int(n), q) for n in sizes]
    assert low.tolist() == [first or 0 for first, _ in each]
    assert high.tolist() == [n + 1 if last is None else last for n, (_, last) in zip(sizes, each, strict=True)]


@pytest.mark.parametrize(
    ("n", "units", "limits"),
    [
        (10, 10, (2, 9)),
        (20, 10, (3, 18)),
        (25, 10, (3, 23)),
        (6, 6, (1, 6)),
        (12, 6, (1, 12)),
        (13, 6, (1, 13)),
        (50, 5, (0, 51)),
        (50, 1, (0, 51)),
        (0, 0, (0, 1)),
    ],
)
def test_each_unit_stands_for_as_many_of_the_values_as_all_others(n: int, units: int, limits: tuple[int, int]) -> None:
    """The median of 10 lies between the 2nd and the 9th, and of 6 between the 1st and the 6th."""
    low, high = rank_limits(np.array([n]), np.array([units]), 0.5)
    assert (int(low[0]), int(high[0])) == limits


def test_mover_of_normal_intervals_is_the_normal_interval_of_the_difference() -> None:
    z = stats.norm.ppf(0.975)
    one, two = Interval(820 - z * 30, 820 + z * 30), Interval(800 - z * 40, 800 + z * 40)
    assert limits(mover(820, one, 800, two)) == near((20 - z * 50, 20 + z * 50))


# Coverage, by enumeration


def covered(n: int, q: float, low: int | None, high: int | None) -> float:
    """P(l ≤ B ≤ u − 1): with B of n cases below the quantile it lies between the l-th and the u-th value."""
    return float(stats.binom.cdf(n if high is None else high - 1, n, q) - stats.binom.cdf((low or 0) - 1, n, q))


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("q", [0.5, 0.9, 0.95, 0.99])
def test_ranks_cover_and_the_next_narrower_on_either_side_would_not(q: float, confidence: float) -> None:
    tail = (1 - confidence) / 2
    for n in range(1, 400):
        low, high = ranks(n, q, confidence=confidence)
        assert covered(n, q, low, high) >= confidence
        assert stats.binom.cdf(low or 0, n, q) > tail
        assert stats.binom.sf((n + 1 if high is None else high) - 2, n, q) > tail


@pytest.mark.parametrize("n", [1, 2, 5, 20, 50, 200])
def test_each_limit_of_a_rate_is_wrong_in_25_of_1000_samples_at_most(n: int) -> None:
    rates = np.concatenate([np.linspace(0.001, 0.999, 500), 1 - np.geomspace(1e-4, 0.1, 100)])
    found = np.array([limits(exact(passed, n)) for passed in range(n + 1)])
    chance = stats.binom.pmf(np.arange(n + 1)[:, None], n, rates)
    for wrong in (found[:, :1] > rates, found[:, 1:] < rates):
        assert (chance * wrong).sum(axis=0).max() <= 0.025 + 1e-9


def multinomial(n: int, gain: float, loss: float) -> dict[tuple[int, int], float]:
    """The probability of every number of gains and losses."""
    chances = stats.multinomial(n, [gain, loss, 1 - gain - loss])
    return {(k, m): float(chances.pmf([k, m, n - k - m])) for k in range(n + 1) for m in range(n + 1 - k)}


@pytest.mark.parametrize(
    ("gain", "loss"), [(0.01, 0.01), (0.0, 0.05), (0.02, 0.02), (0.25, 0.25), (0.1, 0.3), (0.45, 0.5)]
)
def test_paired_covers_what_changed_and_seldom_sees_a_change_where_there_is_none(gain: float, loss: float) -> None:
    chances = multinomial(30, gain, loss)
    found = {(k, m): paired(30 - k - m, m, k, 0) for k, m in chances}
    change = gain - loss
    missed = sum(p for at, p in chances.items() if not holds(found[at], change))
    assert missed <= 0.05
    if gain == loss:
        assert sum(p for at, p in chances.items() if found[at].high < 0) <= 0.025


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 400), st.floats(0.5, 0.999))
def test_paired_leaves_0_out_only_where_the_exact_test_rejects(
    losses: int, gains: int, same: int, confidence: float
) -> None:
    if losses + gains + same:
        interval, tail = paired(same, losses, gains, 0, confidence=confidence), (1 - confidence) / 2
        assert interval.high >= 0 or pairs_p(losses, gains) <= tail
        assert interval.low <= 0 or pairs_p(losses, gains, better="lower") <= tail


@pytest.mark.parametrize("n", [1, 5, 20, 101])
def test_pairs_reject_at_most_5_in_100_where_nothing_changed(n: int) -> None:
    directions: tuple[Better | None, ...] = ("higher", "lower", None)
    for better in directions:
        rejected = [k for k in range(n + 1) if pairs_p(n - k, k, better=better) <= 0.05]
        assert stats.binom.pmf(rejected, n, 0.5).sum() <= 0.05


# Properties


@st.composite
def rates(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 10**7))
    return draw(st.integers(0, n)), n


@st.composite
def around(draw: st.DrawFn) -> tuple[float, Interval]:
    estimate = draw(st.floats(-1e6, 1e6))
    return estimate, Interval(estimate - draw(st.floats(0, 1e6)), estimate + draw(st.floats(0, 1e6)))


counts = st.tuples(*[st.integers(0, 10**5)] * 4).filter(any)
moments = st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 10**6))
confidences = st.floats(0.5, 0.9999)


def holds(interval: Interval, estimate: float, floor: float = -math.inf, ceiling: float = math.inf) -> bool:
    return floor <= interval.low <= estimate <= interval.high <= ceiling


def width(interval: Interval) -> float:
    return interval.high - interval.low


@given(rates(), confidences)
def test_exact_holds_the_rate_within_0_and_1(rate: tuple[int, int], confidence: float) -> None:
    assert holds(exact(*rate, confidence=confidence), rate[0] / rate[1], 0, 1)


@given(rates())
def test_exact_of_the_cases_that_fail_mirrors_it(rate: tuple[int, int]) -> None:
    passed, failed = exact(*rate), exact(rate[1] - rate[0], rate[1])
    assert limits(failed) == pytest.approx((1 - passed.high, 1 - passed.low), abs=1e-12)


@given(counts, confidences)
def test_paired_holds_the_difference_within_minus_1_and_1(cells: tuple[int, int, int, int], confidence: float) -> None:
    assert holds(paired(*cells, confidence=confidence), (cells[2] - cells[1]) / sum(cells), -1, 1)


@given(moments, moments, confidences)
def test_mean_and_welch_hold_their_estimate(
    one: tuple[float, float, int], two: tuple[float, float, int], confidence: float
) -> None:
    assert holds(mean(*one, confidence=confidence), one[0])
    assert holds(welch(*one, *two, confidence=confidence), one[0] - two[0])


@given(around(), around())
def test_mover_holds_the_difference(one: tuple[float, Interval], two: tuple[float, Interval]) -> None:
    assert holds(mover(*one, *two), one[0] - two[0])


@given(moments, moments, around(), around())
def test_swapping_the_sides_negates_a_difference(moments1: Any, moments2: Any, around1: Any, around2: Any) -> None:
    differences: Any = ((welch, moments1, moments2), (mover, around1, around2))
    for found, one, two in differences:
        there, back = found(*one, *two), found(*two, *one)
        assert limits(there) == pytest.approx((-back.high, -back.low), rel=1e-9, abs=1e-9)


@given(counts)
def test_swapping_the_sides_negates_a_paired_difference(cells: tuple[int, int, int, int]) -> None:
    both, only_baseline, only_candidate, neither = cells
    back = paired(both, only_candidate, only_baseline, neither)
    assert limits(paired(*cells)) == pytest.approx((-back.high, -back.low), rel=1e-9, abs=1e-9)


@given(moments, moments, st.integers(0, 1000), st.integers(0, 1000))
def test_swapping_the_sides_swaps_the_direction_of_a_test(moments1: Any, moments2: Any, only1: int, only2: int) -> None:
    tests: Any = ((welch_p, moments1, moments2), (pairs_p, (only1,), (only2,)))
    for found, one, two in tests:
        assert found(*one, *two) == near(found(*two, *one, better="lower"))
        assert 0 <= found(*one, *two) <= 1


@given(rates(), st.integers(2, 50))
def test_more_cases_at_the_same_rate_give_a_narrower_interval(one: tuple[int, int], times: int) -> None:
    assert width(exact(one[0] * times, one[1] * times)) < width(exact(*one))


@given(moments, moments, st.integers(2, 50))
def test_more_cases_with_the_same_spread_give_intervals_that_are_no_wider(
    one: tuple[float, float, int], two: tuple[float, float, int], times: int
) -> None:
    more1, more2 = (*one[:2], one[2] * times), (*two[:2], two[2] * times)
    assert width(mean(*more1)) <= width(mean(*one))
    assert width(welch(*more1, *more2)) <= width(welch(*one, *two))


@given(rates(), counts, moments, st.tuples(confidences, confidences).map(sorted))
def test_more_confidence_gives_wider_intervals(rate: Any, cells: Any, one: Any, levels: list[float]) -> None:
    intervals: Any = ((exact, rate), (paired, cells), (mean, one), (welch, one * 2))
    for found, sides in intervals:
        less, more = (found(*sides, confidence=level) for level in levels)
        assert width(less) <= width(more) * (1 + 1e-9) + 1e-9


@given(moments, moments)
def test_welch_excludes_0_where_its_two_sided_test_rejects(
    one: tuple[float, float, int], two: tuple[float, float, int]
) -> None:
    found, p = welch(*one, *two), welch_p(*one, *two, better=None)
    if abs(p - 0.05) > 1e-6:
        assert (found.low > 0 or found.high < 0) == (p < 0.05)


@given(st.lists(st.floats(0, 1)))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(raw: list[float]) -> None:
    adjusted = holm(raw)
    assert all(p <= new <= min(1.0, len(raw) * p) for p, new in zip(raw, adjusted, strict=True))
    assert [new for _, new in sorted(zip(raw, adjusted, strict=True))] == sorted(adjusted)


@given(st.lists(st.floats(0, 1), min_size=1), st.randoms(use_true_random=False))
def test_holm_does_not_depend_on_the_order(raw: list[float], random: Any) -> None:
    order = random.sample(range(len(raw)), len(raw))
    adjusted = holm(raw)
    assert holm([raw[index] for index in order]) == [adjusted[index] for index in order]


@given(st.integers(0, 10**6), st.floats(0.001, 0.999), confidences)
def test_ranks_lie_within_the_cases_and_in_order(n: int, q: float, confidence: float) -> None:
    low, high = ranks(n, q, confidence=confidence)
    assert 1 <= (low or 1) <= (high or n + 1) <= n + 1
    assert low is None or high is None or low < high


# Edges


def test_a_side_without_enough_cases_has_no_rank() -> None:
    assert ranks(0, 0.5) == ranks(5, 0.5) == (None, None)
    assert ranks(71, 0.95) == (63, None)
    assert ranks(72, 0.95) == (64, 72)


def test_an_open_side_stays_open_in_a_difference() -> None:
    closed, open_above = Interval(900, 990), Interval(900, math.inf)
    assert limits(mover(1000, open_above, 950, closed)) == near((50 - math.hypot(100, 40), math.inf))
    assert limits(mover(950, closed, 1000, open_above)) == near((-math.inf, -50 + math.hypot(40, 100)))


@pytest.mark.parametrize("cells", [(0, 0, 0, 9), (9, 0, 0, 0), (5, 0, 0, 4)])
def test_pairs_that_never_differ_are_as_sure_as_that_none_of_so_many_is_worse(cells: tuple[int, int, int, int]) -> None:
    most = exact(0, 9).high
    assert limits(paired(*cells)) == near((-most, most))


@pytest.mark.parametrize("cells", [(0, 9, 0, 0), (0, 0, 9, 0)])
def test_pairs_that_all_differ_reach_as_far_as_no_change_at_most(cells: tuple[int, int, int, int]) -> None:
    interval = paired(*cells)
    assert interval.low == -1.0 if cells[1] else interval.high == 1.0
    assert interval.high < 0 if cells[1] else interval.low > 0


def test_pairs_that_never_differ_are_no_evidence() -> None:
    assert pairs_p(0, 0) == mcnemar(0, 0) == 1.0


def test_a_p_value_is_never_0() -> None:
    assert welch_p(4.0, 1e-9, 900, 5.0, 1e-9, 900) > 0
    assert pairs_p(10_000, 0) > 0


def test_several_looks_share_the_error() -> None:
    assert shared(0.95, 1) == near(0.95)
    assert shared(0.95, 5) == near(0.99)
    assert shared(0.9, 100) == near(0.999)


def test_means_below_0_mirror_those_above() -> None:
    low, high = limits(welch(2.0, 1.0, 5, 1.0, 1.5, 7))
    assert limits(welch(-2.0, 1.0, 5, -1.0, 1.5, 7)) == near((-high, -low))
    below, above = (-2.0, 1.0, 5, -1.0, 1.5, 7), (2.0, 1.0, 5, 1.0, 1.5, 7)
    assert welch_p(*below, better="lower") == near(welch_p(*above))
    assert limits(mean(-2.0, 1.0, 5)) == near(tuple(-limit for limit in reversed(limits(mean(2.0, 1.0, 5)))))


def test_spread_on_one_side_only_leaves_the_degrees_of_freedom_of_that_side() -> None:
    one_sided, alone = welch(4.0, 1.5, 9, 0.0, 0.0, 400), mean(4.0, 1.5, 9)
    assert limits(one_sided) == near(limits(alone))


def test_no_tests_are_adjusted_to_none() -> None:
    assert holm([]) == []


def test_what_lies_at_the_very_edge_is_no_mistake() -> None:
    assert holm([0.0, 1.0, 0.5]) == [0.0, 1.0, 1.0]
    assert limits(mover(0.0, Interval(0, 1), 1.0, Interval(0, 1))) == near((-1, math.hypot(1, 1) - 1))
    assert limits(exact(1, 1)) == near((0.025, 1.0))
    half = stats.t.isf(0.025, 1) / math.sqrt(2)
    assert limits(welch(1.0, 0.0, 2, 0.0, 1.0, 2)) == near((1 - half, 1 + half))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: exact(0, 0), "0 passed of 0; expected"),
        (lambda: exact(3, 2), "3 passed of 2; expected"),
        (lambda: exact(-1, 2), "-1 passed of 2; expected"),
        (lambda: paired(0, 0, 0, 0), "0 passed of 0; expected"),
        (lambda: paired(5, -1, 0, 0), "a count of -1; expected"),
        (lambda: mcnemar(3, -2), "a count of -2; expected"),
        (lambda: mean(1.0, 1.0, 1), "of 1 cases; expected"),
        (lambda: mean(1.0, -0.1, 9), "sd -0.1 of 9 cases; expected"),
        (lambda: mean(math.nan, 0.1, 9), "mean nan, sd 0.1"),
        (lambda: welch(1.0, 1.0, 9, 1.0, math.nan, 9), "sd nan of 9 cases; expected"),
        (lambda: welch_p(1.0, 1.0, 9, 1.0, math.inf, 9), "sd inf of 9 cases; expected"),
        (lambda: holm([0.1, 1.1]), r"outside \[0, 1\]"),
        (lambda: holm([math.nan]), r"outside \[0, 1\]"),
        (lambda: holm([-0.1]), r"outside \[0, 1\]"),
        (lambda: ranks(-1, 0.5), "of -1 cases; expected"),
        (lambda: ranks(9, 1.0), "the 1.0 quantile"),
        (lambda: ranks(9, 0.0), "the 0.0 quantile"),
        (lambda: rank_table(np.array([9, -2, 4]), 0.5), "the 0.5 quantile of -2 cases; expected"),
        (lambda: mover(2.0, Interval(0, 1), 0.5, Interval(0, 1)), "2.0 lies outside its interval 0 to 1"),
        (lambda: mover(-1.0, Interval(0, 1), 0.5, Interval(0, 1)), "-1.0 lies outside its interval 0 to 1"),
        (lambda: mover(0.5, Interval(0, 1), 2.0, Interval(0, 1)), "2.0 lies outside its interval 0 to 1"),
        (lambda: mover(math.inf, Interval(0, math.inf), 0.5, Interval(0, 1)), "inf lies outside its interval"),
        (lambda: exact(0, -1), "0 passed of -1; expected"),
        (lambda: mean(math.inf, 0.1, 9), "mean inf, sd 0.1"),
        (lambda: welch(1.0, 1.0, 1, 1.0, 1.0, 9), "of 1 cases; expected"),
        (lambda: welch(1.0, 1.0, 9, 1.0, 1.0, 1), "of 1 cases; expected"),
        (lambda: exact(1, 2, confidence=0.0), "a confidence of 0.0; expected a fraction"),
        (lambda: exact(1, 2, confidence=1.0), "a confidence of 1.0; expected a fraction"),
        (lambda: mean(4.0, 0.0, 9), "an sd of 0 of 9 cases; expected some spread"),
        (lambda: welch(4.0, 0.0, 9, 5.0, 0.0, 9), "an sd of 0 of 9 and of 9 cases; expected some spread"),
        (lambda: welch_p(4.0, 0.0, 9, 5.0, 0.0, 9), "an sd of 0 of 9 and of 9 cases; expected some spread"),
        (lambda: shared(0.95, 0), "0 looks; expected 1 or more"),
        (lambda: exact(1, 2, confidence=95), "a confidence of 95; expected a fraction"),
        (lambda: ranks(9, 0.5, confidence=1.0), "a confidence of 1.0; expected a fraction"),
    ],
)
def test_arguments_that_cannot_be_are_refused_with_what_was_expected(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


# Of few releases


@pytest.mark.parametrize(
    ("passed", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_method_3_of_table_1_of_newcombe_1998_on_the_single_proportion(
    passed: int, n: int, low: float, high: float
) -> None:
    assert limits(wilson(passed, n)) == to(4, low, high)
    assert limits(wilson(n - passed, n)) == to(4, 1 - high, 1 - low)


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ],
)
def test_newcombe_gives_method_10_of_table_2_of_his_paper_on_independent_proportions(
    given: tuple[int, int, int, int], low: float, high: float
) -> None:
    assert limits(newcombe(*given)) == to(4, low, high)


@given(n1=st.integers(1, 30), n2=st.integers(1, 30), data=st.data())
def test_fisher_is_the_exact_test_of_scipy(n1: int, n2: int, data: st.DataObject) -> None:
    first, second = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    expected = stats.fisher_exact([[first, n1 - first], [second, n2 - second]]).pvalue
    assert fisher(first, n1, second, n2) == near(expected)


def test_a_rate_of_nothing_is_refused_by_each_of_them() -> None:
    for refused in (lambda: wilson(0, 0), lambda: newcombe(1, 2, 3, 2), lambda: fisher(1, 2, 0, 0)):
        with pytest.raises(ValueError, match="passed of"):
            refused()
