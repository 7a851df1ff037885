"""Systems, and the order of their assessments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from sqlmodel import Session, col, select

from readiness.errors import NotFound
from readiness.model.assessment import Assessment, System
from readiness.model.dossier import (
    Stored,
)
from readiness.store.engine import Store
from readiness.store.statuses import CachedStatus
from readiness.store.tables import (
    AssessmentRow,
    StatusRow,
    SystemRow,
)

from .records import record_of, stored

NEWEST_FIRST = (col(AssessmentRow.assessed_on).desc(), col(AssessmentRow.id).desc())
"""The first one is the latest assessment of a system."""


def systems(store: Store) -> list[System]:
    with store.reading() as session:
        return [record_of(System, row) for row in session.exec(select(SystemRow).order_by(SystemRow.name))]


def find_system(session: Session, slug: str) -> SystemRow:
    system = session.exec(select(SystemRow).where(SystemRow.slug == slug)).first()
    if system is None:
        names = session.exec(select(SystemRow.slug).order_by(SystemRow.slug)).all()
        raise NotFound(
            f"the system {slug!r} is not in the store",
            expected=f"one of {', '.join(names)}" if names else "a system that was imported; the store is empty",
        )
    return system


def latest_assessment(store: Store, slug: str) -> Assessment:
    """Raises NotFound where the system has none."""
    with store.reading() as session:
        rows = assessment_rows(session, find_system(session, slug))
        if not rows:
            raise NotFound(f"{slug} has no assessment", expected="an assessment file to be imported first")
        return record_of(Assessment, rows[0])


def assessments(store: Store, slug: str) -> list[Stored[Assessment]]:
    """All of a system, the newest first. Raises NotFound."""
    with store.reading() as session:
        return [stored(Assessment, row) for row in assessment_rows(session, find_system(session, slug))]


def assessment_rows(session: Session, system: SystemRow) -> Sequence[AssessmentRow]:
    """Newest first."""
    return session.exec(select(AssessmentRow).where(AssessmentRow.system_id == system.id).order_by(*NEWEST_FIRST)).all()


def statuses(store: Store) -> list[tuple[str, CachedStatus | None]]:
    """Every system that has an assessment, by its slug, and where it stands as far as that is kept."""
    kept = [getattr(StatusRow, field.name) for field in fields(CachedStatus)]
    assessed = select(AssessmentRow.id).where(AssessmentRow.system_id == SystemRow.id).exists()
    query = select(SystemRow.slug, *kept).outerjoin(StatusRow, col(StatusRow.system_id) == SystemRow.id).where(assessed)
    with store.reading() as session:
        return [(row[0], CachedStatus(*row[1:]) if row[1] else None) for row in session.connection().execute(query)]
