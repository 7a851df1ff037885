"""What a figure can settle: how many cases it needs, what it could miss, and whether a change matters. Pure.

The spread and the estimate are taken to stay as they are; both move when there are more cases, so these are plans and
no promises. Unusable arguments raise ValueError.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import scipy

from readiness.language import marked
from readiness.model.cells import Cell, Statistic

from . import bounds, intervals
from .bounds import Sample
from .intervals import Better, Interval

Change = Literal["same", "better", "worse", "cannot tell"]
FEWEST: dict[Statistic, int] = {"p95": 60, "p99": 300}
"""How many cases a quantile needs. With 59 cases, and with 299, the greatest value lies above p95, and above p99, in
95 % of samples (0.95⁵⁹ and 0.99²⁹⁹ are 0.05); with fewer no value measured bounds the quantile from above."""
NO_SAMPLES = marked("stated without samples: no interval, so it settles nothing")
"""Why a quantile that a file states decides nothing: no interval follows from n and the figure alone."""
POWER = 0.8
"""How often a loss must be noticed to count as one that would be."""
_MOST = 10**9
_ROUNDING = 1e-12


def too_few(stat: Statistic, n: int) -> bool:
    """Whether so few cases have no such quantile worth showing."""
    return n < FEWEST.get(stat, 0)


def rests_on_too_few(cell: Cell, stat: Statistic) -> bool:
    """Whether a figure rests on so few independent cases; never where nobody stated how many."""
    return cell.independent is not None and too_few(stat, cell.independent)


def needed(
    sample: Sample, *, least: float | None = None, most: float | None = None, confidence: float = 0.95
) -> int | None:
    """How many cases (or clusters, or pairs) settle that the mean is at least `least` and at most `most`.

    The fewest whose interval lies wholly within, for the same mean and sd; None where the mean itself does not.
    For a regression the sample is that of the paired differences.
    """

    def settles(n: int) -> bool:
        more = replace(sample, n=n)
        return more.known and _within(bounds.interval(more, confidence=confidence), least, most)

    return _fewest(settles) if _beyond(sample.mean, least, most) else None


def needed_apart(
    one: Sample, two: Sample, *, least: float | None = None, most: float | None = None, confidence: float = 0.95
) -> int | None:
    """How many cases of the candidate settle the difference of two independent samples, as `needed` for one.

    The baseline grows in the same proportion.
    """

    def settles(n: int) -> bool:
        sides = replace(one, n=n), replace(two, n=n * two.n / one.n)
        known = all(side.known for side in sides)
        return known and _within(bounds.difference(*sides, confidence=confidence), least, most)

    return _fewest(settles) if _beyond(one.mean - two.mean, least, most) else None


def needed_for(figure: float, interval: Interval, bound: float, n: int | None) -> int | None:
    """How many cases bring the limit of an interval that faces a bound onto it, of a figure that is not a mean.

    The distance from a figure to its limit shrinks with √n, and takes n · (distance to the limit / distance to the
    bound)² cases to be as short as that to the bound. None where the figure lies on the bound, or the limit is open.
    """
    room = abs(bound - figure)
    reach = figure - interval.low if bound < figure else interval.high - figure
    if not n or room <= _ROUNDING or math.isinf(reach):
        return None
    cases = n * (reach / room) ** 2
    return math.ceil(cases) if cases <= _MOST else None


def unnoticed(
    change: float, interval: Interval, better: Better, *, confidence: float = 0.95, power: float = POWER
) -> float:
    """The smallest loss that as many cases as these notice with the given power; a lesser one may be missed.

    (1 + z(power) / z(1 − α/2)) times the distance from the change to the limit that would have to leave 0 out: the
    usual approximation (z(1 − α/2) + z(power)) · se (Cohen 1988, Statistical Power Analysis, 2nd ed., § 2.4), with the
    distance for z(1 − α/2) standard errors. Infinite where that side is open.
    """
    reach = change - interval.low if better == "lower" else interval.high - change
    ndtri = scipy.special.ndtri
    return reach * (1 + float(ndtri(power) / ndtri(1 - intervals.alpha(confidence) / 2)))


def is_within(interval: Interval, margin: float) -> bool:
    """Whether no change beyond the margin is left, whichever way."""
    return -margin - _ROUNDING <= interval.low and interval.high <= margin + _ROUNDING


def judge(interval: Interval, better: Better, margin: float = 0.0) -> Change:
    """What the interval of candidate − baseline says of a change that matters only beyond `margin`.

    "same" where it lies wholly within ±margin: two one-sided tests at α/2 (Schuirmann 1987, J. Pharmacokinet.
    Biopharm. 15:657–680), also where it leaves 0 out; else "better" or "worse" where it leaves 0 out, and "cannot
    tell" where it holds both no change and one that matters. Raises ValueError for a negative margin.
    """
    if margin < 0:
        raise ValueError(f"a margin of {margin}; expected 0 or more")
    if margin and is_within(interval, margin):
        return "same"
    if interval.low > _ROUNDING:
        return "better" if better == "higher" else "worse"
    if interval.high < -_ROUNDING:
        return "worse" if better == "higher" else "better"
    return "cannot tell"


def _within(interval: Interval, least: float | None, most: float | None) -> bool:
    floor, ceiling = -math.inf if least is None else least, math.inf if most is None else most
    return interval.low >= floor - _ROUNDING and interval.high <= ceiling + _ROUNDING


def _beyond(figure: float, least: float | None, most: float | None) -> bool:
    """Whether a figure lies within its bounds and on none of them."""
    if least is None and most is None:
        raise ValueError("neither least nor most; expected at least one")
    return (least is None or figure > least) and (most is None or figure < most)


def _fewest(settles: Callable[[int], bool]) -> int | None:
    """The smallest n from 1 that settles, of those that do once and for all; None beyond a thousand million."""
    high = 1
    while not settles(high):
        high *= 2
        if high > _MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if settles(middle) else (middle, high)
    return high
