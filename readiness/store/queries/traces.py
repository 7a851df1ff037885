"""Traces by what they are called."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import col, or_

from readiness.model.traces import NamedTrace
from readiness.store.engine import Store
from readiness.store.tables import EvidenceRow, SystemRow, TraceRow


def named(store: Store, slugs: Collection[str], text: str, most: int) -> list[NamedTrace]:
    """The traces of some systems whose id, workflow or lesson holds a text, in either case; the newest first."""
    fields = (TraceRow.trace_id, TraceRow.workflow, TraceRow.note)
    query = (
        select(col(SystemRow.slug), col(TraceRow.id), *map(col, fields))
        .join(EvidenceRow, col(EvidenceRow.id) == TraceRow.evidence_id)
        .join(SystemRow, col(SystemRow.id) == EvidenceRow.system_id)
        .where(col(SystemRow.slug).in_(slugs), or_(*(col(field).icontains(text, autoescape=True) for field in fields)))
        .order_by(col(TraceRow.id).desc())
        .limit(most)
    )
    with store.reading() as session:
        return [NamedTrace(*row) for row in session.execute(query)]
