"""Spans that OpenTelemetry sends to a dashboard, a second: `python -m tests.bench.received`.

Requests are made before the clock starts: 512 spans each, as an SDK sends them, in traces of eight spans with texts of
their own, as protobuf. Some connections send them as fast as they are answered, on the same two processors. What counts
is answered for, which is after it is on the disk; the memory is that of the server with all its processes.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from readiness import paths
from readiness.model.assessment import Assessment, System
from readiness.services import Store, open_store, systems
from readiness.store import queries
from tests import otlp
from tests.bench import traces
from tests.serving import free_port, serving
from tests.tokens import DANA, shown

SLUG = "copilot"
TRACES = 64
"""Of one request."""
MADE = 20
"""Requests with texts of their own."""
WORDS = (paths.ROOT / "docs" / "statistics.md").read_text("utf-8").split()


def body(first: int, dice: random.Random) -> bytes:
    spans: list[Any] = []
    began = time.time_ns() - 3600 * 10**9
    for trace in range(first, first + TRACES):
        for span in traces.spans(trace, dice):
            for attribute in span["attributes"]:
                if attribute["key"] in ("input.value", "output.value"):
                    attribute["value"] = {"stringValue": " ".join(dice.choices(WORDS, k=17))}
            for name in ("startTimeUnixNano", "endTimeUnixNano"):
                span[name] = str(int(span[name]) - traces.START - trace * 40 * traces.MS + began)
            spans.append(span)
    return otlp.as_protobuf(otlp.request(spans))


def again(sent: bytes, number: int) -> bytes:
    """The same request with traces of its own; a text of this length is not remembered from one to the next."""
    request = ExportTraceServiceRequest.FromString(sent)
    for span in request.resource_spans[0].scope_spans[0].spans:
        span.trace_id = number.to_bytes(4, "big") + span.trace_id[4:]
    return bytes(request.SerializeToString())


def memory(number: int) -> int:
    """MiB that a process and all that it started hold now."""
    parents, sizes = dict[int, int](), dict[int, int]()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            status = dict(line.split(":", 1) for line in (path / "status").read_text().splitlines())
        except (OSError, ValueError):
            continue
        parents[int(path.name)] = int(status["PPid"])
        sizes[int(path.name)] = int(status.get("VmRSS", "0 kB").split()[0])
    own = {number}
    for _ in range(3):
        own |= {process for process, parent in parents.items() if parent in own}
    return sum(sizes.get(process, 0) for process in own) // 1024


def send(url: str, headers: dict[str, str], bodies: list[bytes], until: float, told: list[float]) -> None:
    with httpx.Client(timeout=60) as client:
        while bodies and time.monotonic() < until:
            sent = bodies.pop()
            while True:
                answer = client.post(url, content=sent, headers=headers)
                if answer.status_code != 429:
                    break
                told[1] += 1
                time.sleep(0.2)
            answer.raise_for_status()
            told[0] += TRACES * 8


def folded(store: Store) -> int:
    counts = queries.dossier(store, SLUG).counts
    return sum(count.traces for _, count in counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=30)
    asked = parser.parse_args()
    dice = random.Random(42)  # noqa: S311
    first = [body(number * TRACES, dice) for number in range(MADE)]
    bodies = [again(first[number % MADE], 1 + number // MADE) for number in range(asked.requests)]
    size = sum(map(len, bodies)) / len(bodies) / TRACES / 8
    with tempfile.TemporaryDirectory() as folder, closing(open_store(f"sqlite:///{folder}/readiness.db")) as store:
        systems.create(store, DANA, System(slug=SLUG, name="Copilot"), Assessment(candidate="2026.11"))
        headers = shown(store, "import") | otlp.PROTOBUF
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", store.url]
        for server in serving(command, address):
            url = f"{address}/v1/traces"
            httpx.post(url, content=body(10**9, dice), headers=headers, timeout=60).raise_for_status()
            told = [0.0, 0.0]
            began = time.monotonic()
            arguments = (url, headers, bodies, began + asked.seconds, told)
            threads = [threading.Thread(target=send, args=arguments) for _ in range(asked.connections)]
            for thread in threads:
                thread.start()
            peaks = [0]
            while any(thread.is_alive() for thread in threads):
                peaks.append(memory(server.pid))
                time.sleep(0.5)
            took = time.monotonic() - began
            wanted = told[0] / 8 + TRACES
            while folded(store) < wanted and time.monotonic() - began < 300:
                peaks.append(memory(server.pid))
                time.sleep(0.5)
            after = time.monotonic() - began - took
            third = len(peaks) // 3
            names = ("spans", "bytes each", "seconds", "spans a second", "asked again", "evidence after")
            print("|", " | ".join([*names, "peak, first third", "peak"]), "|")
            print("|---|---|---|---|---|---|---|---|")
            figures = f"{told[0]:,.0f} | {size:.0f} | {took:.1f} | **{told[0] / took:,.0f}** | {told[1]:.0f}"
            print(f"| {figures} | {after:.1f} s | {max(peaks[: third + 1])} MiB | {max(peaks)} MiB |")


if __name__ == "__main__":
    main()
