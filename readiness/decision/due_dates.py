"""The due date of a gap: which dates can be one, and what it takes to move it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from readiness import formatting
from readiness.errors import InputError
from readiness.language import tr, trn

YEARS = 3
"""A due date that is further away than this, from today and from the target date, is a slip of the pen."""
CARRIED_DAYS = 180
"""By how much a date that an assessment states first may have passed already: a gap that is overdue is carried over."""


@dataclass(frozen=True)
class Around:
    """What a due date is held against."""

    today: dt.date
    assessed_on: dt.date | None
    target: dt.date | None

    @property
    def last(self) -> dt.date:
        day = max(self.today, self.target or self.today)
        if day.year + YEARS > dt.MAXYEAR:
            return dt.date.max
        return day.replace(year=day.year + YEARS, day=min(day.day, 28) if day.month == 2 else day.day)


def check_date(due: dt.date | None, around: Around) -> None:
    """Raises InputError for a date that a gap cannot be given: before the assessment, or years away."""
    first = around.assessed_on or dt.date.min
    _check(due, first, first, around)


def check_stated(due: dt.date | None, around: Around, before: dt.date | None) -> None:
    """The same for a date that an assessment states first, which may have passed; `before` is the one it had."""
    if due is None or due == before:
        return
    assessed = around.assessed_on or dt.date.min
    _check(due, dt.date.fromordinal(max(assessed.toordinal() - CARRIED_DAYS, 1)), assessed, around)


def _check(due: dt.date | None, first: dt.date, assessed: dt.date, around: Around) -> None:
    if due is None or first <= due <= around.last:
        return
    stated, start, end = formatting.day(due), formatting.day(assessed), formatting.day(around.last)
    raise InputError(
        tr("{due} is before the assessment of {day}", due=stated, day=start)
        if due < first
        else tr("{due} is more than {years} years away", due=stated, years=YEARS),
        place=tr("due date"),
        expected=tr("a date from {start} to {end}", start=start, end=end),
    )


def question(due: dt.date | None, before: dt.date | None, *, today: dt.date, target: dt.date | None) -> str:
    """What to ask before a date is stored that is possible and still odd; empty where nothing is odd."""
    if due is None or due == before:
        return ""
    if due < today:
        return tr("{due} is {when}; store it all the same?", due=formatting.day(due), when=formatting.ago(due, today))
    if target and due > target:
        return tr(
            "That is {days} after the rollout planned for {day}; store it all the same?",
            days=formatting.count((due - target).days, "day"),
            day=formatting.day(target),
        )
    return ""


def after_rollout(dues: Iterable[dt.date | None], target: dt.date | None) -> int:
    """How many dates are later than the rollout that is planned."""
    return sum(1 for due in dues if target and due and due > target)


def after_rollout_told(count: int) -> str:
    """`2 gaps are due after the rollout`; empty where none is."""
    if not count:
        return ""
    return trn("{n} gap is due after the rollout", "{n} gaps are due after the rollout", count)


def check_move(before: dt.date | None, after: dt.date | None, reason: str) -> None:
    """Raises InputError for a move that is not allowed: a date taken away, or a later one without a reason."""
    if before is not None and after is None:
        raise InputError(tr("a due date cannot be taken away"), place=tr("due date"), expected=tr("another date"))
    if before and after and after > before and not reason.strip():
        first, last = formatting.day(before), formatting.day(after)
        raise InputError(
            tr("moving the due date from {before} to {after} has no reason", before=first, after=last),
            place=tr("reason"),
            expected=tr("a sentence that says why it is later"),
        )


def moved(signal: str, before: dt.date | None, after: dt.date | None) -> str:
    """`the due date of capacity moves from 1 Dec 2026 to 15 Jan 2027, a slip of 45 days`; empty if earlier."""
    if before is None or after is None or after <= before:
        return ""
    return tr(
        "the due date of {signal} moves from {before} to {after}, a slip of {days}",
        signal=signal,
        before=formatting.day(before),
        after=formatting.day(after),
        days=formatting.count((after - before).days, "day"),
    )
