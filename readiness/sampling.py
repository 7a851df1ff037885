"""Which traces of a file are worth keeping, and why: a proposal, which a person may change. Pure.

A file holds more traces than anybody reads. The figures are drawn from all of them; what is stored whole are a few
that show something: of each workflow the slowest, one that failed, one that was escalated and one as most of them are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from statistics import median_low
from typing import Any, NamedTuple

from .records import Path, Trace

FEW = 50
"""A file with at most this many traces is kept whole."""
MOST = 200
"""Traces that are kept of one file at most, beside those that a person labelled."""
LABELLED = "labelled by a person before"
_ESCALATED = {"escalated", "escalated_to", "escalation", "human_handoff"}
_NOTHING = {"", "0", "0.0", "false", "no", "none", "null"}


class Summary(NamedTuple):
    """What decides whether a trace is kept. `path` is the label that its file states."""

    trace_id: str
    version: str = ""
    workflow: str = ""
    duration_ns: int = 0
    failed: bool = False
    escalated: bool = False
    path: Path | None = None


def summary(trace: Trace) -> Summary:
    """Failed is a trace in which any span failed; it lasts from its first start to its last end.

    Whether it was escalated its root says.
    """
    attributes = [each for span in trace.spans if not span.parent_id for each in span.attributes.items()]
    ends = [span.end_ns for span in trace.spans if span.end_ns is not None]
    return Summary(
        trace_id=trace.trace_id,
        version=trace.version,
        workflow=trace.workflow,
        duration_ns=max(max(ends) - min(span.start_ns for span in trace.spans), 0) if ends else 0,
        failed=any(span.status == "error" for span in trace.spans),
        escalated=any(says_escalated(*each) for each in attributes),
        path=trace.path,
    )


def names_escalation(name: str) -> bool:
    """Whether an attribute of this name says if a request was handed to a person: `app.escalated`."""
    return name.rpartition(".")[2].lower() in _ESCALATED


def says_escalated(name: str, value: Any) -> bool:
    return names_escalation(name) and str(value).strip().lower() not in _NOTHING


def propose(summaries: Sequence[Summary], labelled: Collection[str] = ()) -> dict[str, str]:
    """The ids of the traces to keep with the reason for each, which is "" where a small file is kept whole.

    `labelled` are those that a person labelled before; they are kept in any case.
    """
    if len(summaries) <= FEW:
        return {each.trace_id: "" for each in summaries}
    reasons: dict[str, list[str]] = {each.trace_id: [LABELLED] for each in summaries if each.trace_id in labelled}
    room = len(reasons) + MOST
    groups: dict[tuple[str, str], list[Summary]] = defaultdict(list)
    for each in summaries:
        groups[each.version, each.workflow].append(each)
    for group in sorted(groups.values(), key=len, reverse=True):
        for each, reason in _of_workflow(group):
            if each.trace_id in reasons or len(reasons) < room:
                reasons.setdefault(each.trace_id, []).append(reason)
    return {trace_id: "; ".join(found)[:300] for trace_id, found in reasons.items()}


def _of_workflow(group: Sequence[Summary]) -> Iterator[tuple[Summary, str]]:
    """The traces of one workflow that show something; where many do, the one that is like most of them."""
    name = group[0].workflow[:60] or "those without a workflow"
    slowest = max(group, key=lambda each: each.duration_ns)
    yield slowest, f"slowest of {name}, {_ms(slowest)}"
    if failed := [each for each in group if each.failed]:
        yield _middle(failed), f"failed, as {len(failed):,} of {len(group):,} of {name} did"
    if escalated := [each for each in group if each.escalated or each.path == "escalation"]:
        yield _middle(escalated), f"escalated, as {len(escalated):,} of {len(group):,} of {name} were"
    if sound := [each for each in group if not each.failed]:
        typical = _nearest(sound, _middle(group).duration_ns)
        yield typical, f"typical of {name}, {_ms(typical)}"
    for path in sorted({each.path for each in group if each.path}):
        yield next(each for each in group if each.path == path), f"labelled {path} in the file"


def _middle(group: Sequence[Summary]) -> Summary:
    return _nearest(group, median_low(each.duration_ns for each in group))


def _nearest(group: Sequence[Summary], duration_ns: int) -> Summary:
    return min(group, key=lambda each: abs(each.duration_ns - duration_ns))


def _ms(each: Summary) -> str:
    return f"{each.duration_ns / 1e6:,.0f} ms"
