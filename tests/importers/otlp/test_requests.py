"""Requests with spans as protobuf and as JSON: both say the same, and what cannot be one is refused in a sentence."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from readiness.errors import InputError
from readiness.importers.otlp.requests import Encoding, TooLarge, parsed, unpacked
from readiness.importers.source.limits import REQUEST_CAP, REQUEST_SPANS
from tests import otlp

NOW = 4 * 10**18
ENCODINGS: tuple[Encoding, ...] = ("protobuf", "json")
WRITTEN = {"protobuf": otlp.as_protobuf, "json": otlp.as_json}
VALUES = [
    {"key": "text", "value": {"stringValue": "a\0b"}},
    {"key": "number", "value": {"intValue": "7"}},
    {"key": "share", "value": {"doubleValue": 0.5}},
    {"key": "yes", "value": {"boolValue": True}},
    {"key": "list", "value": {"arrayValue": {"values": [{"stringValue": "x"}, {"intValue": "2"}]}}},
    {"key": "inner", "value": {"kvlistValue": {"values": [{"key": "deep", "value": {"stringValue": "y"}}]}}},
]
WHOLE = otlp.span(
    7,
    2,
    parent=1,
    attributes=VALUES,
    status={"code": 2, "message": "gone"},
    events=[{"name": "exception", "timeUnixNano": "1790000000000000000", "attributes": VALUES[:1]}],
    links=[{"traceId": f"{9:032x}", "spanId": f"{3:016x}", "attributes": VALUES[1:2]}],
)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_span_is_taken_over_whole(encoding: Encoding) -> None:
    (resource,) = parsed(WRITTEN[encoding](otlp.request([WHOLE], service_name="desk")), encoding, now_ns=NOW)
    assert resource.attributes == {"service.version": "2026.11", "service.name": "desk"}
    assert resource.wrong == []
    (span,) = resource.spans
    assert (span.trace_id, span.span_id, span.parent_id) == (f"{7:032x}", f"{2:016x}", f"{1:016x}")
    assert (span.name, span.code, span.message) == ("step 2", 2, "gone")
    assert span.end_ns - span.start_ns == 100 * 10**6
    assert span.attributes == {
        "text": "a\ufffdb",
        "number": 7,
        "share": 0.5,
        "yes": True,
        "list": ["x", 2],
        "inner.deep": "y",
    }
    (event,), (link,) = span.events, span.links
    assert (event.name, event.time_ns, event.attributes) == ("exception", 1790000000000000000, {"text": "a\ufffdb"})
    assert link == {"traceId": f"{9:032x}", "spanId": f"{3:016x}", "attributes": {"number": 7}}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"traceId": "0" * 32}, "the trace id is "),
        ({"spanId": "0" * 16}, "the span id is "),
        ({"startTimeUnixNano": "0"}, "a time is missing or lies in the future"),
        ({"startTimeUnixNano": str(NOW * 2)}, "a time is missing or lies in the future"),
        ({"name": "n" * 30_000}, "the name has 30,000 characters"),
    ],
)
def test_a_span_that_cannot_be_one_is_told_and_the_others_are_taken(
    encoding: Encoding, wrong: dict[str, Any], why: str
) -> None:
    sent = otlp.request([otlp.span(1) | wrong, otlp.span(2)])
    (resource,) = parsed(WRITTEN[encoding](sent), encoding, now_ns=NOW)
    assert [span.trace_id for span in resource.spans] == [f"{2:032x}"]
    assert len(resource.wrong) == 1
    assert resource.wrong[0].startswith(why)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": 3}, "name is '3'; expected text"),
        ({"status": {"code": 9}}, "the status code is '9'; expected 0, 1 or 2"),
        ({"status": 1}, "this is '{"),
        ({"events": {"name": "x"}}, "events is '{"),
        ({"links": [1]}, "links is '[1]'; expected a list of objects"),
        ({"parentSpanId": "xyz"}, "the parent id is 'xyz'"),
    ],
)
def test_json_that_is_no_span_is_told(wrong: dict[str, Any], why: str) -> None:
    (resource,) = parsed(otlp.as_json(otlp.request([otlp.span(1) | wrong])), "json", now_ns=NOW)
    assert resource.spans == []
    assert resource.wrong[0].startswith(why)


@pytest.mark.parametrize(
    ("body", "encoding", "problem"),
    [
        (otlp.as_protobuf(otlp.request([WHOLE]))[:-3], "protobuf", "the protobuf breaks off"),
        (otlp.as_json(otlp.request([WHOLE]))[:-3], "json", "the JSON breaks off"),
        (b"\xff\xfe", "json", "the JSON breaks off"),
        (b"[]", "json", "there is no list of resourceSpans"),
        (b'{"resourceSpans": "x"}', "json", "there is no list of resourceSpans"),
        (b'{"resourceSpans": [1]}', "json", "there is no list of scopeSpans"),
        (b'{"resourceSpans": [{"resource": 1}]}', "json", "a resource cannot be read"),
    ],
)
def test_what_is_no_request_is_refused(body: bytes, encoding: Encoding, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        parsed(body, encoding, now_ns=NOW)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_more_spans_than_one_request_may_have_are_refused(encoding: Encoding) -> None:
    many = otlp.request([otlp.span(1, number) for number in range(1, REQUEST_SPANS + 2)])
    with pytest.raises(TooLarge, match=f"the request has {REQUEST_SPANS + 1:,} spans"):
        parsed(WRITTEN[encoding](many), encoding, now_ns=NOW)


def test_a_body_is_unpacked_within_limits() -> None:
    plain = otlp.as_json(otlp.request([WHOLE]))
    assert unpacked(plain, gzip=False) == plain
    assert unpacked(otlp.packed(plain), gzip=True) == plain
    bomb = zlib.compress(b"\0" * (REQUEST_CAP + 1), 9, 16 + zlib.MAX_WBITS)
    for body, gzip, problem in (
        (b"\0" * (REQUEST_CAP + 1), False, "the request is too large"),
        (bomb, True, "the request is too large"),
        (plain, True, "the body is not gzip"),
        (otlp.packed(plain)[:-9], True, "the gzip breaks off"),
        (otlp.packed(plain) + b"x", True, "the gzip breaks off"),
    ):
        with pytest.raises(InputError, match=problem):
            unpacked(body, gzip=gzip)
