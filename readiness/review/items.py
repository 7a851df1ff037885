"""What a review shows, piece by piece: an answer, a gap, a file, a trace, where its time goes, a section, the past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from readiness.decision.answers import AnswerStanding, Finding
from readiness.decision.forecast import BackTest
from readiness.decision.verdict import Verdict
from readiness.model.assessment import Assessment, Mark
from readiness.model.checklist import AnswerState, Level, Section, Signal
from readiness.model.dossier import Dossier, DueMove, ReleasedText
from readiness.model.evidence import Evidence, Freshness
from readiness.model.traces import Span, SpanField, StageFigure, Trace, TraceCount


@dataclass(frozen=True)
class EarlierAnswer:
    """What was answered of an earlier version, and when: it says nothing of this one until somebody confirms it."""

    mark: Mark
    candidate: str
    assessed_on: dt.date | None

    @property
    def confirmable(self) -> bool:
        """Whether one word is enough to say that it holds still; a gap needs its own."""
        return self.mark.mark == "no"


def earlier_answer(dossier: Dossier, signal: str) -> EarlierAnswer | None:
    """The last answer to a question in the assessments before."""
    for sheet in dossier.earlier:
        mark, before = sheet.answers.get(signal), sheet.assessment.record
        if mark is not None and mark.mark is not None:
            return EarlierAnswer(mark, before.candidate, before.assessed_on)
    return None


@dataclass(frozen=True)
class Answer:
    """One signal, what is stored about it and what stands behind it; `row_version` is 0 where nothing is stored.

    `was` is the answer of an earlier assessment, where this one has none yet.
    """

    signal: Signal
    mark: Mark
    standing: AnswerStanding
    id: int | None = None
    row_version: int = 0
    finding: Finding | None = None
    was: EarlierAnswer | None = None

    @property
    def to_confirm(self) -> bool:
        return self.was is not None and self.was.confirmable

    @property
    def state(self) -> AnswerState:
        return self.standing.state

    @property
    def contradicted(self) -> bool:
        """Whether the stored evidence speaks against a claim of control, whole or in part."""
        return self.state == "contradicted"


@dataclass(frozen=True)
class Reruns:
    """The share of reruns in which the level is as good as today or better, and in which each gate passes.

    None for a share that cannot be told, with `why`; `every` is the share in which all gates pass.
    """

    share: float | None
    every: float | None
    gates: tuple[float | None, ...]
    resamplings: int = 0
    clusters: int = 0
    why: str = ""


@dataclass(frozen=True)
class OpenGap:
    """A partial or a yes: who closes it by when, and how often its date moved."""

    id: int
    row_version: int
    system: str
    signal: Signal
    mark: Mark
    moves: Sequence[DueMove]
    as_of: dt.date

    @cached_property
    def days_over(self) -> int:
        """Days past the due date; 0 while it is not."""
        return max((self.as_of - self.mark.due).days, 0) if self.mark.due else 0

    @cached_property
    def slips(self) -> int:
        """How often the date was moved later."""
        return sum(1 for move in self.moves if move.before and move.after and move.after > move.before)


@dataclass(frozen=True)
class Gap(OpenGap):
    """A gap, and the verdict once it is closed."""

    closed: Verdict


@dataclass(frozen=True)
class GapForecast:
    """The days by which 80 % and half of gaps like this one were closed; None where the past does not say, with `why`.

    `n` is how many gaps like it were closed, of all that were as late.
    """

    gap: OpenGap
    by: dt.date | None = None
    median: dt.date | None = None
    n: int = 0
    why: str = ""


@dataclass(frozen=True)
class WayForecast:
    """The same of all `dated` gaps of a way to a better level; other steps of it have no date.

    `critical` is the gap that is last most often, in a `share` of cases; `without` is the day of 80 % without it.
    """

    level: Level
    dated: int
    undated: int
    by: dt.date | None = None
    median: dt.date | None = None
    n: int = 0
    critical: OpenGap | None = None
    share: float = 1.0
    without: dt.date | None = None
    why: str = ""


@dataclass(frozen=True)
class Forecast:
    """When each open gap will be closed and each better verdict reached, and how often such days held before."""

    gaps: tuple[GapForecast, ...]
    ways: tuple[WayForecast, ...]
    tested: BackTest


@dataclass(frozen=True)
class EvidenceItem:
    """One imported file, and whether it counts on the day of the review."""

    id: int
    evidence: Evidence
    freshness: Freshness
    added_by: str
    added_at: dt.datetime
    versions: tuple[str, ...]


@dataclass(frozen=True)
class TraceSample:
    """A trace, the file it came from, and those of its texts that may leave, as they stand."""

    id: int
    row_version: int
    trace: Trace
    item: EvidenceItem
    excerpts: Sequence[ReleasedText] = ()

    def released(self, span: Span, field: SpanField) -> ReleasedText | None:
        """Who said that this text may leave; None where nobody did."""
        key = (span.span_id, field)
        return next(
            (excerpt for excerpt in self.excerpts if (excerpt.record.span_id, excerpt.record.field) == key), None
        )


@dataclass(frozen=True)
class FileTiming:
    """What every trace of the candidate in one file says, of which `kept` are stored: stage times, and what is lost."""

    item: EvidenceItem
    stages: Sequence[StageFigure]
    counts: Sequence[TraceCount]
    kept: int

    @property
    def found(self) -> int:
        return sum(count.traces for count in self.counts)


@dataclass(frozen=True)
class PastAssessment:
    """An assessment with the verdict it had on its own day."""

    id: int
    assessment: Assessment
    verdict: Verdict
    marks: Mapping[str, Mark]


@dataclass(frozen=True)
class SectionScore:
    """A section in one glance: points given out of those possible, and what they are on evidence alone.

    `most` is what they would come to if every question that is still open turned out to be a gap.
    """

    section: Section
    points: int
    most: int
    evidenced: int
    possible: int
    unanswered: int
