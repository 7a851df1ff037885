"""Signing what was seen: compared with what is stored, and kept only if nothing slipped in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from readiness import access, formatting
from readiness.access import Principal
from readiness.errors import Conflict, Denied
from readiness.model.dossier import Done
from readiness.model.sign_off import SignOff, SignOffDecision
from readiness.review import signoff
from readiness.review.review import Review
from readiness.store import Store, changes, queries

from . import reviews

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
        counter = queries.counter(store)
        _compare(reviews.load(store, by, slug, as_of=as_of, assessment_id=assessment_id), given)
        try:
            return changes.sign_off(store, by, slug, assessment_id, given, counter=counter)
        except Conflict:
            if not left:
                raise
    raise AssertionError("the last try answers or raises")


def refusal(review: Review, by: Principal, role: str) -> str:
    """Why this principal may not sign for the role; empty where they may."""
    approvers, wrote = signoff.approvers(review, role), review.policy.by if review.policy else ""
    try:
        access.authorize_sign_off(by, review.slug, role, approvers, author=review.dossier.author, policy_author=wrote)
    except Denied as exc:
        return str(exc)
    return ""


def _compare(review: Review, given: SignOff) -> None:
    if signoff.digest(signoff.seen(review)) != given.digest:
        raise Conflict(
            f"{formatting.listed(signoff.changed(review, given.parts))} changed while you looked; nothing was signed",
            expected="a second look at what is stored now",
        )
