"""The checklist's answers: all of them, the gaps, and the data boundary."""

from __future__ import annotations

from readiness import formatting
from readiness.language import marked, tr
from readiness.review import summaries
from readiness.review.items import Answer, Gap
from readiness.review.review import Review

from . import pictures
from .base import Plain, clip, due, named, person

GAPS_SHOWN = 5
NO_OWNER = marked("no owner")
NO_ACTION = marked("no next action")
HOLDS_FOR = marked("holds for {whom}")
_LONGEST = 400
"""Characters of a reason."""


def gaps(review: Review) -> dict[str, Plain]:
    """Those that block first, then by due date."""
    blocking = {fired.signal for fired in review.verdict.blockers}
    ordered = sorted(review.gaps, key=lambda gap: gap.signal.id not in blocking)
    return {
        "gaps": [_gap(review, gap) for gap in ordered[:GAPS_SHOWN]],
        "more": max(len(ordered) - GAPS_SHOWN, 0),
        "total": formatting.count(len(ordered), "open gap"),
        "overdue": len(review.overdue),
        "unanswered": len(review.verdict.unanswered),
        "picture": pictures.due(review),
    }


def checklist(review: Review) -> dict[str, Plain]:
    """Every signal by section, and the attestations apart since they add no points."""
    rows: list[Plain] = []
    for name, answers in [*_scored(review), (tr("Attestation, not scored"), _attested(review))]:
        if answers:
            rows += [{"group": name}, *(_answer(review, answer) for answer in answers)]
    return {"summary": summaries.checklist(review), "answers": rows}


def boundary(review: Review) -> dict[str, Plain]:
    """The attestations: answered apart from the score, with note and evidence."""
    return {"attestations": [_attestation(review, answer) for answer in _attested(review)]}


def _scored(review: Review) -> list[tuple[str, list[Answer]]]:
    return [
        (
            tr(section.name),
            [answer for answer in review.answers if answer.signal.scored and answer.signal.section == section.id],
        )
        for section in review.checklist.sections
    ]


def _attested(review: Review) -> list[Answer]:
    return [answer for answer in review.answers if not answer.signal.scored]


def _gap(review: Review, gap: Gap) -> dict[str, Plain]:
    return {
        "gap": gap.signal.named,
        "mark": summaries.answered(gap.mark.mark),
        "owner": person(gap.mark.owner, NO_OWNER),
        "due": due(gap.mark, review.as_of),
        "action": clip(gap.mark.action, 60) or tr(NO_ACTION),
    }


def _answer(review: Review, answer: Answer) -> dict[str, Plain]:
    mark = answer.mark
    return {
        "id": answer.signal.id,
        "signal": f"{answer.signal.label} · {tr(answer.signal.name)}"
        if answer.signal.scored
        else tr(answer.signal.name),
        "mark": f"{_marked(answer)}; {tr(HOLDS_FOR, whom=mark.holds_for)}"
        if mark.mark == "partial"
        else _marked(answer),
        "state": tr(answer.state) if mark.mark in ("no", "partial") else "–",
        "behind": _behind(review, answer),
        "owner": person(mark.owner, NO_OWNER if mark.is_gap else "–"),
        "due": due(mark, review.as_of) if mark.is_gap else "–",
    }


def _marked(answer: Answer) -> str:
    return summaries.answered(answer.mark.mark, answer.mark.not_applicable)


def _behind(review: Review, answer: Answer) -> str:
    """What stands behind an answer of control, and why: `attested by person 1, 2 references: no figure decides`."""
    if answer.mark.mark not in ("no", "partial"):
        return "–"
    found = answer.finding.why if answer.finding else ""
    why = "; ".join(filter(None, (_not_applicable(answer), found)))
    return clip(f"{_state(review, answer)}: {why}" if why else _state(review, answer), _LONGEST)


def _state(review: Review, answer: Answer) -> str:
    if answer.state != "attested":
        return tr(answer.state)
    people = formatting.listed([person(name) for name in review.dossier.answered_by.get(answer.signal.id, ())])
    references = sum(bool(reference.strip()) for reference in answer.mark.evidence)
    counted = f", {formatting.count(references, 'reference')}" if references else ""
    return f"{tr('attested')} {tr('by {people}', people=people or tr('nobody named'))}{counted}"


def _not_applicable(answer: Answer) -> str:
    return (
        tr("said not to apply, since: {reason}", reason=answer.mark.note.strip().rstrip("."))
        if answer.mark.not_applicable
        else ""
    )


def _attestation(review: Review, answer: Answer) -> dict[str, Plain]:
    signal, mark = answer.signal, answer.mark
    return {
        "id": signal.id,
        "name": tr(signal.name),
        "risk": tr(signal.risk),
        "needs": tr(signal.needs),
        "mark": _marked(answer),
        "behind": _behind(review, answer),
        "answered": mark.mark is not None,
        "gap": mark.is_gap,
        "holds_for": mark.holds_for,
        "note": mark.note,
        "evidence": [reference for reference in mark.evidence if reference.strip()],
        "owner": person(mark.owner, NO_OWNER),
        "due": due(mark, review.as_of),
        "action": named(mark.action, NO_ACTION),
    }
