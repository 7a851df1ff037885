"""Where every system stands, read from what every write has kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from readiness import clock
from readiness.access import Principal, allowed
from readiness.errors import ReadinessError
from readiness.portfolio import status
from readiness.portfolio.status import SystemStatus
from readiness.store import Store, queries
from readiness.store.statuses import CachedStatus

from . import _statuses, reviews


def statuses(store: Store, by: Principal, *, as_of: dt.date) -> list[SystemStatus]:
    """Where every system stands that this principal may read, worst verdict first."""
    told = _told(store, by, as_of)
    kept = [one for one in told.values() if one]
    return status.worst_first([*kept, *_worked_out(store, _missing(told), as_of)])


def at_hand(store: Store, by: Principal, *, as_of: dt.date) -> list[SystemStatus]:
    """Those of `statuses` that are kept, in whatever language, for whoever does not wait for the others."""
    rows = _kept(store, by, as_of)
    return status.worst_first([_statuses.told_anyhow(cached, as_of) for cached in rows.values() if cached])


def missing(store: Store, by: Principal, *, as_of: dt.date) -> int:
    """How many systems `statuses` would have to work out: all of them after an upgrade, else hardly any."""
    return len(_missing(_told(store, by, as_of)))


def catch_up(store: Store, by: Principal, *, as_of: dt.date) -> int:
    """Work out what is not kept, one system after the other, and tell how many; raises the first error at the end."""
    failed: ReadinessError | None = None
    missing = _missing(_told(store, by, as_of))
    for slug in missing:
        try:
            list(_worked_out(store, [slug], as_of))
        except ReadinessError as exc:
            failed = failed or exc
    if failed:
        raise failed
    return len(missing)


def _kept(store: Store, by: Principal, as_of: dt.date) -> dict[str, CachedStatus | None]:
    """What is kept of each system and holds on the day."""
    return {
        slug: cached if _statuses.held(cached, as_of) else None
        for slug, cached in queries.statuses(store, as_of)
        if allowed(by, "read", slug)
    }


def _told(store: Store, by: Principal, as_of: dt.date) -> dict[str, SystemStatus | None]:
    """What is kept of each system in the language of whoever asks."""
    rows = _kept(store, by, as_of)
    return {slug: _statuses.told(cached, as_of) if cached else None for slug, cached in rows.items()}


def _missing(told: dict[str, SystemStatus | None]) -> list[str]:
    return [slug for slug, one in told.items() if one is None]


def _worked_out(store: Store, slugs: list[str], as_of: dt.date) -> Iterator[SystemStatus]:
    saving = as_of == clock.today()
    for slug in slugs:
        seen = queries.head(store, slug)
        worked_out = status.of(reviews.of(queries.dossier(store, slug, day=as_of), as_of))
        saving = saving and _statuses.save(store, slug, worked_out, seen=seen)
        yield worked_out
