"""Checks on how widely the figures speak: the share that few workflows have of them, and classes for each cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from readiness import formatting
from readiness.language import tr
from readiness.model.cells import Cell
from readiness.model.checks import ClassesCheck, ShareCheck
from readiness.scorecard.intervals import exact

from . import wording
from .context import CheckResult, EvidenceContext


def share(check: ShareCheck, context: EvidenceContext) -> CheckResult:
    """Where it is known which workflows there are to be, their traffic says what is broad, and not the cases."""
    name, cells = context.name(check.metric), context.by(check.metric, "workflow")
    known = {value: cell for value, cell in cells.items() if cell}
    if not known:
        return context.no_figure(check.metric, "workflow")
    if context.expected("workflow"):
        return _each(name, cells, expected=True)
    if unstated := [value for value, cell in known.items() if cell.n is None]:
        return CheckResult("silent", wording.unstated(name, unstated))
    if len(cells) == 1:
        return CheckResult("silent", wording.known_for_only(name, 1, "workflow"))
    counted = {value: cell.n for value, cell in known.items() if cell.n}
    return _held(check, counted) if len(cells) > check.top and counted else _each(name, cells, expected=False)


def _held(check: ShareCheck, counted: Mapping[str, int]) -> CheckResult:
    """How many of the cases the workflows with most of them hold."""
    total, top = sum(counted.values()), sorted(counted, key=lambda value: -counted[value])[: check.top]
    held = sum(counted[value] for value in top)
    asked, between = wording.at_most(check.max, "ratio"), exact(held, total)
    clause = tr(
        "{share} of {total} cases are of {workflows}",
        share=formatting.figure(held / total, "ratio", [check.max]),
        total=formatting.whole(total),
        workflows=formatting.listed(top),
    )
    if between.low > check.max:
        return CheckResult("contradicts", wording.asked(clause, asked), partly=True)
    if between.high > check.max:
        return CheckResult("silent", wording.unsettled(clause, asked))
    return CheckResult("supports", wording.asked(clause, asked))


def _each(name: str, cells: Mapping[str, Cell | None], *, expected: bool) -> CheckResult:
    """Whether there are cases of each workflow."""
    without = [value for value, cell in cells.items() if cell is None or cell.n == 0]
    if without:
        clause = tr("no case measures {metric} for {workflows}", metric=name, workflows=formatting.named(without))
        return CheckResult("uncovered", clause, partly=len(without) < len(cells))
    if len(cells) == 1:
        one, known = tr("the one expected workflow is measured"), tr("the one known workflow is measured")
        return CheckResult("supports", one if expected else known)
    every = tr("each of the {n} expected workflows is measured", n=len(cells))
    return CheckResult(
        "supports", every if expected else tr("each of the {n} known workflows is measured", n=len(cells))
    )


def classes(check: ClassesCheck, context: EvidenceContext) -> CheckResult:
    """Every class is a rate over the same cases, so the class with most of them says how many were sorted."""
    metrics, name = context.classes(check.of), context.name(check.of)
    most = _most_cases([context.by(metric, check.by) for metric in metrics])
    if not most:
        return context.no_figure(metrics[0] if metrics else check.of, check.by)
    short = {value: n for value, n in most.items() if n < check.min_n}
    if short:
        return CheckResult("uncovered", wording.too_few(name, check.min_n, short), partly=len(short) < len(most))
    kinds = formatting.count(len(metrics), "class", "classes")
    each = wording.for_each(len(most), check.by)
    return CheckResult("supports", tr("failures are sorted into {classes} {for_each}", classes=kinds, for_each=each))


def _most_cases(by_class: Sequence[Mapping[str, Cell | None]]) -> dict[str, int]:
    most: dict[str, int] = {}
    for cells in by_class:
        for value, cell in cells.items():
            most[value] = max(most.get(value, 0), (cell.n or 0) if cell else 0)
    return most
