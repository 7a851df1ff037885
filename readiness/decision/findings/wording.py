"""How findings say figures and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from readiness import formatting
from readiness.model.cells import Cell
from readiness.scorecard import uncertainty


def came(name: str, value: str, cell: Cell, beside: Sequence[float] = (), among: int = 1, *, alone: bool = True) -> str:
    """A figure with its interval and the cases behind it; the verb fits a metric of any number.

    `among` is how many were looked at, of which this is the worst: the interval that holds for all of them is shown,
    beside the one of this figure `alone` where that decides.
    """
    if cell.mean is None:
        return f"there is no figure of {name}{of(value)} ({formatting.sample(cell)})"
    parts = ["95 % interval " + between] if (alone or among == 1) and (between := _between(cell, beside, 1)) else []
    if among > 1 and (between := _between(cell, beside, among)):
        parts.append(f"{between} as the worst of {among}")
    figure = formatting.figure(cell.mean, cell.unit, beside)
    return f"{name}{of(value)} came to {figure} ({', '.join([formatting.sample(cell), *parts])})"


def _between(cell: Cell, beside: Sequence[float], among: int) -> str:
    own = uncertainty.of_cell(cell, confidence=uncertainty.for_all(among))
    return formatting.between(own.low, own.high, cell.unit, beside) if own else ""


def amount(value: float | None, unit: str) -> str:
    return "any" if value is None else formatting.bound(value, unit)


def of(value: str) -> str:
    return f" for {value}" if value else ""


def noun(by: str) -> str:
    return by.replace("_", " ")


def count(n: int, by: str) -> str:
    return formatting.count(n, by) if by in ("workflow", "cohort") else f"{formatting.count(n, 'value')} of {noun(by)}"


def too_few(name: str, min_n: int, counts: Mapping[str, int]) -> str:
    """Where fewer cases stand than asked, the fewest first."""
    least = sorted(counts, key=lambda value: counts[value])
    shown = formatting.named([f"{value} (n {counts[value]})" for value in least])
    return f"fewer than {min_n} cases measure {name} for {shown}"
