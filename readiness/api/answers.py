"""What programs are answered with: the same objects on the command line and over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from readiness import formatting
from readiness.decision import doubts
from readiness.model.checklist import LEVELS
from readiness.model.packs import PackState
from readiness.review import signoff, summaries
from readiness.review.items import Answer, OpenGap
from readiness.review.review import Review
from readiness.review.signoff import ApproverStatus
from readiness.tracing import sampling

if TYPE_CHECKING:
    from readiness.importers import Batch


def status(review: Review) -> dict[str, Any]:
    """Where a system stands, as the documentation shows it."""
    verdict, assessment = review.verdict, review.assessment
    return {
        "system": review.slug,
        "headline": summaries.headline(review),
        "assessment": {
            "candidate": assessment.candidate,
            "baseline": assessment.baseline,
            "scope": assessment.scope,
            "assessed_on": _iso(assessment.assessed_on),
        },
        "verdict": {
            "level": verdict.level,
            "score": verdict.score,
            "score_range": list(verdict.range),
            "band": verdict.band.level if verdict.band else None,
            "evidenced_score": verdict.evidenced_score,
            "fired": [
                {"rule": fired.rule, "signal": fired.signal, "effect": fired.effect, "why": fired.why}
                for fired in verdict.fired
            ],
            "decided_by": verdict.decided_by.rule if verdict.decided_by else "score",
            "unanswered": list(verdict.unanswered),
        },
        "answers": [_answer(answer) for answer in review.answers],
        "packet": {
            name: {"state": part.state, "missing": list(part.missing)} for name, part in review.packet.parts.items()
        },
        "warnings": list(filter(None, [*_doubts(review), summaries.removed(review)])),
        "gaps": {"open": len(review.gaps), "overdue": len(review.overdue)},
        "sign_offs": [_signed(approver) for approver in signoff.statuses(review)],
    }


def _doubts(review: Review) -> list[str]:
    return doubts.warnings([item.evidence for item in review.items.values()])


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "signal": answer.signal.id,
        "mark": answer.mark.mark,
        "state": answer.state,
        "why": answer.standing.why,
    }


def _signed(approver: ApproverStatus) -> dict[str, Any]:
    last = approver.last
    return {
        "role": approver.role,
        "name": approver.name,
        "state": approver.state,
        "decision": last.record.decision if last else None,
        "by": last.by if last else None,
        "at": last.at.isoformat() if last else None,
        "comment": last.record.comment if last else "",
        "since": list(approver.since),
    }


class Checked(NamedTuple):
    """Whether a verdict is good enough; `undecided` where it is not settled yet, which is no pass."""

    holds: bool
    undecided: bool
    reached: bool
    unsigned: list[str]


def checked(review: Review, at_least: str, *, signed: bool) -> Checked:
    """Whether the level is at least so good, and with `signed` every role has signed."""
    unsigned = signoff.open_roles(review)
    reached = LEVELS.index(review.verdict.level) <= LEVELS.index(at_least)
    holds = reached and not (signed and unsigned)
    return Checked(holds, not holds and (reached or review.verdict.level == "undetermined"), reached, unsigned)


def outcome(told: Checked) -> dict[str, Any]:
    """What a summary of a check says of its outcome."""
    return {"holds": told.holds, "undecided": told.undecided, "unsigned": told.unsigned}


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def gap(open_gap: OpenGap) -> dict[str, Any]:
    return {
        "id": open_gap.id,
        "system": open_gap.system,
        "signal": open_gap.signal.id,
        "name": open_gap.signal.name,
        "mark": open_gap.mark.mark,
        "owner": open_gap.mark.owner,
        "due": open_gap.mark.due.isoformat() if open_gap.mark.due else None,
        "days_over": open_gap.days_over,
        "slips": open_gap.slips,
        "action": open_gap.mark.action,
    }


def would(batch: Batch) -> str:
    file = batch.evidence
    return f"{_stored(batch)}; it {doubts.pending(file.doubts)}" if file and file.doubted else _stored(batch)


def _stored(batch: Batch) -> str:
    if batch.assessment is not None:
        marks = formatting.count(len(batch.assessment.marks), "mark")
        return f"Would store {marks} of {batch.assessment.system.slug} from {batch.name}"
    if batch.cells:
        return f"Would store {formatting.count(len(batch.cells), 'scorecard cell')} from {batch.name}"
    kept = batch.samples()
    of = f"{len(kept):,} of " if len(kept) < batch.found else ""
    why = formatting.few([sampling.told(trace.kept_for) for trace in kept if trace.kept_for])
    return f"Would store {of}{formatting.count(batch.found, 'trace')} from {batch.name}{': ' if why else ''}{why}"


def imported(batch: Batch, sentence: str, *, stored: bool) -> dict[str, Any]:
    return {
        "file": batch.name,
        "format": batch.format,
        "stored": stored,
        "sentence": sentence,
        "versions": list(batch.versions),
        "kept": batch.evidence.kept if batch.evidence else None,
        "traces": batch.found,
        "samples": [{"trace": trace.trace_id, "reason": sampling.told(trace.kept_for)} for trace in batch.samples()],
        "skipped": batch.evidence.skipped if batch.evidence else 0,
        "skips": [{"place": skip.place, "reason": skip.reason} for skip in batch.skipped],
        "warnings": list(batch.warnings),
        "doubts": [doubts.clause(doubt) for doubt in batch.evidence.doubts] if batch.evidence else [],
    }


def sent_pack(state: PackState) -> dict[str, Any]:
    """A pack that was sent; `out_of_date` holds every reason for which it no longer says what is the case."""
    sent, record = state.sent, state.sent.record
    stated = record.model_dump(mode="json", exclude={"parts", "numbers", "body", "level", "assessment_id"})
    return {
        "id": sent.id,
        **stated,
        "by": sent.by,
        "at": sent.at.isoformat(),
        "verdict_then": record.level,
        "verdict_now": state.level,
        "out_of_date": list(state.out_of_date),
    }
