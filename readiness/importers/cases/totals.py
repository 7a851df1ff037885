"""What a file states of itself, held against what its rows give: a figure that differs is a doubt about the file.

Only numbers state something; what a hostile or broken file puts in their place states nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from readiness.model.cells import Cell
from readiness.model.evidence import Doubt
from readiness.model.record import ANY

from .scored import number

_ROUNDING = 1e-6
_LARGEST = 10**15
_WRITTEN = 0.011
"""How far figures that are written with two decimals may be from one another, as a share of figures above 1."""


def count_of(value: object) -> int | float | None:
    """A number that the file states; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, int) and abs(value) > _LARGEST:
        return float("inf") if value > 0 else float("-inf")
    return None if number(value) is None else value


def counts(what: str, stated: object, *counted: int) -> Iterator[Doubt]:
    """A doubt where a count is none of those that the rows may give; the first of these is told."""
    figure = count_of(stated)
    if figure is not None and figure not in counted:
        yield Doubt(kind="total", what=what[:300], stated=_shown(figure), counted=_shown(counted[0]))


def figures(what: str, stated: object, counted: float) -> Iterator[Doubt]:
    """A doubt where a figure differs from that of the rows by more than rounding."""
    figure = count_of(stated)
    if figure is not None and not abs(figure - counted) <= _ROUNDING * max(1.0, abs(counted)):
        yield Doubt(kind="total", what=what[:300], stated=_shown(figure), counted=_shown(counted))


def parts(cells: Sequence[Cell]) -> Iterator[Doubt]:
    """A doubt where the workflows, or the values of a dimension, hold all cases of a stated figure with another mean.

    Parts that leave cases out, or of which a case has several, say nothing of the whole.
    """
    stated = [cell for cell in cells if cell.stated and cell.n and cell.mean is not None]
    whole = {(cell.version, cell.metric): cell for cell in stated if cell.workflow == cell.dimension == ANY}
    split: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in stated:
        if (cell.workflow == ANY) != (cell.dimension == ANY) and ";" not in cell.cohort:
            by = "workflow" if cell.dimension == ANY else cell.dimension
            split.setdefault((cell.version, cell.metric, by), []).append(cell)
    for (version, metric, by), own in split.items():
        if (total := whole.get((version, metric))) is None:
            continue
        n = sum(cell.n or 0 for cell in own)
        mean = math.fsum((cell.mean or 0) * ((cell.n or 0) / n) for cell in own)
        if n == total.n and not abs(mean - (total.mean or 0)) <= _WRITTEN * max(1.0, abs(mean)):
            yield from figures(f"{metric} of {version}, by {by}", total.mean, mean)


def _shown(figure: float) -> str:
    if figure in (float("inf"), float("-inf")):
        return "an endless number"
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:,.6g}"
