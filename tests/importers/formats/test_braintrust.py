"""Rows of Braintrust: a score that was not given, one whose scorer raised, and a task that failed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from readiness.importers import Batch, Options, Source, read
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

RESULTS = samples.DATA / "braintrust" / "results.jsonl"
ROW = {"input": "a", "expected": "b", "scores": {"m": 1}, "exc_info": None, "error": None, "metadata": {}}


def of(folder: Path, *rows: dict[str, Any]) -> Batch:
    return read_file(folder, "".join(json.dumps({**ROW, **row}) + "\n" for row in rows))


def told(batch: Batch) -> dict[str, tuple[Any, ...]]:
    return {cell.metric: (cell.n, cell.errors, cell.mean) for cell in batch.cells if cell.cohort == "*"}


def test_a_null_is_nothing_a_missing_key_may_be_an_error_and_a_failed_task_is_one_of_each() -> None:
    batch = read(Source.open(RESULTS))
    assert told(batch) == {"exact": (3, 1, 1.0), "part": (1, 2, 0.5)}
    assert "1 score that a scorer chose not to give, which count as nothing" in batch.warnings
    assert batch.fields == ("metadata.tenant", "metadata.workflow")


def test_rows_of_one_input_are_runs_of_one_case(tmp_path: Path) -> None:
    cell = cells(of(tmp_path, {}, {"scores": {"m": 0}}, {"input": "c"}))["this file", "*", "*", "m"]
    assert (cell.n, cell.cases, cell.repeats) == (3, 2, 2)


def test_a_version_in_the_metadata_is_the_version_and_a_list_is_read_too(tmp_path: Path) -> None:
    rows = [{**ROW, "metadata": {"version": name}, "created": "2026-11-28T10:00:00Z"} for name in ("1", "2")]
    batch = read_file(tmp_path, json.dumps(rows), Options(mapping={"version:1": "2026.10"}))
    assert {cell.version for cell in batch.cells} == {"2026.10", "2"}
    assert batch.evidence is not None
    assert str(batch.evidence.measured_on) == "2026-11-28"


def test_what_is_no_score_is_skipped(tmp_path: Path) -> None:
    batch = of(tmp_path, {}, {"scores": "none"}, {"scores": {"m": "good", "pass": 1}})
    assert [place for place, _ in skips(batch)] == ["line 2", "line 3", "line 3"]
    assert told(batch) == {"m": (1, 1, 1.0)}


def test_a_file_without_scores_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, json.dumps({**ROW, "scores": None})).startswith("upload.bin: the run holds no results")
