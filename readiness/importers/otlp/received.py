"""Spans of requests as lines that may be kept: redacted, and spelt as a collector spells them in a file.

`lines` reads them like any file of OpenTelemetry, so that what comes in live and what comes in files counts alike. A
text is cut one character later than there, which cuts it again and says so.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from readiness import english
from readiness.importers.batch import Batch
from readiness.importers.spans.kept_traces import texts_in
from readiness.importers.spans.raw_spans import DERIVED
from readiness.model.traces import Trace
from readiness.redaction.redactor import CAP, MARKER, Looked, Redactor, rule_of

from .requests import Attributes, Encoding, SentResource, SentSpan, parsed, unpacked

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SYSTEM = "readiness.system"
"""The attribute of a resource that says whose its spans are, before the name of the service does."""
SERVICE = "service.name"
AT_ONCE = 64
"""Spans whose texts are looked through together, and that stand in one line."""
_LEVEL = 1
_CUT = CAP + 1
LOOKED = Looked()
"""Of this process: names and short values stand in request after request."""


@dataclass(frozen=True)
class ReceivedSpans:
    """What one request holds of one system: `lines` are compressed; `named` is what its resources call the system."""

    named: str
    spans: int
    lines: bytes


@dataclass(frozen=True)
class Received:
    """What a request comes to; of `rejected` spans, which cannot be any, the first is why."""

    parts: tuple[ReceivedSpans, ...]
    rejected: int = 0
    why: str = ""


def received(body: bytes, encoding: Encoding, *, gzip: bool, system: str, now_ns: int) -> Received:
    """A request, read and redacted. Raises InputError for one that is none, TooLarge for one that holds too much.

    All is of `system` where that is given, or else of what each resource names.
    """
    resources = parsed(unpacked(body, gzip=gzip), encoding, now_ns=now_ns)
    by_system: dict[str, list[SentResource]] = {}
    for resource in resources:
        named = system or str(resource.attributes.get(SYSTEM) or resource.attributes.get(SERVICE) or "")
        by_system.setdefault(named[:300], []).append(resource)
    wrong = [why for resource in resources for why in resource.wrong]
    parts = tuple(
        ReceivedSpans(named, spans, zstd.compress(b"".join(_lines(own)), _LEVEL))
        for named, own in by_system.items()
        if (spans := sum(len(resource.spans) for resource in own))
    )
    return Received(parts, len(wrong), f"{english.counted(len(wrong), 'span')}: {wrong[0]}" if wrong else "")


def plain(lines: bytes) -> bytes:
    """The lines as they stand in a file."""
    return zstd.decompress(lines)


def counted(batch: Batch) -> Batch:
    """What was redacted before it was kept counts for the traces it stands in."""
    return replace(batch, traces=tuple(map(_counted, batch.traces)))


def _counted(trace: Trace) -> Trace:
    texts = (text for span in trace.spans if DERIVED not in span.attributes for text in texts_in(span.model_dump()))
    marks = Counter(rule_of(marker) for text in texts for marker in MARKER.findall(text))
    return trace.model_copy(update={"redacted": dict(sorted(marks.items()))})


def _lines(resources: Sequence[SentResource]) -> Iterator[bytes]:
    redactor = Redactor(cap=_CUT, looked=LOOKED)
    for resource in resources:
        LOOKED.through(texts_in(resource.attributes), _CUT)
        told = _attributes(redactor, resource.attributes)
        for start in range(0, len(resource.spans), AT_ONCE):
            spans = resource.spans[start : start + AT_ONCE]
            LOOKED.through((text for span in spans for text in _texts_of(span)), _CUT)
            scope = {"spans": [_span(redactor, span) for span in spans]}
            yield orjson.dumps({"resourceSpans": [{"resource": {"attributes": told}, "scopeSpans": [scope]}]}) + b"\n"


def _texts_of(span: SentSpan) -> Iterator[str]:
    yield from texts_in(span.name, span.message, span.attributes)
    for event in span.events:
        yield from texts_in(event.name, event.attributes)
    for link in span.links:
        yield from texts_in(link["attributes"])


def _span(redactor: Redactor, span: SentSpan) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "parentSpanId": span.parent_id,
        "name": redactor.text(span.name),
        "startTimeUnixNano": str(span.start_ns),
        "endTimeUnixNano": str(span.end_ns),
        "attributes": _attributes(redactor, span.attributes),
        "status": {"code": span.code, "message": redactor.text(span.message)} if span.code or span.message else {},
    }
    if span.events:
        shown["events"] = [
            {
                "timeUnixNano": str(event.time_ns),
                "name": redactor.text(event.name),
                "attributes": _attributes(redactor, event.attributes),
            }
            for event in span.events
        ]
    if span.links:
        shown["links"] = [{**link, "attributes": _attributes(redactor, link["attributes"])} for link in span.links]
    return shown


def _attributes(redactor: Redactor, attributes: Attributes) -> list[dict[str, Any]]:
    return _pairs(redactor.value(dict(attributes)))


def _pairs(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _any(value)} for key, value in values.items()]


_KINDS: dict[type, Callable[[Any], dict[str, Any]]] = {
    str: lambda value: {"stringValue": value},
    bool: lambda value: {"boolValue": value},
    int: lambda value: {"intValue": str(value)},
    list: lambda value: {"arrayValue": {"values": [_any(item) for item in value]}},
    dict: lambda value: {"kvlistValue": {"values": _pairs(value)}},
    float: lambda value: {"doubleValue": value} if math.isfinite(value) else {"stringValue": str(value)},
}


def _any(value: Any) -> dict[str, Any]:
    return _KINDS[type(value)](value) if value is not None else {}
