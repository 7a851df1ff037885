"""The system card: what buyers ask first, as it is stated. What nobody stated is never made up. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator
from sqlmodel import Field

from readiness.language import marked, tr

from .record import Line, Record, Text

FactState = Literal["stated", "in part", "missing"]
CardSection = Literal["purpose", "components", "limits", "evaluation", "red-team", "incidents"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
WITHOUT_DATA = ("prompt",)
"""Kinds of component that nothing is sent to: where they run and what they keep is not asked."""


class Component(Record):
    """A part that the answers come from: `kind` is model, prompt, index, tool, fallback or another.

    `provider` is who runs it, a sub-processor where that is another company.
    """

    kind: Name
    name: Name
    version: Line = ""
    provider: Line = ""
    region: Line = ""
    retention: Line = ""
    training_use: Line = ""

    @property
    def takes_data(self) -> bool:
        """Whether it is asked where it runs and what it keeps."""
        return self.kind.casefold() not in WITHOUT_DATA


class CardEvaluation(Record):
    """How the cases were chosen and labelled (`sampling`), who judged them, how far judges and people agree."""

    sampling: Text = ""
    judge: Text = ""
    agreement: Text = ""
    not_tested: list[Text] = Field(default_factory=list)


class RedTeamRun(Record):
    """One run: `by` is a team or a firm and no person, since it stands in packs; `attacks` that were tried."""

    on: dt.date | None = None
    by: Line = ""
    tried: Text = ""
    attacks: int | None = Field(default=None, ge=0)
    succeeded: int | None = Field(default=None, ge=0)
    report: Line = ""

    @model_validator(mode="after")
    def _no_more_than_tried(self) -> RedTeamRun:
        if self.attacks is not None and self.succeeded is not None and self.succeeded > self.attacks:
            told = {"succeeded": self.succeeded, "attacks": self.attacks}
            raise ValueError(tr("{succeeded} attacks succeeded of {attacks}; expected {attacks} at most", **told))
        return self


class Incident(Record):
    """What happened to users, to whom (`cohort` as `dimension=value`, or `*`), and what was done."""

    on: dt.date | None = None
    what: Text = Field(min_length=1)
    cohort: Line = ""
    done: Text = ""


class SystemCard(Record):
    """`incidents_until` is the day up to which incidents are told: without one, that there was none."""

    intended_use: Text = ""
    not_for: list[Text] = Field(default_factory=list)
    users: Text = ""
    components: list[Component] = Field(default_factory=list)
    oversight: Text = ""
    limits: list[Text] = Field(default_factory=list)
    residual_risk: Text = ""
    customer_duties: list[Text] = Field(default_factory=list)
    evaluation: CardEvaluation = Field(default_factory=CardEvaluation)
    red_team: list[RedTeamRun] = Field(default_factory=list)
    incidents: list[Incident] = Field(default_factory=list)
    incidents_until: dt.date | None = None

    def said(self, fact: CardFact) -> list[str]:
        """What is stated of it: a text for each component that is asked, each run, incident or item of a list."""
        if fact.section == "components":
            return [getattr(part, fact.id.partition(".")[2]) for part in self._asked(fact)]
        if fact.section == "red-team":
            return [run.tried.strip() or str(run.attacks) for run in self.red_team if run.tried.strip() or run.attacks]
        if fact.section == "incidents":
            return [incident.what for incident in self.incidents] or [str(self.incidents_until or "")]
        value: str | list[str] = attrgetter(fact.id)(self)
        return [value] if isinstance(value, str) else [text for text in value if text.strip()]

    def _asked(self, fact: CardFact) -> list[Component]:
        """Every component says its version; only those that data reaches are asked the rest."""
        return [part for part in self.components if part.takes_data or fact.id == "components.version"]

    def state(self, fact: CardFact) -> FactState:
        """In part where only some of the components say it."""
        said = [bool(value.strip()) for value in self.said(fact)]
        return "stated" if said and all(said) else "in part" if any(said) else "missing"

    def silent(self, fact: CardFact) -> list[str]:
        """The components that do not say it, where others do."""
        if self.state(fact) != "in part":
            return []
        return [part.name for part, value in zip(self._asked(fact), self.said(fact), strict=True) if not value.strip()]

    def lacking(self) -> list[CardFact]:
        """The facts that are not stated, or only in part, in the order they are asked."""
        return [fact for fact in FACTS if self.state(fact) != "stated"]


@dataclass(frozen=True)
class CardFact:
    """One thing that buyers ask; `id` is where it stands below `[card]` in the assessment file."""

    id: str
    title: str
    asked: str
    section: CardSection

    @property
    def listed(self) -> bool:
        """Whether it is a list of texts in the file."""
        return isinstance(attrgetter(self.id)(SystemCard()), list)


FACTS = (
    CardFact("intended_use", marked("Intended use"), marked("What is it meant for?"), "purpose"),
    CardFact("not_for", marked("Excluded use"), marked("What must it not be used for?"), "purpose"),
    CardFact("users", marked("Users"), marked("Who works with it, and who is affected by its answers?"), "purpose"),
    CardFact(
        "components.version",
        marked("Pinned versions"),
        marked("Which model, prompt, index, tools and fallback, in which version?"),
        "components",
    ),
    CardFact("components.provider", marked("Sub-processors"), marked("Who runs each of them?"), "components"),
    CardFact("components.region", marked("Regions"), marked("Where is data processed?"), "components"),
    CardFact("components.retention", marked("Retention"), marked("How long is data kept there?"), "components"),
    CardFact(
        "components.training_use",
        marked("Training use"),
        marked("Is customers' data used to train models?"),
        "components",
    ),
    CardFact("oversight", marked("Human oversight"), marked("Who can stop it, and how?"), "limits"),
    CardFact("limits", marked("Known limits"), marked("Where is it known to be weak or wrong?"), "limits"),
    CardFact("residual_risk", marked("Residual risk"), marked("What can still go wrong once all is done?"), "limits"),
    CardFact("customer_duties", marked("Customer's duties"), marked("What must the customer do?"), "limits"),
    CardFact("evaluation.sampling", marked("Cases"), marked("How were cases chosen and labelled?"), "evaluation"),
    CardFact("evaluation.judge", marked("Judge"), marked("Which model or which people judged them?"), "evaluation"),
    CardFact("evaluation.agreement", marked("Agreement"), marked("How far do judge and people agree?"), "evaluation"),
    CardFact("evaluation.not_tested", marked("Not tested"), marked("What was left out?"), "evaluation"),
    CardFact(
        "red_team", marked("Red team"), marked("Who attacked it when, with what, and what succeeded?"), "red-team"
    ),
    CardFact("incidents", marked("Incidents"), marked("What has gone wrong so far, for whom?"), "incidents"),
)
"""Every fact that is asked for, in the order of the card."""
