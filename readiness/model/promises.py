"""What was promised of gaps, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from .assessment import MarkValue


@dataclass(frozen=True)
class StatedAnswer:
    """What an assessment says of a question from a day on."""

    day: dt.date
    signal: str
    mark: MarkValue | None
    owner: str
    due: dt.date | None


@dataclass(frozen=True)
class PastSheet:
    """An assessment with all that was ever answered in it, in the order in which it was said."""

    assessed_on: dt.date
    answers: Sequence[StatedAnswer]


@dataclass(frozen=True)
class SystemPast:
    """The assessments of a system, the first one first; nothing is known of it after it was `archived_on`."""

    system: str
    sheets: Sequence[PastSheet]
    archived_on: dt.date | None = None


@dataclass(frozen=True)
class Promise:
    """A date by which a gap was to be closed, and who owned the gap on the day it was made.

    `opened` counts how often the question had been a gap, this one included; `moved` tells a date that follows another
    one of the same gap. `until` is the day on which the gap was seen closed where it `is_closed`, else the last day on
    which it was seen open.
    """

    system: str
    signal: str
    opened: int
    owner: str
    made_on: dt.date
    due: dt.date
    moved: bool
    until: dt.date
    is_closed: bool

    @property
    def gap(self) -> tuple[str, str, int]:
        return self.system, self.signal, self.opened
