"""vLLM's serving benchmark: percentiles as they are named, and prompts that did not come back."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Options, Source, read
from readiness.importers.cases.loads import FAILURES
from tests import samples
from tests.importers.reading import cells, read_file, refusal

BENCH = samples.DATA / "vllm" / "bench.json"
HERE = "this file"


def changed(folder: Path, options: Options | None = None, **values: Any) -> Batch:
    document = {**json.loads(BENCH.read_text()), **values}
    return read_file(folder, json.dumps({key: value for key, value in document.items() if value != "gone"}), options)


def test_figures_and_load_are_those_that_it_states() -> None:
    batch = read(Source.open(BENCH))
    for cohort in ("*", "concurrency=64"):
        took, lost = (cells(batch)[HERE, "*", cohort, metric] for metric in ("latency_ms", FAILURES))
        assert (took.n, took.errors, took.mean, took.p50, took.p95, took.p99) == (
            396,
            4,
            4180.7,
            4099.3,
            5788.1,
            6420.6,
        )
        assert (took.p95_low, took.p95_high, lost.n, lost.passed) == (4099.3, 6420.6, 400, 4)
    assert (batch.evidence and batch.evidence.measured_on) == dt.date(2026, 11, 29)
    assert {cell.metric for cell in batch.cells} == {"latency_ms", "ttft_ms", "tpot_ms", "itl_ms", FAILURES}


def test_without_whole_requests_there_is_no_latency(tmp_path: Path) -> None:
    gone: dict[str, Any] = {f"{name}_e2el_ms": "gone" for name in ("mean", "median", "p50", "p95", "p99", "std")}
    batch = changed(tmp_path, **gone)
    assert "latency_ms" not in {cell.metric for cell in batch.cells}
    assert any("the times of whole requests are not in it" in warning for warning in batch.warnings)


@pytest.mark.parametrize(("values", "lost"), [({"failed": "gone"}, 4), ({"failed": "gone", "num_prompts": 396}, 0)])
def test_what_did_not_come_back_failed(tmp_path: Path, values: dict[str, Any], lost: int) -> None:
    assert cells(changed(tmp_path, **values))[HERE, "*", "*", FAILURES].passed == lost


def test_an_open_load_has_no_concurrency_until_a_person_says_one(tmp_path: Path) -> None:
    assert {cell.dimension for cell in changed(tmp_path, max_concurrency=None).cells} == {"*"}
    batch = changed(tmp_path, Options(mapping={"concurrency": "32"}), max_concurrency=None, date="soon")
    assert {cell.cohort for cell in batch.cells} == {"*", "concurrency=32"}
    assert batch.evidence is not None
    assert batch.evidence.measured_on is None


def test_a_benchmark_without_requests_is_refused(tmp_path: Path) -> None:
    text = json.dumps({**json.loads(BENCH.read_text()), "completed": 0, "failed": 0})
    assert refusal(tmp_path, text).startswith("upload.bin: the run holds no results")
