"""What waits for the one who asks."""

from __future__ import annotations

import datetime as dt

from readiness.access import Principal, allowed
from readiness.model.policy import ReleasePolicy
from readiness.portfolio import work
from readiness.portfolio.work import PendingSignOff, WorkItem
from readiness.review import signoff
from readiness.store import Store, queries

from . import gaps, handovers, reviews, sign_offs


def mine(store: Store, by: Principal, *, as_of: dt.date) -> list[WorkItem]:
    """The gaps, hand-overs and sign-offs that wait for this principal, the most urgent first."""
    pending = _sign_offs(store, by, as_of)
    return work.items(by.is_named, gaps.every(store, by, as_of=as_of), pending, handovers.mine(store, by), as_of)


def _sign_offs(store: Store, by: Principal, as_of: dt.date) -> list[PendingSignOff]:
    """Of the systems whose policy names them; only these are read whole."""
    found = []
    for slug, body in queries.policies(store, as_of):
        named = any(by.is_named(approver.name) for approver in ReleasePolicy.model_validate(body).approvers)
        if not (named and allowed(by, "read", slug) and allowed(by, "sign-off", slug)):
            continue
        review = reviews.load(store, by, slug, as_of=as_of)
        found += [
            PendingSignOff(slug, review.assessment.candidate, review.verdict.level, review.assessment.target_date, one)
            for one in signoff.statuses(review)
            if one.state in ("open", "void") and by.is_named(one.name) and not sign_offs.refusal(review, by, one.role)
        ]
    return found
