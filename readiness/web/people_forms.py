"""People and tokens: a list, and beside it what an administrator changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from readiness import clock
from readiness.access import ROLES, Grant, allowed
from readiness.language import marked, tr, trc, trn
from readiness.model.dossier import Done
from readiness.model.people import Account, IssuedToken, Token
from readiness.services import people
from readiness.services import tokens as tokens_service

from . import guard, standings, tables, widgets
from .guard import PageContext

EVERYWHERE = marked("every system")
SECRET = "secret"  # noqa: S105 - where a new token waits to be shown, once


def sentence(accounts: Sequence[Account]) -> str:
    """How many there are, and who is missing."""
    here = [account for account in accounts if not account.person.left_on]
    if not accounts:
        return tr("Nobody is known yet.")
    administer = sum(Grant("admin") in account.grants for account in here)
    told = trn(
        "{n} person, {administer} of whom may administer everything",
        "{n} people, {administer} of whom may administer everything",
        len(here),
        administer=administer,
    )
    idle = [account for account in here if not account.grants]
    if not idle:
        return f"{told}."
    return trn("{told}; {n} person without a role.", "{told}; {n} people without a role.", len(idle), told=told)


def accounts(visit: PageContext, found: Sequence[Account]) -> None:
    """The list, and a form for the one who is chosen or for somebody new."""
    if found:
        widgets.show("accounts", accounts=found)
        widgets.csv({tr("People"): tables.query("people")})
    if not allowed(visit.by, "administer"):
        widgets.empty(
            tr("Roles on your systems only."), tr("Somebody new is added by an administrator of all of them.")
        )
    who, form = st.columns([2, 3])
    names = {account.id: account.person.shown for account in found}
    chosen = who.selectbox(
        tr("Person"),
        list(names),
        index=None,
        format_func=lambda number: widgets.plain(names[number]),
        placeholder=tr("somebody new") if allowed(visit.by, "administer") else tr("choose"),
        key="person",
    )
    with form:
        account = next((account for account in found if account.id == chosen), None)
        if account:
            _edit(visit, account)
        elif allowed(visit.by, "administer"):
            _add(visit)


def _add(visit: PageContext) -> None:
    with st.form("add", clear_on_submit=False):
        first, second = st.columns(2), st.columns(2)
        address = first[0].text_input(tr("Address"), placeholder="name@example.com", help=tr("What they log in with."))
        name = first[1].text_input(tr("Name"))
        roles = second[0].multiselect(tr("Roles"), ROLES, format_func=tr)
        system = second[1].selectbox(
            trc("a system", "On"), [EVERYWHERE, *_systems(visit)], format_func=_on, key="add_system"
        )
        if not st.form_submit_button(tr("Add"), type="primary"):
            return

    grants = [Grant(role, None if system == EVERYWHERE else system) for role in roles]
    guard.write(partial(people.add, visit.store, visit.by, address, name, grants))


def _edit(visit: PageContext, account: Account) -> None:
    held = [
        tr("{role} of {system}", role=tr(grant.role), system=grant.system or tr(EVERYWHERE))
        for grant in sorted(account.grants, key=str)
    ]
    left, right = st.columns(2)
    role = left.selectbox(tr("Role"), ROLES, format_func=tr, key=f"role_{account.id}")
    system = right.selectbox(
        trc("a system", "On"), [EVERYWHERE, *_systems(visit)], format_func=_on, key=f"on_{account.id}"
    )
    where = None if system == EVERYWHERE else system
    row = st.container(horizontal=True)
    if row.button(tr("Give"), type="primary", key=f"give_{account.id}"):
        guard.write(partial(people.grant, visit.store, visit.by, account.id, role, where))
    if Grant(role, where) in account.grants and row.button(tr("Take away"), key=f"take_{account.id}"):
        guard.write(partial(people.revoke, visit.store, visit.by, account.id, role, where))
    st.caption(widgets.plain(", ".join(held) or tr("No role yet.")))
    if allowed(visit.by, "administer"):
        _person(visit, account)


def _person(visit: PageContext, account: Account) -> None:
    with st.form(f"person_{account.id}"):
        name = st.text_input(tr("Name"), account.person.name)
        other = st.text_input(tr("Another address of theirs"), placeholder="name@example.com")
        left = st.checkbox(tr("Left: may do nothing any more"), bool(account.person.left_on))
        if not st.form_submit_button(tr("Store")):
            return
    left_on = (account.person.left_on or clock.today()) if left else None
    edit = partial(people.edit, visit.store, visit.by, account.id, seen=account.row_version)
    guard.write(partial(edit, name=name, left_on=left_on, other=other))


def _on(system: str) -> str:
    return tr(system) if system == EVERYWHERE else system


def _systems(visit: PageContext) -> list[str]:
    """Those on which this principal may give roles."""
    found = sorted({grant.system for grant in visit.by.grants if grant.role == "admin" and grant.system})
    return found if not allowed(visit.by, "administer") else standings.slugs()


def tokens(visit: PageContext) -> None:
    """What programs show, and a new one; the secret is on the page once."""
    issued = tokens_service.every(visit.store, visit.by)
    note = tr("What a pipeline or a calendar shows instead of a login. Each acts for whoever issued it.")
    widgets.heading(tr("Tokens"), note, tables.query("tokens") if issued else "")
    if secret := st.session_state.pop(SECRET, ""):
        st.code(secret, language=None)
        st.caption(tr("This is shown once; keep it where the program finds it."))
    if issued:
        widgets.show("tokens", tokens=issued, today=visit.as_of)
    row = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
    name = row[0].text_input(tr("For"), placeholder=tr("name of the pipeline"), key="token_name")
    actions = row[1].multiselect(tr("May"), tokens_service.ACTIONS, format_func=tr, key="token_actions")
    until = row[2].date_input(tr("Until"), visit.as_of + dt.timedelta(days=90), format="YYYY-MM-DD", key="token_until")
    if row[3].button(tr("Issue")):
        guard.write(partial(_issue, visit, {"name": name, "actions": actions, "expires_on": until}))
    holding = [one for one in issued if not one.revoked_at and one.token.expires_on > visit.as_of]
    if holding:
        _revoke(visit, holding)


def _issue(visit: PageContext, asked: dict[str, Any]) -> Done:
    secret, done = tokens_service.issue(visit.store, visit.by, Token.checked(**asked))
    st.session_state[SECRET] = secret
    return done


def _revoke(visit: PageContext, holding: Sequence[IssuedToken]) -> None:
    row = st.columns([3, 7], vertical_alignment="bottom")
    names = {one.id: tr("{token} of {person}", token=one.token.name, person=one.of) for one in holding}
    chosen = row[0].selectbox(
        tr("Token"), list(names), index=None, format_func=lambda number: widgets.plain(names[number]), key="token"
    )
    if chosen is not None and row[1].button(tr("Revoke")):
        guard.write(partial(tokens_service.revoke, visit.store, visit.by, chosen))
