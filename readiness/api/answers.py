"""What programs are answered with: the same objects on the command line and over HTTP."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from readiness import formatting, plugins
from readiness.api import rollouts
from readiness.decision import doubts
from readiness.language import tr
from readiness.model.checklist import LEVELS, Level
from readiness.model.packs import PackState
from readiness.review import decided, signoff, summaries
from readiness.review.build import decided_again
from readiness.review.deployed import Compared, Deployed, compared
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
        **({"plugins": list(plugins.judging())} if plugins.judging() else {}),
        **rollouts.answer(review),
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
    """Whether a verdict is good enough; `undecided` where it is not settled yet, which is no pass.

    `lapsed` says why the decision is open again, `differs` what runs otherwise than was decided on: neither is a pass.
    `unknown` are the parts of which nobody said what runs.
    """

    holds: bool
    undecided: bool
    reached: bool
    unsigned: list[str]
    lapsed: list[str]
    differs: list[str]
    unknown: list[str]


def checked(review: Review, at_least: str, *, signed: bool, runs: Deployed | None = None) -> Checked:
    """Whether the level is at least so good, no decision on it has lapsed, and with `signed` every role has signed.

    Where it is said what `runs`, that must be what was decided on.

    It is undecided while a question or a sign-off is open, where a decision is open again, or where gates without
    enough data alone stand between.
    """
    unsigned, lapsed = signoff.open_roles(review), list(decided.standing(review).lapsed)
    reached = _reaches(review.verdict.level, at_least)
    told = compared(review, runs) if runs else Compared()
    open_ = reached or review.verdict.level == "undetermined" or _rests_on_open_gates(review, at_least)
    holds = reached and not (lapsed or told.differs or (signed and unsigned))
    return Checked(
        holds=holds,
        undecided=not holds and not told.differs and open_,
        reached=reached,
        unsigned=unsigned,
        lapsed=lapsed,
        differs=list(told.differs),
        unknown=list(told.unknown),
    )


def _reaches(level: Level, at_least: str) -> bool:
    return LEVELS.index(level) <= LEVELS.index(at_least)


def _rests_on_open_gates(review: Review, at_least: str) -> bool:
    """Whether the level would be reached if the gates that decide nothing yet passed."""
    if all(result.state in ("pass", "fail") for result in review.gates):
        return False
    settled = [result if result.state == "fail" else replace(result, state="pass") for result in review.gates]
    return _reaches(decided_again(review, settled).level, at_least)


def outcome(told: Checked) -> dict[str, Any]:
    """What a summary of a check says of its outcome."""
    return {name: value for name, value in told._asdict().items() if name != "reached"}


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
    return (
        tr("{sentence}; it {pending}", sentence=_stored(batch), pending=doubts.pending(file.doubts))
        if file and file.doubted
        else _stored(batch)
    )


def _stored(batch: Batch) -> str:
    if batch.assessment is not None:
        marks = formatting.count(len(batch.assessment.marks), "mark")
        return tr(
            "Would store {marks} of {system} from {file}",
            marks=marks,
            system=batch.assessment.system.slug,
            file=batch.name,
        )
    if batch.cells:
        return tr(
            "Would store {figures} from {file}",
            figures=formatting.count(len(batch.cells), "scorecard cell"),
            file=batch.name,
        )
    kept = batch.samples()
    why = formatting.few([sampling.told(trace.kept_for) for trace in kept if trace.kept_for])
    traces = formatting.count(batch.found, "trace")
    if len(kept) < batch.found:
        traces = tr("{n} of {traces}", n=formatting.whole(len(kept)), traces=traces)
    sentence = tr("Would store {figures} from {file}", figures=traces, file=batch.name)
    return f"{sentence}: {why}" if why else sentence


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
