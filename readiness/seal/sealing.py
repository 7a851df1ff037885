"""A pack as it leaves: members, the statement that names them, and the signature over it where there is a key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from . import archive, keyring, statement
from .signer import Signer

ENVELOPE, RECIPE = "envelope.dsse.json", "VERIFY.md"
RECIPE_TEXT = (Path(__file__).parent / RECIPE).read_bytes()
"""The same in every pack, so that it can be held against the one that a reader has from elsewhere."""


def seal(members: Mapping[str, bytes], facts: statement.Predicate, signer: Signer | None) -> bytes:
    """The pack as a zip: the same members, facts and key give the same bytes. Raises InputError."""
    named = {**members, RECIPE: RECIPE_TEXT}
    if signer:
        signer.check(facts.made)
        named[keyring.FILE] = signer.keyring.body
    stated = statement.write(named, facts)
    sealed = {ENVELOPE: signer.sign(stated)} if signer else {}
    return archive.pack({**named, statement.FILE: stated, **sealed})
