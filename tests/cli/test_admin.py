from __future__ import annotations

import re
import shutil
import stat
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from readiness.store import schema
from tests import files
from tests.cli.conftest import Run, content
from tests.factories import SLUG, mark


def change(db: Path, statement: str) -> None:
    with closing(sqlite.connect(str(db))) as connection, connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Backup and restore


def test_a_backup_holds_what_the_store_holds_and_is_private(portfolio: Path, run: Run, tmp_path: Path) -> None:
    said = run("backup", tmp_path / "copy.db")
    assert (said.status, said.out) == (0, f"Backed up to {tmp_path / 'copy.db'}.\n")
    assert content(tmp_path / "copy.db") == content(portfolio)
    assert mode(tmp_path / "copy.db") == 0o600


def test_a_backup_never_replaces_a_file(portfolio: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine", "utf-8")
    said = run("backup", tmp_path / "copy.db")
    sentence = f"readiness: {tmp_path / 'copy.db'}: the backup file is there already; expected a new file name.\n"
    assert (said.status, said.out, said.err) == (2, "", sentence)
    assert (tmp_path / "copy.db").read_text("utf-8") == "mine"


def test_a_backup_into_a_folder_that_is_not_there_is_refused(portfolio: Path, run: Run, tmp_path: Path) -> None:
    said = run("backup", tmp_path / "nowhere" / "copy.db")
    assert (said.status, said.out) == (2, "")
    assert "copy.db: the backup failed (" in said.err
    assert said.err.endswith("expected a folder that may be written.\n")


def test_a_backup_of_a_store_that_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    said = run("backup", tmp_path / "copy.db", "--db", "sqlite:///mistyped.db")
    assert (said.status, said.out) == (2, "")
    assert "mistyped.db" in said.err
    assert not (tmp_path / "copy.db").exists()


def test_a_restore_brings_back_what_was_and_keeps_what_is(portfolio: Path, run: Run, tmp_path: Path) -> None:
    before = content(portfolio)
    run("backup", tmp_path / "copy.db")
    run("import", files.assessment(tmp_path))
    after = content(portfolio)
    said = run("restore", tmp_path / "copy.db", "--json").json
    assert said == {
        "sentence": f"Restored {tmp_path / 'copy.db'} to {portfolio}.",
        "file": str(tmp_path / "copy.db"),
        "store": str(portfolio),
    }
    now = content(portfolio)
    *events, (_, _, actor, action, *_) = now.pop("event")
    assert (actor, action) == ("dana", "restore")
    assert events == before.pop("event")
    assert now == before
    (kept,) = tmp_path.glob("store.db.*.before-restore")
    assert content(kept) == after
    assert SLUG not in run("status").out


def test_a_restore_makes_a_store_where_there_was_none(portfolio: Path, run: Run, tmp_path: Path) -> None:
    run("backup", tmp_path / "copy.db")
    assert run("restore", tmp_path / "copy.db", "--db", f"sqlite:///{tmp_path / 'new.db'}").status == 0
    assert content(tmp_path / "new.db") == content(portfolio)
    assert mode(tmp_path / "new.db") == 0o600


def test_a_folder_gets_one_backup_a_time_and_keeps_the_newest(portfolio: Path, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("readiness-20200101T000000Z.bak", "readiness-20200102T000000Z.bak", "notes.txt"):
        (folder / name).write_text("old", "utf-8")
    said = run("backup", folder, "--keep", "2")
    (made,) = [path for path in folder.glob("*.bak") if path.stat().st_size > 100]
    assert said.out == f"Backed up to {made}; removed 1 older backup.\n"
    assert {path.name for path in folder.iterdir()} == {made.name, "readiness-20200102T000000Z.bak", "notes.txt"}
    assert content(made) == content(portfolio)


def test_the_age_of_the_newest_backup_is_told(portfolio: Path, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    assert failing(run, "--backups", folder) == {"backups": f"{folder} holds none"}
    run("backup", folder)
    assert failing(run, "--backups", folder) == {}
    (made,) = folder.glob("*.bak")
    made.rename(folder / "readiness-20261101T120000Z.bak")
    assert failing(run, "--backups", folder) == {"backups": "the newest of 1 is 19 days old"}
    assert "the backups cannot be listed" in run("doctor", "--backups", tmp_path / "nowhere").err


@pytest.mark.parametrize("fault", ["missing", "prose", "foreign", "cut", "chain"])
def test_a_file_that_is_no_good_backup_is_refused_and_the_store_stays(
    portfolio: Path, run: Run, tmp_path: Path, fault: str
) -> None:
    path, before = tmp_path / "copy.db", content(portfolio)
    sentence = "expected a file made by readiness backup."
    if fault == "prose":
        path.write_text("neither fish nor fowl", "utf-8")
        sentence = "the backup is damaged (file is not a database); expected an intact backup."
    elif fault == "foreign":
        change(path, "CREATE TABLE customers (name TEXT)")
        sentence = "the database holds tables that readiness did not make; expected "
    elif fault != "missing":
        run("backup", path)
    if fault == "cut":
        path.write_bytes(path.read_bytes()[: 1 << 16])
        sentence = "the backup is damaged ("
    elif fault == "chain":
        change(path, "UPDATE event SET sentence = 'Nothing happened' WHERE seq = 3")
        sentence = "the backup is not what its manifest says (definitions); expected the file as it was written."
    said = run("restore", path)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"readiness: {path}: ")
    assert sentence in said.err
    assert content(portfolio) == before


# Upgrade


def test_a_copy_says_how_much_there_is_of_it(portfolio: Path, run: Run, tmp_path: Path) -> None:
    said = run("copy", "--to", f"sqlite:///{tmp_path / 'copy.db'}")
    assert re.fullmatch(r"Copied [0-9,]+ rows of \d\d tables; every table arrived as it was\.\n", said.out)
    again = run("copy", "--from", f"sqlite:///{tmp_path / 'copy.db'}", "--to", f"sqlite:///{tmp_path / 'copy.db'}")
    assert (again.status, again.out) == (2, "")
    assert "a store cannot be copied onto itself" in again.err
    assert run("status").out == run("status", "--db", f"sqlite:///{tmp_path / 'copy.db'}").out


def test_an_upgrade_of_a_store_of_today_changes_nothing(portfolio: Path, run: Run, tmp_path: Path) -> None:
    before, beside = content(portfolio), set(tmp_path.glob("*.bak"))
    said = run("upgrade")
    assert (said.status, said.out) == (0, f"The store has schema {schema.head()} already.\n")
    assert run("upgrade", "--json").json == {
        "sentence": f"The store has schema {schema.head()} already.",
        "before": schema.head(),
        "after": schema.head(),
        "backup": None,
    }
    assert (content(portfolio), set(tmp_path.glob("*.bak"))) == (before, beside)


def test_an_upgrade_makes_a_store_that_only_its_owner_may_read(run: Run, tmp_path: Path) -> None:
    said = run("upgrade", "--db", f"sqlite:///{tmp_path / 'new.db'}")
    assert (said.status, said.out) == (0, f"Upgraded the store from nothing to {schema.head()}.\n")
    assert mode(tmp_path / "new.db") == 0o600


# Doctor

RECORD = ["audit chain", "kept cases", "facts", "verdicts"]


def failing(run: Run, *arguments: object) -> dict[str, str]:
    said = run("doctor", "--json", *arguments)
    found = {each["check"]: each["says"] for each in said.json if not each["ok"]}
    assert said.status == int(bool(found))
    return found


def test_a_store_in_good_order_passes_every_check(portfolio: Path, run: Run) -> None:
    said = run("doctor")
    assert said.status == 0
    assert {line[0] for line in said.lines} == {"✓"}
    checks = [each["check"] for each in run("doctor", "--json").json]
    assert checks == ["Python", "SQLite", "network", "seal", "schema", "file mode", "integrity", *RECORD]
    assert [line[2:].partition(":")[0] for line in said.lines] == checks


def test_a_store_that_is_not_there_yet_is_no_fault_and_is_not_made(run: Run, db: Path) -> None:
    db.unlink()
    assert failing(run) == {}
    assert not db.exists()


def test_a_file_that_others_may_read_is_told(portfolio: Path, run: Run) -> None:
    portfolio.chmod(0o644)
    assert failing(run) == {"file mode": f"{portfolio} is open to others; chmod 600"}


def test_an_event_that_was_altered_is_told(portfolio: Path, run: Run) -> None:
    change(portfolio, "UPDATE event SET actor = 'somebody' WHERE seq = 5")
    assert failing(run) == {"audit chain": "broken at event 5"}


def test_a_reference_that_leads_nowhere_is_told(portfolio: Path, run: Run) -> None:
    change(portfolio, "UPDATE cell SET evidence_id = 999 WHERE id = 1")
    told = failing(run)
    assert told.pop("facts").startswith("Changed behind the record: the figures of file 1 of ")
    assert told == {"integrity": "foreign key of cell"}


def test_a_store_of_a_newer_program_is_told(portfolio: Path, run: Run) -> None:
    change(portfolio, "UPDATE alembic_version SET version_num = '9999'")
    sentence = f"9999, where this program has {schema.head()}; readiness upgrade moves an older one"
    assert failing(run)["schema"].startswith(sentence)


@pytest.mark.parametrize("spoil", ["prose", "folder"])
def test_what_is_no_store_is_told(run: Run, db: Path, spoil: str) -> None:
    db.unlink()
    if spoil == "folder":
        db.mkdir()
    else:
        db.write_text("neither fish nor fowl", "utf-8")
    assert list(failing(run)) == ["store"]


def test_an_upgrade_of_a_newer_store_is_refused_and_leaves_it(run: Run, db: Path, tmp_path: Path) -> None:
    run("import", files.assessment(tmp_path, files.whole(capacity=mark("capacity", "yes"))))
    change(db, "UPDATE alembic_version SET version_num = '9999'")
    before = content(db)
    said = run("upgrade")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("readiness: ")
    assert "Traceback" not in said.err
    assert content(db) == before


def test_a_copied_file_is_a_store(portfolio: Path, run: Run, tmp_path: Path) -> None:
    run("status")
    shutil.copy(portfolio, tmp_path / "moved.db")
    assert run("status", "--db", f"sqlite:///{tmp_path / 'moved.db'}").out == run("status").out


def test_a_fact_that_was_changed_behind_the_program_is_told(portfolio: Path, run: Run) -> None:
    change(portfolio, "UPDATE mark SET due = '2030-01-01' WHERE id = 3")
    told = failing(run)
    assert told.keys() <= {"facts", "verdicts"}
    assert told["facts"].startswith("Changed behind the record: answer 3 of ")


def test_a_kept_verdict_that_its_facts_do_not_give_is_told(portfolio: Path, run: Run) -> None:
    run("status")
    change(portfolio, """UPDATE standing SET body = replace(body, '"blocked"', '"broad"')""")
    (told,) = failing(run).items()
    assert told[0] == "verdicts"
    assert told[1].endswith("is not what its facts give; any write works it out anew")
