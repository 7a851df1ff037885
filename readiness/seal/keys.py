"""Ed25519 keys as files that openssl reads: private ones encrypted and closed to others, public ones as PEM."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from readiness import formatting
from readiness.errors import InputError
from readiness.language import tr

from . import canonical

BEGIN = b"-----BEGIN "
SHORTEST_PASSPHRASE = 16
"""Characters: who gets hold of the file can try as fast as machines allow."""
LARGEST = 64 * 1024
"""Bytes of a file of keys."""
MOST_ROOTS = 20


def generate() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def id_of(key: Ed25519PublicKey) -> str:
    """SHA-256 of the public key in DER, in hex; openssl tells the same."""
    return canonical.digest(_der(key))


def public_text(key: Ed25519PublicKey) -> str:
    """The key in DER as base64: what stands between the lines of its PEM."""
    return base64.b64encode(_der(key)).decode()


def public_of(text: str) -> Ed25519PublicKey:
    """The key of `public_text`. Raises ValueError."""
    try:
        key = serialization.load_der_public_key(base64.b64decode(text, validate=True))
    except UnsupportedAlgorithm as exc:
        raise ValueError("not an Ed25519 key") from exc
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")  # noqa: TRY004 - what was handed in is wrong, not the program
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def private_pem(key: Ed25519PrivateKey, passphrase: str, *, place: str) -> bytes:
    """The key as encrypted PKCS #8. Raises InputError for a passphrase that is soon guessed; `place` is its name."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InputError(
            tr("the passphrase is too short"),
            place=place,
            expected=tr("at least {least} characters", least=SHORTEST_PASSPHRASE),
        )
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )


def roots_of(path: Path) -> list[Ed25519PublicKey]:
    """The public keys of a file, one PEM behind the other. Raises InputError."""
    body = read(path)
    try:
        found = [public_of("".join(block.split())) for block in _blocks(body.decode("ascii"))]
    except ValueError as exc:
        raise InputError(tr("a key in it cannot be read"), file=path.name, expected=_root()) from exc
    if not 0 < len(found) <= MOST_ROOTS:
        raise InputError(tr("it holds {number} keys", number=len(found)), file=path.name, expected=_root())
    return found


def private_of(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """The key of an encrypted file that nobody else may read. Raises InputError."""
    body = read(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise InputError(
            tr("others may read this key (mode {mode:03o})", mode=mode), file=str(path), expected="chmod 600"
        )
    if b"ENCRYPTED" not in body:
        raise InputError(tr("the key is not encrypted"), file=str(path), expected=tr("a key that readiness keys made"))
    return opened(body, passphrase, file=str(path))


def opened(body: bytes, passphrase: str, *, file: str) -> Ed25519PrivateKey:
    """A private key from its PEM; no passphrase where it is not encrypted. Raises InputError."""
    try:
        key = serialization.load_pem_private_key(body, passphrase.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise InputError(tr("the key cannot be opened"), file=file, expected=tr("the key's own passphrase")) from exc
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(tr("the key is of another kind"), file=file, expected=tr("an Ed25519 key"))
    return key


def read(path: Path) -> bytes:
    """A small file whole. Raises InputError."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except OSError as exc:
        raise InputError(
            tr("the file cannot be read ({why})", why=exc.strerror), file=str(path), expected="a file"
        ) from exc
    if len(body) > LARGEST:
        raise InputError(
            tr("the file is too large for keys"),
            file=path.name,
            expected=tr("at most {most} bytes", most=formatting.whole(LARGEST)),
        )
    return body


_HEAD, _FOOT = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"


def _root() -> str:
    return tr("one to {most} public Ed25519 keys as PEM", most=MOST_ROOTS)


def _blocks(text: str) -> list[str]:
    blocks = text.split(_HEAD)[1:]
    if any(_FOOT not in block for block in blocks):
        raise ValueError("a block without an end")
    return [block.partition(_FOOT)[0] for block in blocks]


def _der(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
