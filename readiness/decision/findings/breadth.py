"""Checks on how widely the figures speak: the share that few workflows have of them, and classes for each cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from readiness import formatting
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
        return _each(name, cells, "expected")
    if unstated := [value for value, cell in known.items() if cell.n is None]:
        return CheckResult("silent", f"how many cases measure {name} for {formatting.named(unstated)} is not stated")
    if len(cells) == 1:
        return CheckResult("silent", f"figures of {name} are known for 1 workflow only")
    counted = {value: cell.n for value, cell in known.items() if cell.n}
    return _held(check, counted) if len(cells) > check.top and counted else _each(name, cells, "known")


def _held(check: ShareCheck, counted: Mapping[str, int]) -> CheckResult:
    """How many of the cases the workflows with most of them hold."""
    total, top = sum(counted.values()), sorted(counted, key=lambda value: -counted[value])[: check.top]
    held = sum(counted[value] for value in top)
    asked, between = f"at most {wording.amount(check.max, 'ratio')}", exact(held, total)
    clause = (
        f"{formatting.figure(held / total, 'ratio', [check.max])} of {total:,} cases are of {formatting.listed(top)}"
    )
    if between.low > check.max:
        return CheckResult("contradicts", f"{clause}, where {asked} is asked", partly=True)
    if between.high > check.max:
        return CheckResult("silent", f"{clause}, which does not settle whether it is {asked}")
    return CheckResult("supports", f"{clause}, where {asked} is asked")


def _each(name: str, cells: Mapping[str, Cell | None], which: str) -> CheckResult:
    """Whether there are cases of each workflow."""
    without = [value for value, cell in cells.items() if cell is None or cell.n == 0]
    if without:
        clause = f"no case measures {name} for {formatting.named(without)}"
        return CheckResult("uncovered", clause, partly=len(without) < len(cells))
    every = "the one" if len(cells) == 1 else f"each of the {len(cells)}"
    return CheckResult("supports", f"{every} {which} {'workflow' if len(cells) == 1 else 'workflows'} is measured")


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
    return CheckResult("supports", f"failures are sorted into {kinds} for each of {wording.count(len(most), check.by)}")


def _most_cases(by_class: Sequence[Mapping[str, Cell | None]]) -> dict[str, int]:
    most: dict[str, int] = {}
    for cells in by_class:
        for value, cell in cells.items():
            most[value] = max(most.get(value, 0), (cell.n or 0) if cell else 0)
    return most
