"""Checks on latency under load, and on the gates of the policy, which judge it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from readiness import formatting
from readiness.decision.answers import Outcome
from readiness.language import marked, numeral, tr, trn
from readiness.model.cells import Cell, Statistic
from readiness.model.checks import GatesCheck, LoadCheck, TailCheck
from readiness.model.policy import Gate
from readiness.model.record import ANY
from readiness.scorecard import planning, uncertainty
from readiness.scorecard.gates import GateResult
from readiness.scorecard.intervals import Interval, exact, shared

from . import wording
from .context import WEIGHT, CheckResult, EvidenceContext

_BUDGETED: tuple[Statistic, ...] = ("p95", "p99")
_SPANNED: tuple[Statistic, ...] = ("p50", "p99")


def tail(check: TailCheck, context: EvidenceContext) -> CheckResult:
    """The gates of the policy judge the budget, of p95 and of p99 and in every workflow."""
    cells = {value: cell for value, cell in context.by(check.metric, "workflow").items() if cell}
    if not cells and (overall := context.overall(check.metric)):
        cells = {"": overall}
    if not cells:
        return context.no_figure(check.metric)
    asked = [result for result in context.gates if result.gate.metric == check.metric and is_budget(result.gate)]
    if not asked:
        return _without_budget(check, context, cells)
    kept = any(_keeps(result.gate, cell) for result in asked for cell in cells.values())
    objections = [*_broken(asked, context), *_unset(check, asked, context, cells), *_open(asked, context)]
    if objections:
        return replace(objections[0], partly=kept and objections[0].outcome != "silent")
    value, cell = max(cells.items(), key=lambda item: item[1].p99 or 0)
    clause = tr(
        "p99 of {metric} is {figure} ({sample}), and p95 and p99 keep their budget",
        metric=f"{context.name(check.metric)}{wording.of(value)}",
        figure=formatting.figure(cell.p99, cell.unit),
        sample=formatting.sample(cell),
    )
    return CheckResult("supports", clause)


def is_budget(gate: Gate) -> bool:
    return gate.stat in _BUDGETED and gate.max is not None


def _broken(asked: Sequence[GateResult], context: EvidenceContext) -> Iterator[CheckResult]:
    for result in asked:
        if result.state == "fail":
            yield CheckResult(
                "contradicts",
                tr("the gate on {statistic} fails: {gate}", statistic=result.gate.stat, gate=context.gate(result)),
            )


def _unset(
    check: TailCheck, asked: Sequence[GateResult], context: EvidenceContext, cells: Mapping[str, Cell]
) -> Iterator[CheckResult]:
    """The quantiles without a budget; one over all cases or for each workflow is one for every workflow."""
    set_for = {(result.gate.stat, result.gate.workflow) for result in asked}
    bare = [
        (stat, value)
        for stat in _BUDGETED
        for value in cells
        if not {(stat, ANY), (stat, "each"), (stat, value)} & set_for
    ]
    if bare:
        stats, values = (list(dict.fromkeys(names)) for names in zip(*bare, strict=True))
        where = wording.of(formatting.named(values)) if len(values) < len(cells) else ""
        yield CheckResult("uncovered", _no_budget(stats, f"{context.name(check.metric)}{where}"))


def _no_budget(stats: Sequence[str], name: str) -> str:
    told = formatting.listed(stats, "or")
    return tr("no gate of the release policy sets a budget for {statistics} of {metric}", statistics=told, metric=name)


def _open(asked: Sequence[GateResult], context: EvidenceContext) -> Iterator[CheckResult]:
    unsure = [result for result in asked if result.state in ("missing", "inconclusive")]
    for result in sorted(unsure, key=lambda result: result.state != "missing"):
        outcome: Outcome = "uncovered" if result.state == "missing" else "silent"
        yield CheckResult(
            outcome,
            tr(
                "the gate on {statistic} cannot be decided: {gate}",
                statistic=result.gate.stat,
                gate=context.gate(result),
            ),
        )


def _keeps(gate: Gate, cell: Cell) -> bool:
    own = uncertainty.of_cell(cell, gate.stat)
    return own is not None and gate.max is not None and own.high <= gate.max


def _without_budget(check: TailCheck, context: EvidenceContext, cells: Mapping[str, Cell]) -> CheckResult:
    """No budget shows nothing; only requests that surely stall speak against control all the same."""
    confidence = shared(uncertainty.CONFIDENCE, len(cells))
    stalled = [value for value, cell in cells.items() if _stalls(check, cell, confidence)]
    name = context.name(check.metric)
    if stalled:
        cell = cells[stalled[0]]
        clause = tr(
            "p99 of {metric} is {figure} ({sample}), more than {ratio} times the median of {median}, and no gate "
            "sets a "
            "budget",
            metric=f"{name}{wording.of(stalled[0])}",
            figure=formatting.figure(cell.p99, cell.unit),
            sample=formatting.sample(cell),
            ratio=numeral(f"{check.max_ratio:g}"),
            median=formatting.figure(cell.p50, cell.unit),
        )
        return CheckResult("contradicts", clause, partly=len(stalled) < len(cells))
    if context.policy is None:
        return CheckResult("silent", tr("no release policy is stored"))
    return CheckResult("uncovered", _no_budget(_BUDGETED, name))


def _stalls(check: TailCheck, cell: Cell, confidence: float) -> bool:
    """Beyond the chance that one of several workflows seems to."""
    half, high = (uncertainty.of_cell(cell, stat, confidence=confidence) for stat in _SPANNED)
    return half is not None and high is not None and high.low > max(check.stalled, check.max_ratio * half.high)


def load(check: LoadCheck, context: EvidenceContext) -> CheckResult:
    """The test at the planned load decides, or the next above it; what lies further above may break."""
    tests = {
        int(number): cell
        for value, cell in context.by(check.metric, check.dimension).items()
        if cell and (number := value.partition("=")[2]).isdecimal()
    }
    if not tests:
        none = context.no_figure(check.metric, check.dimension)
        return replace(none, outcome="silent", why=tr("no load test counts: {why}", why=none.why))
    planned, reached = context.policy.peak_concurrency if context.policy else None, max(tests)
    if planned is None:
        text = marked(
            "a load test reached {reached} requests at once, and the policy does not say how many are planned"
        )
        clause = tr(text, reached=formatting.whole(reached))
        return CheckResult("silent", clause)
    text, peak = marked("at {load} requests at once, {planned} being planned,"), formatting.whole(planned)
    carried = {
        at: _carried(check, tests[at], tr(text, load=formatting.whole(at), planned=peak), context) for at in tests
    }
    kept = any(result.outcome == "supports" for result in carried.values())
    if reached < planned:
        clause = tr(
            "the load test reached {reached} requests at once, and {planned} are planned",
            reached=formatting.whole(reached),
            planned=formatting.whole(planned),
        )
        return CheckResult("uncovered", clause, partly=kept)
    decides = carried[min(at for at in tests if at >= planned)]
    return replace(decides, partly=kept and decides.outcome in ("contradicts", "uncovered"))


def _carried(check: LoadCheck, cell: Cell, at: str, context: EvidenceContext) -> CheckResult:
    """What the test at one load shows; the weightiest of losses, latency and retries decides."""
    results = [_lost(check, cell, context), *_slow(check, cell, context), *_retried(check, cell, context)]
    worst = next((result for outcome in WEIGHT[:-1] for result in results if result.outcome == outcome), None)
    if worst:
        return replace(worst, why=f"{at} {worst.why}")
    return CheckResult("supports", f"{at} {formatting.listed([result.why for result in results])}")


def _lost(check: LoadCheck, cell: Cell, context: EvidenceContext) -> CheckResult:
    """The requests that failed as the test counts them; where it does not, those without a latency."""
    counted = context.by(check.losses, check.dimension).get(cell.cohort)
    if counted is not None and counted.n and counted.passed is not None:
        clause = _were_lost(counted.passed, counted.n)
        return _within(clause, exact(counted.passed, counted.n), check.max_errors, "ratio")
    total = 0 if cell.n is None else cell.n + cell.errors
    if not total:
        return CheckResult("silent", tr("the load test does not say how many requests it made"))
    if cell.stated and not cell.errors:
        return CheckResult(
            "silent", tr("the load test does not say how many of {total} were lost", total=formatting.whole(total))
        )
    between = exact(cell.errors, total)
    return _within(_were_lost(cell.errors, total), between, check.max_errors, "ratio")


def _were_lost(lost: int, total: int) -> str:
    return tr("{lost} of {total} were lost", lost=formatting.whole(lost), total=formatting.whole(total))


def _slow(check: LoadCheck, cell: Cell, context: EvidenceContext) -> Iterator[CheckResult]:
    """Latency at the load against the budgets of the policy that hold for it, else against the checklist's own."""
    budgets: dict[Statistic, float] = {}
    for gate in context.policy.gates if context.policy else ():
        everywhere = gate.workflow in (ANY, "each") and gate.cohort in (ANY, "each", cell.cohort)
        if gate.metric == check.metric and is_budget(gate) and gate.max is not None and everywhere:
            budgets[gate.stat] = min(gate.max, budgets.get(gate.stat, gate.max))
    for stat, most in (budgets or {"p99": check.max_p99}).items():
        value = getattr(cell, stat)
        if value is None:
            yield CheckResult(
                "uncovered",
                tr(
                    "the load test states no {statistic} of {metric}", statistic=stat, metric=context.name(check.metric)
                ),
            )
            continue
        clause = tr(
            "{statistic} of {metric} was {figure}",
            statistic=stat,
            metric=context.name(check.metric),
            figure=formatting.figure(value, cell.unit, [most]),
        )
        own = uncertainty.of_cell(cell, stat)
        if own is None:
            yield CheckResult("silent", f"{clause}, {tr(planning.NO_SAMPLES)}")
        else:
            yield _within(clause, own, most, cell.unit)


def _retried(check: LoadCheck, cell: Cell, context: EvidenceContext) -> Iterator[CheckResult]:
    retries = context.by(check.retries, check.dimension).get(cell.cohort)
    if retries is not None and retries.mean is not None:
        figure = formatting.figure(retries.mean, retries.unit, [check.max_retries])
        clause = tr("{metric} came to {figure}", metric=context.name(check.retries), figure=figure)
        yield _within(clause, uncertainty.of_cell(retries), check.max_retries, retries.unit)


def _within(clause: str, between: Interval | None, most: float, unit: str) -> CheckResult:
    """A figure against its ceiling."""
    asked = wording.at_most(most, unit)
    if between is not None and between.low > most:
        return CheckResult("contradicts", wording.asked(clause, asked))
    if between is None or between.high > most:
        return CheckResult("silent", wording.unsettled(clause, asked))
    return CheckResult("supports", clause)


def gates(check: GatesCheck, context: EvidenceContext) -> CheckResult:
    if context.policy is None:
        return CheckResult("silent", tr("no release policy is stored"))
    if not context.gates:
        return CheckResult("uncovered", tr("the release policy has no gate"))
    if check.regression and not any(result.gate.max_regression is not None for result in context.gates):
        return CheckResult("uncovered", tr("no gate of the release policy compares with the baseline"), partly=True)
    total = len(context.gates)
    passed = sum(result.state == "pass" for result in context.gates)
    failed = [result for result in context.gates if result.state == "fail"]
    if failed:
        return CheckResult("contradicts", _failing(len(failed), total, _why(failed[0], context)), partly=passed > 0)
    unsure = [result for result in context.gates if result.state != "pass"]
    if unsure:
        left_out = any(result.state == "missing" for result in unsure)
        known = any(context.known(result.gate.metric) for result in context.gates)
        outcome: Outcome = "uncovered" if left_out and known else "silent"
        return CheckResult(outcome, _undecided(len(unsure), total, _why(unsure[0], context)))
    return CheckResult("supports", _passing(total, context.gate(context.gates[0])))


def _passing(total: int, first: str) -> str:
    if total == 1:
        return tr("the one gate passes with {gate}", gate=first)
    return tr("{n} of {n} gates pass, the first with {gate}", n=total, gate=first)


def _failing(failing: int, total: int, why: str) -> str:
    if total == 1:
        return tr("the one gate fails: {why}", why=why)
    return trn("{n} of {total} gates fails: {why}", "{n} of {total} gates fail: {why}", failing, total=total, why=why)


def _undecided(undecided: int, total: int, why: str) -> str:
    if total == 1:
        return tr("the one gate cannot be decided: {why}", why=why)
    return tr("{undecided} of {total} gates cannot be decided: {why}", undecided=undecided, total=total, why=why)


def _why(result: GateResult, context: EvidenceContext) -> str:
    """The reason of a gate; where no figure counts, that of their absence."""
    metric = result.gate.metric
    return context.gate(result) if context.known(metric) else context.no_figure(metric).why
