"""Every metric of a scorecard in one line: what changed, how sure, what its gates say, who is worse off. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.language import marked, tr
from readiness.model.cells import Statistic
from readiness.model.record import ANY
from readiness.scorecard import compare, display, heat
from readiness.scorecard.compare import Reading, ScorecardRow
from readiness.scorecard.display import Boards
from readiness.scorecard.gates import ORDER, GateResult, GateState
from readiness.scorecard.heat import Strip

from . import scorecard_words
from .review import Review

GATES = scorecard_words.GATES | {"inconclusive": marked("? not settled")}
"""In words that need no statistics."""


@dataclass(frozen=True)
class MetricLine:
    """A metric over all cases, or the first row where no file has that; `worst` is the cohort that is surely worst off.

    `strip` is on a scale that all metrics of one unit share.
    """

    metric: str
    name: str
    stat: Statistic
    row: ScorecardRow
    reading: Reading | None
    gates: Sequence[GateResult]
    worst: ScorecardRow | None
    more: int
    strip: Strip | None

    @property
    def is_whole(self) -> bool:
        return self.row.workflow == self.row.cohort == ANY

    @property
    def gate(self) -> GateState | None:
        """How the worst of its gates stands."""
        states = [result.state for result in self.gates]
        return min(states, key=ORDER.index, default=None)

    @property
    def gate_words(self) -> str:
        """`✕ fail, 1 of 2`; empty where the policy asks nothing of it."""
        if self.gate is None:
            return ""
        count = sum(result.state == self.gate for result in self.gates)
        every = len(self.gates)
        some = f", {tr('{some} of {every}', some=count, every=every)}" if count < every else ""
        return tr(GATES[self.gate]) + some


def lines(review: Review) -> list[MetricLine]:
    """The metric that leads first, then those of the checklist in its order, then the others by name."""
    return review.kept.once(("glance",), lambda: of(review, review.boards, review.gates))


def of(review: Review, boards: Boards, gates: Sequence[GateResult]) -> list[MetricLine]:
    """The same of other rows and other gates than those of the scorecard, such as those of a week of the rollout."""
    metrics = [metric for metric in boards.by_metric if not metric.startswith(display.CLASSES)]
    first, order = scorecard_words.lead_metric(review), [metric.id for metric in review.checklist.metrics]
    metrics.sort(key=lambda name: (name != first, order.index(name) if name in order else len(order), name))
    rows = {metric: _whole(boards.by_metric[metric]) for metric in metrics}
    reach = {
        unit: heat.reach((row, stat_of(metric)) for metric, row in rows.items() if scorecard_words.unit(row) == unit)
        for unit in {scorecard_words.unit(row) for row in rows.values()}
    }
    return [_line(review, boards, gates, row, reach[scorecard_words.unit(row)]) for row in rows.values()]


def stat_of(metric: str) -> Statistic:
    """The figure that speaks for a metric: p95 of a duration, else the mean."""
    return "p95" if metric.endswith("_ms") else "mean"


def _whole(rows: Sequence[ScorecardRow]) -> ScorecardRow:
    return next((row for row in rows if row.workflow == row.cohort == ANY), rows[0])


def _line(review: Review, boards: Boards, gates: Sequence[GateResult], row: ScorecardRow, reach: float) -> MetricLine:
    metric, stat = row.metric, stat_of(row.metric)
    cohorts = [
        other
        for other in boards.by_metric[metric]
        if other.workflow == ANY and other.cohort != ANY and not display.thin(other, stat)
    ]
    worse = [regression.row for regression in compare.regressions(cohorts, stat)]
    comparable = row.worsening(stat) is not None and not display.thin(row, stat)
    return MetricLine(
        metric=metric,
        name=scorecard_words.metric_name(review, metric) + ("" if stat == "mean" else f" {stat}"),
        stat=stat,
        row=row,
        reading=row.reading(stat) if comparable else None,
        gates=[result for result in gates if result.gate.metric == metric],
        worst=worse[0] if worse else None,
        more=max(len(worse) - 1, 0),
        strip=heat.strip(row, stat, reach),
    )
