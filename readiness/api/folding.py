"""Evidence of what was received, made in a process of its own."""

from __future__ import annotations

import datetime as dt

from readiness.access import KEEPER
from readiness.services import Store, connect
from readiness.services import received as service

_STORES: dict[str, Store] = {}
"""Of this process: the store that it opened."""


def folded(url: str, system: str, day: dt.date) -> str:
    """Make evidence of what a system sent on a day. Raises ReadinessError."""
    store = _STORES.get(url)
    if store is None:
        store = _STORES[url] = connect(url)
    return service.fold(store, KEEPER, system, day).sentence
