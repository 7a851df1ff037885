"""What an answer may refer to in the store: a part of the packet or a file, if it holds what the signal asks for."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.decision.packet import PARTS
from readiness.model.checklist import Signal

from .context import EvidenceContext

_OF_POLICY = frozenset({"gates", "approvers", "rehearsal", "budgets", "tail", "staged"})
_OF_MONITORING = frozenset({"covers"})
_OF_TRACES = frozenset({"traced", "failed-tool", "stage-times"})


def names(signal: Signal, context: EvidenceContext) -> tuple[frozenset[str], frozenset[str]]:
    """Parts and files that hold what the signal asks for, fresh and of the candidate, and those that do not."""
    there = frozenset([*_parts(signal, context), *_files(signal, context)])
    return there, frozenset([*PARTS, *context.file_names]) - there


def _parts(signal: Signal, context: EvidenceContext) -> Iterator[str]:
    kinds = {check.kind for check in signal.checks}
    documents = {check.document for check in signal.checks if check.kind == "fields"}
    if any(metric in context.files_with for metric in _metrics(signal)):
        yield "scorecard"
    if kinds & _OF_TRACES and context.traces:
        yield "traces"
    if context.policy is not None and (kinds & _OF_POLICY or "policy" in documents):
        yield "policy"
    if context.facts.monitoring is not None and (kinds & _OF_MONITORING or "monitoring" in documents):
        yield "monitoring"


def _files(signal: Signal, context: EvidenceContext) -> Iterator[str]:
    for metric in _metrics(signal):
        yield from context.files_with.get(metric, ())
    if any(check.kind in _OF_TRACES for check in signal.checks):
        yield from context.files_with_traces


def _metrics(signal: Signal) -> frozenset[str]:
    asked = (getattr(check, "metric", "") for check in signal.checks)
    return frozenset(filter(None, (*signal.metrics, *asked)))
