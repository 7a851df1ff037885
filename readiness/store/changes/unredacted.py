"""Texts as they were before redaction: kept for some days, and deleted for good on the day they expire."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlmodel import Session, col, delete, func, select

from readiness import clock
from readiness.errors import InputError
from readiness.language import tr, trn
from readiness.model.dossier import Done
from readiness.model.traces import UNREDACTED_DAYS, UnredactedText
from readiness.store.facts import Scope
from readiness.store.tables import EvidenceRow, SystemRow, UnredactedTextRow

from .base import recorded


def expire(session: Session, actor: str, *, today: dt.date) -> Done:
    """Delete every text whose day has come; there is an event for each system."""
    expired = col(UnredactedTextRow.expires_on) <= today
    counts = session.exec(
        select(SystemRow.slug, EvidenceRow.id, func.count())
        .join(EvidenceRow, col(EvidenceRow.system_id) == SystemRow.id)
        .join(UnredactedTextRow, col(UnredactedTextRow.evidence_id) == EvidenceRow.id)
        .where(expired)
        .group_by(SystemRow.slug, col(EvidenceRow.id))
        .order_by(SystemRow.slug, col(EvidenceRow.id))
    ).all()
    erased = forget(session, expired)
    for slug, group in itertools.groupby(counts, key=lambda row: row[0]):
        files = {evidence_id: number for _, evidence_id, number in group}
        spans, wrote = sum(files.values()), [Scope("raw_text", evidence_id) for evidence_id in files]
        recorded(session, actor, "raw.expire", slug, "", partial(_expired, spans), wrote=wrote, detail={"spans": spans})
    spans = sum(number for _, _, number in counts)
    return Done(
        trn("Deleted the texts before redaction of {n} span", "Deleted the texts before redaction of {n} spans", spans),
        erased=erased,
    )


def _expired(spans: int) -> str:
    return trn(
        "Deleted the texts before redaction of {n} span, which had expired",
        "Deleted the texts before redaction of {n} spans, which had expired",
        spans,
    )


def note_reading(session: Session, actor: str, slug: str, subject: str, trace_id: str) -> Done:
    """Record that somebody reads what redaction replaced in a span."""
    return recorded(
        session,
        actor,
        "raw.read",
        slug,
        subject,
        lambda: tr("Read what redaction replaced in a span of trace {trace}", trace=trace_id),
        wrote=(),
    )


def keep(session: Session, evidence_id: int, texts: Sequence[UnredactedText]) -> None:
    """Raises InputError for a text that would be kept too long."""
    latest = clock.today() + dt.timedelta(days=UNREDACTED_DAYS)
    if any(text.expires_on > latest for text in texts):
        raise InputError(
            tr("texts before redaction would be kept too long"),
            place=tr("keep raw"),
            expected=tr("at most {most} days", most=UNREDACTED_DAYS),
        )
    session.add_all(UnredactedTextRow(**text.model_dump(), evidence_id=evidence_id) for text in texts)


def forget(session: Session, condition: Any) -> bool:
    """Delete texts; whether any were there, whose bytes the caller takes from the file (`Store.scrub`)."""
    return session.exec(delete(UnredactedTextRow).where(condition)).rowcount > 0
