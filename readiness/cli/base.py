"""What every command shares: its options, its principal, and how it answers."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readiness import access, clock, formatting
from readiness.access import Principal
from readiness.errors import InputError
from readiness.language import tr
from readiness.services import Store, connect, open_store

if TYPE_CHECKING:
    from readiness.api.client import Remote
    from readiness.model.dossier import Done
    from readiness.pack import Pack

Db = Annotated[
    str, typer.Option("--db", metavar="URL", help=tr("The store: READINESS_DATABASE_URL, else sqlite:///readiness.db."))
]
Json = Annotated[bool, typer.Option("--json", help=tr("Answer as JSON."))]
AsOf = Annotated[str, typer.Option("--as-of", metavar="DATE", help=tr("The day to answer for; today by default."))]


REMOTE_VARIABLE = "READINESS_REMOTE"
"""The address of a dashboard that answers instead of a store, as `--remote` gives it."""


def systems(context: typer.Context, incomplete: str) -> list[str]:
    """How an argument that names a system may go on; nothing where there is no store, which is not made by asking."""
    with suppress(Exception):  # whatever it is, it is said when the command runs and not while it is typed
        url = context.params.get("db") or context.lookup_default("db") or ""
        there = connect(url)
        if remote() is None and (there.path is None or there.path.exists()):
            from readiness.services import systems as service

            return [slug for slug in service.slugs(store(url), me()) if slug.startswith(incomplete)]
    return []


def store(url: str) -> Store:
    return open_store(url)


def remote() -> Remote | None:
    """The dashboard that answers; None where the store does."""
    url = os.environ.get(REMOTE_VARIABLE, "").strip()
    if not url:
        return None
    from readiness.api.client import Remote

    return Remote(url)


def me() -> Principal:
    return access.local()


def instant(text: str, place: str) -> dt.datetime | None:
    """A day as it begins in the zone of the reviews, or a time with its zone."""
    if not text:
        return None
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError as exc:
        expected = tr("a date, or a time such as 2026-11-20T09:30:00Z")
        raise InputError(tr("{text!r} is no time", text=text), place=place, expected=expected) from exc
    return time if time.tzinfo else time.replace(tzinfo=clock.zone())


def day(text: str, place: str = "--as-of") -> dt.date:
    return clock.date_of(text, place=place) if text else clock.today()


def say(text: str = "", *, error: bool = False) -> None:
    """A sentence on one line, in which nothing moves the cursor, hides or turns around."""
    typer.echo(formatting.line(text), err=error)


def answer(value: Any) -> None:
    """JSON for programs: dates as text, keys in the order of the documentation, what is not seen as escapes."""
    typer.echo(formatting.escaped(json.dumps(value, ensure_ascii=False, indent=2, default=str)))


def tell(done: Done, *, json: bool) -> None:
    """What a write did."""
    if json:
        answer({"changed": done.changed, "sentence": done.sentence})
    else:
        say(f"{done.sentence}.")


def write(path: Path, body: bytes) -> None:
    """A file whole or not at all; `-` is the standard output."""
    if str(path) == "-":
        sys.stdout.buffer.write(body)
        sys.stdout.flush()
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:60]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as exc:
        raise InputError(
            tr("the file cannot be written ({why})", why=exc.strerror),
            file=str(path),
            expected=tr("a folder that may be written"),
        ) from exc


def hand_over(output: Path, made: Pack, sentence: str, *, json: bool) -> None:
    """A file that leaves, under its own name in a folder, and what is said of it; `-` says nothing."""
    path = output / made.name if output.is_dir() else output
    write(path, made.body)
    if str(path) == "-":
        return
    if json:
        answer({"file": str(path), "bytes": len(made.body), "media_type": made.media_type})
        return
    say(tr("{sentence} to {path}.", sentence=sentence, path=path))
    if made.missing:
        say(tr("  note: no font draws {missing}; they stand there as code points", missing=made.missing))


def append(path: Path, text: str) -> None:
    """Add to a file, which is made where there is none; `-` is the standard output."""
    if str(path) == "-":
        write(path, text.encode())
        return
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as exc:
        raise InputError(
            tr("the file cannot be written ({why})", why=exc.strerror),
            file=str(path),
            expected=tr("a file that may be written"),
        ) from exc
