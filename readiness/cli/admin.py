"""Care of the store: backup, restore, upgrade, and what is unsafe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from readiness import formatting
from readiness.language import tr
from readiness.services import admin, anchors

from . import base

commands = typer.Typer(rich_markup_mode=None)


@commands.command("backup")
def backup(
    path: Annotated[Path, typer.Argument(help=tr("The new file, or a folder that gets one of this moment."))],
    keep: Annotated[int, typer.Option(min=0, help=tr("Of a folder's backups keep the newest N; 0 keeps all."))] = 0,
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Copy the store while it is in use."""
    done = admin.backup(base.me(), db, path, keep)
    removed = tr("; removed {backups}", backups=formatting.count(done.removed, "older backup")) if done.removed else ""
    _told(
        json,
        tr("Backed up to {path}{removed}.", path=done.path, removed=removed),
        file=str(done.path),
        removed=done.removed,
    )


@commands.command("restore")
def restore(
    path: Annotated[Path, typer.Argument(help=tr("A file made by readiness backup."))],
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Put a backup in the place of the store, after checking it; the old store is kept beside it."""
    target = admin.restore(base.me(), db, path)
    _told(json, tr("Restored {path} to {target}.", path=path, target=target), file=str(path), store=str(target))


@commands.command("copy")
def copy(
    to: Annotated[str, typer.Option(metavar="URL", help=tr("A new file, or a PostgreSQL database that is empty."))],
    source: Annotated[str, typer.Option("--from", metavar="URL", help=tr("The store; the usual one by default."))] = "",
    json: base.Json = False,
) -> None:
    """Copy the store into another database, as from a file to a server, and verify every row."""
    rows = admin.copy(base.me(), source, to)
    many = formatting.count(sum(rows.values()), "row")
    sentence = tr("Copied {rows} of {tables} tables; every table arrived as it was.", rows=many, tables=len(rows))
    _told(json, sentence, rows=rows)


@commands.command("upgrade")
def upgrade(db: base.Db = "", json: base.Json = False) -> None:
    """Bring the schema of the store up to this program; a backup is made first."""
    done = admin.upgrade(base.me(), db)
    if done.before == done.after:
        sentence = tr("The store has schema {after} already.", after=done.after)
    else:
        kept = tr("; the backup is {backup}", backup=done.backup) if done.backup else ""
        before = done.before or tr("nothing")
        sentence = tr("Upgraded the store from {before} to {after}{kept}.", before=before, after=done.after, kept=kept)
    _told(json, sentence, before=done.before, after=done.after, backup=str(done.backup) if done.backup else None)


def _told(json: bool, sentence: str, **facts: Any) -> None:
    if json:
        base.answer({"sentence": sentence, **facts})
    else:
        base.say(sentence)


@commands.command("anchor")
def anchor(
    path: Annotated[Path, typer.Argument(metavar="FILE", help=tr("The file of anchors, best on another machine."))],
    server: Annotated[
        str,
        typer.Option("--timestamp-server", metavar="URL", help=tr("A server that stamps its time on it (RFC 3161).")),
    ] = "",
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Append the head of the audit chain to a file, so that a chain that is cut off or made anew shows."""
    made = anchors.anchor(base.store(db), base.me(), path, server)
    stamped = tr(", stamped by {server}", server=server) if made.stamp else ""
    _told(
        json,
        tr("Anchored event {event} in {path}{stamped}.", event=made.event, path=path, stamped=stamped),
        event=made.event,
        head=made.head,
        file=str(path),
    )


@commands.command("doctor")
def doctor(
    db: base.Db = "",
    kept: Annotated[
        Path | None, typer.Option("--anchors", metavar="FILE", help=tr("Hold the chain against these anchors, too."))
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", metavar="PEM", help=tr("The root of the timestamp server."))
    ] = None,
    saved: Annotated[
        Path | None, typer.Option("--backups", metavar="FOLDER", help=tr("Say how old the newest backup there is."))
    ] = None,
    json: base.Json = False,
) -> None:
    """Say what is unsafe or damaged; exit 1 if anything is."""
    checks = admin.examine(base.me(), db)
    if saved:
        checks.append(admin.backed_up(base.me(), saved))
    if kept:
        checks.append(admin.anchored(base.store(db), base.me(), kept, certificate))
    if json:
        base.answer([{"check": check.name, "ok": check.ok, "says": check.says} for check in checks])
    else:
        for check in checks:
            base.say(f"{'✓' if check.ok else '✕'} {check.name}: {check.says}")
    if not all(check.ok for check in checks):
        raise typer.Exit(1)
