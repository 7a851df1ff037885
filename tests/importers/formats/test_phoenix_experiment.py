"""Experiments of Phoenix: a run that errored is an error, however it was scored."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Options, Source, read
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

JSON, CSV = (samples.DATA / "phoenix_api" / f"experiment_support-2026.11.{end}" for end in ("json", "csv"))
RUN = {"example_id": "e", "repetition_number": 1, "reference_output": {}, "latency_ms": 5, "error": None}


def of(folder: Path, *runs: dict[str, Any]) -> Any:
    return read_file(folder, json.dumps(list(runs)))


def scored(name: str, **held: Any) -> dict[str, Any]:
    return {"name": name, "score": None, "label": None, "error": None, **held}


@pytest.mark.parametrize("path", [JSON, CSV])
def test_a_run_that_errored_is_no_score_in_either_shape(path: Path) -> None:
    batch = read(Source.open(path))
    found = {cell.metric: (cell.n, cell.errors, cell.mean) for cell in batch.cells}
    assert (found["exact"], found["score"], found["latency_ms"][:2]) == ((3, 1, 1.0), (2, 2, 0.5), (3, 0))
    assert batch.evidence is not None
    assert (batch.evidence.kept, batch.evidence.measured_on) == (4, dt.date(2026, 11, 28))


def test_only_the_csv_knows_the_metadata_of_the_example() -> None:
    mapping = {"workflow": "metadata.workflow", "cohort": "metadata.tenant"}
    found = cells(read(Source.open(CSV), Options(mapping=mapping)))
    assert (found["this file", "refunds", "*", "exact"].n, found["this file", "*", "tenant=acme", "exact"].n) == (3, 2)
    assert read(Source.open(JSON)).fields == ("input.q",)


def test_repetitions_are_runs_of_one_example(tmp_path: Path) -> None:
    runs = [{**RUN, "repetition_number": at, "annotations": [scored("a", score=1)]} for at in (1, 2)]
    cell = cells(of(tmp_path, *runs))["this file", "*", "*", "a"]
    assert (cell.n, cell.cases, cell.repeats) == (2, 1, 2)


def test_a_label_alone_is_no_score_and_nothing_at_all_is_an_error(tmp_path: Path) -> None:
    annotations = [scored("a", score=0), scored("b", label="mid"), scored("c"), scored("d", score=1, error="x")]
    batch = of(tmp_path, {**RUN, "annotations": annotations})
    assert {cell.metric: (cell.n, cell.errors) for cell in batch.cells} == {
        "a": (1, 0),
        "c": (0, 1),
        "d": (0, 1),
        "latency_ms": (1, 0),
    }


def test_what_cannot_be_used_is_skipped(tmp_path: Path) -> None:
    batch = of(tmp_path, {**RUN, "annotations": [scored("pass", score=1)]}, {**RUN, "example_id": None})
    assert [place for place, _ in skips(batch)] == ["[0]", "[1]"]


def test_a_csv_that_breaks_off_is_skipped_from_there_or_refused(tmp_path: Path) -> None:
    assert [place for place, _ in skips(read_file(tmp_path, CSV.read_text()[:-60]))] == ["row 4"]
    assert "the table cannot be read" in refusal(tmp_path, f'{CSV.read_text()}"')
