"""People: who they are, what they were given, and how somebody who logs in is told to be one of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from readiness.access import Action, Grant
from readiness.language import tr

from .record import Line, Record, Slug

_ADDRESS = re.compile(r"[^@\s<>\"'(),;:]+@[^@\s<>\"'(),;:]+")
LONGEST_ADDRESS = 254


def _address(text: str) -> str:
    """Raises ValueError for what cannot be one; nothing tells whether somebody reads it."""
    address = text.strip().lower()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise ValueError(tr("{text!r} is no address; expected one such as name@example.com", text=text[:60]))
    return address


Address = Annotated[str, AfterValidator(_address)]
"""An e-mail address, which is what a person is told by; two people of one name have two."""


class Person(Record):
    """`address` is what is written down of them. Whoever left may do nothing, and what they did stays theirs."""

    address: Address
    name: Line = ""
    left_on: dt.date | None = None

    @property
    def shown(self) -> str:
        return self.name.strip() or self.address


@dataclass(frozen=True)
class Identity:
    """Somebody whom a provider vouches for. `key` tells one login from every other one."""

    issuer: str
    subject: str
    address: str
    name: str
    groups: frozenset[str]
    began: dt.datetime
    key: str


@dataclass(frozen=True)
class LoginRules:
    """How long a login holds, and which roles come from what the provider says of a person.

    `idle` is the longest time between two looks. `mapped` pairs a value of the claim with what it grants.
    """

    idle: dt.timedelta = dt.timedelta(hours=1)
    absolute: dt.timedelta = dt.timedelta(hours=12)
    mapped: Sequence[tuple[str, Grant]] = ()

    def granted(self, groups: frozenset[str]) -> frozenset[Grant]:
        return frozenset(grant for value, grant in self.mapped if value in groups)


class Token(Record):
    """What a program shows instead of a login: some actions on some systems (none named: all), until a day."""

    name: Line
    actions: list[Action]
    systems: list[Slug] = Field(default_factory=list)
    expires_on: dt.date


@dataclass(frozen=True)
class Account:
    """A person as an administrator sees them; `row_version` is what a change must name."""

    id: int
    row_version: int
    person: Person
    addresses: Sequence[str]
    grants: frozenset[Grant]
    seen_at: dt.datetime | None

    @property
    def known_as(self) -> frozenset[str]:
        return frozenset({self.person.address, *self.addresses})


@dataclass(frozen=True)
class IssuedToken:
    """A token as it is listed: never the token itself, which is shown once."""

    id: int
    row_version: int
    token: Token
    of: str
    made_by: str
    made_at: dt.datetime
    revoked_at: dt.datetime | None
