"""What due dates promised, over assessments and moves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness import language
from readiness.decision import due_history
from readiness.decision.due_history import (
    DueHistory,
    DueHistorySummary,
    StatedDue,
    carried,
    follow,
    moves,
    summarise,
)
from readiness.model.assessment import Mark
from readiness.model.dossier import DueMove
from tests.factories import TODAY, mark


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def gap(due: int | None, value: Any = "yes", owner: str = "omar") -> dict[str, Mark]:
    return {"capacity": mark("capacity", value, due=None if due is None else day(due), owner=owner)}


def dates(*history: dict[str, Mark], moved: tuple[int | None, ...] = ()) -> list[int]:
    between = [None if days is None else day(days) for days in moved]
    return [(date - TODAY).days for each in follow(history, {"capacity": between}) for date in each.dates]


@pytest.mark.parametrize(
    ("history", "moved", "promised"),
    [
        ((gap(5),), (), [5]),
        ((gap(5), gap(5), gap(9)), (), [5, 9]),
        ((gap(5), gap(9)), (5, 9, 9, 7, 7, 9), [5, 9, 7, 9]),
        ((gap(1), gap(5), gap(7), gap(9)), (1, 5, 5, 7, 7, 8), [1, 5, 7, 8, 9]),
        ((gap(9),), (None, 3, 3, 9), [3, 9]),
        ((gap(1), gap(None, "no"), gap(9)), (), [9]),
        ((gap(1), {}, gap(9)), (), [9]),
        ((gap(1), gap(None), gap(9)), (), [1, 9]),
        ((gap(1), gap(4, "no")), (), []),
        ((gap(9, "no"),), (3, 9), []),
        ((gap(None),), (), []),
        ((), (), []),
    ],
)
def test_promises_run_from_the_day_a_gap_opened(
    history: tuple[dict[str, Mark], ...], moved: tuple[int | None, ...], promised: list[int]
) -> None:
    assert dates(*history, moved=moved) == promised


def test_a_promise_names_the_gap_and_the_one_who_gave_it_last() -> None:
    history = [gap(5, owner="rosa"), gap(9)]
    assert follow(history, {}) == (DueHistory(signal="capacity", owner="omar", dates=(day(5), day(9))),)


def test_only_moves_to_a_later_date_are_slips_and_the_days_count_from_the_first_promise() -> None:
    promise = DueHistory("capacity", "omar", (day(10), day(5), day(20), day(40)))
    assert (promise.slips, promise.days) == (2, 30)


def test_trust_counts_the_moved_gaps_the_median_and_who_moved_twice_or_more_over_all_their_gaps() -> None:
    found = [
        DueHistory("a", "omar", (day(0), day(10))),
        DueHistory("b", "omar", (day(0), day(4))),
        DueHistory("c", "rosa", (day(0), day(30))),
        DueHistory("d", "", (day(0), day(1), day(2))),
        DueHistory("e", "rosa", (day(0),)),
    ]
    assert summarise(found) == DueHistorySummary(promises=5, moved=4, median=4, slippers={"omar": 2})
    assert summarise([]) == DueHistorySummary(0, 0, 0, {})


def test_somebody_is_one_person_however_the_name_is_written() -> None:
    found = [DueHistory("a", "Omar", (day(0), day(1))), DueHistory("b", "omar", (day(0), day(9)))]
    assert summarise(found).slippers == {"Omar": 2}
    assert summarise([DueHistory("a", "omar", (day(5), day(1)))]) == DueHistorySummary(1, 0, -4, {})


def test_the_median_of_an_even_number_of_gaps_lies_between_the_two_in_the_middle() -> None:
    found = [DueHistory(str(days), "", (day(0), day(days))) for days in (1, 4, 9, 20)]
    assert summarise(found).median == 6.5


@pytest.mark.parametrize(("days", "slips"), [((0, 1), {}), ((0, 1, 2), {"omar": 2}), ((0, 2, 1, 3, 4), {"omar": 3})])
def test_somebody_is_a_repeat_slipper_from_the_second_slip_on(days: tuple[int, ...], slips: dict[str, int]) -> None:
    assert summarise([DueHistory("a", "omar", tuple(map(day, days)))]).slippers == slips


def test_who_slipped_most_stands_first() -> None:
    found = [DueHistory("a", "rosa", (day(0), day(1), day(2))), DueHistory("b", "omar", tuple(map(day, range(4))))]
    assert list(summarise(found).slippers.items()) == [("omar", 3), ("rosa", 2)]


# Every move since a gap opened


def on(days: int | None) -> dt.date | None:
    return None if days is None else day(days)


def stated(at: int, due: int | None, *within: DueMove, is_gap: bool = True) -> StatedDue:
    return StatedDue(day(at), "omar", is_gap, on(due), within)


def move(before: int | None, after: int | None, reason: str = "vendor") -> DueMove:
    return DueMove(on(before), on(after), reason, "rosa", dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC))


def came(at: int, before: int, after: int) -> DueMove:
    """A move that was kept when an assessment was stored."""
    return move(before, after, carried(day(at)))


@pytest.mark.parametrize(
    ("history", "made"),
    [
        ([], []),
        ([stated(0, 5)], []),
        ([stated(0, None)], []),
        ([stated(0, 5), stated(1, 5)], []),
        ([stated(0, 5), stated(1, 9)], [(5, 9, "omar")]),
        ([stated(0, 9), stated(1, 5)], [(9, 5, "omar")]),
        ([stated(0, None), stated(1, 5)], []),
        ([stated(0, 5), stated(1, None)], []),
        ([stated(0, 5), stated(1, None), stated(2, 9)], [(5, 9, "omar")]),
        ([stated(0, 5), stated(1, None, is_gap=False), stated(2, 9)], []),
        ([stated(0, 5, is_gap=False), stated(1, 7), stated(2, 9)], [(7, 9, "omar")]),
        ([stated(0, 1), stated(1, 5, is_gap=False), stated(2, 7, is_gap=False), stated(3, 9)], []),
        ([stated(0, 5), stated(1, 9, is_gap=False)], []),
        ([stated(0, 8, move(5, 8))], [(5, 8, "rosa")]),
        ([stated(0, 8, move(None, 8))], [(None, 8, "rosa")]),
        ([stated(0, 9, move(5, 8), move(8, 9))], [(5, 8, "rosa"), (8, 9, "rosa")]),
        ([stated(0, 5), stated(1, 8, move(5, 8))], [(5, 8, "rosa")]),
        ([stated(0, 5), stated(1, 8, move(6, 8))], [(5, 6, "omar"), (6, 8, "rosa")]),
        ([stated(0, 5), stated(1, 8, move(None, 8))], [(None, 8, "rosa")]),
        ([stated(0, 5), stated(1, 9, came(1, 5, 9))], [(5, 9, "rosa")]),
        ([stated(0, 5), stated(1, 9, came(1, 3, 9))], [(5, 9, "omar")]),
        ([stated(0, 5), stated(1, 9, came(1, 5, 8))], [(5, 9, "omar")]),
        ([stated(0, 5), stated(1, 9, came(2, 5, 9))], [(5, 9, "rosa")]),
        ([stated(0, 5), stated(1, 5, came(1, 3, 5))], []),
        ([stated(0, 5), stated(1, 9, came(1, 5, 7), move(7, 9))], [(5, 7, "rosa"), (7, 9, "rosa")]),
    ],
)
def test_a_date_moves_with_an_assessment_or_within_one_since_its_gap_opened(
    history: list[StatedDue], made: list[tuple[int | None, int | None, str]]
) -> None:
    """Each move from when to when, and who moved it."""
    assert [(each.before, each.after, each.by) for each in moves(history)] == [
        (on(before), on(after), by) for before, after, by in made
    ]


def test_a_move_that_came_with_an_assessment_is_of_its_author_at_noon_of_its_day() -> None:
    assert moves([stated(-9, 5), stated(-2, 9)]) == [
        DueMove(
            day(5), day(9), "in the assessment of 18 Nov 2026", "omar", dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
        )
    ]


def test_the_reason_that_a_move_is_known_by_is_the_same_in_every_language() -> None:
    with language.use("de"):
        assert due_history.carried(dt.date(2026, 12, 1)) == "in the assessment of 1 Dec 2026"
