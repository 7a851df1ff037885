"""Trust in dates: how often and how far the due dates of open gaps were moved. Pure."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from readiness import names
from readiness.model.assessment import Mark

REPEATED = 2
"""Moves to a later date that make somebody a repeat slipper."""


@dataclass(frozen=True)
class DueHistory:
    """The dates that were promised for one gap, the first one first; never empty, and no date follows itself."""

    signal: str
    owner: str
    dates: tuple[dt.date, ...]

    @property
    def slips(self) -> int:
        """How often the date was moved later."""
        return sum(after > before for before, after in pairwise(self.dates))

    @property
    def days(self) -> int:
        """Days between the first promise and the last; negative where it was moved forward."""
        return (self.dates[-1] - self.dates[0]).days


@dataclass(frozen=True)
class DueHistorySummary:
    """How far the dates can be trusted, over all gaps with one.

    `median` is that of `DueHistory.days`; `slippers` are owners with the slips of all their gaps, from two on.
    """

    promises: int
    moved: int
    median: float
    slippers: Mapping[str, int]


def follow(
    history: Sequence[Mapping[str, Mark]], moved: Mapping[str, Sequence[dt.date | None]]
) -> tuple[DueHistory, ...]:
    """The promises of the gaps that are open in the last assessment, since each gap opened.

    `history` holds the marks of every assessment by signal, the first one first; `moved` the dates between which the
    due date of a signal moved within the last one, in order.
    """
    latest = history[-1] if history else {}
    return tuple(
        DueHistory(signal, mark.owner, dates)
        for signal, mark in latest.items()
        if mark.is_gap and (dates := tuple(_dates(signal, history, moved.get(signal, ()))))
    )


def _dates(signal: str, history: Sequence[Mapping[str, Mark]], moved: Sequence[dt.date | None]) -> Iterator[dt.date]:
    opened: list[Mark] = []
    for marks in history:
        mark = marks.get(signal)
        opened = [*opened, mark] if mark is not None and mark.is_gap else []
    stated = [*(mark.due for mark in opened[:-1]), *moved, *(mark.due for mark in opened[-1:])]
    last = None
    for date in stated:
        if date is not None and date != last:
            yield date
            last = date


def summarise(promises: Sequence[DueHistory]) -> DueHistorySummary:
    """What the promises say together; a median of 0 where there is none."""
    slips: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for promise in promises:
        if promise.owner:
            slips[spelt.setdefault(names.key(promise.owner), promise.owner)] += promise.slips
    return DueHistorySummary(
        promises=len(promises),
        moved=sum(promise.slips > 0 for promise in promises),
        median=statistics.median([promise.days for promise in promises] or [0]),
        slippers={owner: count for owner, count in slips.most_common() if count >= REPEATED},
    )
