"""Files that are larger than what is held at once come to what they come to when they are held whole."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from readiness.errors import InputError
from readiness.importers import Batch, Options, Source, read
from readiness.importers.cases import mlflow_rows
from readiness.importers.source import gateway, limits, lines, streamed, streamed_xml
from readiness.importers.spans import gathered, outlines, spans
from tests import samples

from .test_samples import OWN

WHOLE = {
    *("k6", "assessment"),
    *("locust/cand.json", "lm_eval/results.json", "lm_eval/v0.3_results.json", "mlflow/v3.17.2_genai_metrics.json"),
}
"""What is read whole: sums of a run, which have no rows and so are never large, and what a person writes."""
REFUSED = {"openinference/attributes_alone.json", "openinference/phoenix_annotations.csv"}
STREAMED = [name for name, told in OWN.items() if not (WHOLE | REFUSED) & {name, told}]


@pytest.fixture
def small_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is too large to be held, and pieces are so small that everything is cut."""
    monkeypatch.setattr(gateway, "DOCUMENT_CAP", 0)
    monkeypatch.setattr(spans, "HELD_SPANS", 0)
    monkeypatch.setattr(streamed, "MEBIBYTE", 50)


def batch_of(path: Path, **said: Any) -> Batch:
    return read(Source.open(path), Options(**said))


def told(batch: Batch) -> Batch:
    """With traces and outcomes in one order, since they come in another."""
    rows = parquet.read_table(io.BytesIO(batch.outcomes)).to_pylist() if batch.outcomes else []
    outcomes = json.dumps(sorted(json.dumps(row, default=repr, sort_keys=True) for row in rows)).encode()
    return replace(batch, traces=tuple(sorted(batch.traces, key=lambda trace: trace.trace_id)), outcomes=outcomes)


@pytest.mark.parametrize("name", STREAMED)
def test_a_sample_that_is_streamed_says_what_it_says_when_it_is_held(name: str, request: pytest.FixtureRequest) -> None:
    held = told(batch_of(samples.DATA / name, format=OWN[name]))
    request.getfixturevalue("small_caps")
    assert told(batch_of(samples.DATA / name, format=OWN[name])) == held


SPAN = {"name": "answer", "span_kind": "LLM", "start_time": "2026-11-20T09:30:00Z", "end_time": "2026-11-20T09:30:01Z"}
RUN = {"name": "answer", "run_type": "llm", "start_time": "2026-11-20T09:30:00", "end_time": "2026-11-20T09:30:01"}
OBSERVED = {"type": "GENERATION", "startTime": "2026-11-20T09:30:00Z", "parentObservationId": None, "name": "answer"}


def phoenix(at: int) -> dict[str, Any]:
    return {**SPAN, "context": {"trace_id": f"{at:032x}", "span_id": f"{at:016x}"}, "parent_id": None}


def run_of(at: int) -> dict[str, Any]:
    return {**RUN, "id": f"{at:032x}", "trace_id": f"{at:032x}", "parent_run_id": None, "inputs": {"q": "where"}}


def observation(at: int) -> dict[str, Any]:
    return {**OBSERVED, "id": f"o{at}", "traceId": f"t{at // 2}", "input": f"where is parcel {at}?"}


def mlflow(at: int) -> dict[str, Any]:
    span = {"span_id": f"{at:016x}", "name": "answer", "start_time_unix_nano": 10**18, "end_time_unix_nano": 10**18 + 5}
    return {"info": {"trace_id": f"tr-{at:032x}", "trace_metadata": {}, "tags": {}}, "data": {"spans": [span]}}


def trial(at: int) -> dict[str, Any]:
    row = {"success": at % 3 > 0, "prompt": {"raw": "p"}, "promptIdx": 0, "vars": {"q": at}}
    return {**row, "score": 1.0, "namedScores": {}}


def case_of(at: int) -> dict[str, Any]:
    right = {"value": at % 2, "source": {"name": "judge"}}
    return {"name": f"c{at}", "scores": {"right": right}, "assertions": {}, "task_duration": 0.5, "total_duration": 1.0}


PAGES: dict[str, Callable[[int], Any]] = {
    "openinference": lambda n: {"data": list(map(phoenix, range(n))), "next_cursor": "more"},
    "langsmith": lambda n: {"runs": list(map(run_of, range(n)))},
    "langfuse": lambda n: {"data": list(map(observation, range(n))), "meta": {"page": 1}},
    "mlflow-traces": lambda n: {"traces": list(map(mlflow, range(n)))},
    "promptfoo": lambda n: {
        "evalId": "eval-1",
        "results": {
            "prompts": [{"raw": "p", "label": "p"}],
            "table": {"body": [{"outputs": [trial(at)]} for at in range(n)]},
            "results": list(map(trial, range(n))),
            "stats": {"successes": n - -(-n // 3), "failures": 7, "errors": 0},
        },
        "metadata": {"promptfooVersion": "0.123.1"},
    },
    "pydantic-evals": lambda n: {
        "name": "trial",
        "cases": list(map(case_of, range(n))),
        "failures": [{"name": "broken", "error_message": "no"}],
    },
}
LISTS: dict[str, Callable[[int], Any]] = {
    "openinference": lambda n: list(map(phoenix, range(n))),
    "langsmith": lambda n: list(map(run_of, range(n))),
    "langfuse": lambda n: list(map(observation, range(n))),
    "mlflow-traces": lambda n: list(map(mlflow, range(n))),
}


@pytest.mark.parametrize("document", PAGES.items(), ids=lambda item: item[0])
def test_a_document_with_a_long_list_is_taken_apart(
    tmp_path: Path, document: tuple[str, Callable[[int], Any]], request: pytest.FixtureRequest
) -> None:
    format_, make = document
    path = tmp_path / "page.json"
    path.write_text(json.dumps(make(300)))
    held = told(batch_of(path, format=format_))
    request.getfixturevalue("small_caps")
    request.getfixturevalue("monkeypatch").setattr(streamed, "SPAN_LINE", 2_000)
    assert told(batch_of(path, format=format_)) == held


@pytest.mark.parametrize("document", LISTS.items(), ids=lambda item: item[0])
@pytest.mark.parametrize("between", ["", "\n"], ids=["one line", "pretty"])
def test_a_list_of_records_comes_one_by_one(
    tmp_path: Path, document: tuple[str, Callable[[int], Any]], between: str, request: pytest.FixtureRequest
) -> None:
    format_, make = document
    path = tmp_path / "list.json"
    path.write_text(json.dumps(make(300), indent=1 if between else None))
    held = told(batch_of(path, format=format_))
    request.getfixturevalue("small_caps")
    request.getfixturevalue("monkeypatch").setattr(streamed, "SPAN_LINE", 2_000)
    assert told(batch_of(path, format=format_)) == held


ROW = json.dumps(trial(1))
HEAD = '{"evalId": "e", "results": {"results": ['
END = "]}}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{HEAD}{ROW}, {ROW}", "line 1: the JSON breaks off or is malformed; expected whole JSON documents."),
        (f"{HEAD}{ROW} {ROW}{END}", "line 1: the JSON breaks off or is malformed; expected whole JSON documents."),
        (f"{HEAD}{ROW}{END} {{}}", "line 1: the JSON breaks off or is malformed; expected whole JSON documents."),
        (f'{HEAD}{ROW}, {{"a": nul, "b": "{"x" * 300}"}}{END}', "line 1: the JSON breaks off or is malformed; "),
        (f'{HEAD}{ROW}, {{"a": 1, "a": 2}}{END}', "line 1: the key 'a' stands twice in one object; expected each"),
        (f'{HEAD}{ROW}]}}, "evalId": "f"}}', "line 1: the key 'evalId' stands twice in one object; expected each key"),
        (f"{HEAD}{ROW}, NaN{END}", "line 1: NaN is not JSON; expected finite numbers, or null."),
        (f"{HEAD}{ROW}, {'9' * 500}{END}", "line 1: a number has 4"),
        (f'{HEAD}{ROW}, "{"x" * 5_000}"{END}', "line 1: a value is too long; expected at most "),
        (f"{HEAD}{ROW}, {'[' * 150}{']' * 150}{END}", "line 1: the JSON is nested too deeply; expected at most 100"),
        (f"{HEAD}{ROW}, {'[' * 5_000}{END}", "line 1: the JSON is nested too deeply; expected at most 100"),
        (f'{HEAD}{ROW}{END[:-1]}, "a": {"[" * 9_000}', "line 1: the JSON is nested too deeply; expected at most 100"),
        (f'{HEAD}{ROW}, "\\ud800"{END}', "line 1: half of a surrogate pair stands alone; expected Unicode text."),
        (f'{HEAD}{ROW}, "\0"{END}', "line 1: there is a NUL character; expected text."),
        (f'{HEAD}{ROW}{END[:-1]}, "a": "b"' + ', "c": "d"' * 2 + "}", "line 1: the key 'c' stands twice in one object"),
    ],
)
def test_what_is_wrong_with_a_streamed_document_is_said_in_a_sentence(
    tmp_path: Path, text: str, sentence: str, small_caps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streamed, "SPAN_LINE", 2_000)
    path = tmp_path / "page.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        batch_of(path, format="promptfoo")
    assert str(caught.value).startswith(f"page.json, {sentence}")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path, small_caps: None) -> None:
    path = tmp_path / "page.json"
    path.write_bytes(f"{HEAD}{ROW}, ".encode() + b'"\xff"]}}')
    with pytest.raises(InputError, match=r"page.json: the text is not UTF-8; expected UTF-8 text"):
        batch_of(path, format="promptfoo")


def test_values_that_would_fill_the_memory_are_refused_before_they_are_made(
    tmp_path: Path, small_caps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streamed, "MEBIBYTE", limits.MEBIBYTE)
    path = tmp_path / "page.json"
    path.write_text(f"{HEAD}{ROW}, [{'[],' * 4_000_000}0]{END}")
    with pytest.raises(InputError, match=r"line 1: the values of the JSON would take about [0-9,]+ MiB of memory"):
        batch_of(path, format="promptfoo")


@pytest.mark.parametrize(
    ("cap", "beside", "sentence"),
    [
        ("DOCUMENT_CAP", "x" * 100, "what stands beside the rows is too long; expected at most"),
        ("JSON_MEMORY", 1, "what stands beside the rows, as values in memory, is too long"),
    ],
    ids=["texts", "values"],  # a value is a character or two of text, and takes some sixty bytes once it is made
)
def test_what_stands_beside_the_rows_may_not_fill_the_memory(
    tmp_path: Path, small_caps: None, monkeypatch: pytest.MonkeyPatch, cap: str, beside: object, sentence: str
) -> None:
    monkeypatch.setattr(streamed, cap, 5_000)
    members = ", ".join(f'"k{at}": {json.dumps(beside)}' for at in range(100))
    path = tmp_path / "page.json"
    path.write_text(f"{HEAD}{ROW}]}}, {members}}}")
    with pytest.raises(InputError, match=sentence):
        batch_of(path, format="promptfoo")


def test_what_stands_in_a_list_around_the_rows_is_kept(tmp_path: Path, small_caps: None) -> None:
    path = tmp_path / "page.json"
    runs = [{"name": at, "rows": [{"text": LONG}] * 3, "of": {"n": [at]}} for at in range(3)]
    path.write_text(json.dumps({"runs": [*runs, [], 7], "last": 1}))
    document = streamed.without(Source.open(path), ("runs", "", "rows"))
    assert document == {"runs": [*(run | {"rows": []} for run in runs), [], 7], "last": 1}


@pytest.mark.parametrize(
    ("cap", "sentence"),
    [
        ("MOST_COLUMNS", r"rows.csv, row 1: there are too many columns; expected at most 2\."),
        ("MOST_VERSIONS", r"rows.csv, row 3: there are too many runs and models; expected at most 2\."),
    ],
)
def test_a_table_of_more_kinds_than_there_can_be_is_refused_as_it_comes(
    tmp_path: Path, small_caps: None, monkeypatch: pytest.MonkeyPatch, cap: str, sentence: str
) -> None:
    monkeypatch.setattr(mlflow_rows, cap, 2)
    path = tmp_path / "rows.csv"
    path.write_text("inputs,correct/value,run_id\n" + "".join(f"q,1,r{at}\n" for at in range(5)))
    with pytest.raises(InputError, match=sentence):
        batch_of(path, format="mlflow-eval")


def test_a_report_of_xml_above_the_cap_holds_no_more_than_one_element(
    tmp_path: Path, small_caps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streamed_xml, "SPAN_LINE", 50_000)
    monkeypatch.setattr(streamed_xml, "AT_ONCE", 10_000)
    short = f'<testcase name="a" time="1"><failure>{"x" * 1_000}</failure></testcase>'
    path = tmp_path / "report.xml"
    path.write_text(f'<testsuite name="s">{short * 200}</testsuite>')
    batch = batch_of(path)
    assert {(cell.metric, cell.n) for cell in batch.cells} >= {("pass", 200)}
    path.write_text(f'<testsuite name="s">{short.replace("x", "x" * 100)}</testsuite>')
    with pytest.raises(InputError, match=r"report.xml: an element is too long; expected at most 0 MiB"):
        batch_of(path)
    path.write_bytes(f'<testsuite name="s">{short * 30}'.encode() + b"\xff</testsuite>")
    with pytest.raises(InputError, match=r"report.xml: the text is not UTF-8; expected UTF-8 text"):
        batch_of(path, format="junit")


def test_traces_that_are_spread_too_far_are_refused(
    tmp_path: Path, small_caps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathered, "OPEN_TRACES", 1_000)
    path = tmp_path / "observations.json"
    path.write_text(json.dumps([observation(at) for at in (*range(0, 100, 2), *range(1, 100, 2))]))
    with pytest.raises(InputError, match=r"the records of single traces stand too far apart; expected at most 0 MiB"):
        batch_of(path, format="langfuse")


def test_more_spans_than_can_be_counted_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "COUNTED_SPANS", 2)
    path = tmp_path / "runs.json"
    path.write_text(json.dumps(LISTS["langsmith"](3)))
    with pytest.raises(InputError, match=r"the file has more than 2 spans; expected a part of them, or OTLP"):
        batch_of(path)


def test_a_line_that_is_too_long_is_refused(tmp_path: Path, small_caps: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "SPAN_LINE", 1_000)
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{ROW}\n{json.dumps(trial(2) | {'error': 'x' * 2_000})}\n")
    with pytest.raises(InputError, match=r"rows.jsonl, line 2: the line is too long; expected at most 0 MiB"):
        batch_of(path, format="promptfoo")


LONG = "parcel " * 100_000
REAL: dict[str, Callable[[int], Any]] = {
    "openinference": lambda n: [phoenix(at + 1) | {"attributes": {"input": {"value": LONG}}} for at in range(n)],
    "promptfoo": lambda n: {
        "evalId": "eval-1",
        "results": {"results": [trial(at) | {"response": {"output": LONG}} for at in range(n)]},
    },
}


@pytest.mark.parametrize("document", REAL.items(), ids=lambda item: item[0])
def test_a_file_above_the_cap_is_read_whole(tmp_path: Path, document: tuple[str, Callable[[int], Any]]) -> None:
    format_, make = document
    path = tmp_path / "large.json"
    path.write_text(json.dumps(make(100)))
    assert limits.DOCUMENT_CAP < path.stat().st_size < 2 * limits.DOCUMENT_CAP
    batch = batch_of(path, format=format_)
    assert batch.evidence is not None
    assert (batch.evidence.kept, batch.evidence.skipped) == (100, 0)
