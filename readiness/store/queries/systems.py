"""Systems, and the order of their assessments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import fields

from sqlmodel import Session, col, select

from readiness import clock, formatting
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
"""The first one that is not dated after a day is the assessment in force on it."""


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
    """The one in force today, else the one that is dated last. Raises NotFound where the system has none."""
    with store.reading() as session:
        rows = assessment_rows(session, find_system(session, slug))
        if not rows:
            raise NotFound(f"{slug} has no assessment", expected="an assessment file to be imported first")
        return record_of(Assessment, in_force(rows, clock.today()) or rows[0])


def assessments(store: Store, slug: str) -> list[Stored[Assessment]]:
    """All of a system, the newest first. Raises NotFound."""
    with store.reading() as session:
        return [stored(Assessment, row) for row in assessment_rows(session, find_system(session, slug))]


def assessment_rows(session: Session, system: SystemRow) -> Sequence[AssessmentRow]:
    """Newest first."""
    return session.exec(select(AssessmentRow).where(AssessmentRow.system_id == system.id).order_by(*NEWEST_FIRST)).all()


def in_force(rows: Sequence[AssessmentRow], day: dt.date) -> AssessmentRow | None:
    """Of assessments, the newest first, the one that stood on a day; None where all are dated after it."""
    return next((row for row in rows if row.assessed_on <= day), None)


def refuse_before(slug: str, rows: Sequence[AssessmentRow], day: dt.date) -> NotFound:
    """That none of the assessments of a system stood on a day, and which is the earliest."""
    if not rows:
        return NotFound(f"{slug} has no assessment", expected="an assessment file to be imported first")
    return NotFound(
        f"no assessment of {slug} was in force on {formatting.day(day)}",
        expected=f"{formatting.day(rows[-1].assessed_on)} or later, the day of the earliest, of {rows[-1].candidate}",
    )


def earliest(store: Store, slugs: Collection[str]) -> tuple[str, Assessment] | None:
    """The assessment of these systems that is dated first, and its system; None where they have none."""
    query = (
        select(SystemRow.slug, AssessmentRow)
        .join(AssessmentRow, col(AssessmentRow.system_id) == SystemRow.id)
        .where(col(SystemRow.slug).in_(slugs))
        .order_by(col(AssessmentRow.assessed_on), col(AssessmentRow.id))
        .limit(1)
    )
    with store.reading() as session:
        row = session.exec(query).first()
        return (row[0], record_of(Assessment, row[1])) if row else None


def statuses(store: Store, day: dt.date | None = None) -> list[tuple[str, CachedStatus | None]]:
    """Every system that has an assessment in force on a day, by its slug, and where it stands as far as that is kept.

    The day is today unless another is asked about.
    """
    kept = [getattr(StatusRow, field.name) for field in fields(CachedStatus)]
    assessed = (
        select(AssessmentRow.id)
        .where(AssessmentRow.system_id == SystemRow.id, AssessmentRow.assessed_on <= (day or clock.today()))
        .exists()
    )
    query = select(SystemRow.slug, *kept).outerjoin(StatusRow, col(StatusRow.system_id) == SystemRow.id).where(assessed)
    with store.reading() as session:
        return [(row[0], CachedStatus(*row[1:]) if row[1] else None) for row in session.connection().execute(query)]
