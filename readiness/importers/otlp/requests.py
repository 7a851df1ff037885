"""Requests of exporters: what they hold, before anything of it is redacted or kept.

The protocol is https://opentelemetry.io/docs/specs/otlp/#otlphttp-request: an ExportTraceServiceRequest as protobuf or
as JSON, whole or as gzip. Only what the figures and the samples are drawn from is taken over; the rest (scopes, states,
counts of what was dropped) is left where it is.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from readiness import extras, formatting
from readiness.errors import InputError
from readiness.importers.source.gateway import check_memory
from readiness.importers.source.limits import REQUEST_CAP, REQUEST_SPANS
from readiness.importers.spans.raw_spans import LONGEST_NAME
from readiness.importers.spans.semconv import brief, flat, put
from readiness.importers.spans.span_values import BadSpanError, nanoseconds
from readiness.language import marked, tr

from .spans import SPAN_BYTES, TRACE_BYTES, attributes_of

Encoding = Literal["protobuf", "json"]
Attributes = dict[str, Any]
DAY_NS = 86_400 * 10**9
_IDS = {length: re.compile(f"[0-9a-fA-F]{{{2 * length}}}") for length in (TRACE_BYTES, SPAN_BYTES)}
_EXPECTED = marked("an ExportTraceServiceRequest")


class TooLarge(InputError):
    """More than one request may hold; the sender should send less at once."""


@dataclass(frozen=True)
class SentEvent:
    name: str
    attributes: Attributes
    time_ns: int


@dataclass(frozen=True)
class SentSpan:
    """One span as it was sent; attributes are flat, with plain values. Nothing of it is redacted."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    start_ns: int
    end_ns: int
    code: int
    message: str
    attributes: Attributes = field(repr=False)
    events: tuple[SentEvent, ...] = field(repr=False)
    links: tuple[Mapping[str, Any], ...] = field(repr=False)


@dataclass
class SentResource:
    """What one resource sent; `wrong` says why spans of it cannot be taken, one sentence for each."""

    attributes: Attributes
    spans: list[SentSpan] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def unpacked(body: bytes, *, gzip: bool) -> bytes:
    """The bytes of a request. Raises TooLarge before more than that is unpacked, InputError where it is no gzip."""
    if not gzip:
        if len(body) > REQUEST_CAP:
            raise _too_large()
        return body
    try:
        reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
        plain = reader.decompress(body, REQUEST_CAP + 1)
    except zlib.error as exc:
        raise InputError(tr("the body is not gzip"), expected=tr("what Content-Encoding names")) from exc
    if len(plain) > REQUEST_CAP:
        raise _too_large()
    if not reader.eof or reader.unused_data:
        raise InputError(tr("the gzip breaks off, or goes on behind its end"), expected=tr("one whole stream"))
    return plain


def _too_large() -> TooLarge:
    return TooLarge(
        tr("the request is too large"),
        expected=tr("at most {most} bytes, unpacked too", most=formatting.whole(REQUEST_CAP)),
    )


def parsed(plain: bytes, encoding: Encoding, *, now_ns: int) -> list[SentResource]:
    """What each resource sent. Raises InputError for what is no request, TooLarge for too many spans."""
    return _of_protobuf(plain, now_ns) if encoding == "protobuf" else _of_json(plain, now_ns)


def _check_number(spans: int) -> None:
    if spans > REQUEST_SPANS:
        raise TooLarge(
            tr("the request has {number} spans", number=formatting.whole(spans)),
            expected=tr("at most {most}", most=formatting.whole(REQUEST_SPANS)),
        )


def _span(now_ns: int, ids: tuple[str, str, str], name: Any, start: int, end: int, **rest: Any) -> SentSpan:
    """Raises BadSpanError for what cannot be a span."""
    trace_id, span_id, parent_id = ids
    if len(name) > LONGEST_NAME:
        raise BadSpanError(f"the name has {len(name):,} characters; expected at most {LONGEST_NAME:,}")
    if not 0 < start < now_ns + DAY_NS or not 0 <= end < 2**63:
        raise BadSpanError("a time is missing or lies in the future; expected nanoseconds since 1970")
    return SentSpan(trace_id, span_id, parent_id, name, start, end, **rest)


def _id(digits: str, length: int, what: str) -> str:
    if not _IDS[length].fullmatch(digits) or not digits.strip("0"):
        raise BadSpanError(f"the {what} id is {brief(digits)}; expected {length} bytes that are not all 0")
    return digits.lower()


def _text(value: str) -> str:
    """No store can keep the character of zero."""
    return value.replace("\0", "\ufffd") if "\0" in value else value


# Protobuf


def _of_protobuf(plain: bytes, now_ns: int) -> list[SentResource]:
    with extras.asked():
        from google.protobuf.message import DecodeError
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    try:
        request = ExportTraceServiceRequest.FromString(plain)
    except DecodeError as exc:
        raise InputError(tr("the protobuf breaks off or is malformed"), expected=tr(_EXPECTED)) from exc
    groups = request.resource_spans
    _check_number(sum(len(scope.spans) for group in groups for scope in group.scope_spans))
    resources = []
    for group in groups:
        sent = SentResource(_pairs(group.resource.attributes))
        for span in (span for scope in group.scope_spans for span in scope.spans):
            try:
                sent.spans.append(_of_message(span, now_ns))
            except BadSpanError as exc:
                sent.wrong.append(str(exc))
        resources.append(sent)
    return resources


def _of_message(span: Any, now_ns: int) -> SentSpan:
    parent = span.parent_span_id.hex()
    ids = (
        _id(span.trace_id.hex(), TRACE_BYTES, "trace"),
        _id(span.span_id.hex(), SPAN_BYTES, "span"),
        _id(parent, SPAN_BYTES, "parent") if parent.strip("0") else "",
    )
    return _span(
        now_ns,
        ids,
        _text(span.name),
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        code=span.status.code,
        message=_text(span.status.message),
        attributes=_pairs(span.attributes),
        events=tuple(
            SentEvent(_text(event.name), _pairs(event.attributes), event.time_unix_nano) for event in span.events
        ),
        links=tuple(
            {"traceId": link.trace_id.hex(), "spanId": link.span_id.hex(), "attributes": _pairs(link.attributes)}
            for link in span.links
        ),
    )


def _pairs(items: Any) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for item in items:
        put(pairs, _text(item.key), _value(item.value))
    return flat(pairs)


def _value(value: Any) -> Any:
    match value.WhichOneof("value"):
        case "string_value":
            return _text(value.string_value)
        case "int_value" | "double_value" | "bool_value" as name:
            return getattr(value, name)
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode()
        case "array_value":
            return [_value(item) for item in value.array_value.values]
        case "kvlist_value":
            return _pairs(value.kvlist_value.values)
    return None


# JSON


def _of_json(plain: bytes, now_ns: int) -> list[SentResource]:
    try:
        check_memory(plain.decode("utf-8"), file="")
        request = orjson.loads(plain)
    except (UnicodeDecodeError, orjson.JSONDecodeError) as exc:
        raise InputError(tr("the JSON breaks off or is malformed"), expected=tr(_EXPECTED)) from exc
    groups = list(_listed(request, "resourceSpans"))
    _check_number(sum(1 for group in groups for scope in _listed(group, "scopeSpans") for _ in _listed(scope, "spans")))
    return [_of_group(group, now_ns) for group in groups]


def _listed(holder: Any, name: str) -> Iterator[Any]:
    if not isinstance(holder, dict) or not isinstance(holder.get(name, []), list | None):
        raise InputError(tr("there is no list of {name}", name=name), expected=tr(_EXPECTED))
    yield from holder.get(name) or []


def _of_group(group: Mapping[str, Any], now_ns: int) -> SentResource:
    try:
        sent = SentResource(_named(group.get("resource") or {}))
    except (BadSpanError, AttributeError) as exc:
        raise InputError(tr("a resource cannot be read"), expected=tr(_EXPECTED)) from exc
    for span in (span for scope in _listed(group, "scopeSpans") for span in _listed(scope, "spans")):
        try:
            sent.spans.append(_of_object(span, now_ns))
        except BadSpanError as exc:
            sent.wrong.append(str(exc))
    return sent


def _of_object(span: Any, now_ns: int) -> SentSpan:
    if not isinstance(span, dict) or not isinstance(status := span.get("status") or {}, dict):
        raise BadSpanError(f"this is {brief(span)}; expected one span")
    parent = _word(span, "parentSpanId")
    ids = (
        _id(_word(span, "traceId"), TRACE_BYTES, "trace"),
        _id(_word(span, "spanId"), SPAN_BYTES, "span"),
        _id(parent, SPAN_BYTES, "parent") if parent.strip("0") else "",
    )
    return _span(
        now_ns,
        ids,
        _word(span, "name"),
        nanoseconds(span.get("startTimeUnixNano")) or 0,
        nanoseconds(span.get("endTimeUnixNano")) or 0,
        code=_code(status.get("code")),
        message=_word(status, "message"),
        attributes=_named(span),
        events=tuple(
            SentEvent(_word(event, "name"), _named(event), nanoseconds(event.get("timeUnixNano")) or 0)
            for event in _objects(span, "events")
        ),
        links=tuple(
            {"traceId": _word(link, "traceId"), "spanId": _word(link, "spanId"), "attributes": _named(link)}
            for link in _objects(span, "links")
        ),
    )


def _word(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    if value is not None and not isinstance(value, str):
        raise BadSpanError(f"{name} is {brief(value)}; expected text")
    return _text(value or "")


def _objects(holder: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    items = holder.get(name) or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise BadSpanError(f"{name} is {brief(items)}; expected a list of objects")
    return items


def _code(value: Any) -> int:
    if value not in (None, 0, 1, 2) or isinstance(value, bool):
        raise BadSpanError(f"the status code is {brief(value)}; expected 0, 1 or 2")
    return int(value or 0)


def _named(holder: Mapping[str, Any]) -> dict[str, Any]:
    return {_text(key): _plain(value) for key, value in attributes_of(holder.get("attributes")).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {_text(key): _plain(item) for key, item in value.items()} if isinstance(value, dict) else value
