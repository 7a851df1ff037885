"""Which keys sign packs, from when and until when: a list that an offline root signs and every pack carries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from readiness.errors import InputError, from_validation
from readiness.importers.source.gateway import parse_json, to_text
from readiness.language import tr

from . import canonical, envelope, keys

TYPE = "application/vnd.readiness.keyring+json"
FILE = "keyring.json"
LONGEST_NAME = 300
Word = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]


class Revocation(BaseModel):
    """From when on a key is not trusted, and why: nothing in a pack shows that it was sealed before."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime
    reason: Word


class KeyEntry(BaseModel):
    """One key of packs: both days are days on which it may sign, in UTC."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: Word
    public: str
    first: dt.date
    last: dt.date
    revoked: Revocation | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if keys.id_of(keys.public_of(self.public)) != self.id:
            raise ValueError(tr("the id is not that of the key"))
        if self.first > self.last:
            raise ValueError(tr("the key ends before it begins"))
        return self

    @property
    def key(self) -> Ed25519PublicKey:
        return keys.public_of(self.public)

    def may_sign_on(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


class Keyring(BaseModel):
    """`number` grows with each change, so that of two lists the newer one is known."""

    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    number: Annotated[int, Field(ge=1, le=1_000_000)]
    issued: AwareDatetime
    keys: Annotated[list[KeyEntry], Field(max_length=500)] = []

    def find(self, key_id: str) -> KeyEntry | None:
        return next((entry for entry in self.keys if entry.id == key_id), None)

    def signed(self, root: Ed25519PrivateKey) -> bytes:
        return envelope.sign(TYPE, canonical.dumps(self.model_dump(mode="json", exclude_none=True)), root)

    def with_key(self, entry: KeyEntry, now: dt.datetime) -> Keyring:
        return self._next([*self.keys, entry], now)

    def without(self, key_id: str, revocation: Revocation) -> Keyring:
        """With a key revoked. Raises InputError for one that is not in it, or was revoked before."""
        found = self.find(key_id)
        if found is None or found.revoked:
            known = ", ".join(entry.id for entry in self.keys if not entry.revoked)
            problem = tr("this key is revoked already") if found else tr("there is no such key")
            raise InputError(problem, file=FILE, place=key_id, expected=known or tr("a key that is in it"))
        revoked = found.model_copy(update={"revoked": revocation})
        return self._next([revoked if entry is found else entry for entry in self.keys], revocation.at)

    def _next(self, entries: list[KeyEntry], now: dt.datetime) -> Keyring:
        return Keyring(number=self.number + 1, issued=now, keys=entries)


@dataclass(frozen=True)
class SignedKeyring:
    """A keyring as it was signed; whose signature it is, `trusted_by` says."""

    keyring: Keyring
    body: bytes
    sealed: envelope.Envelope

    @property
    def roots(self) -> list[str]:
        """The ids of the roots that it says signed it."""
        return list(self.sealed.signatures)

    def trusted_by(self, roots: Sequence[Ed25519PublicKey]) -> Ed25519PublicKey | None:
        """The first of these roots that signed it."""
        return next((root for root in roots if self.sealed.is_signed_by(root)), None)


def read(body: bytes, *, file: str = FILE) -> SignedKeyring:
    """A signed keyring, whoever signed it. Raises InputError."""
    sealed = envelope.read(body, file=file)
    if sealed.payload_type != TYPE:
        raise InputError(
            tr("the envelope holds something else"), file=file, expected=tr("a keyring ({kind})", kind=TYPE)
        )
    stated = parse_json(to_text(sealed.payload, file=file), file=file)
    try:
        return SignedKeyring(Keyring.model_validate(stated), body, sealed)
    except ValidationError as exc:
        raise from_validation(exc, file=file) from exc
