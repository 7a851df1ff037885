"""Summarising a large file of OpenTelemetry traces against a bare parse of it: `python -m tests.bench.traces`.

Each measurement is a process of its own, the two in turns, so that a noisy machine troubles both alike; what counts is
the ratio. The bare parse reads the lines with orjson and walks over every span and every attribute, and nothing else:
it works out no time, checks nothing, keeps no trace, takes no digest.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

WORKFLOWS = ("refund", "quote", "status", "address", "claim", "upload", "chat", "voice", "mail", "other")
START = 1_795_427_200_000_000_000
MS = 1_000_000
SAID = "Where is my parcel, and may I still change the address it goes to? It was to be here on Monday. "
MESSAGES = '[{"role":"user","parts":[{"type":"text","content":"%s"}]}]'


def pairs(values: dict[str, str | int]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in values.items()
    ]


def spans(trace: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    """A request with retrieval, reranking, a tool that may fail and be tried again, two model calls, and a check."""
    whole = int(dice.expovariate(1 / 900)) + 200
    began = START + trace * 40 * MS
    failed = dice.random() < 0.05
    model: dict[str, str | int] = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "large-2"}
    always: dict[str, str | int] = {
        "session.id": f"s-{trace // 3}",
        "thread.id": trace % 16,
        "app.release": "2026.11.3",
    }
    steps: list[tuple[str, str, float, float, dict[str, str | int]]] = [
        ("POST /chat", "", 0, 1, {"input.value": SAID * 2, "output.value": SAID * 2, "app.workflow": "refund"}),
        (
            "search help articles",
            "0",
            0.02,
            0.15,
            {"openinference.span.kind": "RETRIEVER", "input.value": SAID, "index": "help-en", "top_k": 20},
        ),
        (
            "embed the question",
            "1",
            0.03,
            0.04,
            {"gen_ai.operation.name": "embeddings", "index": "help-en", "dimensions": 1024, "model": "small-1"},
        ),
        (
            "rerank passages",
            "0",
            0.18,
            0.05,
            {"openinference.span.kind": "RERANKER", "passages": 20, "kept": 5, "model": "small-1"},
        ),
        (
            "track parcel",
            "0",
            0.24,
            0.1,
            {"openinference.span.kind": "TOOL", "tool.name": "track_parcel", "input.value": '{"id": "HSP-48812"}'},
        ),
        (
            "track parcel",
            "0",
            0.35,
            0.1,
            {"openinference.span.kind": "TOOL", "tool.name": "track_parcel", "input.value": '{"id": "HSP-48812"}'},
        ),
        ("write the answer", "0", 0.46, 0.4, model | {"gen_ai.input.messages": MESSAGES % (SAID * 2)}),
        (
            "check the answer",
            "0",
            0.87,
            0.1,
            model | {"gen_ai.usage.output_tokens": 212, "gen_ai.usage.input_tokens": 1840, "score": 7},
        ),
    ]
    for at, (name, parent, after, takes, attributes) in enumerate(steps):
        if not at:
            attributes["app.workflow"] = dice.choice(WORKFLOWS)
            attributes["app.tenant"] = f"tenant-{dice.randrange(40)}"
        start = began + int(after * whole * MS)
        yield {
            "traceId": f"{trace + (1 << 120):032x}",
            "spanId": f"{(trace << 8) + at + (1 << 60):016x}",
            **({"parentSpanId": f"{(trace << 8) + int(parent) + (1 << 60):016x}"} if parent else {}),
            "name": name,
            "kind": 1,
            "startTimeUnixNano": str(start),
            "endTimeUnixNano": str(start + int(takes * whole * MS)),
            "attributes": pairs(attributes | always),
            "status": {"code": 2, "message": "timed out"} if failed and at == 4 else {},
        }


def make(path: Path, traces: int) -> None:
    """A line for each trace, as a collector writes them."""
    dice = random.Random(42)  # noqa: S311
    resource = {"attributes": pairs({"service.name": "copilot", "service.version": "2026.11"})}
    with path.open("wb") as file:
        for trace in range(traces):
            scope = {"scope": {"name": "app"}, "spans": list(spans(trace, dice))}
            file.write(orjson.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}) + b"\n")


def bare(path: Path) -> int:
    seen = 0
    with path.open("rb") as file:
        for line in file:
            for group in orjson.loads(line)["resourceSpans"]:
                for scope in group["scopeSpans"]:
                    for span in scope["spans"]:
                        seen += 1
                        for attribute in span["attributes"]:
                            attribute["key"], attribute["value"]
    return seen


def ours(path: Path) -> int:
    from readiness.importers import Options, Source, read

    batch = read(Source.open(path), Options(mapping={"workflow": "app.workflow"}))
    assert batch.evidence
    return batch.evidence.kept


def one(which: str, path: Path) -> None:
    import scipy.special  # noqa: F401 - both processes have everything imported before the clock starts

    import readiness.importers  # noqa: F401

    began, used = time.perf_counter(), time.process_time()
    spans = {"bare": bare, "ours": ours}[which](path)
    seconds, used = time.perf_counter() - began, time.process_time() - used
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps({"seconds": seconds, "used": used, "peak": peak, "spans": spans}))


def measured(which: str, path: Path) -> dict[str, float]:
    """Seconds of the reading alone, by the clock and of the processor, and the peak of the whole process in MiB."""
    command = [sys.executable, "-m", "tests.bench.traces", "--one", which, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one[0], Path(asked.one[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "traces.jsonl"
        make(path, asked.traces)
        pairs = [(measured("bare", path), measured("ours", path)) for _ in range(asked.runs)]
        size = path.stat().st_size / 1e6
    assert len({side["spans"] for pair in pairs for side in pair}) == 1
    wall, used = (statistics.median(own[name] / floor[name] for floor, own in pairs) for name in ("seconds", "used"))
    floor, own = (
        {name: statistics.median(pair[side][name] for pair in pairs) for name in ("seconds", "peak")} for side in (0, 1)
    )
    print("| traces | spans | file | bare | readiness | ratio | of processor time | peak, bare | peak |")
    print("|---|---|---|---|---|---|---|---|---|")
    print(
        f"| {asked.traces:,} | {pairs[0][0]['spans']:,} | {size:.0f} MB | {floor['seconds']:.2f} s "
        f"| {own['seconds']:.2f} s | **{wall:.2f}** | {used:.2f} | {floor['peak']:.0f} MiB | {own['peak']:.0f} MiB |"
    )


if __name__ == "__main__":
    main()
