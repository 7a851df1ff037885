"""Cases marked critical count in a cohort of their own, in every format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from readiness.importers import Options
from tests.importers.reading import cells, read_file

NATIVE = """version,metric,value,case_id,critical
2,task_success,1,a,true
2,task_success,0,b,yes
2,task_success,1,c,
2,task_success,1,d,minor
"""
TABLE = """case_id,version,correct,critical
a,2,1,1
b,2,0,yes
c,2,1,
d,2,1,minor
"""


@pytest.mark.parametrize("text", [NATIVE, TABLE])
def test_critical_cases_of_a_table_count_apart_and_with_the_others(tmp_path: Path, text: str) -> None:
    batch = read_file(tmp_path, text)
    figures = {cohort: (cell.n, cell.passed) for (_, _, cohort, _), cell in cells(batch).items()}
    assert figures == {"*": (4, 3), "severity=critical": (2, 1)}
    assert any("marked critical" in warning and "read as not critical: minor" in warning for warning in batch.warnings)


def test_json_lines_may_mark_single_cases(tmp_path: Path) -> None:
    rows = [{"version": "2", "metric": "task_success", "value": 1, "cohort": "language=de"} for _ in range(3)]
    rows[2]["critical"] = True
    batch = read_file(tmp_path, "".join(f"{json.dumps(row)}\n" for row in rows))
    figures = {cohort: cell.n for (_, _, cohort, _), cell in cells(batch).items()}
    assert figures == {"*": 3, "language=de": 3, "severity=critical": 1}


def test_the_metadata_of_a_test_marks_it_and_another_field_may_be_named(tmp_path: Path) -> None:
    rows = [
        {
            "prompt": {"label": "A"},
            "provider": {"id": "m"},
            "success": good,
            "namedScores": {},
            "failureReason": 0,
            "testCase": {"metadata": {"critical": good, "impact": "critical" if not good else "low"}},
        }
        for good in (True, True, False)
    ]
    text = json.dumps({"evalId": "e", "results": {"version": 3, "results": rows}})
    for options, expected in ((Options(), (2, 2)), (Options(mapping={"critical": "metadata.impact"}), (1, 0))):
        marked = cells(read_file(tmp_path, text, options))["A × m", "*", "severity=critical", "pass"]
        assert (marked.n, marked.passed) == expected


def test_a_stated_figure_may_be_that_of_the_critical_cases(tmp_path: Path) -> None:
    text = "version,cohort,metric,value,n,critical\n2,*,task_success,0.9,40,true\n2,*,task_success,0.95,400,\n"
    figures = {cohort: cell.n for (_, _, cohort, _), cell in cells(read_file(tmp_path, text)).items()}
    assert figures == {"severity=critical": 40, "*": 400}


def test_each_judge_of_a_metric_has_figures_of_its_own(tmp_path: Path) -> None:
    text = """version,metric,value,case_id,judge
2,groundedness,0.9,a,model-x
2,groundedness,0.5,a,model-y
2,groundedness,0.7,a,
2,failure_class,timeout,a,model-x
"""
    figures = {metric: (cell.n, cell.mean) for (_, _, _, metric), cell in cells(read_file(tmp_path, text)).items()}
    assert figures == {
        "groundedness@model-x": (1, 0.9),
        "groundedness@model-y": (1, 0.5),
        "groundedness": (1, 0.7),
        "failure_class@model-x/timeout": (1, 1.0),
    }
