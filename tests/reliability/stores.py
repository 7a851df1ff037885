"""A store that is written to as people do it, what was acknowledged of that, and whether all of it is there."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import re
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine, event

from readiness.errors import StoreError
from readiness.services import evidence as evidence_service
from readiness.services import gaps as gaps_service
from readiness.store import Store, backups, connect, open_store, queries, schema
from tests import factories, stored
from tests.factories import SLUG, TODAY, assessment_file, mark

SIGNAL = "capacity"
_TOKEN = re.compile(r"write-\d+")


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def path_of(store: Store) -> Path:
    assert store.path
    return store.path


def tuned(path: Path, **pragmas: object) -> Store:
    """A store whose connections have these settings of SQLite beside our own."""
    store = connect(url(path))
    for name, value in pragmas.items():
        event.listen(store.engine, "connect", lambda raw, _, to=f"{name}={value}": raw.execute(f"PRAGMA {to}"))
    if schema.revision(store) is None:
        open_store(url(path)).close()
    return store


def put(store: Store, name: str, more: str = "") -> None:
    """Import an assessment file whose answer carries the file's name."""
    file = assessment_file(mark(SIGNAL, "yes", note=name + more))
    evidence_service.add_assessment(
        store,
        factories.principal(),
        file,
        name=name,
        digest=factories.digest(name),
        as_of=TODAY,
        on_conflict="take",
    )


def note(store: Store) -> str:
    return queries.dossier(store, SLUG).marks[SIGNAL].record.note


def write(store: Store, number: int) -> None:
    """The write of this number: an answer, a due date or a file of results, by turns; the first makes the system."""
    if number % 3 == 0:
        put(store, f"write-{number}.toml")
    elif number % 3 == 1:
        gap = queries.dossier(store, SLUG).marks[SIGNAL]
        due = TODAY + dt.timedelta(days=20 + number % 900)
        gaps_service.change(
            store,
            factories.principal(),
            gap.id,
            seen=gap.row_version,
            due=due,
            owner="omar",
            action=f"write-{number}",
            reason="waits for the vendor",
        )
    else:
        stored.add_evidence(
            store, factories.principal(), SLUG, factories.evidence(f"write-{number}.csv"), (factories.cell(),)
        )


def written(store: Store) -> set[int]:
    """The numbers of the writes that the store holds an event of; `unsound` says whether the facts are those."""
    events = queries.events(store, limit=1_000_000)
    return {int(token.partition("-")[2]) for event in events for token in _TOKEN.findall(repr(event))}


def unsound(store: Store) -> list[str]:
    """What is wrong with a store as a whole: its pages, its chain, its facts."""
    faults = backups.check_integrity(path_of(store))
    if (broken_at := queries.chain(store).broken_at) is not None:
        faults.append(f"the chain is broken at event {broken_at}")
    return faults + [f"{fact.table} {fact.owner} was {fact.how}" for fact in queries.verified_facts(store).changed]


def lost(path: Path, acknowledged: int) -> list[str]:
    """What is wrong with a store in which the first so many writes were acknowledged, one after the other."""
    try:
        with closing(open_store(url(path))) as store:
            there = written(store)
            faults = unsound(store)
            events = queries.chain(store).events
    except StoreError as exc:
        return [str(exc)]
    faults += [f"write {number} is lost" for number in range(acknowledged) if number not in there]
    if not events == len(there) <= acknowledged + 1:
        faults.append(f"{len(there)} writes and {events} events are there after {acknowledged} acknowledged writes")
    return faults


def in_a_process(work: Callable[[], None]) -> int:
    """Do this in a process of its own, which shares nothing that is open; gives its number at once."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:  # noqa: BLE001  # nothing of this process goes on in its child
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def was_killed(child: int) -> bool:
    """Wait for the end of a process that comes through or is killed; any other end is a failure of the suite."""
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), status
    return status != 0


def killed_before(work: Callable[[], object], statement: int) -> bool:
    """Do this in a process that is killed before the statement of this number; False once it came through."""
    left = itertools.count(statement, -1)

    def tick(_statement: str) -> None:
        if next(left) == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced() -> None:
        event.listen(Engine, "connect", lambda raw, _: raw.set_trace_callback(tick))
        work()

    return was_killed(in_a_process(traced))


def content(path: Path) -> dict[str, list[object]]:
    """The definitions, and every row of each table but the manifest."""
    with closing(sqlite.connect(str(path))) as connection:
        connection.text_factory = bytes
        master = [row for row in connection.execute("SELECT type, name, sql FROM sqlite_master") if row[2]]
        names = [name.decode() for kind, name, _ in master if kind == b"table" and name.decode() != backups.MANIFEST]
        rows = {name: connection.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall() for name in names}  # noqa: S608
    return rows | {"definitions": sorted(row for row in master if row[1].decode() != backups.MANIFEST)}


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="readiness-") as name:
        yield Path(name)
