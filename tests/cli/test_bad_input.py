"""Whatever is handed in: exit 2, one sentence that names place, problem and what was expected, nothing stored."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from readiness.store import open_store, schema
from tests import files
from tests.cli.conftest import Run, Said, content
from tests.factories import CANDIDATE, SLUG

FORMAT = 'format = "readiness-assessment/1"\n'
SYSTEM = f'{FORMAT}[system]\nslug = "{SLUG}"\nname = "Copilot"\n'
BEGUN = f'{SYSTEM}[assessment]\ncandidate = "2026.12"\n'
SPAN = (
    '{"trace_id": "t", "span_id": "s", "kind": "request", "name": "a", "start": "2026-11-20T09:00:00Z", "duration_ms"'
)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 40
ROW = f"{files.HEADER}\n{CANDIDATE},*,,task_success,0.9,400\n"
UNKNOWN = "the format is not recognised; expected one of an assessment (TOML); "
LONG = "x" * 301


def refused(said: Said, *parts: str) -> None:
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("readiness: ")
    assert said.err.count("\n") == 1
    assert said.err.endswith(".\n")
    assert "Traceback" not in said.err
    for part in parts:
        assert part in said.err


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A system with results, to be copied."""
    folder = tmp_path_factory.mktemp("kept")
    with closing(open_store(f"sqlite:///{folder / 'kept.db'}")) as store:
        files.keep(store, files.assessment(folder), files.results(folder))
    return folder / "kept.db"


@pytest.fixture
def stored(db: Path, kept: Path, tmp_path: Path) -> Path:
    """The folder of a store with something in it, which must stay as it is."""
    shutil.copy(kept, db)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("empty.csv", b"", "the file is empty; expected an assessment, results or spans file."),
        ("blank.csv", b"\n \n", UNKNOWN),
        ("prose.csv", b"Dear all,\nplease find the results attached.\n", UNKNOWN),
        ("picture.csv", PNG, UNKNOWN),
        ("picture.toml", PNG, UNKNOWN),
        ("archive.json", b"PK\x03\x04" + bytes(range(256)), UNKNOWN),
        ("header.csv", files.HEADER, "no row can be used: there are no rows"),
        ("nul.csv", ROW.replace("*", "\0"), "there is a NUL character; expected text."),
        ("quote.csv", f'{ROW}{CANDIDATE},"refu', "the table cannot be read"),
        ("half.parquet", b"PAR1" + bytes(range(200)), "the table cannot be read"),
        ("words.csv", ROW.replace("0.9", "good"), "row 1: no row can be used: value good is not a number"),
        ("version.csv", ROW.replace(CANDIDATE, LONG), "row 1: no row can be used: version has more than 300 cha"),
        ("workflow.csv", ROW.replace("*", LONG), "row 1: no row can be used: workflow has more than 300 cha"),
        ("metric.csv", ROW.replace("task_success", LONG), "row 1: no row can be used: metric has more than 300 cha"),
        (
            "cohort.csv",
            ROW.replace(",,", f",language={LONG},"),
            "row 1: no row can be used: cohort has more than 300 cha",
        ),
        ("half.json", '{"evalId": "e", "results": {"results": [{"succ', "line 1, column 42: the JSON breaks off"),
        ("twice.json", '{"evalId": "e", "evalId": "f", "results": {}}', "the key 'evalId' stands twice in one object"),
        ("other.json", '{"evalId": "e", "results": 4}', "this is not a promptfoo result; expected a list"),
        ("half.jsonl", f"{SPAN}: 20}}\n{SPAN}", "line 2, column "),
        ("none.jsonl", f"{SPAN}: -1}}\n", "line 1: no span can be kept: duration_ms is -1; expected a number"),
        (
            "latin.jsonl",
            SPAN.replace('"a"', '"\xe9"').encode("latin-1"),
            ": the text is not UTF-8; expected UTF-8 text",
        ),
        ("half.toml", f"{FORMAT}[system\n", "line 2: the TOML is malformed: "),
        ("future.toml", 'format = "readiness-assessment/9"\n', "format: this is readiness-assessment/9, which"),
        ("bare.toml", FORMAT, "system: this required table is missing; expected [system]."),
        ("key.toml", f"{BEGUN}colour = 1\n", "assessment.colour: this key is not known; expected only"),
        ("type.toml", f"{BEGUN}scope = 1\n", "assessment.scope: 1 is not allowed here; expected text."),
        ("slug.toml", BEGUN.replace(SLUG, "Support Copilot"), "system.slug: 'Support Copilot' is not"),
        ("date.toml", f"{BEGUN}assessed_on = 2026-02-30\n", "line 7: the TOML is malformed: invalid date"),
        ("text.toml", f'{BEGUN}target_date = "2026-02-30"\n', "assessment.target_date: '2026-02-30' is not"),
        ("time.toml", f"{BEGUN}target_date = 2026-12-01T09:00:00\n", "assessment.target_date: 2026-12-01 09"),
        ("signal.toml", f'{BEGUN}[marks.luck]\nmark = "no"\n', "marks.luck: the signal 'luck' is not known"),
        ("mark.toml", f'{BEGUN}[marks.capacity]\nmark = "maybe"\n', "marks.capacity.mark: 'maybe' is not"),
        ("part.toml", f'{BEGUN}[marks.capacity]\nmark = "partial"\n', "does not say what it holds for"),
        ("list.toml", f'checklist = "ours"\n{BEGUN}', "checklist: the checklist 'ours' is not known"),
        ("gate.toml", f'{BEGUN}[[policy.gates]]\nmetric = "a"\n', "policy.gates.0: the gate has no threshold"),
    ],
)
def test_a_bad_file_is_refused_with_its_fault_and_nothing_is_stored(
    stored: Path, run: Run, db: Path, name: str, body: str | bytes, sentence: str
) -> None:
    before = content(db)
    (stored / name).write_bytes(body.encode() if isinstance(body, str) else body)
    refused(run("import", stored / name), f"readiness: {name}", sentence)
    assert content(db) == before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere.csv", "nowhere.csv: the file cannot be read; expected a file that exists."),
        ("assessment.toml/x", "x: the file cannot be read; expected a file that exists."),
        ("n" * 300, "the file cannot be read; expected a file that exists."),
        ("folder", "folder: there is no file in it; expected one at least."),
        ("*.none", "*.none: there is no file in it; expected one at least."),
        ("loop", "loop: the file cannot be read; expected a file that exists."),
        ("/dev/null", "null: the file is empty; expected an assessment, results or spans file."),
    ],
)
def test_what_is_no_file_is_refused(stored: Path, run: Run, db: Path, name: str, sentence: str) -> None:
    (stored / "folder").mkdir()
    (stored / "loop").symlink_to(stored / "loop")
    before = content(db)
    refused(run("import", name), f"readiness: {sentence}" if len(name) < 300 else sentence)
    assert content(db) == before


@pytest.mark.parametrize(
    ("name", "head", "problem", "expected"),
    [
        ("big.json", b'{"evalId": "e", "results": {"results": [', ", line 1: there is a NUL character", "text"),
        ("big.toml", FORMAT.encode(), ": the file has 209,715,200 bytes", "at most 8,388,608"),
        ("big.jsonl", f"{SPAN}: 20}}\n".encode(), ", line 2: the line is too long", "at most 16 MiB"),
        (
            "big.xml",
            b"<testsuites>",
            ", line 1, column 13: the XML breaks off or is malformed",
            "one whole XML document",
        ),
    ],
)
def test_a_document_of_200_megabytes_is_refused_at_its_beginning(
    stored: Path, run: Run, db: Path, name: str, head: bytes, problem: str, expected: str
) -> None:
    before = content(db)
    (stored / name).write_bytes(head)
    os.truncate(stored / name, 200 << 20)
    refused(run("import", stored / name), f"readiness: {name}{problem}", expected)
    assert content(db) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "\udcff"),
        ("import", "results.csv", "--version", "\udcff"),
        ("import", "results-\udcff.csv"),
    ],
)
def test_an_argument_that_is_no_text_is_refused(stored: Path, run: Run, db: Path, arguments: tuple[str, ...]) -> None:
    (stored / "results-\udcff.csv").write_text(ROW, "utf-8")
    before = content(db)
    refused(run(*arguments))
    assert content(db) == before


# Stores


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("readiness", "the database URL is malformed; expected sqlite:///FILE or postgresql://…."),
        ("sqlite+odd:///x.db", "the database URL is malformed; expected sqlite:///FILE or postgresql://…."),
        (
            "postgresql://me:secret@host:port/x",
            "the database URL is malformed; expected sqlite:///FILE or postgresql://",
        ),
        ("sqlite:///x.db?timeout=soon", "the database URL is malformed; expected sqlite:///FILE or postgresql://…."),
        (
            "mysql://me:secret@host/x",
            "the database 'mysql' is not supported; expected sqlite:///FILE or postgresql://….",
        ),
        ("sqlite:////nowhere/x.db", "/nowhere/x.db: the store cannot be opened; expected a folder that exists and may"),
        ("postgresql://me:secret@127.0.0.1:1/x", "127.0.0.1/x: the database server does not answer; expected a server"),
    ],
)
@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_store_that_cannot_be_reached_is_told_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch, url: str, sentence: str, by: str
) -> None:
    if by == "environment":
        monkeypatch.setenv("READINESS_DATABASE_URL", url)
    said = run("status", *(("--db", url) if by == "option" else ()))
    refused(said, f"readiness: {sentence}")
    assert "secret" not in said.err


def newer(db: Path) -> None:
    with closing(sqlite.connect(str(db))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def foreign(db: Path) -> None:
    db.unlink()
    with closing(sqlite.connect(str(db))) as connection, connection:
        connection.execute("CREATE TABLE customers (name TEXT)")


def damaged(db: Path) -> None:
    with closing(sqlite.connect(str(db))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.truncate(db, 8192)


def picture(db: Path) -> None:
    db.write_bytes(PNG)


def folder(db: Path) -> None:
    db.unlink()
    db.mkdir()


def pages(db: Path) -> bytes:
    """The file without its header."""
    return db.read_bytes()[100:] if db.is_file() else b""


SPOILT: list[tuple[Callable[[Path], None], str]] = [
    (
        newer,
        "store.db: the store is of a newer schema than this program (9999); "
        f"expected schema {schema.head()}; install a newer",
    ),
    (foreign, "store.db: the database holds tables that readiness did not make; expected an empty database."),
    (damaged, "store.db: the store is damaged; expected an intact database; restore a backup."),
    (picture, "store.db: the file is not a readiness store; expected an SQLite database."),
    (folder, "store.db: the store cannot be opened; expected a folder that exists and may be written."),
]


@pytest.mark.parametrize(("spoil", "sentence"), SPOILT)
@pytest.mark.parametrize("command", ["status", "import", "gaps", "demo", "backup"])
def test_a_store_that_is_none_of_ours_is_refused_and_left_alone(
    tmp_path: Path, run: Run, db: Path, spoil: Callable[[Path], None], sentence: str, command: str
) -> None:
    arguments = {"import": [files.assessment(tmp_path)], "backup": [tmp_path / "copy.db"]}.get(command, [])
    spoil(db)
    before = pages(db)
    refused(run(command, *arguments), sentence)
    assert pages(db) == before
    assert not (tmp_path / "copy.db").exists()


def test_a_database_of_another_program_keeps_its_journal_mode(run: Run, db: Path) -> None:
    foreign(db)
    before = db.read_bytes()
    refused(run("status"), "tables that readiness did not make")
    assert db.read_bytes() == before


def test_a_store_that_another_program_is_writing_to_says_so_and_keeps_nothing(stored: Path, run: Run, db: Path) -> None:
    before = content(db)
    path = files.results(stored, f"{CANDIDATE},extra,,task_success,0.9,400", name="more.csv")
    with closing(sqlite.connect(str(db), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused(
            run("import", path),
            "store.db: another process is writing to the store; expected it to finish within 5 seconds; try again.",
        )
        assert run("status").status == 0
    assert content(db) == before
    assert run("import", path).status == 0


def test_a_store_that_may_only_be_read_answers_and_refuses_writes(stored: Path, run: Run, db: Path) -> None:
    before = content(db)
    read_only = ("--db", f"sqlite:///{db.as_uri()}?mode=ro&uri=true")
    assert run("status", *read_only).status == 0
    for command in (("import", files.spans(stored)), ("demo",)):
        refused(run(*command, *read_only), "the store is read-only; expected a file and a folder that may be written.")
    assert content(db) == before
