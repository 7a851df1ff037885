"""Trust in dates: how often and how far the due dates of open gaps were moved. Pure."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from readiness import formatting, language, names
from readiness.model.assessment import Mark
from readiness.model.dossier import DueMove

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


@dataclass(frozen=True)
class StatedDue:
    """What one assessment says of a gap: by when it is to be closed, and how that date moved within the assessment."""

    assessed_on: dt.date
    by: str
    is_gap: bool
    due: dt.date | None
    moves: Sequence[DueMove] = ()


def carried(assessed_on: dt.date) -> str:
    """The reason of a move that came with an assessment, and not within one: it is stored and compared, in English."""
    with language.use(language.ENGLISH):
        return f"in the assessment of {formatting.day(assessed_on)}"


def moves(history: Sequence[StatedDue]) -> list[DueMove]:
    """Every move of a date since the gap opened, in whatever order the assessments were stored.

    `history` runs from the first assessment to the last. A date that differs from that of the assessment before moved
    with the assessment; what was kept of that when it was stored counts only where it still says the same.
    """
    made: list[DueMove] = []
    promised: dt.date | None = None
    for stated in _since_opened(history):
        came = [move for move in stated.moves if move.reason == carried(stated.assessed_on)]
        own = [move for move in stated.moves if move not in came]
        first = own[0].before if own else stated.due
        if promised and first and first != promised:
            noon = dt.datetime.combine(stated.assessed_on, dt.time(12), dt.UTC)
            anew = DueMove(promised, first, carried(stated.assessed_on), stated.by, noon)
            made.append(next((move for move in came if (move.before, move.after) == (promised, first)), anew))
        made += own
        promised = stated.due or promised
    return made


def _since_opened(history: Sequence[StatedDue]) -> Sequence[StatedDue]:
    closed = [at for at, stated in enumerate(history) if not stated.is_gap]
    return history[closed[-1] + 1 :] if closed else history


def follow(
    history: Sequence[Mapping[str, Mark]], moved: Mapping[str, Sequence[dt.date | None]]
) -> tuple[DueHistory, ...]:
    """The promises of the gaps that are open in the last assessment, since each gap opened.

    `history` holds the marks of every assessment by signal, the first one first; `moved` the dates between which the
    due date of a signal moved since the gap opened, in order (see `moves`).
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
    stated = [*(moved or [mark.due for mark in opened[:-1]]), *(mark.due for mark in opened[-1:])]
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
