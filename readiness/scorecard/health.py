"""Whether a set of cases can show anything: what it cannot, since too few of its cases ever fail or differ. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from readiness.language import numeral, tr, trn
from readiness.model.cells import Cell
from readiness.model.judges import KAPPA, TNR, TPR
from readiness.model.record import ANY

from . import intervals, severity
from .compare import ALPHA, ScorecardRow

NEVER_FAIL = 0.9
"""The share of cases that never fail above which they are named: they cost time and tell no two versions apart."""


def notes(rows: Iterable[ScorecardRow], metric: str) -> list[str]:
    """What the cases of a metric cannot show, over all of them; nothing where they can."""
    if metric.partition("/")[0] in (KAPPA, TPR, TNR):
        return []
    return [note for row in rows if row.metric == metric and row.workflow == row.cohort == ANY for note in _notes(row)]


def _notes(row: ScorecardRow) -> Iterator[str]:
    sides = [side for side in (row.baseline, row.candidate) if side is not None and side.n]
    failures = [severity.failed(side) for side in sides]
    if sides and not any(side.errors for side in sides) and all(bad == 0 for bad in failures):
        if len(sides) == 2:
            yield tr("saturated: every case passes under both versions, so the set cannot show an improvement")
        else:
            version = sides[0].version
            yield tr(
                "saturated: every case passes under {version}, so the set cannot show an improvement", version=version
            )
        return
    yield from _headroom(row.baseline)
    yield from _paired(row)


def _headroom(baseline: Cell | None) -> Iterator[str]:
    """Whether a candidate that mends every failure could be told from the baseline."""
    bad = severity.failed(baseline) if baseline is not None and baseline.clusters is None else None
    if bad == 0:
        yield tr("no headroom: no case fails under the baseline, so no candidate could be better")
    elif bad is not None and _is_chance(bad):
        yield trn(
            "no headroom: {n} case fails under the baseline, and mending them all would be within chance",
            "no headroom: {n} cases fail under the baseline, and mending them all would be within chance",
            bad,
        )


def _paired(row: ScorecardRow) -> Iterator[str]:
    """Where each case can be told under both versions: how many differ, and how many never fail."""
    pairs = row.pairs
    if pairs is None or pairs.both is None or pairs.neither is None or not pairs.cases:
        return
    differ = (pairs.only_baseline or 0) + (pairs.only_candidate or 0)
    of_cases = trn("of {n} case", "of {n} cases", pairs.cases)
    if _is_chance(differ):
        yield tr(
            "flat: {differ} {of_cases} fared differently under the two versions, too few to tell them apart",
            differ=numeral(f"{differ:,}"),
            of_cases=of_cases,
        )
    never = {-1: pairs.both, 1: pairs.neither}.get(row.sign or 0)
    if never is not None and never >= NEVER_FAIL * pairs.cases:
        told = numeral(f"{never:,}")
        yield tr("{never} {of_cases} never fail under either version", never=told, of_cases=of_cases)


def _is_chance(cases: float) -> bool:
    """Whether so many cases that change, all in one direction, are within chance: the exact sign test, two-sided."""
    return intervals.mcnemar(round(cases), 0) > ALPHA
