"""A store in another database: every row as it is, all of them or none, held against its digest on both sides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from readiness.errors import StoreError
from readiness.language import tr

from . import audit, facts
from .engine import Store, translated
from .tables import StoreTable

ROWS = 1_000
"""Rows that are read and written at once."""


def copy(source: Store, target: Store) -> dict[str, int]:
    """Copy a store into an empty one, both of today's schema; how many rows there are of each table.

    Raises StoreError where the target holds anything, or where what arrived is not what was read.
    """
    tables = StoreTable.metadata.sorted_tables
    with translated(source.name), _snapshot(source) as read, target.writing() as session:
        written = session.connection()
        if taken := next((table.name for table in tables if _count(written, table)), ""):
            problem = tr("the store to copy to holds something already ({taken})", taken=taken)
            raise StoreError(problem, file=target.name, expected=tr("a store that is new"))
        for table in tables:
            for rows in _read(read, table):
                written.execute(insert(table), rows)
            _number_on(written, table)
        for table in tables:
            if _digest(read, table) != _digest(written, table):
                raise StoreError(
                    tr("the table {table} did not arrive as it was read", table=table.name), file=target.name
                )
        session.flush()
        if audit.verify(session).broken_at is not None or len(facts.verify(session).changed) > _doubted(source):
            raise StoreError(tr("the record of what happened does not fit what arrived"), file=target.name)
        return {table.name: _count(written, table) for table in tables}


def _snapshot(store: Store) -> Connection:
    """A connection to which nothing changes while it reads."""
    level = None if store.sqlite else "REPEATABLE READ"
    connection = store.engine.connect()
    return connection.execution_options(isolation_level=level) if level else connection


def _doubted(store: Store) -> int:
    """The facts that did not fit before either, which a copy makes neither right nor worse."""
    with store.reading() as session:
        return len(facts.verify(session).changed)


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _read(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    rows = connection.execution_options(yield_per=ROWS).execute(select(table).order_by(*table.primary_key))
    for part in rows.partitions():
        yield [dict(row._mapping) for row in part]  # noqa: SLF001 - SQLAlchemy's own name for it


def _digest(connection: Connection, table: Table) -> str:
    """Over the values of all rows in the order of their keys, whichever database holds them."""
    digest = hashlib.sha256()
    for rows in _read(connection, table):
        for row in rows:
            digest.update(json.dumps(row, sort_keys=True, default=_plain).encode() + b"\n")
    return digest.hexdigest()


def _plain(value: object) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def _number_on(connection: Connection, table: Table) -> None:
    """The next row gets the number behind the last one, which PostgreSQL counts apart."""
    (key, *others) = table.primary_key
    if connection.dialect.name != "postgresql" or others or table.autoincrement_column is not key:
        return
    named = {"name": table.name, "key": key.name}
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:name, :key)"), named)
    last = connection.scalar(select(func.max(key)))
    if sequence and last:
        connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})
