"""Opik traces and spans (https://www.comet.com/docs/opik/reference/rest-api), as its searches answer: a JSON line each.

A trace stands beside its spans and is the request: its decorator writes a span of the same times too, which is then the
root. What is scored by people or judges stands in `feedback_scores`; `error_info` says what was raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from readiness.importers.batch import Batch, Options
from readiness.importers.naming import plain
from readiness.importers.settings import found
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import items, members
from readiness.importers.spans.documents import (
    Object,
    a_start,
    a_text,
    a_time,
    a_version,
    an_id,
    an_object,
    keys_at,
    records,
    unpacked,
)
from readiness.importers.spans.gathered import GatheredTraces, whole_traces
from readiness.importers.spans.raw_spans import RawSpan
from readiness.importers.spans.span_values import BadSpanError, kind_of
from readiness.importers.spans.spans import TraceBuilder
from readiness.language import marked

DESCRIBING = ("type", "model", "provider", "usage", "tags", "total_estimated_cost", "feedback_scores")
VERSIONS = ("version", "app_version", "prompt_version")
"""The metadata that can name the version, in this order."""


class OpikTraces:
    format = "opik-traces"
    title = marked("Opik traces (JSON lines, JSON)")

    def sniff(self, source: Source) -> bool:
        """Lines, or a page with the list under `content`; pages of other tools have these keys under other names."""
        outer, inner = keys_at(source)
        keys = inner if "content" in outer else outer
        return {"id", "project_id", "start_time"} <= keys and "run_type" not in keys

    def read(self, source: Source, options: Options) -> Batch:
        """Every trace of the file with its spans. Raises InputError where nothing can be kept."""
        return TraceBuilder(source, options, self.format, tool="Opik").filled(_fill)


IMPORTER = OpikTraces()


def _fill(traces: TraceBuilder) -> None:
    held = whole_traces(traces, lambda: records(traces.source, "content"), _HeldTrace, _take)
    for trace_id, trace in held:
        _add(trace_id, trace, traces)


def _take(gathered: GatheredTraces[_HeldTrace], place: str, record: Any, skip: Callable[[str, str], None]) -> None:
    try:
        row = an_object(record, "a trace or a span")
        if "trace_id" in row:
            gathered.of(an_id(row, "trace_id", required=True)).spans.append((place, row))
        else:
            gathered.of(an_id(row, "id", required=True)).record = (place, row)
    except BadSpanError as exc:
        skip(place or "the document", str(exc))


@dataclass
class _HeldTrace:
    record: tuple[str, Object] | None = None
    spans: list[tuple[str, Object]] = field(default_factory=list)


def _add(trace_id: str, trace: _HeldTrace, traces: TraceBuilder) -> None:
    spans: list[tuple[str, RawSpan]] = []
    for place, row in trace.spans:
        try:
            spans.append((place, _found(row, trace_id, an_id(row, "parent_span_id"))))
        except BadSpanError as exc:
            traces.skip(place, str(exc))
    if trace.record is not None:
        _root(trace_id, *trace.record, spans, traces)
    for place, span in spans:
        try:
            traces.add(span)
        except BadSpanError as exc:
            traces.skip(place, str(exc))


def _root(trace_id: str, place: str, record: Object, spans: list[tuple[str, RawSpan]], traces: TraceBuilder) -> None:
    """The only span without a parent that lasts as long is the request; else the trace's own record is."""
    try:
        root = _found(record, trace_id, "")
    except BadSpanError as exc:
        traces.skip(place or "the trace", str(exc))
        return
    tops = [span for _, span in spans if not span.parent_id]
    if len(tops) == 1 and (tops[0].start_ns, tops[0].end_ns) == (root.start_ns, root.end_ns):
        top = tops[0]
        top.kind, top.version, top.fields, top.settings = "request", root.version, root.fields, root.settings
        top.attributes = {**root.attributes, **top.attributes}
        return
    for top in tops:
        top.parent_id = root.span_id
    spans.insert(0, (place, root))


def _found(row: Object, trace_id: str, parent_id: str) -> RawSpan:
    name, metadata, raised = a_text(row, "name"), members(unpacked(row.get("metadata"))), members(row.get("error_info"))
    is_span = "trace_id" in row
    attributes = {key: row.get(key) for key in DESCRIBING} | {"metadata": metadata}
    return RawSpan(
        trace_id=trace_id,
        span_id=an_id(row, "id", required=True),
        parent_id=parent_id,
        name=name or str(row.get("type") or ""),
        kind=kind_of(name, row.get("type"), root=not is_span),
        start_ns=a_start(row, "start_time"),
        end_ns=a_time(row, "end_time"),
        status="error" if raised else "unset",
        error=raised.get("message") or raised.get("exception_type") or None,
        input=row.get("input"),
        output=row.get("output"),
        attributes={key: value for key, value in attributes.items() if value not in (None, "", [], {})},
        version="" if is_span else a_version(*(metadata.get(key) for key in VERSIONS)),
        fields={} if is_span else _fields(row, metadata),
        settings={} if is_span else found(metadata),
    )


def _fields(row: Object, metadata: Object) -> dict[str, str]:
    """What a workflow or a cohort can be named by."""
    tags: Any = ", ".join(str(tag) for tag in items(row.get("tags")) if isinstance(tag, (str, int)))
    return plain(metadata, "metadata.") | plain({"name": row.get("name"), "tags": tags or None})
