"""Whether a pack is what was sealed, and by whom: one answer and one sentence for each way in which it may not be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from readiness.errors import InputError
from readiness.language import marked, tr

from . import archive, canonical, envelope, keyring, keys, statement
from .sealing import ENVELOPE, RECIPE, RECIPE_TEXT

State = Literal["holds", "unsigned", "damaged", "forged", "signer unknown", "outside validity", "revoked"]


@dataclass(frozen=True)
class Verification:
    """What was found of a pack; what it says of itself is None where that could not be read.

    `signer` is the key that signed, once a trusted root vouches for it; `notes` are what a reader should know beside.
    """

    state: State
    sentence: str
    digest: str
    facts: statement.Predicate | None = None
    signer: keyring.KeyEntry | None = None
    root: str = ""
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.state == "holds"


class _Fails(Exception):
    """What does not hold, and the rest of what was known then."""

    def __init__(self, state: State, sentence: str, signer: keyring.KeyEntry | None = None) -> None:
        super().__init__(sentence)
        self.state, self.sentence, self.signer = state, sentence, signer


def load(path: Path) -> bytes:
    """A file that may be a pack. Raises InputError for what is none, before more of it is read than a pack may have."""
    try:
        with path.open("rb") as file:
            body = file.read(archive.MOST_BYTES + archive.MOST_BYTES // 4)
            too_large = bool(file.read(1))
    except OSError as exc:
        raise InputError(
            tr("the file cannot be read ({why})", why=exc.strerror), file=path.name, expected="a pack"
        ) from exc
    if too_large:
        raise InputError(
            tr("the file is larger than a pack may be"), file=path.name, expected=f"{archive.MOST_BYTES:,}"
        )
    if not body.startswith(b"PK"):
        raise InputError(tr("this is no zip file"), file=path.name, expected=tr("a pack.zip that readiness made"))
    return body


def verify(
    data: bytes, roots: Sequence[Ed25519PublicKey] = (), newer: keyring.SignedKeyring | None = None
) -> Verification:
    """What holds of a pack. `roots` are those that the reader trusts, `newer` a keyring that came by another way.

    Raises InputError for a keyring that none of the roots signed: it may not hide what another one revokes.
    """
    if newer and not newer.trusted_by(roots):
        raise InputError(
            tr("none of the trusted roots signed this keyring"), place="--keyring", expected="--trust ROOT.pub"
        )
    digest = canonical.digest(data)
    facts: statement.Predicate | None = None
    try:
        members = _members(data)
        stated = _statement(members)
        facts = stated.predicate
        _compare(members, stated)
        if ENVELOPE not in members:
            return Verification("unsigned", tr(_UNSIGNED), digest, facts, notes=_notes(members, facts))
        sealed = _envelope(members)
        vouched, root = _vouched(members, roots, newer)
        entry = _signer(sealed, vouched)
        _within(entry, facts)
    except _Fails as exc:
        return Verification(exc.state, exc.sentence, digest, facts, exc.signer)
    sentence = tr(
        "The pack is what {signer} sealed on {day:%Y-%m-%d}, byte for byte.", signer=entry.name, day=facts.made
    )
    return Verification(
        "holds", sentence, digest, facts, entry, keys.id_of(root), _notes(members, facts, vouched, entry)
    )


_UNSIGNED = marked(
    "Nobody signed this pack: its bytes are whole, which shows that it was not damaged on its "
    "way, not who made it or that nobody changed it."
)


def _members(data: bytes) -> dict[str, bytes]:
    try:
        return archive.unpack(data)
    except archive.Damaged as exc:
        raise _Fails("damaged", tr("The file is damaged or was packed anew: {why}.", why=exc)) from exc


def _statement(members: Mapping[str, bytes]) -> statement.Statement:
    if statement.FILE not in members:
        raise _Fails("forged", tr("The pack has no {file}, so nothing says what belongs to it.", file=statement.FILE))
    try:
        return statement.read(members[statement.FILE])
    except InputError as exc:
        raise _Fails("forged", tr("What says what belongs to the pack cannot be read: {why}", why=exc)) from exc


def _compare(members: Mapping[str, bytes], stated: statement.Statement) -> None:
    """Every member is named with its digest, and every name has its member."""
    there = members.keys() - {statement.FILE, ENVELOPE}
    if extra := sorted(there - stated.digests.keys()):
        raise _Fails("forged", tr("The pack holds {file}, which does not belong to it.", file=extra[0]))
    if missing := sorted(stated.digests.keys() - there):
        raise _Fails("forged", tr("{file} was taken out of the pack.", file=missing[0]))
    if changed := sorted(name for name in there if canonical.digest(members[name]) != stated.digests[name]):
        raise _Fails("forged", tr("{file} was changed after the pack was made.", file=changed[0]))
    if stated.digests.get(statement.SNAPSHOT) != stated.predicate.snapshot:
        raise _Fails("forged", tr("The pack speaks of another {file} than the one in it.", file=statement.SNAPSHOT))
    if keyring.FILE in members and ENVELOPE not in members:
        raise _Fails("forged", tr("The signature was taken out of the pack."))


def _envelope(members: Mapping[str, bytes]) -> envelope.Envelope:
    try:
        sealed = envelope.read(members[ENVELOPE], file=ENVELOPE)
    except InputError as exc:
        raise _Fails("forged", tr("The signature cannot be read: {why}", why=exc)) from exc
    if sealed.payload_type != statement.MEDIA_TYPE or sealed.payload != members[statement.FILE]:
        raise _Fails("forged", tr("What was signed is not the {file} in the pack.", file=statement.FILE))
    return sealed


def _vouched(
    members: Mapping[str, bytes], roots: Sequence[Ed25519PublicKey], newer: keyring.SignedKeyring | None
) -> tuple[keyring.Keyring, Ed25519PublicKey]:
    """The newest keyring that a root of the reader's signed, and that root."""
    if keyring.FILE not in members:
        raise _Fails("signer unknown", tr("Signer unknown: the pack has no {file}.", file=keyring.FILE))
    try:
        own = keyring.read(members[keyring.FILE])
    except InputError as exc:
        raise _Fails("forged", tr("The keyring of the pack cannot be read: {why}", why=exc)) from exc
    says = tr("the pack says that it stands on the root {roots}", roots=", ".join(own.roots))
    if not roots:
        raise _Fails(
            "signer unknown", tr("Signer unknown: {says}; name the root that you trust with --trust.", says=says)
        )
    trusted = [(each.keyring, root) for each in (own, newer) if each and (root := each.trusted_by(roots))]
    if not trusted and {keys.id_of(root) for root in roots} & set(own.roots):
        raise _Fails("forged", tr("The keyring of the pack names a root that you trust, which did not sign it."))
    if not trusted:
        raise _Fails("signer unknown", tr("Signer unknown: {says}, which you do not trust.", says=says))
    return max(trusted, key=lambda each: each[0].number)


def _signer(sealed: envelope.Envelope, vouched: keyring.Keyring) -> keyring.KeyEntry:
    known = [entry for entry in map(vouched.find, sealed.signatures) if entry]
    if not known:
        named = ", ".join(sealed.signatures) or tr("none")
        raise _Fails("signer unknown", tr("Signer unknown: the key {keys} is not in the keyring.", keys=named))
    for entry in known:
        if sealed.is_signed_by(entry.key):
            return entry
    raise _Fails(
        "forged", tr("The signature is not one of {name}: the pack was changed or forged.", name=known[0].name)
    )


def _within(entry: keyring.KeyEntry, facts: statement.Predicate) -> None:
    """A pack says itself when it was made, which is as much as the key's holder can be believed."""
    if entry.revoked:
        raise _Fails(
            "revoked",
            tr(
                "The key {name} was revoked on {day:%Y-%m-%d} ({reason}), and nothing in the pack shows "
                "that it was sealed before; a record of its digest from before would.",
                name=entry.name,
                day=entry.revoked.at,
                reason=entry.revoked.reason,
            ),
            entry,
        )
    made = facts.made.astimezone(dt.UTC).date()
    if not entry.may_sign_on(made):
        raise _Fails(
            "outside validity",
            tr(
                "The pack says it was made on {made}, when the key {name} was not valid ({first} to {last}).",
                made=made,
                name=entry.name,
                first=entry.first,
                last=entry.last,
            ),
            entry,
        )


def _notes(
    members: Mapping[str, bytes],
    facts: statement.Predicate,
    vouched: keyring.Keyring | None = None,
    entry: keyring.KeyEntry | None = None,
) -> tuple[str, ...]:
    notes = []
    if members.get(RECIPE) != RECIPE_TEXT:
        notes.append(tr("{file} is that of another release; follow the one you have from elsewhere.", file=RECIPE))
    if facts.previous:
        notes.append(
            tr("Before it, the same reader was sent the sealed pack with the SHA-256 {digest}.", digest=facts.previous)
        )
    if vouched and entry:
        notes.append(
            tr("The time is the signer's own word; {signer} may sign until {day}.", signer=entry.name, day=entry.last)
        )
        notes.append(
            tr(
                "Whether a key was revoked is known as of {day:%Y-%m-%d} (keyring {number}); --keyring "
                "takes a newer one.",
                day=vouched.issued,
                number=vouched.number,
            )
        )
    return tuple(notes)
