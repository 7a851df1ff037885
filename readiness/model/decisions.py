"""What people decided in the meeting, bound to what they saw: go, go with conditions, hold or no-go.

A decision is never changed: a later one stands beside it. Only its conditions are, when somebody says they are met.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import StringConstraints, model_validator
from sqlmodel import Field

from readiness import clock, names
from readiness.language import marked, tr

from .checklist import ALLOWED, Level
from .record import Record, Text

DecisionOutcome = Literal["go", "conditional", "hold", "no-go"]
OUTCOMES: tuple[DecisionOutcome, ...] = get_args(DecisionOutcome)
TITLES: dict[DecisionOutcome, str] = {
    "go": marked("Go"),
    "conditional": marked("Go with conditions"),
    "hold": marked("Hold"),
    "no-go": marked("No-go"),
}
GOES_ON: tuple[DecisionOutcome, ...] = ("go", "conditional")
"""Outcomes by which the rollout goes on."""
MOST_LISTED = 50
"""Conditions, risks or voices against of one decision."""
Said = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
Who = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]


class DecisionCondition(Record):
    """What has to be done by when for a decision to hold."""

    what: Said
    owner: Who
    due: dt.date

    @model_validator(mode="after")
    def _owned(self) -> DecisionCondition:
        if names.is_none(self.owner):
            raise ValueError(
                tr("nobody owns the condition {condition!r}; expected who sees to it", condition=self.what[:80])
            )
        _refuse_implausible(self.due, "due")
        return self


class AcceptedRisk(Record):
    """A risk that an approver takes, why, and the last day of it."""

    what: Said
    reason: Said
    approver: Who
    expires: dt.date

    @model_validator(mode="after")
    def _approved(self) -> AcceptedRisk:
        if names.is_none(self.approver):
            raise ValueError(tr("nobody accepts the risk {risk!r}; expected who answers for it", risk=self.what[:80]))
        _refuse_implausible(self.expires, "expires")
        return self


class Dissent(Record):
    """Who would have decided otherwise, and why."""

    by: Who
    why: Said


class RolloutDecision(Record):
    """What was decided on `decided_on` by `people` on the verdict `level`, which stays as it is.

    `components` are the versions of the parts that the system card named then, by kind and name: `model gpt-4.1`.
    `parts` are digests of what they saw, `digest` is one over all of them, as of a sign-off.
    """

    outcome: DecisionOutcome
    decided_on: dt.date
    people: list[Who] = Field(min_length=1, max_length=MOST_LISTED)
    reasons: Annotated[Text, StringConstraints(min_length=1, strip_whitespace=True)]
    dissent: list[Dissent] = Field(default_factory=list, max_length=MOST_LISTED)
    conditions: list[DecisionCondition] = Field(default_factory=list, max_length=MOST_LISTED)
    risks: list[AcceptedRisk] = Field(default_factory=list, max_length=MOST_LISTED)
    components: dict[str, str] = Field(default_factory=dict)
    level: Level
    parts: dict[str, str]
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @model_validator(mode="after")
    def _whole(self) -> RolloutDecision:
        _refuse_implausible(self.decided_on, "decided_on")
        if all(names.is_none(name) for name in self.people):
            raise ValueError(tr("nobody is named who decided; expected their names"))
        if self.outcome == "conditional" and not self.conditions:
            raise ValueError(tr("a go with conditions names none; expected what must be done, by whom and by when"))
        if self.outcome == "go" and self.conditions:
            raise ValueError(tr("a go has conditions; expected the outcome 'go with conditions'"))
        if self.outcome == "no-go" and self.conditions:
            raise ValueError(tr("a no-go has conditions; expected none, or a hold"))
        if self.risks and not self.goes_on:
            raise ValueError(tr("risks are accepted where nothing goes on; expected none"))
        if self.against and not self.risks:
            raise ValueError(
                tr(
                    "a go against the verdict {level} accepts no risk; expected what is accepted, why, by whom and "
                    "until when",
                    level=self.level,
                )
            )
        self._refuse_past()
        return self

    def _refuse_past(self) -> None:
        for condition in self.conditions:
            if condition.due < self.decided_on:
                what = condition.what[:80]
                raise ValueError(
                    tr("the condition {condition!r} is due before the decision; expected later", condition=what)
                )
        for risk in self.risks:
            if risk.expires < self.decided_on:
                raise ValueError(
                    tr("the risk {risk!r} expires before the decision; expected later", risk=risk.what[:80])
                )

    @property
    def goes_on(self) -> bool:
        return self.outcome in GOES_ON

    @property
    def against(self) -> bool:
        """Whether it lets go on what the verdict that was seen does not."""
        return self.goes_on and self.level not in ALLOWED


@dataclass(frozen=True)
class StoredCondition:
    """A condition with its id and row version, and who said that it is met, on which day, with what note."""

    id: int
    row_version: int
    record: DecisionCondition
    met_on: dt.date | None = None
    met_by: str = ""
    note: str = ""

    def is_late(self, as_of: dt.date) -> bool:
        return self.met_on is None and self.record.due < as_of


@dataclass(frozen=True)
class OpenCondition:
    """A condition of the decision in force on a system that nobody has said is met."""

    system: str
    candidate: str
    condition: StoredCondition


@dataclass(frozen=True)
class StoredDecision:
    """A decision on an assessment, of `candidate`; `by` is who wrote it down."""

    id: int
    assessment_id: int
    candidate: str
    record: RolloutDecision
    conditions: Sequence[StoredCondition]
    by: str
    at: dt.datetime

    @property
    def days(self) -> list[dt.date]:
        """The last days of what holds for a time: of the conditions that are open, and of the risks."""
        conditions = [one.record.due for one in self.conditions if one.met_on is None]
        return sorted([*conditions, *(risk.expires for risk in self.record.risks)])


def _refuse_implausible(day: dt.date, name: str) -> None:
    if not clock.is_plausible(day):
        told = {"field": name, "day": day, "plausible": clock.PLAUSIBLE}
        raise ValueError(tr("{field} is {day}, which cannot be meant; expected {plausible}", **told))
