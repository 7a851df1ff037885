"""Reading the traces of four tools against a bare parse of the same bytes: `python -m tests.bench.tool_traces`.

A sample of each tool is written many times over, with ids and prose of their own, since real texts are seldom the same.
The bare side parses the documents with orjson and does nothing else; ours gives redacted traces, ready to be stored.
Both take turns in one process, in processor time, so that a noisy machine troubles both alike.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from readiness import paths
from readiness.importers import Options, Source, read

DATA = paths.ROOT / "tests" / "data"
WORDS = ("parcel", "invoice", "Monday", "refund", "harbour", "address", "customer", "late", "twice", "policy", "Lyon")


@dataclass(frozen=True)
class Sample:
    """A file of one tool, and what its ids look like."""

    tool: str
    file: str
    ids: str


UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SAMPLES = (
    Sample("Langfuse", "langfuse/export.json", "refund-1"),
    Sample("LangSmith", "langsmith/v0.15.0_runs.jsonl", UUID),
    Sample("MLflow", "mlflow/v3.17.2_traces.jsonl", "tr-[0-9a-f]{32}"),
    Sample("OpenInference", "openinference/phoenix_spans.jsonl", "[0-9a-f]{32}|[0-9a-f]{16}"),
)


def told_anew(value: Any, dice: random.Random) -> Any:
    """The same value with some words more in every prose, and in that of JSON within texts."""
    if isinstance(value, dict):
        return {key: told_anew(item, dice) for key, item in value.items()}
    if isinstance(value, list):
        return [told_anew(item, dice) for item in value]
    if not isinstance(value, str) or " " not in value or re.fullmatch("[0-9 :TZ.+-]*", value):
        return value
    if value[0] in '{["':
        return json.dumps(told_anew(json.loads(value), dice))
    return f"{value} {' '.join(dice.choices(WORDS, k=5))}"


def documents(sample: Sample, times: int) -> Iterator[bytes]:
    """The documents of a sample, so many times, none like another."""
    text = (DATA / sample.file).read_text("utf-8")
    stated = text.splitlines() if sample.file.endswith("jsonl") else [text]
    dice = random.Random(7)  # noqa: S311 - reproducible, not secret
    for _ in range(times):
        own = {name: _like(name, dice) for name in sorted(set(re.findall(sample.ids, text)))}
        for document in stated:
            renamed = re.sub(sample.ids, lambda match, own=own: own[match[0]], document)  # type: ignore[misc]
            yield orjson.dumps(told_anew(orjson.loads(renamed), dice))


def _like(name: str, dice: random.Random) -> str:
    """An id of the same shape; one that is a word gets a number."""
    head, digits = re.fullmatch("(.*?)([0-9a-f-]*)", name).groups()  # type: ignore[union-attr]
    if len(digits) < 16:
        return f"{name}-{dice.randrange(10**9)}"
    return head + re.sub("[0-9a-f]", lambda _: dice.choice("0123456789abcdef"), digits)


def bare(path: Path) -> int:
    return sum(orjson.loads(line) is not None for line in path.read_bytes().splitlines())


def ours(path: Path) -> int:
    batch = read(Source.open(path), Options())
    assert batch.evidence
    assert not batch.skipped, batch.skipped[:3]
    return batch.evidence.kept


def spent(work: Callable[[Path], int], path: Path) -> tuple[float, int]:
    """Seconds of the processor, and how many were read."""
    gc.collect()
    began = time.process_time()
    number = work(path)
    return time.process_time() - began, number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tools", nargs="*")
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    print("| tool | spans | bytes a span | bare, a span | readiness, a span | ratio |\n|---|---|---|---|---|---|")
    for sample in SAMPLES:
        if asked.tools and sample.tool not in asked.tools:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "traces.jsonl"
            path.write_bytes(b"".join(document + b"\n" for document in documents(sample, asked.times)))
            ours(path)
            turns = [(spent(bare, path), spent(ours, path)) for _ in range(asked.runs)]
            size, spans = path.stat().st_size, turns[0][1][1]
        floor, own = (statistics.median(turn[side][0] for turn in turns) / spans * 1e6 for side in (0, 1))
        ratio = statistics.median(turn[1][0] / turn[0][0] for turn in turns)
        print(f"| {sample.tool} | {spans:,} | {size / spans:,.0f} | {floor:.1f} µs | {own:.0f} µs | **{ratio:.0f}** |")


if __name__ == "__main__":
    main()
