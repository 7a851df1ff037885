"""What the gates of the release policy make of a scorecard. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from readiness import formatting
from readiness.model import measures
from readiness.model.assessment import Expected
from readiness.model.cells import Cell, Statistic
from readiness.model.checklist import Metric
from readiness.model.evidence import Evidence
from readiness.model.judges import base, judge_of
from readiness.model.policy import Gate
from readiness.model.record import ANY

from . import planning, settling, severity, uncertainty
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
    it pass once. `critical` are cases of which none may fail, where one did or where that is not known.
    """

    gate: Gate
    state: GateState
    row: ScorecardRow | None = None
    looks: int = 1
    critical: Cell | None = None

    @property
    def confidence(self) -> float:
        return _confidence(self.gate, self.looks)


Looks: TypeAlias = Mapping[CellKey, Collection[str]]
"""The files in which the candidate has each figure, by their digests."""


def judge(
    gates: Iterable[Gate],
    rows: Sequence[ScorecardRow],
    looks: Looks | None = None,
    expected: Expected | None = None,
) -> list[GateResult]:
    """Each gate against the rows it speaks of; the worst of them decides.

    A gate passes only if the interval of the figure clears the threshold, and fails only if it lies beyond or if a
    critical case failed. A gate on each workflow or cohort has no data where one that is `expected` has none.
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


def looked(cells: Iterable[tuple[Cell, Evidence]], candidate: str) -> Looks:
    """Every result set of the candidate, also one that is stale or that another took the place of."""
    files: dict[CellKey, set[str]] = {}
    for cell, evidence in cells:
        if cell.version == candidate:
            files.setdefault((cell.metric, cell.workflow, cell.cohort), set()).add(evidence.digest)
    return files


def describe(gate: Gate, metric: Metric | None = None, unit: str = "") -> str:
    """The gate as a person would say it: `Task success at least 88 % in every cohort, at most 5 points below …`.

    `metric` is what the checklist knows of it; without it the name stands as the file has it, and `unit` is asked.
    """
    unit = (
        unit if unit not in ("", measures.UNCLEAR) else metric.unit if metric else measures.unit_of(gate.metric) or ""
    )
    limits = [f"at least {formatting.bound(gate.min, unit)}"] if gate.min is not None else []
    limits += [f"at most {formatting.bound(gate.max, unit)}"] if gate.max is not None else []
    levels = [" and ".join(limits)] if limits else []
    if gate.max_regression is not None:
        levels.append(f"at most {formatting.margin(gate.max_regression, unit)} {_way(gate, metric)} the baseline")
    levels += ["no case failed"] if gate.critical else []
    levels[0] += _where(gate)
    stat = "" if gate.stat == "mean" else f" {gate.stat}"
    return f"{metric.name if metric else gate.metric}{stat} {', '.join(levels)}"


def _where(gate: Gate) -> str:
    workflow = (
        "" if gate.workflow == ANY else " in every workflow" if gate.workflow == "each" else f" in {gate.workflow}"
    )
    if gate.cohort == "each":
        return " in every workflow and cohort" if gate.workflow == "each" else f" in every cohort{_of(gate.workflow)}"
    return workflow if gate.cohort == ANY else f"{workflow} for {gate.cohort}"


def _of(workflow: str) -> str:
    return "" if workflow == ANY else f" of {workflow}"


def _way(gate: Gate, metric: Metric | None) -> str:
    """Which way is a loss: below the baseline where more is better."""
    certain = metric.direction if metric and metric.direction in ("higher", "lower") else None
    stated = certain or gate.direction
    bounded = "higher" if gate.min is not None else "lower" if gate.max is not None else None
    known = stated if stated in ("higher", "lower") else bounded
    return {"higher": "below", "lower": "above"}.get(known or "", "worse than")


def asked(gate: Gate, rows: Sequence[ScorecardRow]) -> list[ScorecardRow]:
    """The rows that a gate speaks of."""
    return list(_rows(gate, rows))


def asks(gate: Gate, row: ScorecardRow) -> bool:
    """Whether a gate looks at a row."""
    return _asked(gate, row.metric, row.workflow, row.cohort)


def state_at(gate: Gate, row: ScorecardRow, confidence: float) -> GateState:
    """How the gate stands if it spoke of this row alone."""
    return _judge_row(gate, row, confidence)[0]


def undecidable(gate: Gate, row: ScorecardRow) -> bool:
    """Whether the gate decides nothing whatever the figure: too few cases, too many unscored, nothing that fails it."""
    return (
        _too_few(gate, row)
        or is_idle(gate, row.candidate)
        or any(_unscored(side) > gate.max_unscored for side in _sides(gate, row))
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


def unit(result: GateResult) -> str:
    """The unit of the figures that the gate was held to; "" without any."""
    return result.row.candidate.unit if result.row and result.row.candidate else ""


def sentence(result: GateResult, metric: Metric | None = None) -> str:
    """The gate, and why it stands as it does."""
    return f"{describe(result.gate, metric, unit(result))}: {reason(result)}"


def needed(result: GateResult) -> int | None:
    """How many cases settle a gate that cannot be decided; None for any other, and where no number does."""
    if result.state != "inconclusive" or result.row is None:
        return None
    return settling.needed(result.gate, result.row, result.confidence)


def reason(result: GateResult) -> str:
    """The figure that decided, with its interval and n, and what keeps it from passing where it is no bound.

    Critical cases that failed come first.
    """
    critical = severity.told(result.critical) if result.critical else ""
    return "; ".join(filter(None, [critical, _reason(result)]))


def _reason(result: GateResult) -> str:
    gate, row = result.gate, result.row
    if row is None:
        return "no data of the candidate"
    value = _value(gate, row)
    if row.candidate is None or value is None:
        return f"no data for {place(row)}"
    if row.candidate.unit == measures.UNCLEAR:
        figure = formatting.figure(value, row.candidate.unit)
        return f"{figure} for {place(row)} is no ratio; expected 0 to 1, or the file again with its unit"
    beside = [bound for bound in (gate.min, gate.max) if bound is not None]
    own = uncertainty.of_cell(row.candidate, gate.stat, confidence=result.confidence)
    by = f" by {judge_of(row.metric)}" if row.metric != gate.metric else ""
    shown = f"{formatting.figure(value, row.candidate.unit, beside)}{_span(own, row.candidate, gate.stat, beside)}"
    if result.state != "fail" and planning.rests_on_too_few(row.candidate, gate.stat):
        shown = f"too few cases for {gate.stat}"
    shown += f" for {place(row)}{by}"
    shown += f" ({formatting.sample(row.candidate)}{_looks(result)})"
    worsening = row.worsening(gate.stat) if (gate.max_regression, gate.same_within) != (None, None) else None
    if gate.max_regression is not None and worsening is None:
        return f"{shown}, {_not_compared(row, gate.stat)}"
    if worsening is not None:
        shown += f"; {_changed(row, gate.stat, worsening, result.confidence, gate.max_regression)}"
    unscored = [_unscored_in(gate, side) for side in _sides(gate, row) if _unscored(side) > gate.max_unscored]
    shown = "; ".join([shown, *unscored])
    shown += f", fewer than the {gate.min_n:,} cases asked for" if _too_few(gate, row) else ""
    shown += "; nothing that gets worse can fail this gate" if is_idle(gate, row.candidate) else ""
    settles = settling.sentence(gate, row, result.confidence) if result.state == "inconclusive" else ""
    return f"{shown}; {settles}" if settles else shown


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
    margin = min((room for room, _ in rooms), default=0.0)
    if undecidable(gate, row):
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


def _span(interval: Interval | None, cell: Cell, stat: Statistic, beside: Sequence[float]) -> str:
    if interval is None:
        return " (spread not known)" if stat == "mean" else f" ({planning.NO_SAMPLES})"
    return f" [{formatting.between(interval.low, interval.high, cell.unit, beside)}]"


def _changed(row: ScorecardRow, stat: Statistic, worsening: float, confidence: float, limit: float | None) -> str:
    """How the candidate stands to the baseline: which way, by how much, the interval of that, and of which cases."""
    side = row.baseline or row.candidate
    unit = side.unit if side else ""
    before, now = row.figures(stat)
    told = f"baseline {formatting.figure(before, unit)}{_of_which(row, stat, now, unit)}"
    margin = row.margins.get(stat)
    if not worsening and margin is None:
        return f"{told}, unchanged"
    allowed = [side * bound for bound in (limit, margin) if bound is not None for side in (1, -1)]
    unsure = "no clear change" if margin is None else "cannot tell"
    interval, difference = row.worsened(stat, confidence), row.difference(stat, confidence)
    if interval is None or difference is None:
        return f"{told}, {unsure} ({formatting.difference(row.change(stat), unit, allowed)}, spread not known)"
    same = row.is_same(stat, confidence)
    if same or interval.low <= 0 <= interval.high:
        limits = (difference.interval.low, difference.interval.high)
        change = formatting.difference(row.change(stat), unit, allowed)
        reading = f"the same within {formatting.margin(margin, unit)}" if same and margin else unsure
        return f"{told}, {reading} ({change} [{formatting.span(limits, unit, allowed)}])"
    sides = sorted(side * (1 if worsening > 0 else -1) for side in (interval.low, interval.high))
    span = " to ".join(
        "open" if math.isinf(side) else formatting.change(side, unit, allowed).lstrip("+") for side in sides
    )
    by = formatting.difference(abs(worsening), unit, allowed).lstrip("+")
    return f"{told}, {'worse' if worsening > 0 else 'better'} by {by} [{span}]"


def _of_which(row: ScorecardRow, stat: Statistic, now: float | None, unit: str) -> str:
    """Which cases a change of the mean speaks of where not all were run under both versions."""
    if stat != "mean" or row.pairs is None or row.baseline is None or row.candidate is None:
        return ""
    which = uncertainty.same_cases(row.pairs, row.baseline, row.candidate)
    if now is not None and row.candidate.mean is not None and math.isclose(now, row.candidate.mean, rel_tol=1e-9):
        return f" over {which}"
    return f" and candidate {formatting.figure(now, unit)} over {which}"
