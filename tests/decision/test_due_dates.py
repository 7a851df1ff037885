"""What it takes to move the due date of a gap."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness.decision.due_dates import check_move
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
