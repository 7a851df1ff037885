"""The weekly review of a rollout: what people said of a week, bound to the figures that they saw."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import StringConstraints, model_validator
from sqlmodel import Field

from readiness import clock, names
from readiness.language import marked, tr

from .decisions import MOST_LISTED, Who
from .record import Line, Record, Text

WeekState = Literal["kept", "unclear", "off", "silent"]
"""What the figures of a week say: as promised, too little to tell, not as promised, nothing was measured."""
WeekOutcome = Literal["as promised", "watch", "act"]
"""What people made of it."""
OUTCOMES: tuple[WeekOutcome, ...] = get_args(WeekOutcome)
TITLES: dict[WeekOutcome, str] = {
    "as promised": marked("As promised"),
    "watch": marked("Watch closely"),
    "act": marked("Act"),
}


class WeeklyReview(Record):
    """What was said on `held_on` of week number `week` of a rollout, whose figures said `state`.

    `watched` are words on items of the watch list, by item. `digest` is one over the figures as they were seen.
    """

    week: int = Field(ge=1, le=10_000)
    held_on: dt.date
    people: list[Who] = Field(min_length=1, max_length=MOST_LISTED)
    outcome: WeekOutcome
    minutes: Annotated[Text, StringConstraints(min_length=1, strip_whitespace=True)]
    watched: dict[Text, Text] = Field(default_factory=dict, max_length=MOST_LISTED)
    state: WeekState
    digest: Annotated[Line, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @model_validator(mode="after")
    def _held(self) -> WeeklyReview:
        if not clock.is_plausible(self.held_on):
            told = {"field": "held_on", "day": self.held_on, "plausible": clock.PLAUSIBLE}
            raise ValueError(tr("{field} is {day}, which cannot be meant; expected {plausible}", **told))
        if all(names.is_none(name) for name in self.people):
            raise ValueError(tr("nobody is named who reviewed the week; expected their names"))
        return self


@dataclass(frozen=True)
class StoredWeeklyReview:
    """A review with who wrote it down; a later one of the same week stands beside it."""

    id: int
    assessment_id: int
    record: WeeklyReview
    by: str
    at: dt.datetime
