"""Intervals and p-values for rates, means and quantiles, and for what changed between two versions. Pure.

Side 1 is the candidate and side 2 the baseline: every difference is candidate − baseline. Rates and their differences
are fractions (0.9 is 90 %); means, standard deviations and quantiles are in the metric's own unit. An interval is
two-sided with equal tails, at `confidence` (a fraction, 0.95 unless told). Unusable arguments raise ValueError.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy  # brings scipy.special when it is first asked for, so that a command without figures starts sooner

Counts: TypeAlias = npt.NDArray[np.int64]
Better = Literal["higher", "lower"]
"""Which way a metric improves; the candidate is worse when it lies the other way from the baseline."""


@dataclass(frozen=True)
class Interval:
    """Both limits belong to it; a side that is open has an infinite limit."""

    low: float
    high: float


def exact(passed: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Exact interval for the rate passed / n, within [0, 1]: each limit is wrong in at most α/2 of all samples.

    Clopper & Pearson 1934, Biometrika 26:404–413, by quantiles of the beta distribution, which allow for a `passed`
    and an `n` that are no whole numbers (Korn & Graubard 1998, Survey Methodology 24:193–201). Wilson's interval is
    not used: it holds a rate of 98 % in 92.2 % of samples of 50 cases, and in 84 % of them at worst.
    Raises ValueError unless 0 ≤ passed ≤ n and n > 0.
    """
    _rate(passed, n)
    tail = alpha(confidence) / 2
    return Interval(least(passed, n, tail), 1 - least(n - passed, n, tail))


def wilson(passed: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Interval for the rate passed / n, within [0, 1], that holds with `confidence` on average over rates.

    Wilson 1927, J. Am. Stat. Assoc. 22:209–212: the rates from which passed / n lies at most z standard errors away.
    For figures of which few are ever seen and on which nothing rests: near 0 and 1 it holds less than it claims, where
    `exact` holds more. Raises ValueError unless 0 ≤ passed ≤ n and n > 0.
    """
    _rate(passed, n)
    z2 = float(scipy.special.ndtri(alpha(confidence) / 2)) ** 2
    middle = (passed + z2 / 2) / (n + z2)
    half = math.sqrt(z2 * (passed * (n - passed) / n + z2 / 4)) / (n + z2)
    return Interval(max(0.0, middle - half) if passed else 0.0, min(1.0, middle + half) if passed < n else 1.0)


def newcombe(passed1: float, n1: float, passed2: float, n2: float, *, confidence: float = 0.95) -> Interval:
    """Interval for passed1 / n1 − passed2 / n2 of two independent sets, within [−1, 1].

    Method 10 of Newcombe 1998, Stat. Med. 17:873–890: `mover` of the intervals of both by `wilson`, with its errors.
    """
    first, second = (wilson(passed, n, confidence=confidence) for passed, n in ((passed1, n1), (passed2, n2)))
    return mover(passed1 / n1, first, passed2 / n2, second)


@lru_cache(maxsize=4096)
def fisher(passed1: int, n1: int, passed2: int, n2: int) -> float:
    """Exact two-sided p-value of "both rates are the same", given how many passed in all; 1 where all did or none.

    Fisher 1934, Statistical Methods for Research Workers, 5th ed., § 21.02: the probability of every table with the
    same sums that is as improbable as this one, or more so, in whole numbers. Raises ValueError unless
    0 ≤ passed ≤ n and n > 0 on both sides.
    """
    _rate(passed1, n1)
    _rate(passed2, n2)
    passed = passed1 + passed2
    tables = [
        math.comb(n1, of_first) * math.comb(n2, passed - of_first)
        for of_first in range(max(0, passed - n2), min(n1, passed) + 1)
    ]
    seen = math.comb(n1, passed1) * math.comb(n2, passed2)
    return sum(table for table in tables if table <= seen) / math.comb(n1 + n2, passed)


def paired(
    both: float, only_baseline: float, only_candidate: float, neither: float, *, confidence: float = 0.95
) -> Interval:
    """Interval for (only_candidate − only_baseline) / n of n cases that both versions ran, within [−1, 1].

    The four arguments count the cases that pass with both versions, with one only, and with neither. It is `mover` of
    the exact intervals of both shares that differ, with their correlation −√(g l / ((1 − g) (1 − l))) for the shares
    g won and l lost: § 2 of Zou & Donner 2008, Stat. Med. 27:1693–1702. It holds no change wherever `pairs_p` of
    either direction is above α/2. Raises ValueError for a negative count or no cases at all.
    """
    _counts(both, only_baseline, only_candidate, neither)
    n = both + only_baseline + only_candidate + neither
    won, lost = exact(only_candidate, n, confidence=confidence), exact(only_baseline, n, confidence=confidence)
    gain, loss = only_candidate / n, only_baseline / n
    correlation = -math.sqrt(gain * loss / ((1 - gain) * (1 - loss))) if gain < 1 and loss < 1 else 0.0
    low = gain - loss - _distance(gain - won.low, lost.high - loss, correlation)
    high = gain - loss + _distance(won.high - gain, loss - lost.low, correlation)
    tail = alpha(confidence) / 2
    if pairs_p(only_baseline, only_candidate, better="lower") > tail:
        low = min(low, 0.0)
    if pairs_p(only_baseline, only_candidate) > tail:
        high = max(high, 0.0)
    return Interval(max(-1.0, low), min(1.0, high))


def mean(mean: float, sd: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Student's t interval for a mean, in its unit; `sd` is that of the sample (divisor n − 1).

    Student 1908, Biometrika 6:1–25; mean ± t(n − 1) · sd / √n. Without spread nothing can be said.
    Raises ValueError unless n > 1, sd > 0 and both figures are finite.
    """
    _moments(mean, sd, n)
    if not sd:
        raise ValueError(f"an sd of 0 of {n} cases; expected some spread")
    half = _t(n - 1, confidence) * sd / math.sqrt(n)
    return Interval(mean - half, mean + half)


def welch(
    mean1: float, sd1: float, n1: float, mean2: float, sd2: float, n2: float, *, confidence: float = 0.95
) -> Interval:
    """Interval for mean1 − mean2, in their unit, of two independent sets of cases whose spreads may differ.

    Welch 1947, Biometrika 34:28–35, with the degrees of freedom of Satterthwaite 1946, Biometrics Bull. 2:110–114.
    `sd` has the divisor n − 1. Raises ValueError unless n > 1, sd ≥ 0 and all is finite on both sides, with some
    spread on one of them.
    """
    error, freedom = _satterthwaite(mean1, sd1, n1, mean2, sd2, n2)
    half = _t(freedom, confidence) * error
    return Interval(mean1 - mean2 - half, mean1 - mean2 + half)


def welch_p(
    mean1: float, sd1: float, n1: float, mean2: float, sd2: float, n2: float, *, better: Better | None = "higher"
) -> float:
    """p-value of Welch's t test: one-sided against "the candidate's mean is worse", two-sided where `better` is None.

    The test belongs to the interval of `welch`, with the same arguments, references and errors.
    """
    error, freedom = _satterthwaite(mean1, sd1, n1, mean2, sd2, n2)
    t = (mean1 - mean2) / error
    return tail_of(float(scipy.special.stdtr(freedom, t)), float(scipy.special.stdtr(freedom, -t)), better)


def pairs_p(only_baseline: float, only_candidate: float, *, better: Better | None = "higher") -> float:
    """Exact binomial p-value of pairs that differ: one-sided against "the candidate's rate is worse".

    Under no difference only_candidate is Bin(only_baseline + only_candidate, ½): the conditional test of McNemar 1947,
    Psychometrika 12:153–157. Two-sided where `better` is None; 1 without a pair that differs.
    Raises ValueError for a negative count.
    """
    _counts(only_baseline, only_candidate)
    n = only_baseline + only_candidate
    return tail_of(_binomial(only_candidate, n, 0.5), _binomial(only_baseline, n, 0.5), better)


def mcnemar(only_baseline: int, only_candidate: int) -> float:
    """Exact two-sided p-value of McNemar's test: twice the smaller tail of `pairs_p`, at most 1."""
    return pairs_p(only_baseline, only_candidate, better=None)


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values of m tests, (m,) to (m,) in the order given; ≤ α where Holm's step-down procedure rejects.

    Holm 1979, Scand. J. Stat. 6:65–70; adjusted as in Wright 1992, Biometrics 48:1005–1013: the running maximum of
    (m − i + 1) · p(i) over the sorted values, at most 1. Controls the family-wise error under any dependence.
    Raises ValueError for a value outside [0, 1].
    """
    raw = np.asarray(p_values, dtype=np.float64)
    if not np.all((raw >= 0) & (raw <= 1)):
        raise ValueError("a p-value lies outside [0, 1]")
    order = np.argsort(raw, kind="stable")
    adjusted = np.empty_like(raw)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(raw[order] * np.arange(raw.size, 0, -1)))
    return [float(p) for p in adjusted]


def ranks(n: int, q: float, *, confidence: float = 0.95) -> tuple[int | None, int | None]:
    """Ranks (l, u), from 1, of the sorted values that bound the q-quantile, whatever the distribution of the n cases.

    With B ~ Bin(n, q), l is the largest rank with P(B ≤ l − 1) ≤ α/2 and u the smallest with P(B ≥ u) ≤ α/2; None
    where n is too small for that side. The l-th to the u-th value, limits included, cover the quantile with at least
    `confidence`: David & Nagaraja 2003, Order Statistics, 3rd ed., § 7.1; Conover 1999, Practical Nonparametric
    Statistics, 3rd ed., § 3.2. Raises ValueError unless n ≥ 0 and 0 < q < 1.
    """
    lower, upper = rank_table(np.array([n]), q, confidence=confidence)
    return int(lower[0]) or None, int(upper[0]) if upper[0] <= n else None


def rank_table(n: Counts, q: float, *, confidence: float = 0.95) -> tuple[Counts, Counts]:
    """The ranks of `ranks` for many n at once, (m,) to two of (m,); 0 and n + 1 where there is none."""
    if (n < 0).any() or not 0 < q < 1:
        raise ValueError(f"the {q} quantile of {n.min()} cases; expected 0 < q < 1 and n ≥ 0")
    tail = alpha(confidence) / 2
    sizes, at = np.unique(n, return_inverse=True)
    return _ranks(sizes, q, tail)[at], n + 1 - _ranks(sizes, 1 - q, tail)[at]


def rank_limits(n: Counts, units: Counts, q: float) -> tuple[Counts, Counts]:
    """Ranks of the n values that bound a quantile: 0 and n + 1 where the units are too few for a side.

    The ranks are those of the independent `units`, each of which stands for as many of the n values.
    """
    low, high = rank_table(units, q)
    of_each = np.maximum(units, 1)
    first: Counts = np.where(low >= 1, (low - 1) * n // of_each + 1, 0)
    last: Counts = np.where(high <= units, -(-high * n // of_each), n + 1)
    return first, last


def mover(estimate1: float, interval1: Interval, estimate2: float, interval2: Interval) -> Interval:
    """Interval for estimate1 − estimate2, in their unit, from the separate intervals of two independent estimates.

    The distances from estimate to limit, squared and added ("method of variance estimates recovery"): Zou & Donner
    2008, Stat. Med. 27:1693–1702. Its confidence is that of the two intervals; an infinite limit makes that side of
    the difference infinite. Raises ValueError where an interval does not hold its estimate.
    """
    for estimate, interval in ((estimate1, interval1), (estimate2, interval2)):
        if not (math.isfinite(estimate) and interval.low <= estimate <= interval.high):
            raise ValueError(f"the estimate {estimate} lies outside its interval {interval.low} to {interval.high}")
    change = estimate1 - estimate2
    down = math.hypot(estimate1 - interval1.low, interval2.high - estimate2)
    up = math.hypot(interval1.high - estimate1, estimate2 - interval2.low)
    return Interval(change - down, change + up)


def shared(confidence: float, looks: int) -> float:
    """The confidence of each of several intervals that together all hold with `confidence`.

    1 − α/k for k looks or cohorts: Bonferroni's inequality, which holds however they depend on each other.
    Raises ValueError unless there is at least one look.
    """
    if looks < 1:
        raise ValueError(f"{looks} looks; expected 1 or more")
    return 1 - alpha(confidence) / looks


def tail_of(below: float, above: float, better: Better | None) -> float:
    """Of P(a statistic as low or lower) and P(as high or higher), the one that speaks for a worse candidate.

    Never 0: what no float can hold is the smallest that one can.
    """
    p = min(1.0, 2 * min(below, above)) if better is None else below if better == "higher" else above
    return max(p, sys.float_info.min)


def alpha(confidence: float) -> float:
    """How often an interval may miss."""
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence}; expected a fraction between 0 and 1")
    return 1 - confidence


def _t(freedom: float, confidence: float) -> float:
    """The upper α/2 point of Student's t."""
    return -float(scipy.special.stdtrit(freedom, alpha(confidence) / 2))


def _rate(passed: float, n: float) -> None:
    if n <= 0 or not 0 <= passed <= n:
        raise ValueError(f"{passed} passed of {n}; expected 0 ≤ passed ≤ n and n > 0")


def least(passed: float, n: float, tail: float) -> float:
    """The rate at which as many passes of n, or more, have the probability `tail`: the lower limit of `exact`."""
    return float(scipy.special.betaincinv(passed, n - passed + 1, tail)) if passed else 0.0


def _counts(*counts: float) -> None:
    if min(counts) < 0:
        raise ValueError(f"a count of {min(counts)}; expected 0 or more")


def _moments(mean: float, sd: float, n: float) -> None:
    if n <= 1 or not (math.isfinite(mean) and 0 <= sd < math.inf):
        raise ValueError(f"mean {mean}, sd {sd} of {n} cases; expected finite figures, sd ≥ 0 and n > 1")


def _distance(x: float, y: float, correlation: float) -> float:
    """How far a limit of a difference lies from it when its two parts are correlated."""
    return math.sqrt(max(0.0, x * x - 2 * correlation * x * y + y * y))


def _satterthwaite(mean1: float, sd1: float, n1: float, mean2: float, sd2: float, n2: float) -> tuple[float, float]:
    """Standard error of a difference of means and its degrees of freedom."""
    _moments(mean1, sd1, n1)
    _moments(mean2, sd2, n2)
    one, two = sd1 / math.sqrt(n1), sd2 / math.sqrt(n2)
    error = math.hypot(one, two)
    if error == 0:
        raise ValueError(f"an sd of 0 of {n1} and of {n2} cases; expected some spread")
    return error, 1 / ((one / error) ** 4 / (n1 - 1) + (two / error) ** 4 / (n2 - 1))


def _binomial(k: float, n: float, q: float) -> float:
    """P(Bin(n, q) ≤ k) for 0 ≤ k ≤ n, by the incomplete beta function (`bdtr` strays by 1e-4 for millions of cases)."""
    return 1.0 if k == n else float(scipy.special.betaincc(k + 1, n - k, q))


def _ranks(n: Counts, q: float, tail: float) -> Counts:
    """For each n the largest l with P(Bin(n, q) ≤ l − 1) ≤ tail, 0 where there is none.

    By bisection, from a bracket around the normal approximation that is widened until it holds the answer.
    """

    def fits(rank: Counts) -> npt.NDArray[np.bool_]:
        inside = np.clip(rank, 1, np.maximum(n, 1))
        below = scipy.special.betaincc(inside, np.maximum(n - inside + 1, 1), q)
        return np.where(rank < 1, True, np.where(rank > n, False, below <= tail))

    near: Counts = np.floor(n * q + scipy.special.ndtri(tail) * np.sqrt(n * q * (1 - q))).astype(np.int64)
    width = np.full_like(n, 2)
    low: Counts = near - width
    high: Counts = near + width
    while (wrong := ~fits(low) | fits(high)).any():
        width = np.where(wrong, 4 * width, width)
        low, high = np.maximum(near - width, 0), near + width
    while (high - low > 1).any():
        middle = (low + high) // 2
        right = fits(middle)
        low, high = np.where(right, middle, low), np.where(right, high, middle)
    answer: Counts = np.maximum(low, 0)
    return answer
