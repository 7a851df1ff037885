"""Systems, and the order of their assessments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from readiness import clock, formatting
from readiness.errors import InputError, NotFound
from readiness.language import tr
from readiness.model.assessment import Assessment, System
from readiness.model.dossier import (
    ArchivedSystem,
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


def in_use(day: dt.date) -> ColumnElement[bool]:
    """What tells the systems that were not put away by a day."""
    return or_(col(SystemRow.archived_on).is_(None), col(SystemRow.archived_on) > day)


def systems(store: Store, *, archived: bool = True) -> list[System]:
    """All of them, or those that are not put away."""
    query = select(SystemRow).order_by(SystemRow.name)
    with store.reading() as session:
        rows = session.exec(query if archived else query.where(in_use(clock.today())))
        return [record_of(System, row) for row in rows]


def slugs(store: Store) -> list[str]:
    """The short names of those that are not put away, in the order of their names."""
    query = select(SystemRow.slug).where(in_use(clock.today())).order_by(SystemRow.name)
    with store.reading() as session:
        return list(session.exec(query))


def system(store: Store, slug: str) -> Stored[System]:
    """One of them, with the row version that a change names. Raises NotFound."""
    with store.reading() as session:
        return stored(System, find_system(session, slug))


def archived(store: Store) -> list[ArchivedSystem]:
    """The systems that were put away, by their names."""
    query = select(SystemRow).where(col(SystemRow.archived_on).is_not(None)).order_by(SystemRow.name)
    with store.reading() as session:
        return [
            ArchivedSystem(row.slug, row.name, row.row_version, on, row.archived_by or "", row.archived_reason or "")
            for row in session.exec(query)
            if (on := row.archived_on)
        ]


def refuse_archived(session: Session, slug: str) -> None:
    """Raises InputError for a write to a system that was put away."""
    row = session.exec(select(SystemRow).where(SystemRow.slug == slug)).first()
    if row is not None and row.archived_on is not None:
        raise InputError(
            tr("{slug} was archived on {day}; nothing was stored", slug=slug, day=formatting.day(row.archived_on)),
            expected=tr("it to be restored first, on the page System"),
        )


def find_system(session: Session, slug: str) -> SystemRow:
    system = session.exec(select(SystemRow).where(SystemRow.slug == slug)).first()
    if system is None:
        names = session.exec(select(SystemRow.slug).where(in_use(clock.today())).order_by(SystemRow.slug)).all()
        raise NotFound(
            tr("the system {slug!r} is not in the store", slug=slug),
            expected=tr("one of {known}", known=", ".join(names))
            if names
            else tr("a system that was imported; the store is empty"),
        )
    return system


def latest_assessment(store: Store, slug: str) -> Assessment:
    """The one in force today, else the one that is dated last. Raises NotFound where the system has none."""
    with store.reading() as session:
        rows = assessment_rows(session, find_system(session, slug))
        if not rows:
            raise NotFound(
                tr("{slug} has no assessment", slug=slug), expected=tr("an assessment file to be imported first")
            )
        return record_of(Assessment, in_force(rows, clock.today()) or rows[0])


def assessments(store: Store, slug: str) -> list[Stored[Assessment]]:
    """All of a system, the newest first. Raises NotFound."""
    with store.reading() as session:
        return [stored(Assessment, row) for row in assessment_rows(session, find_system(session, slug))]


def assessment_rows(session: Session, system: SystemRow) -> Sequence[AssessmentRow]:
    """Newest first."""
    return session.exec(select(AssessmentRow).where(AssessmentRow.system_id == system.id).order_by(*NEWEST_FIRST)).all()


def newest(day: dt.date) -> Any:
    """The id of the assessment of a system that is in force on a day, beside the rows of systems in a query."""
    return (
        select(AssessmentRow.id)
        .where(AssessmentRow.system_id == SystemRow.id, col(AssessmentRow.assessed_on) <= day)
        .order_by(*NEWEST_FIRST)
        .limit(1)
        .correlate(SystemRow)
        .scalar_subquery()
    )


def in_force(rows: Sequence[AssessmentRow], day: dt.date) -> AssessmentRow | None:
    """Of assessments, the newest first, the one that stood on a day; None where all are dated after it."""
    return next((row for row in rows if row.assessed_on <= day), None)


def refuse_before(slug: str, rows: Sequence[AssessmentRow], day: dt.date) -> NotFound:
    """That none of the assessments of a system stood on a day, and which is the earliest."""
    if not rows:
        return NotFound(
            tr("{slug} has no assessment", slug=slug), expected=tr("an assessment file to be imported first")
        )
    return NotFound(
        tr("no assessment of {slug} was in force on {day}", slug=slug, day=formatting.day(day)),
        expected=tr(
            "{day} or later, the day of the earliest, of {candidate}",
            day=formatting.day(rows[-1].assessed_on),
            candidate=rows[-1].candidate,
        ),
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

    The day is today unless another is asked about. Those that were put away by then are left out.
    """
    kept = [getattr(StatusRow, field.name) for field in fields(CachedStatus)]
    assessed = (
        select(AssessmentRow.id)
        .where(AssessmentRow.system_id == SystemRow.id, AssessmentRow.assessed_on <= (day or clock.today()))
        .exists()
    )
    query = select(SystemRow.slug, *kept).outerjoin(StatusRow, col(StatusRow.system_id) == SystemRow.id)
    query = query.where(assessed, in_use(day or clock.today()))
    with store.reading() as session:
        return [(row[0], CachedStatus(*row[1:]) if row[1] else None) for row in session.connection().execute(query)]
