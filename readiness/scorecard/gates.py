"""What the gates of the release policy make of a scorecard. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from readiness import formatting
from readiness.model import measures
from readiness.model.cells import Cell, Statistic
from readiness.model.policy import Gate
from readiness.model.record import ANY

from . import uncertainty
from .compare import ScorecardRow, place
from .intervals import Interval

GateState = Literal["pass", "fail", "inconclusive", "missing"]
ORDER: tuple[GateState, ...] = ("fail", "missing", "inconclusive", "pass")
"""Worst first: a cell without data weighs more than one that cannot decide."""
_ROUNDING = 1e-12


@dataclass(frozen=True)
class GateResult:
    """What a gate makes of the rows it speaks of; `row` is the worst, None without any data of the candidate."""

    gate: Gate
    state: GateState
    row: ScorecardRow | None = None


def judge(gates: Iterable[Gate], rows: Sequence[ScorecardRow]) -> list[GateResult]:
    """Each gate against the rows it speaks of; the worst of them decides.

    A gate passes only if the interval of the figure clears the threshold, and fails only if it lies beyond.
    """
    return [_judge(gate, [row for row in rows if _asked(gate, row)]) for gate in gates]


def describe(gate: Gate) -> str:
    """The gate as a person would say it: `task_success of each cohort ≥ 0.9, at most 0.02 worse`."""
    bounds = [f"≥ {gate.min:g}"] if gate.min is not None else []
    bounds += [f"≤ {gate.max:g}"] if gate.max is not None else []
    bounds += [f"at most {gate.max_regression:g} worse"] if gate.max_regression is not None else []
    return f"{gate.subject} {', '.join(bounds)}"


def _asked(gate: Gate, row: ScorecardRow) -> bool:
    return (
        row.metric == gate.metric
        and (row.workflow != ANY if gate.workflow == "each" else row.workflow == gate.workflow)
        and (row.cohort != ANY if gate.cohort == "each" else row.cohort == gate.cohort)
    )


def sentence(result: GateResult) -> str:
    """The gate, and why it stands as it does."""
    return f"{describe(result.gate)}: {reason(result)}"


def reason(result: GateResult) -> str:
    """The figure that decided, with its interval and n, and what keeps it from passing where it is no bound."""
    gate, row = result.gate, result.row
    if row is None:
        return "no data of the candidate"
    value = _value(gate, row)
    if row.candidate is None or value is None:
        return f"no data for {place(row)}"
    if row.candidate.unit == measures.UNCLEAR:
        figure = formatting.figure(value, row.candidate.unit)
        return f"{figure} for {place(row)} is no ratio; expected 0 to 1, or the file again with its unit"
    n, own = row.candidate.n, uncertainty.of_cell(row.candidate, gate.stat)
    cases = "not stated" if n is None else f"{n:,}"
    shown = f"{formatting.figure(value, row.candidate.unit)}{_span(own, row.candidate)} for {place(row)} (n {cases})"
    if gate.max_regression is not None:
        worsening = row.worsening(gate.stat)
        if worsening is None:
            return f"{shown}, {_not_compared(row, gate.stat)}"
        shown += f"; {_changed(row, gate.stat, worsening)}"
    return f"{shown}, fewer than the {gate.min_n} cases asked for" if _too_few(gate, row.candidate) else shown


def _not_compared(row: ScorecardRow, stat: Statistic) -> str:
    """Why nobody can say whether the candidate is worse."""
    if row.baseline and not row.comparable:
        units = [side.unit or "no unit" for side in (row.baseline, row.candidate) if side]
        return f"not compared with the baseline, since the units differ ({units[0]} and {units[1]})"
    if row.change(stat) is None:
        return "no baseline"
    return 'which way is better is not stated; say it in the gate, direction = "higher" or "lower"'


def _judge(gate: Gate, rows: Sequence[ScorecardRow]) -> GateResult:
    if not any(row.candidate for row in rows):
        return GateResult(gate, "missing")
    judged = [(*_judge_row(gate, row), row) for row in rows]
    state, _, worst = min(judged, key=lambda of_row: (ORDER.index(of_row[0]), of_row[1]))
    return GateResult(gate, state, worst)


def _judge_row(gate: Gate, row: ScorecardRow) -> tuple[GateState, float]:
    """State, and how far inside the tightest bound the figure is (negative is outside)."""
    value = _value(gate, row)
    if row.candidate is None or value is None or row.candidate.unit == measures.UNCLEAR:
        return "missing", 0.0
    rooms = list(_rooms(gate, value, uncertainty.of_cell(row.candidate, gate.stat)))
    if gate.max_regression is not None:
        worsening = row.worsening(gate.stat)
        if worsening is None:
            return "missing", 0.0
        rooms.append(_below(gate.max_regression, worsening, row.worsened(gate.stat)))
    margin = min(room for room, _ in rooms)
    if _too_few(gate, row.candidate):
        return "inconclusive", margin
    return _state([room for _, room in rooms]), margin


def _value(gate: Gate, row: ScorecardRow) -> float | None:
    return getattr(row.candidate, gate.stat) if row.candidate else None


def _too_few(gate: Gate, cell: Cell) -> bool:
    return cell.n is not None and cell.n < gate.min_n


def _rooms(gate: Gate, value: float, own: Interval | None) -> Iterator[tuple[float, Interval | None]]:
    """How much room a figure leaves to each bound, and the interval of that."""
    if gate.min is not None:
        yield value - gate.min, own and Interval(own.low - gate.min, own.high - gate.min)
    if gate.max is not None:
        yield _below(gate.max, value, own)


def _below(bound: float, value: float, interval: Interval | None) -> tuple[float, Interval | None]:
    return bound - value, interval and Interval(bound - interval.high, bound - interval.low)


def _state(rooms: Sequence[Interval | None]) -> GateState:
    """How the intervals of the room left lie to 0: all clear of it, one beyond it, or neither."""
    if any(room is not None and room.high < -_ROUNDING for room in rooms):
        return "fail"
    if all(room is not None and room.low >= -_ROUNDING for room in rooms):
        return "pass"
    return "inconclusive"


def _span(interval: Interval | None, cell: Cell) -> str:
    return f" [{formatting.between(interval.low, interval.high, cell.unit)}]" if interval else " (spread not known)"


def _changed(row: ScorecardRow, stat: Statistic, worsening: float) -> str:
    """How the candidate stands to the baseline: which way, by how much, and the interval of that."""
    side = row.baseline or row.candidate
    unit = side.unit if side else ""
    before = f"baseline {formatting.figure(getattr(row.baseline, stat), unit)}"
    if not worsening:
        return f"{before}, unchanged"
    interval, way = row.worsened(stat), "worse" if worsening > 0 else "better"
    sides = sorted(side * (1 if worsening > 0 else -1) for side in (interval.low, interval.high)) if interval else []
    span = " to ".join("open" if math.isinf(side) else formatting.change(side, unit).lstrip("+") for side in sides)
    by = formatting.difference(abs(worsening), unit).lstrip("+")
    return f"{before}, {way} by {by} [{span}]" if span else f"{before}, {way} by {by} (spread not known)"
