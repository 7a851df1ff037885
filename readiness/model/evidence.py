"""A file that was imported, and whether it counts on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    SerializerFunctionWrapHandler,
    StringConstraints,
    field_serializer,
    field_validator,
    model_serializer,
)
from sqlmodel import Field

from readiness.language import marked

from .record import Line, Record, Text

T = TypeVar("T")

EvidenceKind = Literal["results", "traces"]
KINDS: tuple[EvidenceKind, ...] = (marked("results"), marked("traces"))
Freshness = Literal["fresh", "doubtful", "stale", "undated", "later"]
DoubtKind = Literal["total", "time", "renamed", "label", "moved", "copy", "run", "setting", "same", "unit", "repeated"]

SHELF_LIFE_DAYS = 30
"""How long evidence counts after it was measured, unless it says otherwise."""


class Skipped(Record):
    """A row that was not kept, where it stands in the file, and why."""

    place: Line
    reason: Text


class ReadAs(Record):
    """How a person said that a file is read; only what was said is stored.

    `shape` is the same for files that name the same fields, so that the next one is read alike. Until the day
    `raw_until` the texts of traces are kept as they were before redaction. `chosen` are the ids of the traces to keep.
    What was measured in a `stage` of the rollout is held against that stage, and not against the scorecard.
    """

    version: Line = ""
    mapping: dict[str, str] = Field(default_factory=dict)
    shape: Line = ""
    raw_until: dt.date | None = None
    chosen: list[str] = Field(default_factory=list)
    stage: Line = ""

    @model_serializer(mode="wrap")
    def _only_what_was_said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        stated = {name: value for name, value in handler(self).items() if name in self.model_fields_set}
        return stated | ({"raw_until": self.raw_until.isoformat()} if self.raw_until else {})


class Doubt(Record):
    """What does not fit in a file: `what` it is about, what is stated of it, and what there is instead.

    A `total` that the file states beside what its rows give; a `time` that it states beside the day it is imported for.
    A version: the one that the rows name (`renamed`), that the label stood for (`label`), that the same bytes
    (`moved`), figures (`copy`), run (`run`) or prompt and model (`same`) were imported as before, beside the one that
    the file is imported as. A `setting` of the version, such as its commit, beside the one that this file states, and
    the `unit` that a person stated for a metric beside the one that it is read in now. Rows that are others once more
    (`repeated`), with how often these would count.
    """

    kind: DoubtKind
    what: Line
    stated: Line
    counted: Line


class Confirmation(Record):
    """That a person looked at what does not fit, and why the file counts all the same."""

    by: Line
    at: dt.datetime
    reason: Text

    @field_serializer("at")
    def _as_text(self, at: dt.datetime) -> str:
        return at.isoformat()


LONGEST_LABEL = 300


class Origin(Record):
    """What a file says that it ran: the label it gives, the version it was imported as, and the ids of the run.

    Its `settings` are commit, model and prompts, as `importers.settings` writes them.
    """

    label: Line
    version: Line
    run: dict[str, str] = Field(default_factory=dict)
    settings: dict[str, str] = Field(default_factory=dict)

    @field_validator("label", "version", mode="before")
    @classmethod
    def _cut(cls, text: str) -> str:
        """A label that is too long to keep is known by how it begins."""
        return text[:LONGEST_LABEL]


class Evidence(Record):
    """A file that was imported: what it is, when it was true (`measured_on`) and how it was read (`options`).

    `producer` is who signed it, with a key that was trusted then; empty where it came unsigned.
    """

    name: Line
    format: Line
    kind: EvidenceKind
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size: int = Field(ge=0)
    tool: Line = ""
    tool_version: Line = ""
    measured_on: dt.date | None = None
    shelf_life_days: int = Field(default=SHELF_LIFE_DAYS, ge=1)
    options: ReadAs = Field(default_factory=ReadAs)
    kept: int = Field(default=0, ge=0)
    skipped: int = Field(default=0, ge=0)
    skips: list[Skipped] = Field(default_factory=list)
    warnings: list[Text] = Field(default_factory=list)
    origins: list[Origin] = Field(default_factory=list)
    doubts: list[Doubt] = Field(default_factory=list)
    confirmed: Confirmation | None = None
    producer: Line = ""

    @property
    def doubted(self) -> bool:
        """Whether something does not fit, and nobody has confirmed the file."""
        return bool(self.doubts) and self.confirmed is None

    def freshness(self, as_of: dt.date) -> Freshness:
        """Whether the file counts on a day: only `fresh` does. A day of grace covers time zones ahead of ours.

        A file that would be fresh is doubtful where something does not fit, until a person confirms it.
        """
        if self.measured_on is None:
            return "undated"
        age = (as_of - self.measured_on).days
        if age < -1:
            return "later"
        if age > self.shelf_life_days:
            return "stale"
        return "doubtful" if self.doubted else "fresh"

    @property
    def fresh_days(self) -> tuple[dt.date, dt.date] | None:
        """The first and the last day on which the file is fresh; None where it never is."""
        if self.measured_on is None:
            return None
        first, last = self.measured_on.toordinal() - 1, self.measured_on.toordinal() + self.shelf_life_days
        return dt.date.fromordinal(max(first, 1)), dt.date.fromordinal(min(last, dt.date.max.toordinal()))

    def stale(self, as_of: dt.date) -> bool:
        """Whether the file does not count on a day, whyever."""
        return self.freshness(as_of) != "fresh"


def fresh(things: Iterable[tuple[T, Evidence]], as_of: dt.date) -> Iterator[tuple[T, Evidence]]:
    """Those whose files count on a day; each file is asked once."""
    counts: dict[int, tuple[Evidence, bool]] = {}
    for thing, file in things:
        if id(file) not in counts:
            counts[id(file)] = file, not file.stale(as_of)
        if counts[id(file)][1]:
            yield thing, file
