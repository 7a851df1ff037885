"""A store in the memory of this process: what is judged without being kept is judged by what judges the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import event
from sqlalchemy.pool import QueuePool

from . import texts
from .engine import Store, begin
from .tables import StoreTable


@contextmanager
def passing_store() -> Iterator[Store]:
    """A store for as long as the block lasts: no file is made, and nothing of it is left."""
    address = f"file:/{uuid4().hex}?vfs=memdb"
    engine = texts.engine("sqlite://", module=sqlite, creator=lambda: _connection(address), poolclass=QueuePool)
    event.listen(engine, "begin", begin)
    StoreTable.metadata.create_all(engine)
    store = Store("memory", engine)
    try:
        yield store
    finally:
        store.close()


def _connection(address: str) -> Any:
    connection = sqlite.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection
