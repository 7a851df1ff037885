"""What somebody has begun to answer: kept between two looks, for them alone, and gone once the answer is stored."""

from __future__ import annotations

from readiness.access import Principal, authorize
from readiness.model.drafts import AnswerDraft
from readiness.store import Store, queries
from readiness.store.changes import drafts
from readiness.store.changes.base import owned_assessment


def mine(store: Store, by: Principal, slug: str, assessment_id: int, signal: str) -> AnswerDraft:
    """One's own draft; an empty one where nothing was begun. Raises Denied and NotFound."""
    _check(store, by, slug, assessment_id)
    return queries.drafts.of_person(store, by.name, assessment_id, signal)


def keep(store: Store, by: Principal, slug: str, assessment_id: int, draft: AnswerDraft) -> None:
    """Keep what differs from what is kept; an empty draft is let go. Raises Denied and NotFound."""
    if mine(store, by, slug, assessment_id, draft.signal) == draft:
        return
    with store.writing(slug) as session:
        queries.refuse_archived(session, slug)
        drafts.keep(session, by.name, assessment_id, draft)


def _check(store: Store, by: Principal, slug: str, assessment_id: int) -> None:
    """Those who answer draft answers, to an assessment of a system that they may answer."""
    authorize(by, "mark", slug)
    with store.reading() as session:
        owned_assessment(session, slug, assessment_id)
