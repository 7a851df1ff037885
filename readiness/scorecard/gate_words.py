"""What a gate asks, and why it stands as it does, as a person would say it. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from readiness import formatting
from readiness.language import marked, numeral, tr
from readiness.model import measures
from readiness.model.cells import Cell, Statistic
from readiness.model.checklist import Metric
from readiness.model.judges import judge_of
from readiness.model.policy import MAX_UNSCORED, Gate
from readiness.model.record import ANY

from . import planning, settling, severity, uncertainty
from .compare import ScorecardRow, place
from .gates import GateResult, is_idle, sides, too_few, unscored_share, value_of

_WORST = {"higher": 0.0, "lower": 1.0}
"""What a case that fails adds to a rate, by the direction in which it improves."""
_LOSSES = {
    "higher": marked("at most {margin} below the baseline"),
    "lower": marked("at most {margin} above the baseline"),
}
_NO_SPREAD = marked("spread not known")
_LOSS = marked("at most {margin} worse than the baseline")


def describe(gate: Gate, metric: Metric | None = None, unit: str = "") -> str:
    """The gate as a person would say it: `Task success at least 88 % in every cohort, at most 5 points below …`.

    `metric` is what the checklist knows of it; without it the name stands as the file has it, and `unit` is asked.
    """
    unit = (
        unit if unit not in ("", measures.UNCLEAR) else metric.unit if metric else measures.unit_of(gate.metric) or ""
    )
    limits = [tr("at least {bound}", bound=formatting.bound(gate.min, unit))] if gate.min is not None else []
    limits += [tr("at most {bound}", bound=formatting.bound(gate.max, unit))] if gate.max is not None else []
    levels = [formatting.listed(limits)] if limits else []
    if gate.max_regression is not None:
        levels.append(tr(_way(gate, metric), margin=formatting.margin(gate.max_regression, unit)))
    levels += [tr("no case failed")] if gate.critical else []
    levels[0] += "".join(f" {phrase}" for phrase in _where(gate))
    stat = "" if gate.stat == "mean" else f" {gate.stat}"
    return f"{tr(metric.name) if metric else gate.metric}{stat} {', '.join(levels)}"


def subject(gate: Gate) -> str:
    """What the gate looks at, in words: `task success for each cohort`; `gate.subject` is what it is known by."""
    figure = gate.metric.replace("_", " ") + ("" if gate.stat == "mean" else f" {gate.stat}")
    if gate.workflow != ANY:
        each = gate.workflow == "each"
        figure = (
            tr("{figure} in each workflow", figure=figure)
            if each
            else tr("{figure} in {workflow}", figure=figure, workflow=gate.workflow.replace("_", " "))
        )
    if gate.cohort == ANY:
        return figure
    if gate.cohort == "each":
        return tr("{figure} for each cohort", figure=figure)
    return tr("{figure} for {cohort}", figure=figure, cohort=gate.cohort.replace("_", " "))


def _where(gate: Gate) -> Iterator[str]:
    if gate.cohort == "each":
        if gate.workflow == "each":
            yield tr("in every workflow and cohort")
        elif gate.workflow == ANY:
            yield tr("in every cohort")
        else:
            yield tr("in every cohort of {workflow}", workflow=gate.workflow)
        return
    if gate.workflow != ANY:
        yield tr("in every workflow") if gate.workflow == "each" else tr("in {where}", where=gate.workflow)
    if gate.cohort != ANY:
        yield tr("for {where}", where=gate.cohort)


def _way(gate: Gate, metric: Metric | None) -> str:
    """What is said of a loss, by which way is one: below the baseline where more is better."""
    certain = metric.direction if metric and metric.direction in ("higher", "lower") else None
    stated = certain or gate.direction
    bounded = "higher" if gate.min is not None else "lower" if gate.max is not None else None
    known = stated if stated in ("higher", "lower") else bounded
    return _LOSSES.get(known or "", _LOSS)


def asked(result: GateResult, metric: Metric | None = None) -> str:
    """The gate as `describe` says it, in the unit of the figures that it was held to."""
    return describe(result.gate, metric, result.row.candidate.unit if result.row and result.row.candidate else "")


def sentence(result: GateResult, metric: Metric | None = None) -> str:
    """The gate, and why it stands as it does."""
    return f"{asked(result, metric)}: {reason(result)}"


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
        return tr("no data of the candidate")
    value = value_of(gate, row)
    if row.candidate is None or value is None:
        return tr("no data for {where}", where=place(row))
    if row.candidate.unit == measures.UNCLEAR:
        figure = formatting.figure(value)
        return tr(
            "{figure} for {where} is no ratio; expected 0 to 1, or the file again with its unit",
            figure=figure,
            where=place(row),
        )
    beside = [bound for bound in (gate.min, gate.max) if bound is not None]
    by = f" {tr('by {judge}', judge=judge_of(row.metric))}" if row.metric != gate.metric else ""
    spans = (_span(row.candidate, gate.stat, beside, each) for each in (result.confidence, result.of_worst))
    own, of_worst = _decisive(result, *spans)
    shown = f"{formatting.figure(value, row.candidate.unit, beside)}{own}"
    if result.state != "fail" and planning.rests_on_too_few(row.candidate, gate.stat):
        shown = tr("too few cases for {statistic}", statistic=gate.stat)
    shown += f" {tr('for {where}', where=place(row))}{by}"
    shown += f" ({formatting.sample(row.candidate)}{_looks(result)}{of_worst})"
    worsening = row.worsening(gate.stat) if (gate.max_regression, gate.same_within) != (None, None) else None
    if gate.max_regression is not None and worsening is None:
        return f"{shown}, {_not_compared(row, gate.stat)}"
    if worsening is not None:
        shown += f"; {_changed(result, row, worsening)}"
    told_from = min(gate.max_unscored, MAX_UNSCORED)  # a gate that allows more does not keep it to itself
    unscored = [_unscored_in(gate, side) for side in sides(gate, row) if unscored_share(side) > told_from]
    shown = "; ".join([shown, *unscored])
    few = tr("fewer than the {asked} cases asked for", asked=formatting.whole(gate.min_n))
    shown += f", {few}" if too_few(gate, row) else ""
    shown += f"; {tr('nothing that gets worse can fail this gate')}" if is_idle(gate, row.candidate) else ""
    settles = settling.sentence(gate, row, result.confidence) if result.state == "inconclusive" else ""
    return f"{shown}; {settles}" if settles else shown


def _not_compared(row: ScorecardRow, stat: Statistic) -> str:
    """Why nobody can say whether the candidate is worse."""
    if row.baseline and not row.comparable:
        units = [side.unit or tr("no unit") for side in (row.baseline, row.candidate) if side]
        told = formatting.listed(units)
        return tr("not compared with the baseline, since the units differ ({units})", units=told)
    if row.change(stat) is None:
        return tr("no baseline")
    return tr('which way is better is not stated; say it in the gate, direction = "higher" or "lower"')


def _decisive(result: GateResult, own: str, of_worst: str) -> tuple[str, str]:
    """What stands behind a figure, and behind its cases: the interval that decides, and that of the worst of many.

    A gate fails by the second and passes by the first.
    """
    if result.among == 1 or "[" not in of_worst:
        return own, ""
    among = tr("as the worst of {n}", n=result.among)
    if result.state == "fail":
        return f"{of_worst.removesuffix(']')} {among}]", ""
    return own, f";{of_worst} {among}"


def _looks(result: GateResult) -> str:
    """How often was looked at the candidate, and what that makes of the interval."""
    if result.gate.looks is None:
        return f", {tr('looks {looks}', looks=result.looks)}" if result.looks > 1 else ""
    told = tr(
        "looks {looks} of {planned} planned, interval at {confidence} %",
        looks=result.looks,
        planned=result.gate.looks,
        confidence=numeral(f"{result.confidence * 100:.3g}"),
    )
    return f", {told}"


def _unscored_in(gate: Gate, side: Cell) -> str:
    """What is not known, and the figure if all of it were bad."""
    total = side.errors + (side.n or 0)
    known = tr(
        "{unscored} of {total} of {version} not scored, at most {allowed} % allowed",
        unscored=formatting.whole(side.errors),
        total=formatting.whole(total),
        version=side.version,
        allowed=numeral(f"{gate.max_unscored * 100:g}"),
    )
    if gate.stat != "mean" or side.mean is None or side.unit != "ratio" or side.direction not in _WORST:
        return known
    worst = (side.mean * (side.n or 0) + _WORST[side.direction] * side.errors) / total
    figure = formatting.figure(worst, side.unit)
    return f"{known}: {tr('{figure} in the worst case, if all of these fail', figure=figure)}"


def _span(cell: Cell, stat: Statistic, beside: Sequence[float], confidence: float) -> str:
    interval = uncertainty.of_cell(cell, stat, confidence=confidence)
    if interval is None:
        return f" ({tr(planning.NO_SAMPLES if stat != 'mean' and cell.stated else _NO_SPREAD)})"
    return f" [{formatting.between(interval.low, interval.high, cell.unit, beside)}]"


def _changed(result: GateResult, row: ScorecardRow, worsening: float) -> str:
    """How the candidate stands to the baseline: which way, by how much, the interval of that, and of which cases.

    Better or worse is said only where that holds of the worst of all that were looked at.
    """
    stat, side = result.gate.stat, row.baseline or row.candidate
    unit = side.unit if side else ""
    before, now = row.figures(stat)
    told = tr("baseline {figure}", figure=formatting.figure(before, unit)) + _of_which(row, stat, now, unit)
    margin = row.margins.get(stat)
    if not worsening and margin is None:
        return f"{told}, {tr('unchanged')}"
    bounds = [bound for bound in (result.gate.max_regression, margin) if bound is not None]
    allowed = [side * bound for bound in bounds for side in (1, -1)]
    unsure = tr("no clear change") if margin is None else tr("cannot tell")
    surely = row.worsened(stat, result.of_worst)
    if surely is None:
        return f"{told}, {unsure} ({formatting.difference(row.change(stat), unit, allowed)}, {tr(_NO_SPREAD)})"
    same = row.is_same(stat, result.of_worst)
    if same or surely.low <= 0 <= surely.high:
        spans = (_difference(row, stat, unit, allowed, each) for each in (result.confidence, result.of_worst))
        change = formatting.difference(row.change(stat), unit, allowed)
        reading = tr("the same within {margin}", margin=formatting.margin(margin, unit)) if same and margin else unsure
        return f"{told}, {reading} ({change}{''.join(_decisive(result, *spans))})"
    spans = (_loss(row, result, unit, allowed, each) for each in (result.confidence, result.of_worst))
    by = formatting.difference(abs(worsening), unit, allowed).lstrip("+")
    reading = (
        tr("worse by {difference}", difference=by) if worsening > 0 else tr("better by {difference}", difference=by)
    )
    return f"{told}, {reading}{''.join(_decisive(result, *spans))}"


def _difference(row: ScorecardRow, stat: Statistic, unit: str, beside: Sequence[float], confidence: float) -> str:
    """The interval of a change, as the baseline's unit has it."""
    difference = row.difference(stat, confidence)
    limits = (difference.interval.low, difference.interval.high) if difference else None
    return f" [{formatting.span(limits, unit, beside)}]" if limits else ""


def _loss(row: ScorecardRow, result: GateResult, unit: str, beside: Sequence[float], confidence: float) -> str:
    """The interval of how much worse, or better, the candidate is."""
    interval = row.worsened(result.gate.stat, confidence)
    if interval is None:
        return ""
    sign = 1 if (row.worsening(result.gate.stat) or 0) > 0 else -1
    sides = sorted(sign * side for side in (interval.low, interval.high))
    low, high = (
        tr("open") if math.isinf(side) else formatting.change(side, unit, beside).lstrip("+") for side in sides
    )
    return f" [{tr('{low} to {high}', low=low, high=high)}]"


def _of_which(row: ScorecardRow, stat: Statistic, now: float | None, unit: str) -> str:
    """Which cases a change of the mean speaks of where not all were run under both versions."""
    if stat != "mean" or row.pairs is None or row.baseline is None or row.candidate is None:
        return ""
    which = uncertainty.same_cases(row.pairs, row.baseline, row.candidate)
    if now is not None and row.candidate.mean is not None and math.isclose(now, row.candidate.mean, rel_tol=1e-9):
        return f" {tr('over {cases}', cases=which)}"
    return f" {tr('and candidate {figure} over {cases}', figure=formatting.figure(now, unit), cases=which)}"
