"""The command as the shell starts it: a process of its own, with a folder and an environment."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from readiness import __version__, clock
from readiness.store import open_store, queries
from readiness.store.engine import URL_VARIABLE
from tests import factories, files
from tests.factories import BASELINE, CANDIDATE


def start(folder: Path, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != URL_VARIABLE}
    return subprocess.run(
        [sys.executable, "-m", "readiness", *map(str, arguments)],
        cwd=folder,
        env=inherited | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_program_says_its_version(tmp_path: Path) -> None:
    said = start(tmp_path, "--version")
    assert (said.returncode, said.stdout, said.stderr) == (0, f"readiness {__version__}\n", "")
    assert list(tmp_path.iterdir()) == []


def test_the_store_is_a_private_file_in_the_working_folder_by_default(tmp_path: Path) -> None:
    said = start(tmp_path, "import", files.assessment(tmp_path), READINESS_USER="dana")
    assert (said.returncode, said.stderr) == (0, "")
    assert stat.S_IMODE((tmp_path / "readiness.db").stat().st_mode) == 0o600
    assert start(tmp_path, "check", "support-copilot", "--at-least", "staged").returncode == 1


def test_an_option_wins_over_the_environment(tmp_path: Path) -> None:
    environment = {URL_VARIABLE: f"sqlite:///{tmp_path / 'environment.db'}"}
    start(tmp_path, "status", "--db", f"sqlite:///{tmp_path / 'option.db'}", **environment)
    assert [path.name for path in tmp_path.glob("*.db")] == ["option.db"]


def test_a_bad_file_is_one_sentence_for_people_and_two_for_the_shell(tmp_path: Path) -> None:
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    said = start(tmp_path, "import", "picture.csv")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("readiness: picture.csv: the format is not recognised; expected one of ")
    assert said.stderr.count("\n") == 1


def test_a_terminal_without_unicode_shows_what_it_can(tmp_path: Path) -> None:
    said = start(tmp_path, "doctor", PYTHONIOENCODING="latin-1")
    assert (said.returncode, said.stderr) == (0, "")
    assert "? Python: " in said.stdout


def test_a_time_zone_that_is_not_known_is_refused(tmp_path: Path) -> None:
    said = start(tmp_path, "status", READINESS_TIMEZONE="Mars/Olympus")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == (
        "readiness: READINESS_TIMEZONE: the time zone 'Mars/Olympus' is not known; "
        "expected a name such as Europe/Berlin.\n"
    )


def test_a_language_that_is_not_known_is_one_sentence(tmp_path: Path) -> None:
    said = start(tmp_path, "status", READINESS_LANGUAGE="tlh")
    assert said.returncode == 2
    assert said.stderr == ("readiness: READINESS_LANGUAGE: the language 'tlh' is not known; expected one of en, de.\n")


def test_two_processes_that_import_the_files_of_two_versions_at_once_pair_them(tmp_path: Path) -> None:
    start(tmp_path, "import", files.assessment(tmp_path), READINESS_USER="dana")
    header = "version,workflow,cohort,metric,value,case_id"
    for version in (BASELINE, CANDIDATE):
        rows = [f"{version},*,*,task_success,{int(at % 9 > 0)},c{at}" for at in range(300)]
        files.results(tmp_path, *rows, header=header, name=f"{version}.csv")
    command = [sys.executable, "-m", "readiness", "import", "--measured-on", str(clock.today())]
    environment = {name: value for name, value in os.environ.items() if name != URL_VARIABLE}
    both = [
        subprocess.Popen([*command, f"{version}.csv"], cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
        for version in (BASELINE, CANDIDATE)
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    with closing(open_store(f"sqlite:///{tmp_path / 'readiness.db'}")) as store:
        (pair,) = queries.dossier(store, factories.SLUG).pairs
    assert (pair.cases, {pair.first, pair.second}) == (300, {BASELINE, CANDIDATE})
