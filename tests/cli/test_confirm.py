"""What does not add up is shown by every command, and confirmed by one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import files
from tests.cli.conftest import Run
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY
from tests.samples import DATA

PENDING = (
    "cut.json does not count until a person confirms it: the file states 7 for failures, and its rows give 0; "
    "the file states 2 for errors, and its rows give 0"
)


@pytest.fixture
def cut(run: Run, tmp_path: Path) -> list[str]:
    """The arguments that import a promptfoo file whose failing rows were cut out, for a system that is stored."""
    assert run("import", files.assessment(tmp_path)).status == 0
    whole = json.loads((DATA / "promptfoo.json").read_text("utf-8"))
    whole["results"]["results"] = [row for row in whole["results"]["results"] if row["success"]]
    (tmp_path / "cut.json").write_text(json.dumps(whole), "utf-8")
    labels = {f"support-v{n} × stub-model-1": version for n, version in ((1, BASELINE), (2, CANDIDATE))}
    maps = [part for label, version in labels.items() for part in ("--map", f"version:{label}={version}")]
    return ["import", str(tmp_path / "cut.json"), "--system", SLUG, "--measured-on", f"{TODAY}", *maps]


def test_import_says_what_does_not_add_up_before_and_after_it_is_stored(run: Run, cut: list[str]) -> None:
    pending = PENDING.removeprefix("cut.json ")
    assert f"; it {pending}." in run(*cut, "--dry-run").lines[0]
    (answer,) = run(*cut, "--json").json
    assert f"; it {pending}" in answer["sentence"]
    assert answer["doubts"] == pending.partition(": ")[2].split("; ")


def test_status_warns_until_the_file_is_confirmed_with_a_reason(run: Run, cut: list[str]) -> None:
    assert run(*cut).status == 0
    assert run("status", SLUG).lines[-1] == f"  note: {PENDING}"
    assert run("status").lines[-1] == f"  note: {PENDING}"
    assert run("status", SLUG, "--json").json["warnings"] == [PENDING]
    refused = run("evidence", "confirm", SLUG, "cut.json")
    assert refused.status == 2
    assert "the reason is missing" in refused.err
    assert run("evidence", "confirm", SLUG, "cut.json", "--reason", "The outage was ours").status == 0
    assert run("status", SLUG, "--json").json["warnings"] == []
    assert "note" not in run("status").out
    pack = run("pack", SLUG, "--for", "security", "--draft", "-o", "-")
    assert re.search(r"confirmed by [a-z ]+( \d)? on 20 Nov 2026: The outage was ours", pack.out)
    assert "dana" not in pack.out


def test_a_file_to_confirm_is_named_by_its_name_or_its_digest(run: Run, cut: list[str]) -> None:
    assert run(*cut).status == 0
    missing = run("evidence", "confirm", SLUG, "other.json", "--reason", "why")
    assert "support-copilot has no file 'other.json'; expected cut.json" in missing.err
    assert run("evidence", "confirm", SLUG, "cut.json", "--reason", "why").status == 0
    assert "nothing changed" in run("evidence", "confirm", SLUG, "cut.json", "--reason", "why").out
