"""Fill a Phoenix server by its own client: `python fill_phoenix.py URL PROJECT TRACES BEGIN_NS`, or read it so.

Runs where Phoenix is installed. Each trace is a minute after the one before it, with a retrieval and a model call below
its root. `python fill_phoenix.py URL PROJECT read` reads all spans and prints their number, the seconds it took
and the peak of the process in MiB; `python fill_phoenix.py URL PROJECT experiment` runs an experiment of four cases and
prints its id.
"""

import datetime as dt
import hashlib
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from phoenix.client import Client

BATCH = 500
COUNT = "query ($name: String!) { getProjectByName(name: $name) { recordCount } }"


def main(url: str, project: str, traces: int, begin: int) -> None:
    client = patient(url)
    for first in range(0, traces, BATCH // 3):
        some = range(first, min(first + BATCH // 3, traces))
        send(client, project, [span for at in some for span in trace(project, at, begin)])
    while stored(url, project) < 3 * traces:
        time.sleep(1)


def send(client: Client, project: str, spans: list[Any]) -> None:
    """Send once more what the server has no room for yet: it takes in 20,000 spans that are not stored, and no more."""
    while True:
        try:
            client.spans.log_spans(project_identifier=project, spans=spans)
        except httpx.HTTPStatusError as exc:
            if exc.response.status_code not in (429, 503):
                raise
            time.sleep(1)
        else:
            return


def patient(url: str) -> Client:
    """A client that waits where the machine is busy."""
    return Client(base_url=url, http_client=httpx.Client(base_url=url, timeout=300))


def stored(url: str, project: str) -> int:
    """How many spans are there, asked in a way that costs the server next to nothing."""
    asked = {"query": COUNT, "variables": {"name": project}}
    found = httpx.post(f"{url}/graphql", json=asked, timeout=300).raise_for_status().json()
    return int(((found.get("data") or {}).get("getProjectByName") or {}).get("recordCount") or 0)


def trace(project: str, at: int, begin: int) -> list[Any]:
    trace_id, start = (
        hashlib.md5(f"{project} {begin} {at}".encode(), usedforsecurity=False).hexdigest(),
        begin / 1e9 + at * 60,
    )
    below = [("retrieve", "RETRIEVER", 0.005, 0.040), ("write", "LLM", 0.045, 0.095)]
    ids = [f"{trace_id[:12]}{number:04x}" for number in range(1, 4)]
    spans = [span(trace_id, ids[0], None, "answer", "CHAIN", start, start + 0.1, {"input.value": f"q{at}"})]
    for span_id, (name, kind, begins, ends) in zip(ids[1:], below, strict=True):
        spans.append(span(trace_id, span_id, ids[0], name, kind, start + begins, start + ends, {"input.value": "q"}))
    return spans


def span(
    trace_id: str,
    span_id: str,
    parent: str | None,
    name: str,
    kind: str,
    start: float,
    end: float,
    more: dict[str, Any],
) -> dict[str, Any]:
    described = {"metadata.version": "2026.11", "metadata.workflow": "refunds"} if parent is None else {}
    return {
        "name": name,
        "context": {"trace_id": trace_id, "span_id": span_id},
        "parent_id": parent,
        "span_kind": kind,
        "start_time": dt.datetime.fromtimestamp(start, dt.UTC).isoformat(),
        "end_time": dt.datetime.fromtimestamp(end, dt.UTC).isoformat(),
        "status_code": "OK",
        "attributes": {"output.value": f"a {name}", **described, **more},
    }


def read(url: str, project: str) -> None:
    began = time.perf_counter()
    spans = patient(url).spans.get_spans(project_identifier=project, limit=10_000_000)
    seconds = time.perf_counter() - began
    print(len(spans), seconds, int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024)


def experiment(url: str, project: str) -> None:
    client = Client(base_url=url)
    inputs = [{"q": f"q{at}"} for at in range(4)]
    dataset = client.datasets.create_dataset(
        name=project, inputs=inputs, outputs=[{"a": f"q{at} ok"} for at in range(4)]
    )

    def answer(input: dict[str, Any]) -> str:
        if input["q"] == "q3":
            raise RuntimeError("the model is away")
        return f"{input['q']} ok"

    def exact(output: Any, expected: Any) -> bool:
        return bool(output == expected["a"])

    done = client.experiments.run_experiment(dataset=dataset, task=answer, evaluators=[exact], print_summary=False)
    print(done["experiment_id"])


if __name__ == "__main__":
    if sys.argv[3] == "read":
        read(sys.argv[1], sys.argv[2])
    elif sys.argv[3] == "experiment":
        experiment(sys.argv[1], sys.argv[2])
    else:
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
