"""Intervals and p-values for rates, means and quantiles, and for what changed between two versions. Pure.

Side 1 is the candidate and side 2 the baseline: every difference is candidate − baseline. Rates and their differences
are fractions (0.9 is 90 %); means, standard deviations and quantiles are in the metric's own unit. An interval is
two-sided with equal tails, at `confidence` (a fraction, 0.95 unless told). Unusable arguments raise ValueError.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
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


def wilson(passed: float, n: int, *, confidence: float = 0.95) -> Interval:
    """Score interval for the rate passed / n, within [0, 1]; it never shrinks to a point, not even at 0 or n passed.

    Wilson 1927, J. Am. Stat. Assoc. 22:209–212, without continuity correction; method 3 of Newcombe 1998,
    Stat. Med. 17:857–872. Raises ValueError unless 0 ≤ passed ≤ n and n ≥ 1.
    """
    rate, z = _rate(passed, n), _z(confidence)
    centre = (passed + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(passed * (n - passed) / n + z * z / 4)
    return Interval(max(0.0, min(rate, centre - half)), min(1.0, max(rate, centre + half)))


def newcombe(passed1: float, n1: int, passed2: float, n2: int, *, confidence: float = 0.95) -> Interval:
    """Interval for passed1 / n1 − passed2 / n2 of two independent sets of cases, within [−1, 1].

    The Wilson limits of both rates, squared and added: method 10 of Newcombe 1998, Stat. Med. 17:873–890.
    Raises ValueError unless 0 ≤ passed ≤ n and n ≥ 1 on both sides.
    """
    one, two = wilson(passed1, n1, confidence=confidence), wilson(passed2, n2, confidence=confidence)
    interval = mover(passed1 / n1, one, passed2 / n2, two)
    return Interval(max(-1.0, interval.low), min(1.0, interval.high))


def paired(both: int, only_baseline: int, only_candidate: int, neither: int, *, confidence: float = 0.95) -> Interval:
    """Interval for (only_candidate − only_baseline) / n of n cases that both versions ran, within [−1, 1].

    The four arguments count the cases that pass with both versions, with one only, and with neither. The Wilson
    limits are squared and added, less the part that the correlation φ of the pairs accounts for: method 10 of
    Newcombe 1998, Stat. Med. 17:2635–2650. Raises ValueError for a negative count or no cases at all.
    """
    _counts(both, only_baseline, only_candidate, neither)
    n = both + only_baseline + only_candidate + neither
    one, two = both + only_candidate, both + only_baseline
    first, second = wilson(one, n, confidence=confidence), wilson(two, n, confidence=confidence)
    phi = _phi(both, only_baseline, only_candidate, neither)
    change = (only_candidate - only_baseline) / n
    down = _distance(one / n - first.low, second.high - two / n, phi)
    up = _distance(first.high - one / n, two / n - second.low, phi)
    return Interval(max(-1.0, change - down), min(1.0, change + up))


def mean(mean: float, sd: float, n: int, *, confidence: float = 0.95) -> Interval:
    """Student's t interval for a mean, in its unit; `sd` is that of the sample (divisor n − 1).

    Student 1908, Biometrika 6:1–25; mean ± t(n − 1) · sd / √n. Without spread it is a point.
    Raises ValueError unless n ≥ 2, sd ≥ 0 and both figures are finite.
    """
    _moments(mean, sd, n)
    half = _t(n - 1, confidence) * sd / math.sqrt(n)
    return Interval(mean - half, mean + half)


def welch(
    mean1: float, sd1: float, n1: int, mean2: float, sd2: float, n2: int, *, confidence: float = 0.95
) -> Interval:
    """Interval for mean1 − mean2, in their unit, of two independent sets of cases whose spreads may differ.

    Welch 1947, Biometrika 34:28–35, with the degrees of freedom of Satterthwaite 1946, Biometrics Bull. 2:110–114.
    `sd` has the divisor n − 1. Raises ValueError unless n ≥ 2, sd ≥ 0 and all is finite on both sides.
    """
    _moments(mean1, sd1, n1)
    _moments(mean2, sd2, n2)
    error, freedom = _satterthwaite(sd1, n1, sd2, n2)
    half = _t(freedom, confidence) * error
    return Interval(mean1 - mean2 - half, mean1 - mean2 + half)


def welch_p(
    mean1: float, sd1: float, n1: int, mean2: float, sd2: float, n2: int, *, better: Better | None = "higher"
) -> float:
    """p-value of Welch's t test: one-sided against "the candidate's mean is worse", two-sided where `better` is None.

    The test belongs to the interval of `welch`, with the same arguments, references and errors. Without spread on
    either side any difference has p 0 or 1, and none at all has 0.5 (two-sided 1).
    """
    _moments(mean1, sd1, n1)
    _moments(mean2, sd2, n2)
    error, freedom = _satterthwaite(sd1, n1, sd2, n2)
    t = _ratio(mean1 - mean2, error)
    return _tail(float(scipy.special.stdtr(freedom, t)), float(scipy.special.stdtr(freedom, -t)), better)


def two_rates_p(passed1: float, n1: int, passed2: float, n2: int, *, better: Better | None = "higher") -> float:
    """p-value of the pooled score z test for two independent rates: one-sided against "the candidate's rate is worse".

    z = (p1 − p2) / √(p (1 − p) (1/n1 + 1/n2)) with p the pooled rate; its square is Pearson's χ² without continuity
    correction (Agresti 2013, Categorical Data Analysis, 3rd ed., § 3.2). Two-sided where `better` is None; where all
    or no cases pass z is 0. Raises ValueError unless 0 ≤ passed ≤ n and n ≥ 1 on both sides.
    """
    difference = _rate(passed1, n1) - _rate(passed2, n2)
    pooled = (passed1 + passed2) / (n1 + n2)
    z = _ratio(difference, math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2)))
    return _tail(float(scipy.special.ndtr(z)), float(scipy.special.ndtr(-z)), better)


def pairs_p(only_baseline: int, only_candidate: int, *, better: Better | None = "higher") -> float:
    """Exact binomial p-value of pairs that differ: one-sided against "the candidate's rate is worse".

    Under no difference only_candidate is Bin(only_baseline + only_candidate, ½): the conditional test of McNemar 1947,
    Psychometrika 12:153–157. Two-sided where `better` is None; 1 without a pair that differs.
    Raises ValueError for a negative count.
    """
    _counts(only_baseline, only_candidate)
    n = only_baseline + only_candidate
    return _tail(_binomial(only_candidate, n, 0.5), _binomial(only_baseline, n, 0.5), better)


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
    tail = _alpha(confidence) / 2
    sizes, at = np.unique(n, return_inverse=True)
    return _ranks(sizes, q, tail)[at], n + 1 - _ranks(sizes, 1 - q, tail)[at]


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


def _alpha(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence}; expected a fraction between 0 and 1")
    return 1 - confidence


def _z(confidence: float) -> float:
    """The upper α/2 point of the normal distribution."""
    return -float(scipy.special.ndtri(_alpha(confidence) / 2))


def _t(freedom: float, confidence: float) -> float:
    """The upper α/2 point of Student's t."""
    return -float(scipy.special.stdtrit(freedom, _alpha(confidence) / 2))


def _rate(passed: float, n: int) -> float:
    if n < 1 or not 0 <= passed <= n:
        raise ValueError(f"{passed} passed of {n}; expected 0 ≤ passed ≤ n and n ≥ 1")
    return passed / n


def _counts(*counts: int) -> None:
    if min(counts) < 0:
        raise ValueError(f"a count of {min(counts)}; expected 0 or more")


def _moments(mean: float, sd: float, n: int) -> None:
    if n < 2 or not (math.isfinite(mean) and 0 <= sd < math.inf):
        raise ValueError(f"mean {mean}, sd {sd} of {n} cases; expected finite figures, sd ≥ 0 and n ≥ 2")


def _phi(a: int, b: int, c: int, d: int) -> float:
    """The correlation of the pairs, its numerator drawn towards 0 by n/2 where positive; 0 where a margin is empty.

    The continuity correction is what tells method 10 from method 8 (Newcombe 1998, Stat. Med. 17:2635–2650).
    """
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    excess: float = a * d - b * c
    if excess > 0:
        excess = max(0.0, excess - (a + b + c + d) / 2)
    return excess / math.sqrt(margins) if margins else 0.0


def _distance(x: float, y: float, phi: float) -> float:
    """√(x² − 2φxy + y²): how far a limit of a difference lies from it when its two parts are correlated."""
    return math.sqrt(max(0.0, x * x - 2 * phi * x * y + y * y))


def _satterthwaite(sd1: float, n1: int, sd2: float, n2: int) -> tuple[float, float]:
    """Standard error of a difference of means and its degrees of freedom (n1 + n2 − 2 where there is no spread)."""
    one, two = sd1 / math.sqrt(n1), sd2 / math.sqrt(n2)
    error = math.hypot(one, two)
    if error == 0:
        return 0.0, n1 + n2 - 2
    return error, 1 / ((one / error) ** 4 / (n1 - 1) + (two / error) ** 4 / (n2 - 1))


def _ratio(difference: float, error: float) -> float:
    """The test statistic; without spread ±∞, or 0 where there is no difference either."""
    if error == 0:
        return math.copysign(math.inf, difference) if difference else 0.0
    return difference / error


def _tail(below: float, above: float, better: Better | None) -> float:
    """Of P(a statistic as low or lower) and P(as high or higher), the one that speaks for a worse candidate."""
    if better is None:
        return min(1.0, 2 * min(below, above))
    return below if better == "higher" else above


def _binomial(k: int, n: int, q: float) -> float:
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
