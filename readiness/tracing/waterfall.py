"""The spans of one trace in reading order: each below its parent, with its time since the request began. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from readiness.model.traces import Span


@dataclass(frozen=True)
class Bar:
    """One span; `start_ms` counts from the earliest start, `duration_ms` is None where the span has no end."""

    span: Span
    depth: int
    start_ms: float
    duration_ms: float | None


def lay_out(spans: Sequence[Span]) -> list[Bar]:
    """Roots first, children by start below their parent; what no root reaches (orphans, cycles) follows at depth 0."""
    if not spans:
        return []
    origin = min(span.start_ns for span in spans)
    ids = {span.span_id for span in spans}
    children: dict[str, list[Span]] = defaultdict(list)
    for span in sorted(spans, key=lambda span: span.start_ns):
        children[span.parent_id if span.parent_id in ids else ""].append(span)
    bars: list[Bar] = []
    seen: set[str] = set()
    pending = [(span, 0) for span in reversed(children[""])]
    left = [span for span in reversed(spans) if span.parent_id in ids]
    while pending or left:
        span, depth = pending.pop() if pending else (left.pop(), 0)
        if span.span_id in seen:
            continue
        seen.add(span.span_id)
        bars.append(_bar(span, depth, origin))
        pending += [(child, depth + 1) for child in reversed(children.get(span.span_id, ()))]
    return bars


def _bar(span: Span, depth: int, origin: int) -> Bar:
    duration = None if span.end_ns is None else (span.end_ns - span.start_ns) / 1e6
    return Bar(span, depth, (span.start_ns - origin) / 1e6, duration)
