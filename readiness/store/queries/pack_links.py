"""The links at which packs are read without a login."""

from __future__ import annotations

from sqlmodel import Session, col, select

from readiness.model.packs import PackLink, StoredLink
from readiness.store.tables import PackLinkRow, PackLookRow, PackSentRow, SystemRow


def of_system(session: Session, slug: str) -> list[StoredLink]:
    """Those of a system's packs, the newest first."""
    query = (
        select(PackLinkRow, PackLookRow)
        .join(PackSentRow, col(PackSentRow.id) == PackLinkRow.pack_id)
        .join(SystemRow, col(SystemRow.id) == PackSentRow.system_id)
        .outerjoin(PackLookRow, col(PackLookRow.link_id) == PackLinkRow.id)
        .where(SystemRow.slug == slug)
        .order_by(col(PackLinkRow.id).desc())
    )
    return [_stored(row, looks) for row, looks in session.exec(query)]


def of_digest(session: Session, digest: str) -> tuple[StoredLink, str] | None:
    """The link whose secret has this digest, with the slug of its system; None where there is none."""
    query = (
        select(PackLinkRow, PackLookRow, SystemRow.slug)
        .join(PackSentRow, col(PackSentRow.id) == PackLinkRow.pack_id)
        .join(SystemRow, col(SystemRow.id) == PackSentRow.system_id)
        .outerjoin(PackLookRow, col(PackLookRow.link_id) == PackLinkRow.id)
        .where(PackLinkRow.digest == digest)
    )
    found = session.exec(query).first()
    return (_stored(found[0], found[1]), found[2]) if found else None


def _stored(row: PackLinkRow, looks: PackLookRow | None) -> StoredLink:
    return StoredLink(
        row.id,
        PackLink(pack=row.pack_id, expires_on=row.expires_on),
        row.made_by,
        row.made_at,
        row.revoked_at,
        looks.looks if looks else 0,
        looks.looked_at if looks else None,
        row.received_by,
        row.received_at,
    )
