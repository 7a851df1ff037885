"""Open gaps, and how their due dates moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

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

from .records import stored
from .systems import NEWEST_FIRST


def gaps(store: Store) -> list[OpenMark]:
    """The open gaps of every system's latest assessment."""
    newest = (
        select(AssessmentRow.id)
        .where(AssessmentRow.system_id == SystemRow.id)
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
    with store.reading() as session:
        rows = session.exec(query).all()
        moves = moves_of(session, query.with_only_columns(col(MarkRow.id)))
    return [OpenMark(slug, checklist, stored(Mark, mark), moves.get(mark.id, ())) for mark, slug, checklist in rows]


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
