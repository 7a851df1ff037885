"""Traces in DeepEval test runs (https://deepeval.com/docs/evaluation-llm-tracing): a test case holds its own.

A trace has five lists of spans, one for each type, joined by `parentUuid`, with times as ISO text. A run that holds
metric results too is a scorecard by its content (deepeval.py), and its traces are read where a person says so.
"""

from __future__ import annotations

from typing import Any

from readiness import english
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases.deepeval_runs import SPANS, RunFile, case_fields, run_label
from readiness.importers.cases.scored import UNNAMED
from readiness.importers.naming import plain
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import HEAD
from readiness.importers.spans.documents import Object, a_start, a_text, a_time, an_id, an_object, brief, joined
from readiness.importers.spans.raw_spans import RawSpan
from readiness.importers.spans.span_values import BadSpanError, kind_of
from readiness.importers.spans.spans import TraceBuilder
from readiness.language import marked
from readiness.model.traces import SpanStatus

OWN = {"uuid", "name", "parentUuid", "startTime", "endTime", "status", "input", "output", "error"}
"""What a span has a place for; the rest are its attributes."""
STATUS: dict[str, SpanStatus] = {"SUCCESS": "ok", "ERRORED": "error", "": "unset"}


class DeepEvalTraces:
    format = "deepeval-traces"
    title = marked("DeepEval traces (JSON)")

    def sniff(self, source: Source) -> bool:
        """Traces, and no result of any case; for that the whole of it must be looked at."""
        head = source.head_text.lstrip()
        if not head.startswith("{") or '"testCases"' not in head or ('"trace"' not in head and source.size <= HEAD):
            return False
        try:
            holds = False
            for _, case in _parsed(source)[0].cases():
                if isinstance(case, dict):
                    if _is_evaluated(case):
                        return False
                    holds |= _holds_spans(case.get("trace"))
        except InputError:
            return False
        return holds

    def read(self, source: Source, options: Options) -> Batch:
        """The trace of every test case. Raises InputError where no span can be kept."""
        return TraceBuilder(source, options, self.format, tool="DeepEval").filled(_fill)


IMPORTER = DeepEvalTraces()


def _fill(traces: TraceBuilder) -> None:
    file, strict = _parsed(traces.source)
    label = run_label(file.document)
    without = 0
    for place, case in file.cases():
        if isinstance(case, dict) and case.get("trace") is None:
            without += 1
            continue
        try:
            _read_case(place, an_object(case, "a test case"), "" if label == UNNAMED else label, traces)
        except BadSpanError as exc:
            traces.skip(place, str(exc))
    if without:
        traces.notes.append(f"{english.counted(without, 'test case')} without a trace")
    if not strict:
        traces.notes.append("the file holds NaN or Infinity, which are shown as nan")


def _parsed(source: Source) -> tuple[RunFile, bool]:
    """The run, and whether it is strict JSON: the tool writes NaN for a number that it could not work out."""
    try:
        return RunFile.of(source), True
    except InputError:
        return RunFile.of(source, nan=True), False


def _holds_spans(trace: Any) -> bool:
    return isinstance(trace, dict) and any(isinstance(trace.get(kind), list) for kind in SPANS)


def _is_evaluated(case: Object) -> bool:
    return bool(case.get("metricsData")) or isinstance(case.get("success"), bool)


def _read_case(place: str, case: Object, version: str, traces: TraceBuilder) -> None:
    """Adds the spans of a test case. Raises BadSpanError where its trace holds none."""
    trace = an_object(case["trace"], "a trace")
    trace_id = an_id(trace, "uuid", required=True)
    fields = case_fields(case) | {f"trace.{name}": value for name, value in case_fields(trace).items()}
    fields |= plain({"environment": trace.get("environment")}, "trace.")
    spans: list[tuple[str, RawSpan]] = []
    rows = 0
    for kind in SPANS:
        listed = trace.get(kind)
        if listed is not None and not isinstance(listed, list):
            traces.skip(joined(place, "trace", kind), f"{kind} is {brief(listed)}; expected a list of spans")
            continue
        for at, row in enumerate(listed or ()):
            where = joined(place, "trace", kind, at)
            rows += 1
            try:
                spans.append((where, _found(an_object(row, "a span"), trace_id, kind)))
            except BadSpanError as exc:
                traces.skip(where, str(exc))
    if not rows:
        raise BadSpanError("the trace holds no spans")
    root = next((span for _, span in spans if not span.parent_id), None)
    if root is not None:
        _describe(root, trace, version, fields)
    for where, span in spans:
        try:
            traces.add(span)
        except BadSpanError as exc:
            traces.skip(where, str(exc))


def _found(row: Object, trace_id: str, kind: str) -> RawSpan:
    parent = an_id(row, "parentUuid")
    status = a_text(row, "status").upper()
    if status not in STATUS:
        raise BadSpanError(f"status is {brief(row['status'])}; expected SUCCESS or ERRORED")
    return RawSpan(
        trace_id=trace_id,
        span_id=an_id(row, "uuid", required=True),
        parent_id=parent,
        name=a_text(row, "name"),
        kind=kind_of(a_text(row, "name"), row.get("type"), kind.removesuffix("Spans"), root=not parent),
        start_ns=a_start(row, "startTime"),
        end_ns=a_time(row, "endTime"),
        status="error" if row.get("error") else STATUS[status],
        error=row.get("error"),
        input=row.get("input"),
        output=row.get("output"),
        attributes={key: value for key, value in row.items() if key not in OWN and value is not None},
    )


def _describe(root: RawSpan, trace: Object, version: str, fields: dict[str, str]) -> None:
    """What the run and the trace say of the request: version, fields, and texts where the root has none itself."""
    root.version, root.fields = version, fields
    own = {key: value for key, value in trace.items() if key not in {*SPANS, "uuid"} and value is not None}
    if root.input is None:
        root.input = own.pop("input", None)
    if root.output is None:
        root.output = own.pop("output", None)
    root.attributes = {**root.attributes, "trace": own}
