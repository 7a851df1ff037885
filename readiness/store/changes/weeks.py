"""Reviews of the weeks of a rollout."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from readiness.errors import Conflict
from readiness.language import tr, within
from readiness.model.dossier import Done
from readiness.model.weeks import TITLES, WeeklyReview
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import WeeklyReviewRow

from .base import latest_assessment, recorded


def hold(
    session: Session,
    actor: str,
    slug: str,
    assessment_id: int,
    review: WeeklyReview,
    *,
    seen: int,
    at: dt.datetime,
) -> Done:
    """Keep a review; `seen` is how many there were. Raises NotFound, and Conflict where one was kept meanwhile."""
    assessment = latest_assessment(session, slug, assessment_id)
    if len(queries.weeks.of_assessment(session, assessment_id)) != seen:
        raise Conflict(tr("somebody kept a review in the meantime; nothing was stored"), expected=tr("a second look"))
    detail = review.model_dump(mode="json")
    kept = {name: detail[name] for name in ("people", "watched")}
    session.add(WeeklyReviewRow(**(review.model_dump() | kept), assessment_id=assessment_id, by=actor, at=at))
    session.flush()

    wrote = [Scope("weekly_review", assessment_id)]
    return recorded(
        session,
        actor,
        "week",
        slug,
        f"week {review.week}",
        lambda: tr(
            "Reviewed week {week} of {slug} {candidate}: {outcome}",
            week=review.week,
            slug=slug,
            candidate=assessment.candidate,
            outcome=within(tr(TITLES[review.outcome])),
        ),
        wrote=wrote,
        detail=detail,
    )
