"""The columns say of the same spans what `traces` says."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.model.traces import Span, Trace
from readiness.tracing import analysis, columnar
from readiness.tracing.columnar import KINDS, NO_END, Roots, SpanTable
from readiness.tracing.sampling import Summaries

ODD = {"x": 1, "y": 2}
"""Ids that are no numbers; all others in these tests are hexadecimal."""


def key(span_id: str) -> tuple[int, bool]:
    return (ODD[span_id], True) if span_id in ODD else (int(span_id or "0", 16), False)


def table(found: Sequence[Trace]) -> SpanTable:
    """A row for each span; of spans with the same id in a trace only the first counts."""
    rows = [(number, span) for number, trace in enumerate(found) for span in trace.spans]
    names = {name: at for at, name in enumerate(sorted({span.name for _, span in rows}))}

    def column(values: list[Any], dtype: Any) -> Any:
        return np.array(values, dtype=dtype)

    return SpanTable(
        trace=column([number for number, _ in rows], np.int32),
        own=column([key(span.span_id)[0] for _, span in rows], np.uint64),
        own_odd=column([key(span.span_id)[1] for _, span in rows], bool),
        parent=column([key(span.parent_id)[0] for _, span in rows], np.uint64),
        parent_odd=column([key(span.parent_id)[1] for _, span in rows], bool),
        start=column([span.start_ns for _, span in rows], np.int64),
        end=column([NO_END if span.end_ns is None else span.end_ns for _, span in rows], np.int64),
        kind=column([KINDS[span.kind] for _, span in rows], np.int8),
        error=column([span.status == "error" for _, span in rows], bool),
        name=column([names[span.name] for _, span in rows], np.int32),
    )


def roots(found: Sequence[Trace], groups: Sequence[analysis.TraceGroup]) -> Roots:
    lost = [analysis.completeness(trace).lost for trace in found]
    none = np.zeros(len(found), dtype=bool)
    return Roots(
        group=np.array([groups.index((trace.version, trace.workflow)) for trace in found], dtype=np.int32),
        asked=np.array(["request" not in each for each in lost], dtype=bool),
        answered=np.array(["output" not in each for each in lost], dtype=bool),
        escalated=none,
        derived=none,
    )


@st.composite
def drawn(draw: st.DrawFn) -> list[Trace]:
    """Traces with orphans, circles of parents, spans without an end or of no length, and the same starts."""
    ids = ["1", "2", "3", "4", "ffffffffffffffff", "x", "y"]
    found = []
    for number in range(draw(st.integers(1, 4))):
        own = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=7, unique=True))
        spans = [
            Span(
                span_id=span_id,
                parent_id=draw(st.sampled_from(["", "9", *ids])),
                kind=draw(st.sampled_from(analysis.STAGES)),
                name=draw(st.sampled_from(["look up", "write"])),
                start_ns=(start := draw(st.integers(0, 12))),
                end_ns=draw(st.sampled_from([None, start, start + 3, start + 9, 5])),
                status=draw(st.sampled_from(["ok", "error", "unset"])),
                input=draw(st.sampled_from(["", "q"])),
                output=draw(st.sampled_from(["", "a"])),
            )
            for span_id in own
        ]
        version, workflow = draw(st.sampled_from([("1", "refund"), ("2", "refund"), ("2", ""), ("2", "quote")]))
        found.append(Trace(trace_id=f"t{number}", version=version, workflow=workflow, spans=spans))
    return found


@given(drawn())
def test_every_span_has_the_same_time_of_its_own(found: list[Trace]) -> None:
    columns = table(found)
    expected = [analysis.self_times(trace.spans).get(span.span_id, 0) for trace in found for span in trace.spans]
    assert columnar.self_times(columns, columnar.parents(columns)).tolist() == expected


@given(drawn())
def test_the_figures_of_many_traces_are_the_same(found: list[Trace]) -> None:
    columns, groups = table(found), list(dict.fromkeys((trace.version, trace.workflow) for trace in found))
    said = roots(found, groups)
    held = columnar.stages(columns, said, lambda names: names, block=2)
    own = [each.model_dump() for each in columnar.figures(held, said, groups)]
    expected = [each.model_dump() for each in analysis.figures(found)]
    assert own == [
        each | {name: pytest.approx(each[name]) for name in ("p50", "p95", "p99", "share")} for each in expected
    ]
    assert columnar.counts(columns, held, said, groups) == analysis.counts(found)
    summaries = columnar.summaries(columns, said, groups)
    assert [groups[number] for number in summaries.group] == [(trace.version, trace.workflow) for trace in found]
    for name in ("duration_ns", "failed", "escalated"):
        assert getattr(summaries, name).tolist() == getattr(Summaries.of(found), name).tolist()


@given(drawn(), st.data())
def test_a_span_that_stands_twice_in_a_trace_is_found(found: list[Trace], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(found[0].spans), max_size=3))
    whole = [found[0].model_copy(update={"spans": [*found[0].spans, *again]}), *found[1:]]
    repeated = columnar.repeated(table(whole))
    first = len(found[0].spans)
    assert repeated.tolist() == list(range(first, first + len(again)))
    kept = np.delete(np.arange(len(table(whole))), repeated)
    assert [column.tolist() for column in vars(table(whole).only(kept)).values()] == [
        column.tolist() for column in vars(table(found)).values()
    ]


def test_names_that_read_the_same_are_the_same_name() -> None:
    spans = [
        Span(span_id="1", start_ns=0, end_ns=1, name="call rosa", status="error"),
        Span(span_id="2", start_ns=1, end_ns=2, name="call omar"),
    ]
    columns = table([Trace(trace_id="t", spans=spans)])
    assert columnar.retries(columns, lambda names: names).tolist() == [False, False]
    assert columnar.retries(columns, np.zeros_like).tolist() == [False, True]


def spans(*rows: tuple[str, str, int, int]) -> list[Span]:
    """Tools by id, parent, start and end in order of the file; those with a `!` behind their id failed."""
    return [
        Span(
            span_id=span_id.rstrip("!"),
            parent_id=parent,
            kind="tool",
            name="look up",
            start_ns=start,
            end_ns=end,
            status="error" if span_id.endswith("!") else "ok",
        )
        for span_id, parent, start, end in rows
    ]


def test_a_parent_is_a_row_of_the_same_trace_or_minus_one() -> None:
    first = spans(
        ("2", "1", 1, 2), ("1", "", 0, 9), ("x", "9", 0, 1), ("3", "x", 0, 1), ("ffffffffffffffff", "y", 0, 1)
    )
    second = spans(("1", "2", 0, 9), ("y", "y", 0, 1))
    found = columnar.parents(table([Trace(trace_id=f"t{at}", spans=each) for at, each in enumerate((first, second))]))
    assert found.tolist() == [1, -1, -1, 2, -1, -1, 6]


def test_a_span_spends_what_its_children_leave_of_it_also_the_first() -> None:
    rows = [("1", "", 0, 9), ("2", "1", 2, 5), ("3", "1", 4, 7), ("4", "3", 4, 12)]
    columns = table([Trace(trace_id="t", spans=spans(*rows))])
    assert columnar.self_times(columns, columnar.parents(columns)).tolist() == [4, 3, 0, 8]


def test_an_answer_that_is_derived_from_the_root_is_one_span_of_output() -> None:
    found = [Trace(trace_id=f"t{at}", version="1", spans=spans(("1", "", 0, 9))) for at in range(2)]
    said = dataclasses.replace(roots(found, [("1", "")]), derived=np.array([1]))
    held = columnar.stages(table(found), said, lambda names: names)
    assert held.spans[:, KINDS["output"]].tolist() == [0, 1]
    assert held.spans[:, KINDS["tool"]].tolist() == [1, 1]


def test_a_retry_is_what_began_later_wherever_it_stands_in_the_file_and_each_parent_has_its_own() -> None:
    rows = [
        ("1!", "a", 5, 6),
        ("2", "a", 7, 8),
        ("3", "a", 1, 2),
        ("4", "b", 9, 9),
        ("5!", "b", 2, 3),
        ("6", "c", 9, 9),
    ]
    columns = table([Trace(trace_id="t", spans=spans(*rows))])
    assert columnar.retries(columns, lambda names: names).tolist() == [False, True, False, True, False, False]


def test_times_of_hours_and_blocks_of_one_trace_are_exact() -> None:
    hour = 3_600_000_000_000
    found = [Trace(trace_id=f"t{at}", version="1", spans=spans(("1", "", 0, (at + 1) * hour))) for at in range(3)]
    groups, columns = [("1", "")], table(found)
    said = roots(found, groups)
    own = columnar.figures(columnar.stages(columns, said, lambda names: names, block=1), said, groups)
    assert [(each.workflow, each.n, each.p50, each.errors) for each in own] == [("*", 3, 7.2e6, 0), ("", 3, 7.2e6, 0)]
    assert columnar.summaries(columns, said, groups).duration_ns.tolist() == [hour, 2 * hour, 3 * hour]


def test_no_traces_at_all_give_nothing() -> None:
    columns, said = table([]), roots([], [])
    held = columnar.stages(columns, said, lambda names: names)
    assert columnar.repeated(columns).tolist() == columnar.parents(columns).tolist() == []
    assert (columnar.figures(held, said, []), columnar.counts(columns, held, said, [])) == ([], [])
