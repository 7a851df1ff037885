"""Gaps that were offered to somebody."""

from __future__ import annotations

from sqlmodel import Session, col, select

from readiness import clock
from readiness.errors import NotFound
from readiness.language import tr
from readiness.model.dossier import Handover
from readiness.store.engine import Store
from readiness.store.tables import AssessmentRow, HandoverRow, MarkRow, SystemRow

from .gaps import find_gap, open_on


def open_handovers(store: Store) -> list[Handover]:
    """Those that nobody has answered, of gaps that are open today, the earliest first."""
    query = (
        select(HandoverRow, SystemRow.slug)
        .join(MarkRow, col(MarkRow.id) == HandoverRow.mark_id)
        .join(AssessmentRow, col(AssessmentRow.id) == MarkRow.assessment_id)
        .join(SystemRow, col(SystemRow.id) == AssessmentRow.system_id)
        .where(col(HandoverRow.accepted).is_(None), *open_on(clock.today(), None))
        .order_by(col(HandoverRow.id))
    )
    with store.reading() as session:
        return [_handover(row, slug) for row, slug in session.exec(query)]


def handover(store: Store, number: int) -> Handover:
    """One offer, answered or not. Raises NotFound."""
    with store.reading() as session:
        row = session.get(HandoverRow, number)
        if row is None:
            raise NotFound(tr("there is no offer {number}", number=number), expected=tr("one that is open"))
        return _handover(row, find_gap(session, row.mark_id)[1])


def open_handover(session: Session, gap_id: int) -> Handover | None:
    """The offer of a gap that nobody has answered."""
    query = select(HandoverRow).where(HandoverRow.mark_id == gap_id, col(HandoverRow.accepted).is_(None))
    row = session.exec(query).first()
    return _handover(row, "") if row else None


def _handover(row: HandoverRow, slug: str) -> Handover:
    return Handover(row.id, slug, row.mark_id, row.offered_to, row.note, row.by, row.at)
