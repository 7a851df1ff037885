"""The sources of systems, with how far each was read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, select

from readiness.language import marked
from readiness.model.sources import LiveSource, StoredSource
from readiness.store.engine import Store
from readiness.store.tables import SourcePullRow, SourceRow, SystemRow

from . import records
from .records import record_of


def of_systems(store: Store, slugs: Collection[str] | None = None) -> list[StoredSource]:
    """Those of some systems, or of all of them, that are not put away, the earliest first."""
    asked = () if slugs is None else (col(SystemRow.slug).in_(slugs),)
    with store.reading() as session:
        return _read(session, *asked, col(SystemRow.archived_on).is_(None))


def one(store: Store, slug: str, source_id: int) -> StoredSource:
    """Raises NotFound."""
    with store.reading() as session:
        find(session, slug, source_id)
        return _read(session, SourceRow.id == source_id)[0]


def find(session: Session, slug: str, source_id: int) -> SourceRow:
    """Raises NotFound."""
    return records.owned(
        session,
        SourceRow,
        slug,
        source_id,
        unknown=marked("{slug} has no source {number}"),
        listed_by="readiness source list",
    )


def _read(session: Session, *which: Any) -> list[StoredSource]:
    query = (
        select(SourceRow, SystemRow.slug, SourcePullRow)
        .join(SystemRow, col(SystemRow.id) == SourceRow.system_id)
        .join(SourcePullRow, col(SourcePullRow.source_id) == SourceRow.id, isouter=True)
        .where(*which)
        .order_by(col(SourceRow.id))
    )
    return [_source(row, slug, pull) for row, slug, pull in session.exec(query).all()]


def _source(row: SourceRow, slug: str, pull: SourcePullRow | None) -> StoredSource:
    record = record_of(LiveSource, row)
    source = StoredSource(row.id, slug, record, row.row_version, row.made_by, row.made_at)
    if pull is None:
        return source
    progress = ("read_until", "pulled_at", "tried_at", "outcome", "failed")
    return replace(source, **{name: getattr(pull, name) for name in progress})
