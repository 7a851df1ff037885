"""The store's schema: made on first use, checked on every opening, moved forward by migrations with a backup first."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session

from readiness import clock, paths
from readiness.errors import StoreError
from readiness.language import tr

from . import backups, facts
from .engine import Store, connect, lock_chain, lock_for, make_private, translated

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATING = threading.Lock()
"""Alembic keeps what it is working on in a module; one migration at a time in a process."""


def open_store(url: str = "") -> Store:
    """Open the store at `url`, making its schema if it is new; raises StoreError where the schema does not fit."""
    store = connect(url)
    if store.path:
        make_private(store.path)
    version = revision(store)
    if version is None:
        _migrate(store)
    elif version != head():
        store.close()
        _refuse_newer(store, version)
        raise StoreError(
            tr("the store is of an older schema ({version})", version=version),
            file=store.name,
            expected=tr("the result of readiness upgrade"),
        )
    return store


def _refuse_newer(store: Store, version: str) -> None:
    if version not in _revisions():
        raise StoreError(
            tr("the store is of a newer schema than this program ({version})", version=version),
            file=store.name,
            expected=tr("schema {version}; install a newer readiness", version=head()),
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
                tr("the database holds tables that readiness did not make"),
                file=store.name,
                expected=tr("an empty database"),
            )
        return version


def upgrade(store: Store) -> tuple[str | None, Path | None]:
    """Bring the schema to `head`; gives the revision before and, on SQLite, the backup that was made first."""
    if store.path:
        make_private(store.path)
    before = revision(store)
    if before == head():
        return before, None
    if before is not None:
        _refuse_newer(store, before)
    saved = None
    if store.path and before is not None:
        saved = store.path.with_name(f"{store.path.name}.{before}.{clock.now():%Y%m%dT%H%M%S}.bak")
        backups.save(store, saved)
    _migrate(store)
    return before, saved


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
        lock_for(connection)
        lock_chain(connection)
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
