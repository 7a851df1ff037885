"""DeepEval: both files it writes, figures counted apart from the importer, and what is skipped or refused."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from readiness.importers import Options
from tests import samples
from tests.figures import near
from tests.importers.reading import cells, read_file, refusal, skips

FOLDER = samples.DATA / "deepeval" / "v4.3.1_results_folder.json"
SAMPLES = [
    *samples.own("deepeval/v4.3.1_results_folder.json"),
    *samples.shared("deepeval/test_run_with_trace.json"),
]
SPLIT = {"workflow": "metadata.workflow", "cohort": "metadata.cohort"}
VERSION, HERE = "release-2026.11", "this file"
DURATIONS = "run durations include the time of the metrics, so no latency is read from them"
Object = dict[str, Any]


def metric(name: str = "Faithfulness", score: Any = 0.5, *, success: bool = True, **more: Any) -> Object:
    held = {"name": name, "threshold": 0.5, "success": success, "score": score, **more}
    return {key: value for key, value in held.items() if value is not None}


def broken(name: str = "Faithfulness", **more: Any) -> Object:
    """What the tool writes when a judge fails: no success, an error, and no score."""
    return metric(name, None, success=False, error="ValueError: no JSON", **more)


def case(*metrics: Any, success: Any = True, **more: Any) -> Object:
    return {"name": "a", "input": "?", "actualOutput": "!", "success": success, "metricsData": list(metrics), **more}


def run(*cases: Any, **more: Any) -> Object:
    return {"testCases": list(cases), "conversationalTestCases": [], "metricsScores": [], "runDuration": 9.5, **more}


def folder(*cases: Any, **more: Any) -> str:
    return json.dumps(run(*cases, **more))


SHAPES: dict[str, Callable[..., str]] = {
    "results folder": folder,
    "latest run": lambda *cases: json.dumps({"testRunData": run(*cases), "testRunLink": None}),
    "indented": lambda *cases: json.dumps({"testRunData": run(*cases)}, indent=4),
    "sorted": lambda *cases: json.dumps(run(*cases), sort_keys=True),
    "conversations": lambda *cases: json.dumps(
        {"testCases": [], "conversationalTestCases": [each | {"turns": [{"role": "user"}]} for each in cases]}
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_cases_give_the_same_figures_in_every_shape(tmp_path: Path, shape: str) -> None:
    cases = [case(metric()), case(metric(score=0.25, success=False), success=False), case(broken(), success=False)]
    batch = read_file(tmp_path, "\ufeff" + SHAPES[shape](*cases))
    assert (batch.format, batch.versions, batch.skipped) == ("deepeval", (HERE,), ())
    assert {key[3]: (cell.n, cell.errors, cell.mean) for key, cell in cells(batch).items()} == {
        "pass": (2, 1, 0.5),
        "Faithfulness": (2, 1, 0.375),
    }


@pytest.mark.parametrize(
    ("workflow", "cohort", "metric_", "figures"),
    [
        ("*", "*", "pass", (4, 0, 0, 0)),
        ("*", "*", "Task Success", (3, 1, 2.2 / 3, None)),
        ("*", "*", "Faithfulness", (4, 0, 0.45, None)),
        ("refund", "*", "Task Success", (2, 0, 0.6, None)),
        ("escalation", "*", "Task Success", (1, 1, 1, 1)),
        ("*", "cohort=enterprise-eu", "Task Success", (1, 1, 1, 1)),
        ("*", "cohort=smb-us", "Task Success", (2, 0, 0.6, None)),
        ("escalation", "cohort=enterprise-eu", "Task Success", (0, 1, None, None)),
        ("escalation", "cohort=enterprise-eu", "pass", (1, 0, 0, 0)),
    ],
)
def test_a_results_folder_has_the_figures_that_were_counted_by_hand(
    tmp_path: Path, workflow: str, cohort: str, metric_: str, figures: tuple[object, ...]
) -> None:
    found = cells(read_file(tmp_path, FOLDER.read_bytes(), Options(mapping=SPLIT)))
    cell = found[VERSION, workflow, cohort, metric_]
    assert (cell.n, cell.errors, cell.mean, cell.passed) == pytest.approx(figures)


@pytest.mark.parametrize("path", SAMPLES)
def test_the_figures_of_a_real_file_are_those_of_its_cases(tmp_path: Path, path: Path) -> None:
    whole = json.loads(path.read_bytes())
    found = {key[3]: cell for key, cell in cells(read_file(tmp_path, path.read_bytes())).items()}
    passed = [each["success"] for each in whole["testCases"]]
    assert (whole["testPassed"], whole["testFailed"]) == (sum(passed), len(passed) - sum(passed))
    assert (found.pop("pass").passed, len(passed)) == (whole["testPassed"], whole["testPassed"] + whole["testFailed"])
    entries = [each for one in whole["testCases"] for each in one["metricsData"]]
    for name, cell in found.items():
        scores = [each["score"] for each in entries if each["name"] == name and "score" in each]
        assert (cell.n, cell.mean) == (len(scores), near(fmean(scores)))
        assert cell.errors == sum(each["name"] == name and "score" not in each for each in entries)
    assert set(found) == {each["name"] for each in entries}


def test_the_figures_are_those_that_the_tool_states_of_its_run(tmp_path: Path) -> None:
    found = cells(read_file(tmp_path, FOLDER.read_bytes()))
    for stated in json.loads(FOLDER.read_bytes())["metricsScores"]:
        cell = found[VERSION, "*", "*", stated["metric"]]
        assert (cell.n, cell.errors) == (stated["passes"] + stated["fails"], stated["errors"])
        assert cell.mean == pytest.approx(fmean(stated["scores"]))


def test_the_evidence_says_what_was_read_and_what_was_not(tmp_path: Path) -> None:
    batch = read_file(tmp_path, FOLDER.read_bytes(), Options(mapping=SPLIT))
    assert batch.evidence is not None
    assert (batch.evidence.tool, batch.evidence.kept, batch.evidence.measured_on) == ("DeepEval", 4, None)
    assert set(batch.fields) == {"name", "tags", "metadata.workflow", "metadata.cohort"}
    assert (batch.proposed, batch.skipped) == (SPLIT, ())
    assert batch.warnings[0] == DURATIONS


def test_metrics_of_single_steps_are_not_mixed_with_those_of_the_case(tmp_path: Path) -> None:
    trace = {"startTime": "2026-05-12T03:01:00.000Z", "llmSpans": [{"metricsData": [metric(score=0.9), metric()]}]}
    batch = read_file(tmp_path, folder(case(metric(score=0.45), trace=trace)))
    cell = cells(batch)[HERE, "*", "*", "Faithfulness"]
    assert (cell.n, cell.mean) == (1, 0.45)
    assert "2 metrics of single steps inside traces, which no score of a case counts" in batch.warnings
    assert batch.evidence is not None
    assert batch.evidence.measured_on == dt.date(2026, 5, 12)


@pytest.mark.parametrize(
    ("metrics", "success", "figures"),
    [
        ([broken()], False, (0, 1)),
        ([broken(), metric("B")], False, (0, 1)),
        ([broken(), metric("B", success=False)], False, (1, 0)),
        ([broken(flaky=True), metric("B", success=False)], False, (1, 0)),
        ([broken(flaky=True), metric("B")], True, (1, 0)),
        ([metric("B", success=False, flaky=True), broken()], False, (0, 1)),
        ([], False, (1, 0)),
    ],
    ids=["only an error", "error", "error and failure", "flaky error", "flaky", "flaky failure", "no metric"],
)
def test_a_case_that_only_errors_made_fail_is_an_error_and_never_0(
    tmp_path: Path, metrics: list[Object], success: bool, figures: tuple[int, int]
) -> None:
    cell = cells(read_file(tmp_path, folder(case(*metrics, success=success))))[HERE, "*", "*", "pass"]
    assert (cell.n, cell.errors) == figures


def test_the_completion_time_is_the_latency_and_the_run_duration_is_not(tmp_path: Path) -> None:
    timed = [case(metric(), completionTime=0.25, runDuration=7.5), case(metric(), completionTime=0)]
    batch = read_file(tmp_path, folder(*timed))
    cell = cells(batch)[HERE, "*", "*", "latency_ms"]
    assert (cell.n, cell.mean, cell.unit) == (1, 250, "ms")
    assert DURATIONS not in batch.warnings
    assert DURATIONS in read_file(tmp_path, folder(case(metric(), runDuration=7.5))).warnings


@pytest.mark.parametrize(
    ("more", "version"),
    [
        ({"identifier": "nightly"}, "nightly"),
        ({"identifier": "nightly", "hyperparameters": {"model": "m"}}, "nightly"),
        ({"hyperparameters": {"model": "m-2", "prompt template": "v7"}}, "v7 × m-2"),
        ({"hyperparameters": {"Model": "m-2", "temperature": 1}}, "m-2"),
        ({"hyperparameters": {"prompt": {"alias": "support", "version": "00.3"}}}, "support 00.3"),
        ({"hyperparameters": {"prompt": "Be kind.\n" * 40}}, None),
        ({"hyperparameters": {"temperature": 1}}, HERE),
        ({"hyperparameters": ["model"]}, HERE),
        ({"identifier": "  "}, HERE),
        ({}, HERE),
    ],
)
def test_a_version_is_the_identifier_or_prompt_and_model(tmp_path: Path, more: Object, version: str | None) -> None:
    (found,) = read_file(tmp_path, folder(case(metric()), **more)).versions
    assert found == version or (version is None and found.startswith("Be kind. Be kind.") and len(found) <= 120)


def test_metadata_and_tags_can_name_a_workflow_and_a_cohort(tmp_path: Path) -> None:
    tagged = case(metric(), tags=["refund", "tenant:acme", ":", 3], additionalMetadata={"flow": "legal", "deep": {}})
    batch = read_file(tmp_path, folder(tagged), Options(mapping={"cohort": "tags.tenant,additionalMetadata.flow"}))
    assert set(batch.fields) == {"name", "tags", "tags.tenant", "additionalMetadata.flow"}
    assert {key[2] for key in cells(batch)} == {"*", "tenant=acme", "flow=legal"}


def test_a_scenario_of_a_conversation_can_name_a_workflow(tmp_path: Path) -> None:
    held = {"testCases": [], "conversationalTestCases": [case(metric(), scenario="angry customer")]}
    assert read_file(tmp_path, json.dumps(held)).proposed == {"workflow": "scenario"}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (3, "the test case is not an object"),
        ({}, "the test case was not evaluated"),
        (case(success=None), "the test case was not evaluated"),
        (case(success="yes"), "success is neither true nor false"),
        (case(success=1), "success is neither true nor false"),
        (case() | {"metricsData": {"name": "A"}}, "the metrics of the test case are not a list"),
    ],
)
def test_a_case_that_cannot_be_used_is_skipped_with_its_place(tmp_path: Path, bad: Any, reason: str) -> None:
    batch = read_file(tmp_path, folder(case(metric()), bad))
    assert skips(batch) == [("testCases[1]", reason)]
    assert batch.evidence is not None
    assert (batch.evidence.kept, batch.evidence.skipped) == (1 + ("not evaluated" in reason), 1)
    talk = json.dumps({"testCases": [], "conversationalTestCases": [bad, case(metric())]})
    assert skips(read_file(tmp_path, talk)) == [("conversationalTestCases[0]", reason)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("A", "the metric is not an object"),
        (metric(score="0.5"), "the score 'Faithfulness' is not a number"),
        (metric(score=[]), "the score 'Faithfulness' is not a number"),
        (metric(score=10**350), "the score 'Faithfulness' is not a number"),
        (metric("Kept"), "the score 'Kept' stands twice in its test case"),
        (metric("pass"), "the score 'pass' cannot be kept under this name"),
        (metric(""), "the score '' cannot be kept under this name"),
        (metric(name="long " * 80), f"the score {('long ' * 16)!r} cannot be kept under this name"),
        ({"score": 1}, "the score 'None' cannot be kept under this name"),
    ],
    ids=["text", "score as text", "list", "huge", "twice", "ours", "empty name", "long name", "no name"],
)
def test_a_metric_that_cannot_be_used_is_skipped_and_the_rest_is_kept(tmp_path: Path, bad: Any, reason: str) -> None:
    batch = read_file(tmp_path, folder(case(metric("Kept", 0.75), bad)))
    assert skips(batch) == [("testCases[0].metricsData[1]", reason)]
    unscored = {"Faithfulness": None} if "not a number" in reason else {}
    assert {key[3]: cell.mean for key, cell in cells(batch).items()} == {"pass": 1, "Kept": 0.75, **unscored}


BROKEN = "the JSON breaks off or is malformed; expected one whole JSON document."
NAMED = Options(format="deepeval")


@pytest.mark.parametrize(
    ("data", "options", "sentence"),
    [
        (folder(), Options(), "upload.bin: the run holds no results; expected a run that has finished."),
        (
            folder(case(success=None)),
            Options(),
            "upload.bin: the run holds no results: the test case was not evaluated; expected a run that has finished.",
        ),
        (
            json.dumps({"testCases": {"a": 1}, "metricsScores": []}),
            Options(),
            "upload.bin, testCases: the test cases are not a list; expected a list.",
        ),
        ("[]", NAMED, "upload.bin: this is not a DeepEval test run; expected a list of testCases."),
        ("{}", NAMED, "upload.bin: this is not a DeepEval test run; expected a list of testCases."),
        (
            json.dumps({"testRunData": [], "testCases": []}),
            Options(),
            "upload.bin: this is not a DeepEval test run; expected a list of testCases.",
        ),
        (
            folder(case(metric(score=float("nan")))),
            Options(),
            "upload.bin: NaN is not JSON; expected finite numbers, or null.",
        ),
        (
            '{"testCases": [], "testCases": [], "metricsScores": []}',
            Options(),
            "upload.bin: the key 'testCases' stands twice in one object; expected each key once.",
        ),
        (folder(case(metric()))[:40], NAMED, f"upload.bin, line 1, column 39: {BROKEN}"),
        (
            json.dumps(run(case(name="é")), ensure_ascii=False).encode("latin-1"),
            Options(),
            "upload.bin, byte 25: the text is not UTF-8; expected UTF-8 text.",
        ),
        (
            folder(case(metric())),
            Options(mapping={"version:x": "1"}),
            "upload.bin: there is no version 'x'; expected one of this file.",
        ),
    ],
    ids=["empty", "only bad", "no list", "a list", "nothing", "wrapped", "NaN", "twice", "cut", "latin-1", "unknown"],
)
def test_a_file_that_is_not_what_it_says_is_refused_whole(
    tmp_path: Path, data: str | bytes, options: Options, sentence: str
) -> None:
    assert refusal(tmp_path, data, options) == sentence


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_breaks_off_is_refused_whole(tmp_path: Path, share: float) -> None:
    data = FOLDER.read_bytes().rstrip()
    found = refusal(tmp_path, data[: int(len(data) * share)])
    assert found.startswith("upload.bin, line 1, column ")
    assert found.endswith(BROKEN)
