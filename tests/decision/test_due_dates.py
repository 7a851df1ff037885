"""What it takes to move the due date of a gap."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness.decision.due_dates import (
    CARRIED_DAYS,
    Around,
    after_rollout,
    after_rollout_told,
    check_date,
    check_move,
    check_stated,
    moved,
    question,
)
from readiness.errors import InputError

FIRST, LATER = dt.date(2026, 12, 1), dt.date(2026, 12, 2)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (None, None, ""),
        (None, FIRST, ""),
        (FIRST, FIRST, ""),
        (LATER, FIRST, ""),
        (FIRST, LATER, "the vendor is late"),
    ],
)
def test_a_first_date_an_earlier_one_and_a_later_one_with_a_reason_are_allowed(
    before: dt.date | None, after: dt.date | None, reason: str
) -> None:
    check_move(before, after, reason)


def test_a_date_cannot_be_taken_away() -> None:
    with pytest.raises(InputError, match="due date: a due date cannot be taken away; expected another date"):
        check_move(FIRST, None, "no longer needed")


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_later_date_needs_a_reason(reason: str) -> None:
    with pytest.raises(InputError, match="moving the due date from 1 Dec 2026 to 2 Dec 2026 has no reason"):
        check_move(FIRST, LATER, reason)


ASSESSED = dt.date(2026, 11, 20)


def around(target: dt.date | None = None, today: dt.date = ASSESSED) -> Around:
    return Around(today, ASSESSED, target)


@pytest.mark.parametrize("due", [None, ASSESSED, dt.date(2029, 11, 20)])
def test_a_date_from_the_assessment_to_three_years_away_can_be_one(due: dt.date | None) -> None:
    check_date(due, around())


@pytest.mark.parametrize("due", [ASSESSED - dt.timedelta(days=1), dt.date(2029, 11, 21), dt.date.min, dt.date.max])
def test_any_other_date_is_refused_with_those_that_can_be_one(due: dt.date) -> None:
    with pytest.raises(InputError, match="expected a date from 20 Nov 2026 to 20 Nov 2029"):
        check_date(due, around())


@pytest.mark.parametrize(
    ("target", "today", "last"),
    [
        (dt.date(2028, 2, 29), ASSESSED, dt.date(2031, 2, 28)),
        (dt.date(2025, 1, 1), ASSESSED, dt.date(2029, 11, 20)),
        (dt.date.max, ASSESSED, dt.date.max),
        (None, dt.date(2028, 3, 1), dt.date(2031, 3, 1)),
    ],
)
def test_the_last_day_counts_from_today_or_the_target_date_whichever_is_later(
    target: dt.date | None, today: dt.date, last: dt.date
) -> None:
    assert around(target, today).last == last


def test_a_gap_that_is_overdue_is_carried_over_but_not_from_years_ago() -> None:
    longest = ASSESSED - dt.timedelta(days=CARRIED_DAYS)
    check_stated(longest, around(), None)
    with pytest.raises(InputError, match="is before the assessment of 20 Nov 2026"):
        check_stated(longest - dt.timedelta(days=1), around(), None)
    check_stated(longest - dt.timedelta(days=1), around(), longest - dt.timedelta(days=1))


def test_where_no_day_is_stated_any_date_up_to_three_years_away_can_be_one() -> None:
    undated = Around(ASSESSED, None, None)
    check_date(dt.date.min, undated)
    check_stated(dt.date.min, undated, None)
    check_stated(None, undated, ASSESSED)
    with pytest.raises(InputError, match="20 Nov 2030 is more than 3 years away"):
        check_stated(dt.date(2030, 11, 20), undated, None)


def test_a_date_that_cannot_be_one_says_why_and_which_can() -> None:
    with pytest.raises(InputError) as early:
        check_date(ASSESSED - dt.timedelta(days=1), around())
    assert early.value.problem == "19 Nov 2026 is before the assessment of 20 Nov 2026"
    assert (early.value.place, early.value.expected) == ("due date", "a date from 20 Nov 2026 to 20 Nov 2029")
    with pytest.raises(InputError, match="21 Nov 2029 is more than 3 years away"):
        check_date(dt.date(2029, 11, 21), around())
    ahead = dt.date(2030, 12, 1)
    with pytest.raises(InputError, match="1 Dec 2030 is more than 3 years away"):
        check_date(ahead, Around(ASSESSED, ahead, None))
    with pytest.raises(
        InputError, match="is before the assessment of 20 Nov 2026; expected a date from 20 Nov 2026 to"
    ):
        check_stated(ASSESSED - dt.timedelta(days=CARRIED_DAYS + 1), around(), FIRST)


def test_a_move_that_is_not_allowed_says_where_and_what_was_expected() -> None:
    with pytest.raises(InputError) as later:
        check_move(FIRST, LATER, " ")
    assert (later.value.place, later.value.expected) == ("reason", "a sentence that says why it is later")
    with pytest.raises(InputError) as gone:
        check_move(FIRST, None, "no longer needed")
    assert (gone.value.place, gone.value.expected) == ("due date", "another date")


@pytest.mark.parametrize(
    ("target", "last"),
    [
        (dt.date(9996, 12, 31), dt.date(9999, 12, 31)),
        (dt.date(9996, 6, 30), dt.date(9999, 6, 30)),
        (dt.date(9997, 1, 1), dt.date.max),
        (dt.date(2027, 1, 31), dt.date(2030, 1, 31)),
        (dt.date(2027, 2, 28), dt.date(2030, 2, 28)),
        (dt.date(2027, 3, 29), dt.date(2030, 3, 29)),
    ],
)
def test_the_last_day_is_the_same_day_three_years_on_as_far_as_the_calendar_goes(
    target: dt.date, last: dt.date
) -> None:
    assert around(target).last == last


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (FIRST, LATER, "the due date of capacity moves from 1 Dec 2026 to 2 Dec 2026, a slip of 1 day"),
        (
            FIRST,
            dt.date(2027, 1, 15),
            "the due date of capacity moves from 1 Dec 2026 to 15 Jan 2027, a slip of 45 days",
        ),
        (LATER, FIRST, ""),
        (FIRST, FIRST, ""),
        (None, FIRST, ""),
        (FIRST, None, ""),
        (None, None, ""),
    ],
)
def test_a_move_to_a_later_date_is_told_with_its_days(before: dt.date | None, after: dt.date | None, told: str) -> None:
    assert moved("capacity", before, after) == told


TARGET = ASSESSED + dt.timedelta(days=20)


@pytest.mark.parametrize(
    ("days", "asked"),
    [
        (-3, "17 Nov 2026 is 3 days ago; store it all the same?"),
        (0, ""),
        (20, ""),
        (32, "That is 12 days after the rollout planned for 10 Dec 2026; store it all the same?"),
    ],
)
def test_a_date_that_has_passed_and_one_after_the_rollout_are_asked_about(days: int, asked: str) -> None:
    due = ASSESSED + dt.timedelta(days=days)
    assert question(due, None, today=ASSESSED, target=TARGET) == asked
    assert question(due, due, today=ASSESSED, target=TARGET) == "", "a date that stays is not asked about again"


def test_no_date_and_no_rollout_leave_nothing_to_ask() -> None:
    assert question(None, None, today=ASSESSED, target=TARGET) == ""
    assert question(TARGET, None, today=ASSESSED, target=None) == ""


def test_gaps_that_are_due_after_the_rollout_are_counted_and_told() -> None:
    dues = [None, TARGET, TARGET + dt.timedelta(days=1), TARGET + dt.timedelta(days=9)]
    assert [after_rollout(dues, target) for target in (TARGET, None)] == [2, 0]
    assert [after_rollout_told(count) for count in (0, 1, 2)] == [
        "",
        "1 gap is due after the rollout",
        "2 gaps are due after the rollout",
    ]
