"""What a review shows, piece by piece."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness.decision.answers import AnswerStanding
from readiness.model.dossier import DueMove, ReleasedText
from readiness.model.traces import Excerpt, Span, TraceCount
from readiness.review.items import Answer, FileTiming, OpenGap, Reruns, TraceSample
from tests.factories import CHECKLIST, SLUG, TODAY, mark, trace
from tests.review import dossiers

CAPACITY = CHECKLIST.signal("capacity")


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def moved(before: dt.date | None, after: dt.date | None) -> DueMove:
    return DueMove(before, after, "vendor", "omar", dossiers.AT)


def gap(due: dt.date | None = TODAY, *moves: DueMove) -> OpenGap:
    return OpenGap(1, 1, SLUG, CAPACITY, mark("capacity", "yes", due=due), moves, TODAY)


@pytest.mark.parametrize(("due", "over"), [(day(1), 0), (day(0), 0), (day(-1), 1), (day(-30), 30), (None, 0)])
def test_a_gap_is_as_many_days_over_as_its_date_is_past(due: dt.date | None, over: int) -> None:
    assert gap(due).days_over == over


@pytest.mark.parametrize(
    ("before", "after", "slips"),
    [
        (day(1), day(2), 1),
        (day(2), day(1), 0),
        (day(1), day(1), 0),
        (None, day(1), 0),
        (day(1), None, 0),
        (None, None, 0),
    ],
)
def test_a_move_from_one_date_to_a_later_one_is_a_slip(
    before: dt.date | None, after: dt.date | None, slips: int
) -> None:
    assert gap(day(9), moved(before, after)).slips == slips
    assert gap(day(9), moved(day(1), day(2)), moved(before, after), moved(day(2), day(9))).slips == slips + 2


@pytest.mark.parametrize("state", ["shown", "attested", "contradicted", "not shown"])
def test_an_answer_stands_as_it_was_worked_out(state: str) -> None:
    answer = Answer(CAPACITY, mark("capacity", "no"), AnswerStanding("capacity", state, "why", 0))  # type: ignore[arg-type]
    assert answer.state == state
    assert answer.contradicted is (state == "contradicted")
    assert (answer.id, answer.row_version, answer.finding) == (None, 0, None)


def test_reruns_of_which_nothing_is_known_were_drawn_from_nothing() -> None:
    assert (Reruns(None, None, ()).resamplings, Reruns(None, None, ()).clusters) == (0, 0)


def test_a_text_may_leave_where_somebody_released_that_field_of_that_span() -> None:
    review = dossiers.reviewed()
    span = Span(span_id="s-1", start_ns=1, input="What?", output="That.")
    other = span.model_copy(update={"span_id": "s-2"})
    excerpts = (Excerpt.of("t-1", other, "output"), Excerpt.of("t-1", span, "input"), Excerpt.of("t-1", span, "output"))
    texts = [ReleasedText(excerpt, "dana", dossiers.AT) for excerpt in excerpts]
    sample = TraceSample(1, 1, trace(), review.items[dossiers.SPANS], texts)
    assert sample.released(span, "output") is texts[2]
    assert sample.released(span, "input") is texts[1]
    assert sample.released(other, "output") is texts[0]
    assert sample.released(other, "input") is None


def test_a_file_holds_the_traces_of_all_its_counts() -> None:
    review = dossiers.reviewed()
    counts = [TraceCount(traces=40), TraceCount(traces=2)]
    assert FileTiming(review.items[dossiers.SPANS], (), counts, 3).found == 42
