"""How findings say figures and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from readiness import formatting
from readiness.language import marked, tr, trn
from readiness.model.cells import Cell
from readiness.scorecard import uncertainty


def came(name: str, value: str, cell: Cell, beside: Sequence[float] = (), among: int = 1, *, alone: bool = True) -> str:
    """A figure with its interval and the cases behind it; the verb fits a metric of any number.

    `among` is how many were looked at, of which this is the worst: the interval that holds for all of them is shown,
    beside the one of this figure `alone` where that decides.
    """
    if cell.mean is None:
        metric = f"{name}{of(value)}"
        return tr("there is no figure of {metric} ({sample})", metric=metric, sample=formatting.sample(cell))
    parts = [formatting.sample(cell)]
    if (alone or among == 1) and (between := _between(cell, beside, 1)):
        parts.append(tr("95 % interval {interval}", interval=between))
    if among > 1 and (between := _between(cell, beside, among)):
        parts.append(f"{between} {tr('as the worst of {n}', n=among)}")
    return tr(
        "{metric} came to {figure} ({details})",
        metric=f"{name}{of(value)}",
        figure=formatting.figure(cell.mean, cell.unit, beside),
        details=", ".join(parts),
    )


def _between(cell: Cell, beside: Sequence[float], among: int) -> str:
    own = uncertainty.of_cell(cell, confidence=uncertainty.for_all(among))
    return formatting.between(own.low, own.high, cell.unit, beside) if own else ""


def amount(value: float | None, unit: str) -> str:
    return tr("any") if value is None else formatting.bound(value, unit)


def at_most(value: float | None, unit: str) -> str:
    return tr("at most {bound}", bound=amount(value, unit))


def at_least(value: float | None, unit: str) -> str:
    return tr("at least {bound}", bound=amount(value, unit))


def asked(clause: str, bound: str) -> str:
    """A clause with what is asked of its figure: `…, where at most 5 % is asked`."""
    return f"{clause}, {tr('where {bound} is asked', bound=bound)}"


def unsettled(clause: str, bound: str) -> str:
    """The same where the interval leaves it open."""
    return f"{clause}, {tr('which does not settle whether it is {bound}', bound=bound)}"


def of(value: str) -> str:
    return f" {tr('for {where}', where=value)}" if value else ""


def noun(by: str) -> str:
    """What the figures are split by, inside a sentence."""
    return tr(_NOUNS.get(by, by.replace("_", " ")))


_NOUNS = {"workflow": marked("workflow"), "cohort": marked("cohort")}


def _count(n: int, by: str) -> str:
    if by in _NOUNS:
        return formatting.count(n, "workflow") if by == "workflow" else formatting.count(n, "cohort")
    return trn("{n} value of {dimension}", "{n} values of {dimension}", n, dimension=noun(by))


def for_each(n: int, by: str) -> str:
    """`for each of 3 workflows`."""
    if by == "workflow":
        return trn("for each of {n} workflow", "for each of {n} workflows", n)
    if by == "cohort":
        return trn("for each of {n} cohort", "for each of {n} cohorts", n)
    return trn("for each of {n} value of {dimension}", "for each of {n} values of {dimension}", n, dimension=noun(by))


def none_of(n: int, by: str) -> str:
    """`none of 3 workflows`."""
    if by == "workflow":
        return trn("none of {n} workflow", "none of {n} workflows", n)
    if by == "cohort":
        return trn("none of {n} cohort", "none of {n} cohorts", n)
    return trn("none of {n} value of {dimension}", "none of {n} values of {dimension}", n, dimension=noun(by))


def known_for_only(name: str, n: int, by: str) -> str:
    return tr("figures of {metric} are known for {parts} only", metric=name, parts=_count(n, by))


def unstated(name: str, values: Sequence[str]) -> str:
    """That nobody says how many cases are behind the figures, of these workflows or cohorts or of all."""
    if not values:
        return tr("how many cases measure {metric} is not stated", metric=name)
    where = formatting.named(values)
    return tr("how many cases measure {metric} for {where} is not stated", metric=name, where=where)


def too_few(name: str, min_n: int, counts: Mapping[str, int]) -> str:
    """Where fewer cases stand than asked, the fewest first."""
    least = sorted(counts, key=lambda value: counts[value])
    shown = formatting.named([f"{value} (n {counts[value]})" for value in least])
    return tr("fewer than {least} cases measure {metric} for {where}", least=min_n, metric=name, where=shown)
