"""Checks on the figures of the scorecard. A claim holds or fails only where the 95 % interval leaves no doubt."""

from __future__ import annotations

import math

from readiness import formatting
from readiness.model.cells import Cell
from readiness.model.checks import LevelCheck, MeasuredCheck, NeverCheck, ShareCheck, SpreadCheck
from readiness.model.record import ANY
from readiness.scorecard import uncertainty
from readiness.scorecard.compare import ScorecardRow
from readiness.scorecard.intervals import Interval, exact

from . import wording
from .context import CheckResult, EvidenceContext

_ROUNDING = 1e-9


def measured(check: MeasuredCheck, context: EvidenceContext) -> CheckResult:
    name, cells = context.name(check.metric), context.by(check.metric, check.by)
    if not any(cells.values()):
        return context.no_figure(check.metric, check.by)
    counts = {value: cell.n if cell else 0 for value, cell in cells.items()}
    short = {value: n for value, n in counts.items() if n is not None and n < check.min_n}
    if short:
        least = sorted(short, key=lambda value: short[value])
        shown = wording.named([f"{value} (n {short[value]})" for value in least])
        clause = f"fewer than {check.min_n} cases measure {name} for {shown}"
        return CheckResult("uncovered", clause, partly=any(n is not None and n >= check.min_n for n in counts.values()))
    if unstated := [value for value, n in counts.items() if n is None]:
        return _unstated(name, unstated)
    kinds = wording.count(len(cells), check.by)
    if len(cells) < check.at_least:
        return CheckResult("silent", f"figures of {name} are known for {kinds} only")
    least_n = min(n for n in counts.values() if n is not None)
    return CheckResult("supports", f"{least_n:,} or more cases measure {name} for each of {kinds}")


def spread(check: SpreadCheck, context: EvidenceContext) -> CheckResult:
    name, overall = context.name(check.metric), context.overall(check.metric)
    parts = {value: cell for value, cell in context.by(check.metric, check.by).items() if cell}
    if overall is None or not parts:
        return context.no_figure(check.metric, "" if parts else check.by)
    behind = {value: _behind(overall, cell) for value, cell in parts.items()}
    limit = formatting.difference(check.max, overall.unit).removeprefix("+")
    worst = max(behind, key=lambda value: behind[value].low)
    if behind[worst].low > check.max:
        clause = f"{wording.came(name, worst, parts[worst])}, worse than all other cases by more than {limit}"
        return CheckResult("contradicts", clause, partly=True)
    loosest = max(behind, key=lambda value: behind[value].high)
    clause = wording.came(name, loosest, parts[loosest])
    if behind[loosest].high > check.max:
        return CheckResult("silent", f"{clause}, which does not settle whether it is within {limit} of the rest")
    return CheckResult(
        "supports", f"{clause}, and no {wording.noun(check.by)} is worse than the rest by more than {limit}"
    )


def share(check: ShareCheck, context: EvidenceContext) -> CheckResult:
    name, cells = context.name(check.metric), context.by(check.metric, "workflow")
    cases = {value: cell.n for value, cell in cells.items() if cell}
    if unstated := [value for value, n in cases.items() if n is None]:
        return _unstated(name, unstated)
    counted = {value: n for value, n in cases.items() if n}
    if not counted:
        return (
            context.no_figure(check.metric, "workflow")
            if not cases
            else CheckResult("silent", f"no cases measure {name}")
        )
    if len(counted) <= check.top:
        return CheckResult(
            "silent", f"figures of {name} are known for {formatting.count(len(counted), 'workflow')} only"
        )
    total, top = sum(counted.values()), sorted(counted, key=lambda value: -counted[value])[: check.top]
    top_share = sum(counted[value] for value in top) / total
    clause = (
        f"{formatting.figure(top_share, 'ratio')} of {total:,} cases are of {formatting.listed(top)}, "
        f"where at most {wording.amount(check.max, 'ratio')} is asked"
    )
    return (
        CheckResult("supports", clause) if top_share <= check.max else CheckResult("contradicts", clause, partly=True)
    )


def level(check: LevelCheck, context: EvidenceContext) -> CheckResult:
    """The worst cell decides, as a gate would."""
    cells = {value: cell for value, cell in context.by(check.metric, check.by).items() if cell}
    if not cells:
        return context.no_figure(check.metric, check.by)
    name, (lowest, highest) = context.name(check.metric), _bounds(check, context)
    unit = next(iter(cells.values())).unit
    bound = (
        f"at least {wording.amount(lowest, unit)}" if lowest is not None else f"at most {wording.amount(highest, unit)}"
    )
    room = {value: _room(cell, lowest, highest) for value, cell in cells.items()}
    worst = min(room, key=lambda value: room[value].high)
    if room[worst].high < 0:
        kept = any(_room(cell, lowest, highest).low >= 0 for cell in _everywhere(check.metric, context).values())
        return CheckResult(
            "contradicts", f"{wording.came(name, worst, cells[worst])}, where {bound} is asked", partly=kept
        )
    tightest = min(room, key=lambda value: room[value].low)
    clause = wording.came(name, tightest, cells[tightest])
    if room[tightest].low < 0:
        return CheckResult("silent", f"{clause}, which does not settle whether it is {bound}")
    return CheckResult("supports", f"{clause}, where {bound} is asked")


def never(check: NeverCheck, context: EvidenceContext) -> CheckResult:
    """Once in any workflow or cohort is once too often, whatever the figure over all cases says."""
    name, overall, cells = context.name(check.metric), context.overall(check.metric), _everywhere(check.metric, context)
    happened = [value for value, cell in cells.items() if cell.mean is not None and cell.mean > 0]
    if happened:
        clean = any(cell.mean == 0 and (cell.n or 0) >= check.min_n for cell in cells.values())
        clause = f"{wording.came(name, happened[0], cells[happened[0]])}, where not one case is allowed"
        return CheckResult("contradicts", clause, partly=clean)
    if overall is None:
        return context.no_figure(check.metric)
    if overall.mean is not None and overall.n is None:
        return _unstated(name, [])
    if overall.mean is None or overall.n is None or overall.n < check.min_n:
        return CheckResult(
            "uncovered", f"{wording.came(name, '', overall)}, on fewer than the {check.min_n} cases asked for"
        )
    most = formatting.figure(exact(0, overall.n).high, "ratio")
    return CheckResult("supports", f"{name} came to 0 in {overall.n:,} cases, so at most {most} with 95 % confidence")


def _everywhere(metric: str, context: EvidenceContext) -> dict[str, Cell]:
    """The candidate's figures over all cases ("") and for each workflow and cohort."""
    cells = context.by(metric, "") | context.by(metric, "workflow") | context.by(metric, "cohort")
    return {value: cell for value, cell in cells.items() if cell}


def _unstated(name: str, values: list[str]) -> CheckResult:
    return CheckResult("silent", f"how many cases measure {name}{wording.of(wording.named(values))} is not stated")


def _behind(overall: Cell, part: Cell) -> Interval:
    """By how much a part of the cases is worse than all others together; open where too little is known."""
    if part.n and (part.n, part.mean) == (overall.n, overall.mean):
        return Interval(0.0, 0.0)
    rest = _rest(overall, part)
    interval = ScorecardRow(part.metric, ANY, ANY, rest, part).worsened() if rest else None
    return interval or Interval(-math.inf, math.inf)


def _rest(overall: Cell, part: Cell) -> Cell | None:
    """The cases that are not in the part, worked out from the sums behind both cells; None where no cases have them."""
    if overall.mean is None or part.mean is None or not overall.n or not part.n or part.n >= overall.n:
        return None
    n = overall.n - part.n
    total = overall.mean * overall.n - part.mean * part.n
    passed = None
    if overall.passed is not None and part.passed is not None:
        passed = overall.passed - part.passed
        if not 0 <= passed <= n:
            return None
    rate = passed is not None and abs(passed - total) <= _ROUNDING * overall.n
    mean = passed / n if passed is not None and rate else total / n
    if overall.unit == "ratio":
        if not -_ROUNDING <= mean <= 1 + _ROUNDING:
            return None
        mean = min(max(mean, 0.0), 1.0)
    sd = None
    if overall.sd is not None and part.sd is not None and n > 1:
        squares = _squares(overall) - _squares(part) - n * mean**2
        if squares < -_ROUNDING * _squares(overall):
            return None
        sd = math.sqrt(max(squares, 0.0) / (n - 1))
    return overall.model_copy(update={"n": n, "mean": mean, "passed": passed, "sd": sd})


def _squares(cell: Cell) -> float:
    """The sum of squares behind a sample's mean and standard deviation."""
    n, mean, sd = cell.n or 0, cell.mean or 0.0, cell.sd or 0.0
    return sd**2 * (n - 1) + n * mean**2


def _bounds(check: LevelCheck, context: EvidenceContext) -> tuple[float | None, float | None]:
    """The bound of the policy's own gate where it has one, else that of the checklist."""
    cohort = "each" if check.by not in ("", "workflow") else ANY
    workflow = "each" if check.by == "workflow" else ANY
    for gate in context.policy.gates if context.policy else ():
        own = gate.min if check.min is not None else gate.max
        if (gate.metric, gate.stat, gate.cohort, gate.workflow) == (
            check.metric,
            "mean",
            cohort,
            workflow,
        ) and own is not None:
            return (own, None) if check.min is not None else (None, own)
    return check.min, check.max


def _room(cell: Cell, lowest: float | None, highest: float | None) -> Interval:
    """How far inside its bound a figure is; negative is outside."""
    own = uncertainty.of_cell(cell) or Interval(-math.inf, math.inf)
    if lowest is not None:
        return Interval(own.low - lowest, own.high - lowest)
    top = highest if highest is not None else math.inf
    return Interval(top - own.high, top - own.low)
