"""A margin that a policy states, from its file to everything that shows a change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.factories import TODAY

AS_OF = ("--as-of", str(TODAY))
POLICY = f"""format = "readiness-assessment/1"

[system]
slug = "margin-bot"
name = "Margin bot"

[assessment]
candidate = "2"
baseline = "1"
assessed_on = {TODAY}

[[policy.gates]]
metric = "task_success"
max_regression = 0.05
min_n = 1
same_within = 0.02
"""
LOST = {"de": 5, "ja": 200, "nl": 0}
CASES = {"de": 2000, "ja": 2000, "nl": 60}


@pytest.fixture
def scorecard(db: Path, run: Run, tmp_path: Path) -> Any:
    lines = ["case_id,version,metric,value,cohort"]
    for language, n in CASES.items():
        lines += [f"{language}{at},1,task_success,1,language={language}" for at in range(n)]
        lines += [f"{language}{at},2,task_success,{int(at >= LOST[language])},language={language}" for at in range(n)]
    (tmp_path / "policy.toml").write_text(POLICY)
    (tmp_path / "results.csv").write_text("\n".join(lines))
    assert run("import", tmp_path / "policy.toml", *AS_OF).status == 0
    said = run("import", tmp_path / "results.csv", "--system", "margin-bot", "--measured-on", str(TODAY), *AS_OF)
    assert (said.status, said.err) == (0, "")
    return run("scorecard", "margin-bot", "--json", *AS_OF).json


def test_every_change_is_told_and_the_file_comes_back_with_its_margin(scorecard: Any, run: Run) -> None:
    changes = {row["cohort"]: (row["change"]["same_within"], row["change"]["reading"]) for row in scorecard["rows"]}
    assert changes == {
        "*": (0.02, "worse"),
        "language=de": (0.02, "same"),
        "language=ja": (0.02, "worse"),
        "language=nl": (0.02, "cannot tell"),
    }
    assert "worse by 5.05 points [4.4 to 5.8]" in scorecard["gates"][0]["why"]
    first, *lines = run("scorecard", "margin-bot", *AS_OF).lines
    assert first == (
        "Task success: worse (−5.0 points) overall, and worse for Japanese (language=ja: −10.0 points, 2,000 cases)."
    )
    assert any("language=de" in line and "−0.2 points ≈" in line for line in lines)
    assert "same_within = 0.02" in run("export", "margin-bot").out


def test_packs_and_pages_say_the_same(scorecard: Any, run: Run, tmp_path: Path) -> None:
    pack = run(
        "pack", "margin-bot", "--for", "leadership", "--draft", "--format", "md", "-o", tmp_path / "p.md", *AS_OF
    )
    assert pack.status == 0, pack.err
    assert "−5.0 points, worse" in (tmp_path / "p.md").read_text()
