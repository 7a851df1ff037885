"""The steps through the stages of an assessment's rollout."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session, col, select

from readiness.model.stages import StageStep, StoredStep
from readiness.store.tables import StageStepRow

from .records import record_of


def of_assessment(session: Session, assessment_id: int, until: dt.datetime | None = None) -> list[StoredStep]:
    """In the order they were taken, up to an instant."""
    query = select(StageStepRow).where(StageStepRow.assessment_id == assessment_id)
    if until is not None:
        query = query.where(StageStepRow.at <= until)
    rows = session.exec(query.order_by(col(StageStepRow.id)))
    return [StoredStep(row.id, assessment_id, record_of(StageStep, row), row.by, row.at) for row in rows]
