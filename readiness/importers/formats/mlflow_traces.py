"""MLflow traces (https://mlflow.org/docs/latest/genai/concepts/trace/): exports of 2.x and 3.x, and tables of them.

A trace is `info` with tags and metadata, and `data` with its spans. 3.x writes ids in base64, or in hex beside an
`otel_trace_id`; 2.x has them in a span's `context`. Every attribute is JSON again, written by a program that knows NaN.
A table of traces (`search_traces`) has each whole in its column `trace`; the column `spans` of a CSV is not read.
Answers of the REST interface (`traces/batchGet`) have `trace_info` and attributes as OpenTelemetry writes them, which
are not JSON again.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from readiness import english
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import table
from readiness.importers.cases.rows import header, read_csv
from readiness.importers.cases.wide import parquet_columns
from readiness.importers.naming import plain
from readiness.importers.otlp.spans import pairs_of
from readiness.importers.settings import found
from readiness.importers.source.gateway import Source, parse_json
from readiness.importers.spans.documents import (
    Object,
    a_text,
    a_version,
    an_id,
    an_object,
    brief,
    joined,
    keys_at,
    records,
)
from readiness.importers.spans.frames import read_parquet
from readiness.importers.spans.raw_spans import RawSpan
from readiness.importers.spans.span_values import BadSpanError, hex_id, kind_of, nanoseconds
from readiness.importers.spans.spans import TraceBuilder
from readiness.language import marked
from readiness.model.traces import SpanStatus

TRACE_BYTES, SPAN_BYTES = 16, 8
TYPE, INPUTS, OUTPUTS, TRACE_ID = "mlflow.spanType", "mlflow.spanInputs", "mlflow.spanOutputs", "mlflow.traceRequestId"
FIGURES = ("/value", "/score")
STATUS: dict[str, SpanStatus] = {
    **dict.fromkeys(("OK", "STATUS_CODE_OK", "1"), "ok"),
    **dict.fromkeys(("ERROR", "STATUS_CODE_ERROR", "2"), "error"),
    **dict.fromkeys(("UNSET", "STATUS_CODE_UNSET", "0"), "unset"),
}
NOTES = {
    "nan": ("attribute", "with NaN or Infinity, shown as nan"),
    "text": ("attribute", "without JSON, kept as text"),
    "id": ("span", f"with an id that is not of {2 * SPAN_BYTES} hexadecimal digits, kept as it is"),
    "naming": ("trace", "whose tags or metadata are no object, so that they name nothing"),
    "assessments": ("assessment", "of traces left out"),
}
"""What is counted while a file is read, and how it is said."""

_WHOLE_ID = re.compile(f"[0-9a-f]{{{2 * SPAN_BYTES}}}")
_OURS = re.compile(r'"mlflow\.(?:traceRequestId|span(?:Type|Inputs|Outputs|FunctionName))"\s*:')


class MlflowTraces:
    format = "mlflow-traces"
    title = marked("MLflow traces (JSON, JSON lines, tables)")

    def sniff(self, source: Source) -> bool:
        if source.head.startswith(table.PARQUET):
            return _is_table(set(parquet_columns(source)))
        if source.head_text.lstrip()[:1] not in ("{", "["):
            return _is_table(set(header(table.first_line(source))))
        outer, inner = keys_at(source)
        if any(key.endswith(FIGURES) for key in outer):
            return False
        answer = "traces" in outer and {"trace_info", "spans"} <= inner
        return answer or _is_trace(outer, inner) or ("spans" in outer | inner and bool(_OURS.search(source.head_text)))

    def read(self, source: Source, options: Options) -> Batch:
        """Every trace of the file. Raises InputError where no span can be kept."""
        return TraceBuilder(source, options, self.format, tool="MLflow").filled(_fill)


IMPORTER = MlflowTraces()


def _fill(traces: TraceBuilder) -> None:
    tally: Counter[str] = Counter()
    for place, record in _records(traces.source):
        try:
            _read_trace(*_unpacked(place, record), traces, tally)
        except BadSpanError as exc:
            traces.skip(place or "document", str(exc))
    traces.notes += [f"{english.counted(tally[key], noun)} {what}" for key, (noun, what) in NOTES.items() if tally[key]]


def _is_trace(outer: set[str], inner: set[str]) -> bool:
    return "info" in outer and ({"trace_id", "trace_metadata"} <= inner or {"request_id", "request_metadata"} <= inner)


def _is_table(columns: set[str]) -> bool:
    """A table of traces; one with figures holds evaluation results."""
    described = {"trace_metadata", "request_metadata"} & columns
    return {"trace", "spans"} <= columns and bool(described) and not any(name.endswith(FIGURES) for name in columns)


def _records(source: Source) -> Iterator[tuple[str, Any]]:
    if source.head.startswith(table.PARQUET):
        yield from read_parquet(source)
        return
    if source.head_text.lstrip()[:1] in ("{", "["):
        yield from records(source, "traces")
    else:
        yield from read_csv(source)


_parsed = english.said(parse_json)
"""What is wrong with a trace is kept with the file."""


def _unpacked(place: str, record: Any) -> tuple[str, Object]:
    """A trace as it stands, or that of a row of a table, which is JSON in its column `trace`."""
    document = an_object(record, "a trace")
    if "trace" not in document or "info" in document:
        return place, document
    cell = document["trace"]
    if isinstance(cell, str):
        try:
            cell = _parsed(cell, file="", nan=True)
        except InputError as exc:
            raise BadSpanError(f"the column trace does not hold one trace as JSON: {exc.problem}") from exc
    return f"{place}, trace", an_object(cell, "a trace in the column trace")


@dataclass(frozen=True)
class _Naming:
    """What a trace says of itself, for its root."""

    version: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)


def _read_trace(place: str, record: Object, traces: TraceBuilder, tally: Counter[str]) -> None:
    """Adds the spans of one trace. Raises BadSpanError where it holds none."""
    info = an_object(record.get("info") or record.get("trace_info") or {}, "info with an id, tags and metadata")
    data = an_object(record.get("data") or record, "data with spans")
    steps = ("data", "spans") if data is not record else ("spans",)
    spans = data.get("spans")
    if not isinstance(spans, list) or not spans:
        raise BadSpanError("there is no span; expected a list of spans" if not spans else "spans is not a list")
    trace_id = an_id(info, "trace_id") or an_id(info, "request_id")
    naming = _naming(info, tally)
    others: Counter[str] = Counter()
    for at, row in enumerate(spans):
        try:
            span, own = _found(an_object(row, "a span"), trace_id, naming, tally)
            traces.add(span)
        except BadSpanError as exc:
            traces.skip(joined(place, *steps, at), str(exc))
            continue
        others[own] += 1
        tally["id"] += not _WHOLE_ID.fullmatch(span.span_id)
    if trace_id and len(others) > 1:
        odd = others.total() - others.most_common(1)[0][1]
        traces.flag(trace_id, f"{english.counted(odd, 'span')} with the id of another trace than the rest")


def _naming(info: Object, tally: Counter[str]) -> _Naming:
    """The version and the fields; what MLflow itself writes there is left out."""
    tags = info.get("tags") or {}
    metadata = info.get("trace_metadata") or info.get("request_metadata") or {}
    tally["naming"] += not (isinstance(tags, dict) and isinstance(metadata, dict))
    tags, metadata = (mapping if isinstance(mapping, dict) else {} for mapping in (tags, metadata))
    assessments = info.get("assessments")
    tally["assessments"] += len(assessments) if isinstance(assessments, list) else 0
    named = [metadata.get("mlflow.modelId"), tags.get("mlflow.modelId"), tags.get("version"), metadata.get("version")]
    theirs = {
        f"{prefix}.{key}": value
        for prefix, mapping in (("tags", tags), ("metadata", metadata))
        for key, value in mapping.items()
        if not key.startswith("mlflow.")
    }
    version = a_version(*named, metadata.get("mlflow.source.git.commit"))
    return _Naming(version, plain(theirs), found(tags | metadata))


def _found(row: Object, trace_id: str, naming: _Naming, tally: Counter[str]) -> tuple[RawSpan, str]:
    """A span, and the id of the trace that it names itself."""
    ids = an_object(row["context"], "context with trace_id and span_id") if row.get("context") else row
    own = hex_id(a_text(row, "otel_trace_id") or a_text(ids, "trace_id"), TRACE_BYTES)
    parent = hex_id(a_text(row, "parent_span_id") or a_text(row, "parent_id"), SPAN_BYTES)
    attributes = _attributes(row.get("attributes") or {}, tally)
    inputs, outputs = attributes.pop(INPUTS, None), attributes.pop(OUTPUTS, None)
    stated = attributes.pop(TRACE_ID, None)
    more = {f"span.{key}": row[key] for key in ("events", "links") if row.get(key)}
    status, message = _status(row)
    start = _time(row, "start_time_unix_nano", "start_time")
    if start is None:
        raise BadSpanError("the start is missing; expected nanoseconds since 1970")
    span = RawSpan(
        trace_id=trace_id or (stated if isinstance(stated, str) else "") or own,
        span_id=hex_id(a_text(ids, "span_id"), SPAN_BYTES),
        parent_id=parent,
        name=a_text(row, "name"),
        kind=kind_of(a_text(row, "name"), attributes.get(TYPE), root=not parent),
        start_ns=start,
        end_ns=_time(row, "end_time_unix_nano", "end_time"),
        status=status,
        error=message or (_exception(row.get("events")) if status == "error" else ""),
        input=inputs,
        output=outputs,
        attributes=attributes | more,
        version=naming.version,
        fields=naming.fields,
        settings={} if parent else naming.settings,
    )
    return span, own


def _attributes(value: Any, tally: Counter[str]) -> Object:
    """Names and values; in a list they are those of OpenTelemetry, and else JSON again."""
    if isinstance(value, list):
        return pairs_of(value)
    named = an_object(value, "names and values in attributes")
    return {key: _decoded(inner, tally) for key, inner in named.items()}


def _decoded(value: Any, tally: Counter[str]) -> Any:
    """What the JSON of an attribute holds; a text that is none stays as it is."""
    if not isinstance(value, str):
        tally["nan"] += not _is_finite(value)
        return value
    try:
        return parse_json(value, file="")
    except InputError:
        pass
    try:
        document = parse_json(value, file="", nan=True)
    except InputError:
        tally["text"] += bool(value.strip())
        return value
    tally["nan"] += 1
    return document


def _is_finite(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def _time(row: Object, *keys: str) -> int | None:
    key = next((key for key in keys if row.get(key) is not None), keys[0])
    try:
        return nanoseconds(row.get(key))
    except BadSpanError as exc:
        raise BadSpanError(f"{key} is {brief(row[key])}; expected nanoseconds since 1970") from exc


def _status(row: Object) -> tuple[SpanStatus, Any]:
    """Ours, and what the span says of its failure."""
    status = row.get("status")
    code, message = status, row.get("status_message")
    if isinstance(status, dict):
        code, message = status.get("code"), status.get("message")
    elif status is None:
        code = row.get("status_code")
    if code is None:
        return "unset", message
    named = str(code).upper().removeprefix("STATUSCODE.") if isinstance(code, (str, int)) else ""
    if named not in STATUS:
        raise BadSpanError(f"the status is {brief(code)}; expected OK, ERROR or UNSET")
    return STATUS[named], message


def _exception(events: Any) -> str:
    """What the first exception that the span recorded says."""
    for event in events if isinstance(events, list) else ():
        attributes = event.get("attributes") if isinstance(event, dict) else None
        if isinstance(attributes, dict) and (
            message := attributes.get("exception.message") or attributes.get("exception.type")
        ):
            return str(message)
    return ""
