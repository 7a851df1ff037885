"""Sources: set up, changed, removed, and claimed by whoever pulls, so that of several at once one does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import delete
from sqlmodel import Session, col, select

from readiness import clock, english
from readiness.errors import Conflict
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.sources import LiveSource
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import SourcePullRow, SourceRow

from .base import Said, recorded, swap


def add(session: Session, actor: str, slug: str, source: LiveSource) -> tuple[int, Done]:
    """The id of the new source."""
    system = queries.find_system(session, slug).id
    row = SourceRow(system_id=system, made_by=actor, made_at=clock.now(), **source.model_dump())
    session.add(row)
    session.flush()
    session.add(SourcePullRow(source_id=row.id))
    return row.id, _recorded(
        session,
        actor,
        slug,
        row.id,
        source,
        lambda: tr("Set up the source {number}, {title}", number=row.id, title=source.title),
    )


def change(session: Session, actor: str, slug: str, source_id: int, source: LiveSource, *, seen: int) -> Done:
    """Raises NotFound, and Conflict where somebody else changed it first.

    What is read from somewhere else is read from its beginning.
    """
    row = queries.sources.find(session, slug, source_id)
    values = source.model_dump()
    if all(getattr(row, name) == value for name, value in values.items()):
        return Done(tr("The source is as it was"), changed=False)
    moved = any(getattr(row, name) != values[name] for name in ("kind", "url", "project", "holds", "run", "since"))
    swap(session, SourceRow, row, seen, values, what=tr("the source {number}", number=source_id))
    session.expire(row)
    if moved:
        pull = session.get_one(SourcePullRow, source_id)
        pull.read_until = pull.pulled_at = pull.tried_at = pull.pulling_until = None
        pull.outcome, pull.failed = "", False
    return _recorded(
        session,
        actor,
        slug,
        source_id,
        source,
        lambda: tr("Changed the source {number}, {title}", number=source_id, title=source.title),
    )


def remove(session: Session, actor: str, slug: str, source_id: int) -> Done:
    """What was pulled stays. Raises NotFound."""
    row = queries.sources.find(session, slug, source_id)
    source = queries.record_of(LiveSource, row)
    session.execute(delete(SourcePullRow).where(col(SourcePullRow.source_id) == source_id))
    session.execute(delete(SourceRow).where(col(SourceRow.id) == source_id))
    return _recorded(
        session,
        actor,
        slug,
        source_id,
        source,
        lambda: tr("Removed the source {number}, {title}", number=source_id, title=source.title),
    )


def forget(session: Session, system_id: int) -> list[Scope]:
    """With a system that goes, so do its sources."""
    ids = list(session.exec(select(SourceRow.id).where(SourceRow.system_id == system_id)))
    session.execute(delete(SourcePullRow).where(col(SourcePullRow.source_id).in_(ids)))
    session.execute(delete(SourceRow).where(col(SourceRow.id).in_(ids)))
    return [Scope("source", one) for one in ids]


def claim(
    session: Session, slug: str, source_id: int, machine: str, until: dt.datetime, *, given_up: dt.datetime
) -> SourcePullRow:
    """Take a source to pull from; the row says from where on, and `pulling_until` up to when.

    A claim of the same machine is of a process that ended, since who runs there holds a lock; one of another machine is
    given up after a while. What was begun goes on up to the same time. Raises NotFound and Conflict.
    """
    queries.sources.find(session, slug, source_id)
    row = session.get_one(SourcePullRow, source_id, with_for_update=True)
    if row.claimed_at is not None and row.claimed_by != machine and row.claimed_at > given_up:
        problem = tr("another machine pulls from this source right now; nothing was done")
        raise Conflict(problem, expected=tr("another try when that has ended"))
    row.claimed_by, row.claimed_at = machine, clock.now()
    row.pulling_until = row.pulling_until or until
    return row


def pulled(session: Session, actor: str, slug: str, source_id: int, outcome: Said, detail: Mapping[str, str]) -> Done:
    """A pull worked: the next one begins where it ended."""
    row = session.get_one(SourcePullRow, source_id)
    row.read_until = row.pulling_until
    row.pulled_at = row.tried_at = clock.now()
    row.outcome, row.failed = english.said(outcome)(), False
    row.claimed_at = row.pulling_until = None
    return recorded(session, actor, "source.pull", slug, f"source {source_id}", outcome, wrote=(), detail={**detail})


def failed(session: Session, source_id: int, outcome: str) -> None:
    """A pull did not work; what it had goes on with the next one, up to the same time."""
    row = session.get(SourcePullRow, source_id)
    if row is not None:
        row.tried_at, row.outcome, row.failed, row.claimed_at = clock.now(), outcome, True, None


def told(session: Session, actor: str, slug: str, sentence: Said, detail: Mapping[str, str]) -> Done:
    """That something was pulled once, from no source."""
    return recorded(session, actor, "source.pull", slug, "a pull", sentence, wrote=(), detail={**detail})


def _recorded(session: Session, actor: str, slug: str, source_id: int, source: LiveSource, sentence: Said) -> Done:
    told = {"source": source_id, **source.model_dump(mode="json")}
    wrote = [Scope("source", source_id)]
    return recorded(session, actor, "source", slug, f"source {source_id}", sentence, wrote=wrote, detail=told)
