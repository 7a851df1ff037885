"""Drafts of answers: no event tells of them, and no fact rests on one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlmodel import Session, col, delete, select

from readiness import clock
from readiness.model.drafts import AnswerDraft
from readiness.store.tables import DraftRow

MOST = 50
"""Drafts of one person; the one that was changed longest ago goes first."""
KEPT_FOR = dt.timedelta(days=90)
"""After the last change of one, since somebody may never come back to it."""


def keep(session: Session, person: str, assessment_id: int, draft: AnswerDraft) -> None:
    """Store what differs from what is kept; an empty draft is none."""
    row = session.get(DraftRow, (person, assessment_id, draft.signal))
    if not draft:
        forget(session, person, assessment_id, draft.signal)
        return
    body = draft.model_dump(mode="json")
    if row is None:
        session.add(
            DraftRow(person=person, assessment_id=assessment_id, signal=draft.signal, body=body, at=clock.now())
        )
    elif row.body != body:
        row.body, row.at = body, clock.now()
    session.flush()
    session.exec(delete(DraftRow).where(col(DraftRow.at) < clock.now() - KEPT_FOR))
    every = select(DraftRow).where(DraftRow.person == person).order_by(col(DraftRow.at).desc()).offset(MOST)
    for old in session.exec(every).all():
        session.delete(old)


def forget(session: Session, person: str, assessment_id: int, signal: str) -> None:
    of = (col(DraftRow.person) == person, col(DraftRow.assessment_id) == assessment_id, col(DraftRow.signal) == signal)
    session.exec(delete(DraftRow).where(*of))


def forget_people(session: Session, people: Collection[str]) -> None:
    """All drafts of somebody, by the names they go by."""
    session.exec(delete(DraftRow).where(col(DraftRow.person).in_(people)))


def forget_assessments(session: Session, numbers: Collection[int]) -> None:
    """All drafts of assessments that go."""
    session.exec(delete(DraftRow).where(col(DraftRow.assessment_id).in_(numbers)))
