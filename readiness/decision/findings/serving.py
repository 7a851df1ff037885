"""Checks on latency under load, and on the gates of the policy, which judge it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from readiness import formatting
from readiness.decision.answers import Outcome
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
    measured = f"{formatting.figure(cell.p99, cell.unit)} ({formatting.sample(cell)})"
    return CheckResult(
        "supports",
        f"p99 of {context.name(check.metric)}{wording.of(value)} is {measured}, and p95 and p99 keep their budget",
    )


def is_budget(gate: Gate) -> bool:
    return gate.stat in _BUDGETED and gate.max is not None


def _broken(asked: Sequence[GateResult], context: EvidenceContext) -> Iterator[CheckResult]:
    for result in asked:
        if result.state == "fail":
            yield CheckResult("contradicts", f"the gate on {result.gate.stat} fails: {context.gate(result)}")


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
        yield CheckResult("uncovered", f"{_no_budget(stats, context.name(check.metric))}{where}")


def _no_budget(stats: Sequence[str], name: str) -> str:
    return f"no gate of the release policy sets a budget for {formatting.listed(stats, 'or')} of {name}"


def _open(asked: Sequence[GateResult], context: EvidenceContext) -> Iterator[CheckResult]:
    unsure = [result for result in asked if result.state in ("missing", "inconclusive")]
    for result in sorted(unsure, key=lambda result: result.state != "missing"):
        outcome: Outcome = "uncovered" if result.state == "missing" else "silent"
        yield CheckResult(outcome, f"the gate on {result.gate.stat} cannot be decided: {context.gate(result)}")


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
        clause = (
            f"p99 of {name}{wording.of(stalled[0])} is {formatting.figure(cell.p99, cell.unit)} "
            f"({formatting.sample(cell)}), "
            f"more than {check.max_ratio:g} times the median of {formatting.figure(cell.p50, cell.unit)}, "
            "and no gate sets a budget"
        )
        return CheckResult("contradicts", clause, partly=len(stalled) < len(cells))
    if context.policy is None:
        return CheckResult("silent", "no release policy is stored")
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
        return replace(none, outcome="silent", why=f"no load test counts: {none.why}")
    planned, reached = context.policy.peak_concurrency if context.policy else None, max(tests)
    if planned is None:
        clause = f"a load test reached {reached:,} requests at once, and the policy does not say how many are planned"
        return CheckResult("silent", clause)
    carried = {
        at: _carried(check, tests[at], f"at {at:,} requests at once, {planned:,} being planned,", context)
        for at in tests
    }
    kept = any(result.outcome == "supports" for result in carried.values())
    if reached < planned:
        clause = f"the load test reached {reached:,} requests at once, and {planned:,} are planned"
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
        clause = f"{counted.passed:,} of {counted.n:,} were lost"
        return _within(clause, exact(counted.passed, counted.n), check.max_errors, "ratio")
    total = 0 if cell.n is None else cell.n + cell.errors
    if not total:
        return CheckResult("silent", "the load test does not say how many requests it made")
    if cell.stated and not cell.errors:
        return CheckResult("silent", f"the load test does not say how many of {total:,} were lost")
    between = exact(cell.errors, total)
    clause = f"{cell.errors:,} of {total:,} were lost"
    return _within(clause, between, check.max_errors, "ratio")


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
            yield CheckResult("uncovered", f"the load test states no {stat} of {context.name(check.metric)}")
            continue
        clause = f"{stat} of {context.name(check.metric)} was {formatting.figure(value, cell.unit, [most])}"
        own = uncertainty.of_cell(cell, stat)
        if own is None:
            yield CheckResult("silent", f"{clause}, {planning.NO_SAMPLES}")
        else:
            yield _within(clause, own, most, cell.unit)


def _retried(check: LoadCheck, cell: Cell, context: EvidenceContext) -> Iterator[CheckResult]:
    retries = context.by(check.retries, check.dimension).get(cell.cohort)
    if retries is not None and retries.mean is not None:
        figure = formatting.figure(retries.mean, retries.unit, [check.max_retries])
        clause = f"{context.name(check.retries)} came to {figure}"
        yield _within(clause, uncertainty.of_cell(retries), check.max_retries, retries.unit)


def _within(clause: str, between: Interval | None, most: float, unit: str) -> CheckResult:
    """A figure against its ceiling."""
    asked = f"at most {wording.amount(most, unit)}"
    if between is not None and between.low > most:
        return CheckResult("contradicts", f"{clause}, where {asked} is asked")
    if between is None or between.high > most:
        return CheckResult("silent", f"{clause}, which does not settle whether it is {asked}")
    return CheckResult("supports", clause)


def gates(check: GatesCheck, context: EvidenceContext) -> CheckResult:
    if context.policy is None:
        return CheckResult("silent", "no release policy is stored")
    if not context.gates:
        return CheckResult("uncovered", "the release policy has no gate")
    if check.regression and not any(result.gate.max_regression is not None for result in context.gates):
        return CheckResult("uncovered", "no gate of the release policy compares with the baseline", partly=True)
    total = len(context.gates)
    passed = sum(result.state == "pass" for result in context.gates)
    failed = [result for result in context.gates if result.state == "fail"]
    if failed:
        fails = f"{_part(len(failed), total)} {'fails' if len(failed) == 1 else 'fail'}"
        return CheckResult("contradicts", f"{fails}: {_why(failed[0], context)}", partly=passed > 0)
    unsure = [result for result in context.gates if result.state != "pass"]
    if unsure:
        left_out = any(result.state == "missing" for result in unsure)
        known = any(context.known(result.gate.metric) for result in context.gates)
        outcome: Outcome = "uncovered" if left_out and known else "silent"
        return CheckResult(outcome, f"{_part(len(unsure), total)} cannot be decided: {_why(unsure[0], context)}")
    passing = "pass, the first" if total > 1 else "passes"
    return CheckResult("supports", f"{_part(total, total)} {passing} with {context.gate(context.gates[0])}")


def _part(some: int, total: int) -> str:
    return "the one gate" if total == 1 else f"{some} of {total} gates"


def _why(result: GateResult, context: EvidenceContext) -> str:
    """The reason of a gate; where no figure counts, that of their absence."""
    metric = result.gate.metric
    return context.gate(result) if context.known(metric) else context.no_figure(metric).why
