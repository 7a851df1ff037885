"""LangSmith runs (https://docs.langchain.com/langsmith/run-data-format), as its SDKs and its API give them.

A run is a span; a run may hold those below it. Times without a zone are UTC. Dumps that turn every value into text
write "None" where there is nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from readiness.importers.batch import Batch, Options
from readiness.importers.naming import plain
from readiness.importers.settings import found
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
from readiness.importers.spans.raw_spans import RawSpan, Skipping, Unsaid
from readiness.importers.spans.span_values import BadSpanError, kind_of
from readiness.importers.spans.spans import TraceBuilder
from readiness.language import marked
from readiness.model.traces import SpanStatus

VERSIONS = ("version", "app_version", "prompt_version", "revision_id")
"""The metadata that can name the version, in this order."""
DESCRIBING = (
    *("run_type", "status", "tags", "session_name", "first_token_time"),
    *("prompt_tokens", "completion_tokens", "total_tokens", "prompt_cost", "completion_cost", "total_cost"),
)
ENVIRONMENT = ("LANGSMITH_", "LANGCHAIN_")
"""Settings of the machine that the SDK puts beside a person's metadata; they name no workflow and no cohort."""
STATUSES: dict[str, SpanStatus] = {"success": "ok", "error": "error"}
RunRow = tuple[str, Object, bool]
Facts = tuple[str, int, int | None, SpanStatus]


class LangSmith:
    format = "langsmith"
    title = marked("LangSmith runs (JSON lines, JSON)")

    def sniff(self, source: Source) -> bool:
        outer, inner = keys_at(source)
        return _is_run(outer) or ("runs" in outer and "dataset_id" not in outer and _is_run(inner))

    def read(self, source: Source, options: Options) -> Batch:
        """Every run of the file. Raises InputError where none can be kept."""
        return TraceBuilder(source, options, self.format, tool="LangSmith").filled(_fill)


IMPORTER = LangSmith()


def _fill(traces: TraceBuilder) -> None:
    kept: dict[tuple[str, str], Facts] = {}
    for place, row, nested in _ordered(traces):
        try:
            raw_span = _found(row)
            ids, facts = (raw_span.trace_id, raw_span.span_id), _facts(raw_span)
            if nested and kept.get(ids) == facts:  # a run that stands within its parent and on its own is one span
                continue
            traces.add(raw_span)
            kept[ids] = facts
            traces.tool_version = traces.tool_version or _sdk(row)
        except BadSpanError as exc:
            traces.skip(place or "the outermost run", str(exc))


def _is_run(keys: set[str]) -> bool:
    related = {"trace_id", "parent_run_id", "dotted_order", "child_runs"}
    return {"id", "run_type", "start_time"} <= keys and bool(keys & related)


def _ordered(traces: TraceBuilder) -> Iterator[RunRow]:
    """Runs on their own come before those within others, for which a streamed file is read once more."""
    if not traces.is_streamed:
        yield from sorted(_rows(traces.source, traces), key=lambda item: item[2])
        return
    within = False
    for row in _rows(traces.source, traces):
        within |= row[2]
        if not row[2]:
            yield row
    if within:
        yield from (row for row in _rows(traces.source, Unsaid()) if row[2])


def _rows(source: Source, traces: Skipping) -> Iterator[RunRow]:
    """Every run with its place and whether it stands within another; the runs below one follow it."""
    for place, record in records(source, "runs"):
        waiting: list[tuple[str, Any, Object | None]] = [(place, record, None)]
        while waiting:
            at, row, above = waiting.pop()
            try:
                row = an_object(row, "a run")
                row = row if above is None else _below(row, above)
            except BadSpanError as exc:
                traces.skip(at or "the outermost run", str(exc))
                if not isinstance(row, dict):
                    continue
            else:
                yield at, row, above is not None
            children = row.get("child_runs")
            if isinstance(children, list):
                below = [(joined(at, "child_runs", number), child, row) for number, child in enumerate(children)]
                waiting += below[::-1]
            elif children not in (None, "None"):
                traces.skip(joined(at, "child_runs"), "child_runs is not a list; expected runs")


def _below(row: Object, above: Object) -> Object:
    """A run within another belongs to that one and its trace, unless it says otherwise."""
    above_id = an_id(above, "id")
    if not above_id:
        raise BadSpanError("the run that holds this one has no id")
    ids = {"parent_run_id": above_id, "trace_id": _trace(above, above_id, _parent(above))}
    return row | {key: value for key, value in ids.items() if not _said(row.get(key))}


def _facts(raw_span: RawSpan) -> Facts:
    """By which two copies of a run are known."""
    return raw_span.parent_id, raw_span.start_ns, raw_span.end_ns, raw_span.status


def _found(row: Object) -> RawSpan:
    span_id, parent_id = an_id(row, "id", required=True), _parent(row)
    name, run_type = a_text(row, "name"), row.get("run_type")
    extra = _object(row.get("extra"))
    metadata = _object(extra.get("metadata"))
    attributes = {key: row.get(key) for key in DESCRIBING}
    attributes |= {key: unpacked(extra.get(key)) for key in ("metadata", "invocation_params")}
    attributes |= {} if extra else {"extra": row.get("extra")}
    return RawSpan(
        trace_id=_trace(row, span_id, parent_id),
        span_id=span_id,
        parent_id=parent_id,
        name=name or (run_type if isinstance(run_type, str) else ""),
        kind=kind_of(name, run_type, root=not parent_id),
        start_ns=a_start(row, "start_time"),
        end_ns=a_time(row, "end_time"),
        status="error" if _said(row.get("error")) else STATUSES.get(str(row.get("status")).lower(), "unset"),
        error=_said(row.get("error")),
        input=row.get("inputs"),
        output=row.get("outputs"),
        attributes={key: value for key, value in attributes.items() if _said(value) not in (None, {}, [])},
        version=a_version(*(metadata.get(key) for key in VERSIONS)),
        fields=_fields(row, metadata),
        settings=found(metadata),
    )


def _parent(row: Object) -> str:
    """The parent that a run names; the order of runs has it too, for exports that leave the name out."""
    if "parent_run_id" in row:
        return an_id(row, "parent_run_id")
    steps = _steps(row)
    return steps[-2] if len(steps) > 1 else ""


def _trace(row: Object, span_id: str, parent_id: str) -> str:
    """The trace that a run names, or its root, whose id is that of the trace."""
    trace_id = an_id(row, "trace_id") or next(iter(_steps(row)), "") or ("" if parent_id else span_id)
    if not trace_id:
        raise BadSpanError("trace_id is missing; expected text")
    return trace_id


def _steps(row: Object) -> list[str]:
    """The ids from the root down to a run, out of its dotted order: `TIMEZid.TIMEZid`."""
    order = row.get("dotted_order")
    if not isinstance(order, str) or order in ("", "None"):
        return []
    return [an_id({"dotted_order": step.partition("Z")[2]}, "dotted_order") for step in order.split(".")]


def _fields(row: Object, metadata: Object) -> dict[str, str]:
    """What a workflow or a cohort can be named by."""
    own = {key: value for key, value in metadata.items() if not key.startswith(ENVIRONMENT)}
    tags = row.get("tags")
    shown = ", ".join(str(tag) for tag in tags if isinstance(tag, (str, int))) if isinstance(tags, list) else ""
    return plain(own, "metadata.") | plain({"name": row.get("name"), "tags": shown or None})


def _sdk(row: Object) -> str:
    runtime = _object(_object(row.get("extra")).get("runtime"))
    return " ".join(str(runtime[key]) for key in ("sdk", "sdk_version") if isinstance(runtime.get(key), str))


def _object(value: Any) -> Object:
    document = unpacked(value)
    return document if isinstance(document, dict) else {}


def _said(value: Any) -> Any:
    return None if value in ("", "None") else value
