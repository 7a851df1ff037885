"""Facts about the store itself."""

from __future__ import annotations

from sqlmodel import Session

from readiness.language import tr
from readiness.model.dossier import Done
from readiness.store.facts import Scope
from readiness.store.tables import MetaRow

from .base import recorded


def set_meta(session: Session, actor: str, key: str, value: str) -> Done:
    """Keep a fact once; a later value for the same key is ignored."""
    if session.get(MetaRow, key) is not None:
        return Done(tr("{key} is kept already; nothing changed", key=key), changed=False)
    session.add(MetaRow(key=key, value=value))
    wrote = [Scope("meta", key)]
    detail = {"key": key, "value": value}
    return recorded(
        session, actor, "meta", "", "", lambda: tr("Kept {key} = {value}", **detail), wrote=wrote, detail=detail
    )
