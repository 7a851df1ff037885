"""Who looks at which store on what day: one place for every page and for the download route."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache

from .. import access, clock
from .. import review as reviews
from ..access import Principal
from ..review import Review
from ..store import Store, open_store, queries


@cache
def store() -> Store:
    """The store of this process; a failure to open it is not remembered."""
    return open_store()


def principal() -> Principal:
    """The person at this machine: without a login the dashboard answers on loopback only (see `loopback`)."""
    return access.local()


def today() -> dt.date:
    return clock.today()


def portfolio(by: Principal, as_of: dt.date) -> list[Review]:
    """Every review this principal may read; read again only after a write."""
    return list(_portfolio(store(), by, as_of, queries.counter(store())))


@lru_cache(maxsize=16)
def _portfolio(opened: Store, by: Principal, as_of: dt.date, counter: int) -> tuple[Review, ...]:
    return tuple(reviews.portfolio(opened, by, as_of=as_of))
