"""Texts as they were before redaction: read while they have not expired, and not a day longer."""

from __future__ import annotations

import datetime as dt

from sqlmodel import col, select

from readiness.model.traces import UnredactedText

from .engine import Store
from .queries import record_of
from .tables import EvidenceRow, SystemRow, UnredactedTextRow


def of_span(
    store: Store, slug: str, evidence_id: int, trace_id: str, span_id: str, *, today: dt.date
) -> UnredactedText | None:
    """None where redaction changed nothing in the span, where nothing was kept, and where its day has come."""
    with store.reading() as session:
        row = session.exec(
            select(UnredactedTextRow)
            .join(EvidenceRow, col(EvidenceRow.id) == UnredactedTextRow.evidence_id)
            .join(SystemRow, col(SystemRow.id) == EvidenceRow.system_id)
            .where(
                SystemRow.slug == slug,
                UnredactedTextRow.evidence_id == evidence_id,
                UnredactedTextRow.trace_id == trace_id,
                UnredactedTextRow.span_id == span_id,
                UnredactedTextRow.expires_on > today,
            )
        ).first()
        return record_of(UnredactedText, row) if row else None
