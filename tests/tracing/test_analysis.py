from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.model.traces import Span, SpanKind, SpanStatus, Trace
from readiness.tracing.analysis import (
    MOST_GROUPS,
    circular,
    completeness,
    counts,
    figures,
    first_failure,
    lost,
    self_times,
    stages,
    told_apart,
)
from tests.work import calls

MS = 1_000_000


def span(
    span_id: str, start: int, end: int | None, parent: str = "", kind: SpanKind = "other", status: SpanStatus = "ok"
) -> Span:
    """Times in milliseconds."""
    return Span(
        span_id=span_id,
        parent_id=parent,
        kind=kind,
        name=span_id.rstrip("0123456789"),
        start_ns=start * MS,
        end_ns=None if end is None else end * MS,
        status=status,
    )


def trace(*spans: Span, workflow: str = "refund") -> Trace:
    return Trace(trace_id="t", workflow=workflow, spans=list(spans))


def test_self_time_is_what_lies_outside_the_children() -> None:
    found = self_times(
        [span("root", 0, 100), span("a", 10, 40, "root"), span("b", 60, 70, "root"), span("c", 15, 20, "a")]
    )
    assert {key: value // MS for key, value in found.items()} == {"root": 60, "a": 25, "b": 10, "c": 5}


def test_children_at_the_same_time_are_counted_once() -> None:
    found = self_times([span("root", 0, 100), span("a", 10, 60, "root"), span("b", 40, 80, "root")])
    assert found["root"] == 30 * MS


def test_a_child_beyond_its_parent_counts_only_within_it() -> None:
    found = self_times([span("root", 10, 20), span("a", 0, 15, "root"), span("b", 18, 90, "root")])
    assert found["root"] == 3 * MS


def test_a_span_without_an_end_has_no_time_and_takes_none() -> None:
    assert self_times([span("root", 0, 10), span("a", 2, None, "root")]) == {"root": 10 * MS}


def test_a_circle_of_parents_ends() -> None:
    found = self_times([span("a", 0, 10, "b"), span("b", 0, 10, "a"), span("c", 0, 4, "a")])
    assert found == {"a": 6 * MS, "b": 10 * MS, "c": 4 * MS}


@pytest.mark.parametrize(
    ("parents", "looped"),
    [
        ({"a": ""}, ""),
        ({"a": "a"}, "a"),
        ({"a": "b", "b": "a"}, "ab"),
        ({"a": "b", "b": "c", "c": "b"}, "bc"),
        ({"c": "b", "b": "c", "a": "b"}, "bc"),
        ({"a": "b", "b": "c", "c": "d"}, ""),
        ({"a": "a", "b": "b", "c": "b", "d": "c"}, "ab"),
    ],
)
def test_in_a_circle_stands_only_what_is_its_own_ancestor(parents: dict[str, str], looped: str) -> None:
    assert circular([span(span_id, 0, 1, parent) for span_id, parent in parents.items()]) == set(looped)


class CountedId(str):
    """An id whose look-ups are calls."""

    __slots__ = ()

    def __hash__(self) -> int:
        return super().__hash__()


def test_the_work_of_finding_circles_grows_with_the_number_of_spans_only() -> None:
    def work(number: int) -> int:
        ids = [CountedId(at) for at in range(number + 1)]
        chain = [Span.model_construct(span_id=ids[at], parent_id=ids[at + 1], start_ns=0) for at in range(number)]
        return calls(lambda: circular(chain))

    assert work(400) < 5 * work(100)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 100), st.integers(-1, 11)), min_size=1, max_size=12))
def test_self_times_never_exceed_what_the_spans_cover(drawn: list[tuple[int, int, int]]) -> None:
    spans = [
        span(f"s{at}", start, start + length, f"s{parent}" if 0 <= parent < at else "")
        for at, (start, length, parent) in enumerate(drawn)
    ]
    times = self_times(spans)
    for each in spans:
        assert each.end_ns is not None
        assert 0 <= times[each.span_id] <= each.end_ns - each.start_ns
        inside = {
            moment
            for child in spans
            if child.parent_id == each.span_id and child.end_ns is not None
            for moment in range(max(child.start_ns, each.start_ns) // MS, min(child.end_ns, each.end_ns) // MS)
        }
        assert times[each.span_id] == each.end_ns - each.start_ns - len(inside) * MS


def test_a_second_try_of_what_failed_is_a_retry() -> None:
    found = stages(
        trace(
            span("root", 0, 100, kind="request"),
            span("lookup1", 0, 10, "root", "tool", "error"),
            span("lookup2", 10, 20, "root", "tool", "error"),
            span("lookup3", 20, 30, "root", "tool"),
            span("other1", 30, 40, "root", "tool"),
            span("other2", 40, 50, "root", "tool"),
        )
    )
    assert (found["tool"].spans, found["tool"].errors, found["tool"].retries) == (5, 2, 2)
    assert found["tool"].self_ns == 50 * MS
    assert found["request"].self_ns == 50 * MS


def test_the_same_name_under_another_parent_or_of_another_kind_is_no_retry() -> None:
    found = stages(
        trace(
            span("lookup1", 0, 10, "a", "tool", "error"),
            span("lookup2", 10, 20, "b", "tool"),
            span("lookup3", 20, 30, "a", "retrieval"),
            span("lookup0", -5, -1, "a", "tool"),
        )
    )
    assert {kind: stage.retries for kind, stage in found.items()} == {"tool": 0, "retrieval": 0}


def test_the_figures_of_a_stage_count_failures_and_retries_apart_and_have_quantiles_in_milliseconds() -> None:
    root = span("root", 0, 500, kind="request")
    failed = trace(root, span("lookup1", 0, 100, "root", "tool", "error"))
    again = trace(root, span("lookup1", 0, 100, "root", "tool", "error"), span("lookup2", 200, 300, "root", "tool"))
    tool = next(each for each in figures([failed, again]) if (each.workflow, each.kind) == ("*", "tool"))
    assert (tool.n, tool.errors, tool.retries, tool.share) == (2, 2, 1, 0.3)
    assert (tool.p50, tool.p95, tool.p99) == pytest.approx((150, 195, 199))


def test_spans_without_time_have_no_share() -> None:
    assert [each.share for each in figures([trace(span("root", 5, 5, kind="request"))])] == [0.0, 0.0]


def test_all_workflows_of_a_version_have_figures_however_few_they_are() -> None:
    crowd = {("1", f"w-{at}"): 2 for at in range(MOST_GROUPS + 1)}
    told = told_apart(crowd | {("1", "*"): 2 * len(crowd), ("2", "*"): 1, ("2", "quote"): 1})
    assert (len(told), told[0], told[-1]) == (MOST_GROUPS, ("1", "*"), ("2", "*"))


def test_figures_are_by_workflow_with_the_share_of_each_stage() -> None:
    slow = trace(span("root", 0, 100, kind="request"), span("m", 0, 75, "root", "model"))
    fast = trace(span("root", 0, 20, kind="request"), span("m", 0, 15, "root", "model"))
    other = trace(span("root", 0, 8, kind="request"), workflow="quote")
    found = {(each.workflow, each.kind): each for each in figures([slow, fast, other])}
    model = found["refund", "model"]
    assert (model.n, model.p50, model.share) == (2, 45.0, 0.75)
    assert found["quote", "request"].share == 1.0
    assert ("quote", "model") not in found


def test_figures_are_by_version_too_and_over_all_workflows() -> None:
    root = span("root", 0, 10, kind="request")
    old = trace(root).model_copy(update={"version": "1"})
    new = [trace(root, workflow=workflow).model_copy(update={"version": "2"}) for workflow in ("refund", "quote")]
    assert [(each.version, each.workflow, each.n) for each in figures([*new, old])] == [
        ("1", "*", 1),
        ("1", "refund", 1),
        ("2", "*", 2),
        ("2", "quote", 1),
        ("2", "refund", 1),
    ]


def test_a_field_that_names_too_many_workflows_has_figures_of_the_largest_and_of_all() -> None:
    root = span("root", 0, 10, kind="request")
    crowd = [trace(root, workflow=f"w-{at}") for at in range(MOST_GROUPS + 50)]
    found = {each.workflow: each.n for each in figures([*crowd, crowd[-1]])}
    assert (len(found), found["*"], found["w-249"]) == (MOST_GROUPS, MOST_GROUPS + 51, 2)


def test_what_is_lost_is_counted_over_all_traces_of_a_version() -> None:
    whole = span("root", 0, 10, kind="request").model_copy(update={"input": "q", "output": "a"})
    tools = span("t", 2, 3, "root", "tool")
    given = [trace(whole, tools), trace(whole, tools, span("r", 1, None, "root", "retrieval")), trace(whole)]
    (found,) = counts(given)
    assert (found.version, found.traces) == ("", 3)
    assert lost([found]) == {"retrieval": 2, "tool": 1, "timing": 1}
    assert lost([found, found])["retrieval"] == 4


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, {}),
        ({"input": ""}, {"request": "the root span holds no input"}),
        ({"output": ""}, {"output": "no span holds the answer"}),
    ],
)
def test_a_whole_trace_holds_request_retrieval_tool_answer_and_timing(
    changes: dict[str, str], missing: dict[str, str]
) -> None:
    root = span("root", 0, 10, kind="request").model_copy(update={"input": "q", "output": "a"} | changes)
    found = completeness(trace(root, span("r", 0, 2, "root", "retrieval"), span("t", 2, 3, "root", "tool")))
    assert (found.lost, found.whole) == (missing, not missing)
    assert found.there == {"request", "retrieval", "tool", "output", "timing"} - missing.keys()


@pytest.mark.parametrize(("answer", "echo", "told"), [("a", "", True), ("", "a", False), ("", "", False)])
def test_the_answer_is_what_the_output_span_holds_where_there_is_one(answer: str, echo: str, told: bool) -> None:
    root = span("root", 0, 10, kind="request").model_copy(update={"output": echo})
    output = span("o", 8, 9, "root", "output").model_copy(update={"output": answer})
    assert ("output" in completeness(trace(root, output)).there) == told


def test_what_is_lost_is_said_piece_by_piece() -> None:
    found = completeness(trace(span("a", 0, None, "gone")))
    assert found.lost == {
        "request": "there is no root span",
        "retrieval": "no retrieval span",
        "tool": "no tool span",
        "output": "no span holds the answer",
        "timing": "1 of 1 spans have no end",
    }


def test_the_first_failure_is_the_innermost_that_came_first() -> None:
    found = first_failure(
        trace(
            span("root", 0, 10, status="error"),
            span("step", 1, 9, "root", status="error"),
            span("tool", 2, 3, "step", "tool", "error"),
            span("late", 8, 9, "root", status="error"),
        )
    )
    assert found is not None
    assert found.span_id == "tool"
    assert first_failure(trace(span("root", 0, 10))) is None


def test_where_what_failed_stands_in_a_circle_the_first_of_it_is_the_failure() -> None:
    found = first_failure(trace(span("b", 2, 3, "a", status="error"), span("a", 1, 4, "b", status="error")))
    assert found is not None
    assert found.span_id == "a"
