"""Where a system stands, as the core worked it out: kept in one row, which no write leaves as it was.

The store cannot work it out itself: the service that writes does.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from sqlmodel import Session, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from .tables import StatusRow, SystemRow


@dataclass(frozen=True)
class CachedStatus:
    """A status as it is stored: by which rules, the days on which it holds (both included), and what it says."""

    rules: str
    valid_from: dt.date
    valid_until: dt.date
    body: str


def forget(session: Session, slug: str) -> None:
    session.exec(delete(StatusRow).where(col(StatusRow.system_id).in_(_system(slug))))


def kept(session: Session, slug: str) -> CachedStatus | None:
    row = session.exec(select(StatusRow).where(col(StatusRow.system_id).in_(_system(slug)))).first()
    return CachedStatus(row.rules, row.valid_from, row.valid_until, row.body) if row else None


def keep(session: Session, slug: str, kept: CachedStatus) -> None:
    forget(session, slug)
    session.add(StatusRow(**asdict(kept), system_id=session.exec(_system(slug)).one()))


def _system(slug: str) -> SelectOfScalar[int]:
    return select(SystemRow.id).where(SystemRow.slug == slug)
