"""What waits for the one who asks."""

from __future__ import annotations

import datetime as dt

from readiness.access import Principal, allowed
from readiness.model.policy import ReleasePolicy
from readiness.portfolio import work
from readiness.portfolio.work import PendingSignOff, Waiting, WorkItem
from readiness.review import signoff
from readiness.store import Store, queries

from . import decisions, gaps, handovers, portfolio, reviews, sign_offs


def mine(store: Store, by: Principal, *, as_of: dt.date) -> list[WorkItem]:
    """What waits for this principal, the most urgent first; nobody waits for systems that are still worked out."""
    statuses = portfolio.at_hand(store, by, as_of=as_of)
    waiting = Waiting(
        gaps=gaps.every(store, by, as_of=as_of),
        sign_offs=_sign_offs(store, by, as_of),
        offers=handovers.mine(store, by),
        conditions=decisions.open_conditions(store, by, as_of=as_of),
        rollouts=statuses,
        to_decide=[status for status in statuses if status.reopened and allowed(by, "decide", status.slug)],
    )
    return work.items(by.is_named, waiting, as_of)


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
