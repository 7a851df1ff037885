"""Experiments of Langfuse: items with their scores, where a missing score is an error and a category no figure."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Source, read
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

ITEMS = samples.DATA / "langfuse" / "experiment_items.json"
SCORE = {"name": "correct", "value": 1, "dataType": "NUMERIC", "timestamp": "2026-11-27T09:31:00Z"}
ITEM = {"experimentId": "x", "experimentItemId": "i", "traceId": "t", "scores": [SCORE]}


def told(batch: Batch, version: str, metric: str) -> tuple[Any, ...]:
    cell = cells(batch)[version, "*", "*", metric]
    return cell.n, cell.errors, cell.mean


def test_each_experiment_is_a_version_by_its_name() -> None:
    batch = read(Source.open(ITEMS))
    assert batch.versions == ("support-v1", "support-v2")
    assert told(batch, "support-v1", "correct") == (2, 1, 0.5)
    assert told(batch, "support-v2", "correct") == (3, 0, 1.0)
    assert told(batch, "support-v1", "groundedness") == (1, 2, 0.8)
    assert told(batch, "support-v2", "groundedness") == (3, 0, pytest.approx(2.2 / 3))
    assert told(batch, "support-v1", "latency_ms") == (2, 0, 250)
    assert {cell.metric for cell in batch.cells} == {"correct", "groundedness", "latency_ms"}
    assert "1 score that other cases have, which count as errors" in batch.warnings
    assert batch.evidence is not None
    assert (batch.evidence.tool, batch.evidence.measured_on) == ("Langfuse", dt.date(2026, 11, 27))
    assert batch.outcomes


def test_lines_of_items_read_as_the_page(tmp_path: Path) -> None:
    items = json.loads(ITEMS.read_text())["data"]
    batch = read_file(tmp_path, "\n".join(map(json.dumps, items)))
    assert (batch.format, batch.cells) == ("langfuse-experiment", read(Source.open(ITEMS)).cells)


def test_of_two_scores_of_one_name_the_last_counts(tmp_path: Path) -> None:
    earlier = {**SCORE, "value": 0, "timestamp": "2026-11-27T09:30:00Z"}
    batch = read_file(tmp_path, json.dumps([{**ITEM, "scores": [SCORE, earlier]}]))
    assert told(batch, "x", "correct") == (1, 0, 1.0)


def test_what_names_no_case_or_cannot_be_kept_is_skipped(tmp_path: Path) -> None:
    odd = {**ITEM, "experimentItemId": None}, {**ITEM, "scores": [{**SCORE, "name": "latency_ms"}, SCORE]}
    assert skips(read_file(tmp_path, json.dumps([ITEM, *odd]))) == [
        ("[1]", "the item names no case of a data set"),
        ("[2]", "the score 'latency_ms' cannot be kept under this name"),
    ]


def test_items_that_were_listed_without_scores_are_refused(tmp_path: Path) -> None:
    bare = {name: value for name, value in ITEM.items() if name != "scores"}
    assert refusal(tmp_path, json.dumps({"data": [bare], "meta": {}})) == (
        "upload.bin: the items were listed without scores; expected fields=core,dataset,io,scores."
    )
