"""The record of what happened, and facts about the store itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from readiness.model import notes, packs
from readiness.model.dossier import (
    ChainStatus,
    Event,
    FactStatus,
)
from readiness.store import audit, facts
from readiness.store.engine import Store
from readiness.store.tables import (
    EventRow,
    MetaRow,
)

_BESIDE = (*notes.EVENTS, *packs.EVENTS)
_OF_GAPS = ("gap.move", "gap.offer", "gap.answer")
_NEWEST = select(EventRow.hash).order_by(col(EventRow.seq).desc()).limit(1)
_NEWEST_OF = _NEWEST.where(EventRow.system == bindparam("system"), col(EventRow.action).not_in(_BESIDE))
"""Built once: every look at a page asks several times, and to build one takes longer than its answer."""


def events(store: Store, *, system: str = "", actor: str = "", limit: int = 500) -> list[Event]:
    """The newest events first."""
    query = select(EventRow).order_by(col(EventRow.seq).desc()).limit(limit)
    if system:
        query = query.where(EventRow.system == system)
    if actor:
        query = query.where(EventRow.actor == actor)
    with store.reading() as session:
        return [
            Event(**{field.name: getattr(row, field.name) for field in fields(Event)}) for row in session.exec(query)
        ]


def chain(store: Store, known: ChainStatus | None = None) -> ChainStatus:
    """Whether the chain is whole: all of it, or what came after a part that is `known` to be."""
    with store.reading() as session:
        return audit.verify(session, known)


def hashes(store: Store, numbers: Collection[int]) -> dict[int, str]:
    """The hashes of these events, as far as they are there."""
    with store.reading() as session:
        rows = session.exec(select(EventRow.seq, EventRow.hash).where(col(EventRow.seq).in_(numbers)))
        return dict(rows.all())


def verified_facts(store: Store, system: str = "") -> FactStatus:
    """Every stored fact, or those of one system, held against the event that wrote it."""
    with store.reading() as session:
        return facts.verify(session, system)


def meta(store: Store, key: str) -> str | None:
    with store.reading() as session:
        row = session.get(MetaRow, key)
        return row.value if row else None


def head(store: Store, system: str = "") -> str:
    """Another one after every write, or every one about a system but notes and packs sent, a restore too.

    What was read is known by it.
    """
    with store.reading() as session:
        return last_hash(session, system)


def heads(store: Store) -> dict[str, str]:
    """The same of every system at once, by its slug."""
    newest = select(func.max(EventRow.seq)).where(EventRow.system != "").group_by(EventRow.system)
    with store.reading() as session:
        rows = session.exec(select(EventRow.system, EventRow.hash).where(col(EventRow.seq).in_(newest)))
        return dict(rows.all())


def gaps_alone_since(store: Store, system: str, head: str) -> bool:
    """Whether nothing of a system changed since an event, by its hash, but dates, owners and next steps of gaps."""
    with store.reading() as session:
        known = select(EventRow.seq).where(EventRow.system == system, EventRow.hash == head)
        if (seq := session.exec(known).first()) is None:
            return False
        others = select(EventRow.seq).where(EventRow.system == system, col(EventRow.seq) > seq)
        return session.exec(others.where(col(EventRow.action).not_in((*_OF_GAPS, *_BESIDE))).limit(1)).first() is None


def last_hash(session: Session, system: str = "") -> str:
    """The hash of the last event, or of the last one about a system.

    Nothing that a system is shown or signed by follows from notes or from packs that were sent, so that after one what
    was read of it still holds: of its events those of both are passed over. They stay among its events, so that the
    record and the digests of its facts have them.
    """
    connection = session.connection()
    asked = connection.execute(_NEWEST_OF, {"system": system}) if system else connection.execute(_NEWEST)
    return str(asked.scalar() or audit.GENESIS)
