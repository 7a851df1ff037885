"""Reports of Pydantic Evals: what a failed task and a failed evaluator leave without a score."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from readiness.importers import Batch, Options, Source, read
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

REPORT = samples.DATA / "pydantic_evals" / "report_base.json"


def told(batch: Batch, version: str = "2026.10") -> dict[str, tuple[Any, ...]]:
    return {
        cell.metric: (cell.n, cell.errors, cell.passed)
        for cell in batch.cells
        if (cell.version, cell.workflow, cell.cohort) == (version, "*", "*")
    }


def case(name: str, **held: Any) -> dict[str, Any]:
    score = {"value": 1, "source": {"name": "Judge"}}
    empty: dict[str, Any] = {"assertions": {}, "labels": {}, "metrics": {}, "task_duration": 1, "total_duration": 2}
    return {"name": name, "scores": {"good": score}, **empty, **held}


def of(folder: Path, *cases: dict[str, Any], **held: Any) -> Batch:
    return read_file(folder, json.dumps({"name": "r", "cases": [case("a"), *cases], **held}))


def test_figures_are_those_of_the_tools_own_reader() -> None:
    batch = read(Source.open(REPORT))
    found = told(batch)
    assert found["faithfulness"][:2] == found["refusals"][:2] == (4, 2)
    assert (found["EqualsExpected"], found["on_topic"][:2]) == ((5, 1, 5), (4, 2))
    assert cells(batch)["2026.10", "*", "*", "faithfulness"].mean == 0.8


def test_a_label_is_a_class_with_a_rate_of_its_own() -> None:
    batch = read(Source.open(REPORT))
    assert [told(batch)[f"tone/{value}"] for value in ("formal", "casual")] == [(4, 2, 2), (4, 2, 2)]
    assert {cell.direction for cell in batch.cells if cell.metric.startswith("tone/")} == {"informational"}


def test_time_is_in_milliseconds_and_no_error_of_what_has_none() -> None:
    took = cells(read(Source.open(REPORT)))["2026.10", "*", "*", "latency_ms"]
    assert (took.n, took.errors, took.unit) == (5, 0, "ms")


def test_metadata_names_workflow_and_cohort() -> None:
    mapping = {"workflow": "metadata.workflow", "cohort": "customer:metadata.tenant"}
    places = {(cell.workflow, cell.cohort) for cell in read(Source.open(REPORT), Options(mapping=mapping)).cells}
    assert {("refunds", "customer=acme"), ("claims", "*"), ("*", "customer=zeta")} <= places


def test_repeats_are_runs_of_the_case_that_they_repeat(tmp_path: Path) -> None:
    runs = [case(f"b [{at}/2]", source_case_name="b") for at in (1, 2)]
    cell = cells(of(tmp_path, *runs))["r", "*", "*", "good"]
    assert (cell.n, cell.cases, cell.repeats) == (3, 2, 2)


def test_an_evaluator_that_failed_is_an_error_of_what_it_gives_elsewhere(tmp_path: Path) -> None:
    failed = {"name": "Judge", "source": {"name": "Judge"}, "error_message": "down"}
    batch = of(tmp_path, case("b", scores={}, evaluator_failures=[failed]), case("c", scores={}))
    assert told(batch, "r")["good"] == (1, 1, 1)


def test_a_score_that_is_none_is_an_error_and_is_told(tmp_path: Path) -> None:
    batch = of(tmp_path, case("b", scores={"good": {"value": None}, "pass": {"value": 1}}))
    assert told(batch, "r")["good"] == (1, 1, 1)
    assert [place for place, _ in skips(batch)] == ["cases[1]", "cases[1]"]


def test_a_report_without_cases_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, '{"cases": {}}', Options(format="pydantic-evals")).endswith("expected a list of cases.")
    assert refusal(tmp_path, json.dumps({"cases": []}), Options(format="pydantic-evals")).startswith(
        "upload.bin: the run"
    )
