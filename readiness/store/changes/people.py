"""People and what they were given: every change of a right is an event."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session, col, delete, select

from readiness import clock
from readiness.access import Grant
from readiness.errors import InputError, NotFound
from readiness.language import marked, tr
from readiness.model.dossier import Done
from readiness.model.people import Account, Identity, Person, Token
from readiness.store import facts, queries
from readiness.store.facts import Scope
from readiness.store.tables import GrantRow, LoginRow, PersonAddressRow, PersonLoginRow, PersonRow, TokenRow

from . import drafts
from .base import Said, recorded, swap

EVERYWHERE = marked("every system")


def add(session: Session, actor: str, person: Person) -> Done:
    """Somebody new, who may do nothing yet. Raises InputError for an address that somebody has."""
    _refuse_taken(session, person.address)
    row = PersonRow(**person.model_dump())
    session.add(row)
    session.flush()
    return _told(
        session, actor, "person.add", row.id, person.address, lambda: tr("{person} was added", person=person.shown)
    )


def edit(session: Session, actor: str, account: Account, person: Person, *, seen: int) -> Done:
    """Another name, or that they left or came back. Raises Conflict."""
    row = session.get_one(PersonRow, account.id)
    if person == account.person:
        return Done(tr("Nothing was changed"), changed=False)
    swap(session, PersonRow, row, seen, person.model_dump(exclude={"address"}), what=tr("This person"))
    did = marked("{person} was renamed")
    if person.left_on:
        drafts.forget_people(session, account.known_as)
    if person.left_on != account.person.left_on:
        did = marked("{person} left") if person.left_on else marked("{person} came back")
    address = account.person.address
    return _told(session, actor, "person.edit", row.id, address, lambda: tr(did, person=person.shown))


def add_address(session: Session, actor: str, account: Account, address: str) -> Done:
    """Another address of somebody. Raises InputError for one that somebody has."""
    other = Person.checked(address=address).address
    _refuse_taken(session, other)
    session.add(PersonAddressRow(address=other, person_id=account.id))

    return _told(
        session,
        actor,
        "person.address",
        account.id,
        account.person.address,
        lambda: tr("{other} is another address of {person}", other=other, person=account.person.shown),
    )


def _refuse_taken(session: Session, address: str) -> None:
    if queries.people.person_of_address(session, address) is not None:
        raise InputError(
            tr("{address} is somebody's address already", address=address), place="address", expected=tr("another one")
        )


def grant(session: Session, actor: str, account: Account, given: Grant) -> Done:
    key = (account.id, given.role, given.system or "")
    if session.get(GrantRow, key):
        return Done(tr("Nothing was changed"), changed=False)
    session.add(GrantRow(person_id=account.id, role=given.role, system=given.system or ""))
    return _granted(session, actor, account, given, marked("{person} is now {role} of {system}"))


def revoke(session: Session, actor: str, account: Account, taken: Grant) -> Done:
    """Raises NotFound where they do not have it."""
    row = session.get(GrantRow, (account.id, taken.role, taken.system or ""))
    if row is None:
        raise NotFound(
            tr(
                "{person} is not {role} of {system}",
                person=account.person.shown,
                role=tr(taken.role),
                system=taken.system or tr(EVERYWHERE),
            )
        )
    session.delete(row)
    return _granted(session, actor, account, taken, marked("{person} is no longer {role} of {system}"))


def revoke_all(session: Session, actor: str, system: str) -> None:
    """Every role on a system that goes: a later one of its name is another one."""
    rows = session.exec(select(GrantRow).where(GrantRow.system == system)).all()
    for row in rows:
        revoke(session, actor, queries.people.account(session, row.person_id), Grant(row.role, system))


def _granted(session: Session, actor: str, account: Account, grant: Grant, did: str) -> Done:
    return _told(
        session,
        actor,
        "person.role",
        account.id,
        account.person.address,
        lambda: tr(did, person=account.person.shown, role=tr(grant.role), system=grant.system or tr(EVERYWHERE)),
        grant.system or "",
    )


def _told(
    session: Session, actor: str, action: str, person_id: int, address: str, sentence: Said, system: str = ""
) -> Done:
    wrote = facts.of_person(person_id)
    detail = {"person": address, "system": system}
    return recorded(session, actor, action, "", f"person {address}", sentence, wrote=wrote, detail=detail)


def bind(session: Session, identity: Identity, account: Account) -> None:
    """From now on the provider's name for them is what they are told by."""
    session.add(PersonLoginRow(issuer=identity.issuer, subject=identity.subject, person_id=account.id))

    _told(
        session,
        account.person.address,
        "person.login",
        account.id,
        account.person.address,
        lambda: tr(
            "{person} logged in for the first time with {issuer}", person=account.person.shown, issuer=identity.issuer
        ),
    )


def begin(session: Session, identity: Identity, person_id: int, now: dt.datetime) -> None:
    session.add(LoginRow(key=identity.key, person_id=person_id, seen_at=now))


def end(session: Session, key: str) -> None:
    row = session.get(LoginRow, key)
    if row and row.ended_at is None:
        row.ended_at = clock.now()


def forget_logins(session: Session, before: dt.datetime) -> None:
    """Logins that no rule can bring back any more."""
    session.exec(delete(LoginRow).where(col(LoginRow.seen_at) < before))


def issue(session: Session, actor: str, token: Token, digest: str, person_id: int | None) -> Done:
    row = TokenRow(
        **token.model_dump(), digest=digest, person_id=person_id, made_by=actor, made_at=clock.now(), row_version=1
    )
    session.add(row)
    session.flush()
    return _told_token(session, actor, row, marked("The token {name!r} was issued"))


def revoke_token(session: Session, actor: str, token_id: int) -> Done:
    """Raises NotFound."""
    row = session.exec(select(TokenRow).where(TokenRow.id == token_id)).first()
    if row is None:
        raise NotFound(tr("there is no token {number}", number=token_id))
    if row.revoked_at:
        return Done(tr("Nothing was changed"), changed=False)
    swap(session, TokenRow, row, row.row_version, {"revoked_at": clock.now()}, what=tr("This token"))
    return _told_token(session, actor, row, marked("The token {name!r} was revoked"))


def _told_token(session: Session, actor: str, row: TokenRow, did: str) -> Done:
    wrote = [Scope("token", row.id)]
    detail = {"actions": row.actions, "systems": row.systems, "expires_on": row.expires_on.isoformat()}
    return recorded(
        session,
        actor,
        "token",
        "",
        f"token {row.id}",
        lambda: tr(did, name=row.name),
        wrote=wrote,
        detail=detail,
    )
