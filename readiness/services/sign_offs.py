"""Signing what was seen: compared with what is stored, and kept only if nothing slipped in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlmodel import Session

from readiness import formatting
from readiness.access import Principal, authorize_sign_off
from readiness.errors import Conflict, Denied
from readiness.model.dossier import Done
from readiness.model.policy import ReleasePolicy
from readiness.model.sign_off import SignOff, SignOffDecision
from readiness.review import signoff
from readiness.review.review import Review
from readiness.store import Store, queries
from readiness.store.changes import signoffs
from readiness.store.changes.base import latest_assessment

from . import reviews
from ._writing import write

TRIES = 5
"""Writes about other systems count too, and may come in between; each time what was seen is compared again."""


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
    for left in reversed(range(TRIES)):
        head = queries.head(store, slug)
        _compare(reviews.load(store, by, slug, as_of=as_of, assessment_id=assessment_id), given)
        try:
            return keep(store, by, slug, assessment_id, given, seen=head)
        except Conflict:
            if not left:
                raise
    raise AssertionError("the last try answers or raises")


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


def _compare(review: Review, given: SignOff) -> None:
    if signoff.digest(signoff.seen(review)) != given.digest:
        raise Conflict(
            f"{formatting.listed(signoff.changed(review, given.parts))} changed while you looked; nothing was signed",
            expected="a second look at what is stored now",
        )
