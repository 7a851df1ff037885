"""Facts about the store itself."""

from __future__ import annotations

from readiness.access import Principal
from readiness.store import audit
from readiness.store.engine import Store
from readiness.store.tables import MetaRow

from .base import writing


def set_meta(store: Store, by: Principal, key: str, value: str) -> None:
    """Keep a fact once; a later value for the same key is ignored."""
    with writing(store, by, "import", "") as session:
        if session.get(MetaRow, key) is not None:
            return
        session.add(MetaRow(key=key, value=value))
        audit.append(session, actor=by.name, action="meta", sentence=f"Kept {key} = {value}", key=key, value=value)
