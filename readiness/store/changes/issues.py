"""Issues in a tracker: each is claimed before it is made, so that of several who want it one makes it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlmodel import Session, select

from readiness import clock
from readiness.model.dossier import Done
from readiness.store import queries
from readiness.store.tables import IssueClaimRow

from .base import Said, recorded

Claimed = Literal["free", "overtaken", "held", "fresh"]
"""Whether it is ours to make; else that somebody began after we looked, has not been answered yet, or was just now."""


def begun(session: Session, slug: str, tracker: str) -> dict[str, int]:
    """By signal: how often an issue was begun for its gap."""
    system = queries.find_system(session, slug).id
    query = select(IssueClaimRow.signal, IssueClaimRow.row_version).where(
        IssueClaimRow.system_id == system, IssueClaimRow.tracker == tracker
    )
    return dict(session.exec(query).all())


def claim(
    session: Session,
    slug: str,
    signal: str,
    tracker: str,
    *,
    seen: int,
    given_up: dt.datetime,
    found_since: dt.datetime,
) -> Claimed:
    """Claim an issue, unless another one may be there that was not to be seen.

    `given_up`: a claim from before it is of somebody who is gone. `found_since`: the tracker finds what is older.
    """
    row = session.get(IssueClaimRow, _key(session, slug, signal, tracker))
    if row is None:
        system, signal, tracker = _key(session, slug, signal, tracker)
        row = IssueClaimRow(system_id=system, signal=signal, tracker=tracker, row_version=0)
        session.add(row)
    elif row.row_version != seen:
        return "overtaken"
    elif row.answered_at is None and row.claimed_at is not None and row.claimed_at > given_up:
        return "held"
    elif row.answered_at is not None and row.answered_at > found_since:
        return "fresh"
    row.row_version, row.claimed_at, row.answered_at = row.row_version + 1, clock.now(), None
    return "free"


def give_back(session: Session, slug: str, signal: str, tracker: str) -> None:
    """The tracker made none. How often it was begun is kept, so that who looked before does not begin again."""
    session.get_one(IssueClaimRow, _key(session, slug, signal, tracker)).claimed_at = None


def answered(session: Session, slug: str, signal: str, tracker: str) -> None:
    """The tracker made it."""
    session.get_one(IssueClaimRow, _key(session, slug, signal, tracker)).answered_at = clock.now()


def told(session: Session, actor: str, slug: str, sentence: Said, detail: dict[str, str]) -> Done:
    """That something was written into a tracker."""
    return recorded(session, actor, "issue", slug, "issues", sentence, wrote=(), detail=detail)


def _key(session: Session, slug: str, signal: str, tracker: str) -> tuple[int, str, str]:
    return queries.find_system(session, slug).id, signal, tracker
