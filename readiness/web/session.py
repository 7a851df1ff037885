"""Who looks at which store on what day: one place for every page and for the download route."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from threading import Condition, Lock, Thread
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import streamlit as st
from cachetools import LRUCache, TTLCache, cached
from streamlit.runtime.scriptrunner import get_script_run_ctx

from readiness import access, clock, formatting, language, names
from readiness.access import Principal
from readiness.decision.hindsight import Hindsight
from readiness.errors import Denied, ReadinessError, StoreError
from readiness.kept import Kept, in_language
from readiness.language import tr
from readiness.model.assessment import Assessment
from readiness.model.dossier import ArchivedSystem, Event, FactStatus, Handover, Stored
from readiness.model.notes import StoredNote
from readiness.portfolio import triage
from readiness.portfolio.status import SystemStatus
from readiness.portfolio.triage import PendingDecision
from readiness.portfolio.work import WorkItem
from readiness.review.items import OpenGap
from readiness.review.review import Review
from readiness.services import Store, handovers, open_store, people, reviews, unredacted
from readiness.services import gaps as gaps_service
from readiness.services import hindsight as hindsight_service
from readiness.services import notes as notes_service
from readiness.services import portfolio as portfolio_service
from readiness.services import sources as sources_service
from readiness.services import systems as systems_service
from readiness.services import work as work_service

from .login import Login

LOOKS = 16
"""Answers that are kept of one kind: whoever may read the same shares them."""


MANY = 20
"""Systems that have to be worked out from which on nobody waits for them: it is done behind, and said."""


MANY_PAST = 20
"""The same of verdicts of the past."""


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Where systems stand; `behind` are still being worked out, as all are after an upgrade.

    `kept` is what was worked out of it.
    """

    systems: Sequence[SystemStatus]
    behind: int = 0
    kept: Kept = field(default_factory=Kept)


@dataclass
class _Process:
    """What every page shares; `catching_up` works behind, and `failed` is how it ended after which event.

    `looking_back` works out the verdicts of the past.
    """

    store: Store | None = None
    login: Login | None = None
    catching_up: Thread | None = None
    looking_back: Thread | None = None
    failed: dict[str, ReadinessError] = field(default_factory=dict)


_PROCESS = _Process()
_CATCHING_UP = Lock()
_LOOKING: MutableMapping[object, Principal] = WeakKeyDictionary()
"""Who looks in each run, for as long as it lasts."""


def serve_from(url: str) -> Store:
    """Open the store that every page reads from now on."""
    _PROCESS.store = open_store(url)
    return _PROCESS.store


def store() -> Store:
    """The store that is served, else the one that the environment names; a failure to open it is not remembered."""
    return _PROCESS.store or serve_from("")


def log_in_by(login: Login | None) -> None:
    """How people log in from now on; with None whoever is at this machine may do everything."""
    _PROCESS.login = login


def principal() -> Principal:
    """Who looks: whom the provider vouched for, with the rights they have now, else the person at this machine.

    The store is asked once in each run of a page or of a dialog, however many parts of it ask; the next click asks
    anew. Raises Denied. Without a login the dashboard answers on loopback only (see `door`).
    """
    if _PROCESS.login is None:
        return access.local()
    context = get_script_run_ctx(suppress_warning=True)
    run = context.parallel_coordinator if context else None  # which Streamlit makes anew for each run
    found = _LOOKING.get(run) if run else None
    if found is None:
        found = who(st.user.to_dict())
        if run:
            _LOOKING[run] = found
    return found


def who(claims: Mapping[str, Any]) -> Principal:
    """Raises what `people.enter` does."""
    login = _PROCESS.login
    if login is None:
        raise Denied(tr("nobody logs in here"), expected=tr("a dashboard with a login"))
    return people.enter(store(), login.identity(claims), login.rules)


def leave(claims: Mapping[str, Any]) -> None:
    if _PROCESS.login:
        people.leave(store(), _PROCESS.login.identity(claims))


def is_by_login() -> bool:
    return _PROCESS.login is not None


def slugs() -> list[str]:
    """Every system that there is, for whoever gives roles."""
    return sorted(system.slug for system in portfolio(access.local(), today()).systems)


def names_of_people() -> dict[str, str]:
    """What people are called, by their addresses."""
    return _called(store())


def called(address: str) -> str:
    """What people call somebody whose address stands on a page; empty where nobody has it. A moment old at most."""
    return _called(store()).get(address.strip().lower(), "")


@cached(TTLCache(LOOKS, 2.0), condition=Condition())
def _called(opened: Store) -> dict[str, str]:
    return people.shown(opened, access.local())  # names alone: whose address a page shows, its services decided


def address(path: str) -> str:
    """A path of this dashboard as whoever looks at it would write it down."""
    here = urlsplit(str(st.context.url or ""))
    return f"{here.scheme}://{here.netloc}/{path}" if here.netloc else f"/{path}"


def today() -> dt.date:
    return clock.today()


def portfolio(by: Principal, as_of: dt.date) -> Portfolio:
    """Where every system stands that this principal may read; read again only after a write."""
    with suppress(StoreError):  # what has expired is never read, and a store that cannot be written still is
        _expire(store(), as_of)
    try:
        return _portfolio(store(), access.alike(by, "read"), as_of, portfolio_service.head(store(), by))
    except _Behind as exc:
        _catch_up(store(), by, as_of)
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
    head = f"{spoken} {portfolio_service.head(opened, by)}"

    def caught_up() -> None:
        with language.use(spoken):
            portfolio_service.catch_up(opened, by, as_of=as_of)

    with _CATCHING_UP:
        _PROCESS.catching_up = _behind(_PROCESS.catching_up, "catching up", head, caught_up)


def _behind(running: Thread | None, name: str, head: str, work: Callable[[], object]) -> Thread:
    """The thread that works, begun where none does; raises what ended the last work after the same event."""

    def guarded() -> None:
        try:
            work()
        except ReadinessError as exc:
            _PROCESS.failed = {head: exc}

    if running and running.is_alive():
        return running
    if head in _PROCESS.failed:
        raise _PROCESS.failed[head]
    thread = Thread(target=guarded, name=name, daemon=True)
    thread.start()
    return thread


@cached(LRUCache(1), condition=Condition())
def _expire(opened: Store, today: dt.date) -> None:
    """Once a day, and when the dashboard starts."""
    unredacted.expire(opened, access.KEEPER, today=today)


@cached(LRUCache(LOOKS), key=in_language, condition=Condition())
def _portfolio(opened: Store, by: Principal, as_of: dt.date, head: str) -> Portfolio:
    working = bool(_PROCESS.catching_up and _PROCESS.catching_up.is_alive())
    if (so_far := _so_far(opened, by, as_of, working)).behind >= MANY:
        raise _Behind(so_far)
    return Portfolio(portfolio_service.statuses(opened, by, as_of=as_of))


@cached(TTLCache(LOOKS, 1.0), key=in_language, condition=Condition())
def _so_far(opened: Store, by: Principal, as_of: dt.date, working: bool) -> Portfolio:
    """At most a second old, since whoever looks meanwhile would slow down what is worked out behind."""
    missing = portfolio_service.missing(opened, by, as_of=as_of)
    return Portfolio(portfolio_service.at_hand(opened, by, as_of=as_of) if missing >= MANY else [], missing)


def decisions(by: Principal, as_of: dt.date) -> list[PendingDecision]:
    """What needs a decision this week of what this principal may read."""
    try:
        alike, sources = access.alike(by, "read"), _sources(by, as_of)
        return list(_decisions(store(), alike, as_of, portfolio_service.head(store(), by), tuple(sources.items())))
    except _Behind as exc:
        return triage.decisions(exc.so_far.systems, _sources(by, as_of))


@cached(LRUCache(LOOKS), key=in_language, condition=Condition())
def _decisions(
    opened: Store, by: Principal, as_of: dt.date, head: str, sources: tuple[tuple[str, str], ...]
) -> tuple[PendingDecision, ...]:
    return tuple(triage.decisions(_portfolio(opened, by, as_of, head).systems, dict(sources)))


def _sources(by: Principal, as_of: dt.date) -> dict[str, str]:
    """What is wrong with sources now, by system: they grow stale without a write. Of a day that is past nothing is."""
    return {} if as_of < today() else sources_service.stale(store(), by)


def hindsight(by: Principal, as_of: dt.date) -> tuple[Hindsight, int]:
    """What became of releases, and how many of their verdicts are still being worked out behind.

    Raises ReadinessError.
    """
    told, missing = hindsight_service.at_hand(store(), by, as_of=as_of)
    if not missing:
        return told, 0
    if missing < MANY_PAST:
        return hindsight_service.hindsight(store(), by, as_of=as_of), 0
    _look_back(store(), by, as_of)
    return told, missing


def _look_back(opened: Store, by: Principal, as_of: dt.date) -> None:
    """One at a time; raises what ended the last one, if nothing was written since."""
    head = f"past {portfolio_service.head(opened, by)}"
    with _CATCHING_UP:
        _PROCESS.looking_back = _behind(
            _PROCESS.looking_back,
            "looking back",
            head,
            lambda: hindsight_service.hindsight(opened, by, as_of=as_of),
        )


def review(by: Principal, slug: str, as_of: dt.date, assessment_id: int | None) -> Review:
    """One review whole; raises what `load` does."""
    return reviews.load(store(), by, slug, as_of=as_of, assessment_id=assessment_id)


def activity(by: Principal, system: str) -> list[Event]:
    """What changed, newest first, in a system or everywhere."""
    return list(_activity(store(), access.alike(by, "read"), system, portfolio_service.head(store(), by)))


@cached(LRUCache(LOOKS), key=in_language, condition=Condition())
def _activity(opened: Store, by: Principal, system: str, head: str) -> tuple[Event, ...]:
    return tuple(reviews.activity(opened, by, system=system))


def facts(by: Principal, slug: str) -> FactStatus:
    """Whether what is stored of a system is as the record says: at most a minute old, since all of it is digested."""
    minute = clock.now().replace(second=0, microsecond=0)
    return _facts(store(), access.alike(by, "read"), slug, portfolio_service.head(store(), by, slug), minute)


@cached(LRUCache(64), key=in_language, condition=Condition())
def _facts(opened: Store, by: Principal, slug: str, head: str, minute: dt.datetime) -> FactStatus:
    return reviews.facts(opened, by, slug)


def archived(by: Principal) -> list[ArchivedSystem]:
    """The systems in the archive that this principal may read."""
    return list(_archived(store(), access.alike(by, "read"), portfolio_service.head(store(), by)))


@cached(LRUCache(LOOKS), condition=Condition())
def _archived(opened: Store, by: Principal, head: str) -> tuple[ArchivedSystem, ...]:
    return tuple(systems_service.archived(opened, by))


def gaps(by: Principal, as_of: dt.date) -> list[OpenGap]:
    """The open gaps of every system that this principal may read."""
    return list(_gaps(store(), access.alike(by, "read"), as_of, portfolio_service.head(store(), by)))


@dataclass(frozen=True, eq=False)
class GapView:
    """The gaps that somebody asks for; `kept` is what was worked out of them."""

    gaps: tuple[OpenGap, ...]
    every: Mapping[int, OpenGap]
    kept: Kept = field(default_factory=Kept)

    @cached_property
    def by_id(self) -> Mapping[int, OpenGap]:
        return {gap.id: gap for gap in self.gaps}


def gap_view(by: Principal, as_of: dt.date, *, owner: str | None, system: str, overdue: bool) -> GapView:
    """The gaps of an owner, of a system and past their date, or of all; read again only after a write."""
    head = portfolio_service.head(store(), by)
    return _gap_view(store(), access.alike(by, "read"), as_of, owner, system, overdue, head)


@cached(LRUCache(32), key=in_language, condition=Condition())
def _gap_view(
    opened: Store, by: Principal, as_of: dt.date, owner: str | None, system: str, overdue: bool, head: str
) -> GapView:
    every = _gaps(opened, by, as_of, head)
    wanted = names.key(owner or "")
    gaps = (gap for gap in every if not owner or names.key(gap.mark.owner) == wanted)
    kept = (gap for gap in gaps if (gap.days_over or not overdue) and gap.system == (system or gap.system))
    return GapView(tuple(kept), {gap.id: gap for gap in every})


def gap_owners(by: Principal, as_of: dt.date) -> list[str]:
    """Whoever owns one of them, each spelt in one way."""
    return list(_gap_owners(store(), access.alike(by, "read"), as_of, portfolio_service.head(store(), by)))


@cached(LRUCache(LOOKS), key=in_language, condition=Condition())
def _gap_owners(opened: Store, by: Principal, as_of: dt.date, head: str) -> list[str]:
    owners = (gap.mark.owner for gap in _gaps(opened, by, as_of, head) if gap.mark.owner)
    return sorted({names.key(owner): owner for owner in owners}.values())


@cached(LRUCache(LOOKS), key=in_language, condition=Condition())
def _gaps(opened: Store, by: Principal, as_of: dt.date, head: str) -> tuple[OpenGap, ...]:
    return tuple(gaps_service.every(opened, by, as_of=as_of))


def offers(by: Principal) -> dict[int, Handover]:
    """The hand-overs that nobody has answered, by their gaps."""
    return _offers(store(), access.alike(by, "read"), portfolio_service.head(store(), by))


@cached(LRUCache(8), key=in_language, condition=Condition())
def _offers(opened: Store, by: Principal, head: str) -> dict[int, Handover]:
    return {offer.gap_id: offer for offer in handovers.every(opened, by)}


def notes(by: Principal, slugs: frozenset[str]) -> list[StoredNote]:
    """What was said of some systems."""
    return list(_notes(store(), access.alike(by, "read"), slugs, portfolio_service.head(store(), by)))


@cached(LRUCache(32), key=in_language, condition=Condition())
def _notes(opened: Store, by: Principal, slugs: frozenset[str], head: str) -> tuple[StoredNote, ...]:
    return tuple(notes_service.of_systems(opened, by, slugs))


def work(by: Principal, as_of: dt.date) -> list[WorkItem]:
    """What waits for this principal, the most urgent first."""
    return list(_work(store(), by, as_of, portfolio_service.head(store(), by)))


@cached(LRUCache(64), key=in_language, condition=Condition())
def _work(opened: Store, by: Principal, as_of: dt.date, head: str) -> tuple[WorkItem, ...]:
    return tuple(work_service.mine(opened, by, as_of=as_of))


def assessments(by: Principal, slug: str) -> dict[int, str]:
    """Every assessment of a system by its id, in words: the newest that is in force first, those to come last."""
    return _assessments(store(), access.alike(by, "read"), slug, today(), portfolio_service.head(store(), by, slug))


def _named(assessment: Stored[Assessment], *, to_come: bool) -> str:
    told = f"{assessment.record.candidate} · {formatting.day(assessment.record.assessed_on)}"
    return tr("{version}, to come", version=told) if to_come else told


@cached(LRUCache(LOOKS), key=in_language, condition=Condition())
def _assessments(opened: Store, by: Principal, slug: str, day: dt.date, head: str) -> dict[int, str]:
    stored = reviews.assessments(opened, by, slug)
    to_come = [assessment for assessment in stored if (assessment.record.assessed_on or day) > day]
    return {
        assessment.id: _named(assessment, to_come=assessment in to_come)
        for assessment in [*(one for one in stored if one not in to_come), *to_come]
    }
