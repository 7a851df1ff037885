"""The pipelines that docs/pipelines.md shows, run on files as a team would have them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import defusedxml.ElementTree
import pytest
import yaml

from readiness import paths
from readiness.model.assessment import MarkValue
from tests import files
from tests.cli.conftest import Run
from tests.factories import TODAY

BY_HAND = (paths.ROOT / "docs" / "pipelines.md").read_text("utf-8").partition("\n## By hand\n")[2].partition("\n## ")[0]
PIPELINES: list[str] = re.findall(r"```yaml\n(.*?)```", BY_HAND, re.DOTALL)


def commands(pipeline: dict[str, Any]) -> list[list[str]]:
    """The readiness commands of the one job of a GitHub or GitLab pipeline."""
    (job,) = pipeline["jobs"].values() if "jobs" in pipeline else pipeline.values()
    lines = job.get("script") or [step.get("run", "") for step in job["steps"]]
    asked = [line.replace('"$(date +%F)"', str(TODAY)) for line in lines]
    return [line.split()[1:] for line in asked if line.startswith("readiness ")]


def test_both_are_there() -> None:
    assert len(PIPELINES) == 2


@pytest.mark.parametrize("text", PIPELINES, ids=["github", "gitlab"])
@pytest.mark.parametrize(("mark", "status"), [("no", 0), ("yes", 1)])
def test_a_pipeline_of_the_docs_lets_a_release_through_or_stops_it(
    run: Run, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, mark: MarkValue, status: int
) -> None:
    files.assessment(tmp_path, files.whole(traceability=mark), "readiness.toml")
    files.results(tmp_path)
    files.spans(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    *stores, gate = commands(yaml.safe_load(text))
    assert [(said.status, said.err) for said in (run(*store) for store in stores)] == [(0, ""), (0, "")]
    assert run(*gate, "--as-of", str(TODAY)).status == status
    suite = defusedxml.ElementTree.parse(tmp_path / "readiness.xml").getroot()
    assert bool(suite.findall(".//failure")) == bool(status)
    if "--summary" in gate:
        said = (tmp_path / "summary.md").read_text("utf-8")
        assert ("it holds" if not status else "it does not hold") in said
