"""Envelopes of others: who is found to have signed, and what is refused before anything is read."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.signer._crypto_signer import CryptoSigner

from readiness.errors import InputError
from readiness.seal import producers
from readiness.seal.producers import Producer, TrustedKey
from tests.services.signing import PLAIN, Lab, curve, envelope, lab, trust

BODY = b"metric,value\r\ntask_success,1\r\n"
ACME, CURVE, OTHER = lab(), curve(), lab("Other Lab", b"o")
TRUSTED = [Producer(name=each.name, keys=[TrustedKey(pem=each.pem)]) for each in (ACME, CURVE)]


def signers(stated: Any) -> list[str]:
    return producers.signers(producers.parse(stated, file="a"), TRUSTED, file="a")


@pytest.mark.parametrize("signer", [ACME, CURVE], ids=["ed25519", "ecdsa"])
def test_a_signature_by_a_trusted_key_tells_its_producer(signer: Lab) -> None:
    assert signers(signer.sign(BODY)) == [signer.name]
    nameless = envelope(BODY, [{"sig": signer.signature(PLAIN, BODY)["sig"]}])
    assert signers(nameless) == [signer.name]


def test_an_envelope_of_the_reference_implementation_is_read() -> None:
    signer = CryptoSigner.generate_ed25519()
    made = Envelope(BODY, PLAIN, {})
    made.sign(signer)
    raw = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer.public_key.keyval["public"]))
    pem = raw.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    trusted = [Producer(name="Elsewhere", keys=[TrustedKey(pem=pem, id=signer.public_key.keyid)])]
    stated = json.loads(json.dumps(made.to_dict()))
    assert producers.signers(producers.parse(stated, file="a"), trusted, file="a") == ["Elsewhere"]
    stated["payload"] = base64.b64encode(BODY + b"x").decode()
    with pytest.raises(InputError, match="the signature is not one of Elsewhere"):
        producers.signers(producers.parse(stated, file="a"), trusted, file="a")


def test_base64_for_addresses_is_read_too() -> None:
    payload = b"\xfb\xff\xfe" * 5
    stated = ACME.sign(payload)
    stated["payload"] = base64.urlsafe_b64encode(payload).decode()
    assert signers(stated) == [ACME.name]


def test_a_key_nobody_trusts_is_nobodys() -> None:
    assert signers(OTHER.sign(BODY)) == []


def test_of_several_one_that_is_bad_spoils_all() -> None:
    good, unknown = ACME.signature(PLAIN, BODY), OTHER.signature(PLAIN, BODY)
    bad = CURVE.signature(PLAIN, BODY + b"x")
    assert signers(envelope(BODY, [good, unknown])) == [ACME.name]
    assert signers(envelope(BODY, [good, CURVE.signature(PLAIN, BODY)])) == sorted([ACME.name, CURVE.name])
    with pytest.raises(InputError, match="is not one of Curve Lab, whose key it names; expected"):
        signers(envelope(BODY, [good, bad]))


def test_what_was_signed_as_one_thing_is_not_taken_for_another() -> None:
    stated = ACME.sign(BODY) | {"payloadType": "application/vnd.in-toto+json"}
    with pytest.raises(InputError, match="the signature is not one of Acme Lab"):
        signers(stated)


@given(st.integers(0, len(BODY) * 8 - 1), st.sampled_from(["payload", "sig"]))
def test_no_bit_turns_unnoticed(bit: int, where: str) -> None:
    stated = ACME.sign(BODY)
    holder = stated if where == "payload" else stated["signatures"][0]
    body = bytearray(base64.b64decode(holder[where]))
    body[bit // 8] ^= 1 << bit % 8
    holder[where] = base64.b64encode(body).decode()
    with pytest.raises(InputError, match="the signature is not one of Acme Lab"):
        signers(stated)


GOOD = ACME.sign(BODY)
SIGNED = GOOD["signatures"][0]
ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text()), st.just({}))


WRONG: dict[str, tuple[Any, ...]] = {
    "payload": (None, 3, [], "", "%%%", "é", "YQ=", "YQ==YQ=="),
    "payloadType": (None, 3, [], "", "x" * 301),
    "signatures": (None, {}, "x", [], [SIGNED] * 11, [3], [None], [[]]),
}
WRONG_IN: dict[str, tuple[Any, ...]] = {"keyid": (3, [], {}, "x" * 301), "sig": (None, 3, "", "%", [])}


@pytest.mark.parametrize(
    "stated",
    [
        *([], "x", None, 3, {}, {"payload": "", "payloadType": PLAIN, "signatures": []}),
        *(GOOD | {name: wrong} for name, each in WRONG.items() for wrong in each),
        *(GOOD | {"signatures": [SIGNED | {name: wrong}]} for name, each in WRONG_IN.items() for wrong in each),
    ],
)
def test_what_is_no_envelope_is_refused_in_one_sentence(stated: Any) -> None:
    with pytest.raises(InputError, match=r"signed envelope|the envelope has"):
        producers.parse(stated, file="a")


@given(st.fixed_dictionaries({"payload": ODD, "payloadType": ODD, "signatures": st.one_of(ODD, st.lists(ODD))}))
def test_nothing_else_is_raised(stated: Any) -> None:
    with pytest.raises(InputError):
        producers.parse(stated, file="a")


def test_a_signature_of_any_length_is_no_fault_of_ours() -> None:
    for sig in (b"x", b"\x30" * 70, b"y" * 5_000):
        stated = envelope(BODY, [{"sig": base64.b64encode(sig).decode()}])
        assert signers(stated) == []


def test_producers_are_read_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = trust(tmp_path, ACME, CURVE)
    assert [(each.name, [key.fingerprint for key in each.keys]) for each in producers.read_trusted(path)] == [
        (ACME.name, [ACME.id]),
        (CURVE.name, [CURVE.id]),
    ]
    monkeypatch.delenv(producers.VARIABLE, raising=False)
    assert producers.configured() == []
    monkeypatch.setenv(producers.VARIABLE, str(path))
    assert len(producers.configured()) == 2


def _pem(key: Any) -> str:
    return str(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


HEAD = "[[producers]]\nname = 'A'\n[[producers.keys]]\npem = '''{}'''"
ONE_KEY = f"[[producers.keys]]\npem = '''{ACME.pem}'''\n"
TWICE = f"[[producers]]\nname = 'A'\n{ONE_KEY}{ONE_KEY}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[producers]]\nname = 'A'\nkeys = []\n", "producers.0.keys"),
        ("[[producers]]\nname = ''\n", "producers.0.name"),
        ("[[producers]]\nname = 'A'\nwho = 1\n[[producers.keys]]\npem = 'x'\n", "cannot be read|not known"),
        ("[[producers]]\nname = 'A'\n[[producers.keys]]\npem = 'x'\n", "this key cannot be read"),
        ("[[producers", "malformed"),
        (
            f"[[producers]]\nname = 'A'\n[[producers.keys]]\npem = '''{_pem(Ed448PrivateKey.generate())}'''",
            "another kind",
        ),
        (HEAD.format(_pem(rsa.generate_private_key(65537, 2048))), "another kind"),
        (TWICE, "a key stands twice"),
    ],
)
def test_a_file_of_producers_that_is_wrong_says_where(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "producers.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=problem) as caught:
        producers.read_trusted(path)
    assert caught.value.file == "producers.toml"
