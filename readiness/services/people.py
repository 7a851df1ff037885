"""Who is there: logins that a provider vouches for, and what an administrator gave to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import replace

from sqlmodel import Session

from readiness import clock, formatting, names
from readiness.access import ROLES, Grant, Principal, allowed, authorize, authorize_anywhere
from readiness.errors import Denied, InputError, LoginEnded
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.people import Account, Identity, LoginRules, Person
from readiness.store import Store, queries
from readiness.store.changes import people

NOTED_EVERY = dt.timedelta(minutes=1)
"""How often it is noted that somebody is still there."""
SESSIONS = "logins"
"""What those wait for each other by who note a login."""


def enter(store: Store, identity: Identity, rules: LoginRules) -> Principal:
    """The person who logged in, with the roles they have at this moment.

    Raises LoginEnded for a login that is over, and Denied for whom nobody gave a role, who left, or whose address
    another login of the same provider has.
    """
    now = clock.now()
    if now - identity.began > rules.absolute:
        raise LoginEnded(tr("your login has ended"), expected=tr("a new one"))
    with store.reading() as session:
        person = queries.people.person_of_login(session, identity)
        row = queries.people.login(session, identity.key)
        ended = row is not None and (row.ended_at is not None or now - row.seen_at > rules.idle)
        noted = row is not None and now - row.seen_at < NOTED_EVERY
        account = queries.people.account(session, person) if person else None
        alone = account is not None and queries.people.bearers(session, account.person.name) == 1
    if ended:
        raise LoginEnded(tr("your login has ended"), expected=tr("a new one"))
    if account is None:
        account, alone = _first_login(store, identity, rules), False
    principal = _principal(account, identity, rules, alone=alone)
    if not noted:
        _note(store, identity, account, rules, now)
    return principal


def _principal(account: Account, identity: Identity, rules: LoginRules, *, alone: bool) -> Principal:
    """Raises Denied for somebody who left, and for whom nobody gave a role."""
    person = account.person
    if person.left_on:
        raise Denied(
            tr("no access for {address}, who left", address=person.address),
            expected=tr("an administrator who says otherwise"),
        )
    grants = account.grants | rules.granted(identity.groups)
    if not grants:
        raise _no_role(person.address)
    known_as = account.known_as | ({person.name} if alone and person.name.strip() else frozenset())
    return Principal(person.address, grants, known_as, shown=person.shown)


def _no_role(address: str) -> Denied:
    return Denied(
        tr("no access: nobody has given {address} a role", address=address),
        expected=tr("one that an administrator gives"),
    )


def _first_login(store: Store, identity: Identity, rules: LoginRules) -> Account:
    """Whoever bears the address, or somebody new whom their groups give a role; from now on told by the provider."""
    if not identity.address:
        raise Denied(tr("the provider did not vouch for an address of yours"), expected=tr("one that it has verified"))
    with store.writing(SESSIONS) as session:
        known = queries.people.person_of_login(session, identity)
        if known is not None:  # in another window, a moment ago
            return queries.people.account(session, known)
        person_id = queries.people.person_of_address(session, identity.address)
        if person_id is None and not rules.granted(identity.groups):
            raise _no_role(identity.address)
        if person_id is None:
            person = Person.checked(address=identity.address, name=identity.name[:300])
            people.add(session, identity.address, person)
            person_id = queries.people.person_of_address(session, person.address) or 0
        if queries.people.is_bound(session, person_id, identity.issuer):
            raise Denied(
                tr(
                    "no access: another login of {issuer} has the address {address}",
                    issuer=identity.issuer,
                    address=identity.address,
                ),
                expected=tr("that one, or an address of your own"),
            )
        people.bind(session, identity, queries.people.account(session, person_id))
        return queries.people.account(session, person_id)


def _note(store: Store, identity: Identity, account: Account, rules: LoginRules, now: dt.datetime) -> None:
    with store.writing(SESSIONS) as session:
        row = queries.people.login(session, identity.key)
        if row is None:
            people.forget_logins(session, now - rules.absolute - rules.idle)
            people.begin(session, identity, account.id, now)
        elif row.ended_at is None:
            row.seen_at = now


def leave(store: Store, identity: Identity) -> None:
    """End this login for good, whoever still has its cookie."""
    with store.writing(SESSIONS) as session:
        people.end(session, identity.key)


def every(store: Store, by: Principal) -> list[Account]:
    """Everybody with their roles everywhere and on the systems where this principal may give some. Raises Denied."""
    authorize_anywhere(by, "administer")
    with store.reading() as session:
        return [
            replace(account, grants=frozenset(grant for grant in account.grants if _may_see(by, grant)))
            for account in queries.people.accounts(session)
        ]


def _may_see(by: Principal, grant: Grant) -> bool:
    return grant.system is None or allowed(by, "administer", grant.system)


def known(store: Store, by: Principal) -> list[Account]:
    """Whoever can be named, for whoever may read anything: all who are here, without their roles. Raises Denied."""
    authorize_anywhere(by, "read")
    with store.reading() as session:
        everybody = queries.people.accounts(session)
    return [replace(one, grants=frozenset(), seen_at=None) for one in everybody if not one.person.left_on]


def shown(store: Store, by: Principal) -> dict[str, str]:
    """What people are called, by their addresses, for whoever may read anything. Raises Denied."""
    authorize_anywhere(by, "read")
    return queries.people.shown(store)


def add(store: Store, by: Principal, address: str, name: str = "", grants: Collection[Grant] = ()) -> Done:
    """Somebody new with the roles to begin with: all of it is stored, or nothing.

    Raises Denied, NotFound for a system, and InputError for a role, or an address that is none or that somebody has.
    """
    authorize(by, "administer")
    person = Person.checked(address=address, name=name)
    given = [_checked(store, by, *one) for one in dict.fromkeys(grants)]

    def change(session: Session) -> Done:
        people.add(session, by.name, person)
        account = queries.people.account(session, queries.people.person_of_address(session, person.address) or 0)
        for one in given:
            people.grant(session, by.name, account, one)
        roles = formatting.listed(
            [tr("{role} of {system}", role=tr(one.role), system=one.system or tr(people.EVERYWHERE)) for one in given]
        )
        if not roles:
            return Done(tr("{person} was added", person=person.shown))
        return Done(tr("{person} was added as {roles}", person=person.shown, roles=roles))

    return _write(store, change)


def edit(
    store: Store, by: Principal, person_id: int, *, seen: int, name: str, left_on: dt.date | None, other: str = ""
) -> Done:
    """Name somebody otherwise, or say that they left, which ends every right they have; `other` is another address.

    All of it is stored, or nothing. Raises Denied, NotFound, Conflict, and InputError where nobody would be left to
    administer, or for an address that somebody has.
    """
    authorize(by, "administer")

    def change(session: Session) -> Done:
        account = queries.people.account(session, person_id)
        person = Person.checked(**account.person.model_dump() | {"name": name, "left_on": left_on})
        if left_on:
            _keep_an_administrator(session, account)
        done = people.edit(session, by.name, account, person, seen=seen)
        if not other.strip():
            return done
        account = queries.people.account(session, person_id)
        told = people.add_address(session, by.name, account, other)
        return Done(f"{done.sentence}; {told.sentence}") if done.changed else told

    return _write(store, change)


def add_address(store: Store, by: Principal, person_id: int, address: str) -> Done:
    """Raises Denied, NotFound, and InputError for an address that somebody has."""
    authorize(by, "administer")
    return _write(
        store,
        lambda session: people.add_address(session, by.name, queries.people.account(session, person_id), address),
    )


def grant(store: Store, by: Principal, person_id: int, role: str, system: str | None) -> Done:
    """Give a role on a system, or with None on all. Raises Denied, NotFound and InputError."""
    given = _checked(store, by, role, system)
    return _write(
        store, lambda session: people.grant(session, by.name, queries.people.account(session, person_id), given)
    )


def revoke(store: Store, by: Principal, person_id: int, role: str, system: str | None) -> Done:
    """Take a role; it is gone with the next thing they do.

    Raises Denied, NotFound, and InputError where nobody would be left to administer.
    """
    taken = _checked(store, by, role, system)

    def change(session: Session) -> Done:
        account = queries.people.account(session, person_id)
        if taken == Grant("admin"):
            _keep_an_administrator(session, account)
        return people.revoke(session, by.name, account, taken)

    return _write(store, change)


def _checked(store: Store, by: Principal, role: str, system: str | None) -> Grant:
    authorize(by, "administer", system or "")
    if role not in ROLES:
        raise InputError(
            tr("there is no role {role!r}", role=role),
            place="role",
            expected=tr("one of {known}", known=", ".join(ROLES)),
        )
    if system is not None:
        with store.reading() as session:
            queries.find_system(session, system)
    return Grant(role, system)


def _keep_an_administrator(session: Session, going: Account) -> None:
    administrators = (
        account.id
        for account in queries.people.accounts(session)
        if Grant("admin") in account.grants and not account.person.left_on
    )
    if list(administrators) == [going.id]:
        raise InputError(tr("nobody would be left to administer the store"), expected=tr("another administrator first"))


def _write(store: Store, change: Callable[[Session], Done]) -> Done:
    with store.writing() as session:
        return change(session)


def owner_named(accounts: Collection[Account], name: str) -> Account | None:
    """The person whom a name in the store means; None where nobody or several bear it."""
    wanted = names.key(name)
    meant = [account for account in accounts if wanted in map(names.key, account.known_as)]
    meant = meant or [account for account in accounts if wanted == names.key(account.person.name)]
    return meant[0] if len(meant) == 1 else None
