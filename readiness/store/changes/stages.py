"""Steps through the stages of a rollout."""

from __future__ import annotations

from sqlmodel import Session

from readiness import clock
from readiness.errors import Conflict
from readiness.model.dossier import Done
from readiness.model.stages import StageStep
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import StageStepRow

from .base import latest_assessment, recorded

_TOLD = {"advance": "Went on to", "hold": "Holding at", "roll back": "Rolled back"}


def take(session: Session, actor: str, slug: str, assessment_id: int, step: StageStep, *, seen: int) -> Done:
    """Keep a step; `seen` is how many there were. Raises NotFound, and Conflict where somebody took one meanwhile."""
    assessment = latest_assessment(session, slug, assessment_id)
    if len(queries.stages.of_assessment(session, assessment_id)) != seen:
        raise Conflict("somebody took a step in the meantime; nothing was stored", expected="a second look")
    session.add(StageStepRow(**step.model_dump(), assessment_id=assessment_id, by=actor, at=clock.now()))
    session.flush()
    where = f" {step.stage}" if step.stage else ""
    against = f", against the advice to {step.advice}" if step.advice != step.action else ""
    told = f"{_TOLD[step.action]}{where} with {slug} {assessment.candidate}{against}"
    wrote, detail = [Scope("stage_step", assessment_id)], step.model_dump()
    return recorded(session, actor, "stage", slug, f"stage {step.stage}", told, wrote=wrote, detail=detail)
