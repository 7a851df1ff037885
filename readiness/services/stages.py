"""Stages of a rollout: what the evidence advises, and the step that somebody takes."""

from __future__ import annotations

import datetime as dt

from readiness import clock
from readiness.access import Principal, authorize
from readiness.decision.stages import StageAdvice
from readiness.errors import InputError
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.stages import StageAction, StageStep
from readiness.review import stage_words
from readiness.review.review import Review
from readiness.store import Store
from readiness.store.changes import stages as changes

from . import reviews
from ._writing import write


def advice(by: Principal, review: Review) -> StageAdvice:
    """What the evidence advises right now. Raises Denied."""
    authorize(by, "read", review.slug)
    return stage_words.advice(review, clock.now())


def take(
    store: Store,
    by: Principal,
    slug: str,
    assessment_id: int,
    action: StageAction,
    *,
    note: str,
    seen: int,
    as_of: dt.date,
    at: dt.datetime | None = None,
) -> Done:
    """Keep a step with what the evidence advised; one against it needs a note. It is taken now unless `at` says when.

    Raises Denied, NotFound, InputError, and Conflict where somebody took a step since `seen` of them.
    """
    authorize(by, "stage", slug)
    taken = at or clock.now()
    review = reviews.load(store, by, slug, as_of=as_of, assessment_id=assessment_id)
    told = stage_words.advice(review, taken)
    if action == "advance" and told.onward is None:
        raise InputError(tr("there is no next stage"), place="stage", expected=tr("to hold, or to roll back"))
    if action != "advance" and told.current is None:
        raise InputError(tr("the rollout is in no stage"), place="stage", expected=tr("to advance into the first"))
    where = told.onward if action == "advance" else told.current if action == "hold" else None
    step = StageStep.checked(action=action, stage=where.name if where else "", advice=told.kind, note=note)
    return write(
        store,
        by,
        "stage",
        slug,
        lambda session: changes.take(session, by.name, slug, assessment_id, step, seen=seen, at=taken),
    )
