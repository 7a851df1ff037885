"""The reviews of the weeks of an assessment's rollout."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session, col, select

from readiness.model.weeks import StoredWeeklyReview, WeeklyReview
from readiness.store.tables import WeeklyReviewRow

from .records import record_of


def of_assessment(session: Session, assessment_id: int, until: dt.datetime | None = None) -> list[StoredWeeklyReview]:
    """In the order they were written down, up to an instant."""
    query = select(WeeklyReviewRow).where(WeeklyReviewRow.assessment_id == assessment_id)
    if until is not None:
        query = query.where(WeeklyReviewRow.at <= until)
    rows = session.exec(query.order_by(col(WeeklyReviewRow.id)))
    return [StoredWeeklyReview(row.id, assessment_id, record_of(WeeklyReview, row), row.by, row.at) for row in rows]
