"""One review of one candidate: the system, the assessment, the marks, and the file that states them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import SerializerFunctionWrapHandler, StringConstraints, model_serializer, model_validator
from sqlmodel import Field

from readiness.language import tr

from .card import SystemCard
from .documents import KINDS, Document
from .monitoring import MonitoringPlan
from .policy import ReleasePolicy
from .record import Line, Record, Slug, Text

MarkValue = Literal["no", "partial", "yes"]
_ROUNDING = 1e-9
VersionRole = Literal["baseline", "candidate"]


class System(Record):
    """An LLM feature under review."""

    slug: Slug
    name: Line
    description: Text = ""
    owner: Line = ""


class Expected(Record):
    """What is in scope: workflows and cohorts (`dimension=value`), each with its share of the traffic, 0 to 1."""

    workflows: dict[str, float] = Field(default_factory=dict)
    cohorts: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _shares(self) -> Expected:
        for kind, shares in (("workflows", self.workflows), ("cohorts", self.cohorts)):
            for name, share in shares.items():
                if not name.strip() or not 0 <= share <= 1:
                    raise ValueError(
                        tr(
                            "{place} is {share}; expected a name and its share of the traffic, 0 to 1",
                            place=f"{kind}.{name}",
                            share=f"{share:g}",
                        )
                    )
        if sum(self.workflows.values()) > 1 + _ROUNDING:
            raise ValueError(tr("the shares of the workflows add up to more than 1; expected 1 at most"))
        for name in self.cohorts:
            dimension, _, value = name.partition("=")
            if not (dimension.strip() and value.strip()):
                raise ValueError(tr("the cohort {cohort!r} names no dimension; expected dimension=value", cohort=name))
        return self

    def __bool__(self) -> bool:
        return bool(self.workflows or self.cohorts)


class Assessment(Record):
    """One review of one candidate version; (system, candidate, assessed_on) names it.

    `expected` is what is in scope: what is expected and has no data is told, what is not expected never speaks.
    """

    candidate: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    baseline: Line = ""
    scope: Text = ""
    target_date: dt.date | None = None
    assessed_on: dt.date | None = None
    checklist: Line = "llm-rollout"
    expected: Expected = Field(default_factory=Expected)

    @model_validator(mode="after")
    def _apart(self) -> Assessment:
        if self.baseline == self.candidate:
            raise ValueError(tr("the baseline is the candidate itself; expected another version to compare with"))
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
                tr(
                    "a partial mark does not say what it holds for; expected holds_for to name the cohorts, "
                    "environments or releases"
                )
            )
        if self.critical and self.mark != "yes":
            raise ValueError(tr('critical is set on a mark that is not "yes"; expected critical only with a yes'))
        if self.critical and not self.critical_reason.strip():
            raise ValueError(tr("critical is set without a reason; expected critical_reason to say why"))
        if self.not_applicable and (self.mark != "no" or not self.note.strip()):
            raise ValueError(tr('not_applicable stands alone; expected mark = "no" and a rationale in note'))
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
    card: SystemCard | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_not_stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A file as it was before it could hold a card, so that what was imported is known again."""
        return {name: value for name, value in handler(self).items() if name != "card" or value is not None}

    def documents(self) -> Iterator[tuple[str, Document]]:
        """Those that it states, each with its place in the file."""
        stated = ((name, getattr(self, name)) for name in KINDS)
        return ((name, document) for name, document in stated if document is not None)
