"""Texts as they were before redaction: read while they have not expired, and not a day longer."""

from __future__ import annotations

import datetime as dt

from sqlmodel import col, select

from readiness.model.traces import UnredactedText

from .engine import Store
from .queries import record_of
from .tables import EventRow, EvidenceRow, SystemRow, UnredactedTextRow


def any_expired(store: Store, *, today: dt.date) -> bool:
    """Whether there is a text whose day has come."""
    expired = select(UnredactedTextRow.id).where(col(UnredactedTextRow.expires_on) <= today).limit(1)
    with store.reading() as session:
        return session.exec(expired).first() is not None


def was_read(store: Store, actor: str, slug: str, subject: str, *, since: dt.datetime) -> bool:
    """Whether the record holds that somebody read these texts since an instant."""
    event = (EventRow.action == "raw.read", EventRow.actor == actor, EventRow.system == slug)
    query = select(EventRow.seq).where(*event, EventRow.subject == subject, col(EventRow.at) > since).limit(1)
    with store.reading() as session:
        return session.exec(query).first() is not None


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
