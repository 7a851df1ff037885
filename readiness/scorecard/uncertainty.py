"""How sure a figure is, and how sure a difference: the right interval for what is known of two cells. Pure.

Intervals are at 95 % unless told. A figure that the file states without its spread has none, unless it is a rate or a
score in 0–1: no such scores can spread more than as many passes and failures do. Where cases depend on each other
(several runs of a case, turns of a conversation), what counts is how many independent clusters there are and how far
these spread.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from readiness import formatting
from readiness.language import tr, trn
from readiness.model.cells import Cell, Pair, Statistic

from . import bounds, intervals
from .bounds import Sample
from .intervals import Better, Interval

CONFIDENCE = 0.95
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Pairs:
    """The cases that both versions ran: the mean of each, how far the differences spread, and what passed.

    See `Pair`, whose fields these are, with the baseline first.
    """

    cases: int
    n: int
    baseline: float
    candidate: float
    sd: float | None = None
    both: float | None = None
    only_baseline: float | None = None
    only_candidate: float | None = None
    neither: float | None = None

    @classmethod
    def of(cls, pair: Pair, *, turned: bool) -> Pairs:
        """The pair as it stands, or `turned` round where its first version is the candidate."""
        means, only = (pair.mean_first, pair.mean_second), (pair.only_first, pair.only_second)
        if turned:
            means, only = means[::-1], only[::-1]
        return cls(pair.cases, pair.n, *means, pair.sd, pair.both, *only, pair.neither)

    @property
    def change(self) -> float:
        return self.candidate - self.baseline


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


def for_all(number: int) -> float:
    """The confidence of each of so many intervals where all of them are to hold (`intervals.shared`)."""
    return intervals.shared(CONFIDENCE, number)


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
    """Between the same cases where both versions ran some, else between two independent sets of cases."""
    better: Better = "lower" if candidate.direction == "lower" else "higher"
    if stat != "mean":
        return _of_quantiles(baseline, candidate, stat, better, confidence)
    if pairs is not None:
        return _of_pairs(baseline, candidate, pairs, better, confidence)
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
    if cell.clusters is not None:
        return _of_clusters(cell, cell.mean, cell.clusters)
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


def _of_clusters(cell: Cell, mean: float, clusters: int) -> Sample:
    """One cluster alone is one case, of whose spread nothing is known."""
    within_one = _is_rate(cell) or (cell.unit == "ratio" and 0 <= mean <= 1)
    low, high = (0.0, 1.0) if within_one else (-math.inf, math.inf)
    if cell.se is None:
        return Sample(mean, 1, None, low, high)
    return bounds.clustered(mean, cell.se, clusters, low=low, high=high, effective=cell.effective)


def _of_pairs(baseline: Cell, candidate: Cell, pairs: Pairs, better: Better, confidence: float) -> Difference | None:
    method = same_cases(pairs, baseline, candidate)
    counts = (pairs.both, pairs.only_baseline, pairs.only_candidate, pairs.neither)
    both, lost, won, neither = (count or 0 for count in counts)
    if None not in counts and pairs.n == pairs.cases:
        interval = intervals.paired(both, lost, won, neither, confidence=confidence)
        return Difference(interval, method, lambda: intervals.pairs_p(lost, won, better=better))
    most = 1.0 if candidate.unit == baseline.unit == "ratio" else math.inf
    sample = Sample(pairs.change, pairs.n, pairs.sd, -most, most)
    if not sample.known:
        return None
    interval = bounds.interval(sample, confidence=confidence)
    return Difference(interval, method, lambda: bounds.p_value(sample, better=better))


def same_cases(pairs: Pairs, baseline: Cell, candidate: Cell) -> str:
    """Which cases were compared: `the same 950 of 1,000 cases`."""
    every = max(cell.n or 0 if cell.cases is None else cell.cases for cell in (baseline, candidate))
    in_clusters = "" if pairs.n == pairs.cases else f" {trn('in {n} cluster', 'in {n} clusters', pairs.n)}"
    some = formatting.whole(pairs.cases)
    if every <= pairs.cases:
        return tr("the same {some} cases{in_clusters} under both versions", some=some, in_clusters=in_clusters)
    return tr(
        "the same {some} of {every} cases{in_clusters} under both versions",
        some=some,
        every=formatting.whole(every),
        in_clusters=in_clusters,
    )


def _of_quantile(cell: Cell, stat: Statistic, confidence: float) -> Interval | None:
    """The limits that the cell holds, which are at 95 %, brought to another confidence."""
    value, low, high = (getattr(cell, name) for name in (stat, f"{stat}_low", f"{stat}_high"))
    if value is None or not cell.n or (low is None and high is None):
        return None
    known = Interval(-math.inf if low is None else min(low, value), math.inf if high is None else max(high, value))
    return bounds.stretched(value, known, cell.independent or cell.n, confidence, of=CONFIDENCE)


def _of_quantiles(
    baseline: Cell, candidate: Cell, stat: Statistic, better: Better, confidence: float
) -> Difference | None:
    one, two = _of_quantile(candidate, stat, CONFIDENCE), _of_quantile(baseline, stat, CONFIDENCE)
    if one is None or two is None:
        return None
    now, before = getattr(candidate, stat), getattr(baseline, stat)
    change, fewest = now - before, min(candidate.independent or 0, baseline.independent or 0)
    known = intervals.mover(now, one, before, two)
    return Difference(
        bounds.stretched(change, known, fewest, confidence, of=CONFIDENCE),
        _apart(baseline, candidate),
        lambda: bounds.quantiles_p(change, known, fewest, better=better, confidence=CONFIDENCE),
    )


def _apart(baseline: Cell, candidate: Cell) -> str:
    others = formatting.runs(baseline)
    against = f"{others} others" if baseline.clusters is None else f"others, {others}"
    return f"{formatting.cases(candidate)} against {against}"
