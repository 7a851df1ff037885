"""People and their roles, logins and tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlmodel import Session, col, func, select

from readiness import names
from readiness.access import Grant
from readiness.errors import NotFound
from readiness.language import tr
from readiness.model.people import Account, Identity, IssuedToken, Person, Token
from readiness.store.engine import Store
from readiness.store.tables import GrantRow, LoginRow, PersonAddressRow, PersonLoginRow, PersonRow, TokenRow

from .records import record_of

T = TypeVar("T")


def accounts(session: Session, people: Sequence[int] | None = None) -> list[Account]:
    """Everybody, or some, by name: with every address, role, and when they were last here."""
    query = select(PersonRow).order_by(PersonRow.name, PersonRow.address)
    rows = session.exec(query if people is None else query.where(col(PersonRow.id).in_(people))).all()
    further = _by_person(session.exec(select(PersonAddressRow.person_id, PersonAddressRow.address)).all())
    given = _by_person(
        (person, Grant(role, system or None))
        for person, role, system in session.exec(select(GrantRow.person_id, GrantRow.role, GrantRow.system)).all()
    )
    last = select(LoginRow.person_id, func.max(LoginRow.seen_at)).group_by(col(LoginRow.person_id))
    seen = dict(session.exec(last).all())
    return [
        Account(
            id=row.id,
            row_version=row.row_version,
            person=record_of(Person, row),
            addresses=sorted(further.get(row.id, ())),
            grants=frozenset(given.get(row.id, ())),
            seen_at=seen.get(row.id),
        )
        for row in rows
    ]


def _by_person(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for person, value in pairs:
        found.setdefault(person, []).append(value)
    return found


def account(session: Session, person_id: int) -> Account:
    """Raises NotFound."""
    found = accounts(session, [person_id])
    if not found:
        raise NotFound(
            tr("there is no person {number}", number=person_id), expected=tr("one whom the page People lists")
        )
    return found[0]


def bearers(session: Session, name: str) -> int:
    """How many people here bear a name."""
    rows = session.exec(select(PersonRow.name).where(col(PersonRow.left_on).is_(None))).all()
    return sum(row.strip().casefold() == name.strip().casefold() for row in rows)


def person_of_login(session: Session, identity: Identity) -> int | None:
    """The person whom a provider called by this subject before."""
    row = session.get(PersonLoginRow, (identity.issuer, identity.subject))
    return row.person_id if row else None


def person_of_address(session: Session, address: str) -> int | None:
    """The person who has an address, their first or another one."""
    own = session.exec(select(PersonRow.id).where(PersonRow.address == address)).first()
    if own is not None:
        return own
    row = session.get(PersonAddressRow, address)
    return row.person_id if row else None


def is_bound(session: Session, person_id: int, issuer: str) -> bool:
    """Whether a provider already calls this person something."""
    query = select(PersonLoginRow.subject).where(PersonLoginRow.person_id == person_id, PersonLoginRow.issuer == issuer)
    return session.exec(query).first() is not None


def login(session: Session, key: str) -> LoginRow | None:
    return session.get(LoginRow, key)


def shown(store: Store) -> dict[str, str]:
    """What people are called, by each of their addresses; of those who left it is said."""
    with store.reading() as session:
        everybody = accounts(session)
    bearers = Counter(names.key(account.person.shown) for account in everybody)
    return {
        address: _called(account.person, alone=bearers[names.key(account.person.shown)] == 1)
        for account in everybody
        for address in sorted(account.known_as)
    }


def _called(person: Person, *, alone: bool) -> str:
    """With the address where others bear the name."""
    name = person.shown if alone else f"{person.shown} ({person.address})"
    return f"{name} (left)" if person.left_on else name


def tokens(session: Session) -> list[IssuedToken]:
    """Newest first."""
    query = (
        select(TokenRow, PersonRow.address)
        .outerjoin(PersonRow, col(PersonRow.id) == TokenRow.person_id)
        .order_by(col(TokenRow.id).desc())
    )
    return [_issued(row, address) for row, address in session.exec(query).all()]


def token_of(session: Session, digest: str) -> tuple[IssuedToken, int | None] | None:
    """The token with a digest, and the person it acts for."""
    row = session.exec(select(TokenRow).where(TokenRow.digest == digest)).first()
    return (_issued(row, None), row.person_id) if row else None


def _issued(row: TokenRow, address: str | None) -> IssuedToken:
    return IssuedToken(
        id=row.id,
        row_version=row.row_version,
        token=record_of(Token, row),
        of=address or row.made_by,
        made_by=row.made_by,
        made_at=row.made_at,
        revoked_at=row.revoked_at,
    )
