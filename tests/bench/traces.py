"""Summarising a large file of OpenTelemetry traces against a bare parse of it: `python -m tests.bench.traces`.

Each measurement is a process of its own, the two in turns, so that a noisy machine troubles both alike; what counts is
the ratio. The bare parse reads the lines with orjson and walks over every span and every attribute, and nothing else:
it works out no time, checks nothing, keeps no trace, takes no digest.
"""

from __future__ import annotations

import random
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
    steps: list[tuple[str, str, float, float, dict[str, str | int]]] = [
        ("POST /chat", "", 0, 1, {"input.value": SAID * 2, "output.value": SAID * 2, "app.workflow": "refund"}),
        ("search help articles", "0", 0.02, 0.15, {"openinference.span.kind": "RETRIEVER", "input.value": SAID}),
        ("embed the question", "1", 0.03, 0.04, {"gen_ai.operation.name": "embeddings", "index": "help-en"}),
        ("rerank passages", "0", 0.18, 0.05, {"passages": 20, "kept": 5}),
        ("track parcel", "0", 0.24, 0.1, {"openinference.span.kind": "TOOL", "tool.name": "track_parcel"}),
        ("track parcel", "0", 0.35, 0.1, {"openinference.span.kind": "TOOL", "tool.name": "track_parcel"}),
        ("write the answer", "0", 0.46, 0.4, model | {"gen_ai.input.messages": MESSAGES % (SAID * 2)}),
        ("check the answer", "0", 0.87, 0.1, model | {"gen_ai.usage.output_tokens": 212, "score": 7}),
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
            "attributes": pairs(attributes | {"thread.id": at, "deployment.environment": "production"}),
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
