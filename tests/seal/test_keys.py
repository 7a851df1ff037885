"""Keys on disk: encrypted, closed to others, and read by openssl."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from readiness.errors import InputError
from readiness.seal import keys

from .conftest import PASSPHRASE, Sealer


def private(acme: Sealer) -> bytes:
    return keys.private_pem(acme.key, PASSPHRASE, place="PASSPHRASE")


@pytest.fixture
def file(tmp_path: Path, acme: Sealer) -> Path:
    path = tmp_path / "pack.pem"
    path.write_bytes(private(acme))
    path.chmod(0o600)
    return path


def test_a_key_comes_back_with_its_passphrase_alone(file: Path, acme: Sealer) -> None:
    assert keys.private_of(file, PASSPHRASE).private_bytes_raw() == acme.key.private_bytes_raw()
    for wrong in ("", "staple"):
        with pytest.raises(InputError, match="the key cannot be opened; expected the key's own passphrase"):
            keys.private_of(file, wrong)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o777])
def test_a_key_that_others_may_read_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(InputError, match=rf"others may read this key \(mode {mode:03o}\); expected chmod 600"):
        keys.private_of(file, PASSPHRASE)


def bare(key: Ed25519PrivateKey | rsa.RSAPrivateKey, encryption: serialization.KeySerializationEncryption) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def test_a_file_that_is_not_encrypted_is_refused(file: Path, acme: Sealer) -> None:
    file.write_bytes(bare(acme.key, serialization.NoEncryption()))
    with pytest.raises(InputError, match="the key is not encrypted"):
        keys.private_of(file, "")


def test_a_key_of_another_kind_is_refused(file: Path) -> None:
    other = rsa.generate_private_key(65537, 2048)
    file.write_bytes(bare(other, serialization.BestAvailableEncryption(PASSPHRASE.encode())))
    with pytest.raises(InputError, match="the key is of another kind; expected an Ed25519 key"):
        keys.private_of(file, PASSPHRASE)


def test_a_passphrase_that_is_soon_guessed_is_refused(acme: Sealer) -> None:
    with pytest.raises(InputError, match="PASSPHRASE: the passphrase is too short; expected at least 16 characters"):
        keys.private_pem(acme.key, "short", place="PASSPHRASE")


def test_openssl_reads_the_keys_and_tells_the_same_fingerprint(file: Path, tmp_path: Path, acme: Sealer) -> None:
    opened = ["openssl", "pkey", "-in", str(file), "-passin", f"pass:{PASSPHRASE}", "-pubout"]
    public = subprocess.run(opened, check=True, capture_output=True).stdout
    assert public == keys.public_pem(acme.key.public_key())
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, check=True, capture_output=True
    )
    told = subprocess.run(["openssl", "dgst", "-sha256"], input=der.stdout, check=True, capture_output=True).stdout
    assert told.decode().split()[-1] == keys.id_of(acme.key.public_key())


def test_a_file_may_name_several_roots(tmp_path: Path, acme: Sealer) -> None:
    path = tmp_path / "roots.pub"
    public = [keys.public_pem(key.public_key()) for key in (acme.root, acme.key)]
    path.write_bytes(b"the old one\n" + public[0] + b"the new one\n" + public[1])
    assert list(map(keys.id_of, keys.roots_of(path))) == [keys.id_of(key.public_key()) for key in (acme.root, acme.key)]


HEAD, FOOT = b"-----BEGIN PUBLIC KEY-----\n", b"\n-----END PUBLIC KEY-----\n"
OTHER_KIND = rsa.generate_private_key(65537, 2048).public_key()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"ssh-ed25519 AAAA",
        HEAD,
        HEAD + b"!" + FOOT,
        HEAD + b"AAAA" + FOOT,
        OTHER_KIND.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        keys.public_pem(Sealer().root.public_key()) * 21,
    ],
)
def test_what_is_no_public_key_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "root.pub"
    path.write_bytes(body)
    with pytest.raises(InputError, match="expected one to 20 public Ed25519 keys as PEM"):
        keys.roots_of(path)


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the file cannot be read \(No such file"):
        keys.roots_of(tmp_path / "absent")
    (tmp_path / "large").write_bytes(b"x" * (keys.LARGEST + 1))
    with pytest.raises(InputError, match="the file is too large for keys"):
        keys.roots_of(tmp_path / "large")
