"""The spans that stand in JSON of OpenTelemetry, one by one, in every way that files have them.

The format is the JSON encoding of the protocol (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding and
https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto): ids in hex,
fields in camel case. A collector writes one document a line. Other writers differ: ids in base64, names in snake case,
enums by name, a ResourceSpans alone. The console exporter of an SDK writes one object for each span, and dumps from
JavaScript have times as [seconds, nanoseconds]; both have attributes as an object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from readiness.importers.spans.raw_spans import RawSpan, Skipping
from readiness.importers.spans.semconv import SpanEvent, brief, describe, flat, identifier, put, text
from readiness.importers.spans.span_values import NANO, BadSpanError, hex_id, instant, nanoseconds

TRACE_BYTES, SPAN_BYTES = 16, 8
ODD_IDS = f"with ids that are not of {2 * TRACE_BYTES} and {2 * SPAN_BYTES} hexadecimal digits, kept as they are"
RESOURCES = ("resourceSpans", "resource_spans", "batches")
SCOPES = ("scopeSpans", "scope_spans", "instrumentationLibrarySpans")
START = ("startTimeUnixNano", "start_time_unix_nano", "startTime", "start_time")
END = ("endTimeUnixNano", "end_time_unix_nano", "endTime", "end_time")
SpanItem = tuple[str, Any, Mapping[str, Any]]


def pick(row: Mapping[str, Any], *names: str) -> Any:
    """The first of these that is there and not null."""
    return next((row[name] for name in names if row.get(name) is not None), None)


def walk(document: Any, place: str, traces: Skipping) -> Iterator[SpanItem]:
    """The spans of a document, each with its place and what its resource says; what holds none is skipped."""
    if isinstance(document, list):
        for at, item in enumerate(document):
            yield from walk(item, f"{place}{', ' if place else ''}[{at}]", traces)
    elif not isinstance(document, dict):
        traces.skip(place or "line 1", f"this is {brief(document)}; expected an object with spans")
    elif not set(RESOURCES).isdisjoint(document):
        name = next(key for key in RESOURCES if key in document)
        for where, group in _listed(document, name, place, traces):
            yield from _group(group, where, traces)
    elif not set(SCOPES).isdisjoint(document):
        yield from _group(document, place, traces)
    elif isinstance(pick(document, *START, "context", "spanContext", "spanId"), (str, int, dict, list)):
        yield from _single(document, place or "line 1", traces)
    else:
        names = ", ".join(sorted(str(key)[:40] for key in document)[:5])
        traces.skip(place or "line 1", f"there are no spans in this object ({names or 'it is empty'})")


def _group(group: Any, place: str, traces: Skipping) -> Iterator[SpanItem]:
    """The spans of one ResourceSpans."""
    if not isinstance(group, dict):
        traces.skip(place, f"this is {brief(group)}; expected an object with scopeSpans")
        return
    try:
        resource = resource_of(group)
    except BadSpanError as exc:
        traces.skip(place or "line 1", f"its spans are left out, because of its resource: {exc}")
        return
    for name in SCOPES:
        for where, scope in _listed(group, name, place, traces):
            if isinstance(scope, dict):
                yield from ((at, span, resource) for at, span in _listed(scope, "spans", where, traces))
            else:
                traces.skip(where, f"this is {brief(scope)}; expected an object with spans")


def _single(span: dict[str, Any], place: str, traces: Skipping) -> Iterator[SpanItem]:
    """A span that carries its resource itself."""
    try:
        yield place, span, resource_of(span)
    except BadSpanError as exc:
        traces.skip(place, f"its resource cannot be read: {exc}")


def _listed(holder: dict[str, Any], name: str, place: str, traces: Skipping) -> Iterator[tuple[str, Any]]:
    where = f"{place}{', ' if place.startswith('line') and '[' not in place else '.' if place else ''}{name}"
    items = holder.get(name)
    if items is not None and not isinstance(items, list):
        traces.skip(where, f"this is {brief(items)}; expected a list")
    elif items:
        yield from ((f"{where}[{at}]", item) for at, item in enumerate(items))


def resource_of(holder: dict[str, Any]) -> dict[str, Any]:
    resource = holder.get("resource") or {}
    if not isinstance(resource, dict):
        raise BadSpanError(f"resource is {brief(resource)}; expected an object")
    return attributes_of(resource.get("attributes"))


def found_in(row: Any, resource: Mapping[str, Any]) -> RawSpan:
    """One span; everything that may be wrong with it is looked at here."""
    if not isinstance(row, dict):
        raise BadSpanError(f"this is {brief(row)}; expected one span")
    context, above = (_part(row, *names) for names in (("context", "spanContext"), ("parentSpanContext",)))
    trace, span = (_either(row, context, *names) for names in (("traceId", "trace_id"), ("spanId", "span_id")))
    parent = pick(row, "parentSpanId", "parent_span_id", "parent_id")
    start, status = _moment(pick(row, *START)), _part(row, "status")
    if start is None:
        raise BadSpanError("the start time is missing")
    raw_span = RawSpan(
        trace_id=_id(trace, TRACE_BYTES, "trace id"),
        span_id=_id(span, SPAN_BYTES, "span id"),
        parent_id=_id(pick(above, "spanId", "span_id") if parent is None else parent, SPAN_BYTES, "parent id"),
        name=text(row.get("name"), "name"),
        start_ns=start,
        end_ns=_moment(pick(row, *END)),
    )
    attributes = attributes_of(row.get("attributes"))
    if row.get("links"):
        put(attributes, "links", row["links"])
    return describe(
        raw_span,
        attributes,
        events_of(row.get("events")),
        code=pick(status, "code", "status_code"),
        message=pick(status, "message", "description"),
        resource=resource,
    )


def _either(row: dict[str, Any], context: dict[str, Any], *names: str) -> Any:
    value = pick(row, *names)
    return pick(context, *names) if value is None else value


def _part(row: dict[str, Any], *names: str) -> dict[str, Any]:
    part = pick(row, *names)
    if part is not None and not isinstance(part, dict):
        raise BadSpanError(f"{names[0]} is {brief(part)}; expected an object")
    return part or {}


def _id(value: object, length: int, what: str) -> str:
    return identifier(hex_id(identifier(value, what), length), what)


def has_usual_ids(span: RawSpan) -> bool:
    lengths = ((span.trace_id, TRACE_BYTES), (span.span_id, SPAN_BYTES), (span.parent_id or "0" * 16, SPAN_BYTES))
    return all(re.fullmatch(f"[0-9a-f]{{{2 * length}}}", digits) for digits, length in lengths)


def _moment(value: object) -> int | None:
    """Nanoseconds of a number, of digits, of a time as text, or of [seconds, nanoseconds]; None where it is not set."""
    if isinstance(value, list):
        if len(value) != 2 or not all(type(part) is int and part >= 0 for part in value) or value[1] >= NANO:
            raise BadSpanError(f"a time is {brief(value)}; expected [seconds, nanoseconds]")
        return int(value[0] * NANO + value[1]) or None
    if isinstance(value, str) and re.match("[0-9]{4}-", value):
        return instant(value)
    return nanoseconds(value)


def events_of(value: Any) -> list[SpanEvent]:
    if value is not None and not isinstance(value, list):
        raise BadSpanError(f"events is {brief(value)}; expected a list")
    events = []
    for event in value or []:
        if not isinstance(event, dict):
            raise BadSpanError(f"an event is {brief(event)}; expected an object")
        time = pick(event, "timeUnixNano", "time_unix_nano", "timestamp", "time")
        events.append(
            SpanEvent(text(event.get("name"), "name of an event"), attributes_of(event.get("attributes")), time)
        )
    return events


def attributes_of(value: Any) -> dict[str, Any]:
    """Names and values, flat; a list of key and value, or an object."""
    if isinstance(value, list):
        value = pairs_of(value)
    if value is not None and not isinstance(value, dict):
        raise BadSpanError(f"attributes is {brief(value)}; expected names and values")
    return flat(value or {})


def pairs_of(items: Any) -> dict[str, Any]:
    """Names and values of a list of keys with an AnyValue each. Raises BadSpanError."""
    pairs: dict[str, Any] = {}
    for pair in _values(items):
        if not isinstance(pair, dict) or not isinstance(pair.get("key"), str):
            raise BadSpanError(f"an attribute is {brief(pair)}; expected a key with a value")
        put(pairs, pair["key"], value_of(pair.get("value")))
    return pairs


def _values(items: Any) -> list[Any]:
    if isinstance(items, dict):
        items = items.get("values") or []
    if not isinstance(items, list):
        raise BadSpanError(f"the value of an attribute is {brief(items)}; expected a list of values")
    return items


def value_of(value: Any) -> Any:
    """What an AnyValue holds, of which one member is set; a value that is none already is taken as it stands."""
    for name, inner in value.items() if isinstance(value, dict) else ():
        if inner is None:
            continue
        match name.replace("_", "").lower():
            case "stringvalue" | "boolvalue" | "doublevalue" | "bytesvalue":
                return inner
            case "intvalue":
                return int(inner) if isinstance(inner, str) and re.fullmatch("-?[0-9]{1,19}", inner) else inner
            case "arrayvalue":
                return [value_of(item) for item in _values(inner)]
            case "kvlistvalue":
                return pairs_of(inner)
    return value if not isinstance(value, dict) or any(inner is not None for inner in value.values()) else None
