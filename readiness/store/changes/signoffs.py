"""Decisions of the approvers whom the release policy names."""

from __future__ import annotations

from sqlmodel import Session

from readiness import clock, formatting
from readiness.access import Principal, authorize_sign_off
from readiness.errors import Conflict
from readiness.model.dossier import Done
from readiness.model.policy import ReleasePolicy
from readiness.model.sign_off import SignOff, SignOffDecision
from readiness.store import audit, queries
from readiness.store.engine import Store
from readiness.store.tables import AssessmentRow, SignOffRow

from .base import latest_assessment, writing

SAID: dict[SignOffDecision, str] = {"approve": "approved", "reject": "rejected", "changes": "asked for changes to"}


def sign_off(store: Store, by: Principal, slug: str, assessment_id: int, given: SignOff, *, counter: int) -> Done:
    """Keep a decision. Its digest was computed from the store as it was at `counter`; any later write is a Conflict."""
    with writing(store, by, "sign-off", slug) as session:
        assessment = latest_assessment(session, slug, assessment_id)
        _authorize(session, by, slug, assessment, given.role)
        if queries.last_event(session) != counter:
            raise Conflict("something was stored in the meantime; nothing was signed", expected="another try")
        mine = [each for each in queries.sign_offs(session, assessment_id) if each.by == by.name]
        last = next((each.record for each in reversed(mine) if each.record.role == given.role), None)
        if last == given:
            return Done("This is what you decided already; nothing was changed", changed=False)
        session.add(SignOffRow(**given.model_dump(), assessment_id=assessment_id, by=by.name, at=clock.now()))
        kept = "; comment kept" if given.comment.strip() else ""
        sentence = f"{formatting.capital(given.role)} {SAID[given.decision]} {slug} {assessment.candidate}{kept}"
        audit.append(
            session,
            actor=by.name,
            action="sign-off",
            system=slug,
            subject=f"assessment {assessment.candidate}",
            sentence=sentence,
            **given.model_dump(exclude={"parts"}),
        )
        return Done(sentence)


def _authorize(session: Session, by: Principal, slug: str, assessment: AssessmentRow, role: str) -> None:
    row = queries.latest_document(session, assessment.id, "policy")
    policy = ReleasePolicy.model_validate(row.body if row else {})
    approvers = [each.name for each in policy.approvers if each.role == role]
    authorize_sign_off(by, slug, role, approvers, author=assessment.author, policy_author=row.by if row else "")
