"""Ten cases of which four have no score: none of them may be lost, or a version looks better by failing harder."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Options
from readiness.model.policy import Gate
from readiness.scorecard.compare import compare
from readiness.scorecard.gates import judge
from tests import factories
from tests.importers.reading import cells, read_file

CASES = 10
Writer = Callable[[Any], str]
"""Writes ten cases, of which the last four have this in place of a score."""


def scored(at: int) -> bool:
    return at < 6


def as_csv(rows: list[dict[str, Any]], nothing: str = "") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n", restval=nothing)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def native(value: Any, **more: Any) -> list[dict[str, Any]]:
    return [
        {"version": "2", "workflow": "a", "cohort": "*", "metric": "m", "case_id": at}
        | ({"value": 1, **dict.fromkeys(more, "")} if scored(at) else {"value": value, **more})
        for at in range(CASES)
    ]


def long(value: Any) -> list[dict[str, Any]]:
    return [{"metric": "m", "case_id": at, "score": 1 if scored(at) else value} for at in range(CASES)]


def wide(value: Any) -> list[dict[str, Any]]:
    return [{"question": f"q{at}", "m": 1 if scored(at) else value} for at in range(CASES)]


def jsonl(rows: list[dict[str, Any]]) -> str:
    return "\n".join(map(json.dumps, rows))


def promptfoo(value: Any, **bad: Any) -> str:
    rows = [
        {
            "success": True,
            "prompt": {"label": "p", "raw": "p"},
            "provider": "x",
            "promptIdx": 0,
            "failureReason": 0,
            "vars": {"question": at},
            "namedScores": {"m": 1 if scored(at) else value},
            **({} if scored(at) else bad),
        }
        for at in range(CASES)
    ]
    return json.dumps({"evalId": "e", "results": {"results": rows}})


def inspect(value: Any, **bad: Any) -> str:
    described = {"run_id": "r", "task": "t", "task_id": "t", "model": "x", "scorers": [{"name": "m"}]}
    samples = [
        {"id": at, "epoch": 1, "scores": {"m": {"value": 1 if scored(at) else value}}} | ({} if scored(at) else bad)
        for at in range(CASES)
    ]
    return json.dumps({"version": 2, "status": "success", "eval": described, "samples": samples})


def lm_eval(value: Any) -> str:
    rows = [
        {
            "doc_id": at,
            "doc": {"q": at},
            "resps": [],
            "filtered_resps": [],
            "filter": "none",
            "metrics": ["m"],
            "m": 1.0 if scored(at) else value,
        }
        for at in range(CASES)
    ]
    return jsonl(rows)


def deepeval(value: Any, **bad: Any) -> str:
    cases = [
        {
            "name": f"c{at}",
            "input": f"q{at}",
            "success": True,
            "metricsData": [{"name": "m", "success": True, "score": 1 if scored(at) else value}],
        }
        | ({} if scored(at) else bad)
        for at in range(CASES)
    ]
    return json.dumps({"testCases": cases})


def mlflow(value: Any, **more: Any) -> str:
    rows = [
        {"trace_id": at, "inputs": f"q{at}", "m/value": 1 if scored(at) else value, "m/error_message": ""}
        | ({} if scored(at) else more)
        for at in range(CASES)
    ]
    return as_csv(rows)


def junit(_: Any) -> str:
    cases = [f'<testcase name="c{at}">{"" if scored(at) else "<error/>"}</testcase>' for at in range(CASES)]
    return f"<testsuite>{''.join(cases)}</testsuite>"


FORMATS: dict[str, tuple[str, str]] = {
    "native, an error": (as_csv(native("", error="timeout")), "m"),
    "native, an empty cell": (as_csv(native("")), "m"),
    "native, NaN": (as_csv(native("NaN")), "m"),
    "native, N/A": (as_csv(native("N/A")), "m"),
    "native, a word": (as_csv(native("timeout")), "m"),
    "native, endless": (as_csv(native("1e999")), "m"),
    "native lines, null": (jsonl(native(None)), "m"),
    "native lines, a word": (jsonl(native("timeout")), "m"),
    "long table, N/A": (as_csv(long("N/A")), "m"),
    "long table, nothing": (as_csv(long("")), "m"),
    "long table, a word": (as_csv(long("ERROR 504")), "m"),
    "wide table, nothing": (as_csv(wide("")), "m"),
    "wide table, NaN": (as_csv(wide("nan")), "m"),
    "wide table, N/A": (as_csv(wide("N/A")), "m"),
    "wide table, a word": (as_csv(wide("timeout")), "m"),
    "wide lines, null": (jsonl(wide(None)), "m"),
    "array, null": (json.dumps(wide(None)), "m"),
    "promptfoo, an error": (promptfoo(1, success=False, failureReason=2, error="timeout", namedScores={}), "m"),
    "promptfoo, null": (promptfoo(None), "m"),
    "inspect, an error": (inspect(1, error={"message": "timeout"}, scores={}), "m"),
    "inspect, null": (inspect(None), "m"),
    "inspect, NaN": (inspect(float("nan")), "m"),
    "inspect, no score": (inspect(1, scores={}), "m"),
    "lm-eval, null": (lm_eval(None), "m"),
    "lm-eval, NaN": (lm_eval(float("nan")), "m"),
    "deepeval, null": (deepeval(None), "m"),
    "deepeval, a word": (deepeval("timeout"), "m"),
    "deepeval, not evaluated": (deepeval(1, success=None, metricsData=None), "m"),
    "mlflow, an error": (mlflow("", **{"m/error_message": "timeout"}), "m"),
    "mlflow, a word": (mlflow("timeout"), "m"),
    "mlflow, an empty cell": (mlflow(""), "m"),
    "junit, an error": (junit(None), "pass"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_of_ten_cases_four_without_a_score_are_counted_and_no_gate_passes(tmp_path: Path, name: str) -> None:
    text, metric = FORMATS[name]
    batch = read_file(tmp_path, text, Options(mapping={f"direction:{metric}": "higher"}))
    (cell,) = [cell for cell in cells(batch).values() if cell.metric == metric and cell.workflow == cell.cohort == "*"]
    assert (cell.n, cell.errors, cell.mean) == (6, 4, 1)
    candidate = cell.model_copy(update={"version": factories.CANDIDATE})
    (result,) = judge([Gate(metric=metric, min=0.3)], compare(factories.assessment(), [candidate]))
    assert result.state in ("inconclusive", "fail")


def test_a_header_in_the_middle_is_no_case(tmp_path: Path) -> None:
    text = as_csv(native(0))
    batch = read_file(tmp_path, text + text.replace("\n2,", "\n3,"))
    assert [(skip.place, skip.reason) for skip in batch.skipped] == [("row 11", "the row repeats the header")]
    assert {(cell.version, cell.metric, cell.n, cell.errors) for cell in batch.cells} == {
        ("2", "m", 10, 0),
        ("3", "m", 10, 0),
    }


def test_files_put_end_to_end_and_rows_of_units_make_no_cases(tmp_path: Path) -> None:
    mark = "\ufeff"
    text = "question,score\na,0.5\n"
    (cell,) = read_file(tmp_path, f"{mark}{text}{mark}{text.replace('a,', 'b,')}").cells
    assert (cell.n, cell.errors) == (2, 0)
    units = read_file(tmp_path, "question,score\n,(%)\na,80\nb,90\n")
    assert [(skip.place, skip.reason) for skip in units.skipped] == [
        ("row 1", "the row holds the units of the columns")
    ]
    assert [(cell.n, cell.errors) for cell in units.cells] == [(2, 0)]


def test_less_than_no_time_is_no_latency(tmp_path: Path) -> None:
    batch = read_file(tmp_path, "metric,value,case_id\nlatency_ms,-5,a\nlatency_ms,100,b\nchange,-5,a\n")
    assert [(skip.place, skip.reason) for skip in batch.skipped] == [("row 1", "value -5 is below 0")]
    figures = {cell.metric: (cell.n, cell.errors, cell.mean) for cell in batch.cells}
    assert figures == {"latency_ms": (1, 1, 100), "change": (1, 0, -5)}


@pytest.mark.parametrize("name", ["ts_ms", "timestamp_ms", "created_ms", "run_on", "epoch_s"])
def test_when_a_row_was_written_is_no_metric(tmp_path: Path, name: str) -> None:
    batch = read_file(tmp_path, f"question,score,{name}\na,0.5,1795170000000\nb,0.7,1795170000001\n")
    assert {cell.metric for cell in batch.cells} == {"score"}


def test_thousands_may_be_parted_by_thin_spaces(tmp_path: Path) -> None:
    batch = read_file(tmp_path, "question,tokens\na,1\u2009234\nb,2\u2009345\n")
    assert [(cell.n, cell.mean) for cell in batch.cells] == [(2, 1789.5)]
