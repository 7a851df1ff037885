"""The verdicts of many systems on one line of dates: which held from when to when. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from readiness.model.checklist import Level

from .status import SystemStatus, TrendPoint


class VerdictSpan(NamedTuple):
    """A verdict that held from one day to another: of which version, with which score."""

    first: dt.date
    last: dt.date
    level: Level
    candidate: str
    score: int


@dataclass(frozen=True)
class Window:
    """The days that are shown."""

    first: dt.date
    last: dt.date

    def at(self, day: dt.date) -> float:
        """Where a day stands, in per cent of the window."""
        return 100 * (min(max(day, self.first), self.last) - self.first).days / max((self.last - self.first).days, 1)

    @property
    def months(self) -> list[dt.date]:
        """The firsts of months within it, as many as have room."""
        day, found = self.first.replace(day=1), []
        while (day := (day + dt.timedelta(days=32)).replace(day=1)) <= self.last:
            found.append(day)
        return found[:: -(-len(found) // MONTHS)] if found else []


MONTHS = 8
"""How many months are written under a line of dates."""
LEAST = 28
"""Days that a line of dates spans at least."""


def spans(status: SystemStatus) -> list[VerdictSpan]:
    """From each assessment to the next, and from the latest to the day that is asked about.

    An assessment without a date is not on the line. Each verdict is the one of its own day, the latest that of now.
    """
    dated = list(_dated(status.trend))
    ends = [*(day for day, _ in dated[1:]), status.as_of][: len(dated)]
    return [
        VerdictSpan(day, max(end, day), point.level, point.candidate, point.score)
        for (day, point), end in zip(dated, ends, strict=True)
    ]


def _dated(trend: Sequence[TrendPoint]) -> Iterator[tuple[dt.date, TrendPoint]]:
    yield from ((dt.date.fromisoformat(point.assessed_on), point) for point in trend if point.assessed_on)


def window(statuses: Sequence[SystemStatus]) -> Window:
    """The days from the first assessment to the last target date or today, whichever is later."""
    as_of = max(status.as_of for status in statuses)
    first = min((day for status in statuses for day, _ in _dated(status.trend)), default=as_of)
    last = max([as_of, *(status.target_date for status in statuses if status.target_date)])
    return Window(min(first, last - dt.timedelta(days=LEAST)), last)
