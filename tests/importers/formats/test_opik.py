"""Opik: experiment items as cells, and traces with their spans, as its searches answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Options, Source, read
from tests import samples
from tests.importers.reading import read_file, refusal, skips
from tests.importers.tracing import kept

ITEMS, TRACES = (samples.DATA / "opik" / name for name in ("experiment_items.jsonl", "traces.jsonl"))


def lines(folder: Path, *rows: dict[str, Any], **options: Any) -> Any:
    return read_file(folder, "\n".join(json.dumps(row) for row in rows), **options)


def test_a_case_without_a_score_that_others_have_is_an_error_and_one_without_an_output_of_all() -> None:
    batch = read(Source.open(ITEMS), Options(version="2026.11"))
    found = {cell.metric: (cell.n, cell.errors, cell.mean) for cell in batch.cells}
    assert found["exact"] == (3, 1, 2 / 3)
    assert found["tone"] == (2, 2, 0.75)
    assert found["latency_ms"][:2] == (3, 0)
    assert "1 score that others of the experiment have, which count as errors" in batch.warnings


def test_several_experiments_are_several_versions(tmp_path: Path) -> None:
    item = {"dataset_item_id": "a", "trace_id": "t", "output": {"a": 1}, "feedback_scores": [{"name": "m", "value": 1}]}
    batch = lines(tmp_path, {"experiment_id": "one", **item}, {"experiment_id": "two", **item})
    assert {cell.version for cell in batch.cells} == {"one", "two"}


def test_what_is_no_case_and_no_score_is_skipped(tmp_path: Path) -> None:
    item = {"experiment_id": "e", "trace_id": "t", "output": {"a": 1}}
    good = {"dataset_item_id": "a", "feedback_scores": [{"name": "m", "value": 1}, {"name": "n", "value": "high"}]}
    batch = lines(tmp_path, {**item, **good}, {**item, "dataset_item_id": None, "feedback_scores": []})
    assert skips(batch) == [
        ("line 1", "the score 'n' is no number, or cannot be kept under this name"),
        ("line 2", "the item names no case of a data set"),
    ]


def test_the_trace_is_the_request_and_a_span_of_the_same_times_is_not_there_twice() -> None:
    batch = read(Source.open(TRACES))
    shown = {
        trace.trace_id[-1]: [(span.name, span.kind, span.status) for span in trace.spans if span.kind != "output"]
        for trace in batch.traces
    }
    assert shown == {
        "1": [("answer", "request", "unset"), ("search", "tool", "unset"), ("write", "model", "error")],
        "2": [("answer", "request", "unset"), ("write", "model", "unset")],
    }
    assert {trace.version for trace in batch.traces} == {"2026.11"}
    assert {"metadata.workflow", "name", "tags"} <= set(batch.fields)


def test_a_span_that_cannot_be_kept_is_skipped_with_its_place(tmp_path: Path) -> None:
    trace = json.loads(TRACES.read_text().splitlines()[0])
    span = {"id": "s", "trace_id": trace["id"], "project_id": "p", "name": "x", "start_time": 5}
    batch = lines(tmp_path, trace, span)
    assert skips(batch) == [("line 2", "start_time is 5; expected a time such as 2026-11-20T09:30:00.25Z")]
    assert kept(batch) == 1


@pytest.mark.parametrize("rows", [[{"experiment_id": "e", "dataset_item_id": "", "trace_id": "t"}]])
def test_a_file_without_a_case_is_refused(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    assert "the run holds no results" in refusal(tmp_path, "\n".join(map(json.dumps, rows)))
