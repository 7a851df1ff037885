"""Every version with fresh figures against one baseline, where there are more than a candidate. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from readiness.model.assessment import Assessment
from readiness.model.cells import Cell, Pair, Statistic
from readiness.model.checklist import Metric
from readiness.model.evidence import Evidence
from readiness.model.policy import Gate
from readiness.model.record import ANY

from . import compare, margins, planning
from .compare import Reading, ScorecardRow


@dataclass(frozen=True)
class VersionRow:
    """A version's figure of all cases or of a cohort beside the baseline's, adjusted for all versions and cohorts.

    `p` is one-sided against worse; None, and no reading, where nothing can be compared.
    """

    version: str
    row: ScorecardRow
    reading: Reading | None = None
    p: float | None = None


def versions(cells: Iterable[Cell], baseline: str, metric: str) -> list[str]:
    """The versions beside the baseline that have a figure of a metric; more than one makes a choice among them."""
    return sorted({cell.version for cell in cells if cell.metric == metric} - {baseline})


def against_baseline(
    assessment: Assessment,
    cells: Iterable[tuple[Cell, Evidence]],
    pairs: Sequence[Pair],
    as_of: dt.date,
    metric: str,
    stat: Statistic,
    gates: Sequence[Gate] = (),
    known: Sequence[Metric] = (),
) -> list[VersionRow]:
    """Each version with fresh figures over all workflows, the candidate first; empty where it is the only one.

    Whoever compares several versions, and keeps the one that looks best, looks as often as there are versions and
    cohorts: all comparisons of a metric are one family (Holm).
    """
    picked = compare.pick(((cell, file) for cell, file in cells if cell.metric == metric), as_of)
    names = versions(picked.cells, assessment.baseline, metric)
    if len(names) < 2 or not assessment.baseline:
        return []
    rows = [
        (name, row)
        for name in sorted(names, key=lambda name: (name != assessment.candidate, name))
        for row in margins.given(
            compare.compare(assessment.model_copy(update={"candidate": name}), picked.cells, pairs, picked.files),
            gates,
            known,
        )
        if row.workflow == ANY and row.candidate is not None
    ]
    family = [row for _, row in rows if row.change(stat) is not None and not _thin(row, stat)]
    readings = {id(row): reading for row, reading in compare.read(family, stat)}
    p_values = {id(row): p for row, p in compare.p_values(family, stat)}
    return [VersionRow(name, row, readings.get(id(row)), p_values.get(id(row))) for name, row in rows]


def _thin(row: ScorecardRow, stat: Statistic) -> bool:
    return any(side is not None and planning.rests_on_too_few(side, stat) for side in (row.baseline, row.candidate))
