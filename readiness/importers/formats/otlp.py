"""OpenTelemetry traces as JSON, as files of collectors and SDKs have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from readiness import english
from readiness.importers.batch import Batch, Options
from readiness.importers.otlp import lines
from readiness.importers.otlp.spans import ODD_IDS, RESOURCES, SCOPES, found_in, has_usual_ids, pick, walk
from readiness.importers.source.gateway import Source
from readiness.importers.spans.documents import documents, objects
from readiness.importers.spans.span_values import BadSpanError
from readiness.importers.spans.spans import TraceBuilder
from readiness.language import marked


class Otlp:
    format = "otlp"
    title = marked("OpenTelemetry traces (OTLP JSON)")

    def sniff(self, source: Source) -> bool:
        return any(_is_ours(document) for document in objects(source))

    def read(self, source: Source, options: Options) -> Batch:
        if lines.fits(source):
            return lines.read(source, options, self.format)
        return TraceBuilder(source, options, self.format, tool="OpenTelemetry").filled(_fill)


IMPORTER = Otlp()


def _fill(traces: TraceBuilder) -> None:
    odd = 0
    for place, document in documents(traces.source, *RESOURCES):
        for where, row, resource in walk(document, place, traces):
            try:
                span = found_in(row, resource)
                traces.add(span)
            except BadSpanError as exc:
                traces.skip(where, str(exc))
                continue
            odd += not has_usual_ids(span)
            traces.tool_version = traces.tool_version or str(resource.get("telemetry.sdk.version") or "")
    if odd:
        traces.notes.append(f"{english.counted(odd, 'span')} {ODD_IDS}")


def _is_ours(row: Mapping[str, Any]) -> bool:
    """A wrapper of spans, or a span as the console exporter or a dump from JavaScript has it."""
    if not {*RESOURCES[:2], *SCOPES[:2]}.isdisjoint(row):
        return True
    if isinstance(row.get("batches"), list):
        return any(isinstance(batch, dict) and not set(SCOPES).isdisjoint(batch) for batch in row["batches"])
    if {"traceId", "spanId", "startTimeUnixNano"} <= row.keys():
        return True
    context = pick(row, "spanContext", "context")
    if not isinstance(context, dict):
        return False
    console = str(row.get("kind")).startswith("SpanKind.") or isinstance(row.get("status"), dict)
    return "traceId" in context if "spanContext" in row else console and {"trace_id", "span_id"} <= context.keys()
