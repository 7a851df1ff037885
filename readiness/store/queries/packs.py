"""The packs that were sent."""

from __future__ import annotations

from sqlmodel import col, select

from readiness.errors import NotFound
from readiness.language import tr
from readiness.model.packs import EVENTS, SEALED, SentPack, StoredPack
from readiness.store import audit
from readiness.store.engine import Store
from readiness.store.tables import EventRow, PackSentRow, SystemRow

from .systems import find_system


def of_system(store: Store, slug: str) -> list[StoredPack]:
    """Those of a system without what they said, the newest first. Raises NotFound."""
    left_out = ("body", "numbers")
    columns = [getattr(PackSentRow, name) for name in SentPack.model_fields if name not in left_out]
    with store.reading() as session:
        system = find_system(session, slug).id
        query = select(PackSentRow.id, PackSentRow.by, PackSentRow.at, *columns)
        rows = session.execute(query.where(PackSentRow.system_id == system).order_by(col(PackSentRow.id).desc()))
        return [
            StoredPack(row["id"], slug, SentPack.model_validate(_record(row)), row["by"], row["at"])
            for row in rows.mappings()
        ]


def _record(row: object) -> dict[str, object]:
    return {name: row[name] for name in SentPack.model_fields if name in row}  # type: ignore[index,operator]


def one(store: Store, slug: str, number: int) -> StoredPack:
    """With what it said. Raises NotFound."""
    query = select(PackSentRow).join(SystemRow, col(SystemRow.id) == PackSentRow.system_id)
    with store.reading() as session:
        row = session.exec(query.where(PackSentRow.id == number, SystemRow.slug == slug)).first()
        if row is None:
            raise NotFound(
                tr("{slug} has sent no pack {number}", slug=slug, number=number),
                expected=tr("one that readiness packs lists"),
            )
        record = SentPack.model_validate({name: getattr(row, name) for name in SentPack.model_fields})
        return StoredPack(row.id, slug, record, row.by, row.at)


def sealed_before(store: Store, slug: str, audience: str, recipient: str, customer: str, snapshot: str) -> str:
    """The digest of the newest sealed pack for a reader but those that say the same; empty before the first."""
    query = (
        select(PackSentRow.digest)
        .join(SystemRow, col(SystemRow.id) == PackSentRow.system_id)
        .where(SystemRow.slug == slug, PackSentRow.format == SEALED, PackSentRow.snapshot != snapshot)
        .where(PackSentRow.audience == audience, PackSentRow.recipient == recipient, PackSentRow.customer == customer)
        .order_by(col(PackSentRow.id).desc())
    )
    with store.reading() as session:
        return session.exec(query.limit(1)).first() or ""


def chain_head(store: Store) -> str:
    """The hash of the last event but those of packs."""
    query = select(EventRow.hash).where(col(EventRow.action).not_in(EVENTS)).order_by(col(EventRow.seq).desc())
    with store.reading() as session:
        return session.exec(query.limit(1)).first() or audit.GENESIS
