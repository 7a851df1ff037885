"""Signing what was seen: compared with what is stored, and kept only if nothing slipped in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlmodel import Session

from readiness.access import Principal, authorize_sign_off
from readiness.errors import Denied
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.policy import ReleasePolicy
from readiness.model.sign_off import SignOff, SignOffDecision
from readiness.review import signoff
from readiness.review.review import Review
from readiness.store import Store, queries
from readiness.store.changes import signoffs
from readiness.store.changes.base import latest_assessment

from . import _seen
from ._writing import write


def sign(
    store: Store,
    by: Principal,
    slug: str,
    assessment_id: int,
    *,
    role: str,
    decision: SignOffDecision,
    comment: str,
    seen: Mapping[str, str],
    as_of: dt.date,
) -> Done:
    """Keep what an approver decided on the parts they saw.

    Raises Denied for anybody but the approver, InputError where the comment is missing, and Conflict that names what
    changed since they looked.
    """
    given = SignOff.checked(
        role=role, decision=decision, comment=comment.strip(), parts=dict(seen), digest=signoff.digest(seen)
    )
    return _seen.keep(
        store,
        by,
        slug,
        assessment_id,
        seen,
        as_of=as_of,
        change=lambda _, head: keep(store, by, slug, assessment_id, given, seen=head),
        nothing=tr("nothing was signed"),
    )


def keep(store: Store, by: Principal, slug: str, assessment_id: int, given: SignOff, *, seen: str) -> Done:
    """Store a decision whose digest was worked out from what was stored of the system at its head `seen`.

    Raises Denied, NotFound, InputError, and Conflict after any later write about the system.
    """

    def decide(session: Session) -> Done:
        _authorize(session, by, slug, assessment_id, given.role)
        return signoffs.sign_off(session, by.name, slug, assessment_id, given, seen=seen)

    return write(store, by, "sign-off", slug, decide)


def _authorize(session: Session, by: Principal, slug: str, assessment_id: int, role: str) -> None:
    assessment = latest_assessment(session, slug, assessment_id)
    row = queries.latest_document(session, assessment_id, "policy")
    policy = ReleasePolicy.model_validate(row.body if row else {})
    authorize_sign_off(by, slug, role, policy.approvers_of(role), queries.contributions(session, assessment))


def refusal(review: Review, by: Principal, role: str) -> str:
    """Why this principal may not sign for the role; empty where they may."""
    try:
        authorize_sign_off(by, review.slug, role, signoff.approvers(review, role), review.dossier.wrote)
    except Denied as exc:
        return str(exc)
    return ""
