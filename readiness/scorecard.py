"""Baseline against candidate, cell by cell, and what the gates make of it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .records import ANY, Assessment, Cell, Evidence, Gate, Statistic

GateState = Literal["pass", "fail", "inconclusive", "missing"]
Key = tuple[str, str, str]
"""(metric, workflow, cohort); `"*"` is all of them."""


@dataclass(frozen=True)
class Row:
    """One metric of one workflow and cohort; a side is None where there is no data, which is never a pass."""

    metric: str
    workflow: str
    cohort: str
    baseline: Cell | None
    candidate: Cell | None

    def change(self, stat: Statistic = "mean") -> float | None:
        """Candidate minus baseline, in the metric's unit; None where a side has no such figure."""
        if self.baseline is None or self.candidate is None:
            return None
        before, now = getattr(self.baseline, stat), getattr(self.candidate, stat)
        return None if before is None or now is None else now - before

    def worsening(self, stat: Statistic = "mean") -> float | None:
        """By how much the candidate is worse; negative where it is better, None where it cannot be told."""
        side = self.candidate or self.baseline
        sign = {"higher": -1, "lower": 1}.get(side.direction if side else "unknown")
        change = self.change(stat)
        return None if sign is None or change is None else sign * change

    @property
    def difference(self) -> float | None:
        """The change of the mean or rate."""
        return self.change()

    @property
    def worse(self) -> float | None:
        return self.worsening()


@dataclass(frozen=True)
class GateResult:
    gate: Gate
    state: GateState
    why: str


def pick(cells: Iterable[tuple[Cell, Evidence]], as_of: dt.date) -> list[Cell]:
    """One cell for each (version, metric, workflow, cohort): the one measured last, of evidence that is not stale.

    Two files that state the same cell are never averaged.
    """
    chosen: dict[tuple[str, ...], tuple[dt.date, Cell]] = {}
    for cell, evidence in cells:
        if evidence.measured_on is None or evidence.stale(as_of):
            continue
        key = (cell.version, cell.metric, cell.workflow, cell.cohort)
        if key not in chosen or evidence.measured_on >= chosen[key][0]:
            chosen[key] = (evidence.measured_on, cell)
    return [cell for _, cell in chosen.values()]


def compare(assessment: Assessment, cells: Sequence[Cell]) -> list[Row]:
    """Baseline and candidate side by side, sorted by metric, workflow and cohort with the overall figure first."""
    sides: dict[Key, dict[str, Cell]] = {}
    for cell in cells:
        if cell.version in (assessment.baseline, assessment.candidate):
            sides.setdefault((cell.metric, cell.workflow, cell.cohort), {})[cell.version] = cell
    return [
        Row(*key, baseline=found.get(assessment.baseline), candidate=found.get(assessment.candidate))
        for key, found in sorted(sides.items())
    ]


def judge(gates: Iterable[Gate], rows: Sequence[Row]) -> list[GateResult]:
    """Each gate against the rows it speaks of; the reason names the worst cell."""
    return [_judge(gate, [row for row in rows if _asked(gate, row)]) for gate in gates]


def describe(gate: Gate) -> str:
    """The gate as a person would say it: `task_success of each cohort ≥ 0.9, at most 0.02 worse`."""
    stat = "" if gate.stat == "mean" else f" {gate.stat}"
    where = "" if gate.workflow == ANY else f" in {_each(gate.workflow, 'workflow')}"
    cohort = "" if gate.cohort == ANY else f" for {_each(gate.cohort, 'cohort')}"
    bounds = [f"≥ {gate.min:g}"] if gate.min is not None else []
    bounds += [f"≤ {gate.max:g}"] if gate.max is not None else []
    bounds += [f"at most {gate.max_regression:g} worse"] if gate.max_regression is not None else []
    return f"{gate.metric}{stat}{where}{cohort} {', '.join(bounds)}"


def place(row: Row) -> str:
    """Where a row stands, in words: `refund, language=ja` or `all cases`."""
    parts = [part for part in (row.workflow, row.cohort) if part != ANY]
    return ", ".join(parts) or "all cases"


def _each(value: str, noun: str) -> str:
    return f"each {noun}" if value == "each" else value


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
    """State, how far inside the tightest bound (negative is outside) and the reason."""
    value = getattr(row.candidate, gate.stat) if row.candidate else None
    if row.candidate is None or value is None:
        return "missing", 0.0, f"no data for {place(row)}"
    n = row.candidate.n
    shown = f"{value:.4g} for {place(row)} (n {n if n is not None else 'not stated'})"
    margins = [value - gate.min] if gate.min is not None else []
    margins += [gate.max - value] if gate.max is not None else []
    if gate.max_regression is not None:
        before = getattr(row.baseline, gate.stat) if row.baseline else None
        sign = {"higher": 1, "lower": -1}.get(row.candidate.direction)
        if before is None or sign is None:
            what = "no baseline" if before is None else "the direction of the metric is not known"
            return "missing", 0.0, f"{shown}, {what}"
        change = sign * (value - before)
        margins.append(change + gate.max_regression)
        shown += f", baseline {before:.4g}"
    margin = min(margins)
    if n is None or n < gate.min_n:
        return "inconclusive", margin, f"{shown}, fewer than the {gate.min_n} cases asked for"
    return ("pass" if margin >= -1e-12 else "fail"), margin, shown
