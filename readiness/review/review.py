"""The review: everything that is known about one assessment on one day, gathered once.

Pages, packs and the command line show a `Review`; none of them reads the store or decides anything itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from readiness.decision import due_dates, due_history, incidents, remediation
from readiness.decision.answers import Finding
from readiness.decision.due_history import DueHistory
from readiness.decision.facts import Facts
from readiness.decision.incidents import IncidentStanding
from readiness.decision.packet import Packet
from readiness.decision.remediation import Remediation
from readiness.decision.verdict import Rejection, Verdict, at_risk, decide
from readiness.kept import Kept
from readiness.model.assessment import Assessment, Mark
from readiness.model.card import SystemCard
from readiness.model.checklist import AnswerState, Checklist, Metric, Signal
from readiness.model.dossier import Dossier, ReleasedText, RemovedFile, Revision, Stored
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy
from readiness.model.traces import PATHS, Excerpt, Trace, TracePath
from readiness.scorecard.compare import PickedCells, ScorecardRow
from readiness.scorecard.display import Boards
from readiness.scorecard.gates import GateResult
from readiness.scorecard.judges import JudgeCheck

from .items import (
    Answer,
    EvidenceItem,
    FileTiming,
    Forecast,
    Gap,
    PastAssessment,
    Reruns,
    SectionScore,
    TraceSample,
    earlier_answer,
)


@dataclass(frozen=True)
class Review:
    """`history` runs from the first assessment to this one; `others` lists those up to the day, newest first.

    `facts` are what it was decided on, `picked` the figures that count among them. `reruns` and `forecast` are there
    where somebody asked for them (`services.reruns`, `services.forecasts`), since they take a while and rest on more
    than the dossier; `kept` is what was worked out beside.
    """

    as_of: dt.date
    checklist: Checklist
    dossier: Dossier
    facts: Facts
    picked: PickedCells
    packet: Packet
    verdict: Verdict
    rows: Sequence[ScorecardRow]
    boards: Boards
    gates: Sequence[GateResult]
    findings: Mapping[str, Finding]
    items: Mapping[int, EvidenceItem]
    history: Sequence[PastAssessment]
    rejections: Sequence[Rejection] = ()
    reruns: Reruns | None = None
    forecast: Forecast | None = None
    kept: Kept = field(default_factory=Kept, compare=False, repr=False)

    @cached_property
    def metrics(self) -> Mapping[str, Metric]:
        """What the checklist knows of metrics, by id."""
        return {metric.id: metric for metric in self.checklist.metrics}

    @property
    def slug(self) -> str:
        return self.dossier.system.record.slug

    @property
    def name(self) -> str:
        return self.dossier.system.record.name or self.slug

    @property
    def assessment(self) -> Assessment:
        return self.dossier.assessment.record

    @property
    def assessment_id(self) -> int:
        return self.dossier.assessment.id

    @property
    def others(self) -> Sequence[Stored[Assessment]]:
        return self.dossier.others

    @property
    def latest(self) -> bool:
        """Whether this is the assessment in force."""
        return bool(self.others) and self.others[0].id == self.assessment_id

    @property
    def policy(self) -> Revision[ReleasePolicy] | None:
        return self.dossier.policy

    @property
    def monitoring(self) -> Revision[MonitoringPlan] | None:
        return self.dossier.monitoring

    @property
    def card(self) -> Revision[SystemCard] | None:
        return self.dossier.card

    @property
    def removed(self) -> tuple[RemovedFile, ...]:
        """The files of the candidate that were taken back, or of which it is not known whose they were."""
        mine = self.assessment.candidate
        return tuple(file for file in self.dossier.removed if file.versions is None or mine in file.versions)

    @cached_property
    def judges(self) -> Mapping[str, list[JudgeCheck]]:
        """The judges that the policy names, by metric, each with its agreement with people."""
        return self.facts.judges(self.as_of)

    @property
    def previous(self) -> PastAssessment | None:
        return self.history[-2] if len(self.history) > 1 else None

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """Every signal in the order of the checklist, answered or not."""
        answers = []
        for signal in self.checklist.all:
            stored, finding = self.dossier.marks.get(signal.id), self.findings.get(signal.id)
            standing = self.verdict.answers[signal.id]
            was = earlier_answer(self.dossier, signal.id) if stored is None or stored.record.mark is None else None
            if stored is None:
                answers.append(Answer(signal, Mark(signal=signal.id), standing, finding=finding, was=was))
            else:
                answers.append(Answer(signal, stored.record, standing, stored.id, stored.row_version, finding, was))
        return tuple(answers)

    @property
    def to_confirm(self) -> tuple[Answer, ...]:
        """The answers of an earlier version that nobody has confirmed for this one."""
        return tuple(answer for answer in self.answers if answer.to_confirm)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Open gaps, the earliest due date first and those without one last."""
        marks = self.dossier.answers
        gaps = [
            Gap(
                id=answer.id,
                row_version=answer.row_version,
                system=self.slug,
                signal=answer.signal,
                mark=answer.mark,
                moves=self.dossier.moves.get(answer.id, ()),
                closed=self._without(marks, answer.signal.id),
                as_of=self.as_of,
            )
            for answer in self.answers
            if answer.id is not None and answer.mark.is_gap
        ]
        return tuple(sorted(gaps, key=lambda gap: (gap.mark.due or dt.date.max, gap.signal.number or 99)))

    def _without(self, marks: Mapping[str, Mark], signal: str) -> Verdict:
        """The verdict with a gap closed, and shown to be."""
        closed = dict(marks) | {signal: Mark(signal=signal, mark="no", evidence=list(marks[signal].evidence))}
        shown = dict(self.findings) | {signal: Finding(signal, "supports", "")}
        return decide(self.checklist, closed, shown, self.packet)

    @cached_property
    def remediations(self) -> tuple[Remediation, ...]:
        """The fewest steps to each better level, smallest first."""
        return remediation.remediations(
            self.checklist, self.dossier.answers, self.findings, self.packet, self.rejections
        )

    @cached_property
    def due_histories(self) -> tuple[DueHistory, ...]:
        """How the due date of every open gap moved, over all assessments up to this one."""
        moved = {gap.signal.id: [day for move in gap.moves for day in (move.before, move.after)] for gap in self.gaps}
        return due_history.follow([past.marks for past in self.history], moved)

    @cached_property
    def incidents(self) -> tuple[IncidentStanding, ...]:
        """Those that speak on the day, each with what answers it."""
        return tuple(incidents.standings(self.facts, self.gates, self.as_of))

    @property
    def overdue(self) -> tuple[Gap, ...]:
        return tuple(gap for gap in self.gaps if gap.days_over)

    @cached_property
    def samples(self) -> tuple[TraceSample, ...]:
        """Every stored trace of the system, those of the candidate first."""
        samples = [
            TraceSample(
                stored.id, stored.row_version, stored.record, self.items[file], self._excerpts(file, stored.record)
            )
            for file, stored in self.dossier.traces
        ]
        return tuple(sorted(samples, key=lambda sample: sample.trace.version != self.assessment.candidate))

    def _excerpts(self, file: int, trace: Trace) -> tuple[ReleasedText, ...]:
        """What may leave of a trace; a text that is another now may not."""
        spans = {span.span_id: span for span in trace.spans}
        return tuple(
            excerpt
            for owner, excerpt in self.dossier.excerpts
            if owner == file
            and (span := spans.get(excerpt.record.span_id))
            and Excerpt.of(trace.trace_id, span, excerpt.record.field) == excerpt.record
        )

    @cached_property
    def timings(self) -> tuple[FileTiming, ...]:
        """The files that hold traces of the candidate, the one measured last first."""
        candidate = self.assessment.candidate
        counts = [(file, count) for file, count in self.dossier.counts if count.version == candidate]
        timings = [
            FileTiming(
                item=self.items[file],
                stages=[stage for owner, stage in self.dossier.stages if (owner, stage.version) == (file, candidate)],
                counts=[count for owner, count in counts if owner == file],
                kept=sum(sample.item.id == file and sample.trace.version == candidate for sample in self.samples),
            )
            for file in dict.fromkeys(file for file, _ in counts)
        ]
        return tuple(sorted(timings, key=lambda timing: timing.item.evidence.measured_on or dt.date.min, reverse=True))

    def path(self, path: TracePath) -> tuple[TraceSample, ...]:
        """The candidate's traces that a person labelled with this path."""
        return tuple(
            sample
            for sample in self.samples
            if sample.trace.path == path and sample.trace.version == self.assessment.candidate
        )

    def standing(self, state: AnswerState) -> tuple[Answer, ...]:
        """The answers of control, whole or in part, that stand so."""
        return tuple(
            answer for answer in self.answers if answer.mark.mark in ("no", "partial") and answer.state == state
        )

    @property
    def unevidenced(self) -> tuple[Answer, ...]:
        """Answers of "no" with nothing behind them."""
        return tuple(answer for answer in self.standing("not shown") if answer.mark.mark == "no")

    @property
    def contradicted(self) -> tuple[Answer, ...]:
        """Answers that the stored evidence speaks against."""
        return self.standing("contradicted")

    @property
    def uncovered(self) -> tuple[Answer, ...]:
        """Answers that claim more than the evidence covers."""
        return self.standing("uncovered")

    @property
    def attested(self) -> tuple[Answer, ...]:
        """Answers that rest on somebody's word and a reference."""
        return self.standing("attested")

    @property
    def stale(self) -> tuple[EvidenceItem, ...]:
        return tuple(item for item in self.items.values() if item.freshness != "fresh")

    @property
    def section_scores(self) -> tuple[SectionScore, ...]:
        worst = max(self.checklist.points.values())
        strips = []
        for section in self.checklist.sections:
            own = [answer for answer in self.answers if answer.signal.scored and answer.signal.section == section.id]
            marks = [answer.mark.mark for answer in own]
            points = sum(self.checklist.points[mark] for mark in marks if mark)
            evidenced = sum(self.verdict.evidenced[answer.signal.id] for answer in own)
            open_ = marks.count(None)
            strips.append(SectionScore(section, points, points + worst * open_, evidenced, worst * len(marks), open_))
        return tuple(strips)

    @property
    def complete_parts(self) -> int:
        return sum(part.state == "complete" for part in self.packet.parts.values())

    @property
    def at_risk(self) -> bool:
        return at_risk(self.verdict.level, self.assessment.target_date, self.as_of)

    @property
    def after_rollout(self) -> str:
        """How many gaps are due after the rollout that is planned, in words; empty where none is."""
        dues = [gap.mark.due for gap in self.gaps]
        return due_dates.after_rollout_told(due_dates.after_rollout(dues, self.assessment.target_date))

    @property
    def changes(self) -> tuple[tuple[Signal, Mark | None, Mark], ...]:
        """Marks that differ from the previous assessment: signal, before, now."""
        if self.previous is None:
            return ()
        before = self.previous.marks
        return tuple(
            (answer.signal, before.get(answer.signal.id), answer.mark)
            for answer in self.answers
            if (before[answer.signal.id].mark if answer.signal.id in before else None) != answer.mark.mark
        )

    @property
    def measured_since(self) -> tuple[EvidenceItem, ...]:
        """Files measured after the previous assessment."""
        before = self.previous.assessment.assessed_on if self.previous else None
        return tuple(
            item
            for item in self.items.values()
            if before and item.evidence.measured_on and item.evidence.measured_on > before
        )


def missing_paths(review: Review) -> tuple[TracePath, ...]:
    """The paths of the minimum packet that no trace of the candidate shows yet."""
    return tuple(path for path in PATHS if not review.path(path))
