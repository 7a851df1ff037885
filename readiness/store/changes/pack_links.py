"""Links at which packs are read: made, followed, acknowledged and revoked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from readiness import clock, formatting
from readiness.errors import Conflict, NotFound
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.packs import PackLink, unpacked
from readiness.store.facts import Scope
from readiness.store.tables import PackLinkRow, PackLookRow, PackSentRow, SystemRow

from . import packs
from .base import Said, recorded


def make(session: Session, actor: str, slug: str, link: PackLink, digest: str) -> Done:
    row = PackLinkRow(pack_id=link.pack, digest=digest, expires_on=link.expires_on, made_by=actor, made_at=clock.now())
    session.add(row)
    session.flush()

    return _recorded(
        session,
        actor,
        slug,
        row,
        "pack.link",
        lambda: tr(
            "Made a link to pack {pack} that holds until {day}", pack=link.pack, day=formatting.day(link.expires_on)
        ),
    )


def revoke(session: Session, actor: str, slug: str, link_id: int) -> Done:
    """Raises NotFound."""
    row = _row(session, slug, link_id)
    if row.revoked_at:
        return Done(tr("The link was revoked already"), changed=False)
    row.revoked_at = clock.now()
    return _recorded(
        session,
        actor,
        slug,
        row,
        "pack.link",
        lambda: tr("Revoked the link {number} to pack {pack}", number=row.id, pack=row.pack_id),
    )


def revoke_texts(session: Session, slug: str) -> list[Scope]:
    """Revoke every link to a pack that holds texts of traces: one of them may leave no longer."""
    query = (
        select(PackLinkRow, PackSentRow.body)
        .join(PackSentRow, col(PackSentRow.id) == PackLinkRow.pack_id)
        .join(SystemRow, col(SystemRow.id) == PackSentRow.system_id)
        .where(SystemRow.slug == slug, col(PackLinkRow.revoked_at).is_(None), PackSentRow.body != b"")
    )
    rows = [row for row, body in session.exec(query) if packs.holds_texts(unpacked(body))]
    for row in rows:
        row.revoked_at = clock.now()
    return [Scope("pack_link", row.id) for row in rows]


def look(session: Session, link_id: int, apart: dt.timedelta) -> None:
    """Count that it was followed, which is no event of the system; not so soon after the last time."""
    row, now = session.get(PackLookRow, link_id, with_for_update=True), clock.now()
    if row is None:
        session.add(PackLookRow(link_id=link_id, looks=1, looked_at=now))
    elif now - row.looked_at >= apart:
        row.looks, row.looked_at = row.looks + 1, now


def acknowledge(session: Session, slug: str, link_id: int, name: str, digest: str) -> Done:
    """Keep that the reader has a pack, by its digest. Raises NotFound, and Conflict where somebody did so before."""
    row = _row(session, slug, link_id)
    if row.received_at:
        raise Conflict(
            tr("the pack was acknowledged already"),
            theirs={tr("received by"): row.received_by},
            expected=tr("another link for another reader"),
        )
    row.received_by, row.received_at = name, clock.now()

    return _recorded(
        session,
        f"reader of link {row.id}",
        slug,
        row,
        "pack.receipt",
        lambda: tr(
            "{name} acknowledged pack {pack} through the link {number}", name=name, pack=row.pack_id, number=row.id
        ),
        digest=digest,
        name=name,
    )


def forget(session: Session, numbers: Sequence[int]) -> list[Scope]:
    """With the packs of a system that goes, so do the links to them."""
    links = list(session.exec(select(PackLinkRow.id).where(col(PackLinkRow.pack_id).in_(numbers))).all())
    session.execute(delete(PackLookRow).where(col(PackLookRow.link_id).in_(links)))
    session.execute(delete(PackLinkRow).where(col(PackLinkRow.id).in_(links)))
    return [Scope("pack_link", link) for link in links]


def _row(session: Session, slug: str, link_id: int) -> PackLinkRow:
    query = (
        select(PackLinkRow)
        .join(PackSentRow, col(PackSentRow.id) == PackLinkRow.pack_id)
        .join(SystemRow, col(SystemRow.id) == PackSentRow.system_id)
        .where(PackLinkRow.id == link_id, SystemRow.slug == slug)
    )
    row = session.exec(query).first()
    if row is None:
        raise NotFound(
            tr("{slug} has no link {number}", slug=slug, number=link_id),
            expected=tr("one that the page of packs lists"),
        )
    return row


def _recorded(
    session: Session, actor: str, slug: str, row: PackLinkRow, action: str, sentence: Said, **detail: str
) -> Done:
    session.flush()
    told = {"link": row.id, "pack": row.pack_id, "expires_on": row.expires_on.isoformat(), **detail}
    wrote = [Scope("pack_link", row.id)]
    return recorded(session, actor, action, slug, f"pack {row.pack_id}", sentence, wrote=wrote, detail=told)
