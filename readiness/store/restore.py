"""Putting a backup in the place of a store, in one transaction of it, so that whoever has it open goes on.

A dashboard that runs meanwhile either writes before, and its write is in the store that is kept beside, or after, and
it is in the restored one. A process that dies on the way leaves the old store.
"""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import URL, Connection
from sqlmodel import Session

from readiness import clock
from readiness.errors import StoreError
from readiness.language import tr

from . import audit, backups, queries, schema
from .engine import Store, connect, make_private, translated

PATIENCE = 60
"""Seconds in which a gap between the writes of others is waited for; a write alone waits five."""


def restore(path: Path, to: Path, *, actor: str) -> None:
    """Check a backup and put it in the place of a store, which is kept beside it. Raises StoreError."""
    version = _checked(path)
    kept = to.with_name(f"{to.name}.{clock.now():%Y%m%dT%H%M%S%f}.before-restore")
    if to.exists() and backups.check_integrity(to) == [] and _is_ours(to):
        _take_over(path, to, kept, actor=actor if version == schema.head() else "")
    else:
        _replace(path, to, kept)


def _checked(path: Path) -> str:
    """The schema of a backup that is whole."""
    if not path.is_file():
        raise StoreError(
            tr("the backup cannot be read"), file=str(path), expected=tr("a file made by readiness backup")
        )
    if faults := backups.check_integrity(path):
        raise StoreError(
            tr("the backup is damaged ({reason})", reason=faults[0]), file=str(path), expected=tr("an intact backup")
        )
    if changed := backups.check_manifest(path):
        problem = tr("the backup is not what its manifest says ({table})", table=changed[0])
        raise StoreError(problem, file=str(path), expected=tr("the file as it was written"))
    with closing(_store(path)) as source:
        version = schema.revision(source)
        if version is None:
            raise StoreError(
                tr("the file is not a readiness store"), file=str(path), expected=tr("a file made by readiness backup")
            )
        broken_at = queries.chain(source).broken_at if version == schema.head() else None
    if broken_at is not None:
        raise StoreError(
            tr("the audit chain of the backup is broken at event {event}", event=broken_at),
            file=str(path),
            expected=tr("a whole chain"),
        )
    return version


def _store(path: Path) -> Store:
    return connect(URL.create("sqlite", database=str(path)).render_as_string())


def _is_ours(path: Path) -> bool:
    with closing(_store(path)) as store:
        return schema.revision(store) is not None


def _take_over(path: Path, to: Path, kept: Path, *, actor: str) -> None:
    """Exchange the content of a store that others may have open; an event says so where an actor is named."""
    store = _store(to)
    with closing(store), translated(store.name), store.engine.execution_options(immediate=True).connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")
        raw.execute("ATTACH DATABASE ? AS saved", (str(path),))
        with connection.begin():  # nobody writes from here on
            backups.save(store, kept)
            _exchange(raw)
            if actor:
                _record(connection, actor, path, kept)
        raw.execute("DETACH DATABASE saved")
    store.scrub()


def _exchange(raw: Any) -> None:
    """Drop all there is, and make and fill what the backup holds."""
    names = "SELECT type, name, sql FROM {}.sqlite_master WHERE name NOT LIKE 'sqlite_%' AND sql IS NOT NULL"
    for kind in ("trigger", "index", "table"):
        for there, name, _ in raw.execute(names.format("main")).fetchall():
            if there == kind:
                raw.execute(f"DROP {kind} {_quoted(name)}")
    saved = [row for row in raw.execute(names.format("saved")).fetchall() if backups.MANIFEST not in row[1]]
    for _, name, sql in (row for row in saved if row[0] == "table"):
        raw.execute(sql)
        raw.execute(f"INSERT INTO main.{_quoted(name)} SELECT * FROM saved.{_quoted(name)}")  # noqa: S608  # quoted
    for _, _, sql in (row for row in saved if row[0] != "table"):
        raw.execute(sql)
    raw.execute("DELETE FROM main.sqlite_sequence")
    raw.execute("INSERT INTO main.sqlite_sequence SELECT * FROM saved.sqlite_sequence")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _record(connection: Connection, actor: str, path: Path, kept: Path) -> None:
    with Session(connection) as session:
        audit.append(
            session,
            actor=actor,
            action="restore",
            sentence=f"Restored the backup {path.name}; the store before it is kept as {kept.name}",
            detail={"backup": path.name, "kept": kept.name},
            facts={},
        )
        session.commit()  # of the session: the transaction is the connection's


def _replace(path: Path, to: Path, kept: Path) -> None:
    """Put a copy of the backup where there is no store, or one that nobody can write to."""
    fresh = to.with_name(f"{to.name}.restoring")
    with suppress(FileNotFoundError):
        fresh.unlink()
    try:
        make_private(fresh)
        with closing(sqlite.connect(str(path))) as source, closing(sqlite.connect(str(fresh))) as target:
            source.backup(target)
            target.execute(f"DROP TABLE IF EXISTS {backups.MANIFEST}")
            target.execute("PRAGMA application_id=0")
            target.commit()
    except (OSError, sqlite.Error) as exc:
        raise StoreError(
            tr("the restore failed ({reason})", reason=exc), file=str(to), expected=tr("a folder that may be written")
        ) from exc
    for suffix in ("", "-wal"):  # what was committed last may stand in the log beside the file only
        if (there := to.with_name(to.name + suffix)).exists():
            there.replace(kept.with_name(kept.name + suffix))
    to.with_name(f"{to.name}-shm").unlink(missing_ok=True)
    fresh.replace(to)
