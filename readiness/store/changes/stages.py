"""Steps through the stages of a rollout."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from readiness import clock, formatting
from readiness.errors import Conflict, InputError
from readiness.model.dossier import Done
from readiness.model.stages import StageStep
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import StageStepRow

from .base import latest_assessment, recorded

_TOLD = {"advance": "Went on to", "hold": "Holding at", "roll back": "Rolled back"}


def take(
    session: Session, actor: str, slug: str, assessment_id: int, step: StageStep, *, seen: int, at: dt.datetime
) -> Done:
    """Keep a step that was taken at an instant; `seen` is how many there were.

    Raises NotFound, InputError for an instant to come or before the last step, and Conflict where somebody took one
    meanwhile.
    """
    assessment = latest_assessment(session, slug, assessment_id)
    before = queries.stages.of_assessment(session, assessment_id)
    if len(before) != seen:
        raise Conflict("somebody took a step in the meantime; nothing was stored", expected="a second look")
    first = before[-1].at if before else clock.end_of(assessment.assessed_on - dt.timedelta(days=1))
    if not first <= at <= clock.now():
        problem = f"a step with {assessment.candidate} cannot have been taken on {formatting.day(at)}"
        expected = f"a time from {formatting.day(first)} to now"
        raise InputError(problem, place="taken", expected=expected)
    session.add(StageStepRow(**step.model_dump(), assessment_id=assessment_id, by=actor, at=at))
    session.flush()
    where = f" {step.stage}" if step.stage else ""
    against = f", against the advice to {step.advice}" if step.advice != step.action else ""
    told = f"{_TOLD[step.action]}{where} with {slug} {assessment.candidate}{against}"
    wrote, detail = [Scope("stage_step", assessment_id)], step.model_dump() | {"taken": at.isoformat()}
    return recorded(session, actor, "stage", slug, f"stage {step.stage}", told, wrote=wrote, detail=detail)
