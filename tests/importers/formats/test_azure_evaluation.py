"""Results of Azure AI Evaluation: figures of the rows, not the shares that the file draws over all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Options, Source, read
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

RESULTS = samples.DATA / "azure_eval" / "cand.json"


def of(folder: Path, *rows: Any) -> Batch:
    return read_file(folder, json.dumps({"rows": rows, "metrics": {}, "studio_url": None}))


def told(batch: Batch) -> dict[str, tuple[Any, ...]]:
    return {cell.metric: (cell.n, cell.errors, cell.mean) for cell in batch.cells}


def test_figures_are_counted_from_the_rows() -> None:
    batch = read(Source.open(RESULTS))
    assert told(batch) == {
        "f1_score": (4, 0, pytest.approx(0.4722222222222222)),
        "handled": (4, 0, 0.75),
        "handled_score": (3, 1, 4.0),
    }
    assert cells(batch)["this file", "*", "*", "handled"].passed == 3


def test_inputs_name_workflow_and_cohort() -> None:
    mapping = {"workflow": "inputs.workflow", "cohort": "inputs.tenant,lang:inputs.language"}
    found = cells(read(Source.open(RESULTS), Options(mapping=mapping)))
    assert {key[2] for key in found} == {"*", "tenant=acme", "tenant=zeta", "lang=en", "lang=de"}
    assert found["this file", "claims", "*", "handled_score"].errors == 1


def test_an_evaluator_that_did_not_complete_gives_no_score(tmp_path: Path) -> None:
    rows = [
        {"inputs.query": name, "outputs.e.m": 1.0, "outputs.e.m_status": status}
        for name, status in (("a", "completed"), ("b", "error"), ("c", None))
    ]
    assert told(of(tmp_path, *rows)) == {"m": (2, 1, 1.0)}
    assert told(of(tmp_path, *rows, {"inputs.query": "d"})) == {"m": (2, 2, 1.0)}


def test_two_evaluators_of_one_metric_are_told_apart(tmp_path: Path) -> None:
    batch = of(tmp_path, {"outputs.a.m": 1, "outputs.b.m": 0, "outputs.b.m_reason": "x", "outputs.b.m_threshold": 3})
    assert told(batch) == {"a.m": (1, 0, 1.0), "b.m": (1, 0, 0.0)}


def test_rows_without_outputs_are_skipped_and_none_at_all_refused(tmp_path: Path) -> None:
    assert [place for place, _ in skips(of(tmp_path, {"outputs.e.m": 1}, {}))] == ["rows[1]"]
    assert "the row has no outputs" in refusal(tmp_path, json.dumps({"rows": [{}], "metrics": {}, "studio_url": 1}))
    assert refusal(tmp_path, '{"rows": 1}', Options(format="azure-evaluation")).endswith("expected a list of rows.")
