"""Whether a gate asks for something that can be: looked at when a policy is stored, before any figure is held to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from readiness import formatting
from readiness.errors import InputError
from readiness.model import measures
from readiness.model.cells import Cell
from readiness.model.policy import Gate

from .gate_words import describe
from .gates import is_idle

_BOUNDS = ("min", "max")
_CHANGES = {"max_regression": "get worse by", "same_within": "change by"}


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
            problem = f"{gate.metric} cannot be {bound:g}{_in(unit)}"
            expected = measures.allowed(unit)
            if unit == measures.RATIO and 1 < bound <= 100:
                expected += f", {bound / 100:g} for {bound:g} %"
            raise InputError(problem, file=file, place=f"{place}.{key}", expected=expected)
    for key, what in _CHANGES.items():
        change = getattr(gate, key)
        if change is not None and not measures.is_possible(unit, change, change):
            problem = f"{gate.metric} cannot {what} {change:g}{_in(unit)}"
            raise InputError(problem, file=file, place=f"{place}.{key}", expected=measures.allowed(unit))
    if gate.min is not None and gate.max is not None and gate.min > gate.max:
        problem = f"no figure is at least {gate.min:g} and at most {gate.max:g}"
        raise InputError(problem, file=file, place=f"{place}.min", expected="a min below max")


def _in(unit: str) -> str:
    return ", since it is a ratio" if unit == measures.RATIO else f" {unit}" if unit else ""


def _unreachable(gate: Gate, unit: str) -> Iterator[str]:
    """A rate is never sure to be 100 % or 0 %, however many cases pass: the interval ends before it.

    And what every figure has is no threshold.
    """
    if is_idle(gate, Cell(version="", metric=gate.metric, unit=unit)):
        yield f"nothing can fail the gate {describe(gate, unit=unit)}, so it decides nothing; expected a tighter bound"
    if unit != measures.RATIO or gate.stat != "mean":
        return
    for key, end, near in (("min", 1.0, 0.99), ("max", 0.0, 0.01)):
        if getattr(gate, key) == end:
            yield (
                f"nothing can pass the gate {describe(gate, unit=unit)}: the 95 % interval of a rate never reaches "
                f"{formatting.bound(end, unit)}; {key} = {near:g} with enough cases can be passed"
            )
