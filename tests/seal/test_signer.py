"""The key that the environment names."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from readiness.errors import InputError
from readiness.seal import keys, signer
from readiness.seal.keyring import KeyEntry

from .conftest import NOON, Sealer, configure
from .test_keys import private


@pytest.fixture
def named(acme: Sealer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with key and keyring, which the environment names."""
    configure(acme, tmp_path, monkeypatch)
    return tmp_path


def test_where_none_is_named_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(signer.KEY_VARIABLE, raising=False)
    assert signer.configured() is None


def test_a_file_is_opened_with_its_passphrase(named: Path, acme: Sealer) -> None:
    found = signer.configured()
    assert found is not None
    assert found.entry == acme.entry
    assert found.sign(b"{}") == acme.signer.sign(b"{}")


@pytest.mark.parametrize("line_end", ["\n", "\\n"])
def test_a_vault_may_put_the_key_itself_into_the_environment(
    named: Path, acme: Sealer, monkeypatch: pytest.MonkeyPatch, line_end: str
) -> None:
    (named / "pack.pem").unlink()
    monkeypatch.setenv(signer.KEY_VARIABLE, private(acme).decode().replace("\n", line_end))
    found = signer.configured()
    assert found is not None
    assert found.entry == acme.entry


def test_in_the_environment_it_need_not_be_encrypted(
    named: Path, acme: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = acme.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    monkeypatch.setenv(signer.KEY_VARIABLE, plain.decode())
    monkeypatch.delenv(signer.PASSPHRASE_VARIABLE)
    assert signer.configured() is not None


def test_a_key_without_its_keyring_is_refused(named: Path, acme: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
    other = dataclasses.replace(acme, key=keys.generate())
    (named / "keyring.json").write_bytes(other.signed().body)
    with pytest.raises(InputError, match="READINESS_PACK_KEY: the keyring does not name the key"):
        signer.configured()
    monkeypatch.delenv(signer.KEYRING_VARIABLE)
    with pytest.raises(InputError, match="READINESS_PACK_KEYRING: no keyring is named"):
        signer.configured()


def altered(acme: Sealer, entry: KeyEntry) -> signer.Signer:
    return dataclasses.replace(acme.signer, entry=entry)


def test_what_nobody_would_accept_is_not_signed(acme: Sealer) -> None:
    acme.signer.check(NOON)
    for day in (dt.timedelta(days=-400), dt.timedelta(days=400)):
        with pytest.raises(InputError, match="the key Acme 2026 signs from 2026-01-01 to 2027-01-31 only"):
            acme.signer.check(NOON + day)
    with pytest.raises(InputError, match="the key Acme 2026 is revoked"):
        altered(acme, acme.revoked().keyring.keys[0]).check(NOON)
