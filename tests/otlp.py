"""Requests with spans, as exporters send them."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json"}
Json = dict[str, Any]


def pairs(values: Mapping[str, str | int]) -> list[Json]:
    return [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in values.items()
    ]


def span(trace: int, number: int = 1, *, parent: int = 0, ms: int = 100, **more: Any) -> Json:
    """A span that began a minute ago and took so many ms."""
    start = time.time_ns() - 60 * 10**9
    return {
        "traceId": f"{trace:032x}",
        "spanId": f"{number:016x}",
        **({"parentSpanId": f"{parent:016x}"} if parent else {}),
        "name": f"step {number}",
        "kind": 1,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + ms * 10**6),
        "status": {},
        **more,
    }


def request(spans: Sequence[Json], **resource: str) -> Json:
    """What one resource sends, by the attributes that it has (dots as underscores)."""
    told = {key.replace("_", "."): value for key, value in {"service_version": "2026.11", **resource}.items()}
    return {"resourceSpans": [{"resource": {"attributes": pairs(told)}, "scopeSpans": [{"spans": list(spans)}]}]}


def as_json(sent: Json) -> bytes:
    return json.dumps(sent).encode()


def as_protobuf(sent: Json) -> bytes:
    """The same request; protobuf's own reader of JSON takes ids for base64."""
    text = json.dumps(sent, default=str)
    copied = json.loads(text, object_hook=_in_base64)
    return bytes(json_format.ParseDict(copied, ExportTraceServiceRequest()).SerializeToString())


def _in_base64(item: Json) -> Json:
    for name in ("traceId", "spanId", "parentSpanId"):
        if name in item:
            item[name] = base64.b64encode(bytes.fromhex(item[name])).decode()
    return item


def packed(body: bytes) -> bytes:
    return gzip.compress(body)
