"""From what is stored to a review: figures compared, gates judged, marks held against evidence. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from readiness.decision import findings, weeks
from readiness.decision.answers import Finding
from readiness.decision.facts import Facts, StoredCells
from readiness.decision.packet import Packet, PacketPart, assemble, covered, release_rule
from readiness.decision.verdict import Verdict, decide
from readiness.model import measures
from readiness.model.assessment import Mark
from readiness.model.cells import APART, CERTAIN, Cell
from readiness.model.checklist import Checklist
from readiness.model.dossier import AssessmentSheet, Dossier
from readiness.model.evidence import Evidence
from readiness.model.judges import base
from readiness.model.policy import ReleasePolicy
from readiness.scorecard import compare, margins
from readiness.scorecard.compare import PickedCells, ScorecardRow
from readiness.scorecard.display import Boards
from readiness.scorecard.gates import GateResult, judge, looked

from . import signoff
from .items import EvidenceItem, PastAssessment
from .review import Review


def build(checklist: Checklist, dossier: Dossier, as_of: dt.date, before: Review | None = None) -> Review:
    """The review of what is stored, on a day; where only gaps moved since `before`, its figures and its past stay."""
    files = {key: stored.record for key, stored in dossier.evidence.items()}
    facts = _facts(checklist, dossier, dossier, files, as_of)
    if before and before.checklist is checklist and before.as_of == as_of and _alike(dossier, before.dossier):
        facts = replace(facts, cells=before.facts.cells, staged=before.facts.staged)
        covered = before.packet.parts["scorecard"]
        measured, boards = _Measured(before.picked, before.rows, before.gates, covered), before.boards
        earlier = before.history[:-1]
    else:
        measured = _measure(checklist, facts, as_of)
        boards = Boards(measured.rows)
        earlier = [_past(checklist, sheet, dossier, as_of) for sheet in reversed(dossier.earlier)]
    decided = _decide(checklist, facts, measured, as_of)
    review = Review(
        as_of=as_of,
        checklist=checklist,
        dossier=dossier,
        facts=facts,
        picked=measured.picked,
        packet=decided.packet,
        verdict=decided.verdict,
        rows=measured.rows,
        boards=boards,
        gates=measured.gates,
        findings=decided.findings,
        items=_items(dossier, as_of),
        history=[
            *earlier,
            PastAssessment(dossier.assessment.id, dossier.assessment.record, decided.verdict, dossier.answers),
        ],
    )
    return _with_rejections(review)


def _alike(dossier: Dossier, before: Dossier) -> bool:
    """Whether figures, and all that verdicts of the past rest on, are the same, and of the answers what they cover."""
    names = ("assessment", "policy", "earlier", "evidence", "traces", "incidents")
    return (
        dossier.cells is before.cells
        and dossier.pairs is before.pairs
        and all(getattr(dossier, name) == getattr(before, name) for name in names)
        and _left_out(dossier) == _left_out(before)
    )


def _left_out(dossier: Dossier) -> set[str]:
    """The signals that are said not to apply, whose metrics nobody asks for."""
    return {signal for signal, mark in dossier.answers.items() if mark.not_applicable}


def _with_rejections(review: Review) -> Review:
    """What approvers look at is the review without their decisions; a rejection of what is stored now blocks it."""
    rejections = signoff.rejections(review)
    if not rejections:
        return review
    verdict = decide(review.checklist, review.dossier.answers, review.findings, review.packet, rejections)
    now = replace(review.history[-1], verdict=verdict)
    return replace(review, verdict=verdict, rejections=rejections, history=[*review.history[:-1], now])


def _completed(
    checklist: Checklist, policy: ReleasePolicy | None, dossier: Dossier, files: Mapping[int, Evidence]
) -> Callable[[Cell], Cell]:
    """Adds unit and direction of the metrics that checklist and policy know, where the file did not state them."""
    units = {metric.id: metric.unit for metric in checklist.metrics}
    known = {metric.id: metric.direction for metric in checklist.metrics}
    certain = {metric for metric, direction in known.items() if direction in CERTAIN}
    stated = [(metric, direction) for file, metric, direction in dossier.index.directions if file in files]
    directions = measures.directions(known, policy.gates if policy else (), stated)

    def complete(cell: Cell) -> Cell:
        name = cell.metric if cell.metric in units else base(cell.metric)
        unit = measures.unit_of_cell(cell, units.get(name, ""))
        restates = name in certain or cell.metric in certain
        known_way = known[name] if name in certain else directions.get(cell.metric, directions.get(name, "unknown"))
        direction = known_way if restates or cell.direction == "unknown" else cell.direction
        if (unit, direction) == (cell.unit, cell.direction):
            return cell
        return Cell.trusted({**cell.__dict__, "unit": unit, "direction": direction})

    return complete


@dataclass(frozen=True)
class _Measured:
    """What follows from figures and policy alone; `covered` is how far they are what the packet asks for."""

    picked: PickedCells
    rows: Sequence[ScorecardRow]
    gates: Sequence[GateResult]
    covered: PacketPart


@dataclass(frozen=True)
class _Decided:
    packet: Packet
    findings: Mapping[str, Finding]
    verdict: Verdict


def _measure(checklist: Checklist, facts: Facts, as_of: dt.date) -> _Measured:
    candidate = facts.assessment.candidate
    picked = compare.pick(facts.cells.of_version(facts.assessment.baseline, candidate), as_of)
    asked = facts.policy.gates if facts.policy else ()
    compared = compare.compare(facts.assessment, picked.cells, facts.pairs, picked.files)
    rows = margins.given(compared, asked, checklist.metrics)
    gates = judge(asked, rows, looked(facts.cells.of_version(candidate)), facts.assessment.expected)
    return _Measured(picked, rows, gates, covered(checklist, facts, as_of))


def _decide(checklist: Checklist, facts: Facts, measured: _Measured, as_of: dt.date) -> _Decided:
    packet = assemble(checklist, facts, measured.gates, measured.covered, as_of)
    metrics = {metric.id: metric for metric in checklist.metrics}
    context = findings.EvidenceContext(facts, measured.rows, measured.gates, packet, as_of, metrics)
    by_signal = findings.find(checklist, facts.marks, context)
    return _Decided(packet, by_signal, decide(checklist, facts.marks, by_signal, packet))


def _facts(
    checklist: Checklist, sheet: AssessmentSheet, dossier: Dossier, files: Mapping[int, Evidence], as_of: dt.date
) -> Facts:
    """What is stored in these files, with unit and direction of the metrics that are known.

    Of earlier assessments it is not asked whether they run still.
    """
    policy = sheet.policy.record if sheet.policy else None
    complete = _completed(checklist, policy, dossier, files)
    by_stage: dict[str, dict[int, Evidence]] = {}
    for key, file in files.items():
        by_stage.setdefault(file.options.stage, {})[key] = file
    return Facts(
        assessment=sheet.assessment.record,
        marks=sheet.answers,
        cells=StoredCells(dossier.index, by_stage.pop("", {}), complete),
        staged={stage: StoredCells(dossier.index, own, complete) for stage, own in by_stage.items()},
        pairs=dossier.pairs,
        traces=[(stored.record, files[file]) for file, stored in dossier.traces if file in files],
        policy=policy,
        monitoring=sheet.monitoring.record if sheet.monitoring else None,
        incidents=dossier.incidents,
        running_since=weeks.begun(dossier.steps, as_of) if sheet is dossier else None,
    )


def evidence(review: Review) -> findings.EvidenceContext:
    """What the checks of a review were asked of."""
    checklist = review.checklist
    return findings.EvidenceContext(
        facts=review.facts,
        rows=review.rows,
        gates=review.gates,
        packet=review.packet,
        as_of=review.as_of,
        metrics=review.metrics,
        apart=checklist.loads | APART,
    )


def decided_again(review: Review, gates: Sequence[GateResult]) -> Verdict:
    """The verdict of a review if its gates stood so; what does not rest on gates stays as it is."""
    checklist, marks, facts = review.checklist, review.dossier.answers, review.facts
    packet = replace(review.packet, release_rule=release_rule(facts, gates, review.as_of))
    context = replace(evidence(review), gates=gates, packet=packet)
    by_signal = {**review.findings, **findings.of_gates(checklist, marks, context)}
    return decide(checklist, marks, by_signal, packet, review.rejections)


def decided_with(review: Review, mark: Mark) -> Verdict:
    """The verdict of a review if one answer were this one, held against what is stored.

    A rejection is of what is stored now, and so void with another answer.
    """
    checklist, marks = review.checklist, dict(review.dossier.answers) | {mark.signal: mark}
    facts = replace(review.facts, marks=marks)
    packet = assemble(checklist, facts, review.gates, covered(checklist, facts, review.as_of), review.as_of)
    context = replace(evidence(review), facts=facts, packet=packet)
    return decide(checklist, marks, findings.find(checklist, marks, context), packet)


def decided_on(review: Review, day: dt.date) -> Verdict:
    """The verdict of a review on an earlier day: by what was measured and rejected by then, with the answers of now."""
    dossier = review.dossier
    facts = _facts(review.checklist, dossier, dossier, _measured_by(dossier, day), day)
    decided = _decide(review.checklist, facts, _measure(review.checklist, facts, day), day)
    rejections = [rejection for rejection in review.rejections if rejection.on <= day]
    return decide(review.checklist, dossier.answers, decided.findings, decided.packet, rejections)


def _past(checklist: Checklist, sheet: AssessmentSheet, dossier: Dossier, as_of: dt.date) -> PastAssessment:
    assessment = sheet.assessment.record
    day = assessment.assessed_on or dt.date.max
    files = _measured_by(dossier, day if day < as_of else dt.date.max)
    facts = _facts(checklist, sheet, dossier, files, day)
    verdict = _decide(checklist, facts, _measure(checklist, facts, day), day).verdict
    return PastAssessment(sheet.assessment.id, assessment, verdict, sheet.answers)


def _measured_by(dossier: Dossier, day: dt.date) -> dict[int, Evidence]:
    """Without what was measured after a day: the day of grace for zones ahead of ours is about today only."""
    files = {key: stored.record for key, stored in dossier.evidence.items()}
    return {key: file for key, file in files.items() if file.measured_on is None or file.measured_on <= day}


def _items(dossier: Dossier, as_of: dt.date) -> dict[int, EvidenceItem]:
    versions = {evidence_id: set(dossier.index.files.get(evidence_id, ())) for evidence_id in dossier.evidence}
    for evidence_id, trace in dossier.traces:
        versions[evidence_id].add(trace.record.version)
    for evidence_id, count in dossier.counts:
        versions[evidence_id].add(count.version)
    return {
        evidence_id: EvidenceItem(
            id=evidence_id,
            evidence=stored.record,
            freshness=stored.record.freshness(as_of),
            added_by=stored.added_by,
            added_at=stored.added_at,
            versions=tuple(sorted(versions[evidence_id])),
        )
        for evidence_id, stored in dossier.evidence.items()
    }
