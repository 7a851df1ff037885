"""What exporters of OpenTelemetry are answered, in the encoding in which they ask.

https://opentelemetry.io/docs/specs/otlp/#otlphttp-response: an ExportTraceServiceResponse with 200, also where some
spans were not taken, and a google.rpc.Status with everything else. What may be sent again has 429 or 503 and
Retry-After.
"""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response

from readiness.errors import Denied, InputError, NotFound, ReadinessError, StoreError
from readiness.importers.otlp.requests import Encoding, TooLarge
from readiness.language import tr

from .refusals import NoToken

MEDIA: dict[str, Encoding] = {"application/x-protobuf": "protobuf", "application/json": "json"}
"""What a request may be, by its media type."""
AGAIN = "5"
"""Seconds after which a sender may try again."""


class Busy(ReadinessError):
    """More is sent than can be read or kept at the moment."""


class OfAnotherKind(InputError):
    """A body of a media type or an encoding that the protocol does not have."""


_CODES: tuple[tuple[type[ReadinessError], int, int], ...] = (
    (NoToken, 401, 16),
    (Denied, 403, 7),
    (NotFound, 404, 5),
    (TooLarge, 413, 8),
    (OfAnotherKind, 415, 3),
    (InputError, 400, 3),
    (Busy, 429, 8),
    (StoreError, 503, 14),
)
"""Each failure with its status of HTTP and its code of gRPC (https://grpc.io/docs/guides/status-codes/)."""


def encoding_of(content_type: str) -> Encoding | None:
    """None for a media type that the protocol does not have."""
    return MEDIA.get(content_type.partition(";")[0].strip().lower())


def media_of(content_type: str) -> Encoding:
    """Raises OfAnotherKind."""
    encoding = encoding_of(content_type)
    if encoding is None:
        raise OfAnotherKind(
            tr("the body is {content_type!r}", content_type=content_type[:60]),
            place="Content-Type",
            expected=" or ".join(MEDIA),
        )
    return encoding


def is_gzip(content_encoding: str) -> bool:
    """Raises OfAnotherKind."""
    named = content_encoding.strip().lower()
    if named not in ("", "identity", "gzip"):
        raise OfAnotherKind(
            tr("the body is packed as {named!r}", named=named[:60]),
            place="Content-Encoding",
            expected=tr("gzip, or nothing"),
        )
    return named == "gzip"


def taken(encoding: Encoding, rejected: int, why: str) -> Response:
    """The answer for a request of which all spans are kept but so many."""
    if encoding == "json":
        partial = {"partialSuccess": {"rejectedSpans": str(rejected), "errorMessage": why}} if rejected else {}
        return _answer(encoding, orjson.dumps(partial), 200)
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

    response = ExportTraceServiceResponse()
    if rejected:
        response.partial_success.rejected_spans = rejected
        response.partial_success.error_message = why
    return _answer(encoding, response.SerializeToString(), 200)


def refusal(encoding: Encoding, exc: ReadinessError) -> Response:
    status, code = next(((status, code) for kind, status, code in _CODES if isinstance(exc, kind)), (500, 2))
    headers = {"Retry-After": AGAIN} if status in (429, 503) else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if encoding == "json":
        return _answer(encoding, orjson.dumps({"code": code, "message": str(exc)}), status, headers)
    from google.rpc.status_pb2 import Status

    return _answer(encoding, Status(code=code, message=str(exc)).SerializeToString(), status, headers)


def _answer(encoding: Encoding, body: Any, status: int, headers: dict[str, str] | None = None) -> Response:
    media_type = next(name for name, own in MEDIA.items() if own == encoding)
    return Response(body, status, headers, media_type)
