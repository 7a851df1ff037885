"""Opening the store: the only place that makes an engine, a transaction or a schema.

SQLite is opened through `pysqlite3`, which brings a current library: the one that some systems link can lose
committed writes (the WAL-reset bug of 3.7.0 to 3.51.2). Every connection runs in WAL mode with full synchronisation.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, StatementError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from readiness import extras
from readiness.errors import InputError, ReadinessError, StoreError
from readiness.language import marked, tr

from . import texts

URL_VARIABLE = "READINESS_DATABASE_URL"
DEFAULT_URL = "sqlite:///readiness.db"
_CHAIN, _SYSTEM = 0x72656164, 0x72656165
"""Keys of PostgreSQL's advisory locks: of the audit chain and of all systems; of one, with a hash of its name."""

PATIENCE = 5
"""Seconds that a write waits for those of other processes."""
_TURN = 3
"""Milliseconds after which it asks again: SQLite itself sleeps longer each time, and writers of one process pass by."""
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={PATIENCE * 1000}",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
    "secure_delete=ON",
)
_SAFE_SINCE = (3, 51, 3)
_BACKPORTS = {(3, 50, 7), (3, 44, 6)}


class FifoLock:
    """A lock that serves its waiters in the order they came, which `threading.Lock` does not promise."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


class WriteCount:
    """Another number once this process has written: it tells one write from the next, not how many there were."""

    def __init__(self) -> None:
        self._next, self.last = itertools.count(1), 0

    def __enter__(self) -> None:
        """What is counted is over when it is left."""

    def __exit__(self, *_: object) -> None:
        self.last = next(self._next)


@dataclass(frozen=True)
class Store:
    """An open store: what services hand to `queries`, and take their sessions for `changes` from."""

    url: str
    engine: Engine = field(repr=False)
    lock: FifoLock = field(default_factory=FifoLock, repr=False)
    writes: WriteCount = field(default_factory=WriteCount, repr=False)

    @property
    def sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def name(self) -> str:
        """The store as errors name it: without credentials."""
        url = self.engine.url
        return (url.database or "memory") if self.sqlite else f"{url.host or 'local'}/{url.database}"

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None on a server."""
        return Path(self.engine.url.database) if self.sqlite and self.engine.url.database else None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with translated(self.name), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self, system: str = "") -> Iterator[Session]:
        """One short transaction: all of it is stored, or none.

        Whoever writes about one system waits for those who write about the same, or without a name about any; on SQLite
        for all.
        """
        with self.receiving() as session:
            lock_for(session.connection(), system)
            yield session

    @contextmanager
    def receiving(self) -> Iterator[Session]:
        """One short transaction of rows that no fact rests on: it waits for no other writer but that of SQLite."""
        engine = self.engine.execution_options(immediate=True)
        waiting = self.lock if self.sqlite else nullcontext()
        opened = Session(engine, expire_on_commit=False)
        with self.writes, waiting, translated(self.name), opened as session, session.begin():
            yield session

    def scrub(self) -> None:
        """What was deleted is overwritten in the file; its log holds it until it is written over, so that is cut off.

        The write stands in any case, and whoever closes the store last cuts the log too.
        """
        if self.sqlite:
            with suppress(sqlite.Error), closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.engine.dispose()


def connect(url: str = "") -> Store:
    """A store handle without a look at the schema; `store.open` is what most callers want."""
    url = url or os.environ.get(URL_VARIABLE, "") or DEFAULT_URL
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            with extras.asked():
                return Store(url, texts.engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True))
        if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
            raise InputError(tr("a database in memory would be lost at once"), expected="sqlite:///FILE")
        if parsed.get_backend_name() == "sqlite":
            return Store(url, _sqlite_engine(url))
    except (ArgumentError, NoSuchModuleError, ValueError) as exc:
        raise InputError(tr("the database URL is malformed"), expected=tr("sqlite:///FILE or postgresql://…")) from exc
    raise InputError(
        tr("the database {name!r} is not supported", name=parsed.get_backend_name()),
        expected=tr("sqlite:///FILE or postgresql://…"),
    )


def lock_for(connection: Connection, system: str = "") -> None:
    """Wait until nobody else writes about this system, or about any where none is named; SQLite has one writer."""
    if connection.dialect.name == "sqlite":
        return
    if not system:
        connection.execute(text("SELECT pg_advisory_xact_lock(:chain, 0)"), {"chain": _CHAIN})
        return
    connection.execute(
        text("SELECT pg_advisory_xact_lock_shared(:chain, 0), pg_advisory_xact_lock(:system, hashtext(:name))"),
        {"chain": _CHAIN, "system": _SYSTEM, "name": system},
    )


def lock_chain(connection: Connection) -> None:
    """Wait until nobody else appends to the audit chain; held until the transaction ends, which is soon after."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:chain)"), {"chain": _CHAIN})


def make_private(path: Path) -> None:
    """Make the file before SQLite does, so that nobody else may read it at any moment."""
    if not path.exists() and path.parent.is_dir():
        try:
            path.touch(mode=0o600)
        except OSError as exc:
            raise StoreError(
                tr("the file cannot be made ({reason})", reason=exc.strerror),
                file=str(path),
                expected=tr("a folder that may be written"),
            ) from exc


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Database failures as one sentence each; anything unknown still names the store and what the driver said."""
    try:
        yield
    except UnicodeDecodeError as exc:  # a text that is damaged, or one in what SQLite says of it
        raise StoreError(
            tr("the store is damaged"), file=name, expected=tr("an intact database; restore a backup")
        ) from exc
    except DBAPIError as exc:
        message = str(exc.orig).strip().splitlines()[0] if str(exc.orig).strip() else type(exc.orig).__name__
        for sign, problem, expected in _FAILURES:
            if sign in message.lower():
                raise StoreError(tr(problem), file=name, expected=tr(expected)) from exc
        raise StoreError(tr("the store refused the request ({message})", message=message), file=name) from exc
    except StatementError as exc:
        if isinstance(exc.orig, ReadinessError):  # of a text within JSON
            raise exc.orig from exc
        raise


_FAILURES = (
    (
        "database is locked",
        marked("another process is writing to the store"),
        marked("it to finish within 5 seconds; try again"),
    ),
    ("readonly", marked("the store is read-only"), marked("a file and a folder that may be written")),
    ("unable to open", marked("the store cannot be opened"), marked("a folder that exists and may be written")),
    ("not a database", marked("the file is not a readiness store"), marked("an SQLite database")),
    ("malformed", marked("the store is damaged"), marked("an intact database; restore a backup")),
    ("disk is full", marked("the disk is full; nothing was stored"), marked("free space")),
    ("disk i/o error", marked("the disk could not be read or written"), marked("free space and a disk without faults")),
    ("no such table", marked("the file is not a readiness store"), marked("a store made by readiness")),
    ("connection refused", marked("the database server does not answer"), marked("a server that runs")),
    ("connection failed", marked("the database server does not answer"), marked("a server that runs and lets us in")),
)


def _sqlite_engine(url: str) -> Engine:
    engine = texts.engine(url, module=sqlite, connect_args={"isolation_level": None, "check_same_thread": False})
    named = str(engine.url.database)
    file = _SameFile(Path(unquote(urlsplit(named).path) if named.startswith("file:") else named))
    if not named.startswith("file:"):  # an address of SQLite's own says itself how it is opened
        event.listen(engine, "do_connect", file.never_made)
        event.listen(engine, "connect", file.note_rights)
        event.listen(engine, "checkin", file.keep_no_reader)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", file.check)
    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", file.check)
    return engine


class _SameFile:
    """The file that a store was opened with: one that is gone or another one takes no write and gives no answer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: tuple[int, int] | None = None

    def never_made(self, _dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]) -> None:
        """SQLite would make a file that is not there, which only the first opening may."""
        arguments[0] = f"{self._path.absolute().as_uri()}?mode={'rw' if self._first else 'rwc'}"
        options["uri"] = True

    def note_rights(self, _connection: object, record: ConnectionPoolEntry) -> None:
        beside = (self._path.with_name(self._path.name + suffix) for suffix in ("", "-wal", "-shm"))
        record.info["reader"] = any(path.exists() and not os.access(path, os.W_OK) for path in beside)

    def keep_no_reader(self, _connection: object, record: ConnectionPoolEntry) -> None:
        """A connection that was made while the file was read-only stays so; the next may be able to write."""
        if record.info.get("reader"):
            record.invalidate()

    def check(self, _connection: Connection) -> None:
        """Raises StoreError, before anything is read or written, and once more before it is kept."""
        now = self._identity()
        self._first = self._first or now
        if now is None:
            problem = tr("the file of the store is gone; nothing was stored")
            raise StoreError(
                problem, file=str(self._path), expected=tr("the file that was opened, or a restored backup")
            )
        if now != self._first:
            problem = tr("the file of the store is another one than was opened; nothing was stored")
            raise StoreError(problem, file=str(self._path), expected=tr("a new start of the program"))

    def _identity(self) -> tuple[int, int] | None:
        try:
            there = self._path.stat()
        except OSError:
            return None
        return there.st_dev, there.st_ino


def library_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug."""
    return version >= _SAFE_SINCE or version in _BACKPORTS


def _on_connect(connection: Any, _: object) -> None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and "alembic_version" not in tables:
        return  # somebody else's database, which is going to be refused and stays as it is
    safe = library_is_safe(sqlite.sqlite_version_info)
    for pragma in _PRAGMAS:
        if not safe and pragma.startswith(("journal_mode", "synchronous")):
            continue
        connection.execute(f"PRAGMA {pragma}")
    if not safe:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA synchronous=EXTRA")


def begin(connection: Connection) -> None:
    """Start a transaction as SQLite is asked to: one that will write waits its turn."""
    if not connection.get_execution_options().get("immediate"):
        connection.exec_driver_sql("BEGIN")
        return
    cursor, ends = connection.connection.cursor(), time.monotonic() + PATIENCE
    cursor.execute(f"PRAGMA busy_timeout={_TURN}")
    try:
        while time.monotonic() < ends:
            try:
                cursor.execute("BEGIN IMMEDIATE")
            except sqlite.OperationalError as exc:
                if "locked" not in str(exc):  # which is that another process writes
                    break
            else:
                return
    finally:
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
