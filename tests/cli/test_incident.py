"""Incidents by the command line."""

from __future__ import annotations

from pathlib import Path

from tests import files
from tests.cli.conftest import Run
from tests.factories import SLUG, TODAY


def test_an_incident_is_reported_listed_and_answered(run: Run, tmp_path: Path) -> None:
    run("import", files.assessment(tmp_path), files.results(tmp_path), files.spans(tmp_path))
    assert run("incident", "list", SLUG).lines == ["No incident is reported."]
    done = run("incident", "report", SLUG, "--what", "It made a carrier up", "--signal", "abstention")
    assert done.out == f"Reported incident 1 of {SLUG}; it speaks against 1 answer.\n"
    sentence, row = run("incident", "list", SLUG).lines
    assert sentence == "1 incident, not answered for 2026.11."
    assert row.split()[:2] == ["1", str(TODAY.day)]
    assert row.endswith("It made a carrier up: ✕ not answered")
    (listed,) = run("incident", "list", SLUG, "--json").json
    assert (listed["what"], listed["answer"]) == ("It made a carrier up", None)
    told = run("status", SLUG, "--json").json["incidents"]
    assert [(one["id"], one["signals"], one["answer"]) for one in told] == [(1, ["abstention"], None)]
    assert "expected case or gate or trace" in run("incident", "answer", SLUG, "1", "--by", "x", "--reference", "a").err
    assert "no fresh results" in run("incident", "answer", SLUG, "1", "--by", "case", "--reference", "a").err
    refused = run("incident", "report", SLUG, "--what", "x", "--signal", "abstention", "--cohort", "japanese")
    assert "names no dimension" in refused.err
