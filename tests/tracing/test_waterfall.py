from __future__ import annotations

import pytest

from readiness.model.traces import Span
from readiness.tracing.waterfall import lay_out


def span(text: str, start: int = 0, ms: float | None = 1) -> Span:
    """`b<a` is the span b below a."""
    span_id, _, parent = text.partition("<")
    begins = 1_700_000_000_000_000_000 + start * 1_000_000
    ends = None if ms is None else begins + int(ms * 1e6)
    return Span(span_id=span_id, parent_id=parent, kind="other", name=span_id, start_ns=begins, end_ns=ends)


def shape(*spans: Span) -> list[str]:
    """One line for each bar, indented by its depth."""
    return ["." * bar.depth + bar.span.span_id for bar in lay_out(spans)]


def test_nothing_gives_nothing() -> None:
    assert lay_out([]) == []


def test_children_stand_below_their_parent_in_the_order_they_began() -> None:
    spans = [span("c<a", 30), span("d<b", 20), span("b<a", 10), span("a")]
    assert shape(*spans) == ["a", ".b", "..d", ".c"]


def test_spans_that_begin_together_keep_the_order_of_the_file() -> None:
    assert shape(span("a"), span("c<a", 5), span("b<a", 5)) == ["a", ".c", ".b"]


def test_several_roots_follow_one_another() -> None:
    assert shape(span("b", 10), span("c<b", 11), span("a", 5)) == ["a", "b", ".c"]


def test_times_count_from_the_earliest_start_even_of_a_child() -> None:
    bars = lay_out([span("a", 10, 50), span("b<a", 4, 2.5)])
    assert [(bar.span.span_id, bar.start_ms, bar.duration_ms) for bar in bars] == [("a", 6.0, 50.0), ("b", 0.0, 2.5)]


def test_a_span_without_an_end_has_no_duration_and_one_of_no_length_has_zero() -> None:
    assert [bar.duration_ms for bar in lay_out([span("a", ms=None), span("b<a", 1, 0)])] == [None, 0.0]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        (["a", "b<gone"], ["a", "b"]),
        (["a", "b<gone", "c<b"], ["a", "b", ".c"]),
        (["a<a"], ["a"]),
        (["a<b", "b<a"], ["a", ".b"]),
        (["r", "a<b", "b<a"], ["r", "a", ".b"]),
        (["a<c", "b<a", "c<b", "d<c"], ["a", ".b", "..c", "...d"]),
        (["r", "x<r", "a<b", "b<a", "y<b"], ["r", ".x", "a", ".b", "..y"]),
    ],
)
def test_orphans_and_circles_are_shown_each_once(spans: list[str], expected: list[str]) -> None:
    assert shape(*(span(text, start) for start, text in enumerate(spans))) == expected


def test_a_span_id_that_stands_twice_is_shown_once() -> None:
    assert shape(span("a"), span("b<a", 1), span("b<a", 2)) == ["a", ".b"]


def test_a_chain_of_ten_thousand_is_laid_out_to_its_end() -> None:
    chain = [span("0")] + [span(f"{n}<{n - 1}", n) for n in range(1, 10_000)]
    bars = lay_out(chain[::-1])
    assert [bar.depth for bar in bars] == list(range(10_000))
