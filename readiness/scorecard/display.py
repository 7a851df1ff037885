"""What the scorecard shows of one metric: which cohorts, in which order, and what is sure. Pure.

A page can show only so many cohorts, so the worst come first and the rest is counted, never dropped in silence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

from readiness import formatting
from readiness.language import marked, tr
from readiness.model.cells import Cell, Statistic
from readiness.model.policy import Gate
from readiness.model.record import ANY

from . import compare, planning, uncertainty
from .compare import CellKey, Reading, Regression, ScorecardRow
from .intervals import Interval

SHOWN = 24
CLASSES = "failure_class/"
"""What begins the name of a metric that is the share of a class of failures."""
TAILS: tuple[Statistic, ...] = ("p50", "p95", "p99")
FEW = 30
"""Cases on each side below which a difference is shown without a colour, however great it is."""
TOO_FEW = marked("too few cases")
Certainty = Literal["sure", "faint", "few", "none"]
LEADS: tuple[Statistic, ...] = ("mean", "p95")
"""What may speak for a metric: the mean, or p95 of durations."""


@dataclass(frozen=True, eq=False)
class Board:
    """What is shown of a metric. Whoever draws it may keep what was drawn by the board itself.

    `rows` are those shown, of the cohorts in `cohorts`; `hidden` cohorts are not. `surely` is for all of them.

    `readings` are those of `compare.readings`, adjusted for every cohort, hidden or not; a figure of too few cases has
    none.
    """

    metric: str
    stat: Statistic
    cohorts: tuple[str, ...]
    hidden: int
    rows: tuple[ScorecardRow, ...]
    surely: tuple[Regression, ...]
    readings: Mapping[CellKey, Reading]

    def mark(self, row: ScorecardRow) -> str:
        """`▼` where the candidate is worse beyond chance, `▲` where it is better, `≈` where the same, else nothing."""
        reading = self.reading(row)
        return compare.MARKS.get(reading, "") if reading else ""

    def reading(self, row: ScorecardRow) -> Reading | None:
        return self.readings.get((row.metric, row.workflow, row.cohort))

    @property
    def overall(self) -> tuple[ScorecardRow, ...]:
        """One row for each cohort, over all workflows, in the order of the cohorts."""
        by_cohort = {row.cohort: row for row in self.rows if row.workflow == ANY}
        return tuple(by_cohort[cohort] for cohort in self.cohorts if cohort in by_cohort)


def lay_out(
    rows: Sequence[ScorecardRow], metric: str, stat: Statistic, dimension: str = "", limit: int | None = SHOWN
) -> Board:
    """The board of a metric; `dimension` keeps the cohorts of one (`language`), `limit` None shows them all."""
    own = [row for row in rows if row.metric == metric and (row.cohort == ANY or _of(row, dimension))]
    whole = {row.cohort: row for row in own if row.workflow == ANY}
    order = sorted({row.cohort for row in own} - {ANY}, key=lambda cohort: _urgency(whole.get(cohort), cohort, stat))
    shown = order if limit is None else order[:limit]
    kept = {ANY, *shown}
    enough = [row for row in own if not thin(row, stat)]
    return Board(
        metric=metric,
        stat=stat,
        cohorts=(ANY, *shown),
        hidden=len(order) - len(shown),
        rows=tuple(row for row in own if row.cohort in kept),
        surely=tuple(compare.regressions([row for row in enough if row.workflow == ANY], stat)),
        readings=compare.readings(enough, stat),
    )


class Boards:
    """What is shown and said of the rows of one scorecard, each worked out once while it is asked for."""

    def __init__(self, rows: Sequence[ScorecardRow]) -> None:
        self.by_metric: dict[str, list[ScorecardRow]] = {}
        for row in rows:
            self.by_metric.setdefault(row.metric, []).append(row)
        self.overall = [row for row in rows if row.workflow == row.cohort == ANY]
        """The rows over all cases, one for each metric."""
        self.lay_out = lru_cache(maxsize=32)(partial(lay_out, rows))
        self.readings = lru_cache(maxsize=128)(partial(readings, rows))


def readings(rows: Sequence[ScorecardRow], metric: str, stat: Statistic) -> Mapping[CellKey, Reading]:
    """What may be said of the changes of a metric (`compare.readings`); nothing of figures of too few cases."""
    return compare.readings([row for row in rows if row.metric == metric and not thin(row, stat)], stat)


def dimensions(rows: Sequence[ScorecardRow]) -> list[str]:
    return sorted({row.cohort.partition("=")[0] for row in rows if row.cohort != ANY})


def thin(row: ScorecardRow, stat: Statistic) -> bool:
    """Whether a side has too few cases for the figure, so that a difference is not shown either."""
    return any(side is not None and planning.rests_on_too_few(side, stat) for side in (row.baseline, row.candidate))


def certainty(row: ScorecardRow, stat: Statistic) -> Certainty:
    """How sure a difference is: nothing sure can be said of it, or it rests on few cases, or there is none."""
    if row.change(stat) is None or thin(row, stat):
        return "none"
    counts = [side.independent for side in (row.baseline, row.candidate) if side]
    if any(n is not None and n < FEW for n in counts):
        return "few"
    return "sure" if row.reading(stat) in ("better", "worse", "same") else "faint"


def shown(cell: Cell, stat: Statistic) -> float | None:
    """A figure where there are enough cases for one."""
    value: float | None = getattr(cell, stat)
    return None if planning.rests_on_too_few(cell, stat) else value


def interval(cell: Cell, stat: Statistic) -> Interval | None:
    """The interval of a figure that is shown."""
    return None if planning.rests_on_too_few(cell, stat) else uncertainty.of_cell(cell, stat)


def told(cell: Cell | None, stat: Statistic) -> str:
    """A figure in words: `91.0 %`, `no data`, or `too few cases` for such a statistic."""
    value = getattr(cell, stat) if cell else None
    if cell is None or value is None:
        return tr("no data")
    return tr(TOO_FEW) if planning.rests_on_too_few(cell, stat) else formatting.figure(value, cell.unit)


def failures(overall: Sequence[ScorecardRow]) -> list[ScorecardRow]:
    """The share of each class of failures over all cases, the most frequent first."""
    classes = [row for row in overall if row.metric.startswith(CLASSES)]
    return sorted(classes, key=lambda row: -max(_mean(row.candidate), _mean(row.baseline)))


def errors(overall: Sequence[ScorecardRow]) -> list[ScorecardRow]:
    """The metrics with cases that have no score, over all cases."""
    return [row for row in overall if any(side and side.errors for side in (row.baseline, row.candidate))]


def latencies(rows: Sequence[ScorecardRow]) -> list[ScorecardRow]:
    """Latency by workflow over all cohorts, all workflows together first, where its tail is known."""
    return [
        row
        for row in rows
        if row.metric == "latency_ms" and row.cohort == ANY and (has_tail(row.baseline) or has_tail(row.candidate))
    ]


def has_tail(side: Cell | None) -> bool:
    """Whether a quantile of a figure is shown: a file may state the mean alone."""
    return side is not None and any(shown(side, stat) is not None for stat in TAILS)


def thresholds(gates: Sequence[Gate], metric: str, stat: Statistic) -> tuple[tuple[float, str], ...]:
    """The bounds that the policy sets on a figure, with the word for each."""
    bounds: dict[float, str] = {}
    for gate in gates:
        if (gate.metric, gate.stat) == (metric, stat):
            bounds |= {gate.min: tr("at least")} if gate.min is not None else {}
            bounds |= {gate.max: tr("at most")} if gate.max is not None else {}
    return tuple(sorted(bounds.items()))


def _mean(side: Cell | None) -> float:
    return (side.mean or 0.0) if side else 0.0


def _of(row: ScorecardRow, dimension: str) -> bool:
    return not dimension or row.cohort.startswith(f"{dimension}=")


def _urgency(row: ScorecardRow | None, cohort: str, stat: Statistic) -> tuple[float, str]:
    worse = row.worsening(stat) if row else None
    change = row.change(stat) if row else None
    how = worse if worse is not None else abs(change) if change is not None else -math.inf
    return -how, cohort
