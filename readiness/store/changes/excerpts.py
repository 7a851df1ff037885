"""Texts of traces that may leave in a pack: each is released by itself, and counts for that text only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from readiness import clock
from readiness.errors import Conflict, NotFound
from readiness.language import marked, tr, trn
from readiness.model.dossier import Done
from readiness.model.traces import Excerpt, Span, Trace
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import ExcerptRow, TraceRow

from . import pack_links
from .base import Said, recorded
from .evidence import owned_trace


def release(session: Session, actor: str, slug: str, trace_id: int, seen: Excerpt) -> Done:
    """Release a text as it was seen. Raises Conflict where another text stands there now."""
    trace, span = _span(session, slug, trace_id, seen)
    if Excerpt.of(trace.trace_id, span, seen.field) != seen:
        raise Conflict(
            tr("the {text} is another text now; nothing was released", text=_named(span, seen)), expected=tr(_AGAIN)
        )
    if _row(session, trace, seen) is not None:
        return Done(tr("The {text} may leave already; nothing changed", text=_named(span, seen)), changed=False)
    session.add(ExcerptRow(**seen.model_dump(), evidence_id=trace.evidence_id, by=actor, at=clock.now()))

    return _recorded(
        session,
        actor,
        slug,
        "excerpt.let-out",
        trace,
        seen,
        lambda: tr("The {text} may leave in packs for security reviewers", text=_named(span, seen)),
    )


def withdraw(session: Session, actor: str, slug: str, trace_id: int, seen: Excerpt) -> Done:
    """Take back that a text may leave; packs that were made before keep it, and links to such packs hold no longer."""
    trace, span = _span(session, slug, trace_id, seen)
    row = _row(session, trace, seen)
    if row is None:
        return Done(tr("The {text} stays inside already; nothing changed", text=_named(span, seen)), changed=False)
    session.delete(row)
    revoked = pack_links.revoke_texts(session, slug)

    return _recorded(
        session,
        actor,
        slug,
        "excerpt.hold-back",
        trace,
        seen,
        lambda: _held_back(_named(span, seen), len(revoked)),
        revoked,
    )


_AGAIN = marked("one that was read as it stands")


def _named(span: Span, seen: Excerpt) -> str:
    return tr("{field} of {span}", field=seen.field, span=span.name.strip()[:80] or tr("a span without a name"))


def _held_back(text: str, links: int) -> str:
    told = tr("The {text} no longer leaves in packs", text=text)
    revoked = trn("; {n} link to packs with such texts revoked", "; {n} links to packs with such texts revoked", links)
    return f"{told}{revoked if links else ''}"


def _span(session: Session, slug: str, trace_id: int, seen: Excerpt) -> tuple[TraceRow, Span]:
    row = owned_trace(session, slug, trace_id)
    spans = queries.record_of(Trace, row).spans
    span = next((span for span in spans if span.span_id == seen.span_id), None)
    if row.trace_id != seen.trace_id or span is None:
        raise NotFound(
            tr("the trace {trace} has no span {span!r}", trace=row.trace_id, span=seen.span_id),
            expected=tr("one that is stored"),
        )
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


def _recorded(
    session: Session,
    actor: str,
    slug: str,
    action: str,
    trace: TraceRow,
    seen: Excerpt,
    sentence: Said,
    also: Sequence[Scope] = (),
) -> Done:
    wrote = [Scope("excerpt", trace.evidence_id), *also]
    detail = seen.model_dump(exclude={"trace_id"})
    return recorded(session, actor, action, slug, f"trace {seen.trace_id}", sentence, wrote=wrote, detail=detail)
