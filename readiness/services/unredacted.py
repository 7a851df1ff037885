"""Texts as they were before redaction: who may read them, and until when they are there."""

from __future__ import annotations

import datetime as dt

from readiness.access import Principal, allowed, authorize
from readiness.model.traces import UnredactedText
from readiness.review.items import EvidenceItem, TraceSample
from readiness.store import Store, changes
from readiness.store import unredacted as stored


def kept_until(by: Principal, slug: str, item: EvidenceItem, *, today: dt.date) -> dt.date | None:
    """The day a file's texts are deleted, for whoever may read them; None where there are none, or none any more."""
    stated = item.evidence.options.get("raw_until")
    until = dt.date.fromisoformat(stated) if stated else None
    return until if until and until > today and allowed(by, "raw.read", slug) else None


def of_span(
    store: Store, by: Principal, slug: str, sample: TraceSample, span_id: str, *, today: dt.date
) -> UnredactedText | None:
    """What redaction changed in a span, once it is recorded who reads it; None where it changed nothing.

    Raises Denied.
    """
    authorize(by, "raw.read", slug)
    found = stored.of_span(store, slug, sample.item.id, sample.trace.trace_id, span_id, today=today)
    if found is not None:
        changes.note_raw_reading(store, by, slug, sample.item.id, sample.trace.trace_id, span_id)
    return found
