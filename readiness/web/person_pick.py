"""Whoever is named on a page is picked from the people whom the store knows; a name that nobody bears stays as typed.

What is stored of a person is their address, so that two of one name are two. A name that is stored already stays as
it is spelt until somebody picks another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from threading import Condition
from typing import Any

import streamlit as st
from cachetools import TTLCache, cached
from streamlit.delta_generator import DeltaGenerator

from readiness import access, formatting, names
from readiness.access import Principal
from readiness.language import tr
from readiness.model.people import Account
from readiness.services import Store, people

from . import reads, session
from .guard import PageContext


@cached(TTLCache(session.LOOKS, 2.0), condition=Condition())
def _known(opened: Store, by: Principal) -> tuple[Account, ...]:
    return tuple(people.known(opened, by))


def choices(visit: PageContext, *stored: str) -> dict[str, str]:
    """Whom a field can name, by what is stored of them: what they are called, by their names.

    With everybody's address where two have one name, the names of owners whom nobody bears, and what is `stored`.
    """
    accounts = _known(visit.store, access.alike(visit.by, "read"))
    bearers = Counter(names.key(account.person.shown) for account in accounts)
    called = {
        account.person.address: account.person.shown
        if bearers[names.key(account.person.shown)] == 1
        else f"{account.person.shown} ({account.person.address})"
        for account in accounts
    }
    for text in filter(None, (text.strip() for text in stored)):
        meant = people.owner_named(accounts, text)
        called[text] = called.pop(meant.person.address, meant.person.shown) if meant else session.called(text) or text
    there = {names.key(text) for text in called}
    for text in (visit.by.name, *reads.gap_owners(visit.by, visit.as_of)):
        if names.key(text) not in there and not names.is_none(text) and not people.owner_named(accounts, text):
            called[text] = session.called(text) or text
            there.add(names.key(text))
    return dict(sorted(called.items(), key=lambda item: names.key(item[1])))


def meant(visit: PageContext, typed: str | None, stored: str = "") -> str:
    """What is stored of whom somebody named: an address for a person, what is `stored` where that is who it was."""
    text = (typed or "").strip()
    if not text or names.key(text) == names.key(stored):
        return stored if text else ""
    account = people.owner_named(_known(visit.store, access.alike(visit.by, "read")), text)
    return account.person.address if account else text


def box(
    visit: PageContext,
    place: DeltaGenerator,
    label: str,
    stored: str = "",
    *,
    key: str | None = None,
    placeholder: str = "",
    **more: Any,
) -> str:
    """A field that names somebody. With a `key` the session holds what was picked, and `meant` says who that is."""
    placeholder = placeholder or tr("nobody")
    known = choices(visit, stored, str(st.session_state.get(key, "") or "") if key else "")
    return meant(visit, _box(place, label, known, stored, key=key, placeholder=placeholder, **more), stored)


def _box(
    place: DeltaGenerator,
    label: str,
    known: dict[str, str],
    stored: str,
    *,
    key: str | None,
    placeholder: str,
    **more: Any,
) -> str:
    held = key is not None and key in st.session_state
    options: Sequence[str] = list(known)
    if stored.strip() and not held:  # what begins with a choice has no cross that takes it away
        options = ["", *known]
    picked = place.selectbox(
        label,
        options,
        index=None if held or not stored.strip() else options.index(stored.strip()),
        key=key,
        accept_new_options=True,
        format_func=lambda who: formatting.line(known.get(str(who), str(who)) or placeholder),
        placeholder=placeholder,
        **more,
    )
    return picked or ""


def several(visit: PageContext, label: str, **more: Any) -> list[str]:
    """A field that names some people of those who are known."""
    known = choices(visit)
    return st.multiselect(label, list(known), format_func=lambda who: formatting.line(known[str(who)]), **more)
