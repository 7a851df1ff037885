"""What a file of another tool would change, and adopting lines of it, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import samples
from tests.cli.conftest import Run

DATA = samples.DATA / "proposals"
ON = ("--system", "claims-intake")


def exported(run: Run, folder: Path) -> str:
    path = folder / "assessment.toml"
    path.unlink(missing_ok=True)
    run("export", "claims-intake", "--output", str(path))
    return path.read_text()


def test_a_file_is_shown_as_a_difference_and_nothing_is_stored(portfolio: Path, run: Run, tmp_path: Path) -> None:
    before = exported(run, tmp_path)
    said = run("propose", str(DATA / "cyclonedx.json"), *ON)
    assert said.lines[0] == (
        "cyclonedx proposes 2 lines for the system card; nothing is stored until --adopt names lines."
    )
    assert "gpt-echo" in said.out
    assert "from components[1]" in said.out
    assert exported(run, tmp_path) == before


def test_lines_that_a_person_names_are_adopted_as_a_revision(portfolio: Path, run: Run, tmp_path: Path) -> None:
    file = str(DATA / "cyclonedx.json")
    assert run("propose", file, *ON, "--adopt", "2").status == 0
    assert ("gpt-echo" in exported(run, tmp_path), "support-evals" in exported(run, tmp_path)) == (True, False)
    told = run("propose", file, *ON, "--json").json
    assert (told["format"], told["document"], [line["number"] for line in told["lines"]]) == (
        "cyclonedx",
        "card",
        [1, 2],
    )
    assert told["lines"][1]["changes"] == []
    assert "stands there already" in run("propose", file, *ON).out
    again = run("propose", file, *ON, "--adopt", "2")
    assert (again.status != 0, "the system card says all of this already" in again.err) == (True, True)
    assert "done" in json.loads(run("propose", file, *ON, "--adopt", "all", "--json").out)
    assert "support-evals" in exported(run, tmp_path)


def test_what_is_left_out_is_told_with_its_reason(portfolio: Path, run: Run) -> None:
    out = run("propose", str(DATA / "openslo.yaml"), *ON, "--map", "latency=latency_ms").out
    assert "burn: AlertPolicy is no objective" in out
    assert "(over 28d)" in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--adopt", "3"), "no line has this number; expected numbers from 1 to 2, or all"),
        (("--adopt", "one"), "'one' are no numbers of lines"),
        (("--adopt", "1,"), "'1,' are no numbers of lines"),
        (("--map", "latency"), "a metric has no name; expected THEIRS=OURS"),
    ],
)
def test_what_cannot_be_adopted_is_refused(
    portfolio: Path, run: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    said = run("propose", str(DATA / "cyclonedx.json"), *ON, *arguments)
    assert said.status != 0
    assert sentence in said.err
