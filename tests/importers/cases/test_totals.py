from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from readiness import paths
from readiness.decision import doubts
from readiness.errors import ReadinessError
from readiness.importers import Batch, Source, read
from tests.importers.reading import read_file
from tests.samples import DATA, SHARED

HOSTILE = ["12", "many", -3, -1e308, 1e308, 10**400, float("nan"), float("inf"), True, None, [], {}, [9], {"n": 1}]


def clauses(batch: Batch) -> list[str]:
    assert batch.evidence
    return [doubts.clause(doubt) for doubt in batch.evidence.doubts]


def document(name: str) -> Any:
    return json.loads((DATA / name).read_text("utf-8"))


def passing(rows: list[Any]) -> list[Any]:
    return [row for row in rows if row["success"]]


def test_failing_rows_cut_out_of_promptfoo_results_do_not_add_up(tmp_path: Path) -> None:
    whole = document("promptfoo.json")
    whole["results"]["results"] = passing(whole["results"]["results"])
    assert clauses(read_file(tmp_path, json.dumps(whole))) == [
        "the file states 7 for failures, and its rows give 0",
        "the file states 2 for errors, and its rows give 0",
    ]


def test_a_row_turned_into_a_pass_does_not_add_up(tmp_path: Path) -> None:
    whole = document("promptfoo.json")
    row = next(row for row in whole["results"]["results"] if not row["success"] and row["failureReason"] == 1)
    row["success"] = True
    assert "the file states 7 for successes, and its rows give 8" in clauses(read_file(tmp_path, json.dumps(whole)))


def test_without_stats_the_counts_beside_each_prompt_are_held_against_its_rows(tmp_path: Path) -> None:
    whole = document("promptfoo.json")
    del whole["results"]["stats"]
    assert clauses(read_file(tmp_path, json.dumps(whole))) == []
    whole["results"]["results"] = passing(whole["results"]["results"])
    told = clauses(read_file(tmp_path, json.dumps(whole)))
    assert "the file states 4 for testFailCount of prompt 1, and its rows give 0" in told


def test_scores_that_were_raised_do_not_give_the_sum_beside_their_prompt(tmp_path: Path) -> None:
    whole = document("promptfoo.json")
    row = next(row for row in whole["results"]["results"] if row["promptIdx"] == 1 and row["score"] < 1)
    row["score"] = 1
    (told,) = clauses(read_file(tmp_path, json.dumps(whole)))
    assert told.startswith("the file states 6.86667 for score of prompt 2, and its rows give")


def test_failing_cases_cut_out_of_a_deepeval_run_do_not_add_up(tmp_path: Path) -> None:
    whole = document("deepeval/v4.3.1_results_folder.json")
    del whole["testCases"][1]
    assert clauses(read_file(tmp_path, json.dumps(whole))) == [
        "the file states 4 for testFailed, and its rows give 3",
        "the file states 3 for scores of Task Success, and its rows give 2",
        "the file states 4 for scores of Faithfulness, and its rows give 3",
    ]


def test_samples_cut_out_of_an_inspect_log_do_not_add_up(tmp_path: Path) -> None:
    whole = document("inspect/support.json")
    del whole["samples"][0]
    told = clauses(read_file(tmp_path, json.dumps(whole)))
    assert "the file states 4 for samples, each epoch as one, and its rows give 3" in told
    assert "the file states 4 for completed samples, each epoch as one, and its rows give 3" in told


def test_a_score_that_was_raised_does_not_give_the_accuracy_of_its_inspect_log(tmp_path: Path) -> None:
    whole = document("inspect/support.json")
    for sample in whole["samples"]:
        sample["scores"]["includes"]["value"] = "C"
    for reduction in whole.get("reductions") or []:
        for sample in reduction["samples"] if reduction["scorer"] == "includes" else ():
            sample["value"] = 1.0
    assert clauses(read_file(tmp_path, json.dumps(whole))) == [
        "the file states 0.5 for accuracy of includes, and its rows give 1"
    ]


def test_failing_cases_cut_out_of_a_junit_report_do_not_add_up(tmp_path: Path) -> None:
    cases = '<testcase name="a"/><testcase name="b"/>'
    report = f'<testsuites><testsuite name="s" tests="5" failures="2" errors="1">{cases}</testsuite></testsuites>'
    assert clauses(read_file(tmp_path, report)) == [
        "the file states 5 for tests of testsuite 1, and its rows give 2",
        "the file states 3 for failures and errors of testsuite 1, and its rows give 0",
    ]


@pytest.mark.parametrize(
    "suite",
    [
        '<testsuite tests="2" failures="1" errors="0"><testcase name="a"/><testcase name="b"><failure/></testcase>'
        "</testsuite>",
        '<testsuite tests="1" failures="0"><testcase name="a"/><testcase name="b"><skipped/></testcase></testsuite>',
        '<testsuite tests="1" failures="2"><testcase name="a"><failure/><failure/></testcase></testsuite>',
        '<testsuite tests="1" failures="1" errors="1"><testcase name="a"><failure/><error/></testcase></testsuite>',
        '<testsuite tests="1" failures="1" errors="1"><testcase name="a"><failure/></testcase><testcase name="a">'
        "<error/></testcase></testsuite>",
        '<testsuite tests="2" failures="1"><testcase name="a"><failure/></testcase><testcase name="b"><error/>'
        "</testcase></testsuite>",
        '<testsuite tests="2"><testsuite tests="1"><testcase name="a"/></testsuite><testsuite tests="1">'
        '<testcase name="b"/></testsuite></testsuite>',
        '<testsuite tests="two" failures="" errors="99999999999999999999"><testcase name="a"/></testsuite>',
        '<testsuite name="s"><testcase name="a"/></testsuite>',
    ],
)
def test_every_way_in_which_tools_count_tests_adds_up(tmp_path: Path, suite: str) -> None:
    assert clauses(read_file(tmp_path, suite)) == []


def test_another_number_of_documents_beside_a_figure_of_lm_eval_does_not_add_up(tmp_path: Path) -> None:
    whole = document("lm_eval/results.json")
    task, samples = next(iter(whole["n-samples"].items()))
    whole["results"][task]["sample_len"] = samples["effective"] + 5
    told = clauses(read_file(tmp_path, json.dumps(whole)))
    n = samples["effective"]
    assert f"the file states {n + 5} for documents of {task}, and its rows give {n}" in told


HEADER = "version,workflow,cohort,metric,value,n"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("2,*,,m,0.9,300", "2,a,,m,0.9,100", "2,b,,m,0.9,200", "2,*,lang=de,m,0.5,50"), []),
        (("2,*,,m,0.67,300", "2,a,,m,0.5,100", "2,b,,m,0.75,200"), []),
        (
            ("2,*,,m,0.99,300", "2,a,,m,0.5,100", "2,b,,m,0.75,200"),
            ["the file states 0.99 for m of 2, by workflow, and its rows give 0.666667"],
        ),
    ],
)
def test_stated_figures_are_held_against_their_parts(tmp_path: Path, rows: tuple[str, ...], told: list[str]) -> None:
    assert clauses(read_file(tmp_path, "\n".join([HEADER, *rows, ""]))) == told


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_what_stands_in_the_place_of_a_total_never_breaks_a_reader(tmp_path: Path, value: Any) -> None:
    promptfoo = document("promptfoo.json")
    promptfoo["results"]["stats"] = dict.fromkeys(promptfoo["results"]["stats"], value)
    for prompt in promptfoo["results"]["prompts"]:
        prompt["metrics"] = dict.fromkeys(prompt["metrics"], value)
    deepeval = document("deepeval/v4.3.1_results_folder.json") | dict.fromkeys(("testPassed", "testFailed"), value)
    deepeval["metricsScores"] = [{"metric": "Faithfulness", "scores": [value]}, value]
    inspect = document("inspect/support.json")
    inspect["results"] |= dict.fromkeys(("total_samples", "completed_samples"), value)
    for score in inspect["results"]["scores"]:
        score["scored_samples"], score["metrics"] = value, {"accuracy": {"value": value}, "mean": value}
    lm_eval = document("lm_eval/results.json")
    lm_eval["n-samples"] = {task: {"original": value, "effective": value} for task in lm_eval["results"]}
    for whole in (promptfoo, deepeval, inspect, lm_eval):
        with contextlib.suppress(ReadinessError):  # a reader may refuse a document with NaN, in a sentence
            assert all(len(clause) < 1000 for clause in clauses(read_file(tmp_path, json.dumps(whole))))


def honest() -> list[Any]:
    own = [path for folder in (DATA, paths.ROOT / "data" / "demo") for path in folder.rglob("*") if path.is_file()]
    larger = [path for path in SHARED.rglob("*") if path.is_file()] if SHARED.is_dir() else []
    marked = [pytest.param(path, id=path.name, marks=pytest.mark.shared_samples) for path in sorted(larger)]
    return [*(pytest.param(path, id=path.name) for path in sorted(own)), *marked]


@pytest.mark.parametrize("path", honest())
def test_no_file_as_its_tool_wrote_it_is_doubted(path: Path) -> None:
    try:
        batch = read(Source.open(path))
    except ReadinessError:
        return
    assert batch.evidence is None or clauses(batch) == []
