"""What the gates of the release policy make of a scorecard. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from readiness import formatting
from readiness.model import measures
from readiness.model.cells import Cell, Statistic
from readiness.model.evidence import Evidence
from readiness.model.policy import Gate
from readiness.model.record import ANY

from . import uncertainty
from .compare import CellKey, ScorecardRow, place
from .intervals import Interval, shared

GateState = Literal["pass", "fail", "inconclusive", "missing"]
ORDER: tuple[GateState, ...] = ("fail", "missing", "inconclusive", "pass")
"""Worst first: a cell without data weighs more than one that cannot decide."""
_ROUNDING = 1e-12
_WORST = {"higher": 0.0, "lower": 1.0}
"""What a case that fails adds to a rate, by the direction in which it improves."""


@dataclass(frozen=True)
class GateResult:
    """What a gate makes of the rows it speaks of; `row` is the worst, None without any data of the candidate.

    `looks` counts the result sets of the candidate that hold what the gate speaks of: whoever looks often enough sees
    it pass once.
    """

    gate: Gate
    state: GateState
    row: ScorecardRow | None = None
    looks: int = 1

    @property
    def confidence(self) -> float:
        return _confidence(self.gate, self.looks)


Looks: TypeAlias = Mapping[CellKey, Collection[str]]
"""The files in which the candidate has each figure, by their digests."""


def judge(gates: Iterable[Gate], rows: Sequence[ScorecardRow], looks: Looks | None = None) -> list[GateResult]:
    """Each gate against the rows it speaks of; the worst of them decides.

    A gate passes only if the interval of the figure clears the threshold, and fails only if it lies beyond.
    """
    return [
        _judge(gate, [row for row in rows if _asked(gate, row.metric, row.workflow, row.cohort)], looks or {})
        for gate in gates
    ]


def looked(cells: Iterable[tuple[Cell, Evidence]], candidate: str) -> Looks:
    """Every result set of the candidate, also one that is stale or that another took the place of."""
    files: dict[CellKey, set[str]] = {}
    for cell, evidence in cells:
        if cell.version == candidate:
            files.setdefault((cell.metric, cell.workflow, cell.cohort), set()).add(evidence.digest)
    return files


def describe(gate: Gate) -> str:
    """The gate as a person would say it: `task_success of each cohort ≥ 0.9, at most 0.02 worse`."""
    bounds = [f"≥ {gate.min:g}"] if gate.min is not None else []
    bounds += [f"≤ {gate.max:g}"] if gate.max is not None else []
    bounds += [f"at most {gate.max_regression:g} worse"] if gate.max_regression is not None else []
    return f"{gate.subject} {', '.join(bounds)}"


def _asked(gate: Gate, metric: str, workflow: str, cohort: str) -> bool:
    return (
        metric == gate.metric
        and (workflow != ANY if gate.workflow == "each" else workflow == gate.workflow)
        and (cohort != ANY if gate.cohort == "each" else cohort == gate.cohort)
    )


def _confidence(gate: Gate, looks: int) -> float:
    """The looks that were planned share the error, or those that there were where these are more (Bonferroni)."""
    return shared(uncertainty.CONFIDENCE, 1 if gate.looks is None else max(gate.looks, looks))


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
    own = uncertainty.of_cell(row.candidate, gate.stat, confidence=result.confidence)
    shown = f"{formatting.figure(value, row.candidate.unit)}{_span(own, row.candidate)} for {place(row)}"
    shown += f" ({formatting.sample(row.candidate)}{_looks(result)})"
    if gate.max_regression is not None:
        worsening = row.worsening(gate.stat)
        if worsening is None:
            return f"{shown}, {_not_compared(row, gate.stat)}"
        shown += f"; {_changed(row, gate.stat, worsening, result.confidence)}"
    unscored = [_unscored_in(gate, side) for side in _sides(gate, row) if _unscored(side) > gate.max_unscored]
    shown = "; ".join([shown, *unscored])
    return f"{shown}, fewer than the {gate.min_n} cases asked for" if _too_few(gate, row) else shown


def _not_compared(row: ScorecardRow, stat: Statistic) -> str:
    """Why nobody can say whether the candidate is worse."""
    if row.baseline and not row.comparable:
        units = [side.unit or "no unit" for side in (row.baseline, row.candidate) if side]
        return f"not compared with the baseline, since the units differ ({units[0]} and {units[1]})"
    if row.change(stat) is None:
        return "no baseline"
    return 'which way is better is not stated; say it in the gate, direction = "higher" or "lower"'


def _looks(result: GateResult) -> str:
    """How often was looked at the candidate, and what that makes of the interval."""
    if result.gate.looks is None:
        return f", looks {result.looks}" if result.looks > 1 else ""
    return f", looks {result.looks} of {result.gate.looks} planned, interval at {result.confidence * 100:.3g} %"


def _judge(gate: Gate, rows: Sequence[ScorecardRow], looks: Looks) -> GateResult:
    files = [files for key, files in looks.items() if _asked(gate, *key)]
    often = max(1, len(set().union(*files)))
    if not any(row.candidate for row in rows):
        return GateResult(gate, "missing", looks=often)
    judged = [(*_judge_row(gate, row, _confidence(gate, often)), row) for row in rows]
    state, _, worst = min(judged, key=lambda of_row: (ORDER.index(of_row[0]), of_row[1]))
    return GateResult(gate, state, worst, often)


def _judge_row(gate: Gate, row: ScorecardRow, confidence: float) -> tuple[GateState, float]:
    """State, and how far inside the tightest bound the figure is (negative is outside)."""
    value = _value(gate, row)
    if row.candidate is None or value is None or row.candidate.unit == measures.UNCLEAR:
        return "missing", 0.0
    rooms = list(_rooms(gate, value, uncertainty.of_cell(row.candidate, gate.stat, confidence=confidence)))
    if gate.max_regression is not None:
        worsening = row.worsening(gate.stat)
        if worsening is None:
            return "missing", 0.0
        rooms.append(_below(gate.max_regression, worsening, row.worsened(gate.stat, confidence)))
    margin = min(room for room, _ in rooms)
    if _too_few(gate, row) or any(_unscored(side) > gate.max_unscored for side in _sides(gate, row)):
        return "inconclusive", margin
    return _state([room for _, room in rooms]), margin


def _value(gate: Gate, row: ScorecardRow) -> float | None:
    return getattr(row.candidate, gate.stat) if row.candidate else None


def _too_few(gate: Gate, row: ScorecardRow) -> bool:
    """Whether fewer independent cases are behind the figure, or behind the change that is asked about."""
    counts = [row.candidate.independent if row.candidate else None]
    if gate.max_regression is not None and gate.stat == "mean" and row.pairs is not None:
        counts.append(row.pairs.n)
    return any(n is not None and n < gate.min_n for n in counts)


def _sides(gate: Gate, row: ScorecardRow) -> list[Cell]:
    """The figures that the gate reads: the baseline only where it compares."""
    sides = [row.candidate, row.baseline if gate.max_regression is not None else None]
    return [side for side in sides if side is not None]


def _unscored(side: Cell) -> float:
    """The share of the runs that have no score."""
    return side.errors / (side.errors + (side.n or 0)) if side.errors else 0.0


def _unscored_in(gate: Gate, side: Cell) -> str:
    """What is not known, and the figure if all of it were bad."""
    total = side.errors + (side.n or 0)
    known = f"{side.errors:,} of {total:,} of {side.version} not scored, at most {gate.max_unscored * 100:g} % allowed"
    if gate.stat != "mean" or side.mean is None or side.unit != "ratio" or side.direction not in _WORST:
        return known
    worst = (side.mean * (side.n or 0) + _WORST[side.direction] * side.errors) / total
    return f"{known}: {formatting.figure(worst, side.unit)} in the worst case, if all of these fail"


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


def _changed(row: ScorecardRow, stat: Statistic, worsening: float, confidence: float) -> str:
    """How the candidate stands to the baseline: which way, by how much, the interval of that, and of which cases."""
    side = row.baseline or row.candidate
    unit = side.unit if side else ""
    before, now = row.figures(stat)
    told = f"baseline {formatting.figure(before, unit)}{_of_which(row, stat, now, unit)}"
    if not worsening:
        return f"{told}, unchanged"
    by = formatting.difference(abs(worsening), unit).lstrip("+")
    way, interval = f"{'worse' if worsening > 0 else 'better'} by {by}", row.worsened(stat, confidence)
    if interval is None:
        return f"{told}, {way} (spread not known)"
    sides = sorted(side * (1 if worsening > 0 else -1) for side in (interval.low, interval.high))
    span = " to ".join("open" if math.isinf(side) else formatting.change(side, unit).lstrip("+") for side in sides)
    return f"{told}, {way} [{span}]"


def _of_which(row: ScorecardRow, stat: Statistic, now: float | None, unit: str) -> str:
    """Which cases a change of the mean speaks of where not all were run under both versions."""
    if stat != "mean" or row.pairs is None or row.baseline is None or row.candidate is None:
        return ""
    which = uncertainty.same_cases(row.pairs, row.baseline, row.candidate)
    if now is not None and row.candidate.mean is not None and math.isclose(now, row.candidate.mean, rel_tol=1e-9):
        return f" over {which}"
    return f" and candidate {formatting.figure(now, unit)} over {which}"
