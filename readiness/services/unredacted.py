"""Texts as they were before redaction: who may read them, and until when they are there."""

from __future__ import annotations

import datetime as dt

from readiness import clock
from readiness.access import Principal, allowed, authorize
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.traces import UnredactedText
from readiness.review.items import EvidenceItem, TraceSample
from readiness.store import Store
from readiness.store import unredacted as texts
from readiness.store.changes import unredacted

from ._writing import settle, write


def kept_until(by: Principal, slug: str, item: EvidenceItem, *, today: dt.date) -> dt.date | None:
    """The day a file's texts are deleted, for whoever may read them; None where there are none, or none any more."""
    until = item.evidence.options.raw_until
    return until if until and until > today and allowed(by, "raw.read", slug) else None


def of_span(
    store: Store, by: Principal, slug: str, sample: TraceSample, span_id: str, *, today: dt.date
) -> UnredactedText | None:
    """What redaction changed in a span, once it is recorded who reads it; None where it changed nothing.

    Raises Denied.
    """
    authorize(by, "raw.read", slug)
    text = texts.of_span(store, slug, sample.item.id, sample.trace.trace_id, span_id, today=today)
    if text is not None:
        note_reading(store, by, slug, sample.item.id, sample.trace.trace_id, span_id)
    return text


def note_reading(store: Store, by: Principal, slug: str, file: int, trace_id: str, span_id: str) -> Done:
    """Record that somebody reads what redaction replaced in a span, once a day; before they see it. Raises Denied."""
    authorize(by, "raw.read", slug)
    subject = f"evidence {file}, trace {trace_id}, span {span_id}"
    if texts.was_read(store, by.name, slug, subject, since=clock.now() - dt.timedelta(days=1)):
        return Done(tr("{person} has read this today already", person=by.name), changed=False)
    return write(
        store, by, "raw.read", slug, lambda session: unredacted.note_reading(session, by.name, slug, subject, trace_id)
    )


def expire(store: Store, by: Principal, *, today: dt.date) -> Done:
    """Delete every text whose day has come, of all systems. Raises Denied; see `access.KEEPER`."""
    authorize(by, "raw.expire")
    if not texts.any_expired(store, today=today):
        return Done(tr("No text before redaction has expired"), changed=False)
    return settle(store, "", lambda session: unredacted.expire(session, by.name, today=today))
