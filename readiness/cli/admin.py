"""Care of the store: backup, restore, upgrade, and what is unsafe."""

from __future__ import annotations

import platform
import stat
from pathlib import Path
from typing import Annotated, Any

import typer
from pysqlite3 import dbapi2 as sqlite

from readiness.errors import ReadinessError, StoreError
from readiness.store import Store, connect, queries, schema
from readiness.store.engine import library_is_safe

from . import base


def backup(
    path: Annotated[Path, typer.Argument(help="The new file.")], db: base.Db = "", json: base.Json = False
) -> None:
    """Copy the store while it is in use."""
    there = connect(db)
    if there.path and not there.path.exists():
        raise StoreError("there is no store", file=there.name, expected="one that something was imported into")
    schema.backup(base.store(db), path)
    _told(json, f"Backed up to {path}.", file=str(path))


def restore(
    path: Annotated[Path, typer.Argument(help="A file made by readiness backup.")],
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Put a backup in the place of the store, after checking it; the old store is kept beside it."""
    target = connect(db)
    if target.path is None:
        raise StoreError("this store is a PostgreSQL database", file=target.name, expected="pg_restore")
    schema.restore(path, target.path)
    _told(json, f"Restored {path} to {target.path}.", file=str(path), store=str(target.path))


def upgrade(db: base.Db = "", json: base.Json = False) -> None:
    """Bring the schema of the store up to this program; a backup is made first."""
    store = connect(db)
    before, saved = schema.upgrade(store)
    if before == schema.head():
        sentence = f"The store has schema {before} already."
    else:
        kept = f"; the backup is {saved}" if saved else ""
        sentence = f"Upgraded the store from {before or 'nothing'} to {schema.head()}{kept}."
    _told(json, sentence, before=before, after=schema.head(), backup=str(saved) if saved else None)


def _told(json: bool, sentence: str, **facts: Any) -> None:
    if json:
        base.answer({"sentence": sentence, **facts})
    else:
        base.say(sentence)


def doctor(db: base.Db = "", json: base.Json = False) -> None:
    """Say what is unsafe or damaged; exit 1 if anything is."""
    checks = _checks(db)
    if json:
        base.answer([{"check": name, "ok": ok, "says": says} for name, ok, says in checks])
    else:
        for name, ok, says in checks:
            base.say(f"{'✓' if ok else '✕'} {name}: {says}")
    if not all(ok for _, ok, _ in checks):
        raise typer.Exit(1)


def _checks(db: str) -> list[tuple[str, bool, str]]:
    version = sqlite.sqlite_version
    safe = library_is_safe(sqlite.sqlite_version_info)
    checks = [
        ("Python", True, platform.python_version()),
        ("SQLite", safe, version if safe else f"{version} can lose writes in WAL mode; DELETE mode is used instead"),
        ("network", True, "the dashboard listens on this machine only; another address is refused without a login"),
    ]
    store = connect(db)
    try:
        checks.append(_schema(store))
        if store.path and store.path.exists():
            checks += [_mode(store.path), _integrity(store.path)]
        checks.append(_chain(store))
    except ReadinessError as exc:
        checks.append(("store", False, str(exc)))
    return checks


def _schema(store: Store) -> tuple[str, bool, str]:
    if store.path and not store.path.exists():
        return "schema", True, "there is no store yet; the first import makes it"
    found = schema.revision(store)
    if found in (None, schema.head()):
        return "schema", True, found or "the store is empty"
    return "schema", False, f"{found}, where this program has {schema.head()}; readiness upgrade moves an older one"


def _mode(path: Path) -> tuple[str, bool, str]:
    open_to = stat.S_IMODE(path.stat().st_mode) & 0o077
    return "file mode", not open_to, f"{path} is {'open to others; chmod 600' if open_to else 'private'}"


def _integrity(path: Path) -> tuple[str, bool, str]:
    faults = schema.check_integrity(path)
    return "integrity", not faults, faults[0] if faults else "sound"


def _chain(store: Store) -> tuple[str, bool, str]:
    if (store.path and not store.path.exists()) or schema.revision(store) is None:
        return "audit chain", True, "no event yet"
    status = queries.chain(store)
    if status.broken_at is not None:
        return "audit chain", False, f"broken at event {status.broken_at}"
    return "audit chain", True, f"intact over {status.events} events"
