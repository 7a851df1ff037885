"""Whether a gate asks for something that can be: looked at when a policy is stored, before any figure is held to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from readiness import formatting
from readiness.errors import InputError
from readiness.language import marked, tr
from readiness.model import measures
from readiness.model.cells import Cell
from readiness.model.policy import Gate

from .gate_words import describe
from .gates import is_idle

_BOUNDS = ("min", "max")
_IMPOSSIBLE = (marked("{metric} cannot be {figure}"), marked("{metric} cannot be {figure}, since it is a ratio"))
_CHANGES = {
    "max_regression": (
        marked("{metric} cannot get worse by {figure}"),
        marked("{metric} cannot get worse by {figure}, since it is a ratio"),
    ),
    "same_within": (
        marked("{metric} cannot change by {figure}"),
        marked("{metric} cannot change by {figure}, since it is a ratio"),
    ),
}
"""What is said of a figure that a metric cannot have, and of a ratio."""


def check(gates: Iterable[tuple[str, Gate]], units: Mapping[str, str], *, file: str = "") -> list[str]:
    """What a person should know of gates that nothing can pass or fail; `units` are those of metrics that are known.

    Each gate comes with its place. Raises InputError for a threshold that no figure of its metric can have.
    """
    notes: list[str] = []
    for place, gate in gates:
        unit = units.get(gate.metric) or measures.unit_of(gate.metric) or ""
        _refuse_impossible(gate, unit, file=file, place=place)
        notes += _unreachable(gate, unit)
    return notes


def _refuse_impossible(gate: Gate, unit: str, *, file: str, place: str) -> None:
    for key in _BOUNDS:
        bound = getattr(gate, key)
        if bound is not None and not measures.is_possible(unit, bound, bound):
            problem = _told(_IMPOSSIBLE, gate, bound, unit)
            expected = measures.allowed(unit)
            if unit == measures.RATIO and 1 < bound <= 100:
                expected += f", {tr('{ratio} for {percent} %', ratio=f'{bound / 100:g}', percent=f'{bound:g}')}"
            raise InputError(problem, file=file, place=f"{place}.{key}", expected=expected)
    for key, texts in _CHANGES.items():
        change = getattr(gate, key)
        if change is not None and not measures.is_possible(unit, change, change):
            problem = _told(texts, gate, change, unit)
            raise InputError(problem, file=file, place=f"{place}.{key}", expected=measures.allowed(unit))
    if gate.min is not None and gate.max is not None and gate.min > gate.max:
        problem = tr("no figure is at least {least} and at most {most}", least=f"{gate.min:g}", most=f"{gate.max:g}")
        raise InputError(problem, file=file, place=f"{place}.min", expected=tr("a min below max"))


def _told(texts: tuple[str, str], gate: Gate, figure: float, unit: str) -> str:
    """The figure as the file states it."""
    shown = f"{figure:g}" if unit in ("", measures.RATIO) else f"{figure:g} {unit}"
    return tr(texts[unit == measures.RATIO], metric=gate.metric, figure=shown)


def _unreachable(gate: Gate, unit: str) -> Iterator[str]:
    """A rate is never sure to be 100 % or 0 %, however many cases pass: the interval ends before it.

    And what every figure has is no threshold.
    """
    if is_idle(gate, Cell(version="", metric=gate.metric, unit=unit)):
        gate_ = describe(gate, unit=unit)
        yield tr("nothing can fail the gate {gate}, so it decides nothing; expected a tighter bound", gate=gate_)
    if unit != measures.RATIO or gate.stat != "mean":
        return
    for key, end, near in (("min", 1.0, 0.99), ("max", 0.0, 0.01)):
        if getattr(gate, key) == end:
            yield tr(
                "nothing can pass the gate {gate}: the 95 % interval of a rate never reaches {bound}; {near} "
                "with enough "
                "cases can be passed",
                gate=describe(gate, unit=unit),
                bound=formatting.bound(end, unit),
                near=f"{key} = {near:g}",
            )
