"""Steps through the stages of a rollout."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from readiness import clock, formatting
from readiness.errors import Conflict, InputError
from readiness.language import marked, tr
from readiness.model.dossier import Done
from readiness.model.stages import StageStep
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import StageStepRow

from .base import latest_assessment, recorded


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
        raise Conflict(tr("somebody took a step in the meantime; nothing was stored"), expected=tr("a second look"))
    first = before[-1].at if before else clock.end_of(assessment.assessed_on - dt.timedelta(days=1))
    if not first <= at <= clock.now():
        problem = tr(
            "a step with {candidate} cannot have been taken on {day}",
            candidate=assessment.candidate,
            day=formatting.day(at),
        )
        expected = tr("a time from {first} to now", first=formatting.day(first))
        raise InputError(problem, place="taken", expected=expected)
    session.add(StageStepRow(**step.model_dump(), assessment_id=assessment_id, by=actor, at=at))
    session.flush()
    wrote, detail = [Scope("stage_step", assessment_id)], step.model_dump() | {"taken": at.isoformat()}
    return recorded(
        session,
        actor,
        "stage",
        slug,
        f"stage {step.stage}",
        lambda: _told(step, slug, assessment.candidate),
        wrote=wrote,
        detail=detail,
    )


def _told(step: StageStep, slug: str, candidate: str) -> str:
    told = {"stage": f" {step.stage}" if step.stage else "", "slug": slug, "candidate": candidate}
    said = tr(_TOLD[step.action], **told)
    if step.advice == step.action:
        return said
    return tr(_AGAINST[step.advice], said=said)


_TOLD = {
    "advance": marked("Went on to{stage} with {slug} {candidate}"),
    "hold": marked("Holding at{stage} with {slug} {candidate}"),
    "roll back": marked("Rolled back{stage} with {slug} {candidate}"),
}
_AGAINST = {
    "advance": marked("{said}, against the advice to advance"),
    "hold": marked("{said}, against the advice to hold"),
    "roll back": marked("{said}, against the advice to roll back"),
    "done": marked("{said}, against the advice to done"),
}
