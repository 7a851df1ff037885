"""Langfuse traces (https://langfuse.com/docs/observability/data-model), as its pages and its API export them.

A trace holds its observations, or stands beside them, or both; an observation that stands in both places is one span.
`latency` is seconds or milliseconds, even within one file, so it is never read: a span lasts from start to end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from readiness import english
from readiness.importers.batch import Batch, Options
from readiness.importers.naming import plain
from readiness.importers.settings import PROMPT, found
from readiness.importers.source.gateway import Source
from readiness.importers.spans.documents import (
    Object,
    a_start,
    a_text,
    a_time,
    a_version,
    an_id,
    an_object,
    joined,
    keys_at,
    records,
    unpacked,
)
from readiness.importers.spans.gathered import GatheredTraces, whole_traces
from readiness.importers.spans.raw_spans import RawSpan
from readiness.importers.spans.span_values import BadSpanError, kind_of
from readiness.importers.spans.spans import TraceBuilder
from readiness.language import marked

TRACE_KEYS = {"bookmarked", "environment", "htmlPath", "observations", "projectId", "public", "release", "scores"}
DESCRIBING = (
    *("type", "level", "version", "environment", "model", "modelParameters", "promptName", "promptVersion"),
    *("completionStartTime", "usage", "usageDetails", "costDetails", "calculatedTotalCost", "totalCost"),
)
"""What is kept of an observation beside its texts and times; `latency` is not."""
RECORDED = ("name", "version", "release", "environment", "tags")
PARENT = "parentObservationId"
MILDER = ("DEBUG", "WARNING")
ODD_COPIES = "in the trace and beside it with other times, parents or levels; what stands beside it was kept"


class Langfuse:
    format = "langfuse"
    title = marked("Langfuse traces (JSON)")

    def sniff(self, source: Source) -> bool:
        outer, inner = keys_at(source)
        if {"traceId", "parentObservationId", "startTime"} <= outer or _is_trace(outer):
            return True
        return bool({"trace", "data"} & outer) and _is_trace(inner)

    def read(self, source: Source, options: Options) -> Batch:
        """Every trace of the file. Raises InputError where no observation can be kept."""
        return TraceBuilder(source, options, self.format, tool="Langfuse").filled(_fill)


IMPORTER = Langfuse()


def _fill(traces: TraceBuilder) -> None:
    held = whole_traces(traces, lambda: records(traces.source, "data"), _Held, _take)
    odd = sum(_add(trace_id, trace, traces) for trace_id, trace in held)
    if odd:
        traces.notes.append(f"{english.counted(odd, 'observation')} {ODD_COPIES}")


Skip = Callable[[str, str], None]


@dataclass
class _Held:
    """What a file has of one trace: its own record, and observations with their places."""

    record: Object = field(default_factory=dict)
    place: str = ""
    within: list[tuple[str, Object]] = field(default_factory=list)
    beside: list[tuple[str, Object]] = field(default_factory=list)


def _take(gathered: GatheredTraces[_Held], place: str, record: Any, skip: Skip) -> None:
    _Record(gathered, skip).record(place, record)


@dataclass(frozen=True)
class _Record:
    """Puts a record with the traces it tells of; what belongs to none is skipped."""

    gathered: GatheredTraces[_Held]
    skip: Skip

    def record(self, place: str, record: Any) -> None:
        """A trace, a trace with observations beside it, or one observation."""
        if not isinstance(record, dict):
            self.skip(place, "this is not a JSON object; expected a trace or an observation")
        elif "trace" in record:
            trace_id = self._trace(joined(place, "trace"), record["trace"])
            self._observations(place, record.get("observations"), trace_id)
        elif "traceId" in record:
            self._observation(place, record, "")
        else:
            self._trace(place, record)

    def _trace(self, place: str, record: Any) -> str:
        """The id of a trace, once its record and the observations within it are held."""
        try:
            trace_id = an_id(an_object(record, "a trace"), "id", required=True)
        except BadSpanError as exc:
            self.skip(place or "the trace", str(exc))
            return ""
        own = {key: value for key, value in record.items() if key != "observations"}
        trace = self.gathered.of(trace_id)
        if not trace.record:
            trace.record, trace.place = own, place or "the trace"
        elif trace.record != own:
            self.skip(place, f"the trace {trace_id!r} stands twice with other content; the first one was kept")
        self._observations(place, record.get("observations"), trace_id, within=True)
        return trace_id

    def _observations(self, place: str, rows: Any, trace_id: str, *, within: bool = False) -> None:
        if rows is not None and not isinstance(rows, list):
            self.skip(joined(place, "observations"), "observations is not a list; expected observations")
            return
        for at, row in enumerate(rows or ()):
            self._observation(joined(place, "observations", at), row, trace_id, within=within)

    def _observation(self, place: str, row: Any, trace_id: str, *, within: bool = False) -> None:
        try:
            own = an_id(an_object(row, "an observation"), "traceId", required=not trace_id) or trace_id
        except BadSpanError as exc:
            self.skip(place or "the observation", str(exc))
            return
        trace = self.gathered.of(own)
        (trace.within if within else trace.beside).append((place or "the observation", row))


def _is_trace(keys: set[str]) -> bool:
    return {"id", "timestamp"} <= keys and len(keys & TRACE_KEYS) >= 3


def _add(trace_id: str, trace: _Held, traces: TraceBuilder) -> int:
    """Puts the spans of one trace together; gives back how many observations have two copies that disagree."""
    spans: dict[str, tuple[str, RawSpan]] = {}
    odd = 0
    for place, row, differs in _once(trace):
        odd += differs
        try:
            span = _found(row, trace_id)
        except BadSpanError as exc:
            traces.skip(place, str(exc))
            continue
        if span.span_id in spans:
            traces.skip(place, f"the span {span.span_id!r} stands twice in this trace; the first one was kept")
        else:
            spans[span.span_id] = (place, span)
    _root(trace_id, trace, [span for _, span in spans.values()], traces)
    for place, span in spans.values():
        try:
            traces.add(span)
        except BadSpanError as exc:
            traces.skip(place, str(exc))
    return odd


def _once(trace: _Held) -> Iterator[tuple[str, Object, bool]]:
    """Each observation once: the copy beside the trace is the fuller one, and what it lacks is in the trace's own."""
    copies: dict[str, Object] = {}
    for _, row in trace.within:
        copies.setdefault(_key(row), row)
    met = {""}
    for place, row in trace.beside:
        copy = {} if _key(row) in met else copies.get(_key(row), {})
        met.add(_key(row))
        stated = {name: value for name, value in row.items() if name == PARENT or not _is_nothing(value)}
        yield place, {**row, **copy, **stated}, bool(copy) and _differ(row, copy)
    yield from ((place, row, False) for place, row in trace.within if not _key(row) or _key(row) not in met)


def _key(row: Object) -> str:
    return str(row.get("id") or "")


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", "{}", "[]", {}, [])


def _differ(row: Object, copy: Object) -> bool:
    pairs = [(row.get(key), copy.get(key)) for key in ("startTime", "endTime", "level", "statusMessage")]
    told = any(a != b for a, b in pairs if not (_is_nothing(a) or _is_nothing(b)))
    return told or (row.get(PARENT, copy.get(PARENT)) or None) != (copy.get(PARENT) or None)


def _found(row: Object, trace_id: str) -> RawSpan:
    name, type_ = a_text(row, "name"), row.get("type")
    message, level = row.get("statusMessage"), str(row.get("level")).upper()
    failed = level == "ERROR" or (bool(message) and level not in MILDER)
    return RawSpan(
        trace_id=trace_id,
        span_id=an_id(row, "id", required=True),
        parent_id=an_id(row, PARENT),
        name=name or (type_ if isinstance(type_, str) else ""),
        kind=kind_of(name, type_),
        start_ns=a_start(row, "startTime"),
        end_ns=a_time(row, "endTime"),
        status="error" if failed else "unset",
        error=message,
        input=row.get("input"),
        output=row.get("output"),
        attributes=_told({key: row.get(key) for key in DESCRIBING}, row),
        version=a_version(row.get("version")),
        settings={f"{PROMPT} {row['promptName']}": row.get("promptVersion")} if row.get("promptName") else {},
    )


def _told(values: Object, row: Object) -> Object:
    """What says something, with the metadata, which are an object or JSON in a text."""
    told = values | {"metadata": unpacked(row.get("metadata"))}
    return {key: value for key, value in told.items() if not _is_nothing(value)}


def _root(trace_id: str, trace: _Held, spans: list[RawSpan], traces: TraceBuilder) -> None:
    """Makes the one observation without a parent the request; else adds the trace's own record as the root.

    That one has the trace's own start, and the latest end of its observations, which a flag says.
    """
    tops = [span for span in spans if not span.parent_id]
    if len(tops) != 1 and trace.record and all(span.span_id != trace_id for span in spans):
        try:
            root = _record_root(trace_id, trace.record, spans)
            traces.add(root)
        except BadSpanError as exc:
            traces.skip(trace.place, str(exc))
        else:
            traces.flag(trace_id, _why(len(tops), root, spans))
            for top in tops:
                top.parent_id = trace_id
            return
    for top in tops:
        _describe(top, trace.record, alone=len(tops) == 1)


def _why(tops: int, root: RawSpan, spans: list[RawSpan]) -> str:
    many = f"{english.counted(tops, 'observation')} have no parent"
    why = many if tops else "every observation names a parent" if spans else "it has no observations"
    ends = "" if root.end_ns is None else "; it ends with the last of them"
    return f"the trace's own record is the root, since {why}{ends}"


def _record_root(trace_id: str, record: Object, below: list[RawSpan]) -> RawSpan:
    root = RawSpan(
        trace_id=trace_id,
        span_id=trace_id,
        name=a_text(record, "name"),
        start_ns=a_start(record, "timestamp"),
        end_ns=max((span.end_ns for span in below if span.end_ns is not None), default=None),
    )
    _describe(root, record)
    return root


def _describe(root: RawSpan, record: Object, *, alone: bool = True) -> None:
    """What the trace's own record says of the request: version, fields, and if it is `alone` scores and lacking texts.

    The input and the output of a trace are those of its request; many tools set them there only.
    """
    root.kind = "request"
    root.version = a_version(record.get("version"), record.get("release")) or root.version
    root.fields = _fields({**root.attributes, "name": root.name}) | _fields(record)
    root.settings = {**found(root.fields), **root.settings}
    if not alone:
        return
    root.input = record.get("input") if _is_nothing(root.input) else root.input
    root.output = record.get("output") if _is_nothing(root.output) else root.output
    scores = [_score(score) for score in _listed(record.get("scores")) if isinstance(score, dict)]
    own = _told({key: record.get(key) for key in RECORDED} | {"scores": scores}, record)
    root.attributes = {**root.attributes, **({"trace": own} if own else {})}


def _score(score: Object) -> Object:
    keys = ("name", "value", "stringValue", "comment", "source", "observationId")
    return {key: score[key] for key in keys if not _is_nothing(score.get(key))}


def _fields(row: Object) -> dict[str, str]:
    """What a workflow or a cohort can be named by."""
    tags = ", ".join(str(tag) for tag in _listed(row.get("tags")) if isinstance(tag, (str, int)))
    named = {"name": row.get("name"), "environment": row.get("environment"), "tags": tags or None}
    return plain(unpacked(row.get("metadata")), "metadata.") | plain(named)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
