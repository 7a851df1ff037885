"""Spans that were received: kept as they came, and made evidence of, all of it or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, delete, select, update

from readiness import clock
from readiness.model.dossier import Done, FileContents
from readiness.model.received import SpanBatch, SpanWindow
from readiness.store import queries
from readiness.store.tables import EvidenceRow, SpanBatchRow, SpanTurnRow

from .evidence import add_evidence


def keep(session: Session, batches: Sequence[SpanBatch]) -> None:
    """Keep what was received. Raises NotFound for a system that is gone, InputError for one that was put away."""
    numbers = {}
    for slug in sorted({batch.system for batch in batches}):
        queries.refuse_archived(session, slug)
        numbers[slug] = queries.find_system(session, slug).id
    for batch in batches:
        session.add(
            SpanBatchRow(
                system_id=numbers[batch.system],
                day=clock.today(),
                spans=batch.spans,
                sent_by=batch.sent_by,
                at=clock.now(),
                body=batch.body,
            )
        )


def take_turn(session: Session, slug: str, until: dt.datetime) -> bool:
    """Whether nobody else makes evidence of the spans of a system now; until then it is ours."""
    system = queries.find_system(session, slug)
    row = session.get(SpanTurnRow, system.id)
    if row is None:
        session.add(SpanTurnRow(system_id=system.id, until=until))
        return True
    if row.until > clock.now():
        return False
    row.until = until
    return True


def end_turn(session: Session, slug: str, until: dt.datetime) -> None:
    """Nobody makes evidence of the spans of a system until then."""
    row = session.get(SpanTurnRow, queries.find_system(session, slug).id)
    if row is not None:
        row.until = until


def fold(session: Session, actor: str, window: SpanWindow, contents: FileContents, *, as_of: dt.date) -> Done:
    """Store a window as evidence, in place of what it was; the spans of one that closes are kept no longer."""
    done = add_evidence(session, actor, window.system, contents, as_of=as_of, goes_on=window.evidence_id)
    ours = col(SpanBatchRow.id).in_(window.batches)
    if window.closes:
        session.exec(delete(SpanBatchRow).where(ours))
        return done
    number = (
        window.evidence_id
        or session.exec(
            select(EvidenceRow.id).where(
                EvidenceRow.system_id == queries.find_system(session, window.system).id,
                EvidenceRow.digest == contents.evidence.digest,
            )
        ).one()
    )
    session.exec(update(SpanBatchRow).where(ours).values(evidence_id=number))
    return done
