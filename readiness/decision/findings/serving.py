"""Checks on latency under load, and on the gates of the policy, which judge it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from readiness import formatting
from readiness.decision.answers import Outcome
from readiness.model.cells import Cell
from readiness.model.checks import GatesCheck, LoadCheck, TailCheck
from readiness.model.policy import Gate
from readiness.scorecard import gates as gating
from readiness.scorecard import uncertainty
from readiness.scorecard.gates import GateResult
from readiness.scorecard.intervals import exact

from . import wording
from .context import CheckResult, EvidenceContext


def tail(check: TailCheck, context: EvidenceContext) -> CheckResult:
    """The gates of the policy judge the budget; the tail is too long only where its interval leaves no doubt."""
    cells = {value: cell for value, cell in context.by(check.metric, "workflow").items() if cell}
    if not cells and (overall := context.overall(check.metric)):
        cells = {"": overall}
    if not cells:
        return context.no_figure(check.metric)
    asked = [result for result in context.gates if result.gate.metric == check.metric and _is_budget(result.gate)]
    long = {value: excess for value, cell in cells.items() if (excess := _long_tail(check, context, value, cell))}
    kept = len(long) < len(cells) or any(_keeps(result.gate, cell) for result in asked for cell in cells.values())
    if objections := [*_budgets(check, asked, context), *long.values()]:
        first = min(objections, key=lambda objection: objection.outcome != "contradicts")
        return replace(first, partly=kept and first.outcome == "contradicts")
    value, cell = max(cells.items(), key=lambda item: item[1].p99 or 0)
    measured = f"{formatting.figure(cell.p99, cell.unit)} (n {wording.n(cell)})"
    shown = f"p99 of {context.name(check.metric)}{wording.of(value)} is {measured}"
    stats = sorted({result.gate.stat for result in asked})
    keep = f"{formatting.listed(stats)} {'keeps its' if len(stats) == 1 else 'keep their'} budget"
    return CheckResult("supports", f"{shown}, at most {check.max_ratio:g} times the median, and {keep}")


def _is_budget(gate: Gate) -> bool:
    return gate.stat in ("p95", "p99") and gate.max is not None


def _budgets(check: TailCheck, asked: Sequence[GateResult], context: EvidenceContext) -> Iterator[CheckResult]:
    """What speaks against kept budgets."""
    if not asked:
        name = context.name(check.metric)
        yield CheckResult("uncovered", f"no gate of the release policy sets a budget for p95 or p99 of {name}")
    for result in asked:
        if result.state == "fail":
            yield CheckResult("contradicts", f"the gate on {result.gate.stat} fails: {gating.sentence(result)}")
        elif result.state != "pass":
            yield CheckResult("silent", f"the gate on {result.gate.stat} cannot be decided: {gating.sentence(result)}")


def _keeps(gate: Gate, cell: Cell) -> bool:
    own = uncertainty.of_cell(cell, gate.stat)
    return own is not None and gate.max is not None and own.high <= gate.max


def _long_tail(check: TailCheck, context: EvidenceContext, value: str, cell: Cell) -> CheckResult | None:
    """What is said of a p99 that stands further from the median than allowed, by its interval or only as measured."""
    name = f"{context.name(check.metric)}{wording.of(value)}"
    if cell.p50 is None or cell.p99 is None:
        return CheckResult("silent", f"the median and p99 of {name} are not both known (n {wording.n(cell)})")
    if cell.p99 <= check.max_ratio * cell.p50:
        return None
    half, high = uncertainty.of_cell(cell, "p50"), uncertainty.of_cell(cell, "p99")
    sure = half is not None and high is not None and high.low > check.max_ratio * half.high
    clause = (
        f"p99 of {name} is {formatting.figure(cell.p99, cell.unit)} (n {wording.n(cell)}), "
        f"more than {check.max_ratio:g} times the median of {formatting.figure(cell.p50, cell.unit)}"
    )
    return (
        CheckResult("contradicts", clause) if sure else CheckResult("silent", f"{clause}, on too few cases to be sure")
    )


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
    lost = {at: _lost(check, tests[at], f"at {at:,} requests at once, {planned:,} being planned,") for at in tests}
    kept = any(result.outcome == "supports" for result in lost.values())
    if reached < planned:
        clause = f"the load test reached {reached:,} requests at once, and {planned:,} are planned"
        return CheckResult("uncovered", clause, partly=kept)
    decides = lost[min(at for at in tests if at >= planned)]
    return replace(decides, partly=kept and decides.outcome == "contradicts")


def _lost(check: LoadCheck, cell: Cell, at: str) -> CheckResult:
    total = 0 if cell.n is None else cell.n + cell.errors
    if not total:
        return CheckResult("silent", f"{at} the load test does not say how many requests it made")
    if cell.stated and not cell.errors:
        return CheckResult("silent", f"{at} the load test does not say how many of {total:,} were lost")
    between = exact(cell.errors, total)
    clause = f"{at} {cell.errors:,} of {total:,} were lost"
    if between.low > check.max_errors:
        return CheckResult(
            "contradicts", f"{clause}, where at most {wording.amount(check.max_errors, 'ratio')} is asked"
        )
    if between.high > check.max_errors:
        return CheckResult(
            "silent",
            f"{clause}, which does not settle whether it is at most {wording.amount(check.max_errors, 'ratio')}",
        )
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
    return CheckResult("supports", f"{_part(total, total)} {passing} with {gating.sentence(context.gates[0])}")


def _part(some: int, total: int) -> str:
    return "the one gate" if total == 1 else f"{some} of {total} gates"


def _why(result: GateResult, context: EvidenceContext) -> str:
    """The reason of a gate; where no figure counts, that of their absence."""
    metric = result.gate.metric
    return gating.sentence(result) if context.known(metric) else context.no_figure(metric).why
