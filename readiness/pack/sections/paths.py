"""Traces as a reviewer outside the team may see them: the course of each, and what was said where it was released."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

from readiness import formatting, language
from readiness.language import marked, tr
from readiness.model.record import ANY
from readiness.model.traces import PATHS, Span, SpanField, TracePath
from readiness.review.items import FileTiming, TraceSample
from readiness.review.review import Review
from readiness.tracing.analysis import completeness, lost

from .base import Plain, measured, person

SPANS_SHOWN = 40
LONGEST = 4_000
"""Characters that are shown of a text that somebody released, cut once names are withheld; the rest is counted."""
_STATUS = {"ok": marked("✓ ok"), "error": marked("✕ error"), "unset": marked("– not stated")}
PATH_WORDS: tuple[TracePath, ...] = (marked("good"), marked("bad"), marked("escalation"))
_PIECES = (marked("request"), marked("retrieval"), marked("tool"), marked("output"), marked("timing"))
_FIELDS = (marked("input"), marked("output"), marked("error"))
_NAMES: dict[TracePath, str] = {
    "good": marked("Good path"),
    "bad": marked("Bad path"),
    "escalation": marked("Escalation path"),
}


def traces(review: Review) -> dict[str, Plain]:
    """One trace for each path, the one measured last, and where the time of all traces of each file goes."""
    paths = [_path(review, path) for path in PATHS]
    return {
        "paths": paths,
        "excerpts": sum(len(path["excerpts"]) for path in paths),
        "files": [_file(review, timing) for timing in review.timings],
    }


def _file(review: Review, timing: FileTiming) -> Plain:
    pieces = [
        tr("{piece} in {n}", piece=tr(piece), n=formatting.whole(number))
        for piece, number in lost(timing.counts).items()
    ]
    return {
        "found": formatting.count(timing.found, "trace"),
        "kept": formatting.whole(timing.kept),
        "measured": measured(timing.item, review.as_of),
        "lost": formatting.listed(pieces),
        "stages": _stages(timing),
    }


def _stages(timing: FileTiming) -> list[Plain]:
    """Over all workflows, whose names stay here."""
    return [
        {
            "stage": figure.kind,
            **{name: language.numeral(f"{getattr(figure, name):,.0f} ms") for name in ("p50", "p95", "p99")},
            "share": f"{figure.share * 100:.0f} %",
            "n": formatting.whole(figure.n),
            "failed": formatting.whole(figure.errors),
            "again": formatting.whole(figure.retries),
        }
        for figure in timing.stages
        if figure.workflow == ANY
    ]


def _path(review: Review, path: TracePath) -> dict[str, Any]:
    samples = review.path(path)
    shown = max(samples, key=lambda sample: sample.item.evidence.measured_on or dt.date.min, default=None)
    return {
        "path": path,
        "name": tr(_NAMES[path]),
        "found": shown is not None,
        "trace": _trace(review, shown) if shown else {},
        "excerpts": _excerpts(shown) if shown else [],
        "others": len(samples) - 1 if samples else 0,
    }


def _trace(review: Review, sample: TraceSample) -> dict[str, Plain]:
    spans = sorted(sample.trace.spans, key=lambda span: span.start_ns)
    start = spans[0].start_ns if spans else 0
    removed = [formatting.count(n, kind, kind) for kind, n in sorted(sample.trace.redacted.items())]
    return {
        "id": sample.trace.trace_id,
        "started": _instant(start) if spans else tr("no spans"),
        "measured": measured(sample.item, review.as_of),
        "lesson": sample.trace.note,
        "lost": formatting.listed(list(map(tr, completeness(sample.trace).lost.values()))),
        "redacted": formatting.listed(removed) or tr("nothing found"),
        "spans": [_span(span, start) for span in spans[:SPANS_SHOWN]],
        "more": max(len(spans) - SPANS_SHOWN, 0),
    }


def _excerpts(sample: TraceSample) -> list[Plain]:
    """The texts that somebody released, in the order of the spans."""
    spans = sorted(sample.trace.spans, key=lambda span: span.start_ns)
    released = [
        (span, field, text) for span in spans for field in get_args(SpanField) if (text := sample.released(span, field))
    ]
    return [
        {
            "what": formatting.capital(tr(field)),
            "span": span.name.strip() or tr("a span without a name"),
            "by": person(text.by),
            "on": formatting.day(text.at),
            "text": getattr(span, field),
            "longest": LONGEST,
        }
        for span, field, text in released
    ]


def _span(span: Span, start: int) -> dict[str, Plain]:
    return {
        "kind": span.kind,
        "name": span.name.strip() or "–",
        "after": _milliseconds(span.start_ns - start),
        "took": _milliseconds(span.end_ns - span.start_ns) if span.end_ns is not None else tr("not ended"),
        "status": tr(_STATUS[span.status]),
    }


def _milliseconds(ns: int) -> str:
    return f"{formatting.whole(round(ns / 1e6))} ms"


def _instant(ns: int) -> str:
    try:
        at = dt.datetime.fromtimestamp(ns // 1_000_000_000, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return tr("at no date there is")
    return f"{formatting.day(at.date())}, {at:%H:%M} UTC"
