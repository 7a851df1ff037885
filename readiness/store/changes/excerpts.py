"""Texts of traces that may leave in a pack: each is let out by itself, and counts for that text only."""

from __future__ import annotations

from sqlmodel import Session, col, select

from readiness import clock
from readiness.access import Principal
from readiness.errors import Conflict, NotFound
from readiness.model.dossier import Done
from readiness.model.traces import Excerpt, Span, Trace
from readiness.store import audit, queries
from readiness.store.engine import Store
from readiness.store.tables import ExcerptRow, TraceRow

from .base import writing
from .evidence import owned_trace


def let_out(store: Store, by: Principal, slug: str, trace_id: int, seen: Excerpt) -> Done:
    """Let a text out as it was seen. Raises Conflict where another text stands there now."""
    with writing(store, by, "excerpt.let-out", slug) as session:
        trace, span = _span(session, slug, trace_id, seen)
        if Excerpt.of(trace.trace_id, span, seen.field) != seen:
            raise Conflict(f"the {_named(span, seen)} is another text now; nothing was let out", expected=_AGAIN)
        if _row(session, trace, seen) is not None:
            return Done(f"The {_named(span, seen)} may leave already; nothing changed", changed=False)
        session.add(ExcerptRow(**seen.model_dump(), evidence_id=trace.evidence_id, by=by.name, at=clock.now()))
        sentence = f"The {_named(span, seen)} may leave in packs for security reviewers"
        _append(session, by, slug, "excerpt.let-out", seen, sentence)
        return Done(sentence)


def hold_back(store: Store, by: Principal, slug: str, trace_id: int, seen: Excerpt) -> Done:
    """Take back that a text may leave; packs that were made before keep it."""
    with writing(store, by, "excerpt.let-out", slug) as session:
        trace, span = _span(session, slug, trace_id, seen)
        row = _row(session, trace, seen)
        if row is None:
            return Done(f"The {_named(span, seen)} stays inside already; nothing changed", changed=False)
        session.delete(row)
        sentence = f"The {_named(span, seen)} no longer leaves in packs"
        _append(session, by, slug, "excerpt.hold-back", seen, sentence)
        return Done(sentence)


_AGAIN = "one that was read as it stands"


def _named(span: Span, seen: Excerpt) -> str:
    return f"{seen.field} of {span.name.strip()[:80] or 'a span without a name'}"


def _span(session: Session, slug: str, trace_id: int, seen: Excerpt) -> tuple[TraceRow, Span]:
    row = owned_trace(session, slug, trace_id)
    spans = queries.record_of(Trace, row).spans
    span = next((each for each in spans if each.span_id == seen.span_id), None)
    if row.trace_id != seen.trace_id or span is None:
        raise NotFound(f"the trace {row.trace_id} has no span {seen.span_id!r}", expected="one that is stored")
    return row, span


def _row(session: Session, trace: TraceRow, seen: Excerpt) -> ExcerptRow | None:
    return session.exec(
        select(ExcerptRow).where(
            ExcerptRow.evidence_id == trace.evidence_id,
            ExcerptRow.trace_id == seen.trace_id,
            ExcerptRow.span_id == seen.span_id,
            col(ExcerptRow.field) == seen.field,
        )
    ).first()


def _append(session: Session, by: Principal, slug: str, action: str, seen: Excerpt, sentence: str) -> None:
    subject, detail = f"trace {seen.trace_id}", seen.model_dump(exclude={"trace_id"})
    audit.append(session, actor=by.name, action=action, system=slug, subject=subject, sentence=sentence, **detail)
