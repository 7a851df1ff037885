"""Signatures that other programs read, and those of other programs that are read here."""

from __future__ import annotations

import json

import pytest
from securesystemslib.dsse import Envelope as Theirs
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]

from readiness.errors import InputError
from readiness.seal import envelope, keys

from .conftest import Sealer

TYPE = "application/vnd.in-toto+json"


def their_key(acme: Sealer) -> SSlibKey:
    public = acme.key.public_key()
    return SSlibKey(keys.id_of(public), "ed25519", "ed25519", {"public": public.public_bytes_raw().hex()})


def test_what_is_signed_is_what_the_protocol_says() -> None:
    signed = envelope.pre_authentication("http://example.com/HelloWorld", b"hello world")
    assert signed == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_securesystemslib_accepts_what_is_signed_here(acme: Sealer) -> None:
    ours = envelope.sign(TYPE, b'{"a":1}', acme.key)
    theirs = Theirs.from_dict(json.loads(ours))
    assert theirs.verify([their_key(acme)], 1).keys() == {keys.id_of(acme.key.public_key())}
    assert theirs.payload == b'{"a":1}'


def test_what_securesystemslib_signs_is_accepted_here(acme: Sealer) -> None:
    theirs = Theirs(b'{"a":1}', TYPE, {})
    theirs.sign(CryptoSigner(acme.key, their_key(acme)))
    stated = theirs.to_dict()
    written = json.dumps(stated, sort_keys=True, separators=(",", ":")).encode()
    assert written == envelope.sign(TYPE, b'{"a":1}', acme.key)
    assert envelope.read(written, file="theirs").is_signed_by(acme.key.public_key())


def test_a_signature_holds_for_its_bytes_its_type_and_its_key_alone(acme: Sealer) -> None:
    good = envelope.read(envelope.sign(TYPE, b"content", acme.key), file="e")
    assert good.is_signed_by(acme.key.public_key())
    assert not good.is_signed_by(acme.root.public_key())
    (signature,) = good.signatures.values()
    for other in (
        envelope.Envelope(TYPE, b"contents", good.signatures),
        envelope.Envelope("text/plain", b"content", good.signatures),
        envelope.Envelope(TYPE, b"content", {keys.id_of(acme.root.public_key()): signature}),
    ):
        assert not any(other.is_signed_by(key.public_key()) for key in (acme.key, acme.root))


def test_the_same_bytes_have_the_same_signature(acme: Sealer) -> None:
    assert envelope.sign(TYPE, b"content", acme.key) == envelope.sign(TYPE, b"content", acme.key)


GOOD = envelope.sign(TYPE, b"content", Sealer().key)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"\xff",
        GOOD + b"\n",
        GOOD.replace(b",", b", "),
        GOOD.replace(b"payloadType", b"payloadtype"),
        GOOD.replace(b'"signatures":[', b'"signatures":[1,'),
        GOOD.replace(b'"keyid":"', b'"keyid":"a'),
        GOOD.replace(b'"payload":"', b'"payload":"!'),
        GOOD.replace(b'"signatures"', b'"more":1,"signatures"'),
        json.dumps({"payload": "", "payloadType": TYPE, "signatures": {"a": 1}}).encode(),
    ],
)
def test_an_envelope_in_another_form_is_refused_in_one_sentence(body: bytes) -> None:
    with pytest.raises(InputError, match=r"^envelope.dsse.json[:,] "):
        envelope.read(body, file="envelope.dsse.json")
