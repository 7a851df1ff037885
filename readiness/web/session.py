"""Who looks at which store on what day, and what was written last: for every page and for the download route."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, MutableMapping
from dataclasses import dataclass
from threading import Condition
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import streamlit as st
from cachetools import TTLCache, cached
from streamlit.runtime.scriptrunner import get_script_run_ctx

from readiness import access, clock
from readiness.access import Principal
from readiness.errors import Denied
from readiness.language import tr
from readiness.services import Store, events, open_store, people

from .login import Login

_SEEN = "seen_page"
LOOKS = 16
"""Answers that are kept of one kind: whoever may read the same shares them."""


@dataclass
class _Process:
    """What every page shares."""

    store: Store | None = None
    login: Login | None = None


_PROCESS = _Process()
_LOOKING: MutableMapping[object, Principal] = WeakKeyDictionary()
"""Who looks in each run, for as long as it lasts."""
_HEADS: MutableMapping[object, dict[Hashable, str]] = WeakKeyDictionary()
"""What was written last, as each run found it."""


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
    run = _run()
    found = _LOOKING.get(run) if run else None
    if found is None:
        found = who(st.user.to_dict())
        if run:
            _LOOKING[run] = found
    return found


def _run() -> object | None:
    """The run of a page or of a dialog that asks, if one does: what Streamlit makes anew for each."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.parallel_coordinator if context else None


def head(by: Principal, system: str = "") -> str:
    """What was written last, everywhere or about a system: all parts of one run see the store as it was then.

    Asked again after a write of this process, which a part that follows has to see. Raises Denied.
    """
    opened, run = store(), _run()
    known = _HEADS.setdefault(run, {}) if run else {}
    asked = opened.url, opened.writes.last, by, system
    if asked not in known:
        known[asked] = events.head(opened, by, system)
    return known[asked]


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


def names_of_people() -> dict[str, str]:
    """What people are called, by their addresses."""
    return _called(store())


def called(address: str) -> str:
    """What people call somebody whose address stands on a page; empty where nobody has it. A moment old at most."""
    return _called(store()).get(address.strip().lower(), "")


def naming() -> int:
    """Another number whenever somebody is called otherwise."""
    _called(store())
    return _NAMING.number


@cached(TTLCache(LOOKS, 2.0), condition=Condition())
def _called(opened: Store) -> dict[str, str]:
    return _NAMING.now(people.shown(opened, access.local()))  # names alone: whose address is shown, services decided


class _Naming:
    """What people were called when it was last asked, and how often that was another answer than before."""

    def __init__(self) -> None:
        self.number, self._names = 0, dict[str, str]()

    def now(self, names: dict[str, str]) -> dict[str, str]:
        if names != self._names:
            self.number, self._names = self.number + 1, names
        return names


_NAMING = _Naming()


def page_is_new() -> bool:
    """Whether the page of this run is another than this session saw last."""
    context = get_script_run_ctx(suppress_warning=True)
    page = context.page_script_hash if context else ""
    if st.session_state.get(_SEEN) == page:
        return False
    st.session_state[_SEEN] = page
    return True


def address(path: str) -> str:
    """A path of this dashboard as whoever looks at it would write it down."""
    here = urlsplit(str(st.context.url or ""))
    return f"{here.scheme}://{here.netloc}/{path}" if here.netloc else f"/{path}"


def today() -> dt.date:
    return clock.today()
