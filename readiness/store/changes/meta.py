"""Facts about the store itself."""

from __future__ import annotations

from ..engine import Store
from ..tables import Meta


def set_meta(store: Store, key: str, value: str) -> None:
    """Keep a fact once; a later value for the same key is ignored."""
    with store.writing() as session:
        if session.get(Meta, key) is None:
            session.add(Meta(key=key, value=value))
