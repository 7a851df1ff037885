"""Somebody who seals packs: a root, a key of the year, and packs that they signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from readiness.seal import canonical, keyring, keys, sealing, signer, statement
from readiness.seal.keyring import KeyEntry, Keyring, Revocation
from readiness.seal.signer import Signer, of

PASSPHRASE = "staple-staple-staple"  # noqa: S105 - of the tests
NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
MEMBERS = {
    "snapshot.json": b'{"level":"blocked"}',
    "pack.md": b"# Blocked\n",
    "tables/gaps.csv": b'"gap"\r\n"rollback"\r\n',
}


@dataclass(frozen=True)
class Sealer:
    """A root and a key, the same in every run."""

    root: Ed25519PrivateKey = field(default_factory=lambda: Ed25519PrivateKey.from_private_bytes(b"r" * 32))
    key: Ed25519PrivateKey = field(default_factory=lambda: Ed25519PrivateKey.from_private_bytes(b"k" * 32))

    @property
    def entry(self) -> KeyEntry:
        public = self.key.public_key()
        days = {"first": dt.date(2026, 1, 1), "last": dt.date(2027, 1, 31)}
        return KeyEntry(id=keys.id_of(public), name="Acme 2026", public=keys.public_text(public), **days)

    @property
    def ring(self) -> Keyring:
        return Keyring(number=2, issued=NOON - dt.timedelta(days=300), keys=[self.entry])

    def signed(self, ring: Keyring | None = None) -> keyring.SignedKeyring:
        return keyring.read((ring or self.ring).signed(self.root))

    def revoked(self, reason: str = "the laptop was stolen") -> keyring.SignedKeyring:
        at = NOON + dt.timedelta(days=9)
        return self.signed(self.ring.without(self.entry.id, Revocation(at=at, reason=reason)))

    @property
    def signer(self) -> Signer:
        return of(self.key, self.signed())

    def seal(self, members: Mapping[str, bytes] = MEMBERS, made: dt.datetime = NOON) -> bytes:
        return sealing.seal(members, facts(members, made), self.signer)


def facts(
    members: Mapping[str, bytes] = MEMBERS, made: dt.datetime = NOON, previous: str | None = None
) -> statement.Predicate:
    return statement.Predicate(
        system="copilot",
        snapshot=canonical.digest(members["snapshot.json"]),
        checklist=statement.ChecklistRead(id="llm-rollout", version="1"),
        verdict="blocked",
        audience="leadership",
        draft=False,
        redaction=statement.Withheld(profile="leadership", digest="a" * 64),
        templates="b" * 64,
        previous=previous,
        audit_head="c" * 64,
        as_of=made.date(),
        made=made,
        program="1.0",
    )


def unsigned(members: Mapping[str, bytes] = MEMBERS) -> bytes:
    return sealing.seal(members, facts(members), None)


def configure(acme: Sealer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Key and keyring in a folder, which the environment names from now on."""
    (folder / "pack.pem").write_bytes(keys.private_pem(acme.key, PASSPHRASE, place="PASSPHRASE"))
    (folder / "pack.pem").chmod(0o600)
    (folder / "keyring.json").write_bytes(acme.signed().body)
    monkeypatch.setenv(signer.KEY_VARIABLE, str(folder / "pack.pem"))
    monkeypatch.setenv(signer.PASSPHRASE_VARIABLE, PASSPHRASE)
    monkeypatch.setenv(signer.KEYRING_VARIABLE, str(folder / "keyring.json"))


@pytest.fixture
def acme() -> Sealer:
    return Sealer()
