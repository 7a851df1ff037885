"""What the store gives: plain records with their ids, who wrote them and when. Nothing here knows a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from .assessment import Assessment, Mark, System
from .card import SystemCard
from .cells import Cell, CellIndex, FiledCell, Pair
from .decisions import StoredDecision
from .evidence import Evidence
from .incidents import StoredIncident
from .monitoring import MonitoringPlan
from .policy import ReleasePolicy
from .record import Record
from .sign_off import SignOff
from .stages import StoredStep
from .traces import Excerpt, StageFigure, Trace, TraceCount, UnredactedText
from .weeks import StoredWeeklyReview

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Done:
    """What a write did: a sentence for people, and whether anything is different now.

    `erased` says that texts before redaction were deleted, whose bytes must leave the file too.
    """

    sentence: str
    changed: bool = True
    erased: bool = False


@dataclass(frozen=True)
class Stored(Generic[R]):
    """A record, its id and the row version that a write must name."""

    id: int
    row_version: int
    record: R


@dataclass(frozen=True)
class StoredEvidence(Stored[Evidence]):
    added_by: str
    added_at: dt.datetime


@dataclass(frozen=True)
class ArchivedSystem:
    """A system that was put away, when, by whom and why."""

    slug: str
    name: str
    row_version: int
    on: dt.date
    by: str
    reason: str


@dataclass(frozen=True)
class RemovedFile:
    """A file that was taken back; of those of earlier releases it is not known of which versions they were."""

    name: str
    by: str
    at: dt.datetime
    versions: Sequence[str] | None


@dataclass(frozen=True)
class Revision(Generic[R]):
    """A revision of a document that is stored whole."""

    number: int
    record: R
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Signed:
    """A decision of an approver."""

    record: SignOff
    by: str
    at: dt.datetime


class Contribution(NamedTuple):
    """Who had a hand in what is signed, and how: `wrote the assessment`, `added evidence`."""

    did: str
    by: str


@dataclass(frozen=True)
class DueMove:
    """One move of a gap's due date; `before` is None where there was none."""

    before: dt.date | None
    after: dt.date | None
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Handover:
    """A gap that somebody offered to another person, who has not answered yet."""

    id: int
    system: str
    gap_id: int
    offered_to: str
    note: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Event:
    """One entry of the audit chain: who did what to what; `detail` holds the values, `previous` the hash before it.

    `facts` holds a digest of each part of the store that it wrote, by its name; "" where nothing is left of it.
    """

    seq: int
    at: dt.datetime
    actor: str
    action: str
    system: str
    subject: str
    sentence: str
    detail: Mapping[str, Any]
    facts: Mapping[str, str]
    previous: str
    hash: str


@dataclass(frozen=True)
class ChainStatus:
    """`broken_at` is the first event that does not fit; None when the chain is whole. `head` is the last hash."""

    events: int
    head: str
    broken_at: int | None = None


@dataclass(frozen=True)
class ChangedFact:
    """Rows that are not as the last event left them; `event` is None where no event tells of them."""

    table: str
    owner: str
    how: Literal["changed", "added", "removed"]
    event: int | None
    system: str


@dataclass(frozen=True)
class FactStatus:
    """How many parts of the store were held against the audit chain, and those that do not fit."""

    facts: int
    changed: tuple[ChangedFact, ...] = ()


@dataclass(frozen=True)
class ReleasedText:
    """A text that may leave in a pack, and who said so."""

    record: Excerpt
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class AssessmentSheet:
    """What one assessment states, without the evidence of its system."""

    assessment: Stored[Assessment]
    marks: Mapping[str, Stored[Mark]]
    policy: Revision[ReleasePolicy] | None
    monitoring: Revision[MonitoringPlan] | None
    card: Revision[SystemCard] | None

    @property
    def answers(self) -> dict[str, Mark]:
        """The marks by signal, as records."""
        return {signal: mark.record for signal, mark in self.marks.items()}


@dataclass(frozen=True)
class Dossier(AssessmentSheet):
    """Everything that is stored about one assessment and the evidence of its system, read in one transaction.

    `others` lists every assessment of the system, newest first, `earlier` holds those before this one, newest first.
    Of all assessments those that are dated after the day that is asked about are left out; `next_on` is the date of the
    first of them. `wrote` says who wrote what of all that is signed, `answered_by` who wrote each answer, by signal;
    `sign_offs` come in the order they were given. Cells, traces, texts that may leave and what was drawn from all
    traces of a file come with the id of their evidence; `moves` goes by the id of the mark. `removed` are the files
    that were taken back and not stored again. `decisions` are those on this assessment and on earlier ones, and
    `incidents` those of the system, in the order they were written down; `steps` are those through the stages of this
    assessment's rollout, `weeks` the reviews of its weeks.
    """

    wrote: Sequence[Contribution]
    answered_by: Mapping[str, Sequence[str]]
    sign_offs: Sequence[Signed]
    system: Stored[System]
    others: Sequence[Stored[Assessment]]
    earlier: Sequence[AssessmentSheet]
    moves: Mapping[int, Sequence[DueMove]]
    evidence: Mapping[int, StoredEvidence]
    cells: Sequence[FiledCell]
    pairs: Sequence[Pair]
    traces: Sequence[tuple[int, Stored[Trace]]]
    stages: Sequence[tuple[int, StageFigure]]
    counts: Sequence[tuple[int, TraceCount]]
    excerpts: Sequence[tuple[int, ReleasedText]]
    removed: Sequence[RemovedFile]
    next_on: dt.date | None
    decisions: Sequence[StoredDecision] = ()
    incidents: Sequence[StoredIncident] = ()
    steps: Sequence[StoredStep] = ()
    weeks: Sequence[StoredWeeklyReview] = ()

    @cached_property
    def index(self) -> CellIndex:
        return CellIndex(self.cells)


@dataclass(frozen=True)
class FileContents:
    """All that is stored of one file that was imported: what it is, and what it holds.

    `stages` and `counts` are drawn from every trace of the file, of which `traces` are those to keep; `outcomes` say
    how each case fared, and `pairs` how the same cases fared under another version; `unredacted` are texts as they were
    before redaction. `beside` are the files that this was worked out beside, by their digests with their row versions
    (None: beside whichever are there), and `unpaired` the names of those whose cases could not be compared. `renews`
    says that the cases that are kept of the same file cannot be compared any more.
    """

    evidence: Evidence
    cells: Sequence[Cell] = ()
    traces: Sequence[Trace] = ()
    stages: Sequence[StageFigure] = ()
    counts: Sequence[TraceCount] = ()
    outcomes: bytes = b""
    pairs: Sequence[Pair] = ()
    unredacted: Sequence[UnredactedText] = ()
    beside: Mapping[str, int] | None = None
    unpaired: Sequence[str] = ()
    renews: bool = False


@dataclass(frozen=True)
class OpenMark:
    """A partial or a yes of a system's latest assessment, and how its due date moved."""

    slug: str
    checklist: str
    mark: Stored[Mark]
    moves: Sequence[DueMove]
