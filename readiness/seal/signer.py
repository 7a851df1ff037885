"""The key that seals the packs made here, as the environment names it. It is never in the store or the repository."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from readiness.errors import InputError
from readiness.language import tr

from . import envelope, keyring, keys, statement

KEY_VARIABLE, PASSPHRASE_VARIABLE = "READINESS_PACK_KEY", "READINESS_PACK_PASSPHRASE"
KEYRING_VARIABLE = "READINESS_PACK_KEYRING"


@dataclass(frozen=True)
class Signer:
    """A key of packs, with the keyring that vouches for it."""

    key: Ed25519PrivateKey
    entry: keyring.KeyEntry
    keyring: keyring.SignedKeyring

    def sign(self, body: bytes) -> bytes:
        return envelope.sign(statement.MEDIA_TYPE, body, self.key)

    def check(self, now: dt.datetime) -> None:
        """Raises InputError where nobody would accept what it signs."""
        if self.entry.revoked:
            raise _unfit(tr("the key {name} is revoked", name=self.entry.name), tr("a key that is not"))
        if not self.entry.may_sign_on(now.astimezone(dt.UTC).date()):
            raise _unfit(
                tr(
                    "the key {name} signs from {first} to {last} only",
                    name=self.entry.name,
                    first=self.entry.first,
                    last=self.entry.last,
                ),
                tr("a new key"),
            )


def configured() -> Signer | None:
    """The signer that the environment names; None where it names none. Raises InputError.

    READINESS_PACK_KEY is an encrypted file, or the PEM itself where a vault puts it into the environment.
    """
    named = os.environ.get(KEY_VARIABLE, "").strip()
    if not named:
        return None
    passphrase = os.environ.get(PASSPHRASE_VARIABLE, "")
    if named.startswith(keys.BEGIN.decode()):
        key = keys.opened(named.replace("\\n", "\n").encode(), passphrase, file=KEY_VARIABLE)
    else:
        key = keys.private_of(Path(named), passphrase)
    vouched = os.environ.get(KEYRING_VARIABLE, "").strip()
    if not vouched:
        raise InputError(
            tr("no keyring is named"), place=KEYRING_VARIABLE, expected=tr("the keyring that names the key")
        )
    return of(key, keyring.read(keys.read(Path(vouched)), file=vouched))


def of(key: Ed25519PrivateKey, vouched: keyring.SignedKeyring) -> Signer:
    """Raises InputError where the keyring does not name the key."""
    entry = vouched.keyring.find(keys.id_of(key.public_key()))
    if entry is None:
        raise _unfit(tr("the keyring does not name the key"), tr("the keyring that readiness keys new wrote with it"))
    return Signer(key, entry, vouched)


def _unfit(problem: str, expected: str) -> InputError:
    return InputError(problem, place=KEY_VARIABLE, expected=expected)
