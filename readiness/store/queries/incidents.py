"""The incidents of a system, each with what answers it."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session, col, select

from readiness.language import marked
from readiness.model.incidents import IncidentAnswer, ReportedIncident, StoredIncident, StoredIncidentAnswer
from readiness.store.engine import Store
from readiness.store.tables import IncidentAnswerRow, IncidentRow

from . import records
from .records import record_of


def of_system(session: Session, system_id: int, until: dt.datetime | None = None) -> list[StoredIncident]:
    """In the order they were reported, as far as that was done by an instant."""
    query = select(IncidentRow).where(IncidentRow.system_id == system_id)
    if until is not None:
        query = query.where(IncidentRow.at <= until)
    rows = session.exec(query.order_by(col(IncidentRow.id))).all()
    if not rows:
        return []
    given = select(IncidentAnswerRow).where(IncidentAnswerRow.system_id == system_id)
    if until is not None:
        given = given.where(IncidentAnswerRow.at <= until)
    answers: dict[int, list[StoredIncidentAnswer]] = {}
    for answer in session.exec(given.order_by(col(IncidentAnswerRow.id))):
        told = StoredIncidentAnswer(answer.id, record_of(IncidentAnswer, answer), answer.by, answer.at)
        answers.setdefault(answer.incident_id, []).append(told)
    return [
        StoredIncident(
            row.id,
            row.row_version,
            record_of(ReportedIncident, row),
            answers.get(row.id, []),
            row.by,
            row.at,
            row.withdrawn,
        )
        for row in rows
    ]


def one(store: Store, slug: str, number: int) -> StoredIncident:
    """Raises NotFound."""
    with store.reading() as session:
        row = find(session, slug, number)
        return next(one for one in of_system(session, row.system_id) if one.id == number)


def find(session: Session, slug: str, number: int) -> IncidentRow:
    """Raises NotFound."""
    return records.owned(
        session,
        IncidentRow,
        slug,
        number,
        unknown=marked("{slug} has no incident {number}"),
        listed_by="readiness incident list",
    )
