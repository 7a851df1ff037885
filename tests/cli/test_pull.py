"""Evidence fetched from real servers of MLflow and Phoenix, which their own clients filled."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from contextlib import closing
from pathlib import Path

import pytest

from readiness import clock
from readiness.model.dossier import Dossier, Event
from readiness.services import open_store
from readiness.store import queries
from tests import files
from tests.cli.conftest import Run
from tests.factories import SLUG
from tests.live.servers import BEGIN, fill

TRACES, LATER = 7, 3
HOUR = 3_600_000_000_000


@pytest.fixture(scope="module")
def mlflow(mlflow_server: str) -> str:
    fill("mlflow", mlflow_server, "support", str(TRACES), str(BEGIN), "results")
    return mlflow_server


@pytest.fixture(scope="module")
def phoenix(phoenix_server: str) -> str:
    fill("phoenix", phoenix_server, "support", str(TRACES), str(BEGIN))
    return phoenix_server


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    server: str = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def desk(db: Path, run: Run, tmp_path: Path) -> Path:
    """A store with one system."""
    assert run("import", files.assessment(tmp_path)).status == 0
    return db


def dossier(path: Path) -> Dossier:
    with closing(open_store(f"sqlite:///{path}")) as store:
        return queries.dossier(store, SLUG)


def events(path: Path) -> list[Event]:
    with closing(open_store(f"sqlite:///{path}")) as store:
        return [event for event in queries.events(store, system=SLUG) if event.action == "source.pull"]


BOTH = pytest.mark.parametrize(("kind", "url"), [("mlflow", "mlflow"), ("phoenix", "phoenix")], indirect=["url"])


def test_mlflow_gives_whole_traces(mlflow: str, desk: Path, run: Run) -> None:
    said = run("pull", "mlflow", mlflow, "--project", "support", "--system", SLUG)
    assert said.lines[0].startswith(f"Pulled {TRACES} traces from 127.0.0.1: Stored {TRACES} traces of {SLUG} from ")
    traces = [trace.record for _, trace in dossier(desk).traces]
    assert len(traces) == TRACES
    assert {(trace.version, len(trace.spans)) for trace in traces} == {("2026.11", 4)}
    assert {span.kind for trace in traces for span in trace.spans} == {"request", "retrieval", "model", "output"}


def test_mlflow_gives_the_assessments_of_each_case(mlflow: str, desk: Path, run: Run) -> None:
    asked = ("--holds", "results", "--version", "2026.11", "--map", "cohort=tags.tenant")
    assert run("pull", "mlflow", mlflow, "--project", "support", "--system", SLUG, *asked).status == 0
    cells = {(cell.cohort, cell.metric): (cell.n, cell.errors, cell.mean) for _, cell in dossier(desk).cells}
    assert cells["*", "exact"] == (7, 0, 4 / 7)
    assert cells["*", "score"] == (6, 1, 0.5)
    assert cells["tenant=acme", "exact"] == (3, 0, 0.0)


def test_phoenix_gives_whole_traces(phoenix: str, desk: Path, run: Run) -> None:
    said = run("pull", "phoenix", phoenix, "--project", "support", "--system", SLUG, "--version", "2026.11")
    assert said.lines[0].startswith(f"Pulled {TRACES} traces from 127.0.0.1: Stored {TRACES} traces of {SLUG} from ")
    assert not any("one page of several" in line for line in said.lines)
    traces = [trace.record for _, trace in dossier(desk).traces]
    assert {(trace.version, len(trace.spans)) for trace in traces} == {("2026.11", 4)}


def test_phoenix_gives_the_runs_of_an_experiment(phoenix: str, desk: Path, run: Run) -> None:
    experiment = fill("phoenix", phoenix, "questions", "experiment")
    asked = ("--holds", "results", "--run", experiment, "--version", "2026.11")
    said = run("pull", "phoenix", phoenix, "--system", SLUG, *asked)
    assert said.lines[0].startswith("Pulled 4 results from 127.0.0.1: Stored ")
    cells = {cell.metric: (cell.n, cell.errors, cell.mean) for _, cell in dossier(desk).cells}
    assert cells["exact"] == (3, 1, 1.0)


@BOTH
def test_the_bytes_are_kept_with_their_digest_and_what_was_asked(kind: str, url: str, desk: Path, run: Run) -> None:
    output = desk.with_name("kept.jsonl")
    said = run("pull", kind, url, "--project", "support", "--system", SLUG, "-o", output, "--json")
    digest = hashlib.sha256(output.read_bytes()).hexdigest()
    assert (said.json["digest"], said.json["records"]) == (digest, TRACES)
    (file,), (event,) = dossier(desk).evidence.values(), events(desk)
    assert file.record.digest == digest
    assert file.record.warnings[0].startswith("pulled from ")
    assert "traces of support up to 2026-11-20 12:00 UTC" in file.record.warnings[0]
    told = {"kind": kind, "url": url, "project": "support", "digest": digest, "until": "2026-11-20T12:00:00+00:00"}
    assert told.items() <= event.detail.items()
    assert list(desk.with_name("store.db-pulls").iterdir()) == []


@BOTH
def test_a_span_of_time_is_asked_for_and_nothing_beside_it(kind: str, url: str, desk: Path, run: Run) -> None:
    asked = ("--since", "2026-11-18T11:07:40Z", "--until", "2026-11-18T11:09:40Z", "--dry-run")
    said = run("pull", kind, url, "--project", "support", "--system", SLUG, *asked, "--json")
    assert said.json["records"] == 2
    assert not dossier(desk).evidence


@BOTH
def test_a_source_that_is_due_gives_only_what_is_new(
    kind: str, url: str, desk: Path, run: Run, noon: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = f"due-{kind}"
    fill(kind, url, project, str(TRACES), str(BEGIN))
    assert run("source", "add", SLUG, kind, url, "--project", project, "--every", "1").status == 0
    first = run("pull", "--due")
    assert f"{SLUG}, source 1: Pulled {TRACES} traces from 127.0.0.1" in first.out
    assert run("pull", "--due").out == "No source is due.\n"
    fill(kind, url, project, str(LATER), str(BEGIN + 60 * HOUR))
    assert run("source", "pull", SLUG, "1").out == f"127.0.0.1 has nothing new of {project}.\n"
    monkeypatch.setattr(clock, "now", lambda: noon + dt.timedelta(days=1))
    assert f"{SLUG}, source 1: Pulled {LATER} traces from 127.0.0.1" in run("pull", "--due").out
    assert len({trace.record.trace_id for _, trace in dossier(desk).traces}) == TRACES + LATER


@BOTH
def test_a_project_that_is_not_there_is_said_in_one_sentence(kind: str, url: str, desk: Path, run: Run) -> None:
    said = run("pull", kind, url, "--project", "nowhere", "--system", SLUG)
    assert said.status == 2
    assert said.err.startswith("readiness: 127.0.0.1, /")
    assert said.err.endswith(
        ": the server does not find this; "
        "expected a project or an experiment that is there, and an address of its API.\n"
    )


def test_what_is_listed_as_json_says_how_far_a_source_was_read(phoenix: str, desk: Path, run: Run) -> None:
    run("source", "add", SLUG, "phoenix", phoenix, "--project", "support", "--version", "2026.11")
    run("pull", "--due")
    (source,) = json.loads(run("source", "list", SLUG, "--json").out)
    assert source["read_until"] == "2026-11-20T11:59:00+00:00"
    assert (source["failed"], source["stale"]) == (False, "")
    assert run("source", "remove", SLUG, "1").out == "Removed the source 1, traces of support in Phoenix.\n"
    assert run("source", "list", SLUG).out == f"{SLUG} has no source.\n"
