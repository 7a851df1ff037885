"""Evidence that its producer signed: DSSE envelopes of others, held against the keys that are trusted here.

DSSE (https://github.com/secure-systems-lab/dsse, version 1.0.2) leaves the id of a key a mere hint, so every trusted
key is tried on every signature; both are few. A signature that names a trusted key and is not that key's is a bad one.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from readiness import formatting, strict_toml
from readiness.errors import InputError, from_validation
from readiness.language import marked, tr

from . import canonical, keys
from .envelope import pre_authentication

VARIABLE = "READINESS_TRUSTED_PRODUCERS"
MOST_PRODUCERS, MOST_KEYS, MOST_SIGNATURES = 100, 10, 10
LONGEST = 300
"""Characters of a name, of a type and of the id of a key."""
_HASHES: dict[int, hashes.HashAlgorithm] = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
"""By the bits of the curve."""
_EXPECTED = marked("a DSSE envelope with payload, payloadType and signatures")
_URL_SAFE = str.maketrans("-_", "+/")
Key = Ed25519PublicKey | ec.EllipticCurvePublicKey
Word = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, strip_whitespace=True)]


class TrustedKey(BaseModel):
    """A public key as PEM: Ed25519, or ECDSA on P-256, P-384 or P-521. `id` is what its producer calls it."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    pem: str
    id: Annotated[str, StringConstraints(max_length=LONGEST)] = ""

    @cached_property
    def key(self) -> Key:
        return _public(self.pem)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the key in DER, in hex."""
        der = self.key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return canonical.digest(der)

    def is_named(self, key_id: str) -> bool:
        return bool(key_id) and key_id in (self.id, self.fingerprint)

    def made(self, signature: bytes, message: bytes) -> bool:
        try:
            if isinstance(self.key, Ed25519PublicKey):
                self.key.verify(signature, message)
            else:
                self.key.verify(signature, message, ec.ECDSA(_HASHES[self.key.curve.key_size]))
        except InvalidSignature:
            return False
        return True


class Producer(BaseModel):
    """An organisation or a tool that signs evidence; not a person, since its name may stand in packs."""

    model_config = ConfigDict(extra="forbid")

    name: Word
    keys: Annotated[list[TrustedKey], Field(min_length=1, max_length=MOST_KEYS)]

    @model_validator(mode="after")
    def _readable(self) -> Producer:
        for key in self.keys:
            key.fingerprint  # noqa: B018 - read, so that a key that cannot be is told at once
        return self


class _Trusted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    producers: Annotated[list[Producer], Field(max_length=MOST_PRODUCERS)] = []


@dataclass(frozen=True)
class Signature:
    key_id: str
    body: bytes


@dataclass(frozen=True)
class SignedPayload:
    """What an envelope holds, whoever signed it."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]


def configured() -> list[Producer]:
    """Those that the environment names, none where it names no file. Raises InputError."""
    named = os.environ.get(VARIABLE, "").strip()
    return read_trusted(Path(named)) if named else []


def read_trusted(path: Path) -> list[Producer]:
    """The producers of a TOML file. Raises InputError with the place of what is wrong."""
    body = keys.read(path)
    try:
        found = _Trusted.model_validate(strict_toml.loads(body.decode(), depth=4)).producers
    except UnicodeDecodeError as exc:
        raise InputError(tr("the text is not UTF-8"), file=path.name, expected=tr("UTF-8 text")) from exc
    except ValidationError as exc:
        raise from_validation(exc, file=path.name) from exc
    except InputError as exc:
        raise exc.within(file=path.name) from exc
    everyone = [key.fingerprint for producer in found for key in producer.keys]
    if len(set(everyone)) < len(everyone):
        raise InputError(tr("a key stands twice"), file=path.name, expected=tr("each key once, with one producer"))
    return found


def parse(stated: Any, *, file: str) -> SignedPayload:
    """An envelope from its JSON; what it holds beside is passed over. Raises InputError for what is none."""
    if not isinstance(stated, dict) or not isinstance(stated.get("signatures"), list):
        raise _refused(file)
    signatures = stated["signatures"]
    if not 0 < len(signatures) <= MOST_SIGNATURES:
        problem = tr("the envelope has {signatures}", signatures=formatting.count(len(signatures), "signature"))
        raise InputError(problem, file=file, expected=tr("one to {most}", most=MOST_SIGNATURES))
    kind = stated.get("payloadType")
    if not isinstance(kind, str) or not 0 < len(kind) <= LONGEST:
        raise _refused(file)
    return SignedPayload(
        kind, _decoded(stated.get("payload"), file), tuple(_signature(each, file) for each in signatures)
    )


def signers(signed: SignedPayload, trusted: Sequence[Producer], *, file: str) -> list[str]:
    """The names of the producers that signed it; empty where no key that is trusted did.

    Raises InputError where a signature names a trusted key, and is not that key's.
    """
    message = pre_authentication(signed.payload_type, signed.payload)
    found: dict[str, None] = {}
    for signature in signed.signatures:
        made_by = next((name for name, key in _keys(trusted) if key.made(signature.body, message)), "")
        if made_by:
            found[made_by] = None
        elif claimed := next((name for name, key in _keys(trusted) if key.is_named(signature.key_id)), ""):
            raise InputError(
                tr("the signature is not one of {producer}, whose key it names", producer=claimed),
                file=file,
                expected=tr("the file as it was signed"),
            )
    return sorted(found)


def _keys(trusted: Sequence[Producer]) -> Iterator[tuple[str, TrustedKey]]:
    return ((producer.name, key) for producer in trusted for key in producer.keys)


def _signature(stated: Any, file: str) -> Signature:
    if not isinstance(stated, dict):
        raise _refused(file)
    key_id = "" if stated.get("keyid") is None else stated["keyid"]
    if not isinstance(key_id, str) or len(key_id) > LONGEST:
        raise _refused(file)
    return Signature(key_id, _decoded(stated.get("sig"), file))


def _decoded(text: Any, file: str) -> bytes:
    """Base64 in either alphabet, as the specification allows."""
    if not isinstance(text, str) or not text or not text.isascii():
        raise _refused(file)
    try:
        return base64.b64decode(text.translate(_URL_SAFE), validate=True)
    except binascii.Error as exc:
        raise _refused(file) from exc


def _public(pem: str) -> Key:
    try:
        key = serialization.load_pem_public_key(pem.strip().encode("ascii"))
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise ValueError(tr("this key cannot be read; expected a public key as PEM")) from exc
    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and re.fullmatch("secp(256|384|521)r1", key.curve.name):
        return key
    raise ValueError(tr("this key is of another kind; expected Ed25519, or ECDSA on P-256, P-384 or P-521"))


def _refused(file: str) -> InputError:
    return InputError(tr("this is not a signed envelope"), file=file, expected=tr(_EXPECTED))
