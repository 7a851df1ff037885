"""People, their logins and roles, and the tokens of programs."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field

from readiness.model.people import Person, Token

from .base import NEVER_REUSED, StoreTable, Utc, json_column


class PersonRow(StoreTable, Person, table=True):
    __tablename__ = "person"
    id: int = Field(default=None, primary_key=True)
    row_version: int = 1
    address: str = Field(unique=True)


class PersonAddressRow(StoreTable, table=True):
    """Another address of a person; no two people share one."""

    __tablename__ = "person_address"
    address: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)


class PersonLoginRow(StoreTable, table=True):
    """What a provider calls a person, from their first login on: their address alone does not make somebody them."""

    __tablename__ = "person_login"
    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)


class GrantRow(StoreTable, table=True):
    """A role of a person on one system, by its slug, or with "" on all of them."""

    __tablename__ = "role_grant"
    person_id: int = Field(primary_key=True, foreign_key="person.id")
    role: str = Field(primary_key=True)
    system: str = Field(primary_key=True)


class LoginRow(StoreTable, table=True):
    """A login while it holds: when it was last used, and when it was ended."""

    __tablename__ = "login"
    key: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    seen_at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    ended_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))


class TokenRow(StoreTable, Token, table=True):
    """What a program or a calendar shows instead of a login; only its digest is here."""

    __tablename__ = "token"
    __table_args__ = (UniqueConstraint("digest"), NEVER_REUSED)
    id: int = Field(default=None, primary_key=True)
    row_version: int = 1
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    digest: str
    actions: list[str] = json_column()  # type: ignore[assignment]  # a row holds it as JSON
    systems: list[str] = json_column()
    made_by: str
    made_at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    revoked_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
