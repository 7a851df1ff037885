"""Where systems stand and stood: kept until somebody writes, and worked out behind where it takes long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition, Lock, Thread

from cachetools import LRUCache, TTLCache, cached

from readiness import access, language
from readiness.access import Principal
from readiness.decision.hindsight import Hindsight
from readiness.errors import ReadinessError, StoreError
from readiness.kept import Kept, in_language
from readiness.portfolio import triage
from readiness.portfolio.status import SystemStatus
from readiness.portfolio.triage import PendingDecision
from readiness.services import Store, unredacted
from readiness.services import hindsight as hindsight_service
from readiness.services import portfolio as portfolio_service
from readiness.services import sources as sources_service

from . import session

MANY = 20
"""Systems that have to be worked out from which on nobody waits for them: it is done behind, and said."""
MANY_PAST = 20
"""The same of verdicts of the past."""
STALE_EVERY = 30.0
"""Seconds between two looks at what is wrong with sources, which grow stale without a write."""


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Where systems stand; `behind` are still being worked out, as all are after an upgrade.

    `kept` is what was worked out of it.
    """

    systems: Sequence[SystemStatus]
    behind: int = 0
    kept: Kept = field(default_factory=Kept)


@dataclass
class _Work:
    """What is worked out behind: where systems stand, and the verdicts of the past.

    `failed` is how the last of it ended, by the event after which it was begun.
    """

    catching_up: Thread | None = None
    looking_back: Thread | None = None
    failed: dict[str, ReadinessError] = field(default_factory=dict)


_BEHIND = _Work()
_ONE_AT_A_TIME = Lock()


def slugs() -> list[str]:
    """Every system that there is, for whoever gives roles."""
    return sorted(system.slug for system in portfolio(access.local(), session.today()).systems)


def portfolio(by: Principal, as_of: dt.date) -> Portfolio:
    """Where every system stands that this principal may read; read again only after a write."""
    with suppress(StoreError):  # what has expired is never read, and a store that cannot be written still is
        _expire(session.store(), as_of)
    try:
        return _portfolio(session.store(), access.alike(by, "read"), as_of, session.head(by))
    except _Behind as exc:
        _catch_up(session.store(), by, as_of)
        return exc.so_far


class _Behind(Exception):
    """What is not whole yet is not kept either."""

    def __init__(self, so_far: Portfolio) -> None:
        self.so_far = so_far


def _catch_up(opened: Store, by: Principal, as_of: dt.date) -> None:
    """One at a time; raises what ended the last one, if nothing was written since.

    A status is worked out in the language of whoever waits for it, and kept for that language.
    """
    spoken = language.current()
    after = f"{spoken} {session.head(by)}"

    def caught_up() -> None:
        with language.use(spoken):
            portfolio_service.catch_up(opened, by, as_of=as_of)

    with _ONE_AT_A_TIME:
        _BEHIND.catching_up = _behind(_BEHIND.catching_up, "catching up", after, caught_up)


def _behind(running: Thread | None, name: str, head: str, work: Callable[[], object]) -> Thread:
    """The thread that works, begun where none does; raises what ended the last work after the same event."""

    def guarded() -> None:
        try:
            work()
        except ReadinessError as exc:
            _BEHIND.failed = {head: exc}

    if running and running.is_alive():
        return running
    if head in _BEHIND.failed:
        raise _BEHIND.failed[head]
    thread = Thread(target=guarded, name=name, daemon=True)
    thread.start()
    return thread


@cached(LRUCache(1), condition=Condition())
def _expire(opened: Store, today: dt.date) -> None:
    """Once a day, and when the dashboard starts."""
    unredacted.expire(opened, access.KEEPER, today=today)


@cached(LRUCache(session.LOOKS), key=in_language, condition=Condition())
def _portfolio(opened: Store, by: Principal, as_of: dt.date, head: str) -> Portfolio:
    working = bool(_BEHIND.catching_up and _BEHIND.catching_up.is_alive())
    if (so_far := _so_far(opened, by, as_of, working)).behind >= MANY:
        raise _Behind(so_far)
    return Portfolio(portfolio_service.statuses(opened, by, as_of=as_of))


@cached(TTLCache(session.LOOKS, 1.0), key=in_language, condition=Condition())
def _so_far(opened: Store, by: Principal, as_of: dt.date, working: bool) -> Portfolio:
    """At most a second old, since whoever looks meanwhile would slow down what is worked out behind."""
    missing = portfolio_service.missing(opened, by, as_of=as_of)
    return Portfolio(portfolio_service.at_hand(opened, by, as_of=as_of) if missing >= MANY else [], missing)


def decisions(by: Principal, as_of: dt.date) -> list[PendingDecision]:
    """What needs a decision this week of what this principal may read."""
    try:
        alike, sources = access.alike(by, "read"), _sources(by, as_of)
        return list(_decisions(session.store(), alike, as_of, session.head(by), tuple(sources.items())))
    except _Behind as exc:
        return triage.decisions(exc.so_far.systems, _sources(by, as_of))


@cached(LRUCache(session.LOOKS), key=in_language, condition=Condition())
def _decisions(
    opened: Store, by: Principal, as_of: dt.date, head: str, sources: tuple[tuple[str, str], ...]
) -> tuple[PendingDecision, ...]:
    return tuple(triage.decisions(_portfolio(opened, by, as_of, head).systems, dict(sources)))


def _sources(by: Principal, as_of: dt.date) -> Mapping[str, str]:
    """What is wrong with sources now, by system. Of a day that is past nothing is."""
    return {} if as_of < session.today() else _stale(session.store(), access.alike(by, "read"), session.head(by))


@cached(TTLCache(session.LOOKS, STALE_EVERY), key=in_language, condition=Condition())
def _stale(opened: Store, by: Principal, head: str) -> Mapping[str, str]:
    return sources_service.stale(opened, by)


def hindsight(by: Principal, as_of: dt.date) -> tuple[Hindsight, int]:
    """What became of releases, and how many of their verdicts are still being worked out behind.

    Raises ReadinessError.
    """
    told, missing = hindsight_service.at_hand(session.store(), by, as_of=as_of)
    if not missing:
        return told, 0
    if missing < MANY_PAST:
        return hindsight_service.hindsight(session.store(), by, as_of=as_of), 0
    _look_back(session.store(), by, as_of)
    return told, missing


def _look_back(opened: Store, by: Principal, as_of: dt.date) -> None:
    """One at a time; raises what ended the last one, if nothing was written since."""
    after = f"past {session.head(by)}"
    with _ONE_AT_A_TIME:
        _BEHIND.looking_back = _behind(
            _BEHIND.looking_back,
            "looking back",
            after,
            lambda: hindsight_service.hindsight(opened, by, as_of=as_of),
        )
