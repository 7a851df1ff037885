"""Checks on the figures of the scorecard. A claim holds or fails only where the 95 % interval leaves no doubt.

Whoever looks at many cohorts finds a bad one by chance, so what contradicts is adjusted for how many were looked at
(Bonferroni); a claim that holds for all of them needs no adjustment, since every one has to clear it.
"""

from __future__ import annotations

import math

from readiness import formatting
from readiness.language import marked, tr
from readiness.model.cells import Cell
from readiness.model.checks import LevelCheck, MeasuredCheck, NeverCheck, NoRegressionCheck, SpreadCheck
from readiness.model.record import ANY
from readiness.scorecard import uncertainty
from readiness.scorecard.compare import ScorecardRow, place, regressions
from readiness.scorecard.intervals import Interval, exact

from . import wording
from .context import CheckResult, EvidenceContext

_ROUNDING = 1e-9


def measured(check: MeasuredCheck, context: EvidenceContext) -> CheckResult:
    name, cells = context.name(check.metric), context.by(check.metric, check.by)
    if not any(cells.values()):
        return context.no_figure(check.metric, check.by)
    counts = {value: cell.independent if cell else 0 for value, cell in cells.items()}
    short = {value: n for value, n in counts.items() if n is not None and n < check.min_n}
    if short:
        enough = any(n is not None and n >= check.min_n for n in counts.values())
        return CheckResult("uncovered", wording.too_few(name, check.min_n, short), partly=enough)
    if unstated := [value for value, n in counts.items() if n is None]:
        return _unstated(name, unstated)
    if len(cells) < check.at_least and not context.expected(check.by):
        return CheckResult("silent", wording.known_for_only(name, len(cells), check.by))
    least = formatting.whole(min(n for n in counts.values() if n is not None))
    each = wording.for_each(len(cells), check.by)
    text = marked("{least} or more cases measure {metric} {for_each}")
    return CheckResult("supports", tr(text, least=least, metric=name, for_each=each))


def spread(check: SpreadCheck, context: EvidenceContext) -> CheckResult:
    name, overall = context.name(check.metric), context.overall(check.metric)
    every = {value: cell for value, cell in context.by(check.metric, check.by).items() if cell}
    if overall is None or not every:
        return context.no_figure(check.metric, "" if every else check.by)
    parts, thin = _apart(every, check.min_n)
    if not parts:
        return CheckResult("uncovered", wording.too_few(name, check.min_n, thin))
    behind = {value: _behind(overall, cell) for value, cell in parts.items()}
    surely = {value: _behind(overall, cell, uncertainty.for_all(len(parts))).low for value, cell in parts.items()}
    limit = formatting.margin(check.max, overall.unit)
    worst = max(surely, key=lambda value: surely[value])
    if surely[worst] > check.max:
        clause = wording.came(name, worst, parts[worst], among=len(parts), alone=False)
        clause += f", {tr('worse than all other cases by more than {margin}', margin=limit)}"
        return CheckResult("contradicts", clause, partly=True)
    if thin:
        return CheckResult("uncovered", wording.too_few(name, check.min_n, thin), partly=True)
    loosest = max(behind, key=lambda value: behind[value].high)
    clause = wording.came(name, loosest, parts[loosest], among=len(parts))
    if behind[loosest].high > check.max:
        open_ = tr("which does not settle whether it is within {margin} of the rest", margin=limit)
        return CheckResult("silent", f"{clause}, {open_}")
    text = marked("and no {part} is worse than the rest by more than {margin}")
    return CheckResult("supports", f"{clause}, {tr(text, part=wording.noun(check.by), margin=limit)}")


def level(check: LevelCheck, context: EvidenceContext) -> CheckResult:
    """The worst cell decides, as a gate would."""
    every = {value: cell for value, cell in context.by(check.metric, check.by).items() if cell}
    if not every:
        return context.no_figure(check.metric, check.by)
    name, (lowest, highest) = context.name(check.metric), _bounds(check, context)
    cells, thin = _apart(every, check.min_n) if check.by else (every, {})
    if not cells:
        return CheckResult("uncovered", wording.too_few(name, check.min_n, thin))
    unit = next(iter(cells.values())).unit
    bound = wording.at_least(lowest, unit) if lowest is not None else wording.at_most(highest, unit)
    beside = [bound for bound in (lowest, highest) if bound is not None]
    room = {value: _room(cell, lowest, highest) for value, cell in cells.items()}
    kept = any(_room(cell, lowest, highest).low >= 0 for cell in _parts(check.metric, context).values())
    surely = {
        value: _room(cell, lowest, highest, uncertainty.for_all(len(cells))).high for value, cell in cells.items()
    }
    worst = min(surely, key=lambda value: surely[value])
    if surely[worst] < 0:
        clause = wording.came(name, worst, cells[worst], beside, len(cells), alone=False)
        return CheckResult("contradicts", wording.asked(clause, bound), partly=kept)
    if thin:
        return CheckResult("uncovered", wording.too_few(name, check.min_n, thin), partly=kept)
    tightest = min(room, key=lambda value: room[value].low)
    clause = wording.came(name, tightest, cells[tightest], beside, len(cells))
    if room[tightest].low < 0:
        return CheckResult("silent", wording.unsettled(clause, bound))
    return CheckResult("supports", wording.asked(clause, bound))


def never(check: NeverCheck, context: EvidenceContext) -> CheckResult:
    """Once anywhere is once too often, whatever the figure over all cases or a later file of the same version says.

    Neither is it something that an answer "partial" may admit: it is a failure on record.
    """
    name, overall, cells = context.name(check.metric), context.overall(check.metric), context.everywhere(check.metric)
    happened = [(value, cell, "") for value, cell in cells.items() if _happened(cell)]
    earlier = (cell for cell in context.every_file(check.metric) if _happened(cell))
    happened += [(_at(cell), cell, f" {tr('in a file that another followed')}") for cell in earlier]
    if happened:
        value, cell, where = happened[0]
        allowed = tr("where not one case is allowed")
        return CheckResult("contradicts", f"{wording.came(name, value, cell)}{where}, {allowed}")
    if overall is None:
        return context.no_figure(check.metric)
    if overall.mean is None:
        return CheckResult("uncovered", wording.came(name, "", overall))
    if overall.n is None:
        return _unstated(name, [])
    most = _most(overall)
    clause = tr(
        "{metric} came to 0 in {cases}, so at most {share} with 95 % confidence",
        metric=name,
        cases=formatting.cases(overall),
        share=formatting.figure(most, "ratio", [check.max]),
    )
    if most > check.max:
        return CheckResult("uncovered", wording.asked(clause, wording.at_most(check.max, "ratio")))
    return CheckResult("supports", clause)


def _at(cell: Cell) -> str:
    return "" if cell.workflow == cell.cohort == ANY else place(cell)


def _happened(cell: Cell) -> bool:
    return cell.mean is not None and cell.mean > 0


def no_regression(check: NoRegressionCheck, context: EvidenceContext) -> CheckResult:
    """What is worse beyond chance speaks against control, unless the policy calls so little the same; see `compare`."""
    name, known = context.name(check.metric), context.rows_by(check.metric, check.by)
    rows = {value: row for value, row in known.items() if row and row.candidate}
    if not rows:
        return context.no_figure(check.metric, check.by)
    if worse := regressions(rows.values()):
        value = next(value for value, row in rows.items() if row is worse[0].row)
        clause = f"{_against_baseline(name, value, rows[value], len(rows))}, {tr('worse beyond chance')}"
        return CheckResult("contradicts", clause, partly=len(worse) < len(rows))
    counts = {value: row.baseline.independent if row.baseline else 0 for value, row in rows.items()}
    thin = {value: n for value, n in counts.items() if n is not None and n < check.min_n}
    if short := {tr("the baseline in {where}", where=value): n for value, n in thin.items()}:
        return CheckResult("uncovered", wording.too_few(name, check.min_n, short), partly=len(short) < len(rows))
    if untold := [value for value, row in rows.items() if row.worsened() is None]:
        clause = tr(
            "whether {metric} for {where} is worse than the baseline cannot be told",
            metric=name,
            where=formatting.named(untold),
        )
        return CheckResult("silent", clause)
    none = wording.none_of(len(rows), check.by)
    text = marked("{none_of} is worse in {metric} than the baseline beyond chance")
    return CheckResult("supports", tr(text, none_of=none, metric=name))


def _against_baseline(name: str, value: str, row: ScorecardRow, among: int) -> str:
    sides = [wording.came(name, value, row.candidate, among=among, alone=False)] if row.candidate else []
    sides += [wording.came(tr("the baseline"), "", row.baseline)] if row.baseline else []
    return formatting.listed(sides)


def _apart(cells: dict[str, Cell], min_n: int) -> tuple[dict[str, Cell], dict[str, int]]:
    """The cells that may speak, and the cases of those that are too thin to."""
    counts = {value: cell.independent for value, cell in cells.items()}
    thin = {value: n for value, n in counts.items() if n is not None and n < min_n}
    return {value: cell for value, cell in cells.items() if value not in thin}, thin


def _most(cell: Cell) -> float:
    """In how large a share of cases something may happen that never did (95 %)."""
    return exact(0, cell.independent).high if cell.independent else 1.0


def _parts(metric: str, context: EvidenceContext) -> dict[str, Cell]:
    """The candidate's figures over all cases ("") and for each workflow and cohort."""
    cells = context.by(metric, "") | context.by(metric, "workflow") | context.by(metric, "cohort")
    return {value: cell for value, cell in cells.items() if cell}


def _unstated(name: str, values: list[str]) -> CheckResult:
    return CheckResult("silent", wording.unstated(name, values))


def _behind(overall: Cell, part: Cell, confidence: float = uncertainty.CONFIDENCE) -> Interval:
    """By how much a part of the cases is worse than all others together; open where too little is known."""
    if part.n and (part.n, part.mean) == (overall.n, overall.mean):
        return Interval(0.0, 0.0)
    rest = _rest(overall, part)
    interval = ScorecardRow(part.metric, ANY, ANY, rest, part).worsened("mean", confidence) if rest else None
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
    rest = {"n": n, "mean": mean, "passed": passed, "sd": sd}
    return overall.model_copy(update=rest | _rest_of_clusters(overall, part))


def _rest_of_clusters(overall: Cell, part: Cell) -> dict[str, float | int | None]:
    """How many clusters have the other cases, at least, with the spread that clusters have overall.

    A cluster may have cases in both, and which ones do is not known.
    """
    if overall.clusters is None or overall.cases is None:
        return {}
    clusters = max(overall.clusters - (part.independent or 0), 1)
    cases = max(overall.cases - (part.n or 0 if part.cases is None else part.cases), 1)
    se = overall.se * math.sqrt(overall.clusters / clusters) if overall.se is not None and clusters > 1 else None
    return {"cases": cases, "clusters": clusters, "se": se}


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


def _room(
    cell: Cell, lowest: float | None, highest: float | None, confidence: float = uncertainty.CONFIDENCE
) -> Interval:
    """How far inside its bound a figure is; negative is outside."""
    own = uncertainty.of_cell(cell, confidence=confidence) or Interval(-math.inf, math.inf)
    if lowest is not None:
        return Interval(own.low - lowest, own.high - lowest)
    top = highest if highest is not None else math.inf
    return Interval(top - own.high, top - own.low)
