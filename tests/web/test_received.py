"""A program with the SDK of OpenTelemetry sends its traces to a dashboard, which is killed meanwhile."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import StatusCode

from readiness.services import Store, open_store
from readiness.store import queries
from tests import otlp
from tests.serving import free_port, serving
from tests.soak import scaled
from tests.tokens import shown

CLAIMS = "claims-intake"
CANARY = "ann.canary@example.com"


@dataclass
class House:
    store: Store
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "readiness", "serve", "--port", str(self.port), "--db", self.store.url]

    def headers(self) -> dict[str, str]:
        return shown(self.store, "import", systems=(CLAIMS,))

    def live(self) -> dict[int, str]:
        """The files that came in live, by their ids."""
        files = queries.dossier(self.store, CLAIMS).evidence
        return {file.id: file.record.name for file in files.values() if file.record.name.startswith("live ")}

    def counted(self) -> dict[str, int]:
        """How many traces of each version came in live and are evidence."""
        counts = queries.dossier(self.store, CLAIMS).counts
        return {count.version: count.traces for number, count in counts if number in self.live()}


@pytest.fixture
def house(loaded: Path, tmp_path: Path) -> Iterator[House]:
    path = tmp_path / "readiness.db"
    path.write_bytes(loaded.read_bytes())
    with closing(open_store(f"sqlite:///{path}")) as store:
        yield House(store, free_port())


def until(there: Callable[[], Any], seconds: float = 60) -> Any:
    ends = time.monotonic() + seconds
    while not (found := there()) and time.monotonic() < ends:
        time.sleep(0.2)
    return found


def ask(provider: TracerProvider, *, failing: bool = False) -> None:
    """A request of an assistant, as a program records it."""
    tracer = provider.get_tracer("app")
    with tracer.start_as_current_span("POST /chat") as root:
        root.set_attribute("input.value", f"Where is my parcel? I am {CANARY}")
        with tracer.start_as_current_span("search") as step:
            step.set_attributes({"openinference.span.kind": "RETRIEVER", "top_k": 5, "scores": [0.5, 0.25]})
        with tracer.start_as_current_span("write", attributes={"gen_ai.operation.name": "chat"}) as step:
            if failing:
                step.record_exception(TimeoutError(f"no answer for {CANARY}"))
                step.set_status(StatusCode.ERROR)
        root.set_attribute("output.value", "On Monday.")


@pytest.mark.parametrize(("compression", "workers"), [(Compression.NoCompression, 1), (Compression.Gzip, 2)])
def test_what_the_sdk_sends_is_evidence_within_seconds(house: House, compression: Compression, workers: int) -> None:
    for _ in serving([*house.command, "--workers", str(workers)], house.address):
        exporter = OTLPSpanExporter(f"{house.address}/v1/traces", headers=house.headers(), compression=compression)
        provider = TracerProvider(resource=Resource.create({"service.name": "copilot", "service.version": "2026.11"}))
        provider.add_span_processor(BatchSpanProcessor(exporter))
        for number in range(60):
            ask(provider, failing=number % 20 == 0)
        assert provider.force_flush()
        sent = time.monotonic()
        assert until(house.counted) == {"2026.11": 60}
        assert time.monotonic() - sent < 30
        provider.shutdown()
    dossier = queries.dossier(house.store, CLAIMS)
    ((number, _),) = house.live().items()
    figures = {figure.kind: figure for own, figure in dossier.stages if own == number and figure.workflow == "*"}
    assert {kind: figure.n for kind, figure in figures.items()} == dict.fromkeys(
        ("request", "retrieval", "model", "output"), 60
    )
    assert figures["model"].errors == 3
    traces = [trace.record for own, trace in dossier.traces if own == number]
    assert {reason.kind for trace in traces for reason in trace.kept_for} == {"slowest", "failed", "typical"}
    assert all(trace.redacted["email"] >= 1 for trace in traces)
    assert all(CANARY not in trace.model_dump_json() for trace in traces)


def test_nothing_that_was_answered_for_is_lost_or_counts_twice_when_the_server_is_killed(house: House) -> None:
    draw, sent, taken = random.Random(3), 0, set[int]()  # noqa: S311 - moments
    headers = house.headers() | otlp.PROTOBUF
    url = f"{house.address}/v1/traces"
    for _ in range(scaled(1)):
        last = len(taken) + draw.randint(10, 40)
        for process in serving(house.command, house.address):
            with httpx.Client(timeout=120) as client:
                while process.poll() is None:
                    sent += 1
                    if len(taken) == last:
                        started = children(process.pid)
                        Timer(draw.uniform(0, 0.05), process.kill).start()
                    try:
                        if client.post(url, content=_trace(sent), headers=headers).status_code == 200:
                            taken.add(sent)
                    except httpx.TransportError:
                        break
            process.wait(timeout=30)
            assert until(partial(ended, started))
    for _ in serving(house.command, house.address):
        assert until(lambda: sum(house.counted().values()) >= len(taken), 150)
        assert sum(house.counted().values()) <= sent
        for number in range(1, sent + 1):  # whoever had no answer sends again, and so does who had one
            if number not in taken or number % 5 == 0:
                assert httpx.post(url, content=_trace(number), headers=headers, timeout=30).status_code == 200
        assert until(lambda: sum(house.counted().values()) == sent, 150)
    assert len(house.live()) == 1
    assert queries.verified_facts(house.store).changed == ()


def children(number: int) -> list[int]:
    """The processes that a process started."""
    return [int(line) for line in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def ended(numbers: Collection[int]) -> bool:
    return bool(numbers) and not any(Path(f"/proc/{number}").exists() for number in numbers)


def _trace(number: int) -> bytes:
    spans = [otlp.span(number, 1, ms=300), otlp.span(number, 2, parent=1)]
    return otlp.as_protobuf(otlp.request(spans))
