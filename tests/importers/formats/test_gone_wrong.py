"""Documents of tools with one value gone wrong: kept as figures that a store can hold, skipped, or refused."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from readiness.errors import InputError
from readiness.importers import IMPORTERS, Batch, Options, Source
from tests import samples
from tests.importers.tracing import ODD
from tests.soak import scaled

DRAWN = 8
DOCUMENTS = (
    *("artillery/cand.json", "azure_eval/cand.json", "braintrust/results.jsonl", "deepteam/cand.json"),
    *("garak/base.report.jsonl", "guidellm/cand.json", "k6/handle_summary.json", "k6/summary_export.json"),
    *("locust/cand.json", "phoenix_api/experiment_support-2026.11.json", "pydantic_evals/report_base.json"),
    *("langfuse/experiment_items.json", "langsmith/experiment.json"),
    *("pyrit/conversations.json", "pyrit/scenario_result.json", "vllm/bench.json"),
)
"""Samples that are one JSON document, or lines of it."""


def documents(path: Path) -> Iterator[str]:
    """The sample with one value gone wrong or left out, drawn as often as a run tries."""
    text, drawn = path.read_text(), random.Random(path.name)  # noqa: S311
    one = path.suffix != ".jsonl"
    for _ in range(scaled(DRAWN)):
        document = json.loads(text) if one else [json.loads(line) for line in text.splitlines()]
        spoil(document, drawn)
        yield json.dumps(document) if one else "\n".join(map(json.dumps, document))


def spoil(document: Any, drawn: random.Random) -> None:
    """Change one value somewhere in it, or take it out."""
    holder, steps = document, drawn.randrange(1, 7)
    while True:
        step = drawn.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        steps -= 1
        if steps and isinstance(holder[step], (dict, list)) and holder[step]:
            holder = holder[step]
        elif drawn.random() < 0.2:
            del holder[step]
            return
        else:
            holder[step] = drawn.choice(ODD)
            return


def holds(batch: Batch) -> bool:
    """Whether every figure is finite and as many cases are counted as the file is said to hold."""
    figures = [value for cell in batch.cells for value in cell.model_dump().values() if isinstance(value, float)]
    json.dumps([cell.model_dump() for cell in batch.cells], allow_nan=False).encode()
    return all(map(math.isfinite, figures)) and all(skip.reason and skip.place for skip in batch.skipped)


@pytest.mark.parametrize("path", samples.own(*DOCUMENTS))
def test_a_value_gone_wrong_is_kept_out_in_a_sentence(path: Path, tmp_path: Path) -> None:
    importer = next(importer for importer in IMPORTERS if importer.sniff(Source.open(path)))
    for text in documents(path):
        changed = tmp_path / "changed"
        changed.write_text(text)
        try:
            assert holds(importer.read(Source.open(changed), Options()))
        except InputError as exc:
            assert str(exc).endswith(".")  # noqa: PT017
