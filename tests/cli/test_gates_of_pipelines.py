"""The action of GitHub and the component of GitLab: what they say of themselves, and their steps run by a shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import defusedxml.ElementTree
import pytest
import yaml

from readiness import clock, paths
from readiness.model.assessment import MarkValue
from readiness.model.checklist import LEVELS
from tests import factories, files
from tests.factories import SLUG

ACTION = yaml.safe_load((paths.ROOT / "action.yml").read_text("utf-8"))
SPEC, JOBS = yaml.safe_load_all((paths.TEMPLATES / "gate" / "template.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
TODAY = clock.today()


def folder_with(tmp_path: Path, mark: MarkValue | None) -> dict[str, str]:
    """An assessment and its evidence as of today, and the environment in which a shell finds the program."""
    file = files.whole(traceability=mark)
    file.assessment = factories.assessment(assessed_on=TODAY)
    file.policy = factories.policy()
    file.policy.rollback.rehearsed_on = TODAY
    files.assessment(tmp_path, file, "readiness.toml")
    files.results(tmp_path)
    files.spans(tmp_path, day=TODAY)
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "readiness"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m readiness "$@"\n', "utf-8")
    program.chmod(0o755)
    beside = f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": beside, "PYTHONPATH": str(paths.ROOT), "HOME": str(tmp_path), "READINESS_USER": "dana"}


def shell(script: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def test_each_input_is_described_and_used_and_each_output_is_written() -> None:
    text = (paths.ROOT / "action.yml").read_text("utf-8")
    for name, stated in ACTION["inputs"].items():
        assert stated["description"].endswith(".")
        assert stated.get("required") or "default" in stated
        assert f"inputs.{name}" in text
    for name, stated in ACTION["outputs"].items():
        assert stated["value"] == f"${{{{ steps.check.outputs.{name} }}}}"
        assert f"{name}=" in STEPS["Check"]["run"]
    assert ACTION["runs"]["using"] == "composite"
    assert all(step["shell"] == "bash" for step in ACTION["runs"]["steps"])


def test_no_input_stands_in_a_script_where_it_would_be_run() -> None:
    assert all("${{" not in step["run"] for step in STEPS.values())
    assert all("$[[" not in line for line in JOBS["readiness-gate"]["script"])


def test_the_component_states_its_inputs() -> None:
    inputs: dict[str, Any] = SPEC["spec"]["inputs"]
    assert set(inputs["at-least"]["options"]) < set(LEVELS)
    used = set(
        re.findall(r"\$\[\[ inputs\.([a-z-]+) \]\]", (paths.TEMPLATES / "gate" / "template.yml").read_text("utf-8"))
    )
    assert used == set(inputs)


@pytest.mark.parametrize(
    ("mark", "lenient", "status", "level"),
    [
        ("no", False, 0, "staged"),
        ("yes", False, 1, "blocked"),
        (None, False, 3, "undetermined"),
        (None, True, 0, "undetermined"),
    ],
)
def test_the_action_lets_a_release_through_or_stops_it(
    tmp_path: Path, mark: MarkValue | None, lenient: bool, status: int, level: str
) -> None:
    environment = folder_with(tmp_path, mark) | {
        "READINESS_DATABASE_URL": f"sqlite:///{tmp_path}/gate.db",
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "SYSTEM": SLUG,
        "ASSESSMENT": "readiness.toml",
        "EVIDENCE": "results.csv\nspans.jsonl\n",
        "AT_LEAST": "narrow",
        "JUNIT": str(tmp_path / "readiness.xml"),
        "FAIL_ON_UNDECIDED": "false" if lenient else "true",
    }
    stored = shell(STEPS["Import"]["run"], tmp_path, environment)
    assert stored.returncode == 0, stored.stderr
    done = shell(STEPS["Check"]["run"], tmp_path, environment)
    assert done.returncode == status, done.stderr
    told = dict(line.split("=", 1) for line in (tmp_path / "outputs").read_text("utf-8").splitlines())
    assert told["level"] == level
    assert told["status"] == ("3" if lenient else str(status))
    assert told["headline"]
    assert bool(defusedxml.ElementTree.parse(told["junit"]).getroot().findall(".//failure")) == (level != "staged")
    assert "Asked for narrow or better" in (tmp_path / "summary.md").read_text("utf-8")


@pytest.mark.parametrize(("mark", "status"), [("no", 0), ("yes", 1), (None, 3)])
def test_the_component_lets_a_release_through_or_stops_it(tmp_path: Path, mark: MarkValue | None, status: int) -> None:
    environment = folder_with(tmp_path, mark) | {
        "SYSTEM": SLUG,
        "ASSESSMENT": "readiness.toml",
        "EVIDENCE": "results.csv spans.jsonl",
        "AT_LEAST": "narrow",
        "FAIL_ON_UNDECIDED": "true",
    }
    install, *script = JOBS["readiness-gate"]["script"]
    assert install == 'python -m pip install --quiet "$PACKAGE"'
    done = shell("\n".join(script), tmp_path, environment)
    assert done.returncode == status, done.stderr
    assert (tmp_path / "readiness.xml").exists()
