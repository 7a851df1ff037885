"""What a trace shows: where the time went, what failed and was tried again, and whether it can be followed whole. Pure.

Stages overlap (a tool called by the model, two searches at once), so a stage's time is self time: a span's duration
without the union of its children's. Self times of one trace never add up to more than its spans cover.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from readiness.language import tr
from readiness.model.record import ANY
from readiness.model.traces import KINDS, PIECES, Span, SpanKind, StageFigure, Trace, TraceCount, TracePiece

STAGES: tuple[SpanKind, ...] = KINDS
TraceGroup = tuple[str, str]
"""Version and workflow."""
MOST_GROUPS = 200
"""Versions and workflows of a file that have figures of their own; a field that names more is no workflow."""


@dataclass(frozen=True)
class StageTime:
    """One stage of one trace: self time in nanoseconds, spans, and how many of them failed or were tried again."""

    kind: SpanKind
    self_ns: int = 0
    spans: int = 0
    errors: int = 0
    retries: int = 0


@dataclass(frozen=True)
class Completeness:
    """Which pieces a trace holds, and how each that is lost is missing."""

    there: frozenset[TracePiece] = frozenset()
    lost: Mapping[TracePiece, str] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return not self.lost


def self_times(spans: Sequence[Span]) -> dict[str, int]:
    """Nanoseconds that each span spent outside its children, by span id; a span without an end has none.

    Children count only as far as they lie within their parent. What stands in a circle of parents has no children here.
    """
    children: dict[str, list[tuple[int, int]]] = defaultdict(list)
    looped = circular(spans)
    for span in spans:
        if span.end_ns is not None and span.span_id not in looped:
            children[span.parent_id].append((span.start_ns, span.end_ns))
    return {
        span.span_id: max(span.end_ns - span.start_ns - _covered(children[span.span_id], span.start_ns, span.end_ns), 0)
        for span in spans
        if span.end_ns is not None
    }


def _covered(intervals: Sequence[tuple[int, int]], start: int, end: int) -> int:
    """The length of the union of intervals within start and end."""
    total, reach = 0, start
    for low, high in sorted(intervals):
        low, high = max(low, reach), min(high, end)  # noqa: PLW2901 - cut to what is not counted yet
        if high > low:
            total += high - low
            reach = high
    return total


def circular(spans: Sequence[Span]) -> set[str]:
    """Ids of spans that are their own ancestors."""
    parents = {span.span_id: span.parent_id for span in spans}
    looped: set[str] = set()
    done: set[str] = set()
    for start in parents:
        way: dict[str, None] = {}
        at = start
        while at in parents and at not in done and at not in way:
            way[at] = None
            at = parents[at]
        if at in way:
            looped.update(itertools.dropwhile(lambda span_id, first=at: span_id != first, way))  # type: ignore[misc]
        done.update(way)
    return looped


def stages(trace: Trace) -> dict[SpanKind, StageTime]:
    """The stages that a trace has."""
    times = self_times(trace.spans)
    retried = _retries(trace.spans)
    by_kind: dict[SpanKind, StageTime] = {}
    for span in trace.spans:
        before = by_kind.get(span.kind, StageTime(span.kind))
        by_kind[span.kind] = StageTime(
            span.kind,
            before.self_ns + times.get(span.span_id, 0),
            before.spans + 1,
            before.errors + (span.status == "error"),
            before.retries + (span.span_id in retried),
        )
    return by_kind


def _retries(spans: Sequence[Span]) -> set[str]:
    """Spans that do again, under the same parent, what an earlier one of the same name and kind had failed to do."""
    failed: Counter[tuple[str, str, str]] = Counter()
    retried = set()
    for span in sorted(spans, key=lambda span: span.start_ns):
        key = (span.parent_id, span.kind, span.name)
        if failed[key]:
            retried.add(span.span_id)
        failed[key] += span.status == "error"
    return retried


def figures(traces: Iterable[Trace]) -> list[StageFigure]:
    """Self times of each stage by version and workflow, all workflows first; in the order of the stages."""
    groups: dict[TraceGroup, list[Mapping[SpanKind, StageTime]]] = defaultdict(list)
    for trace in traces:
        times = stages(trace)
        for workflow in dict.fromkeys((ANY, trace.workflow)):
            groups[trace.version, workflow].append(times)
    return [
        _figure(*group, kind, groups[group])
        for group in told_apart({group: len(members) for group, members in groups.items()})
        for kind in STAGES
        if any(kind in times for times in groups[group])
    ]


def told_apart(sizes: Mapping[TraceGroup, int]) -> list[TraceGroup]:
    """The versions and workflows that have figures of their own: the largest, where a file names too many."""
    large = sorted(sizes, key=lambda group: (group[1] != ANY, -sizes[group]))[:MOST_GROUPS]
    return sorted(large, key=lambda group: (group[0], group[1] != ANY, group[1]))


def _figure(
    version: str, workflow: str, kind: SpanKind, by_trace: Sequence[Mapping[SpanKind, StageTime]]
) -> StageFigure:
    own = [times[kind] for times in by_trace if kind in times]
    return stage_figure(
        version,
        workflow,
        kind,
        [stage.self_ns for stage in own],
        whole_ns=sum(stage.self_ns for times in by_trace for stage in times.values()),
        errors=sum(stage.errors for stage in own),
        retries=sum(stage.retries for stage in own),
    )


def stage_figure(
    version: str, workflow: str, kind: SpanKind, self_ns: ArrayLike, *, whole_ns: float, errors: int, retries: int
) -> StageFigure:
    """One stage from its self time in each trace that has it; quantiles are linear between neighbours."""
    own = np.asarray(self_ns, dtype=np.float64)
    p50, p95, p99 = (float(quantile) for quantile in np.quantile(own / 1e6, [0.5, 0.95, 0.99]))
    return StageFigure(
        version=version,
        workflow=workflow,
        kind=kind,
        n=len(own),
        p50=p50,
        p95=p95,
        p99=p99,
        share=float(own.sum() / whole_ns) if whole_ns else 0.0,
        errors=errors,
        retries=retries,
    )


def counts(traces: Iterable[Trace]) -> list[TraceCount]:
    """How many traces there are of each version, and in how many each piece is lost."""
    by_version: dict[str, Counter[str]] = defaultdict(Counter)
    for trace in traces:
        by_version[trace.version].update(["traces", *(f"no_{piece}" for piece in completeness(trace).lost)])
    return [TraceCount(version=version, **number) for version, number in sorted(by_version.items())]


def lost(trace_counts: Sequence[TraceCount]) -> dict[TracePiece, int]:
    """In how many traces each piece is lost, those that are lost nowhere left out."""
    totals = {piece: sum(getattr(count, f"no_{piece}") for count in trace_counts) for piece in PIECES}
    return {piece: number for piece, number in totals.items() if number}


def completeness(trace: Trace) -> Completeness:
    """Whether the request, what was retrieved, the tools, the answer and the timing can be read from a trace."""
    roots = [span for span in trace.spans if not span.parent_id]
    kinds = {span.kind for span in trace.spans}
    answers = [span for span in trace.spans if span.kind == "output"] or roots
    lost: dict[TracePiece, str] = {}
    if not any(root.input for root in roots):
        lost["request"] = tr("the root span holds no input") if roots else tr("there is no root span")
    if "retrieval" not in kinds:
        lost["retrieval"] = tr("no retrieval span")
    if "tool" not in kinds:
        lost["tool"] = tr("no tool span")
    if not any(span.output for span in answers):
        lost["output"] = tr("no span holds the answer")
    endless = sum(span.end_ns is None for span in trace.spans)
    if endless:
        lost["timing"] = tr("{endless} of {spans} spans have no end", endless=endless, spans=len(trace.spans))
    return Completeness(frozenset(piece for piece in PIECES if piece not in lost), lost)


def first_failure(trace: Trace) -> Span | None:
    """The span that failed first, the innermost of those that failed at once: where a bad path went wrong."""
    failed = [span for span in trace.spans if span.status == "error"]
    parents = {span.parent_id for span in failed}
    innermost = [span for span in failed if span.span_id not in parents] or failed
    return min(innermost, key=lambda span: span.start_ns, default=None)
