"""The check on who scores: whether the judge behind a gate agrees with people."""

from __future__ import annotations

from readiness.language import marked, numeral, tr
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
        return CheckResult("silent", tr("no gate rests on a metric whose judge the policy names"))
    return min(results, key=lambda result: WEIGHT.index(result.outcome))


def _one(check: JudgedCheck, judge: JudgeCheck, context: EvidenceContext) -> CheckResult:
    name, agreement = context.name(judge.judge.metric), judge.agreement
    if agreement is None:
        return CheckResult(
            "uncovered",
            tr("{metric} is scored by {judge}, which nobody held against people", metric=name, judge=judge.judge.label),
        )
    text = marked("{metric} is scored by {judge}: {agreement}")
    clause = tr(text, metric=name, judge=judge.judge.label, agreement=judge.told)
    if agreement.n < check.min_n:
        return CheckResult("uncovered", f"{clause}, {tr('where {n} cases are asked', n=check.min_n)}")
    if agreement.interval is None:
        return CheckResult("uncovered", clause)
    least = numeral(f"{check.min_kappa:g}")
    asked_ = f"{clause}, {tr('where κ of at least {kappa} is asked', kappa=least)}"
    if agreement.interval.high < check.min_kappa:
        return CheckResult("contradicts", asked_)
    if agreement.interval.low < check.min_kappa:
        open_ = tr("which does not settle whether κ is at least {kappa}", kappa=least)
        return CheckResult("silent", f"{clause}, {open_}")
    return CheckResult("supports", asked_)
