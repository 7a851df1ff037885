"""The check on who scores: whether the judge behind a gate agrees with people."""

from __future__ import annotations

from readiness.model.checks import JudgedCheck
from readiness.model.judges import base
from readiness.scorecard.judges import JudgeCheck

from .context import WEIGHT, CheckResult, EvidenceContext


def asked(check: JudgedCheck, context: EvidenceContext) -> list[JudgeCheck]:
    """The judges of metrics that a gate rests on."""
    gated = {result.gate.metric for result in context.gates}
    return [
        judge
        for metric, judges in context.judges.items()
        for judge in judges
        if metric in gated or base(metric) in gated or any(base(name) == metric for name in gated)
        if not check.metrics or base(metric) in check.metrics
    ]


def judged(check: JudgedCheck, context: EvidenceContext) -> CheckResult:
    """The judge that agrees least decides."""
    judges = asked(check, context)
    results = [_one(check, judge, context) for judge in judges]
    if not results:
        return CheckResult("silent", "no gate rests on a metric whose judge the policy names")
    return min(results, key=lambda result: WEIGHT.index(result.outcome))


def _one(check: JudgedCheck, judge: JudgeCheck, context: EvidenceContext) -> CheckResult:
    name, agreement = context.name(judge.judge.metric), judge.agreement
    if agreement is None:
        return CheckResult("uncovered", f"{name} is scored by {judge.judge.label}, which nobody held against people")
    clause = f"{name} is {judge.sentence}"
    if agreement.n < check.min_n:
        return CheckResult("uncovered", f"{clause}, where {check.min_n} cases are asked")
    if agreement.interval is None:
        return CheckResult("uncovered", clause)
    if agreement.interval.high < check.min_kappa:
        return CheckResult("contradicts", f"{clause}, where κ of at least {check.min_kappa:g} is asked")
    if agreement.interval.low < check.min_kappa:
        return CheckResult("silent", f"{clause}, which does not settle whether κ is at least {check.min_kappa:g}")
    return CheckResult("supports", f"{clause}, where κ of at least {check.min_kappa:g} is asked")
