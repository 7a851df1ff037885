"""One review of one candidate: the system, the assessment, the marks, and the file that states them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator
from sqlmodel import Field

from .monitoring import MonitoringPlan
from .policy import ReleasePolicy
from .record import Line, Record, Slug, Text

MarkValue = Literal["no", "partial", "yes"]
VersionRole = Literal["baseline", "candidate"]


class System(Record):
    """An LLM feature under review."""

    slug: Slug
    name: Line
    description: Text = ""
    owner: Line = ""


class Assessment(Record):
    """One review of one candidate version; (system, candidate, assessed_on) names it."""

    candidate: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    baseline: Line = ""
    scope: Text = ""
    target_date: dt.date | None = None
    assessed_on: dt.date | None = None
    checklist: Line = "llm-rollout"

    @model_validator(mode="after")
    def _apart(self) -> Assessment:
        if self.baseline == self.candidate:
            raise ValueError("the baseline is the candidate itself; expected another version to compare with")
        return self


class Mark(Record):
    """One answer; a `partial` or a `yes` is a gap, with an owner, a due date and a next action."""

    signal: Slug
    mark: MarkValue | None = None
    holds_for: Text = ""
    note: Text = ""
    evidence: list[Text] = Field(default_factory=list)
    critical: bool = False
    critical_reason: Text = ""
    not_applicable: bool = False
    owner: Line = ""
    due: dt.date | None = None
    action: Text = ""

    @model_validator(mode="after")
    def _consistent(self) -> Mark:
        if self.mark == "partial" and not self.holds_for.strip():
            raise ValueError(
                "a partial mark does not say what it holds for; expected holds_for to name the cohorts, "
                "environments or releases"
            )
        if self.critical and self.mark != "yes":
            raise ValueError('critical is set on a mark that is not "yes"; expected critical only with a yes')
        if self.critical and not self.critical_reason.strip():
            raise ValueError("critical is set without a reason; expected critical_reason to say why")
        if self.not_applicable and (self.mark != "no" or not self.note.strip()):
            raise ValueError('not_applicable stands alone; expected mark = "no" and a rationale in note')
        return self

    @property
    def is_gap(self) -> bool:
        return self.mark in ("partial", "yes")


class AssessmentFile(Record):
    """A whole assessment, as one file states it."""

    system: System
    assessment: Assessment
    marks: list[Mark] = Field(default_factory=list)
    policy: ReleasePolicy | None = None
    monitoring: MonitoringPlan | None = None
