"""The store's schema: made on first use, checked on every opening, moved forward by migrations with a backup first."""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import URL, Connection, inspect, text
from sqlmodel import Session

from readiness import clock, paths
from readiness.errors import StoreError

from . import facts, queries
from .engine import AUDIT_LOCK, Store, connect, translated

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATING = threading.Lock()
"""Alembic keeps what it is working on in a module; one migration at a time in a process."""


def open_store(url: str = "") -> Store:
    """Open the store at `url`, making its schema if it is new; raises StoreError where the schema does not fit."""
    store = connect(url)
    if store.path:
        _make_private(store.path)
    version = revision(store)
    if version is None:
        _migrate(store)
    elif version != head():
        store.close()
        _refuse_newer(store, version)
        raise StoreError(
            f"the store is of an older schema ({version})", file=store.name, expected="the result of readiness upgrade"
        )
    return store


def _refuse_newer(store: Store, version: str) -> None:
    if version not in _revisions():
        raise StoreError(
            f"the store is of a newer schema than this program ({version})",
            file=store.name,
            expected=f"schema {head()}; install a newer readiness",
        )


def head() -> str:
    """The schema this program knows."""
    return _revisions()[-1]


def _revisions() -> list[str]:
    """Every schema from the first to that of this program, by which the files of the migrations begin."""
    return sorted(path.name.partition("_")[0] for path in (paths.MIGRATIONS / "versions").glob("*.py"))


def revision(store: Store) -> str | None:
    """The schema the store has; None where there is none yet. Raises StoreError for somebody else's database."""
    with translated(store.name), store.engine.connect() as connection:
        tables = inspect(connection).get_table_names()  # before the revision: another process may be making both
        known = "alembic_version" in tables
        version = connection.scalar(text("SELECT version_num FROM alembic_version")) if known else None
        if version is None and tables:
            raise StoreError(
                "the database holds tables that readiness did not make", file=store.name, expected="an empty database"
            )
        return version


def upgrade(store: Store) -> tuple[str | None, Path | None]:
    """Bring the schema to `head`; gives the revision before and, on SQLite, the backup that was made first."""
    if store.path:
        _make_private(store.path)
    before = revision(store)
    if before == head():
        return before, None
    if before is not None:
        _refuse_newer(store, before)
    saved = None
    if store.path and before is not None:
        saved = store.path.with_name(f"{store.path.name}.{before}.{clock.now():%Y%m%dT%H%M%S}.bak")
        backup(store, saved)
    _migrate(store)
    return before, saved


def backup(store: Store, to: Path) -> None:
    """Copy a live SQLite store with the backup API; raises StoreError on a server, which brings its own tools."""
    if not store.path:
        raise StoreError("this store is a PostgreSQL database", file=store.name, expected="pg_dump for its backups")
    if to.exists():
        raise StoreError("the backup file is there already", file=str(to), expected="a new file name")
    try:
        _make_private(to)
        with closing(sqlite.connect(str(store.path))) as source, closing(sqlite.connect(str(to))) as target:
            source.backup(target)
            _leave_out_raw(target)
    except (OSError, sqlite.Error) as exc:
        with suppress(OSError):
            to.unlink()
        raise StoreError(f"the backup failed ({exc})", file=str(to), expected="a folder that may be written") from exc


def _leave_out_raw(copied: Any) -> None:
    """A text that is deleted on a day may not live on in a copy."""
    if copied.execute("SELECT 1 FROM sqlite_master WHERE name = 'raw_text'").fetchone():
        copied.execute("PRAGMA secure_delete=ON")
        copied.execute("DELETE FROM raw_text")
        copied.commit()


def check_integrity(path: Path) -> list[str]:
    """What SQLite finds wrong with a database file: pages, indexes and foreign keys; empty when it is sound."""
    with translated(str(path)):
        try:
            connection = sqlite.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
            rows = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
            rows += [f"foreign key of {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")]
            connection.close()
        except sqlite.Error as exc:
            return [str(exc)]
    return [row for row in rows if row != "ok"]


def restore(path: Path, to: Path) -> None:
    """Put a backup in the place of a store, after checking it; the store that was there is kept beside it."""
    if not path.is_file():
        raise StoreError("the backup cannot be read", file=str(path), expected="a file made by readiness backup")
    if faults := check_integrity(path):
        raise StoreError(f"the backup is damaged ({faults[0]})", file=str(path), expected="an intact backup")
    source = connect(URL.create("sqlite", database=str(path)).render_as_string())
    version = revision(source)
    broken_at = queries.chain(source).broken_at if version == head() else None
    source.close()
    if version is None:
        raise StoreError(
            "the file is not a readiness store", file=str(path), expected="a file made by readiness backup"
        )
    if broken_at is not None:
        raise StoreError(
            f"the audit chain of the backup is broken at event {broken_at}", file=str(path), expected="a whole chain"
        )
    fresh = to.with_name(f"{to.name}.restoring")
    fresh.unlink(missing_ok=True)
    backup(source, fresh)
    kept = to.with_name(f"{to.name}.{clock.now():%Y%m%dT%H%M%S}.before-restore")
    for suffix in ("", "-wal"):  # what was committed last may stand in the log beside the file only
        if (there := to.with_name(to.name + suffix)).exists():
            there.replace(kept.with_name(kept.name + suffix))
    to.with_name(f"{to.name}-shm").unlink(missing_ok=True)
    fresh.replace(to)


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _migrate(store: Store) -> None:
    from alembic import command  # takes longer than all else on the way to a store that fits

    engine = store.engine.execution_options(immediate=True)
    with _MIGRATING, store.lock, translated(store.name), engine.begin() as connection:
        if not store.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": AUDIT_LOCK})
        doubted = _doubted(connection)
        command.upgrade(_config(connection), "head")
        with Session(connection) as session:
            facts.adopt(session, doubted)
            session.commit()  # of the session: the transaction is the connection's


def _doubted(connection: Connection) -> list[str]:
    """The facts that are not as their events left them, which a move to another schema must not make right."""
    names = facts.columns_of(connection)
    if "facts" not in names.get("event", ()):
        return []
    with Session(connection) as session:
        return [f"{fact.table}:{fact.owner}" for fact in facts.verify(session, names=names).changed]


def _make_private(path: Path) -> None:
    """Make the file before SQLite does, so that nobody else may read it at any moment."""
    if not path.exists() and path.parent.is_dir():
        try:
            path.touch(mode=0o600)
        except OSError as exc:
            raise StoreError(
                f"the file cannot be made ({exc.strerror})", file=str(path), expected="a folder that may be written"
            ) from exc
