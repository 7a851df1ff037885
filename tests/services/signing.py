"""A producer that signs what it hands in, and the file in which somebody trusts it."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from readiness.seal import canonical
from readiness.seal.envelope import pre_authentication
from readiness.seal.producers import VARIABLE

PLAIN, IN_TOTO = "text/csv", "application/vnd.in-toto+json"


@dataclass(frozen=True)
class Lab:
    """Whoever makes evidence."""

    name: str
    key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return self.key.public_key().public_bytes(*form).decode()

    @property
    def id(self) -> str:
        form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return canonical.digest(self.key.public_key().public_bytes(*form))

    def signature(self, kind: str, payload: bytes, **stated: Any) -> dict[str, Any]:
        message = pre_authentication(kind, payload)
        if isinstance(self.key, Ed25519PrivateKey):
            made = self.key.sign(message)
        else:
            made = self.key.sign(message, ec.ECDSA(hashes.SHA256()))
        return {"keyid": self.id, "sig": base64.b64encode(made).decode(), **stated}

    def sign(self, payload: bytes, kind: str = PLAIN) -> dict[str, Any]:
        return envelope(payload, [self.signature(kind, payload)], kind)

    def about(self, *bodies: bytes) -> dict[str, Any]:
        """A statement that names files by their digests."""
        return self.sign(statement(*bodies), IN_TOTO)


def envelope(payload: bytes, signatures: list[Any], kind: str = PLAIN) -> dict[str, Any]:
    return {"payload": base64.b64encode(payload).decode(), "payloadType": kind, "signatures": signatures}


def statement(*bodies: bytes) -> bytes:
    subject = [
        {"name": f"file-{at}", "digest": {"sha256": hashlib.sha256(body).hexdigest()}} for at, body in enumerate(bodies)
    ]
    stated = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject,
        "predicateType": "https://x.example/run/v1",
    }
    return json.dumps(stated | {"predicate": {}}).encode()


def lab(name: str = "Acme Lab", seed: bytes = b"p") -> Lab:
    return Lab(name, Ed25519PrivateKey.from_private_bytes(seed * 32))


def curve(name: str = "Curve Lab") -> Lab:
    return Lab(name, ec.derive_private_key(12345, ec.SECP256R1()))


def trust(folder: Path, *labs: Lab) -> Path:
    path = folder / "producers.toml"
    path.write_text(
        "".join(
            f'[[producers]]\nname = "{each.name}"\n[[producers.keys]]\npem = """\n{each.pem}"""\n' for each in labs
        ),
        "utf-8",
    )
    return path


__all__ = ["VARIABLE", "Lab", "curve", "envelope", "lab", "statement", "trust"]
