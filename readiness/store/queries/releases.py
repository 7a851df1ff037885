"""Every rollout of the past with what came after it, in as many queries however many there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from readiness.model.decisions import GOES_ON
from readiness.model.incidents import ReportedIncident, StoredIncident
from readiness.model.releases import PastDecision, PastRollout, SystemRollouts
from readiness.model.stages import StageStep, StoredStep
from readiness.store.engine import Store
from readiness.store.tables import AssessmentRow, DecisionRow, IncidentRow, StageStepRow, SystemRow

from .records import record_of

T = TypeVar("T")


def rollouts(store: Store, systems: Collection[str] | None = None) -> dict[str, SystemRollouts]:
    """Those of some of the systems by their slugs, or of all that have an assessment, in four queries."""
    query = select(SystemRow, AssessmentRow).join(AssessmentRow, col(AssessmentRow.system_id) == SystemRow.id)
    query = query.order_by(col(AssessmentRow.assessed_on), col(AssessmentRow.id))
    if systems is not None:
        query = query.where(col(SystemRow.slug).in_(systems))
    with store.reading() as session:
        decided = _by_owner(_decisions(session, _assessments(systems)))
        stepped = _by_owner(_steps(session, _assessments(systems)))
        reported = _by_owner(_incidents(session, _ids(systems)))
        found: dict[str, SystemRollouts] = {}
        for system, row in session.exec(query):
            own = PastRollout(row.id, row.candidate, tuple(decided.get(row.id, ())), tuple(stepped.get(row.id, ())))
            earlier = found[system.slug].rollouts if system.slug in found else ()
            found[system.slug] = SystemRollouts(
                system=system.slug,
                name=system.name or system.slug,
                rollouts=(*earlier, own),
                incidents=tuple(reported.get(system.id, ())),
                archived_on=system.archived_on,
            )
    return found


def _ids(systems: Collection[str] | None) -> Any:
    """The ids of systems, to be asked within a query; None for all."""
    return None if systems is None else select(SystemRow.id).where(col(SystemRow.slug).in_(systems))


def _assessments(systems: Collection[str] | None) -> Any:
    """Those of their assessments."""
    ids = _ids(systems)
    return None if ids is None else select(AssessmentRow.id).where(col(AssessmentRow.system_id).in_(ids))


def _by_owner(found: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    """What belongs to each, in the order in which it was written down."""
    owned: dict[int, list[T]] = {}
    for owner, one in found:
        owned.setdefault(owner, []).append(one)
    return owned


def _decisions(session: Session, assessments: Any) -> list[tuple[int, PastDecision]]:
    query = select(DecisionRow).order_by(col(DecisionRow.id))
    if assessments is not None:
        query = query.where(col(DecisionRow.assessment_id).in_(assessments))
    rows = session.exec(query)
    return [(row.assessment_id, PastDecision(row.decided_on, row.outcome in GOES_ON, row.level)) for row in rows]


def _steps(session: Session, assessments: Any) -> list[tuple[int, StoredStep]]:
    query = select(StageStepRow).order_by(col(StageStepRow.id))
    if assessments is not None:
        query = query.where(col(StageStepRow.assessment_id).in_(assessments))
    return [
        (row.assessment_id, StoredStep(row.id, row.assessment_id, record_of(StageStep, row), row.by, row.at))
        for row in session.exec(query)
    ]


def _incidents(session: Session, ids: Any) -> list[tuple[int, StoredIncident]]:
    query = select(IncidentRow).order_by(col(IncidentRow.id))
    if ids is not None:
        query = query.where(col(IncidentRow.system_id).in_(ids))
    return [
        (
            row.system_id,
            StoredIncident(
                row.id, row.row_version, record_of(ReportedIncident, row), (), row.by, row.at, row.withdrawn
            ),
        )
        for row in session.exec(query)
    ]
