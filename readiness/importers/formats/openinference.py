"""Spans with OpenInference attributes as Phoenix hands them out: data frames as Parquet, JSON lines or CSV, and REST.

Names and values are those of https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md; the
frame has `context.trace_id`, `context.span_id` and a column for each attribute (`attributes.llm.model_name`), the REST
interface the same as objects (https://arize.com/docs/phoenix). A span that came in as OpenTelemetry's own JSON or as a
dump from JavaScript has another shape, whatever its attributes: the importer of OpenTelemetry traces takes it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import table
from readiness.importers.cases.rows import header
from readiness.importers.cases.wide import parquet_columns
from readiness.importers.settings import found
from readiness.importers.source.gateway import Source
from readiness.importers.source.lines import csv_lines, longest_cell
from readiness.importers.source.python_literals import loaded
from readiness.importers.spans.documents import documents, objects
from readiness.importers.spans.frames import read_parquet
from readiness.importers.spans.raw_spans import RawSpan
from readiness.importers.spans.semconv import SpanEvent, brief, describe, flat, identifier, put, text
from readiness.importers.spans.span_values import BadSpanError, hex_id, instant
from readiness.importers.spans.spans import TraceBuilder
from readiness.language import marked, tr

TRACE_ID, SPAN_ID = "context.trace_id", "context.span_id"
TRACE_BYTES, SPAN_BYTES = 16, 8
SIGNS = {"span_kind", "status_code", "attributes.openinference.span.kind"}
"""One of these is beside the ids, or it is a span of another tool."""
_UNITS = {range(10**12, 10**13): 10**6, range(10**15, 10**16): 10**3, range(10**18, 7 * 10**18): 1}
"""Since 2001 a whole number of milliseconds, microseconds or nanoseconds is told by its length."""
_TEXTS = {"attributes.input.value", "attributes.output.value", "name", "status_message"}


class OpenInference:
    format = "openinference"
    title = marked("OpenInference spans of Phoenix (Parquet, JSON lines, CSV, REST JSON)")

    def sniff(self, source: Source) -> bool:
        if source.head.startswith(table.PARQUET):
            return _are_columns(parquet_columns(source))
        first = table.first_line(source)
        if first.startswith(("{", "[")):
            return any(_is_span(item) or _is_attributes(item) for item in _candidates(source))
        return _are_columns(header(first)) or _are_annotations(header(first))

    def read(self, source: Source, options: Options) -> Batch:
        return TraceBuilder(source, options, self.format, tool="Phoenix").filled(_fill)


IMPORTER = OpenInference()


def _fill(traces: TraceBuilder) -> None:
    for place, row in _rows(traces.source, traces):
        try:
            traces.add(_found(row))
        except BadSpanError as exc:
            traces.skip(place, str(exc))


def _candidates(source: Source) -> Iterator[dict[str, Any]]:
    for document in objects(source):
        data = document.get("data")
        yield from (row for row in data if isinstance(row, dict)) if isinstance(data, list) else (document,)


def _is_span(row: Mapping[str, Any]) -> bool:
    context = row.get("context")
    nested = isinstance(context, dict) and {"trace_id", "span_id"} <= context.keys()
    return (nested and bool({"span_kind", "status_code"} & row.keys())) or _are_columns(row)


def _are_columns(names: Any) -> bool:
    return {TRACE_ID, SPAN_ID} <= set(names) and not SIGNS.isdisjoint(names)


def _are_annotations(names: Any) -> bool:
    return {"span_id", "annotation_name", "annotator_kind"} <= set(names)


def _is_attributes(row: Mapping[str, Any]) -> bool:
    """The attributes of one span alone; `read` says that this is no span."""
    return "openinference.span.kind" in row or {"gen_ai.operation.name", "gen_ai.request.model"} <= row.keys()


def _rows(source: Source, traces: TraceBuilder) -> Iterator[tuple[str, Any]]:
    if source.head.startswith(table.PARQUET):
        return read_parquet(source)
    first = table.first_line(source)
    return _json(source, traces) if first.startswith(("{", "[")) else _csv(source)


def _json(source: Source, traces: TraceBuilder) -> Iterator[tuple[str, Any]]:
    """Lines, a list, or pages of the REST interface; the last of them says whether there are more."""
    further = False
    for place, document in documents(source, "data"):
        data, where = document, place
        if isinstance(document, dict) and "data" in document:
            data, where = document["data"], f"{place}{', ' if place else ''}data"
            if not isinstance(data, list):
                traces.skip(where, f"this is {brief(data)}; expected a list")
                continue
            further = bool(document.get("next_cursor"))
        if isinstance(data, list):
            yield from (
                (f"{where}{', ' if where.startswith('line') else ''}[{at}]", row) for at, row in enumerate(data)
            )
        elif isinstance(data, dict) and _is_attributes(data):
            problem = tr("the attributes of a span stand alone, without its ids and times")
            raise InputError(problem, file=source.name, place=place, expected=tr("whole spans"))
        else:
            yield place or "line 1", data
    if further:
        traces.notes.append("the file is one page of several: the server had more spans than stand in it")


def _csv(source: Source) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of text; the id is there twice, as the index of the frame and as a column."""
    csv.field_size_limit(longest_cell(source))
    lines = csv.reader(csv_lines(source), strict=True)
    try:
        names = next(filter(None, lines), [])
        if _are_annotations(names):
            problem = tr("these are annotations of spans, not spans")
            raise InputError(problem, file=source.name, expected=tr("the spans themselves, or a table of scores"))
        for at, cells in enumerate(filter(None, lines), start=1):
            if len(cells) != len(names):
                problem = tr(
                    "the row has {cells} cells for {columns} columns",
                    cells=formatting.whole(len(cells)),
                    columns=formatting.whole(len(names)),
                )
                raise InputError(
                    problem, file=source.name, place=tr("row {row}", row=at), expected=tr("a cell for each column")
                )
            yield f"row {at}", _cells(names, cells)
    except csv.Error as exc:
        place = f"line {lines.line_num}"
        problem = tr("the CSV breaks off or is malformed")
        raise InputError(problem, file=source.name, place=place, expected=tr("a whole CSV file")) from exc


def _cells(names: list[str], cells: list[str]) -> dict[str, Any]:
    """A column that stands twice is kept once where both say the same."""
    row: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=True):
        if not cell or row.get(name) == cell:
            continue
        put(row, name, cell if name in _TEXTS else loaded(cell))
    return row


def _found(row: Any) -> RawSpan:
    """One span; everything that may be wrong with it is looked at here."""
    if not isinstance(row, dict):
        raise BadSpanError(f"this is {brief(row)}; expected one span")
    context = _under(row, "context")
    start = _moment(row.get("start_time"))
    if start is None:
        raise BadSpanError("the start time is missing")
    raw_span = RawSpan(
        trace_id=_id(context.get("trace_id"), TRACE_BYTES, "trace id"),
        span_id=_id(context.get("span_id"), SPAN_BYTES, "span id"),
        parent_id=_id(None if row.get("parent_id") == "None" else row.get("parent_id"), SPAN_BYTES, "parent id"),
        name=text(row.get("name"), "name"),
        start_ns=start,
        end_ns=_moment(row.get("end_time")),
    )
    attributes = _under(row, "attributes")
    span = describe(
        raw_span,
        attributes,
        _events(row.get("events")),
        code=row.get("status_code"),
        message=text(row.get("status_message"), "status message"),
        kinds=(attributes.get("openinference.span.kind"), row.get("span_kind")),
        resource={"service.version": attributes["service.version"]} if "service.version" in attributes else None,
    )
    span.settings = found(span.fields)
    return span


def _under(row: dict[str, Any], name: str) -> dict[str, Any]:
    """An object, or the columns that begin with its name, by what follows; objects within are taken apart too."""
    whole = row.get(name)
    if whole is not None and not isinstance(whole, dict):
        raise BadSpanError(f"{name} is {brief(whole)}; expected an object")
    columns = {key.partition(".")[2]: row[key] for key in _columns_under(name, tuple(row))}
    return flat(columns | (whole or {}))


@lru_cache(maxsize=8)
def _columns_under(name: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Of names that stand in row after row those that begin with another one."""
    return tuple(key for key in columns if key.startswith(f"{name}."))


def _id(value: object, length: int, what: str) -> str:
    return identifier(hex_id(identifier(value, what), length), what)


def _moment(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and value:
        for numbers, unit in _UNITS.items():
            if value in numbers:
                return value * unit
    if isinstance(value, (bool, int, float, list, dict)):
        raise BadSpanError(f"a time is {brief(value)}; expected one such as 2026-11-20T09:30:00.25Z")
    return None if value in ("NaT", "nan") else instant(value)


def _events(value: Any) -> list[SpanEvent]:
    """Events as a list of objects, or a text that holds one."""
    value = loaded(value) if isinstance(value, str) else value
    if value is not None and not isinstance(value, list):
        raise BadSpanError(f"events is {brief(value)}; expected a list")
    events = []
    for event in value or []:
        if not isinstance(event, dict) or not isinstance(event.get("attributes") or {}, dict):
            raise BadSpanError(f"an event is {brief(event)}; expected an object")
        name = text(event.get("name"), "name of an event")
        events.append(SpanEvent(name, flat(event.get("attributes") or {}), event.get("timestamp")))
    return events
