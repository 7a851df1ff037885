"""The audit chain: each event holds the hash of the one before, so a change or a loss anywhere shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from readiness import clock
from readiness.model.dossier import ChainStatus

from .engine import lock_chain
from .tables import EventRow

GENESIS = "0" * 64


def append(
    session: Session,
    *,
    actor: str,
    action: str,
    sentence: str,
    detail: Mapping[str, Any],
    facts: Mapping[str, str],
    system: str = "",
    subject: str = "",
) -> None:
    """Add an event in the caller's transaction, so that a write and its record stand or fall together.

    `facts` are the digests of what the event wrote (`facts.digests`).
    """
    lock_chain(session.connection())
    last = session.exec(select(EventRow).order_by(EventRow.seq.desc()).limit(1)).first()  # type: ignore[attr-defined]
    event = EventRow(
        seq=last.seq + 1 if last else 1,
        at=clock.now(),
        actor=actor,
        action=action,
        system=system,
        subject=subject,
        sentence=sentence,
        detail=json.loads(json.dumps(detail, default=str)),
        facts=dict(facts),
        previous=last.hash if last else GENESIS,
        hash="",
    )
    event.hash = digest(event)
    session.add(event)
    session.flush()


def digest(event: EventRow) -> str:
    """SHA-256 over the event's fields and the hash before it, as JSON with sorted keys.

    Events from before the twelfth schema know no facts; their hashes stay what they were.
    """
    left_out = {"hash", "at"} if event.facts else {"hash", "at", "facts"}
    body = event.model_dump(exclude=left_out) | {"at": event.at.isoformat()}
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def verify(session: Session, known: ChainStatus | None = None) -> ChainStatus:
    """Walk the whole chain, or what came after a part that is known to be whole and still ends as it did."""
    last = session.get(EventRow, known.events) if known else None
    if known is None or last is None or (last.hash, digest(last)) != (known.head, known.head):
        known = ChainStatus(0, GENESIS)
    previous, expected = known.head, known.events + 1
    for event in session.exec(select(EventRow).where(col(EventRow.seq) > known.events).order_by(col(EventRow.seq))):
        if event.seq != expected or event.previous != previous or event.hash != digest(event):
            return ChainStatus(expected - 1, previous, broken_at=expected)
        previous, expected = event.hash, expected + 1
    return ChainStatus(expected - 1, previous)
