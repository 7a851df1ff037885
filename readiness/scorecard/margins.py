"""Within which a change is the same: what the policy or the checklist states, given to the rows it speaks of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from readiness.model.cells import Statistic
from readiness.model.checklist import Metric
from readiness.model.judges import base
from readiness.model.policy import Gate

from .compare import ScorecardRow
from .gates import asks


def given(rows: Sequence[ScorecardRow], gates: Iterable[Gate], metrics: Iterable[Metric]) -> list[ScorecardRow]:
    """The rows with the margin of each figure: of the gates that look at a row, else of any gate of its metric.

    The smallest of several; the checklist's own is for means and counts where no gate states one.
    """
    stated = [gate for gate in gates if gate.same_within]
    known = {metric.id: metric.same_within for metric in metrics if metric.same_within}
    return [replace(row, margins=_of(row, stated, known.get(base(row.metric)))) for row in rows]


def _of(row: ScorecardRow, gates: Sequence[Gate], known: float | None) -> dict[Statistic, float]:
    margins: dict[Statistic, float] = {"mean": known} if known else {}
    own = [gate for gate in gates if gate.metric in (row.metric, base(row.metric))]
    for stat in {gate.stat for gate in own}:
        of_figure = [gate for gate in own if gate.stat == stat]
        looking = [gate for gate in of_figure if asks(gate, row)]
        margins[stat] = min(gate.same_within or 0.0 for gate in looking or of_figure)
    return margins
