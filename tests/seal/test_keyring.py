"""Which keys may sign, as a root says."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from readiness.errors import InputError
from readiness.seal import canonical, envelope, keyring, keys
from readiness.seal.keyring import KeyEntry, Keyring, Revocation

from .conftest import NOON, Sealer


def test_a_keyring_is_trusted_by_the_root_that_signed_it_alone(acme: Sealer) -> None:
    signed = acme.signed()
    root, other = acme.root.public_key(), acme.key.public_key()
    assert signed.trusted_by([other, root]) == root
    assert signed.trusted_by([other]) is None
    assert signed.trusted_by([]) is None
    assert signed.roots == [keys.id_of(root)]


def test_it_comes_back_as_it_was_with_every_key_and_revocation(acme: Sealer) -> None:
    ring = acme.revoked().keyring
    assert keyring.read(ring.signed(acme.root)).keyring == ring
    assert ring.number == acme.ring.number + 1
    assert ring.keys[0].revoked == Revocation(at=NOON + dt.timedelta(days=9), reason="the laptop was stolen")


def test_the_next_key_stands_beside_the_one_before(acme: Sealer) -> None:
    following = dataclasses.replace(acme, key=keys.generate()).entry
    ring = acme.ring.with_key(following, NOON)
    assert [entry.id for entry in ring.keys] == [acme.entry.id, following.id]
    assert (ring.number, ring.issued) == (3, NOON)


def test_only_a_key_that_is_in_it_and_not_revoked_yet_can_be_revoked(acme: Sealer) -> None:
    revocation = Revocation(at=NOON, reason="lost")
    with pytest.raises(InputError, match=f"there is no such key; expected {acme.entry.id}"):
        acme.ring.without("0" * 64, revocation)
    with pytest.raises(InputError, match="this key is revoked already"):
        acme.revoked().keyring.without(acme.entry.id, revocation)


def test_a_key_may_sign_on_its_first_day_and_on_its_last(acme: Sealer) -> None:
    entry, day = acme.entry, dt.timedelta(days=1)
    assert entry.may_sign_on(entry.first)
    assert entry.may_sign_on(entry.last)
    assert not entry.may_sign_on(entry.first - day)
    assert not entry.may_sign_on(entry.last + day)


RSA = rsa.generate_private_key(65537, 2048).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "another id": ({"id": "0" * 64}, "the id is not that of the key"),
    "no key": ({"public": "AAAA"}, "keys.0"),
    "a key of another kind": ({"public": base64.b64encode(RSA).decode()}, "not an Ed25519 key"),
    "an end before the beginning": ({"last": "2025-01-01"}, "the key ends before it begins"),
    "more": ({"trusted": True}, "trusted: this key is not known"),
    "a revocation without a reason": ({"revoked": {"at": "2026-11-23T12:00:00Z"}}, "this required key is missing"),
    "a revocation at no known time": ({"revoked": {"at": "2026-11-23T12:00:00", "reason": "x"}}, "revoked.at"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_keyring_that_says_something_else_is_refused_though_it_is_signed(acme: Sealer, fault: str) -> None:
    change, says = FAULTS[fault]
    stated = json.loads(acme.signed().sealed.payload)
    stated["keys"][0] |= change
    body = envelope.sign(keyring.TYPE, canonical.dumps(stated), acme.root)
    with pytest.raises(InputError, match=says):
        keyring.read(body)


def test_an_envelope_around_something_else_is_no_keyring(acme: Sealer) -> None:
    body = envelope.sign("text/plain", acme.signed().sealed.payload, acme.root)
    with pytest.raises(InputError, match=r"^keyring.json: the envelope holds something else; expected a keyring"):
        keyring.read(body)


def test_an_entry_is_refused_where_it_does_not_fit_its_key(acme: Sealer) -> None:
    stated = acme.entry.model_dump() | {"public": keys.public_text(acme.root.public_key())}
    with pytest.raises(ValueError, match="the id is not that of the key"):
        KeyEntry.model_validate(stated)
    assert Keyring(number=1, issued=NOON).keys == []
