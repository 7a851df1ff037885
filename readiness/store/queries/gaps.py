"""Open gaps, and how their due dates moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from readiness import clock
from readiness.errors import NotFound
from readiness.model.assessment import Mark
from readiness.model.dossier import (
    DueMove,
    OpenMark,
    Stored,
)
from readiness.store.engine import Store
from readiness.store.tables import (
    AssessmentRow,
    DueMoveRow,
    MarkRow,
    SystemRow,
)

from .past import past
from .records import stored
from .systems import NEWEST_FIRST, assessment_rows, in_force


def gaps(store: Store, *, day: dt.date | None = None) -> list[OpenMark]:
    """The open gaps of every system's assessment in force on a day, which is today unless another is asked about."""
    asked = day or clock.today()
    with store.reading() as session:
        return _past_gaps(session, asked) if asked < clock.today() else _gaps(session, asked)


def _gaps(session: Session, day: dt.date) -> list[OpenMark]:
    newest = (
        select(AssessmentRow.id)
        .where(AssessmentRow.system_id == SystemRow.id, AssessmentRow.assessed_on <= day)
        .order_by(*NEWEST_FIRST)
        .limit(1)
        .correlate(SystemRow)
        .scalar_subquery()
    )
    query = (
        select(MarkRow, SystemRow.slug, AssessmentRow.checklist)
        .join(AssessmentRow, col(AssessmentRow.id) == MarkRow.assessment_id)
        .join(SystemRow, col(SystemRow.id) == AssessmentRow.system_id)
        .where(col(MarkRow.mark).in_(("partial", "yes")), AssessmentRow.id == newest)
    )
    rows = session.exec(query).all()
    moves = moves_of(session, query.with_only_columns(col(MarkRow.id)))
    return [OpenMark(slug, checklist, stored(Mark, mark), moves.get(mark.id, ())) for mark, slug, checklist in rows]


def _past_gaps(session: Session, day: dt.date) -> list[OpenMark]:
    """What was open on a day that is past, of each system in turn."""
    gaps = []
    for system in session.exec(select(SystemRow)).all():
        row, then = in_force(assessment_rows(session, system), day), past(session, system.slug, day)
        if row is None or then is None:
            continue
        marks = [mark for mark in then.marks(row, marks_of(session, row)).values() if mark.record.is_gap]
        moves = moves_of(session, [mark.id for mark in marks])
        gaps += [OpenMark(system.slug, row.checklist, mark, then.moves(row, moves.get(mark.id, ()))) for mark in marks]
    return gaps


def marks_of(session: Session, assessment: AssessmentRow) -> dict[str, Stored[Mark]]:
    """The answers of an assessment by their signals."""
    rows = session.exec(select(MarkRow).where(MarkRow.assessment_id == assessment.id).order_by(col(MarkRow.id)))
    return {row.signal: stored(Mark, row) for row in rows}


def owners(store: Store) -> list[tuple[str, str, bool]]:
    """Everybody who owns something: the system, the name, and whether it is a gap that they own or owned."""
    owning = (
        select(SystemRow.slug, MarkRow.owner)
        .join(AssessmentRow, col(AssessmentRow.system_id) == SystemRow.id)
        .join(MarkRow, col(MarkRow.assessment_id) == AssessmentRow.id)
        .where(MarkRow.owner != "")
        .distinct()
    )
    with store.reading() as session:
        systems = session.exec(select(SystemRow.slug, SystemRow.owner).where(SystemRow.owner != "")).all()
        return [*((slug, name, True) for slug, name in session.exec(owning)), *((*row, False) for row in systems)]


def gap_owner(store: Store, gap_id: int) -> tuple[str, Stored[Mark]]:
    """The system's slug and the mark behind a gap's id. Raises NotFound."""
    with store.reading() as session:
        mark, slug = find_gap(session, gap_id)
        return slug, stored(Mark, mark)


def find_gap(session: Session, gap_id: int) -> tuple[MarkRow, str]:
    row = session.exec(
        select(MarkRow, SystemRow.slug)
        .join(AssessmentRow, col(AssessmentRow.id) == MarkRow.assessment_id)
        .join(SystemRow, col(SystemRow.id) == AssessmentRow.system_id)
        .where(MarkRow.id == gap_id)
    ).first()
    if row is None:
        raise NotFound(f"there is no gap {gap_id}", expected="an id that readiness gaps lists")
    return row


def moves_of(session: Session, mark_ids: Any) -> Mapping[int, Sequence[DueMove]]:
    moves: dict[int, list[DueMove]] = {}
    query = select(DueMoveRow).where(col(DueMoveRow.mark_id).in_(mark_ids)).order_by(col(DueMoveRow.id))
    for row in session.exec(query):
        moves.setdefault(row.mark_id, []).append(DueMove(row.before, row.after, row.reason, row.by, row.at))
    return moves
