"""How sure a figure is, and how sure a difference: the right interval for what is known of two cells. Pure.

Intervals are at 95 % unless told. A figure that the file states without its spread has none, unless it is a rate or a
score in 0–1: no such scores can spread more than as many passes and failures do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from readiness.model.cells import Cell, Statistic

from . import bounds, intervals
from .bounds import Sample
from .intervals import Better, Interval

COVERED = 0.95
"""Share of the cases on each side that must be in pairs for the pairs to speak for all."""
CONFIDENCE = 0.95
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Pairs:
    """The cases that both versions ran: with both passing, with one only, with none."""

    both: int
    only_baseline: int
    only_candidate: int
    neither: int

    @property
    def n(self) -> int:
        return self.both + self.only_baseline + self.only_candidate + self.neither


@dataclass(frozen=True)
class Difference:
    """Candidate minus baseline in the metric's unit, and the test that belongs to its interval."""

    interval: Interval
    method: str
    test: Callable[[], float] = field(repr=False, compare=False)

    @property
    def p(self) -> float:
        """One-sided against "worse"; worked out only where it is asked for, since there may be many cohorts."""
        return self.test()


def of_cell(cell: Cell, stat: Statistic = "mean", *, confidence: float = CONFIDENCE) -> Interval | None:
    """The interval of a cell's figure; None where too little is known."""
    if stat != "mean":
        return _of_quantile(cell, stat, confidence)
    sample = sample_of(cell)
    return bounds.interval(sample, confidence=confidence) if sample and sample.known else None


def difference(
    baseline: Cell,
    candidate: Cell,
    pairs: Pairs | None = None,
    stat: Statistic = "mean",
    *,
    confidence: float = CONFIDENCE,
) -> Difference | None:
    """Between the same cases if they were paired, else between two independent sets of cases."""
    better: Better = "lower" if candidate.direction == "lower" else "higher"
    if stat != "mean":
        return _of_quantiles(baseline, candidate, stat, better, confidence)
    if pairs is not None and _is_rate(baseline) and _is_rate(candidate) and _covers(pairs, baseline, candidate):
        return _of_pairs(pairs, better, confidence)
    one, two = sample_of(candidate), sample_of(baseline)
    if one is None or two is None or not bounds.comparable(one, two):
        return None
    interval = bounds.difference(one, two, confidence=confidence)
    return Difference(interval, _apart(baseline, candidate), lambda: bounds.difference_p(one, two, better=better))


def sample_of(cell: Cell) -> Sample | None:
    """What is known of the mean of a cell; None without it, or where nobody knows of how many cases it is.

    Only values of the unit `ratio`, and cases that passed or failed, are known to lie in 0–1.
    """
    if cell.mean is None or not cell.n:
        return None
    if _is_rate(cell):
        return Sample(cell.mean, cell.n)
    if cell.unit == "ratio" and 0 <= cell.mean <= 1:
        return Sample(cell.mean, cell.n, cell.sd)
    return Sample(cell.mean, cell.n, cell.sd, -math.inf, math.inf)


def _is_rate(cell: Cell) -> bool:
    """Whether the mean is the share of the cases that passed, counted or stated."""
    if cell.mean is None or not cell.n or not 0 <= cell.mean <= 1:
        return False
    if cell.passed is not None and abs(cell.passed - cell.mean * cell.n) <= _ROUNDING * cell.n:
        return True
    return cell.stated and cell.unit == "ratio" and cell.sd is None


def _of_pairs(pairs: Pairs, better: Better, confidence: float) -> Difference:
    counts = pairs.both, pairs.only_baseline, pairs.only_candidate, pairs.neither
    return Difference(
        intervals.paired(*counts, confidence=confidence),
        f"the same {pairs.n:,} cases under both versions",
        lambda: intervals.pairs_p(pairs.only_baseline, pairs.only_candidate, better=better),
    )


def _of_quantile(cell: Cell, stat: Statistic, confidence: float) -> Interval | None:
    """The limits that the cell holds, which are at 95 %, brought to another confidence."""
    value, low, high = (getattr(cell, name) for name in (stat, f"{stat}_low", f"{stat}_high"))
    if value is None or not cell.n or (low is None and high is None):
        return None
    known = Interval(-math.inf if low is None else min(low, value), math.inf if high is None else max(high, value))
    return bounds.stretched(value, known, cell.n, confidence, of=CONFIDENCE)


def _of_quantiles(
    baseline: Cell, candidate: Cell, stat: Statistic, better: Better, confidence: float
) -> Difference | None:
    one, two = _of_quantile(candidate, stat, CONFIDENCE), _of_quantile(baseline, stat, CONFIDENCE)
    if one is None or two is None:
        return None
    now, before = getattr(candidate, stat), getattr(baseline, stat)
    change, fewest = now - before, min(candidate.n or 0, baseline.n or 0)
    known = intervals.mover(now, one, before, two)
    return Difference(
        bounds.stretched(change, known, fewest, confidence, of=CONFIDENCE),
        _apart(baseline, candidate),
        lambda: bounds.quantiles_p(change, known, fewest, better=better, confidence=CONFIDENCE),
    )


def _covers(pairs: Pairs, baseline: Cell, candidate: Cell) -> bool:
    return pairs.n >= COVERED * max(baseline.n or 0, candidate.n or 0)


def _apart(baseline: Cell, candidate: Cell) -> str:
    return f"{candidate.n or 0:,} cases against {baseline.n or 0:,} others"
