"""The commands as a person runs them, and stores for them to run on."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2 as sqlite

from readiness import paths
from readiness.cli import main
from readiness.clock import ZONE_VARIABLE
from readiness.store.engine import URL_VARIABLE
from tests.factories import TODAY


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Run = Callable[..., Said]


def content(path: Path) -> dict[str, list[Any]]:
    """Every row of every table in an SQLite file, but for what a backup says of itself."""
    with closing(sqlite.connect(str(path))) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = [name for name in tables if name != "backup_manifest"]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}  # noqa: S608


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Path, noon: dt.datetime) -> Path:
    """An empty store, which the commands find by the environment, on the day of these tests."""
    path = tmp_path / "store.db"
    shutil.copy(made, path)
    monkeypatch.setenv(URL_VARIABLE, f"sqlite:///{path}")
    monkeypatch.setenv("READINESS_USER", "dana")
    monkeypatch.delenv(ZONE_VARIABLE, raising=False)
    monkeypatch.setenv(paths.CHECKLISTS_VARIABLE, "")
    monkeypatch.chdir(tmp_path)
    return path


@pytest.fixture(scope="session")
def loaded(loaded_on: Callable[[dt.date], Path]) -> Path:
    """The demo portfolio as it is on the day of these tests, to be copied."""
    return loaded_on(TODAY)


@pytest.fixture
def portfolio(db: Path, loaded: Path) -> Path:
    shutil.copy(loaded, db)
    return db


@pytest.fixture
def run(db: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""
    monkeypatch.setenv("READINESS_REMOTE", "")  # which the program sets for itself

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["readiness", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        return Said(int(left.value.code or 0), *capsys.readouterr())

    return run
