"""Checks on the traces: whether an answer can be followed, where its time went, and what a failed tool led to."""

from __future__ import annotations

from collections import Counter

from readiness import formatting
from readiness.decision.packet import PATH_WORDS
from readiness.language import marked, numeral, tr, trn
from readiness.model.checks import FailedToolCheck, StageTimesCheck, TracedCheck
from readiness.model.traces import Span, SpanKind, Trace, TracePath
from readiness.tracing.analysis import completeness, stages

from .context import CheckResult, EvidenceContext

_NO_STAGE: tuple[SpanKind, ...] = ("request", "other")
"""Self time here is time that nobody can assign."""


def traced(check: TracedCheck, context: EvidenceContext) -> CheckResult:
    labelled = [trace for trace in context.traces if trace.path in check.paths]
    if not labelled:
        return (
            CheckResult("uncovered", tr("no trace is labelled with its path")) if context.traces else context.no_trace()
        )
    lost = [(trace.path, _lost(check, trace)) for trace in labelled]
    whole = marked("the {path} path cannot be followed whole: {why}")
    if broken := [tr(whole, path=_named(path), why=why) for path, why in lost if why]:
        return CheckResult("uncovered", broken[0], partly=len(broken) < len(labelled))
    pieces = {piece for trace in labelled for piece in completeness(trace).there}
    seen = {trace.path for trace in labelled}
    missing = [tr("no fresh {path} path", path=_named(path)) for path in check.paths if path not in seen]
    bare = [piece for piece in check.somewhere if piece not in pieces]
    missing += [tr("no fresh trace with a {piece} span", piece=piece) for piece in bare]
    if missing:
        told = formatting.listed(missing)
        clause = tr("there is {missing} of {candidate}", missing=told, candidate=context.candidate)
        return CheckResult("uncovered", clause, partly=True)
    return CheckResult("supports", _whole(check, len(labelled)))


def _whole(check: TracedCheck, traces: int) -> str:
    pieces = formatting.listed([*check.pieces, *check.somewhere])
    paths = formatting.listed([_named(path) for path in check.paths])
    if len(check.paths) == 1:
        return trn(
            "{pieces} stand in {n} trace of the {paths} path",
            "{pieces} stand in {n} traces of the {paths} path",
            traces,
            pieces=pieces,
            paths=paths,
        )
    return trn(
        "{pieces} stand in {n} trace of the {paths} paths",
        "{pieces} stand in {n} traces of the {paths} paths",
        traces,
        pieces=pieces,
        paths=paths,
    )


def _named(path: TracePath | None) -> str:
    return tr(PATH_WORDS[path]) if path else ""


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
        return CheckResult("uncovered", tr("no trace shows a tool that fails"))
    broken = [trace for trace in failed if not _handled(trace)]
    if broken:
        path = _named(broken[0].path)
        clause = (
            tr("a tool failed in the {path} path and neither an answer nor a handover came of it", path=path)
            if path
            else tr("a tool failed in a trace without a label and neither an answer nor a handover came of it")
        )
        return CheckResult("contradicts", clause, partly=len(broken) < len(failed))
    clause = trn(
        "{n} trace in which a tool failed ended well", "{n} traces in which a tool failed ended well", len(failed)
    )
    budget = context.policy.budgets.get("tool") if context.policy else None
    if budget and budget.timeout_ms is not None and budget.fallback.strip():
        return CheckResult("supports", f"{clause}, {tr('and the release policy says what follows')}")
    errors = [span.error.casefold() for trace in failed for span in trace.spans if _failed(span)]
    unseen = [
        kind for kind, words in check.kinds.items() if not any(word in error for word in words for error in errors)
    ]
    if unseen:
        kinds = formatting.listed([tr(kind) for kind in unseen], "or")
        open_ = tr("no trace shows {kinds} of a tool, and no policy says what follows", kinds=kinds)
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
        return CheckResult("uncovered", tr("the spans of the traces have no times"))
    untold = sum(spent[kind] for kind in _NO_STAGE) / total
    if untold > check.max_untold:
        clause = trn(
            "{share} of the time in {n} trace belongs to no stage, {most} % being the most allowed",
            "{share} of the time in {n} traces belongs to no stage, {most} % being the most allowed",
            len(context.traces),
            share=formatting.figure(untold, "ratio"),
            most=numeral(f"{check.max_untold * 100:g}"),
        )
        return CheckResult("contradicts", clause, partly=untold < 1)
    missing = [stage for stage in check.stages if not spent[stage]]
    if missing:
        text = marked("no trace of {candidate} shows time in {stages}")
        bare = formatting.listed(missing, "or")
        return CheckResult("uncovered", tr(text, candidate=context.candidate, stages=bare))
    shares = [f"{kind} {formatting.figure(spent[kind] / total, 'ratio')}" for kind in check.stages]
    told = trn(
        "the time of {n} trace is split: {shares}",
        "the time of {n} traces is split: {shares}",
        len(context.traces),
        shares=", ".join(shares),
    )
    return CheckResult("supports", told)
