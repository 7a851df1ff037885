"""What is shipped for those who run the dashboard does what it says."""

from __future__ import annotations

import configparser
import shlex
from pathlib import Path

import pytest

from readiness import paths
from tests.cli.conftest import Run

UNITS, BACKUPS = paths.ROOT / "deploy" / "systemd", "/var/backups/readiness"


def unit(name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None, delimiters=("=",), strict=False)
    read.optionxform = str  # type: ignore[method-assign, assignment]
    read.read_string((UNITS / name).read_text("utf-8"))
    return read


def test_the_nightly_backup_runs_as_its_unit_says(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = unit("readiness-backup.service")["Service"]
    folder = tmp_path / "backups"
    folder.mkdir()
    for name, value in (pair.split("=", 1) for pair in shlex.split(service["Environment"])):
        monkeypatch.setenv(name, value)
    for key in ("ExecStart", "ExecStartPost"):
        program, *arguments = shlex.split(service[key])
        assert Path(program).name == "readiness"
        done = run(*(str(folder) if argument == BACKUPS else argument for argument in arguments))
        assert done.status == 0, done.err
    assert len(list(folder.glob("*.bak"))) == 1
    assert set(service["ReadWritePaths"].split()) == {service["WorkingDirectory"], BACKUPS}


def test_the_timer_starts_the_service_of_its_name_every_night() -> None:
    timer = unit("readiness-backup.timer")
    assert (UNITS / "readiness-backup.service").exists()
    assert timer["Timer"]["OnCalendar"] == "*-*-* 02:30"
    assert timer["Install"]["WantedBy"] == "timers.target"
