"""Intervals and p-values for means from a few figures, also where scores are few, skewed or in clusters. Pure.

A score in 0–1 is given its worst case: of all distributions with the mean and the spread that were seen, the one whose
rare values lie furthest away, all in the direction of the limit. It has two values, so its limit is exact. Side 1 is
the candidate and side 2 the baseline, as in `intervals`; unusable arguments raise ValueError.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass

import scipy

from . import intervals
from .intervals import Better, Interval

_ROUNDING = 1e-9
_NO_EVIDENCE = 0.5
"""The one-sided p-value where an interval of any confidence holds the value that is asked about."""
_FURTHEST = 37.0
"""Standard errors beyond which the normal distribution has no probability that a float can hold."""


@dataclass(frozen=True)
class Sample:
    """A mean and what is behind it: `n` parts that do not depend on each other, and their `sd` (divisor n − 1).

    Parts are cases, pairs of the same case or clusters (`clustered`). Without `sd` they spread as much as they can.
    No value lies outside `low` to `high`; both are infinite where nothing bounds the values.
    """

    mean: float
    n: float
    sd: float | None = None
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        if not (self.n > 0 and self.low - _ROUNDING <= self.mean <= self.high + _ROUNDING):
            raise ValueError(f"a mean of {self.mean} of {self.n}; expected n > 0, and {self.low} to {self.high}")
        if self.sd is not None and not 0 <= self.sd < math.inf:
            raise ValueError(f"an sd of {self.sd}; expected 0 or more")

    @property
    def bounded(self) -> bool:
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def known(self) -> bool:
        """Whether there is an interval: values that nothing bounds must be two or more and differ."""
        if self.bounded:
            return True
        return self.n > 1 and self.sd is not None and self.sd > _ROUNDING * abs(self.mean)


@dataclass(frozen=True)
class _Worst:
    """Two values, 0 and `top`, of which `share` of the `n` parts have the second: mean and spread are those seen."""

    top: float
    passed: float
    n: float

    @classmethod
    def of(cls, sample: Sample, *, mirrored: bool) -> _Worst:
        """Of a sample brought to 0–1, or to 1–0 where it is `mirrored` for the upper limit."""
        width = sample.high - sample.low
        mean = min(max((sample.mean - sample.low) / width, 0.0), 1.0)
        most, n = mean * (1 - mean), sample.n
        variance = most if sample.sd is None else (sample.sd / width) ** 2
        spread = variance * (1 - 1 / n) if n > 1 else 0.0
        if spread > most * (1 + _ROUNDING) and most:
            n *= most / spread
        mean = 1 - mean if mirrored else mean
        top = min(1.0, mean + variance / mean) if mean else 1.0
        return cls(top, min(n, n * mean / top), n)

    def limit(self, tail: float) -> float:
        """The lower limit that is wrong in `tail` of all samples."""
        return self.top * intervals.least(self.passed, self.n, tail)

    def tail(self, at: float) -> float:
        """The tail whose limit is `at`."""
        if at >= self.top or not self.passed:
            return 1.0
        return float(scipy.special.betainc(self.passed, self.n - self.passed + 1, max(at, 0.0) / self.top))


def clustered(
    mean: float, se: float, clusters: float, *, low: float = 0.0, high: float = 1.0, effective: float | None = None
) -> Sample:
    """The sample of a mean whose parts are clusters, with `se` its cluster-robust standard error.

    It counts as `effective` clusters, (Σ m)² / Σ m² where m are the runs of each (Kish 1965, Survey Sampling, § 11.7),
    which weighs clusters of different sizes; as all of them where that is not known. Where all runs of a cluster agree
    this is the sample of one run each; fewer count where `se` is larger than so many clusters can have
    (n = p (1 − p) / se², as in Korn & Graubard 1998, Survey Methodology 24:193–201), never more.
    """
    n = clusters if effective is None else min(effective, clusters)
    return Sample(mean, n, se * math.sqrt(n), low, high)


def interval(sample: Sample, *, confidence: float = 0.95) -> Interval:
    """Interval for the mean of a sample, in its unit; it never shrinks to a point.

    Values that nothing bounds have Student's t interval (`intervals.mean`). Values within `low` to `high` are brought
    to 0–1, and the lower limit is that of the worst distribution with the mean x̄ and variance s² that were seen: a
    share x̄/a of the values at a = x̄ + s²/x̄, at most 1, and the others at 0 (the lower principal representation of
    Karlin & Studden 1966, Tchebycheff Systems, ch. II). Its limit is a times the exact one for n·x̄/a of n
    (`intervals.exact`), and the upper limit is that of 1 − x. Where all values are 0 or 1 this is the exact interval;
    for many values it nears x̄ ± z·s/√n. That it covers every other distribution is measured (docs/statistics.md), not
    proven.
    """
    if not sample.known:
        raise ValueError(f"an sd of {sample.sd} of {sample.n}; expected two or more values that differ")
    return _at(sample, intervals.alpha(confidence) / 2)


def p_value(sample: Sample, at: float = 0.0, *, better: Better = "higher") -> float:
    """One-sided p-value against "the mean is on the worse side of `at`": of paired differences, "it became worse".

    The tail whose limit in `interval` is `at`, so that p ≤ α/2 where the interval lies beyond `at`; one half where
    none does, and 1 − p of the other side where the evidence is for better. It is never 0 or 1 for want of spread.
    """
    if not sample.known:
        raise ValueError(f"an sd of {sample.sd} of {sample.n}; expected two or more values that differ")
    if not sample.bounded:
        t = (sample.mean - at) / ((sample.sd or 0.0) / math.sqrt(sample.n))
        below, above = (float(scipy.special.stdtr(sample.n - 1, side)) for side in (t, -t))
        return intervals.tail_of(below, above, better)
    unit = (at - sample.low) / (sample.high - sample.low)
    lower = _Worst.of(sample, mirrored=True).tail(1 - unit)
    higher = _Worst.of(sample, mirrored=False).tail(unit)
    return _either(lower, higher, better)


def difference(one: Sample, two: Sample, *, confidence: float = 0.95) -> Interval:
    """Interval for the mean of `one` less that of `two`, two independent samples, in their unit.

    `intervals.welch` where nothing bounds either, else `intervals.mover` of the intervals of both.
    """
    if not one.bounded and not two.bounded:
        return intervals.welch(*_moments(one), *_moments(two), confidence=confidence)
    sides = (interval(sample, confidence=confidence) for sample in (one, two))
    change = intervals.mover(one.mean, next(sides), two.mean, next(sides))
    return Interval(max(one.low - two.high, change.low), min(one.high - two.low, change.high))


def difference_p(one: Sample, two: Sample, *, better: Better = "higher") -> float:
    """One-sided p-value against "the candidate's mean is worse" of two independent samples.

    That of Welch's test where nothing bounds either, else the tail at which `difference` has its limit at 0, and one
    half where it holds 0 at any confidence. It is never 0 or 1 for want of spread.
    """
    if not one.bounded and not two.bounded:
        return intervals.welch_p(*_moments(one), *_moments(two), better=better)
    change = one.mean - two.mean
    above, below = (_above(one), _below(two)) if change < 0 else (_above(two), _below(one))
    p = _tail_where(lambda tail: math.hypot(above(tail), below(tail)), abs(change))
    return p if (change < 0) == (better == "higher") else _other(p)


def comparable(one: Sample, two: Sample) -> bool:
    """Whether the difference of two samples has an interval."""
    if one.bounded or two.bounded:
        return one.known and two.known
    return all(side.n > 1 and side.sd is not None for side in (one, two)) and (one.known or two.known)


def stretched(figure: float, interval: Interval, n: float, confidence: float, *, of: float = 0.95) -> Interval:
    """An interval whose confidence is `of`, at another: the distances to its limits stand for t(n − 1) standard errors.

    For quantiles, of which only the ranks of one confidence are kept; approximate, as in `quantiles_p`.
    """
    if confidence == of or n <= 1:
        return interval
    wider = _units(n, confidence) / _units(n, of)
    return Interval(figure - wider * (figure - interval.low), figure + wider * (interval.high - figure))


def quantiles_p(
    change: float, interval: Interval, n: float, *, better: Better = "lower", confidence: float = 0.95
) -> float:
    """One-sided p-value of a difference of quantiles from its `interval` (`intervals.mover`) at `confidence`.

    The distance from the difference to the limit on the side of 0 stands for t(n − 1) standard errors, n being that
    of the smaller side: p ≤ α/2 where the interval leaves 0 out, and α/2 where that distance is 0. An open side has one
    half. Approximate, since the ranks of other confidences are not known; the family-wise error that it leaves is
    measured in docs/statistics.md.
    """
    reach = change - interval.low if change > 0 else interval.high - change
    if n <= 1 or not change or reach == math.inf:
        return _NO_EVIDENCE
    units = _units(n, confidence) * (abs(change) / reach if reach else 1.0)
    p = float(scipy.special.stdtr(n - 1, -units))
    return max(p, sys.float_info.min) if (change < 0) == (better == "higher") else _other(p)


def _units(n: float, confidence: float) -> float:
    """The upper α/2 point of Student's t for n cases."""
    return -float(scipy.special.stdtrit(n - 1, intervals.alpha(confidence) / 2))


def _at(sample: Sample, tail: float) -> Interval:
    """The interval whose limits are each wrong in `tail` of all samples."""
    return Interval(sample.mean - _below(sample)(tail), sample.mean + _above(sample)(tail))


def _below(sample: Sample) -> Callable[[float], float]:
    """How far the lower limit lies below the mean, by the tail that it leaves."""
    if not sample.bounded:
        error = (sample.sd or 0.0) / math.sqrt(sample.n)
        return lambda tail: -error * float(scipy.special.stdtrit(sample.n - 1, tail))
    worst, width = _Worst.of(sample, mirrored=False), sample.high - sample.low
    return lambda tail: max(0.0, sample.mean - sample.low - width * worst.limit(tail))


def _above(sample: Sample) -> Callable[[float], float]:
    return _below(Sample(-sample.mean, sample.n, sample.sd, -sample.high, -sample.low))


def _moments(sample: Sample) -> tuple[float, float, float]:
    return sample.mean, sample.sd or 0.0, sample.n


def _either(lower: float, higher: float, better: Better) -> float:
    """One p-value of the two tails of an exact test, which add up to more than 1."""
    worse, otherwise = (lower, higher) if better == "higher" else (higher, lower)
    return min(worse, _NO_EVIDENCE) if worse <= otherwise else _other(min(otherwise, _NO_EVIDENCE))


def _other(p: float) -> float:
    """The p-value of the other side, below 1 also where no float lies between."""
    return min(1 - p, 1 - sys.float_info.epsilon)


def _tail_where(reach: Callable[[float], float], distance: float) -> float:
    """The tail at which `reach`, which grows as the tail shrinks, comes to `distance`.

    By false position on the normal scale, where it is nearly straight, with the step of Illinois.
    """
    low, high, short = 0.0, 1.0, reach(_NO_EVIDENCE) - distance
    if short >= 0:
        return _NO_EVIDENCE
    while (over := reach(float(scipy.special.ndtr(-high))) - distance) < 0 and high < _FURTHEST:
        low, short, high = high, over, min(2 * high, _FURTHEST)
    while over > 0 and high - low > _ROUNDING:
        middle = low - short * (high - low) / (over - short)
        missing = reach(float(scipy.special.ndtr(-middle))) - distance
        if abs(missing) <= _ROUNDING * distance:
            return float(scipy.special.ndtr(-middle))
        if missing < 0:
            low, short, over = middle, missing, over / 2
        else:
            high, over, short = middle, missing, short / 2
    return float(scipy.special.ndtr(-high))
