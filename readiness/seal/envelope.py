"""A signature around exact bytes (DSSE, https://github.com/secure-systems-lab/dsse): Ed25519, and one form of JSON."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from readiness.errors import InputError
from readiness.importers.source.gateway import parse_json, to_text
from readiness.language import tr

from . import canonical, keys

_KEY_ID = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Envelope:
    """`signatures` by the id of the key that made them, as the envelope says: a hint, until one of them holds."""

    payload_type: str
    payload: bytes
    signatures: Mapping[str, bytes]

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the signature under the key's own id is the key's."""
        signature = self.signatures.get(keys.id_of(key))
        if signature is None:
            return False
        try:
            key.verify(signature, pre_authentication(self.payload_type, self.payload))
        except InvalidSignature:
            return False
        return True


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """What is signed: type and content with their lengths, so that neither can pass for a part of the other."""
    named = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(named), named, len(payload), payload)


def sign(payload_type: str, payload: bytes, key: Ed25519PrivateKey) -> bytes:
    signature = key.sign(pre_authentication(payload_type, payload))
    return _written(Envelope(payload_type, payload, {keys.id_of(key.public_key()): signature}))


def read(body: bytes, *, file: str) -> Envelope:
    """The envelope, in the one form in which `sign` writes it. Raises InputError for anything else."""
    try:
        stated = parse_json(to_text(body, file=file), file=file)
        signatures = {_key_id(each["keyid"]): _decoded(each["sig"]) for each in stated["signatures"]}
        envelope = Envelope(str(stated["payloadType"]), _decoded(stated["payload"]), signatures)
    except (KeyError, TypeError, ValueError) as exc:
        raise _refused(file) from exc
    if _written(envelope) != body:
        raise _refused(file)
    return envelope


def _written(envelope: Envelope) -> bytes:
    signatures = [{"keyid": key, "sig": _encoded(signature)} for key, signature in envelope.signatures.items()]
    stated = {"payload": _encoded(envelope.payload), "payloadType": envelope.payload_type, "signatures": signatures}
    return canonical.dumps(stated)


def _key_id(stated: str) -> str:
    if not _KEY_ID.fullmatch(stated):
        raise ValueError("not the id of a key")
    return stated


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as exc:
        raise ValueError("not base64") from exc


def _refused(file: str) -> InputError:
    return InputError(tr("this is not a signed envelope"), file=file, expected=tr("one that readiness wrote (DSSE)"))
