"""Sources of a system by the command line: set up, listed, pulled from where nobody answers, removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import files, standins
from tests.cli.conftest import Run
from tests.factories import SLUG, TODAY
from tests.serving import free_port

AS_OF = ("--as-of", str(TODAY))


@pytest.fixture
def nowhere(run: Run, tmp_path: Path) -> str:
    """The address of a server that is not there, and a system in the store."""
    run("import", files.assessment(tmp_path), *AS_OF)
    return f"http://127.0.0.1:{free_port()}"


def test_a_source_is_set_up_listed_pulled_from_and_removed(run: Run, nowhere: str) -> None:
    assert run("source", "list", SLUG).lines == [f"{SLUG} has no source."]
    assert run("pull", "--due").lines == ["No source is due."]
    added = run("source", "add", SLUG, "phoenix", nowhere, "--project", "support", "--every", "6", "--json")
    assert (added.status, "Phoenix" in added.json["sentence"]) == (0, True)
    (listed,) = run("source", "list", SLUG, "--json").json
    number = str(listed["id"])
    first, second = run("source", "list", SLUG).lines
    assert first.startswith(f"{number}  ")
    assert first.endswith(f"at {nowhere}, every 6 h")
    assert second == "    never pulled."
    pulled = run("source", "pull", SLUG, number)
    assert pulled.status != 0
    assert "127.0.0.1" in pulled.out + pulled.err
    due = run("pull", "--due", "--json", *AS_OF)
    assert [row["system"] for row in due.json] in ([], [SLUG])
    assert run("source", "remove", SLUG, number).status == 0
    assert run("source", "list", SLUG, "--json").json == []


def test_an_experiment_is_fetched_by_its_name_and_never_stored_twice(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", files.assessment(tmp_path), *AS_OF)
    with standins.project_of_langsmith(monkeypatch, tmp_path) as server:
        standins.fill_experiment(server, "langsmith")
        asked = ("langsmith", server.url, "--experiment", standins.NIGHTLY, "--version", "2026.11")
        said = run("pull", *asked, "--system", SLUG, *AS_OF)
        assert said.lines[0].startswith(f"Pulled {standins.CASES} results from 127.0.0.1: Stored ")
        assert "already" in run("pull", *asked, "--system", SLUG, *AS_OF).lines[0]
        assert run("source", "add", SLUG, *asked).lines == [
            "Set up the source 1, results of nightly in LangSmith.",
        ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("pull", "phoenix", "http://127.0.0.1:9", "--due"), "--due pulls from what is set up"),
        (("pull", "phoenix", "http://127.0.0.1:9", "--project", "p"), "it is not said whose evidence it is"),
        (("pull", "pigeon", "http://127.0.0.1:9", "--project", "p", "--system", SLUG), "pigeon"),
        (("pull", "phoenix", "http://127.0.0.1:9", "--system", SLUG), "project"),
        (
            ("pull", "langfuse", "http://127.0.0.1:9", "--experiment", "a", "--run", "b", "--system", SLUG),
            "--experiment and --run say the same",
        ),
        (("source", "add", SLUG, "phoenix", "ftp://a.example", "--project", "p"), "this is no address of a server"),
        (
            ("source", "add", SLUG, "phoenix", "http://u:p@a.test", "--project", "p"),
            "this is no address of a server",
        ),
        (("source", "remove", SLUG, "7"), "7"),
        (
            ("pull", "phoenix", "http://127.0.0.1:9", "--project", "p", "--system", SLUG, "--since", "soon"),
            "soon",
        ),
    ],
)
def test_what_makes_no_sense_is_one_sentence(run: Run, nowhere: str, arguments: tuple[str, ...], problem: str) -> None:
    told = run(*arguments)
    assert told.status != 0
    assert problem in told.err
    assert "Traceback" not in told.err
