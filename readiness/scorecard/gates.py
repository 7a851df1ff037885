"""What the gates of the release policy make of a scorecard. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from readiness.model import measures
from readiness.model.assessment import Expected
from readiness.model.cells import Cell
from readiness.model.evidence import Evidence
from readiness.model.judges import base
from readiness.model.policy import Gate
from readiness.model.record import ANY

from . import severity, uncertainty
from .compare import CellKey, ScorecardRow
from .intervals import Interval, shared

GateState = Literal["pass", "fail", "inconclusive", "missing"]
ORDER: tuple[GateState, ...] = ("fail", "missing", "inconclusive", "pass")
"""Worst first: a cell without data weighs more than one that cannot decide."""
_ROUNDING = 1e-12


@dataclass(frozen=True)
class GateResult:
    """What a gate makes of the rows it speaks of; `row` is the worst, None without any data of the candidate.

    `looks` counts the result sets of the candidate that hold what the gate speaks of: whoever looks often enough sees
    it pass once. `among` counts the rows with a figure: whoever looks at many finds a bad one by chance. `critical`
    are cases of which none may fail, where one did or where that is not known.
    """

    gate: Gate
    state: GateState
    row: ScorecardRow | None = None
    looks: int = 1
    critical: Cell | None = None
    among: int = 1

    @property
    def confidence(self) -> float:
        return _confidence(self.gate, self.looks)

    @property
    def of_worst(self) -> float:
        """The confidence of the interval of `row` as the worst of those that were looked at (Bonferroni)."""
        return shared(self.confidence, self.among)


Looks: TypeAlias = Mapping[CellKey, Collection[str]]
"""The files in which the candidate has each figure, by their digests."""


def judge(
    gates: Iterable[Gate],
    rows: Sequence[ScorecardRow],
    looks: Looks | None = None,
    expected: Expected | None = None,
) -> list[GateResult]:
    """Each gate against the rows it speaks of; the worst of them decides.

    A gate passes only if the interval of each figure clears the threshold, and fails only if one lies beyond, as the
    worst of all that were looked at, or if a critical case failed: that all are good enough needs no adjustment, since
    each has to clear its bound (an intersection-union test; Berger 1982, Technometrics 24:295-300). A gate on each
    workflow or cohort has no data where one that is `expected` has none.
    """
    return [
        _without_failures(_judge(gate, [*_rows(gate, rows), *_absent(gate, rows, expected)], looks or {}), rows)
        for gate in gates
    ]


def _absent(gate: Gate, rows: Sequence[ScorecardRow], expected: Expected | None) -> Iterator[ScorecardRow]:
    """The workflows and cohorts that are expected and in no row of a gate on each of them."""
    own = list(_rows(gate, rows))
    if expected is None or not own:
        return
    for cohort in expected.cohorts if gate.cohort == "each" else ():
        if cohort not in {row.cohort for row in own}:
            yield ScorecardRow(gate.metric, ANY if gate.workflow == "each" else gate.workflow, cohort, None, None)
    for workflow in expected.workflows if gate.workflow == "each" else ():
        if workflow not in {row.workflow for row in own}:
            yield ScorecardRow(gate.metric, workflow, ANY if gate.cohort == "each" else gate.cohort, None, None)


def _rows(gate: Gate, rows: Sequence[ScorecardRow]) -> Iterator[ScorecardRow]:
    """The rows that a gate looks at; of a metric that only judges have by name, those of each judge."""
    own = [row for row in rows if row.metric == gate.metric] or [row for row in rows if base(row.metric) == gate.metric]
    return (row for row in own if asks(gate, row))


def _without_failures(result: GateResult, rows: Sequence[ScorecardRow]) -> GateResult:
    """The result with what became of critical cases, and of all cases where the gate is critical itself."""
    gate = result.gate
    marked = [row.candidate for row in rows if severity.holds(gate, row.metric, row.workflow, row.cohort)]
    every = [row.candidate for row in _rows(gate, rows)] if gate.critical else []
    cells = [cell for cell in (*filter(severity.is_scored, marked), *every) if cell is not None]
    if bad := [cell for cell in cells if severity.failed(cell)]:
        return replace(result, state="fail", critical=max(bad, key=lambda cell: severity.failed(cell) or 0))
    unknown = [cell for cell in cells if cell.errors or severity.failed(cell) is None]
    if not unknown:
        return result
    undecided = any(cell.errors for cell in unknown) or gate.critical
    state: GateState = "inconclusive" if undecided and result.state == "pass" else result.state
    return replace(result, state=state, critical=max(unknown, key=lambda cell: cell.errors))


def looked(cells: Iterable[tuple[Cell, Evidence]]) -> Looks:
    """Every result set of the candidate, by its cells; also one that is stale or that another took the place of."""
    files: dict[CellKey, set[str]] = {}
    for cell, evidence in cells:
        files.setdefault((cell.metric, cell.workflow, cell.cohort), set()).add(evidence.digest)
    return files


def asked(gate: Gate, rows: Sequence[ScorecardRow]) -> list[ScorecardRow]:
    """The rows that a gate speaks of."""
    return list(_rows(gate, rows))


def asks(gate: Gate, row: ScorecardRow) -> bool:
    """Whether a gate looks at a row."""
    return _asked(gate, row.metric, row.workflow, row.cohort)


def state_at(result: GateResult, row: ScorecardRow) -> GateState:
    """How the gate stands by this row, one of as many as there are."""
    return _judge_row(result.gate, row, result.confidence, result.among)[0]


def undecidable(gate: Gate, row: ScorecardRow) -> bool:
    """Whether the gate decides nothing whatever the figure: too few cases, too many unscored, nothing that fails it."""
    return (
        too_few(gate, row)
        or is_idle(gate, row.candidate)
        or any(unscored_share(side) > gate.max_unscored for side in sides(gate, row))
    )


def is_idle(gate: Gate, cell: Cell | None) -> bool:
    """Whether nothing that gets worse can fail the gate: it asks for what every figure has, or bounds the good side."""
    if cell is None or gate.critical:
        return False
    lowest, highest = measures.range_of(cell.unit)
    asks = [
        gate.min is not None and gate.min > lowest and cell.direction != "lower",
        gate.max is not None and gate.max < highest and cell.direction != "higher",
        gate.max_regression is not None and gate.max_regression < highest - lowest,
    ]
    return not any(asks)


def _asked(gate: Gate, metric: str, workflow: str, cohort: str) -> bool:
    return (
        gate.metric in (metric, base(metric))
        and (workflow != ANY if gate.workflow == "each" else workflow == gate.workflow)
        and (cohort != ANY and not severity.is_apart(cohort) if gate.cohort == "each" else cohort == gate.cohort)
    )


def _confidence(gate: Gate, looks: int) -> float:
    """The looks that were planned share the error, or those that there were where these are more (Bonferroni)."""
    return shared(uncertainty.CONFIDENCE, 1 if gate.looks is None else max(gate.looks, looks))


def _judge(gate: Gate, rows: Sequence[ScorecardRow], looks: Looks) -> GateResult:
    files = [files for key, files in looks.items() if _asked(gate, *key)]
    often = max(1, len(set().union(*files)))
    if not any(row.candidate for row in rows):
        return GateResult(gate, "missing", looks=often)
    among = sum(value_of(gate, row) is not None for row in rows) or 1
    judged = [(*_judge_row(gate, row, _confidence(gate, often), among), row) for row in rows]
    state, _, worst = min(judged, key=lambda of_row: (ORDER.index(of_row[0]), of_row[1]))
    return GateResult(gate, state, worst, often, among=among)


def _judge_row(gate: Gate, row: ScorecardRow, confidence: float, among: int) -> tuple[GateState, float]:
    """State, and how far inside the tightest bound the figure is (negative is outside)."""
    value = value_of(gate, row)
    if row.candidate is None or value is None or row.candidate.unit == measures.UNCLEAR:
        return "missing", 0.0
    if gate.max_regression is not None and row.worsening(gate.stat) is None:
        return "missing", 0.0
    rooms = list(_rooms(gate, row, value, confidence))
    margin = min((room for room, _ in rooms), default=0.0)
    if undecidable(gate, row):
        return "inconclusive", margin
    state = _state([room for _, room in rooms])
    if state == "fail" and among > 1:
        state = _state([room for _, room in _rooms(gate, row, value, shared(confidence, among))])
    return state, margin


def value_of(gate: Gate, row: ScorecardRow) -> float | None:
    """The figure of the candidate that the gate reads."""
    return getattr(row.candidate, gate.stat) if row.candidate else None


def too_few(gate: Gate, row: ScorecardRow) -> bool:
    """Whether fewer independent cases are behind the figure, or behind the change that is asked about."""
    counts = [row.candidate.independent if row.candidate else None]
    if gate.max_regression is not None and gate.stat == "mean" and row.pairs is not None:
        counts.append(row.pairs.n)
    return any(n is not None and n < gate.min_n for n in counts)


def sides(gate: Gate, row: ScorecardRow) -> list[Cell]:
    """The figures that the gate reads: the baseline only where it compares."""
    sides = [row.candidate, row.baseline if gate.max_regression is not None else None]
    return [side for side in sides if side is not None]


def unscored_share(side: Cell) -> float:
    """The share of the runs that have no score."""
    return side.errors / (side.errors + (side.n or 0)) if side.errors else 0.0


def _rooms(gate: Gate, row: ScorecardRow, value: float, confidence: float) -> Iterator[tuple[float, Interval | None]]:
    """How much room a figure and its change leave to each bound, and the interval of that."""
    own = uncertainty.of_cell(row.candidate, gate.stat, confidence=confidence) if row.candidate else None
    if gate.min is not None:
        yield value - gate.min, own and Interval(own.low - gate.min, own.high - gate.min)
    if gate.max is not None:
        yield _below(gate.max, value, own)
    worsening = row.worsening(gate.stat)
    if gate.max_regression is not None and worsening is not None:
        yield _below(gate.max_regression, worsening, row.worsened(gate.stat, confidence))


def _below(bound: float, value: float, interval: Interval | None) -> tuple[float, Interval | None]:
    return bound - value, interval and Interval(bound - interval.high, bound - interval.low)


def _state(rooms: Sequence[Interval | None]) -> GateState:
    """How the intervals of the room left lie to 0: all clear of it, one beyond it, or neither."""
    if any(room is not None and room.high < -_ROUNDING for room in rooms):
        return "fail"
    if all(room is not None and room.low >= -_ROUNDING for room in rooms):
        return "pass"
    return "inconclusive"
