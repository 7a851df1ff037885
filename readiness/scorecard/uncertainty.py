"""How sure a figure is, and how sure a difference: the right interval for what is known of two cells. Pure.

All intervals are at 95 %. A figure that the file states without its spread has none, unless it is a rate: no share of
cases can spread more than one of passes and failures does, so Wilson's interval covers it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from readiness.model.cells import Cell, Statistic

from . import intervals
from .intervals import Interval

COVERED = 0.95
"""Share of the cases on each side that must be in pairs for the pairs to speak for all."""
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
    """Candidate minus baseline in the metric's unit; `p` is one-sided against "worse", None where there is no test."""

    interval: Interval
    method: str
    p: float | None = None


def of_cell(cell: Cell, stat: Statistic = "mean") -> Interval | None:
    """The interval of a cell's figure; None where too little is known."""
    value = getattr(cell, stat)
    if value is None or not cell.n:
        return None
    if stat != "mean":
        low, high = getattr(cell, f"{stat}_low"), getattr(cell, f"{stat}_high")
        if low is None and high is None:
            return None
        return Interval(-math.inf if low is None else min(low, value), math.inf if high is None else max(high, value))
    passed = _passed(cell)
    if passed is not None:
        return intervals.wilson(passed, cell.n)
    return intervals.mean(value, cell.sd, cell.n) if cell.sd is not None and cell.n > 1 else None


def difference(
    baseline: Cell, candidate: Cell, pairs: Pairs | None = None, stat: Statistic = "mean"
) -> Difference | None:
    """Between the same cases if they were paired, else between two independent sets of cases."""
    if stat != "mean":
        return _of_quantiles(baseline, candidate, stat)
    better: intervals.Better = "lower" if candidate.direction == "lower" else "higher"
    one, two = _passed(candidate), _passed(baseline)
    if one is None or two is None or not candidate.n or not baseline.n:
        return _of_means(baseline, candidate, better)
    if pairs is not None and _covers(pairs, baseline.n, candidate.n):
        interval = intervals.paired(pairs.both, pairs.only_baseline, pairs.only_candidate, pairs.neither)
        p = intervals.pairs_p(pairs.only_baseline, pairs.only_candidate, better=better)
        return Difference(interval, f"the same {pairs.n:,} cases under both versions", p)
    interval = intervals.newcombe(one, candidate.n, two, baseline.n)
    return Difference(
        interval, _apart(baseline, candidate), intervals.two_rates_p(one, candidate.n, two, baseline.n, better=better)
    )


def _of_means(baseline: Cell, candidate: Cell, better: intervals.Better) -> Difference | None:
    one, two = _moments(candidate), _moments(baseline)
    if one is None or two is None:
        return None
    p = intervals.welch_p(*one, *two, better=better)
    return Difference(intervals.welch(*one, *two), _apart(baseline, candidate), p)


def _of_quantiles(baseline: Cell, candidate: Cell, stat: Statistic) -> Difference | None:
    one, two = of_cell(candidate, stat), of_cell(baseline, stat)
    if one is None or two is None:
        return None
    interval = intervals.mover(getattr(candidate, stat), one, getattr(baseline, stat), two)
    return Difference(interval, _apart(baseline, candidate))


def _passed(cell: Cell) -> float | None:
    """How many cases passed, where the mean is a rate; of a stated rate as many as it says, whole or not."""
    if cell.mean is None or not cell.n or not 0 <= cell.mean <= 1:
        return None
    if cell.passed is not None and abs(cell.passed - cell.mean * cell.n) <= _ROUNDING * cell.n:
        return cell.passed
    return cell.mean * cell.n if cell.stated and cell.unit == "ratio" else None


def _moments(cell: Cell) -> tuple[float, float, int] | None:
    if cell.mean is None or cell.sd is None or cell.n is None or cell.n < 2:
        return None
    return cell.mean, cell.sd, cell.n


def _covers(pairs: Pairs, baseline: int, candidate: int) -> bool:
    return pairs.n >= COVERED * max(baseline, candidate)


def _apart(baseline: Cell, candidate: Cell) -> str:
    return f"{candidate.n or 0:,} cases against {baseline.n or 0:,} others"
