"""Checks on the traces: whether an answer can be followed, where its time went, and what a failed tool led to."""

from __future__ import annotations

from collections import Counter

from readiness import formatting
from readiness.model.checks import FailedToolCheck, StageTimesCheck, TracedCheck
from readiness.model.traces import Span, SpanKind, Trace
from readiness.tracing.analysis import completeness, stages

from .context import CheckResult, EvidenceContext

_NO_STAGE: tuple[SpanKind, ...] = ("request", "other")
"""Self time here is time that nobody can assign."""


def traced(check: TracedCheck, context: EvidenceContext) -> CheckResult:
    labelled = [trace for trace in context.traces if trace.path in check.paths]
    if not labelled:
        return CheckResult("uncovered", "no trace is labelled with its path") if context.traces else context.no_trace()
    lost = [(trace.path, _lost(check, trace)) for trace in labelled]
    if broken := [f"the {path} path cannot be followed whole: {why}" for path, why in lost if why]:
        return CheckResult("uncovered", broken[0], partly=len(broken) < len(labelled))
    pieces = {piece for trace in labelled for piece in completeness(trace).there}
    missing = [f"no fresh {path} path" for path in check.paths if path not in {trace.path for trace in labelled}]
    missing += [f"no fresh trace with a {piece} span" for piece in check.somewhere if piece not in pieces]
    if missing:
        return CheckResult("uncovered", f"there is {formatting.listed(missing)} of {context.candidate}", partly=True)
    whole = formatting.listed([*check.pieces, *check.somewhere])
    shown = f"{formatting.listed(check.paths)} {'path' if len(check.paths) == 1 else 'paths'}"
    return CheckResult("supports", f"{whole} stand in {formatting.count(len(labelled), 'trace')} of the {shown}")


def _lost(check: TracedCheck, trace: Trace) -> str:
    """How the first of the pieces asked for is missing; empty where all are there."""
    lost = completeness(trace).lost
    return next((lost[piece] for piece in check.pieces if piece in lost), "")


def failed_tool(check: FailedToolCheck, context: EvidenceContext) -> CheckResult:
    """Neither ids nor names: this sentence stands in packs that show no trace."""
    if not context.traces:
        return context.no_trace()
    failed = [trace for trace in context.traces if any(_failed(span) for span in trace.spans)]
    if not failed:
        return CheckResult("uncovered", "no trace shows a tool that fails")
    broken = [trace for trace in failed if not _handled(trace)]
    if broken:
        where = f"the {broken[0].path} path" if broken[0].path else "a trace without a label"
        clause = f"a tool failed in {where} and neither an answer nor a handover came of it"
        return CheckResult("contradicts", clause, partly=len(broken) < len(failed))
    clause = f"{formatting.count(len(failed), 'trace')} in which a tool failed ended well"
    budget = context.policy.budgets.get("tool") if context.policy else None
    if budget and budget.timeout_ms is not None and budget.fallback.strip():
        return CheckResult("supports", f"{clause}, and the release policy says what follows")
    errors = [span.error.casefold() for trace in failed for span in trace.spans if _failed(span)]
    unseen = [
        kind for kind, words in check.kinds.items() if not any(word in error for word in words for error in errors)
    ]
    if unseen:
        open_ = f"no trace shows {formatting.listed(unseen, 'or')} of a tool, and no policy says what follows"
        return CheckResult("uncovered", open_, partly=True)
    return CheckResult("supports", clause)


def _failed(span: Span) -> bool:
    return span.kind == "tool" and (span.status == "error" or bool(span.error.strip()))


def _handled(trace: Trace) -> bool:
    """Handed over to a person, or answered without the request itself failing."""
    broken = any(span.status == "error" for span in trace.spans if not span.parent_id)
    return trace.path == "escalation" or (not broken and "output" not in completeness(trace).lost)


def stage_times(check: StageTimesCheck, context: EvidenceContext) -> CheckResult:
    if not context.traces:
        return context.no_trace()
    spent: Counter[SpanKind] = Counter()
    for trace in context.traces:
        spent.update({kind: stage.self_ns for kind, stage in stages(trace).items()})
    total = sum(spent.values())
    if not total:
        return CheckResult("uncovered", "the spans of the traces have no times")
    untold = sum(spent[kind] for kind in _NO_STAGE) / total
    if untold > check.max_untold:
        clause = (
            f"{formatting.figure(untold, 'ratio')} of the time in {formatting.count(len(context.traces), 'trace')} "
            f"belongs to no stage, {check.max_untold * 100:g} % being the most allowed"
        )
        return CheckResult("contradicts", clause, partly=untold < 1)
    missing = [stage for stage in check.stages if not spent[stage]]
    if missing:
        return CheckResult(
            "uncovered", f"no trace of {context.candidate} shows time in {formatting.listed(missing, 'or')}"
        )
    shares = [f"{kind} {formatting.figure(spent[kind] / total, 'ratio')}" for kind in check.stages]
    return CheckResult(
        "supports", f"the time of {formatting.count(len(context.traces), 'trace')} is split: {', '.join(shares)}"
    )
