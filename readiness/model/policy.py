"""The release policy: gates, stages, rollback, budgets and who approves."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import FiniteFloat, SerializerFunctionWrapHandler, model_serializer, model_validator
from sqlmodel import Field

from readiness import names
from readiness.language import marked, tr

from .cells import Statistic
from .judges import Judge
from .record import ANY, Line, Record, Text

APPROVER_ROLES = (marked("quality"), marked("policy"), marked("operations"))


MAX_UNSCORED = 0.02
"""Share of cases without a score above which a gate decides nothing, unless it states another."""


REHEARSALS = (marked("passed"), marked("failed"))
"""How a rehearsal of the rollback may have ended."""


class Gate(Record):
    """A threshold on one metric; `cohort = "each"` asks it of every cohort, `"*"` of all cases together.

    `direction` says which way the metric is better, where neither the checklist nor its file does. `min_n` asks for
    independent cases: several runs of one are one. With a larger share of cases without a score than `max_unscored` the
    gate decides nothing. `looks` is how many result sets are to be looked at; they share the error. Of a `critical` one
    no case may fail, whatever the rate. A change is called the same where it is surely less than `same_within`, in the
    unit of the metric, whichever way.
    """

    metric: Line
    workflow: Line = ANY
    cohort: Line = ANY
    stat: Statistic = "mean"
    min: FiniteFloat | None = None
    max: FiniteFloat | None = None
    max_regression: FiniteFloat | None = Field(default=None, ge=0)
    min_n: int = Field(default=1, ge=1)
    direction: Literal["higher", "lower"] | None = None
    max_unscored: FiniteFloat = Field(default=MAX_UNSCORED, ge=0, le=1)
    looks: int | None = Field(default=None, ge=1)
    critical: bool = False
    same_within: FiniteFloat | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _bounded(self) -> Gate:
        if self.critical and self.stat != "mean":
            raise ValueError(
                tr("a critical gate counts the cases that fail, and {stat} counts none; expected mean", stat=self.stat)
            )
        if self.min is None and self.max is None and self.max_regression is None and not self.critical:
            raise ValueError(tr("the gate has no threshold; expected min, max or max_regression, or critical = true"))
        if self.same_within and self.max_regression is not None and self.same_within > self.max_regression:
            raise ValueError(
                tr(
                    "a change of {same_within} is not the same where at most {lost} may be lost; "
                    "expected same_within up to max_regression",
                    same_within=f"{self.same_within:g}",
                    lost=f"{self.max_regression:g}",
                )
            )
        return self

    @model_serializer(mode="wrap")
    def _without_what_is_not_stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A gate as it was before it could state these, so that what was signed for stays what it was."""
        later = {"direction": None, "max_unscored": MAX_UNSCORED, "looks": None, "critical": False, "same_within": None}
        return {name: value for name, value in handler(self).items() if name not in later or value != later[name]}

    @property
    def subject(self) -> str:
        """What the gate looks at: `task_success for each cohort`, `latency_ms p95 in refund`."""
        stat = "" if self.stat == "mean" else f" {self.stat}"
        where = "" if self.workflow == ANY else f" in {_each(self.workflow, 'workflow')}"
        cohort = "" if self.cohort == ANY else f" for {_each(self.cohort, 'cohort')}"
        return f"{self.metric}{stat}{where}{cohort}"


def _each(value: str, noun: str) -> str:
    return f"each {noun}" if value == "each" else value


class RolloutStage(Record):
    """`gates` is what it takes to go on as data, beside the words: judged on what was measured in this stage alone."""

    name: Line
    share: float | None = Field(default=None, ge=0, le=1)
    hours: float | None = Field(default=None, ge=0)
    proceed_if: Text = ""
    gates: list[Gate] = Field(default_factory=list)

    @model_serializer(mode="wrap")
    def _without_what_is_not_stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A stage as it was before it could state gates, so that what was signed for stays what it was."""
        return {name: value for name, value in handler(self).items() if name != "gates" or value}

    @property
    def shadow(self) -> bool:
        """Whether it answers nobody."""
        return "shadow" in self.name.casefold()

    @property
    def limited(self) -> bool:
        """Whether it reaches less than all traffic."""
        return self.shadow or (self.share is not None and self.share < 1)


class Rollback(Record):
    steps: list[Text] = Field(default_factory=list)
    owner: Line = ""
    data_dependencies: Text = ""
    confirm: Text = ""
    rehearsed_on: dt.date | None = None
    rehearsal: Literal["passed", "failed"] | None = None


class Budget(Record):
    """Time and retries one stage may spend, and what happens after."""

    timeout_ms: float | None = Field(default=None, gt=0)
    retries: int | None = Field(default=None, ge=0)
    fallback: Line = ""


class Approver(Record):
    role: Line
    name: Line


class ReleasePolicy(Record):
    """`peak_concurrency` is how many requests at once the rollout is planned for.

    `public_dimensions` are the kinds of cohorts whose values may leave in packs, beside those that a pack names itself.
    """

    gates: list[Gate] = Field(default_factory=list)
    stages: list[RolloutStage] = Field(default_factory=list)
    rollback: Rollback = Field(default_factory=Rollback)
    budgets: dict[str, Budget] = Field(default_factory=dict)
    approvers: list[Approver] = Field(default_factory=list)
    peak_concurrency: int | None = Field(default=None, ge=1)
    judges: list[Judge] = Field(default_factory=list)
    public_dimensions: list[Line] = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_dimension_named(self) -> ReleasePolicy:
        if any(dimension.strip() in ("", ANY) for dimension in self.public_dimensions):
            raise ValueError(tr("a public dimension has no name; expected kinds of cohorts, such as language"))
        return self

    @model_serializer(mode="wrap")
    def _without_what_is_not_stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A policy as it was before it could state these, so that what was signed for stays what it was."""
        later = ("judges", "public_dimensions")
        return {name: value for name, value in handler(self).items() if name not in later or value}

    @property
    def staged(self) -> bool:
        """Whether the rollout begins below full share, or in the shadow, and at least one more stage follows."""
        return len(self.stages) > 1 and self.stages[0].limited

    @property
    def roles(self) -> list[str]:
        """Who has to agree: the required roles first, then those that somebody is named for."""
        return list(dict.fromkeys([*APPROVER_ROLES, *(approver.role for approver in self.approvers)]))

    def approvers_of(self, role: str) -> list[str]:
        """Those who are named for a role, each once."""
        approvers = [approver.name.strip() for approver in self.approvers if approver.role == role]
        return list({names.key(name): name for name in approvers if not names.is_none(name)}.values())
