"""Texts as they were before redaction: kept for some days, and deleted for good on the day they expire."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import Session, col, delete, func, select

from readiness import clock, formatting
from readiness.access import Principal
from readiness.errors import InputError
from readiness.model.dossier import Done
from readiness.model.traces import UNREDACTED_DAYS, UnredactedText
from readiness.store import audit
from readiness.store.engine import Store
from readiness.store.tables import EventRow, EvidenceRow, SystemRow, UnredactedTextRow

from .base import writing

KEEPER = "readiness"
"""Who deletes what has expired: nobody asks for it, and nobody needs a right to it."""


def expire_raw(store: Store, *, today: dt.date) -> Done:
    """Delete every text whose day has come, whoever opened the store; there is an event for each system."""
    expired = col(UnredactedTextRow.expires_on) <= today
    with store.reading() as session:
        if session.exec(select(UnredactedTextRow.id).where(expired).limit(1)).first() is None:
            return Done("No text before redaction has expired", changed=False)
    with store.writing() as session:
        counts = session.exec(
            select(SystemRow.slug, func.count())
            .join(EvidenceRow, col(EvidenceRow.system_id) == SystemRow.id)
            .join(UnredactedTextRow, col(UnredactedTextRow.evidence_id) == EvidenceRow.id)
            .where(expired)
            .group_by(SystemRow.slug)
            .order_by(SystemRow.slug)
        ).all()
        forget_raw(session, expired)
        for slug, spans in counts:
            sentence = f"Deleted the texts before redaction of {formatting.count(spans, 'span')}, which had expired"
            audit.append(session, actor=KEEPER, action="raw.expire", system=slug, sentence=sentence, spans=spans)
        spans = sum(number for _, number in counts)
        return Done(f"Deleted the texts before redaction of {formatting.count(spans, 'span')}")


def note_raw_reading(store: Store, by: Principal, slug: str, file: int, trace_id: str, span_id: str) -> Done:
    """Record that somebody reads what redaction replaced in a span, once a day; before they see it."""
    since = clock.now() - dt.timedelta(days=1)
    subject = f"evidence {file}, trace {trace_id}, span {span_id}"
    known = (
        EventRow.action == "raw.read",
        EventRow.actor == by.name,
        EventRow.system == slug,
        EventRow.subject == subject,
    )
    with store.reading() as session:
        if session.exec(select(EventRow.seq).where(*known, col(EventRow.at) > since).limit(1)).first() is not None:
            return Done(f"{by.name} has read this today already", changed=False)
    with writing(store, by, "raw.read", slug) as session:
        sentence = f"Read what redaction replaced in a span of trace {trace_id}"
        audit.append(session, actor=by.name, action="raw.read", system=slug, subject=subject, sentence=sentence)
        return Done(sentence)


def keep_raw(session: Session, evidence_id: int, raw: tuple[UnredactedText, ...]) -> None:
    """Raises InputError for a text that would be kept too long."""
    latest = clock.today() + dt.timedelta(days=UNREDACTED_DAYS)
    if any(each.expires_on > latest for each in raw):
        raise InputError(
            "texts before redaction would be kept too long",
            place="keep raw",
            expected=f"at most {UNREDACTED_DAYS} days",
        )
    session.add_all(UnredactedTextRow(**each.model_dump(), evidence_id=evidence_id) for each in raw)


def forget_raw(session: Session, condition: Any) -> None:
    """Delete texts so that their bytes are gone from an SQLite file too, once the transaction is through."""
    if session.exec(delete(UnredactedTextRow).where(condition)).rowcount:
        session.info["scrub"] = True
