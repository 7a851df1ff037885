"""Packs that leave: kept with what they said, before anybody has them."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from readiness import clock, formatting
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.packs import SentPack, unpacked
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import PackSentRow

from .base import recorded

_NOT_IN_THE_EVENT = {"parts", "numbers", "body"}


def send(session: Session, actor: str, slug: str, sent: SentPack) -> Done:
    """Raises NotFound."""
    system = queries.find_system(session, slug)
    row = PackSentRow(**sent.model_dump(), system_id=system.id, by=actor, at=clock.now())
    session.add(row)
    session.flush()
    detail = {"pack": row.id, **sent.model_dump(mode="json", exclude=_NOT_IN_THE_EVENT)}
    wrote = [Scope("pack_sent", row.id)]
    return recorded(session, actor, "pack", slug, f"pack {row.id}", lambda: _said(sent), wrote=wrote, detail=detail)


def _said(sent: SentPack) -> str:
    what = tr("the {audience} pack of {candidate}", audience=sent.audience, candidate=sent.candidate)
    if sent.since:
        what = tr("what changed since pack {pack}", pack=sent.since)
    told = {
        "what": what,
        "about": tr(" about {customer}", customer=sent.customer) if sent.customer else "",
        "to": sent.recipient or tr("a reader who is not named"),
        "format": sent.format,
        "draft": tr(", as a draft") if sent.draft else "",
        "day": formatting.day(sent.valid_until),
    }
    return tr("Sent {what}{about} to {to} as {format}{draft}, valid until {day}", **told)


def forget_texts(session: Session, system_id: int) -> list[Scope]:
    """Where a file with released texts goes for good, so does what packs said that hold such texts.

    That they were sent, and what they were known by, stays.
    """
    kept = select(PackSentRow).where(PackSentRow.system_id == system_id, col(PackSentRow.body) != b"")
    rows = [row for row in session.exec(kept) if holds_texts(unpacked(row.body))]
    for row in rows:
        row.body, row.numbers = b"", {}
    return [Scope("pack_sent", row.id) for row in rows]


def holds_texts(said: Any, *, within: bool = False) -> bool:
    """Whether any text of a trace is in it: `excerpts` are rows of such."""
    if isinstance(said, list):
        return any((within and isinstance(one, dict)) or holds_texts(one) for one in said)
    if isinstance(said, dict):
        return any(holds_texts(value, within=key == "excerpts") for key, value in said.items())
    return False
