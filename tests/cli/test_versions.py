"""Three candidates against one baseline, from their file to the answers."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.factories import TODAY

AS_OF = ("--as-of", str(TODAY))
POLICY = f"""format = "readiness-assessment/1"
system = {{slug = "many-bot", name = "Many"}}
assessment = {{candidate = "2", baseline = "1", assessed_on = {TODAY}}}
"""
FAILED = {"1": 40, "2": 40, "3": 10, "4": 90}


def test_all_versions_are_compared_with_the_baseline_on_the_same_cases(db: Path, run: Run, tmp_path: Path) -> None:
    lines = ["case_id,version,metric,value"]
    lines += [f"c{at},{version},task_success,{int(at >= bad)}" for version, bad in FAILED.items() for at in range(400)]
    (tmp_path / "policy.toml").write_text(POLICY)
    (tmp_path / "results.csv").write_text("\n".join(lines))
    assert run("import", tmp_path / "policy.toml", *AS_OF).status == 0
    said = run("import", tmp_path / "results.csv", "--system", "many-bot", "--measured-on", str(TODAY), *AS_OF)
    assert (said.status, said.err) == (0, "")
    answer = run("scorecard", "many-bot", "--json", *AS_OF).json
    assert [row["candidate"]["mean"] for row in answer["rows"]] == [0.9]
    told = {
        one["version"]: (one["figures"]["n"], one["change"]["pairs"], one["change"]["reading"])
        for one in answer["versions"]
    }
    assert told == {"2": (400, 400, "cannot tell"), "3": (400, 400, "better"), "4": (400, 400, "worse")}
    assert all(one["baseline"]["mean"] == 0.9 for one in answer["versions"])
