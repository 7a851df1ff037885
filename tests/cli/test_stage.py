"""Stages by the command line: the exit status says whether the evidence lets a pipeline go on."""

from __future__ import annotations

from pathlib import Path

from tests import factories, files
from tests.cli.conftest import Run
from tests.factories import SLUG, TODAY
from tests.services.test_stages import STAGES


def test_a_pipeline_goes_on_where_the_evidence_advises_it(run: Run, tmp_path: Path) -> None:
    file = files.whole()
    file.policy = factories.policy(stages=STAGES)
    run("import", files.assessment(tmp_path, file), files.results(tmp_path), files.spans(tmp_path))
    assert run("stage", "show", SLUG).out.startswith("Not begun, go on to canary.")
    begun = run("stage", "advance", SLUG, "--note", "the pilot begins")
    assert begun.out.startswith(f"Went on to canary with {SLUG} 2026.11")
    waits = run("stage", "advance", SLUG)
    assert (waits.status, waits.out.startswith("Canary, hold: ")) == (3, True)
    rows = [f"{version},*,,task_success,0.2,900" for version in ("2026.11", "2026.10")]
    canary = files.results(tmp_path, *rows, name="canary.csv")
    assert run("import", canary, "--stage", "canary", "--measured-on", str(TODAY)).status == 0
    fails = run("stage", "advance", SLUG, "--json")
    assert (fails.status, fails.json["advice"], fails.json["stage"]) == (1, "roll back", "canary")
    assert [gate["state"] for gate in fails.json["gates"]] == ["fail"]
    assert run("stage", "show", SLUG, "--json").json == fails.json
    assert run("stage", "hold", SLUG).status != 0
    assert run("stage", "rollback", SLUG).out == f"Rolled back with {SLUG} 2026.11.\n"
    assert "roll back" in run("stage", "show", SLUG).lines[-1]
