"""A table of an engine is imported like a file, and leaves nothing secret behind."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from readiness.store import open_store, queries
from tests import files
from tests.cli.conftest import Run
from tests.factories import SLUG, TODAY

SECRET = "corr3ct-horse-staple"  # noqa: S105 - one that is looked for in what is kept
ROWS = "SELECT 'c' || i AS id, ['refund', 'quote'][1 + i % 2] AS flow, i / 1000.0 AS faithfulness FROM range(400) t(i)"
MAPPED = ("--map", "metric=faithfulness", "--map", "workflow=flow", "--map", "case_id=id", "--role", "candidate")
TABLE = ("--table", "scores", *MAPPED, "--measured-on", str(TODAY))


@pytest.fixture
def address(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    run("import", files.assessment(tmp_path), "--as-of", str(TODAY))
    path = tmp_path / "lake.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE scores AS {ROWS}")
    monkeypatch.setenv("LAKE_TOKEN", SECRET)
    return f"duckdb://{path}?token=${{LAKE_TOKEN}}"


def test_a_table_is_stored_once_for_the_version_that_a_role_names(address: str, run: Run, db: Path) -> None:
    first, again = run("import", address, *TABLE), run("import", address, *TABLE)
    assert first.status == again.status == 0
    assert first.out.startswith("Stored 3 scorecard cells of support-copilot from scores of duckdb://")
    assert "is stored already" in again.out
    with closing(open_store(f"sqlite:///{db}")) as store:
        cells = [cell for _, cell in queries.dossier(store, SLUG).cells]
    assert {(cell.workflow, cell.n) for cell in cells} == {("*", 400), ("refund", 200), ("quote", 200)}


def test_what_is_secret_in_an_address_is_neither_stored_nor_said(address: str, run: Run, db: Path) -> None:
    told = [run("import", address, *TABLE), run("import", address, "--table", "none", *MAPPED)]
    assert [done.status for done in told] == [0, 2]
    assert not [done for done in told if SECRET in done.out + done.err]
    assert SECRET.encode() not in db.read_bytes() + b"".join(
        path.read_bytes() for path in db.parent.glob(f"{db.name}-*")
    )


def test_a_table_is_not_read_through_another_dashboard(address: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_API_TOKEN", SECRET)
    done = run("--remote", "https://readiness.example.com", "import", address, *TABLE)
    assert done.status != 0
    assert "--table" in done.err
