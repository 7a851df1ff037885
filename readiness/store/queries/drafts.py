"""Drafts of answers, each for whoever wrote it."""

from __future__ import annotations

from readiness.model.drafts import AnswerDraft
from readiness.store.engine import Store
from readiness.store.tables import DraftRow


def of_person(store: Store, person: str, assessment_id: int, signal: str) -> AnswerDraft:
    """What this person has begun to answer; an empty draft where that is nothing."""
    with store.reading() as session:
        row = session.get(DraftRow, (person, assessment_id, signal))
        return AnswerDraft.model_validate(row.body) if row else AnswerDraft(signal=signal)
