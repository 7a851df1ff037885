"""What is said of a pack that holds, and of each kind that does not."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from readiness.errors import InputError
from readiness.seal import archive, canonical, envelope, keyring, keys, sealing, statement, verify
from readiness.seal.sealing import ENVELOPE
from readiness.seal.signer import Signer
from readiness.seal.verify import Verification

from .conftest import MEMBERS, NOON, Sealer, facts, unsigned


def found(acme: Sealer, data: bytes, **given: Any) -> Verification:
    return verify.verify(data, [acme.root.public_key()], **given)


def test_a_pack_that_was_sealed_holds_and_names_who_sealed_it(acme: Sealer) -> None:
    finding = found(acme, acme.seal())
    assert finding.holds
    assert finding.sentence == "The pack is what Acme 2026 sealed on 2026-11-23, byte for byte."
    assert finding.signer == acme.entry
    assert finding.root == keys.id_of(acme.root.public_key())
    assert finding.facts == facts()
    assert finding.digest == canonical.digest(acme.seal())


def test_the_same_members_facts_and_key_give_the_same_bytes(acme: Sealer) -> None:
    assert acme.seal() == acme.seal(dict(reversed(MEMBERS.items())))


def test_the_statement_names_every_member_with_its_digest(acme: Sealer) -> None:
    members = archive.unpack(acme.seal())
    stated = json.loads(members[statement.FILE])
    assert stated["_type"] == "https://in-toto.io/Statement/v1"
    named = {each["name"]: each["digest"]["sha256"] for each in stated["subject"]}
    assert named == {
        name: canonical.digest(body) for name, body in members.items() if name not in (statement.FILE, ENVELOPE)
    }
    assert named.keys() == {*MEMBERS, "VERIFY.md", "keyring.json"}
    sealed = json.loads(members[ENVELOPE])
    assert base64.b64decode(sealed["payload"]) == members[statement.FILE]


def test_an_unsigned_pack_says_that_it_shows_no_more_than_that_it_was_not_damaged(acme: Sealer) -> None:
    finding = found(acme, unsigned())
    assert (finding.state, finding.holds) == ("unsigned", False)
    assert "Nobody signed this pack" in finding.sentence
    assert "not who made it" in finding.sentence
    assert archive.unpack(unsigned()).keys() == {*MEMBERS, "VERIFY.md", "statement.json"}


def packed_anew(data: bytes, **changed: bytes | None) -> bytes:
    """As somebody would who knows how packs are packed; `_` stands for the dot in a member's name."""
    names = {name.replace(".", "_").replace("/", "_"): name for name in archive.unpack(data)}
    members = archive.unpack(data)
    for key, body in changed.items():
        name = names.get(key, f"{key}.md")
        if body is None:
            del members[name]
        else:
            members[name] = body
    return archive.pack(members)


def restated(acme: Sealer) -> bytes:
    """Another verdict with a statement that fits, under the old signature."""
    members = {**MEMBERS, "snapshot.json": b'{"level":"staged"}'}
    theirs = archive.unpack(unsigned(members))
    ours = archive.unpack(acme.seal())
    stated = json.loads(theirs[statement.FILE])
    stated["subject"].append({"name": keyring.FILE, "digest": {"sha256": canonical.digest(ours[keyring.FILE])}})
    body = canonical.dumps(stated)
    sealed = json.loads(ours[ENVELOPE]) | {"payload": base64.b64encode(body).decode()}
    more = {statement.FILE: body, ENVELOPE: canonical.dumps(sealed), keyring.FILE: ours[keyring.FILE]}
    return archive.pack({**theirs, **more})


def of_another_type(acme: Sealer) -> bytes:
    members = archive.unpack(acme.seal())
    body = envelope.sign("text/plain", members[statement.FILE], acme.key)
    return archive.pack({**members, ENVELOPE: body})


def of_another_snapshot(acme: Sealer) -> bytes:
    other = facts({"snapshot.json": b"{}"})
    return archive.pack({**MEMBERS, statement.FILE: statement.write(MEMBERS, other)})


def spaced(acme: Sealer) -> bytes:
    """The same envelope with a space in it."""
    return packed_anew(acme.seal(), envelope_dsse_json=archive.unpack(acme.seal())[ENVELOPE].replace(b",", b", ", 1))


def keyring_of_their_own(acme: Sealer) -> bytes:
    """A key of the forger's, vouched for in the name of the root that is trusted."""
    forger = dataclasses.replace(acme, key=keys.generate())
    body = json.loads(forger.ring.signed(keys.generate()))
    body["signatures"][0]["keyid"] = keys.id_of(acme.root.public_key())
    vouched = keyring.read(canonical.dumps(body))
    signer = dataclasses.replace(forger.signer, keyring=vouched)
    return sealed_by(signer)


def sealed_by(signer: Signer) -> bytes:
    return sealing.seal(MEMBERS, facts(), signer)


FORGED: dict[str, tuple[Callable[[Sealer], bytes], str]] = {
    "a member changed": (
        lambda acme: packed_anew(acme.seal(), pack_md=b"# Staged\n"),
        "pack.md was changed after the pack was made",
    ),
    "a member added": (
        lambda acme: packed_anew(acme.seal(), more=b""),
        "The pack holds more.md, which does not belong",
    ),
    "a member gone": (lambda acme: packed_anew(acme.seal(), pack_md=None), "pack.md was taken out of the pack"),
    "the statement gone": (
        lambda acme: packed_anew(acme.seal(), statement_json=None),
        "The pack has no statement.json",
    ),
    "no statement": (
        lambda acme: packed_anew(acme.seal(), statement_json=b"{}"),
        "What says what belongs to the pack cannot be read: statement.json, _type: this required key is missing",
    ),
    "the signature gone": (
        lambda acme: packed_anew(acme.seal(), envelope_dsse_json=None),
        "The signature was taken out of the pack",
    ),
    "no signature": (
        lambda acme: packed_anew(acme.seal(), envelope_dsse_json=b"{}"),
        "The signature cannot be read: envelope.dsse.json",
    ),
    "a space in the signature": (spaced, "The signature cannot be read"),
    "another statement": (
        lambda acme: packed_anew(acme.seal(), statement_json=archive.unpack(acme.seal())[statement.FILE] + b"\n"),
        "What was signed is not the statement.json in the pack",
    ),
    "another verdict under the old signature": (restated, "The signature is not one of Acme 2026"),
    "another kind of content": (of_another_type, "What was signed is not the statement.json in the pack"),
    "another snapshot": (of_another_snapshot, "The pack speaks of another snapshot.json"),
    "a keyring in the root's name": (keyring_of_their_own, "names a root that you trust, which did not sign it"),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_pack_that_somebody_packed_anew_is_forged(acme: Sealer, how: str) -> None:
    made, says = FORGED[how]
    finding = found(acme, made(acme))
    assert (finding.state, finding.signer) == ("forged", None)
    assert says in finding.sentence
    assert finding.sentence.endswith(".")


def test_a_file_that_is_not_as_it_was_packed_is_damaged(acme: Sealer) -> None:
    finding = found(acme, acme.seal() + b"\0")
    assert finding.state == "damaged"
    assert finding.sentence == "The file is damaged or was packed anew: 1 bytes stand behind its end."
    assert finding.facts is None


def test_a_signer_whom_no_trusted_root_vouches_for_is_unknown(acme: Sealer) -> None:
    stranger, data = keys.generate().public_key(), acme.seal()
    own = keys.id_of(acme.root.public_key())
    for roots, says in (([], "name the root that you trust"), ([stranger], "which you do not trust")):
        finding = verify.verify(data, roots)
        assert finding.state == "signer unknown"
        assert finding.sentence.startswith(f"Signer unknown: the pack says that it stands on the root {own}")
        assert says in finding.sentence


def test_a_key_that_the_keyring_does_not_name_is_unknown(acme: Sealer) -> None:
    other = dataclasses.replace(acme.signer, key=keys.generate())
    finding = found(acme, sealed_by(other))
    assert finding.state == "signer unknown"
    assert "is not in the keyring" in finding.sentence


def test_a_pack_from_outside_the_days_of_its_key_does_not_hold(acme: Sealer) -> None:
    members = archive.unpack(acme.seal())
    named = {name: body for name, body in members.items() if name not in (statement.FILE, ENVELOPE)}
    late = statement.write(named, facts(made=NOON + dt.timedelta(days=400)))
    finding = found(acme, archive.pack({**named, statement.FILE: late, ENVELOPE: acme.signer.sign(late)}))
    assert finding.state == "outside validity"
    assert finding.sentence == (
        "The pack says it was made on 2027-12-28, when the key Acme 2026 was not valid (2026-01-01 to 2027-01-31)."
    )
    assert finding.signer == acme.entry


def test_what_a_revoked_key_signed_is_not_trusted_whenever_it_says_it_was_made(acme: Sealer) -> None:
    data, newer = acme.seal(), acme.revoked()
    assert found(acme, data).holds
    finding = found(acme, data, newer=newer)
    assert finding.state == "revoked"
    assert "revoked on 2026-12-02 (the laptop was stolen)" in finding.sentence
    assert "nothing in the pack shows that it was sealed before" in finding.sentence


def test_an_older_keyring_does_not_undo_a_revocation(acme: Sealer) -> None:
    revoked = dataclasses.replace(acme.signer, keyring=acme.revoked())
    finding = found(acme, sealed_by(revoked), newer=acme.signed())
    assert finding.state == "revoked"


def test_a_newer_keyring_of_another_root_is_refused_and_hides_nothing(acme: Sealer) -> None:
    other = dataclasses.replace(acme, root=keys.generate())
    with pytest.raises(InputError, match="none of the trusted roots signed this keyring"):
        found(acme, acme.seal(), newer=other.signed())


def test_after_a_change_of_roots_the_old_packs_hold_by_a_keyring_of_the_new_one(acme: Sealer) -> None:
    moved = dataclasses.replace(acme, root=keys.generate())
    roots: list[Ed25519PublicKey] = [moved.root.public_key()]
    assert verify.verify(acme.seal(), roots).state == "signer unknown"
    assert verify.verify(acme.seal(), roots, moved.signed()).holds


def test_a_reader_is_told_what_cannot_be_known(acme: Sealer) -> None:
    notes = " ".join(found(acme, acme.seal()).notes)
    assert "The time is the signer's own word" in notes
    assert "known as of 2026-01-27 (keyring 2)" in notes


def test_it_tells_which_pack_the_reader_had_before(acme: Sealer) -> None:
    for signer in (acme.signer, None):
        stated = found(acme, sealing.seal(MEMBERS, facts(previous="d" * 64), signer))
        told = f"Before it, the same reader was sent the sealed pack with the SHA-256 {'d' * 64}."
        assert told in stated.notes
    assert not [note for note in found(acme, acme.seal()).notes if note.startswith("Before")]


def test_a_recipe_that_is_not_ours_is_named(acme: Sealer) -> None:
    members = archive.unpack(acme.seal())
    named = {n: b for n, b in members.items() if n not in (statement.FILE, ENVELOPE)} | {"VERIFY.md": b"Trust me.\n"}
    stated = statement.write(named, facts())
    finding = found(acme, archive.pack({**named, statement.FILE: stated, ENVELOPE: acme.signer.sign(stated)}))
    assert finding.holds
    assert finding.notes[0] == "VERIFY.md is that of another release; follow the one you have from elsewhere."


def test_a_statement_that_names_a_member_twice_is_forged(acme: Sealer) -> None:
    stated = json.loads(archive.unpack(unsigned())[statement.FILE])
    stated["subject"].append(stated["subject"][0])
    finding = found(acme, packed_anew(unsigned(), statement_json=canonical.dumps(stated)))
    assert finding.state == "forged"
    assert "a member is named twice" in finding.sentence


def test_what_a_later_program_adds_to_a_statement_is_passed_over(acme: Sealer) -> None:
    stated = json.loads(archive.unpack(unsigned())[statement.FILE])
    stated["predicate"]["mood"] = "good"
    assert found(acme, packed_anew(unsigned(), statement_json=canonical.dumps(stated))).state == "unsigned"


def test_a_file_that_is_no_pack_is_refused_before_it_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pack.zip"
    with pytest.raises(InputError, match="the file cannot be read"):
        verify.load(path)
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(InputError, match="this is no zip file"):
        verify.load(path)
    monkeypatch.setattr(archive, "MOST_BYTES", 100)
    path.write_bytes(b"PK" + bytes(200))
    with pytest.raises(InputError, match="the file is larger than a pack may be"):
        verify.load(path)
