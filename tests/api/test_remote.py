"""A pipeline pushes evidence and asks for verdicts over HTTP, with a token and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from readiness import clock
from readiness.access import GRANTS, Principal
from readiness.api import app
from readiness.api.client import Remote
from readiness.cli import base
from readiness.cli.app import command
from readiness.errors import InputError, ReadinessError, StoreError
from readiness.model.people import Token
from readiness.services import open_store, tokens
from tests import samples
from tests.serving import ROOT, free_port, serving

CLAIMS = "claims-intake"
DANA = Principal.of("dana@example.com", GRANTS)


@dataclass(frozen=True)
class Pipeline:
    """Somewhere without the database."""

    url: str
    folder: Path
    secret: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "READINESS_API_TOKEN": self.secret,
            "READINESS_DATABASE_URL": "sqlite:////nowhere/at/all.db",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "readiness", "--remote", self.url, *arguments]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def pipeline(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("pipeline")
    (folder / "readiness.db").write_bytes(loaded.read_bytes())
    url = f"sqlite:///{folder / 'readiness.db'}"
    store = open_store(url)
    until = clock.today() + dt.timedelta(days=2)
    asked = Token(name="ci", actions=["read", "import", "pack", "gap.move"], expires_on=until)
    secret, _ = tokens.issue(store, DANA, asked)
    store.close()
    port = free_port()
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", url]
    for _ in serving(command, f"http://127.0.0.1:{port}"):
        yield Pipeline(f"http://127.0.0.1:{port}", folder, secret)


def test_the_exit_status_says_what_the_verdict_is_worth(pipeline: Pipeline) -> None:
    good = pipeline.run("check", CLAIMS, "--at-least", "staged")
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("Staged: the score is 3 of 42.")
    bad = pipeline.run("check", "freight-support", "--at-least", "narrow")
    assert bad.returncode == 1
    assert "- override: " in bad.stdout
    wrong = pipeline.run("check", CLAIMS, "--at-least", "perfect")
    assert wrong.returncode == 2
    assert "'perfect' is not a level; expected one of staged" in wrong.stderr


def test_evidence_is_pushed_and_read_back(pipeline: Pipeline) -> None:
    sample = str(samples.DATA / "promptfoo.json")
    would = pipeline.run("import", sample, "--system", CLAIMS, "--dry-run")
    assert (would.returncode, would.stdout.startswith("Would store ")) == (0, True), would.stderr
    refused = pipeline.run("import", str(ROOT / "README.md"), "--system", CLAIMS)
    assert refused.returncode == 2
    assert refused.stderr.startswith("readiness: README.md: ")
    status = json.loads(pipeline.run("status", CLAIMS).stdout)
    assert status["verdict"]["level"] == "staged"
    assert json.loads(pipeline.run("scorecard", CLAIMS).stdout)["rows"]


def test_an_owner_moves_a_date_and_a_pack_arrives(pipeline: Pipeline) -> None:
    first = json.loads(pipeline.run("gaps", "--system", CLAIMS).stdout)[0]
    earlier = (clock.today() + dt.timedelta(days=1)).isoformat()
    moved = pipeline.run("gap", "due", str(first["id"]), earlier, "--reason", "sooner or later")
    assert moved.stdout.startswith(f"Due date of {first['signal']} moved from "), moved.stderr
    assert pipeline.run("pack", CLAIMS, "--for", "security", "-o", "pack.md").returncode == 0
    assert (pipeline.folder / "pack.md").read_text("utf-8").startswith("# ")
    (sent,) = json.loads(pipeline.run("packs", CLAIMS).stdout)
    assert (sent["audience"], sent["out_of_date"]) == ("security", [])
    assert pipeline.run("pack", CLAIMS, "--since", str(sent["id"]), "-o", "since.md").returncode == 0
    assert f"Pack {sent['id']} as of" in (pipeline.folder / "since.md").read_text("utf-8")


def test_what_a_dashboard_does_not_answer_is_said(pipeline: Pipeline) -> None:
    answer = pipeline.run("backup", "x.db")
    assert answer.returncode == 2
    assert (
        "does not answer this command; expected status, check, scorecard, import, gaps, gap, pack, packs"
        in answer.stderr
    )


@pytest.mark.parametrize(
    ("url", "token", "why"),
    [
        ("http://ready.example.com", "x", "'http://ready.example.com' would show the token on the way"),
        ("ftp://127.0.0.1", "x", "would show the token on the way"),
        ("nothing", "x", "would show the token on the way"),
        ("https://ready.example.com", "", "READINESS_API_TOKEN: there is no token; expected one that readiness token"),
    ],
)
def test_a_token_goes_only_where_nobody_reads_it(
    monkeypatch: pytest.MonkeyPatch, url: str, token: str, why: str
) -> None:
    monkeypatch.setenv("READINESS_API_TOKEN", token)
    with pytest.raises(InputError, match=why):
        Remote(url)


def test_a_dashboard_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_API_TOKEN", "x")
    with pytest.raises(StoreError, match=r"--remote: http://127\.0\.0\.1:9 does not answer"):
        Remote("http://127.0.0.1:9").get("systems")


@pytest.fixture
def near(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """The same commands against the application in this process."""
    (tmp_path / "readiness.db").write_bytes(loaded.read_bytes())
    store = open_store(f"sqlite:///{tmp_path / 'readiness.db'}")
    until = clock.today() + dt.timedelta(days=2)
    asked = Token(name="ci", actions=["read", "import", "pack", "gap.move"], expires_on=until)
    secret, _ = tokens.issue(store, DANA, asked)
    monkeypatch.setenv("READINESS_API_TOKEN", secret)
    monkeypatch.chdir(tmp_path)
    asking = Remote("http://127.0.0.1:1")
    served = Starlette(routes=[Mount("/api/v1", app.build(lambda: store))])
    shown = {"Authorization": f"Bearer {secret}"}
    here: Any = TestClient(served, base_url="http://127.0.0.1:1/api/v1", headers=shown)
    asking._client = here
    monkeypatch.setattr(base, "remote", lambda: asking)

    def run(*arguments: str) -> int:
        return int(command(arguments[0]).main([*arguments[1:]], standalone_mode=False) or 0)

    yield run
    store.close()


def test_every_command_that_a_dashboard_answers(
    near: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = str(samples.DATA / "promptfoo.json")
    assert near("check", CLAIMS, "--at-least", "staged") == 0
    assert near("check", "freight-support", "--at-least", "narrow") == 1
    assert near("check", CLAIMS, "--at-least", "staged", "--signed", "--json") in (0, 3)
    summary = tmp_path / "summary.md"
    assert near("check", CLAIMS, "--at-least", "staged", "--summary-to", str(summary)) == 0
    assert "Asked for staged or better: it holds." in summary.read_text("utf-8")
    assert near("status") == near("status", CLAIMS) == near("scorecard", CLAIMS) == 0
    assert near("import", sample, "--system", CLAIMS, "--dry-run") == 0
    assert near("import", sample, "--system", CLAIMS, "--dry-run", "--json") == 0
    capsys.readouterr()
    near("gaps", "--system", CLAIMS)
    first = json.loads(capsys.readouterr().out)[0]
    sooner = (clock.today() + dt.timedelta(days=1)).isoformat()
    near("gap", "due", str(first["id"]), sooner, "--reason", "sooner or later")
    assert capsys.readouterr().out.startswith("Due date of ")
    assert near("pack", CLAIMS, "--for", "security", "-o", str(tmp_path)) == 0
    assert len(list(tmp_path.glob("claims-intake_*.md"))) == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("status", "nothing"), "the system 'nothing' is not in the store"),
        (("import", "gone.json", "--system", CLAIMS), "gone.json: the file cannot be read"),
        (("import", "gone.json", "--map", "metric=m"), "--map: 'metric=m' is for the store itself"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence(near: Callable[..., int], arguments: tuple[str, ...], why: str) -> None:
    with pytest.raises(ReadinessError, match=why):
        near(*arguments)
