"""The dates that were ever promised for gaps, from what the assessments said day by day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from readiness.model.promises import PastSheet, Promise, StatedAnswer, SystemPast

_DAY = dt.timedelta(days=1)


def promises(pasts: Iterable[SystemPast], as_of: dt.date) -> list[Promise]:
    """Every date that was promised by the end of a day, as it was known then; one that had passed already is none.

    A gap that is carried over from one assessment to the next with its date is one promise. One that is closed is
    closed on the day on which an assessment in force said so; where it is a gap again later, that is another gap. A
    question that nobody answers any more, and a system that is archived, end what is known and close nothing.
    """
    return [promise for past in pasts for promise in _of_system(past, as_of)]


def _of_system(past: SystemPast, as_of: dt.date) -> Iterator[Promise]:
    last = min(as_of, past.archived_on or as_of)
    sheets = [sheet for sheet in past.sheets if sheet.assessed_on <= last]
    signals = dict.fromkeys(answer.signal for sheet in sheets for answer in sheet.answers)
    for signal in signals:
        follower = _Follower(past.system, signal)
        for day, answer in _days(sheets, signal, last):
            follower.hear(day, answer)
        yield from follower.told(last)


def _days(sheets: Sequence[PastSheet], signal: str, last: dt.date) -> Iterator[tuple[dt.date, StatedAnswer | None]]:
    """What stood at the end of each day on which something was said of a question in the assessment in force."""
    said: dict[dt.date, StatedAnswer | None] = {}
    for sheet, after in pairwise([*sheets, None]):
        if sheet is None:
            continue
        end = after.assessed_on if after else last + _DAY
        own = {answer.day: answer for answer in sheet.answers if answer.signal == signal and answer.day < end}
        if sheet.assessed_on < end:
            said[sheet.assessed_on] = None
            said.update(own)
    yield from sorted(said.items(), key=lambda item: item[0])


@dataclass
class _Follower:
    """The promises of one question, in the order in which they were made."""

    system: str
    signal: str
    opened: int = 0
    is_open: bool = False
    due: dt.date | None = None
    unknown_since: dt.date | None = None
    now: list[Promise] = field(default_factory=list)
    done: list[Promise] = field(default_factory=list)

    def hear(self, day: dt.date, answer: StatedAnswer | None) -> None:
        if answer is None or answer.mark is None:
            self.unknown_since = self.unknown_since or day
            return
        self.unknown_since = None
        if answer.mark == "no":
            self._end(day, is_closed=True)
            return
        if not self.is_open:
            self.opened, self.is_open, self.due = self.opened + 1, True, None
        if answer.due and answer.due != self.due:
            made = (self.system, self.signal, self.opened, answer.owner, day, answer.due)
            if answer.due >= day:
                self.now.append(Promise(*made, moved=self.due is not None, until=day, is_closed=False))
            self.due = answer.due

    def _end(self, day: dt.date, *, is_closed: bool) -> None:
        self.done += [replace(promise, until=day, is_closed=is_closed) for promise in self.now]
        self.now, self.is_open = [], False

    def told(self, last: dt.date) -> list[Promise]:
        self._end(self.unknown_since or last, is_closed=False)
        return self.done
