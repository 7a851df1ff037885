"""Spans that were received and wait to be evidence, or are in a window that is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import case, func
from sqlmodel import col, select

from readiness.model.evidence import ReadAs
from readiness.model.received import SpanWindow, WaitingSpans
from readiness.store.engine import Store
from readiness.store.tables import EvidenceRow, SpanBatchRow, SpanTurnRow, SystemRow

from .systems import find_system

_MAPPED = ("workflow", "cohort")


def waiting(store: Store) -> list[WaitingSpans]:
    """What is kept of each system and day, the earliest day first; not of one that was put away."""
    new = col(SpanBatchRow.evidence_id).is_(None)
    columns: list[Any] = [
        SystemRow.slug,
        SpanBatchRow.day,
        func.sum(SpanBatchRow.spans),
        func.sum(case((new, SpanBatchRow.spans), else_=0)),
        func.min(case((new, SpanBatchRow.at))),
        func.max(case((new, SpanBatchRow.at))),
        SpanTurnRow.until,
    ]
    keys: list[Any] = [SystemRow.slug, SpanBatchRow.day, SpanTurnRow.until]
    query: Any = select(*columns).join(SystemRow, col(SystemRow.id) == SpanBatchRow.system_id)
    query = query.outerjoin(SpanTurnRow, col(SpanTurnRow.system_id) == SpanBatchRow.system_id)
    query = query.where(col(SystemRow.archived_on).is_(None))
    with store.reading() as session:
        rows = session.exec(query.group_by(*keys).order_by(SpanBatchRow.day, SystemRow.slug)).all()
    return [WaitingSpans(*row) for row in rows]


def window(store: Store, slug: str, day: dt.date, *, most: int, over: bool) -> SpanWindow | None:
    """The open window of a day with all that came since, up to so many spans; None where nothing is kept of it.

    It closes where it is full, or where nothing is to come of the day any more, because it is `over`.
    """
    names = ("id", "spans", "evidence_id", "sent_by", "at")
    columns: list[Any] = [getattr(SpanBatchRow, name) for name in names]
    with store.reading() as session:
        system = find_system(session, slug)
        query: Any = select(*columns).where(SpanBatchRow.system_id == system.id, SpanBatchRow.day == day)
        rows = session.exec(query.order_by(col(SpanBatchRow.evidence_id).is_(None), SpanBatchRow.id)).all()
        if not rows:
            return None
        evidence_id = rows[0].evidence_id
        file = session.get(EvidenceRow, evidence_id) if evidence_id else None
        named = select(func.count()).where(
            EvidenceRow.system_id == system.id, col(EvidenceRow.name).like(f"{_name(day)}%")
        )
        before = session.exec(named).one()
    taken, spans = [], 0
    for row in rows:
        if spans < most:
            taken.append(row)
            spans += row.spans
    return SpanWindow(
        system=slug,
        day=day,
        evidence_id=evidence_id,
        name=file.name if file else _name(day) + (f", part {before + 1}" if before else ""),
        sent_by=taken[-1].sent_by,
        began=min(row.at for row in taken),
        batches=tuple(row.id for row in taken),
        closes=spans >= most or over,
    )


def _name(day: dt.date) -> str:
    return f"live {day.isoformat()}"


def bodies(store: Store, ids: Sequence[int], at_once: int = 32) -> Iterator[bytes]:
    """What batches hold, in this order, some of them at a time."""
    for start in range(0, len(ids), at_once):
        own = ids[start : start + at_once]
        with store.reading() as session:
            query = select(SpanBatchRow.id, SpanBatchRow.body).where(col(SpanBatchRow.id).in_(own))
            by_id = dict(session.exec(query).all())
        yield from (by_id[number] for number in own if number in by_id)


def mapped(store: Store, slug: str, formats: Collection[str]) -> dict[str, str]:
    """How a person last said what names workflow and cohorts in files of these formats."""
    with store.reading() as session:
        query = select(EvidenceRow.options).join(SystemRow).where(SystemRow.slug == slug)
        rows = session.exec(
            query.where(col(EvidenceRow.format).in_(formats)).order_by(col(EvidenceRow.added_at).desc())
        )
        mappings = (ReadAs(**options).mapping for options in rows)
        stated = ({key: value for key, value in one.items() if key in _MAPPED} for one in mappings)
        return next(filter(None, stated), {})
