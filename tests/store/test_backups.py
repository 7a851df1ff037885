"""Backups that show any change, a restore under a running program, and a store file that goes away."""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from readiness.errors import StoreError
from readiness.store import Store, backups, open_store, queries, restore
from tests.reliability.stores import note, path_of, put


@pytest.fixture
def saved(sqlite_store: Store, tmp_path: Path) -> Path:
    """A backup of a store that was changed afterwards."""
    put(sqlite_store, "saved.toml")
    path = tmp_path / "saved.bak"
    backups.save(sqlite_store, path)
    put(sqlite_store, "later.toml")
    return path


# What a backup shows


def accepted(path: Path) -> bool:
    """Whether a restore would take the file."""
    try:
        restore.restore(path, path.with_name("target.db"), actor="dana")
    except StoreError:
        return False
    return True


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE mark SET note = 'other'", "table mark"),
        ("DELETE FROM standing", "table standing"),
        ("CREATE TABLE more (x)", "definitions"),
        ("DROP TABLE backup_manifest", "the manifest"),
        ("DELETE FROM backup_manifest WHERE name = 'table mark'", "table mark"),
    ],
)
def test_a_backup_that_is_not_as_it_was_written_says_what_differs(saved: Path, statement: str, told: str) -> None:
    with closing(sqlite.connect(str(saved), isolation_level=None)) as hand:
        hand.execute(statement)
    assert backups.check_manifest(saved)[0] == told
    with pytest.raises(StoreError, match="the backup is not what its manifest says"):
        restore.restore(saved, saved.with_name("target.db"), actor="dana")


@pytest.mark.parametrize("name", [b"TABLE mark", b"INDEX", b"TRIGGER", b"alembic_version"])
def test_a_backup_in_which_a_name_is_no_text_any_more_is_refused_in_one_sentence(saved: Path, name: bytes) -> None:
    whole = saved.read_bytes()
    saved.write_bytes(whole.replace(name, b"\xa8" + name[1:]))
    with pytest.raises(StoreError, match=r"the backup is (damaged|not what its manifest says)"):
        restore.restore(saved, saved.with_name("target.db"), actor="dana")
    assert not saved.with_name("target.db").exists()


def test_a_backup_from_before_there_were_manifests_is_taken(saved: Path) -> None:
    with closing(sqlite.connect(str(saved), isolation_level=None)) as hand:
        hand.execute(f"DROP TABLE {backups.MANIFEST}")
        hand.execute("PRAGMA application_id=0")
    assert accepted(saved)


# A restore under a running program


def test_a_program_that_has_the_store_open_goes_on_with_what_was_restored(sqlite_store: Store, saved: Path) -> None:
    head = queries.head(sqlite_store)
    restore.restore(saved, path_of(sqlite_store), actor="omar")
    assert note(sqlite_store) == "saved.toml"
    assert queries.head(sqlite_store) != head
    newest = queries.events(sqlite_store)[0]
    assert (newest.actor, newest.action) == ("omar", "restore")
    put(sqlite_store, "after.toml")
    assert note(sqlite_store) == "after.toml"
    (kept,) = path_of(sqlite_store).parent.glob("*.before-restore")
    with closing(open_store(f"sqlite:///{kept}")) as before:
        assert note(before) == "later.toml"
    assert queries.chain(sqlite_store).broken_at is None
    assert queries.verified_facts(sqlite_store).changed == ()


def test_no_write_of_a_running_program_is_lost_by_a_restore(sqlite_store: Store, saved: Path) -> None:
    done, stop = [], threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with suppress(StoreError):  # refused in one sentence, and nothing acknowledged
                put(sqlite_store, f"{number}.toml")
                done.append(f"{number}.toml")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(done) < 3:
            pass
        restore.restore(saved, path_of(sqlite_store), actor="omar")
        reached = len(done)
        while len(done) < reached + 3:
            pass
    finally:
        stop.set()
        writer.join()
    (kept,) = path_of(sqlite_store).parent.glob("*.before-restore")
    told = [event.detail.get("file") for event in queries.events(sqlite_store)]
    with closing(open_store(f"sqlite:///{kept}")) as before:
        told += [event.detail.get("file") for event in queries.events(before)]
    assert set(done) <= set(told)


# A file that goes away


def refused(store: Store, problem: str) -> None:
    with pytest.raises(StoreError, match=problem):
        put(store, "more.toml")
    with pytest.raises(StoreError, match=problem):
        queries.systems(store)


def test_a_store_file_that_vanished_takes_no_write_and_is_not_made_anew(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store, "a.toml")
    path_of(sqlite_store).rename(tmp_path / "elsewhere.db")
    refused(sqlite_store, "the file of the store is gone; nothing was stored")
    sqlite_store.engine.dispose()
    refused(sqlite_store, "the (file of the )?store (is gone|cannot be opened)")
    assert not path_of(sqlite_store).exists()
    (tmp_path / "elsewhere.db").rename(path_of(sqlite_store))
    assert note(sqlite_store) == "a.toml"


def test_a_store_file_that_was_swapped_takes_no_write(sqlite_store: Store, saved: Path) -> None:
    path_of(sqlite_store).rename(path_of(sqlite_store).with_name("old.db"))
    path_of(sqlite_store).write_bytes(saved.read_bytes())
    before = saved.read_bytes()
    refused(sqlite_store, "the file of the store is another one than was opened; nothing was stored")
    assert path_of(sqlite_store).read_bytes() == before


def test_a_store_file_that_is_swapped_during_a_write_keeps_none_of_it(sqlite_store: Store, saved: Path) -> None:
    old, new = path_of(sqlite_store).with_name("old.db"), saved.read_bytes()

    def swap() -> None:
        with sqlite_store.writing() as session:
            session.connection().exec_driver_sql("UPDATE system SET name = 'half'")
            path_of(sqlite_store).rename(old)
            path_of(sqlite_store).write_bytes(new)

    with pytest.raises(StoreError, match="another one than was opened"):
        swap()
    path_of(sqlite_store).unlink()
    old.rename(path_of(sqlite_store))
    with closing(open_store(sqlite_store.url)) as again:
        assert [system.name for system in queries.systems(again)] != ["half"]
        assert note(again) == "later.toml"
