"""Answers to the checklist."""

from __future__ import annotations

from readiness.access import Principal
from readiness.model.assessment import Mark
from readiness.model.dossier import Done
from readiness.store import Store
from readiness.store.changes import marks

from ._writing import write


def answer(
    store: Store, by: Principal, slug: str, assessment_id: int, mark: Mark, *, seen: int, reason: str = ""
) -> Done:
    """Store one answer whole. `seen` is the row version the writer saw, 0 where there was no answer yet.

    Raises Denied, NotFound, InputError where a date moves later without a reason, and Conflict.
    """
    return write(
        store,
        by,
        "mark",
        slug,
        lambda session: marks.answer(session, by.name, slug, assessment_id, mark, seen=seen, reason=reason),
    )


def confirm(store: Store, by: Principal, slug: str, assessment_id: int, signal: str, *, seen: int) -> Done:
    """Say that what an earlier version was found to control, the one under review controls too.

    Raises Denied, NotFound, InputError where it was not controlled before, and Conflict.
    """
    return write(
        store,
        by,
        "mark",
        slug,
        lambda session: marks.confirm(session, by.name, slug, assessment_id, signal, seen=seen),
    )
