"""Tokens: what a program or a calendar shows instead of a login. They are shown once, and kept as a digest."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import replace

from readiness import access, clock
from readiness.access import Action, Grant, Principal, allowed, authorize
from readiness.errors import Denied, InputError
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.people import Account, IssuedToken, Token
from readiness.store import Store, queries
from readiness.store.changes import people

PREFIX = "readiness_"
"""So that whoever finds one knows what it is, and scanners of secrets too."""
ACTIONS: tuple[Action, ...] = ("read", "pack", "import", "mark", "gap.move", "gap.move-own")
"""What a token may be for; nobody signs off, releases texts or administers by one."""
LONGEST = 366
"""Days that one may hold."""


def issue(store: Store, by: Principal, token: Token) -> tuple[str, Done]:
    """A new token for oneself: it may do what its owner may at that moment, and of that only what it names.

    Raises Denied for what its owner may not do, and InputError for an action or a day that no token has.
    """
    if not 0 < (token.expires_on - clock.today()).days <= LONGEST:
        raise InputError(
            tr("a token until {day} cannot be issued", day=token.expires_on),
            place="expires_on",
            expected=tr("a day after today, at most {most} days from it", most=LONGEST),
        )
    if not token.actions or not set(token.actions) <= set(ACTIONS):
        raise InputError(
            tr("a token is for other things"), place="actions", expected=tr("some of {known}", known=", ".join(ACTIONS))
        )
    for system in token.systems or [""]:
        for action in token.actions:
            if not any(allowed(by, action, system or grant.system or "") for grant in by.grants):
                authorize(by, action, system)
    secret = PREFIX + secrets.token_urlsafe(32)
    with store.writing() as session:
        person = queries.people.person_of_address(session, by.name)
        done = people.issue(session, by.name, token, _digest(secret), person)
    return secret, done


def every(store: Store, by: Principal) -> list[IssuedToken]:
    """One's own; those of all for an administrator."""
    with store.reading() as session:
        return [
            issued for issued in queries.people.tokens(session) if by.is_named(issued.of) or allowed(by, "administer")
        ]


def revoke(store: Store, by: Principal, token_id: int) -> Done:
    """Raises Denied for somebody else's, unless one administers."""
    if token_id not in {issued.id for issued in every(store, by)}:
        authorize(by, "administer")
    with store.writing() as session:
        return people.revoke_token(session, by.name, token_id)


def enter(store: Store, secret: str) -> Principal:
    """Whom a token acts for, limited to what it is for. Raises Denied, which does not say what is wrong with it."""
    with store.reading() as session:
        found = queries.people.token_of(session, _digest(secret)) if secret.startswith(PREFIX) else None
        if found is None or found[0].revoked_at or found[0].token.expires_on <= clock.today():
            raise _void()
        issued, person_id = found
        account = None if person_id is None else queries.people.account(session, person_id)
        alone = account is not None and queries.people.bearers(session, account.person.name) == 1
    owner = _local(issued) if account is None else _person(account, alone=alone)
    return replace(owner, grants=_within(owner.grants, issued.token.systems), only=frozenset(issued.token.actions))


def _void() -> Denied:
    return Denied(
        tr("the token does not hold"), expected=tr("one that was issued here, and is neither revoked nor expired")
    )


def _local(issued: IssuedToken) -> Principal:
    """Issued at this machine by whoever has the store in their hands."""
    return replace(access.local(), name=issued.made_by)


def _person(account: Account, *, alone: bool) -> Principal:
    """As when they log in: by their name, too, where nobody else bears it."""
    person = account.person
    if person.left_on:
        raise _void()
    known_as = account.known_as | ({person.name} if alone and person.name.strip() else frozenset())
    return Principal(person.address, account.grants, known_as, shown=person.shown)


def _within(grants: Collection[Grant], systems: Collection[str]) -> frozenset[Grant]:
    """The same roles, on the systems that the token names."""
    if not systems:
        return frozenset(grants)
    return frozenset(
        Grant(grant.role, system) for grant in grants for system in systems if grant.system in (None, system)
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
