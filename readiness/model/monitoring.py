"""The monitoring plan: what is watched, how often, and who answers for it."""

from __future__ import annotations

import re
from typing import Any

from pydantic import FiniteFloat, SerializerFunctionWrapHandler, model_serializer, model_validator
from sqlmodel import Field

from readiness.language import tr

from .cells import Statistic
from .policy import Gate
from .record import ANY, Line, Record, Text

WEEKLY = 7
"""Days between two looks of a plan whose cadence names no other."""
_CADENCES = {"hour": 1, "daily": 1, "day": 1, "fortnight": 14, "biweekly": 14, "two weeks": 14, "month": 31}
"""Days by a word of the cadence; the longest that is named counts, and weeks count where none is."""


class Alert(Record):
    """What raises an alert in words (`condition`), and as data beside them: the bounds that it is silent within.

    With `min` or `max` a figure that was measured in operation answers it, of `workflow` and `cohort` as of a gate.
    """

    metric: Line
    condition: Line
    route: Line = ""
    workflow: Line = ANY
    cohort: Line = ANY
    stat: Statistic = "mean"
    min: FiniteFloat | None = None
    max: FiniteFloat | None = None

    @model_validator(mode="after")
    def _answerable(self) -> Alert:
        named = self.workflow != ANY or self.cohort != ANY or self.stat != "mean"
        if named and self.min is None and self.max is None:
            raise ValueError(tr("the alert says where it looks but has no bound; expected min or max"))
        return self

    @model_serializer(mode="wrap")
    def _without_what_is_not_stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """An alert as it was before it could state bounds, so that what was signed for stays what it was."""
        later = {"workflow": ANY, "cohort": ANY, "stat": "mean", "min": None, "max": None}
        return {name: value for name, value in handler(self).items() if name not in later or value != later[name]}

    @property
    def gate(self) -> Gate | None:
        """What must hold for it to stay silent; None where only words say it."""
        if self.min is None and self.max is None:
            return None
        return Gate(
            metric=self.metric,
            workflow=self.workflow,
            cohort=self.cohort,
            stat=self.stat,
            min=self.min,
            max=self.max,
        )


class Owners(Record):
    incident_response: Line = ""
    release_review: Line = ""
    weekly_decisions: Line = ""


class MonitoringPlan(Record):
    review_cadence: Line = ""
    escalation_owner: Line = ""
    watch_list: list[Text] = Field(default_factory=list)
    covers: list[Line] = Field(default_factory=list)
    by_cohort: bool = False
    owners: Owners = Field(default_factory=Owners)
    alerts: list[Alert] = Field(default_factory=list)

    @property
    def days_between(self) -> int:
        """How many days lie between two looks at most, by the words of the cadence; a week where they name none."""
        said = self.review_cadence.casefold()
        weeks = [WEEKLY] if re.search(r"\bweek(ly)?\b", said) else []
        return max((*weeks, *(days for word, days in _CADENCES.items() if word in said)), default=WEEKLY)
