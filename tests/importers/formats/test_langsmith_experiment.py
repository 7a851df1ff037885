"""Experiments of LangSmith: examples with their runs, where an evaluator that failed is an error of its score."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Options, Source, read
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

EXPERIMENT = samples.DATA / "langsmith" / "experiment.json"
FIRST, SECOND = (f"00000000-0000-4000-8000-{number:012d}" for number in (1, 2))
RUN = {"id": "r", "session_id": "s", "feedback_stats": {"correct": {"n": 1, "avg": 1.0, "errors": 0, "values": {}}}}
EXAMPLE = {"id": "e", "dataset_id": "d", "inputs": {"q": "a"}, "metadata": {"language": "de"}, "runs": [RUN]}


def told(batch: Batch, version: str, metric: str, cohort: str = "*") -> tuple[Any, ...]:
    cell = cells(batch)[version, "*", cohort, metric]
    return cell.n, cell.errors, cell.mean


def of(folder: Path, *runs: Any, options: Options | None = None, **example: Any) -> Batch:
    return read_file(folder, json.dumps([{**EXAMPLE, "runs": list(runs), **example}]), options)


def test_each_experiment_is_a_version_with_its_scores_time_and_cost() -> None:
    batch = read(Source.open(EXPERIMENT))
    assert told(batch, FIRST, "correct") == (2, 1, 0.5)
    assert told(batch, SECOND, "correct") == (3, 0, 1.0)
    assert told(batch, FIRST, "groundedness") == (2, 1, pytest.approx(0.65))
    assert told(batch, SECOND, "groundedness") == (2, 1, pytest.approx(0.8))
    assert told(batch, SECOND, "latency_ms") == (3, 0, 200)
    assert told(batch, FIRST, "cost_usd") == (2, 0, pytest.approx(0.0004))
    assert {cell.metric for cell in batch.cells} == {"correct", "groundedness", "latency_ms", "cost_usd"}
    assert "5 labels without a number, which count as nothing" in batch.warnings
    assert batch.evidence is not None
    assert (batch.evidence.tool, batch.evidence.measured_on) == ("LangSmith", dt.date(2026, 11, 27))
    assert {"metadata.language", "inputs.question"} <= set(batch.fields)
    assert batch.outcomes


@pytest.mark.parametrize("shape", ["lines", "page", "client", "answers"])
def test_lines_pages_and_what_the_client_gives_read_the_same(tmp_path: Path, shape: str) -> None:
    examples = json.loads(EXPERIMENT.read_text())
    text = {
        "lines": "\n".join(map(json.dumps, examples)),
        "answers": f"{json.dumps(examples[:1])}\n{json.dumps(examples[1:])}\n",
        "page": json.dumps({"items": examples, "next_cursor": None}),
        "client": json.dumps({"feedback_stats": {}, "run_stats": {}, "examples_with_runs": examples}),
    }[shape]
    batch = read_file(tmp_path, text)
    assert (batch.format, batch.cells) == ("langsmith-experiment", read(Source.open(EXPERIMENT)).cells)


def test_one_experiment_names_no_version_and_its_runs_of_one_example_are_runs_of_one_case(tmp_path: Path) -> None:
    again = {**RUN, "feedback_stats": {"correct": {"avg": 0.0}}}
    cell = cells(of(tmp_path, RUN, again))["this file", "*", "*", "correct"]
    assert (cell.n, cell.clusters, cell.mean) == (2, 1, 0.5)


def test_a_score_that_others_have_is_an_error_where_it_is_missing(tmp_path: Path) -> None:
    batch = of(tmp_path, RUN, {**RUN, "feedback_stats": None})
    assert told(batch, "this file", "correct") == (1, 1, 1.0)
    assert "1 score that other cases have, which count as errors" in batch.warnings


def test_cohorts_are_named_by_the_example(tmp_path: Path) -> None:
    batch = of(tmp_path, RUN, options=Options(mapping={"cohort": "metadata.language"}))
    assert told(batch, "this file", "correct", "language=de") == (1, 0, 1.0)


@pytest.mark.parametrize("odd", [{"id": None}, {"runs": {}}])
def test_what_is_no_example_is_skipped(tmp_path: Path, odd: dict[str, Any]) -> None:
    batch = read_file(tmp_path, json.dumps([EXAMPLE, {**EXAMPLE, **odd}]))
    assert skips(batch) == [("[1]", "this is no example with its runs")]


@pytest.mark.parametrize("odd", [{"total_cost": "much"}, {"start_time": "soon", "end_time": "later"}])
def test_a_time_or_a_cost_that_is_none_is_left_out(tmp_path: Path, odd: dict[str, Any]) -> None:
    assert {cell.metric for cell in of(tmp_path, {**RUN, **odd}).cells} == {"correct"}


def test_examples_without_runs_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, json.dumps([{**EXAMPLE, "runs": []}])) == (
        "upload.bin: the run holds no results; expected a run that has finished."
    )
