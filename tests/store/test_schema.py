from __future__ import annotations

import shutil
import stat
import statistics
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import sqlmodel
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import event, inspect, text
from sqlmodel import col

from readiness import paths
from readiness.errors import InputError, StoreError
from readiness.model.dossier import Done
from readiness.model.traces import KeptReason, Trace
from readiness.services import evidence as evidence_service
from readiness.store import Store, backups, connect, open_store, queries, restore, schema
from readiness.store.engine import DEFAULT_URL, URL_VARIABLE, library_is_safe
from readiness.store.tables import PairRow, StoreTable, TraceRow
from tests import factories
from tests.factories import SLUG, TODAY, assessment_file, mark
from tests.figures import near


def put(store: Store, name: str = "a.toml") -> Done:
    file = assessment_file(mark("capacity", "yes", note=name))
    return evidence_service.add_assessment(
        store, factories.principal(), file, name=name, digest=factories.digest(name), as_of=TODAY
    )


def file_of(store: Store) -> Path:
    assert store.path
    return store.path


def note(store: Store) -> str:
    return queries.dossier(store, SLUG).marks["capacity"].record.note


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def run(store: Store, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def pragmas(store: Store, **values: Any) -> None:
    """Set these on every connection to come."""
    store.close()
    for name, value in values.items():
        event.listen(store.engine, "connect", lambda raw, _, to=f"{name}={value}": raw.execute(f"PRAGMA {to}"))


def pragma(store: Store, name: str) -> Any:
    with store.engine.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


# A new store


def test_a_new_store_has_the_schema_of_this_program(empty_url: str) -> None:
    with closing(connect(empty_url)) as before:
        assert schema.revision(before) is None
    with closing(open_store(empty_url)) as store:
        assert schema.revision(store) == schema.head()
        assert set(StoreTable.metadata.tables) == set(inspect(store.engine).get_table_names()) - {"alembic_version"}
    with closing(open_store(empty_url)) as again:
        assert queries.systems(again) == []


def test_models_and_migrations_agree(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, StoreTable.metadata) == []


def test_the_files_of_the_migrations_are_called_by_their_revisions() -> None:
    scripts = ScriptDirectory(str(paths.MIGRATIONS))
    steps = list(scripts.walk_revisions())
    assert [Path(step.path).name.partition("_")[0] for step in steps] == [step.revision for step in steps]
    assert schema.head() == scripts.get_current_head()


def test_the_file_and_its_log_are_for_their_owner_only(tmp_path: Path) -> None:
    with closing(open_store(url(tmp_path / "readiness.db"))) as store:
        put(store)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(("readiness.db", "readiness.db-wal", "readiness.db-shm"), 0o600)


def test_the_address_may_stand_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL_VARIABLE, url(tmp_path / "there.db"))
    assert connect().path == tmp_path / "there.db"
    monkeypatch.delenv(URL_VARIABLE)
    assert connect().url == DEFAULT_URL


@pytest.mark.parametrize("address", ["readiness.db", "mysql://root@localhost/readiness", "oddity:///readiness.db"])
def test_an_address_that_is_no_store_is_refused(address: str) -> None:
    with pytest.raises(InputError, match=r"expected sqlite:///FILE or postgresql://…"):
        connect(address)


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    with pytest.raises(StoreError, match="the database server does not answer") as refused:
        open_store("postgresql://dana:secret@127.0.0.1:1/readiness")
    assert "secret" not in str(refused.value)


# The library


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_a_library_that_can_lose_writes_is_told_by_its_version(version: tuple[int, ...], safe: bool) -> None:
    assert library_is_safe(version) == safe


def test_the_library_in_use_is_safe_and_set_to_lose_nothing(sqlite_store: Store) -> None:
    assert library_is_safe(sqlite.sqlite_version_info)
    wanted = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1, "recursive_triggers": 1}
    assert {name: pragma(sqlite_store, name) for name in (*wanted, "trusted_schema")} == wanted | {"trusted_schema": 0}


def test_an_unsafe_library_falls_back_to_a_rollback_journal(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sqlite_store)
    sqlite_store.close()
    monkeypatch.setattr(sqlite, "sqlite_version_info", (3, 40, 1))
    assert (pragma(sqlite_store, "journal_mode"), pragma(sqlite_store, "synchronous")) == ("delete", 3)
    assert pragma(sqlite_store, "foreign_keys") == 1
    put(sqlite_store, "b.toml")
    assert note(sqlite_store) == "b.toml"


# What does not fit


def test_a_newer_schema_is_refused_and_left_alone(store: Store) -> None:
    put(store)
    run(store, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"of a newer schema than this program \(9999\); .* install a newer readiness"):
        open_store(store.url)
    assert schema.revision(store) == "9999"
    assert note(store) == "a.toml"


def test_a_database_of_somebody_else_is_refused_and_left_alone(empty_url: str) -> None:
    with closing(connect(empty_url)) as store:
        run(store, "CREATE TABLE invoice (id INTEGER)")
        with pytest.raises(StoreError, match="the database holds tables that readiness did not make"):
            open_store(empty_url)
        assert inspect(store.engine).get_table_names() == ["invoice"]


def spoil(path: Path, how: str) -> None:
    whole = path.read_bytes()
    spoilt = {
        "text": b"This is a letter, not a database.\n" * 100,
        "a zip": b"PK\x03\x04" + bytes(2000),
        "half of it": whole[: len(whole) // 2],
        "its first bytes": whole[:50],
        "without its header": bytes(100) + whole[100:],
        "with noise in it": whole[:4096] + b"\xa5" * (len(whole) - 8192) + whole[-4096:],
    }
    path.write_bytes(spoilt[how])


NO_DATABASE = "the file is not a readiness store"
DAMAGED = "the store is damaged"


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ("text", NO_DATABASE),
        ("a zip", NO_DATABASE),
        ("its first bytes", DAMAGED),
        ("without its header", NO_DATABASE),
        ("half of it", DAMAGED),
        ("with noise in it", DAMAGED),
    ],
)
def test_a_file_that_cannot_be_a_store_is_refused_in_one_sentence_and_not_written_to(
    sqlite_store: Store, how: str, problem: str
) -> None:
    put(sqlite_store)
    sqlite_store.close()
    spoil(file_of(sqlite_store), how)
    before = file_of(sqlite_store).read_bytes()
    with pytest.raises(StoreError, match=problem) as refused:
        queries.dossier(open_store(sqlite_store.url), SLUG)
    assert str(refused.value).startswith(str(file_of(sqlite_store)))
    assert "\n" not in str(refused.value)
    assert file_of(sqlite_store).read_bytes() == before


def test_a_store_in_a_folder_that_is_not_there_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the store cannot be opened; expected a folder that exists"):
        open_store(url(tmp_path / "missing" / "readiness.db"))
    assert not (tmp_path / "missing").exists()


def test_a_store_whose_folder_is_a_file_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="the store cannot be opened"):
        open_store(url(tmp_path / "file" / "readiness.db"))


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the store cannot be opened"):
        open_store(url(tmp_path))


# In use


def test_a_store_that_another_process_is_writing_to_says_so_and_can_still_be_read(sqlite_store: Store) -> None:
    put(sqlite_store)
    pragmas(sqlite_store, busy_timeout=20)
    with closing(sqlite.connect(str(file_of(sqlite_store)), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"another process is writing to the store; expected it to finish within"):
            put(sqlite_store, "b.toml")
        assert note(sqlite_store) == "a.toml"
        other.execute("ROLLBACK")
    put(sqlite_store, "b.toml")
    assert note(sqlite_store) == "b.toml"


def test_a_store_that_is_opened_for_reading_refuses_writes_in_one_sentence(sqlite_store: Store) -> None:
    put(sqlite_store)
    with closing(open_store(f"sqlite:///{file_of(sqlite_store).as_uri()}?mode=ro&uri=true")) as reader:
        assert note(reader) == "a.toml"
        with pytest.raises(
            StoreError, match=r"the store is read-only; expected a file and a folder that may be written"
        ):
            put(reader, "b.toml")
        assert note(reader) == "a.toml"


def test_a_connection_that_turned_read_only_refuses_writes_in_one_sentence(sqlite_store: Store) -> None:
    put(sqlite_store)
    pragmas(sqlite_store, query_only="ON")
    with pytest.raises(StoreError, match="the store is read-only"):
        put(sqlite_store, "b.toml")


def test_a_full_disk_stores_nothing_while_reads_go_on_and_writes_resume(sqlite_store: Store) -> None:
    put(sqlite_store)
    pages = pragma(sqlite_store, "page_count")
    pragmas(sqlite_store, max_page_count=pages)
    with pytest.raises(StoreError, match="the disk is full; nothing was stored"):
        put(sqlite_store, "b" * 19_000)
    assert note(sqlite_store) == "a.toml"
    assert queries.chain(sqlite_store).broken_at is None
    pragmas(sqlite_store, max_page_count=pages + 1000)
    put(sqlite_store, "c.toml")
    assert note(sqlite_store) == "c.toml"


# Migrations


def second_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *steps: str) -> None:
    """A program that knows one more migration, made of these steps."""
    folder = tmp_path / "migrations"
    shutil.copytree(paths.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    lines = ["from alembic import op", 'revision = "9001"', f'down_revision = "{schema.head()}"', "def upgrade():"]
    lines += [f"    op.execute({step!r})" for step in steps]
    (folder / "versions" / "9001_next.py").write_text("\n".join(lines), "utf-8")
    monkeypatch.setattr(paths, "MIGRATIONS", folder)


STEPS = (
    "CREATE TABLE errand (id INTEGER PRIMARY KEY)",
    "ALTER TABLE system ADD COLUMN tier VARCHAR DEFAULT 'gold' NOT NULL",
    "UPDATE mark SET note = 'moved'",
)


def test_an_older_schema_is_refused_until_it_is_upgraded_with_a_backup_first(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store)
    old = schema.head()
    second_migration(tmp_path, monkeypatch, *STEPS)
    with pytest.raises(StoreError, match=rf"of an older schema \({old}\); expected the result of readiness upgrade"):
        open_store(store.url)
    before, saved = schema.upgrade(store)
    assert (before, schema.revision(store), note(store)) == (old, "9001", "moved")
    assert schema.upgrade(store) == ("9001", None)
    assert (saved is not None) == store.sqlite
    if saved:
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600
        with closing(connect(url(saved))) as kept:
            assert (schema.revision(kept), note(kept)) == (old, "a.toml")


@pytest.mark.parametrize("done", range(len(STEPS) + 1))
def test_a_migration_that_fails_after_any_step_leaves_the_old_schema(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    put(store)
    old = schema.head()
    tables = set(inspect(store.engine).get_table_names())
    columns = [column["name"] for column in inspect(store.engine).get_columns("system")]
    second_migration(tmp_path, monkeypatch, *STEPS[:done], "INSERT INTO nowhere VALUES (1)")
    with pytest.raises(StoreError):
        schema.upgrade(store)
    assert schema.revision(store) == old
    assert set(inspect(store.engine).get_table_names()) == tables
    assert [column["name"] for column in inspect(store.engine).get_columns("system")] == columns
    assert note(store) == "a.toml"
    put(store, "b.toml")
    assert queries.chain(store).events == 2


def test_a_first_schema_that_cannot_be_made_leaves_no_table(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_migration(tmp_path, monkeypatch, "INSERT INTO nowhere VALUES (1)")
    with pytest.raises(StoreError):
        open_store(empty_url)
    with closing(connect(empty_url)) as store:
        assert inspect(store.engine).get_table_names() == []
    monkeypatch.undo()
    with closing(open_store(empty_url)) as store:
        assert schema.revision(store) == schema.head()


# Backups


@pytest.mark.parametrize("folder", ["plain", "with space", "half 50%25", "question? #1"])
def test_a_backup_of_a_store_in_use_brings_it_back_as_it_was(sqlite_store: Store, tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    saved = tmp_path / folder / "saved.db"
    put(sqlite_store)
    backups.save(sqlite_store, saved)
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert backups.check_integrity(saved) == []
    put(sqlite_store, "b.toml")
    chain = queries.chain(sqlite_store)
    sqlite_store.close()

    restore.restore(saved, file_of(sqlite_store), actor="dana")
    assert stat.S_IMODE(file_of(sqlite_store).stat().st_mode) == 0o600
    with closing(open_store(sqlite_store.url)) as restored:
        assert (note(restored), queries.chain(restored).broken_at) == ("a.toml", None)
        assert [event.action for event in queries.events(restored)] == ["restore", "import"]
        put(restored, "c.toml")
    (replaced,) = tmp_path.glob("*.before-restore")
    with closing(open_store(url(replaced))) as kept:
        assert (note(kept), queries.chain(kept)) == ("b.toml", chain)


def test_a_restore_keeps_what_the_old_store_had_in_its_log_only(sqlite_store: Store, tmp_path: Path) -> None:
    backups.save(sqlite_store, tmp_path / "saved.db")
    put(sqlite_store)
    crashed = tmp_path / "crashed" / "readiness.db"
    crashed.parent.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(f"{file_of(sqlite_store)}{suffix}", f"{crashed}{suffix}")
    restore.restore(tmp_path / "saved.db", crashed, actor="dana")
    with closing(open_store(url(crashed))) as restored:
        assert queries.systems(restored) == []
    (replaced,) = crashed.parent.glob("*.before-restore")
    with closing(open_store(url(replaced))) as kept:
        assert note(kept) == "a.toml"


def test_a_restore_brings_a_store_where_there_was_none(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store)
    backups.save(sqlite_store, tmp_path / "saved.db")
    restore.restore(tmp_path / "saved.db", tmp_path / "new.db", actor="dana")
    with closing(open_store(url(tmp_path / "new.db"))) as restored:
        assert note(restored) == "a.toml"


def test_a_backup_overwrites_nothing_and_needs_a_folder(sqlite_store: Store, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_text("mine", "utf-8")
    with pytest.raises(StoreError, match="the backup file is there already; expected a new file name"):
        backups.save(sqlite_store, tmp_path / "there.db")
    assert (tmp_path / "there.db").read_text("utf-8") == "mine"
    with pytest.raises(StoreError, match="the backup failed"):
        backups.save(sqlite_store, tmp_path / "missing" / "saved.db")


def test_a_backup_that_failed_leaves_no_file_that_looks_like_one(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store)
    sqlite_store.close()
    spoil(file_of(sqlite_store), "half of it")
    with pytest.raises(StoreError, match="the backup failed"):
        backups.save(sqlite_store, tmp_path / "saved.db")
    assert not (tmp_path / "saved.db").exists()


def test_a_server_is_left_to_its_own_backups(store: Store, tmp_path: Path) -> None:
    if store.sqlite:
        backups.save(store, tmp_path / "saved.db")
        assert backups.check_integrity(tmp_path / "saved.db") == []
    else:
        with pytest.raises(StoreError, match="expected pg_dump for its backups"):
            backups.save(store, tmp_path / "saved.db")


@pytest.mark.parametrize("how", ["text", "half of it", "its first bytes", "without its header", "with noise in it"])
def test_a_restore_refuses_a_damaged_file_and_leaves_the_store_alone(
    sqlite_store: Store, tmp_path: Path, how: str
) -> None:
    put(sqlite_store)
    saved = tmp_path / "saved.db"
    backups.save(sqlite_store, saved)
    spoil(saved, how)
    assert backups.check_integrity(saved)
    assert_not_restored(sqlite_store, saved, "the backup is damaged")


def test_a_restore_refuses_what_is_no_store(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store)
    assert_not_restored(sqlite_store, tmp_path / "missing.db", "the backup cannot be read")
    with closing(sqlite.connect(str(tmp_path / "empty.db"))) as empty:
        empty.execute("PRAGMA user_version=1")
    assert_not_restored(sqlite_store, tmp_path / "empty.db", "the file is not a readiness store")
    with closing(sqlite.connect(str(tmp_path / "invoices.db"))) as invoices:
        invoices.execute("CREATE TABLE invoice (id INTEGER)")
    assert_not_restored(sqlite_store, tmp_path / "invoices.db", "tables that readiness did not make")


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE event SET actor = 'eve'", r"the backup is not what its manifest says \(definitions\)"),
        (
            "INSERT INTO mark SELECT 'x', '', '', 0, '', 0, '', NULL, '', 99, 99, 1, NULL, '[]', '[]'",
            "foreign key of mark",
        ),
    ],
)
def test_a_restore_refuses_a_backup_that_was_changed_by_hand(
    sqlite_store: Store, tmp_path: Path, statement: str, problem: str
) -> None:
    put(sqlite_store)
    saved = tmp_path / "saved.db"
    backups.save(sqlite_store, saved)
    with closing(sqlite.connect(str(saved), isolation_level=None)) as hand:
        hand.execute("DROP TRIGGER event_no_update")
        hand.execute(statement)
    assert_not_restored(sqlite_store, saved, problem)


def assert_not_restored(store: Store, backup: Path, problem: str) -> None:
    names = {path.name for path in file_of(store).parent.iterdir()}
    with pytest.raises(StoreError, match=problem):
        restore.restore(backup, file_of(store), actor="dana")
    assert note(store) == "a.toml"
    left = {path.name for path in file_of(store).parent.iterdir()} - names
    assert not any("restor" in name for name in left)


def test_figures_of_the_first_schema_stay_and_have_no_spread_after_the_upgrade(empty_url: str) -> None:
    with closing(connect(empty_url)) as store:
        with store.engine.execution_options(immediate=True).begin() as connection:
            command.upgrade(schema._config(connection), "0001")
            connection.execute(
                text(
                    "INSERT INTO system (id, slug, name, description, owner, row_version) "
                    "VALUES (1, 'copilot', 'Copilot', '', '', 1)"
                )
            )
            connection.execute(
                text(
                    "INSERT INTO evidence (id, system_id, name, format, kind, digest, size, tool, tool_version, "
                    "shelf_life_days, options, kept, skipped, skips, warnings, row_version, added_by, added_at) VALUES "
                    "(1, 1, 'a.csv', 'native-results', 'results', :digest, 1, '', '', 30, '{}', 1, 0, '[]', '[]', 1, "
                    "'rosa', '2026-11-20 00:00:00+00:00')"
                ),
                {"digest": "0" * 64},
            )
            connection.execute(
                text(
                    "INSERT INTO cell (id, evidence_id, version, workflow, dimension, value, metric, unit, direction, "
                    "n, errors, mean, passed, stated) VALUES (1, 1, '2', '*', '*', '*', 'task_success', "
                    "'ratio', 'higher', 400, 0, 0.9, 360, false)"
                )
            )
        assert schema.revision(store) == "0001"
        schema.upgrade(store)
        assert schema.revision(store) == schema.head()
        with store.engine.connect() as connection:
            row = connection.execute(text("SELECT n, mean, passed, sd, p95_low FROM cell")).one()
            assert tuple(row) == (400, 0.9, 360, None, None)
            assert connection.execute(text("SELECT count(*) FROM pair")).scalar() == 0


def test_pairs_of_the_ninth_schema_have_the_means_of_their_counts_after_the_upgrade(empty_url: str) -> None:
    """Of 50 cases 36 passed twice, 2 with the first only and 12 with the second only."""
    with closing(connect(empty_url)) as store:
        with store.engine.execution_options(immediate=True).begin() as connection:
            command.upgrade(schema._config(connection), "0009")
            _one_trace_file(connection)
            for number, counts in enumerate(((36, 2, 12, 0), (1, 0, 0, 0), (0, 0, 0, 0)), start=1):
                connection.execute(
                    text(
                        "INSERT INTO pair (id, system_id, first, second, first_file, second_file, metric, workflow, "
                        'dimension, value, "both", only_first, only_second, neither) VALUES '
                        "(:id, 1, '1', '2', 'a', 'b', 'm', '*', '*', '*', :both, :first, :second, :neither)"
                    ),
                    {"id": number, **dict(zip(("both", "first", "second", "neither"), counts, strict=True))},
                )
        schema.upgrade(store)
        with store.reading() as session:
            pairs = {pair.cases: pair for pair in session.exec(sqlmodel.select(PairRow))}
    assert set(pairs) == {50, 1, 0}
    whole = pairs[50]
    assert (whole.n, whole.mean_first, whole.mean_second, whole.both, whole.only_second) == (50, 0.76, 0.96, 36, 12)
    assert whole.sd == near(statistics.stdev([-1] * 2 + [1] * 12 + [0] * 36))
    assert (pairs[1].sd, pairs[0].sd) == (None, None)


REASONS: dict[str, list[dict[str, Any]]] = {
    "labelled by a person before; slowest of a; b, 1,900 ms": [{"kind": "labelled"}],
    "slowest of those without a workflow, 1,900 ms": [
        {"kind": "slowest", "workflow": "", "duration_ns": 1_900_000_000}
    ],
    "typical of refund, 0 ms; failed, as 2 of 1,080 of refund did": [
        {"kind": "typical", "workflow": "refund", "duration_ns": 0},
        {"kind": "failed", "workflow": "refund", "count": 2, "total": 1080},
    ],
    "escalated, as 3 of 103 of the did were": [{"kind": "escalated", "workflow": "the did", "count": 3, "total": 103}],
    "labelled escalation in the file; slowest of ref": [{"kind": "stated", "path": "escalation"}],
    "": [],
}
"""The sentences of the seventh schema, and what they say; one that cannot be told for sure is left out."""


def test_reasons_and_labels_of_the_seventh_schema_are_values_after_the_upgrade(empty_url: str) -> None:
    with closing(connect(empty_url)) as store:
        with store.engine.execution_options(immediate=True).begin() as connection:
            command.upgrade(schema._config(connection), "0007")
            _one_trace_file(connection)
            for number, sentence in enumerate(REASONS):
                _trace(connection, f"t-{number}", sentence)
            _trace(connection, "taken back", "", path=None, row_version=3)
            _trace(connection, "noted", "", path=None, note="wrong tenant", row_version=2)
            _trace(connection, "stated by the file", "")
        schema.upgrade(store)
        dossier = {trace.trace_id: trace for trace in _traces(store)}
        kept = [dossier[f"t-{number}"].kept_for for number in range(len(REASONS))]
        assert kept == [[KeptReason(**reason) for reason in reasons] for reasons in REASONS.values()]
        with store.engine.connect() as connection:
            labelled = (
                connection.execute(sa.select(col(TraceRow.trace_id)).where(col(TraceRow.labelled))).scalars().all()
            )
        assert labelled == ["noted"]


def _one_trace_file(connection: sa.Connection) -> None:
    for statement in (
        "INSERT INTO system (id, slug, name, description, owner, row_version) VALUES (1, 'c', 'C', '', '', 1)",
        "INSERT INTO evidence (id, system_id, name, format, kind, digest, size, tool, tool_version, "
        "shelf_life_days, options, kept, skipped, skips, warnings, row_version, added_by, added_at) VALUES "
        "(1, 1, 's', 'otlp', 'traces', '0', 1, '', '', 30, '{}', 1, 0, '[]', '[]', 1, 'rosa', '2026-11-20')",
    ):
        connection.execute(text(statement))


def _trace(
    connection: sa.Connection,
    trace_id: str,
    kept_for: str,
    path: str | None = "bad",
    note: str = "",
    row_version: int = 1,
) -> None:
    connection.execute(
        text(
            "INSERT INTO trace (evidence_id, trace_id, version, workflow, cohort, path, note, spans, flags, redacted, "
            "row_version, kept_for) VALUES (1, :trace_id, '2', '', '', :path, :note, '[]', '[]', '{}', :row_version, "
            ":kept_for)"
        ),
        {"trace_id": trace_id, "path": path, "note": note, "row_version": row_version, "kept_for": kept_for},
    )


def _traces(store: Store) -> list[Trace]:
    with store.reading() as session:
        return [queries.record_of(Trace, row) for row in session.exec(sqlmodel.select(TraceRow))]


def test_traces_of_the_second_schema_stay_and_have_no_figures_over_all_after_the_upgrade(empty_url: str) -> None:
    with closing(connect(empty_url)) as store:
        with store.engine.execution_options(immediate=True).begin() as connection:
            command.upgrade(schema._config(connection), "0002")
            for statement in (
                "INSERT INTO system (id, slug, name, description, owner, row_version) VALUES (1, 'c', 'C', '', '', 1)",
                "INSERT INTO evidence (id, system_id, name, format, kind, digest, size, tool, tool_version, "
                "shelf_life_days, options, kept, skipped, skips, warnings, row_version, added_by, added_at) VALUES "
                "(1, 1, 's', 'otlp', 'traces', '0', 1, '', '', 30, '{}', 1, 0, '[]', '[]', 1, 'rosa', '2026-11-20')",
                "INSERT INTO trace (id, evidence_id, trace_id, version, workflow, cohort, path, note, spans, flags, "
                "redacted, row_version) VALUES (1, 1, 't', '2', '', '', 'bad', 'wrong tenant', '[]', '[]', '{}', 2)",
            ):
                connection.execute(text(statement))
        schema.upgrade(store)
        with store.engine.connect() as connection:
            row = connection.execute(
                sa.select(col(TraceRow.path), col(TraceRow.note), col(TraceRow.kept_for), col(TraceRow.labelled))
            ).one()
            assert tuple(row) == ("bad", "wrong tenant", [], True)
            for table in ("stage_figure", "trace_count"):
                assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0  # noqa: S608
