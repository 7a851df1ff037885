"""Two judges of one metric on the cases that both scored: in how many they differ, and by how much. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from readiness.model.cells import Cell

from . import bounds, intervals, uncertainty
from .compare import SAME
from .intervals import Interval
from .judges import Disagreement, Labels, SharedCases
from .reruns import Files, Source
from .resampling import CaseMeans, Floats, Ints, Runs, Side, by_case
from .uncertainty import Pairs


def on_pairs(told: Iterable[Disagreement], kept: Mapping[Source, Runs], files: Files) -> list[Disagreement]:
    """Each disagreement on the cases that both judged, where the runs behind both figures are kept; else as it is."""
    return [_on_pairs(one, kept, files) for one in told]


def _on_pairs(told: Disagreement, kept: Mapping[Source, Runs], files: Files) -> Disagreement:
    one, other = (_cases(cell, kept, files) for cell in (told.one, told.other))
    if one is None or other is None:
        return told
    _, mine, theirs = np.intersect1d(one.case, other.case, assume_unique=True, return_indices=True)
    if not len(mine):
        return told
    scores, others = one.mean[mine], other.mean[theirs]
    named = np.where(one.clustered[mine], one.named[mine], other.named[theirs])
    unit = np.unique(named, return_inverse=True)[1]
    shared = _shared(scores, others, unit)
    difference = uncertainty.difference(told.other, told.one, _pairs(scores, others, unit, shared.labels))
    return replace(told, difference=difference, shared=shared)


def _cases(cell: Cell, kept: Mapping[Source, Runs], files: Files) -> CaseMeans | None:
    """Each case by the mean of its runs; None where the runs are not kept, or are not those of the figure."""
    runs = kept.get((files.get((cell.version, cell.metric, cell.workflow, cell.cohort), ""), cell.version))
    side = None if runs is None else Side.of(cell, runs, runs.units)
    return None if side is None else by_case(side)


def _shared(scores: Floats, others: Floats, unit: Ints) -> SharedCases:
    apart = np.abs(scores - others) > SAME
    plain = bool(np.isin(scores, (0.0, 1.0)).all() and np.isin(others, (0.0, 1.0)).all())
    passed, agreed = scores == 1, others == 1
    labels = Labels(
        hit=int((passed & agreed).sum()),
        missed=int((passed & ~agreed).sum()),
        rejected=int((~passed & ~agreed).sum()),
        accepted=int((~passed & agreed).sum()),
    )
    independent = int(unit.max()) + 1 == len(unit)
    return SharedCases(
        cases=len(scores),
        differ=int(apart.sum()),
        interval=_share(apart.astype(np.float64), unit),
        change=float((scores - others).mean()),
        labels=labels if plain and independent else None,
    )


def _share(apart: Floats, unit: Ints) -> Interval:
    """The exact interval of a share; of cases in clusters that of `bounds.clustered`."""
    cases = np.bincount(unit).astype(np.float64)
    clusters = len(cases)
    if clusters == len(apart):
        return intervals.exact(int(apart.sum()), clusters)
    if clusters < 2:
        return Interval(0.0, 1.0)
    mean = float(apart.mean())
    se = _robust(np.bincount(unit, apart).astype(np.float64), cases, mean)
    effective = float(cases.sum() ** 2 / (cases**2).sum())
    return bounds.interval(bounds.clustered(mean, se, clusters, effective=effective))


def _robust(sums: Floats, cases: Floats, mean: float) -> float:
    """The standard error of a mean between clusters, as `importers.cases.clusters` has it."""
    clusters = len(cases)
    squares = float(((sums - cases * mean) ** 2).sum())
    return float(np.sqrt(squares * clusters / (clusters - 1)) / cases.sum())


def _pairs(scores: Floats, others: Floats, unit: Ints, labels: Labels | None) -> Pairs:
    """As `importers.cases.pairs` has them, with the other judge in the place of the baseline."""
    cases = np.bincount(unit).astype(np.float64)
    clusters, moved = len(cases), scores - others
    sd = None
    if clusters > 1:
        sd = _robust(np.bincount(unit, moved).astype(np.float64), cases, float(moved.mean())) * float(np.sqrt(clusters))
    pairs = Pairs(len(scores), clusters, float(others.mean()), float(scores.mean()), sd)
    if labels is None:
        return pairs
    return replace(
        pairs,
        both=labels.hit,
        only_baseline=labels.accepted,
        only_candidate=labels.missed,
        neither=labels.rejected,
    )
