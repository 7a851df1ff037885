"""Decisions of the approvers whom the release policy names."""

from __future__ import annotations

from sqlmodel import Session

from readiness import clock, formatting
from readiness.errors import Conflict
from readiness.language import marked, tr
from readiness.model.dossier import Done
from readiness.model.sign_off import SignOff, SignOffDecision
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import SignOffRow

from .base import latest_assessment, recorded

SAID: dict[SignOffDecision, str] = {
    "approve": marked("{role} approved {slug} {candidate}{kept}"),
    "reject": marked("{role} rejected {slug} {candidate}{kept}"),
    "changes": marked("{role} asked for changes to {slug} {candidate}{kept}"),
}


def sign_off(session: Session, actor: str, slug: str, assessment_id: int, given: SignOff, *, seen: str) -> Done:
    """Keep a decision whose digest is of the system at its head `seen`; any later write about it is a Conflict."""
    assessment = latest_assessment(session, slug, assessment_id)
    if queries.last_hash(session, slug) != seen:
        raise Conflict(tr("something was stored in the meantime; nothing was signed"), expected=tr("another try"))
    mine = [signed for signed in queries.sign_offs(session, assessment_id) if signed.by == actor]
    last = next((signed.record for signed in reversed(mine) if signed.record.role == given.role), None)
    if last == given:
        return Done(tr("This is what you decided already; nothing was changed"), changed=False)
    session.add(SignOffRow(**given.model_dump(), assessment_id=assessment_id, by=actor, at=clock.now()))
    return recorded(
        session,
        actor,
        "sign-off",
        slug,
        f"assessment {assessment.candidate}",
        lambda: tr(
            SAID[given.decision],
            role=formatting.capital(given.role),
            slug=slug,
            candidate=assessment.candidate,
            kept=tr("; comment kept") if given.comment.strip() else "",
        ),
        wrote=[Scope("sign_off", assessment_id)],
        detail=given.model_dump(exclude={"parts"}),
    )
