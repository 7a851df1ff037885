"""Every date that was promised for a gap, from what assessments said day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from readiness.decision.promises import promises
from readiness.model.assessment import MarkValue
from readiness.model.promises import PastSheet, Promise, StatedAnswer, SystemPast

START = dt.date(2026, 3, 2)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def said(on: int, mark: MarkValue | None, due: int | None = None, owner: str = "omar") -> StatedAnswer:
    return StatedAnswer(day(on), "capacity", mark, owner, None if due is None else day(due))


def sheet(*answers: StatedAnswer, on: int = 0) -> PastSheet:
    return PastSheet(day(on), answers)


def made(*sheets: PastSheet, as_of: int = 100, archived: int | None = None) -> Sequence[Promise]:
    past = SystemPast("desk", sheets, None if archived is None else day(archived))
    return promises([past], day(as_of))


def told(*sheets: PastSheet, as_of: int = 100) -> list[tuple[int, int, bool, int, bool]]:
    """Made on, due, moved, seen until, closed: all in days."""
    return [
        ((one.made_on - START).days, (one.due - START).days, one.moved, (one.until - START).days, one.is_closed)
        for one in made(*sheets, as_of=as_of)
    ]


def test_a_gap_that_is_carried_over_several_assessments_and_closed_is_one_promise() -> None:
    sheets = [sheet(said(on, "yes", 50), on=on) for on in (0, 20, 40)]
    assert told(*sheets, sheet(said(60, "no", 50), on=60)) == [(0, 50, False, 60, True)]


def test_every_move_is_a_promise_of_its_own_and_all_are_closed_on_one_day() -> None:
    sheets = sheet(said(0, "yes", 30), said(25, "yes", 60), said(70, "no", 60))
    assert told(sheets) == [(0, 30, False, 70, True), (25, 60, True, 70, True)]
    assert len({one.gap for one in made(sheets)}) == 1


def test_a_gap_that_is_open_still_is_seen_open_until_today_and_not_closed() -> None:
    assert told(sheet(said(0, "partial", 30))) == [(0, 30, False, 100, False)]
    assert told(sheet(said(0, "partial", 30)), as_of=10) == [(0, 30, False, 10, False)]


def test_a_day_in_the_past_knows_nothing_of_what_came_after_it() -> None:
    sheets = sheet(said(0, "yes", 30), said(25, "yes", 60), said(70, "no", 60)), sheet(said(80, "yes", 99), on=80)
    assert told(*sheets, as_of=24) == [(0, 30, False, 24, False)]
    assert told(*sheets, as_of=69) == [(0, 30, False, 69, False), (25, 60, True, 69, False)]
    assert told(*sheets, as_of=79) == told(sheets[0])


def test_what_is_reopened_is_another_gap_with_a_first_promise_of_its_own() -> None:
    first, second = made(sheet(said(0, "yes", 30), said(40, "no", 30), said(50, "yes", 80)))
    assert (first.is_closed, first.until, first.opened) == (True, day(40), 1)
    assert (second.is_closed, second.made_on, second.moved, second.opened) == (False, day(50), False, 2)


def test_an_answer_that_was_put_right_on_its_own_day_opens_and_closes_nothing() -> None:
    assert told(sheet(said(0, "yes", 30), said(9, "no"), said(9, "yes", 30))) == [(0, 30, False, 100, False)]
    assert told(sheet(said(0, "yes", 30), said(0, "yes", 35))) == [(0, 35, False, 100, False)]


def test_a_question_that_nobody_answers_any_more_ends_what_is_known_and_closes_nothing() -> None:
    assert told(sheet(said(0, "yes", 30)), sheet(on=40)) == [(0, 30, False, 40, False)]
    answered = sheet(said(50, "no"), on=40)
    assert told(sheet(said(0, "yes", 30)), answered) == [(0, 30, False, 50, True)]


def test_an_archived_system_ends_what_is_known() -> None:
    (promise,) = made(sheet(said(0, "yes", 30), said(60, "no")), archived=45)
    assert (promise.until, promise.is_closed) == (day(45), False)


def test_a_gap_without_a_date_and_a_date_that_had_passed_are_no_promises() -> None:
    assert told(sheet(said(0, "yes"))) == []
    assert told(sheet(said(10, "yes", 5))) == []
    assert told(sheet(said(10, "yes", 5), said(20, "yes", 60))) == [(20, 60, True, 100, False)]


def test_what_is_said_of_an_earlier_assessment_after_another_is_in_force_counts_no_more() -> None:
    late = sheet(said(0, "yes", 30), said(60, "no")), sheet(said(50, "yes", 30), on=50)
    assert told(*late) == [(0, 30, False, 100, False)]


def test_the_owner_is_whoever_owned_the_gap_when_the_date_was_promised() -> None:
    first, second = made(sheet(said(0, "yes", 30), said(10, "yes", 30, "rosa"), said(20, "yes", 60, "rosa")))
    assert (first.owner, second.owner) == ("omar", "rosa")
