"""What a file states of itself, held against what its rows give: a figure that differs is a doubt about the file.

Only numbers state something; what a hostile or broken file puts in their place states nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from readiness.model.evidence import Doubt

from .scored import number

_ROUNDING = 1e-6
_LARGEST = 10**15


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


def _shown(figure: float) -> str:
    if figure in (float("inf"), float("-inf")):
        return "an endless number"
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:,.6g}"
