"""The keys that seal packs, and whether a sealed pack holds. Neither needs a store."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from readiness import clock, formatting
from readiness.errors import InputError
from readiness.language import tr
from readiness.seal import keyring, keys, signer
from readiness.seal import verify as verifying

from . import base

commands = typer.Typer(rich_markup_mode=None)
kept = typer.Typer(rich_markup_mode=None, help=tr("The keys that seal packs."), no_args_is_help=True)
commands.add_typer(kept, name="keys")

ROOT_PASSPHRASE = "READINESS_ROOT_PASSPHRASE"  # noqa: S105 - the name of a variable
ROOT, ROOT_PUBLIC = "root.pem", "root.pub"
_A_YEAR_AND_A_MONTH = dt.timedelta(days=396)
"""Of a key of packs: the next one begins before this one ends."""

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help=tr("Where {root} and {keyring} lie.", root=ROOT, keyring=keyring.FILE))
]


@commands.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tr("The pack, as it came."))],
    trust: Annotated[
        Path | None,
        typer.Option("--trust", metavar="ROOT.pub", envvar="READINESS_TRUST", help=tr("The root keys that you trust.")),
    ] = None,
    newer: Annotated[
        Path | None, typer.Option("--keyring", metavar="FILE", help=tr("A newer keyring than the one in the pack."))
    ] = None,
    json: base.Json = False,
) -> None:
    """Say whether a sealed pack holds and who sealed it; exit 1 if it does not, or nobody known did."""
    roots = keys.roots_of(trust) if trust else []
    ring = keyring.read(keys.read(newer), file=newer.name) if newer else None
    found = verifying.verify(verifying.load(file), roots, ring)
    if json:
        base.answer(_facts(found))
    else:
        base.say(f"{'✓' if found.holds else '✕'} {found.sentence}")
        for line in _lines(found):
            base.say(line)
    if not found.holds:
        raise typer.Exit(1)


def _lines(found: verifying.Verification) -> list[str]:
    """What the pack says of itself, where that can be relied on, and what to know beside it."""
    lines = []
    if found.facts and found.state in ("holds", "unsigned"):
        facts = found.facts
        draft = tr(", as a draft") if facts.draft else ""
        lines.append(
            tr(
                "It says of {system}: {verdict}, as of {as_of}, for {audience}{draft}.",
                system=facts.system,
                verdict=facts.verdict,
                as_of=facts.as_of,
                audience=facts.audience,
                draft=draft,
            )
        )
        lines.append(tr("Head of the record of changes: {head}", head=facts.audit_head or tr("not known")))
    if found.holds and found.signer:
        lines.append(tr("Signer: {name}, key {id}", name=found.signer.name, id=found.signer.id))
        lines.append(f"Root: {found.root}")
    return [*lines, tr("SHA-256 of the file: {digest}", digest=found.digest), *found.notes]


def _facts(found: verifying.Verification) -> dict[str, Any]:
    return {
        "holds": found.holds,
        "state": found.state,
        "sentence": found.sentence,
        "sha256": found.digest,
        "says": found.facts.model_dump(mode="json") if found.facts else None,
        "signer": found.signer.model_dump(mode="json", exclude={"public"}) if found.signer else None,
        "root": found.root or None,
        "notes": list(found.notes),
    }


@kept.command("init")
def init(folder: Folder, json: base.Json = False) -> None:
    """Make a root key and an empty keyring in a folder that is kept offline."""
    private = folder / ROOT
    if private.exists():
        raise InputError(tr("there is a root already"), file=str(private), expected=tr("a new folder"))
    root = keys.generate()
    body = keys.private_pem(root, _passphrase(ROOT_PASSPHRASE, new=True), place=ROOT_PASSPHRASE)
    first = keyring.Keyring(number=1, issued=_now())
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise InputError(
            tr("the folder cannot be made ({why})", why=exc.strerror), file=str(folder), expected="a folder"
        ) from exc
    base.write(private, body)
    base.write(folder / ROOT_PUBLIC, keys.public_pem(root.public_key()))
    base.write(folder / keyring.FILE, first.signed(root))
    fingerprint = keys.id_of(root.public_key())
    said = tr(
        "Made {private}; keep it offline, and give readers {public} and its fingerprint {fingerprint}.",
        private=private,
        public=ROOT_PUBLIC,
        fingerprint=fingerprint,
    )
    _told(json, said, root=fingerprint, folder=str(folder))


@kept.command("new")
def new(
    folder: Folder,
    output: Annotated[Path, typer.Option("-o", "--output", help=tr("The file of the new key, for the server."))],
    name: Annotated[str, typer.Option(help=tr("What readers see as the signer, as an organisation and a year."))],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help=tr("The first day; today by default."))] = "",
    last: Annotated[
        str, typer.Option("--to", metavar="DATE", help=tr("The last day; 13 months later by default."))
    ] = "",
    json: base.Json = False,
) -> None:
    """Make a key that signs packs for a year, and name it in the keyring."""
    root, ring = _opened(folder)
    if output.exists():
        raise InputError(tr("the file is there already"), file=str(output), expected=tr("a new file"))
    begins = base.day(first, "--from")
    ends = base.day(last, "--to") if last else begins + _A_YEAR_AND_A_MONTH
    if ends < begins:
        raise InputError(
            tr("the key ends before it begins"), place="--to", expected=tr("a day from {day} on", day=begins)
        )
    key = keys.generate()
    body = keys.private_pem(key, _passphrase(signer.PASSPHRASE_VARIABLE, new=True), place=signer.PASSPHRASE_VARIABLE)
    public = key.public_key()
    if not 0 < len(name.strip()) <= keyring.LONGEST_NAME:
        raise InputError(
            tr("a key needs a name"), place="--name", expected=tr("up to {most} characters", most=keyring.LONGEST_NAME)
        )
    entry = keyring.KeyEntry(
        id=keys.id_of(public), name=name.strip(), public=keys.public_text(public), first=begins, last=ends
    )
    base.write(output, body)
    base.write(folder / keyring.FILE, ring.with_key(entry, _now()).signed(root))
    _told(
        json,
        tr(
            "Made {file} for {first} to {last}; bring it and {keyring} to the server.",
            file=output,
            first=begins,
            last=ends,
            keyring=keyring.FILE,
        ),
        **entry.model_dump(mode="json", exclude={"public"}),
    )


@kept.command("revoke")
def revoke(
    folder: Folder,
    key: Annotated[str, typer.Argument(metavar="ID", help=tr("The id of the key, or how it begins."))],
    reason: Annotated[str, typer.Option(help=tr("Why; readers see it."))],
    json: base.Json = False,
) -> None:
    """Take trust from a key, with all that it signed; hand out the new keyring."""
    root, ring = _opened(folder)
    begins = [entry.id for entry in ring.keys if entry.id.startswith(key)] if len(key) >= 8 else []
    if not 0 < len(reason.strip()) <= keyring.LONGEST_NAME:
        raise InputError(tr("a revocation needs a reason"), place="--reason", expected=tr("a sentence for readers"))
    at = _now()
    changed = ring.without(begins[0] if len(begins) == 1 else key, keyring.Revocation(at=at, reason=reason.strip()))
    base.write(folder / keyring.FILE, changed.signed(root))
    _told(
        json,
        tr(
            "Revoked {key}; give the new {keyring} (number {number}) to the server and to readers.",
            key=begins[0],
            keyring=keyring.FILE,
            number=changed.number,
        ),
        id=begins[0],
        number=changed.number,
    )


@kept.command("list")
def listed(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tr("A keyring, or the folder in which it lies."))],
    json: base.Json = False,
) -> None:
    """List the keys of a keyring and until when they hold, whoever signed it."""
    path = file / keyring.FILE if file.is_dir() else file
    signed = keyring.read(keys.read(path), file=path.name)
    ring = signed.keyring
    if json:
        base.answer({"roots": signed.roots, **ring.model_dump(mode="json")})
        return
    base.say(
        tr(
            "Keyring {number} of {day}, signed in the name of {root}.",
            number=ring.number,
            day=formatting.day(ring.issued.date()),
            root=signed.roots[0],
        )
    )
    for entry in ring.keys:
        state = (
            tr("revoked on {day:%Y-%m-%d}: {reason}", day=entry.revoked.at, reason=entry.revoked.reason)
            if entry.revoked
            else tr("not revoked")
        )
        base.say(f"{entry.id}  {entry.name}  {tr('{first} to {last}', first=entry.first, last=entry.last)}  {state}")


def _opened(folder: Path) -> tuple[Ed25519PrivateKey, keyring.Keyring]:
    """The root and its keyring. Raises InputError where the keyring is not the root's."""
    ring = keyring.read(keys.read(folder / keyring.FILE), file=keyring.FILE)
    root = keys.private_of(folder / ROOT, _passphrase(ROOT_PASSPHRASE))
    if not ring.trusted_by([root.public_key()]):
        raise InputError(
            tr("the root did not sign this keyring"), file=keyring.FILE, expected=tr("the one beside its root")
        )
    return root, ring.keyring


def _passphrase(variable: str, *, new: bool = False) -> str:
    """From the environment, or asked for where somebody sits at the terminal."""
    if stated := os.environ.get(variable, ""):
        return stated
    if not sys.stdin.isatty():
        raise InputError(
            tr("no passphrase is given"), place=variable, expected=tr("it in the environment, or a terminal")
        )
    asked: str = typer.prompt(
        tr("Passphrase ({variable})", variable=variable), hide_input=True, confirmation_prompt=new
    )
    return asked


def _now() -> dt.datetime:
    return clock.now().replace(microsecond=0)


def _told(json: bool, sentence: str, **facts: Any) -> None:
    if json:
        base.answer({"sentence": sentence, **facts})
    else:
        base.say(sentence)
