"""Baseline against candidate, cell by cell, and what the gates make of it. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from readiness.model.assessment import Assessment
from readiness.model.cells import Cell, Pair, Statistic
from readiness.model.evidence import Evidence
from readiness.model.policy import Gate
from readiness.model.record import ANY

from . import comparison, formatting, intervals
from .comparison import Difference, Pairs
from .intervals import Interval

GateState = Literal["pass", "fail", "inconclusive", "missing"]
Key = tuple[str, str, str]
"""(metric, workflow, cohort); `"*"` is all of them."""
ALPHA = 0.05
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Row:
    """One metric of one workflow and cohort; a side is None where there is no data, which is never a pass.

    `pairs` counts the cases that both versions ran, where they can be told apart.
    """

    metric: str
    workflow: str
    cohort: str
    baseline: Cell | None
    candidate: Cell | None
    pairs: Pairs | None = None

    def change(self, stat: Statistic = "mean") -> float | None:
        """Candidate minus baseline, in the metric's unit; None where a side has no such figure."""
        if self.baseline is None or self.candidate is None:
            return None
        before, now = getattr(self.baseline, stat), getattr(self.candidate, stat)
        return None if before is None or now is None else now - before

    def worsening(self, stat: Statistic = "mean") -> float | None:
        """By how much the candidate is worse; negative where it is better, None where it cannot be told."""
        change = self.change(stat)
        return None if self.sign is None or change is None else self.sign * change

    def difference(self, stat: Statistic = "mean") -> Difference | None:
        """How sure the change is; None where too little is known of a side."""
        if self.baseline is None or self.candidate is None or self.change(stat) is None:
            return None
        return comparison.difference(self.baseline, self.candidate, self.pairs, stat)

    def worsened(self, stat: Statistic = "mean") -> Interval | None:
        """The interval of `worsening`; None where it cannot be told."""
        found = self.difference(stat)
        if found is None or self.sign is None:
            return None
        low, high = found.interval.low, found.interval.high
        return Interval(low, high) if self.sign > 0 else Interval(-high, -low)

    @property
    def sign(self) -> int | None:
        """1 where a higher figure is worse, −1 where a lower one is, None where that is not known."""
        side = self.candidate or self.baseline
        return {"higher": -1, "lower": 1}.get(side.direction if side else "unknown")


@dataclass(frozen=True)
class Regression:
    """A cohort in which the candidate is worse: `p` is adjusted for how many cohorts were looked at (Holm)."""

    row: Row
    p: float


@dataclass(frozen=True)
class GateResult:
    gate: Gate
    state: GateState
    why: str


@dataclass(frozen=True)
class Picked:
    """The figures that count, and the digest of the file that each comes from."""

    cells: list[Cell]
    files: dict[tuple[str, ...], str]


def pick(cells: Iterable[tuple[Cell, Evidence]], as_of: dt.date) -> Picked:
    """One cell for each (version, metric, workflow, cohort): the one measured last, of evidence that is not stale.

    Two files that state the same cell are never averaged.
    """
    chosen: dict[tuple[str, ...], tuple[Cell, Evidence]] = {}
    for cell, evidence in cells:
        day = evidence.measured_on
        if day is None or evidence.stale(as_of):
            continue
        key = (cell.version, cell.metric, cell.workflow, cell.cohort)
        if key not in chosen or day >= (chosen[key][1].measured_on or day):
            chosen[key] = (cell, evidence)
    return Picked(
        cells=[cell for cell, _ in chosen.values()],
        files={key: evidence.digest for key, (_, evidence) in chosen.items()},
    )


def compare(
    assessment: Assessment,
    cells: Sequence[Cell],
    pairs: Iterable[Pair] = (),
    files: Mapping[tuple[str, ...], str] | None = None,
) -> list[Row]:
    """Baseline and candidate side by side, sorted by metric, workflow and cohort with the overall figure first.

    A pair counts for a row only if both its cells come from the files it was made of (see `Picked`).
    """
    sides: dict[Key, dict[str, Cell]] = {}
    for cell in cells:
        if cell.version in (assessment.baseline, assessment.candidate):
            sides.setdefault((cell.metric, cell.workflow, cell.cohort), {})[cell.version] = cell
    found = dict(_oriented(assessment, pairs, files or {}))
    return [
        Row(*key, side.get(assessment.baseline), side.get(assessment.candidate), found.get(key))
        for key, side in sorted(sides.items())
    ]


def _oriented(
    assessment: Assessment, pairs: Iterable[Pair], files: Mapping[tuple[str, ...], str]
) -> Iterator[tuple[Key, Pairs]]:
    """The pairs of baseline and candidate, whichever of them stands first."""
    for pair in pairs:
        key = (pair.metric, pair.workflow, pair.cohort)
        if files.get((pair.first, *key)) != pair.first_file or files.get((pair.second, *key)) != pair.second_file:
            continue
        if (pair.first, pair.second) == (assessment.baseline, assessment.candidate):
            yield key, Pairs(pair.both, pair.only_first, pair.only_second, pair.neither)
        elif (pair.second, pair.first) == (assessment.baseline, assessment.candidate):
            yield key, Pairs(pair.both, pair.only_second, pair.only_first, pair.neither)


def regressions(rows: Iterable[Row], stat: Statistic = "mean") -> list[Regression]:
    """The cohorts in which the candidate is worse beyond chance, the surest first.

    Every cohort of the rows is tested, so the p-values are adjusted (Holm): the chance that any cohort is named here
    without being worse is at most 5 %. A quantile has no test: there its interval must lie beyond 0, unadjusted.
    """
    looked = [(row, row.difference(stat)) for row in rows if row.cohort != ANY and row.sign is not None]
    tested = [(row, found.p) for row, found in looked if found is not None and found.p is not None]
    adjusted = intervals.holm([p for _, p in tested])
    found = [Regression(row, p) for (row, _), p in zip(tested, adjusted, strict=True) if p <= ALPHA]
    for row, one in looked:
        beyond = row.worsened(stat)
        if one is not None and one.p is None and beyond is not None and beyond.low > 0:
            found.append(Regression(row, ALPHA))
    return sorted(found, key=lambda each: (each.p, -(each.row.worsening(stat) or 0)))


def judge(gates: Iterable[Gate], rows: Sequence[Row]) -> list[GateResult]:
    """Each gate against the rows it speaks of; the reason names the worst cell.

    A gate passes only if the interval of the figure clears the threshold, and fails only if it lies beyond.
    """
    return [_judge(gate, [row for row in rows if _asked(gate, row)]) for gate in gates]


def describe(gate: Gate) -> str:
    """The gate as a person would say it: `task_success of each cohort ≥ 0.9, at most 0.02 worse`."""
    bounds = [f"≥ {gate.min:g}"] if gate.min is not None else []
    bounds += [f"≤ {gate.max:g}"] if gate.max is not None else []
    bounds += [f"at most {gate.max_regression:g} worse"] if gate.max_regression is not None else []
    return f"{gate.subject} {', '.join(bounds)}"


def place(row: Row) -> str:
    """Where a row stands, in words: `refund, language=ja` or `all cases`."""
    parts = [part for part in (row.workflow, row.cohort) if part != ANY]
    return ", ".join(parts) or "all cases"


def _asked(gate: Gate, row: Row) -> bool:
    return (
        row.metric == gate.metric
        and (row.workflow != ANY if gate.workflow == "each" else row.workflow == gate.workflow)
        and (row.cohort != ANY if gate.cohort == "each" else row.cohort == gate.cohort)
    )


def _judge(gate: Gate, rows: Sequence[Row]) -> GateResult:
    if not any(row.candidate for row in rows):
        return GateResult(gate, "missing", f"{describe(gate)}: no data of the candidate")
    order: tuple[GateState, ...] = ("fail", "missing", "inconclusive", "pass")
    results = [_judge_row(gate, row) for row in rows]
    state, _, why = min(results, key=lambda each: (order.index(each[0]), each[1]))
    return GateResult(gate, state, f"{describe(gate)}: {why}")


def _judge_row(gate: Gate, row: Row) -> tuple[GateState, float, str]:
    """State, how far inside the tightest bound the figure is (negative is outside) and the reason."""
    value = getattr(row.candidate, gate.stat) if row.candidate else None
    if row.candidate is None or value is None:
        return "missing", 0.0, f"no data for {place(row)}"
    n, own = row.candidate.n, comparison.of_cell(row.candidate, gate.stat)
    cases = "not stated" if n is None else f"{n:,}"
    shown = f"{formatting.figure(value, row.candidate.unit)}{_span(own, row.candidate)} for {place(row)} (n {cases})"
    rooms = list(_rooms(gate, value, own))
    if gate.max_regression is not None:
        worsening = row.worsening(gate.stat)
        if worsening is None:
            what = "no baseline" if row.change(gate.stat) is None else "the direction of the metric is not known"
            return "missing", 0.0, f"{shown}, {what}"
        rooms.append(_below(gate.max_regression, worsening, row.worsened(gate.stat)))
        shown += f"; {_changed(row, gate.stat, worsening)}"
    margin = min(room for room, _ in rooms)
    if n is not None and n < gate.min_n:
        return "inconclusive", margin, f"{shown}, fewer than the {gate.min_n} cases asked for"
    return _state([room for _, room in rooms]), margin, shown


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


def _changed(row: Row, stat: Statistic, worsening: float) -> str:
    """How the candidate stands to the baseline: which way, by how much, and the interval of that."""
    side = row.baseline or row.candidate
    unit = side.unit if side else ""
    before = f"baseline {formatting.figure(getattr(row.baseline, stat), unit)}"
    if not worsening:
        return f"{before}, unchanged"
    found, way = row.worsened(stat), "worse" if worsening > 0 else "better"
    sides = sorted(side * (1 if worsening > 0 else -1) for side in (found.low, found.high)) if found else []
    span = " to ".join("open" if math.isinf(side) else formatting.change(side, unit).lstrip("+") for side in sides)
    by = formatting.difference(abs(worsening), unit).lstrip("+")
    return f"{before}, {way} by {by} [{span}]" if span else f"{before}, {way} by {by} (spread not known)"
