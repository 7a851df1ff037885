"""What due dates promised, over assessments and moves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.decision.due_history import DueHistory, DueHistorySummary, follow, summarise
from readiness.model.assessment import Mark
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
