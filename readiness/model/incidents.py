"""What went wrong with people, and the evidence by which a later version shows that it does not any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import StringConstraints, model_validator
from sqlmodel import Field

from readiness import clock
from readiness.language import marked, tr

from .record import Line, Record, Slug

IncidentAnswerKind = Literal["case", "gate", "trace"]
KINDS: tuple[IncidentAnswerKind, ...] = get_args(IncidentAnswerKind)
TITLES: dict[IncidentAnswerKind, str] = {
    "case": marked("test case"),
    "gate": marked("gate"),
    "trace": marked("trace"),
}
MOST_SIGNALS = 30
Told = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
Named = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]


class ReportedIncident(Record):
    """What happened on a day, with which `version`, to whom (`cohort` as `dimension=value`), seen in which trace.

    `signals` are the questions whose answers it speaks against, of every assessment from its day on.
    """

    what: Told
    on: dt.date
    version: Line = ""
    workflow: Line = ""
    cohort: Line = ""
    trace: Line = ""
    signals: list[Slug] = Field(min_length=1, max_length=MOST_SIGNALS)

    @model_validator(mode="after")
    def _placed(self) -> ReportedIncident:
        if not clock.is_plausible(self.on):
            raise ValueError(
                tr("{day} cannot be when it happened; expected {plausible}", day=self.on, plausible=clock.PLAUSIBLE)
            )
        dimension, _, value = self.cohort.partition("=")
        if self.cohort.strip() and not (dimension.strip() and value.strip()):
            raise ValueError(
                tr("the cohort {cohort!r} names no dimension; expected dimension=value", cohort=self.cohort)
            )
        return self


class IncidentAnswer(Record):
    """Evidence that answers an incident: a test case or a trace of one `version`, or a gate of the release policy.

    `digest` is that of the file in which the case passed.
    """

    kind: IncidentAnswerKind
    reference: Named
    version: Line = ""
    digest: Line = ""
    note: Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)] = ""


@dataclass(frozen=True)
class StoredIncidentAnswer:
    id: int
    record: IncidentAnswer
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class StoredIncident:
    """An incident with its answers, in the order they were given; `withdrawn` is why it was none, if it was none."""

    id: int
    row_version: int
    record: ReportedIncident
    answers: Sequence[StoredIncidentAnswer]
    by: str
    at: dt.datetime
    withdrawn: str = ""
