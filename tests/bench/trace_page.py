"""Running the page of a trace with 500 spans again, against a bare page: `python -m tests.bench.trace_page`.

Two dashboards of the same kind run beside one another, each in a process of its own with our settings. A client speaks
their protocol over a socket and asks for the script to be run again, first one then the other, so that a noisy machine
troubles both alike; the time is that from asking to the end of the script, and the CPU time that of the whole process.
The bare page draws 500 spans as one bar chart with Altair, and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from websockets.asyncio.client import connect

from readiness import clock
from readiness.access import GRANTS, Principal
from readiness.services import demo, imports
from readiness.store import open_store, queries
from readiness.tracing.analysis import STAGES
from tests.bench.pages import SERVE_EMPTY, Client, served, spent
from tests.serving import ME, cookie, free_port

SPANS = 500
WARM = 5
SLUG = "freight-support"
BARE = """
import altair as alt
import pandas as pd
import streamlit as st

KINDS = {kinds}
frame = pd.DataFrame(
    [
        {{
            "row": number,
            "label": f"step {{number}} of the request",
            "kind": KINDS[number % len(KINDS)],
            "start": number * 4.0,
            "end": number * 4.0 + 40,
            "takes": "40.0 ms",
            "error": number % 50 == 49,
        }}
        for number in range({spans})
    ]
)
chart = alt.Chart(frame).mark_bar().encode(
    x="start:Q", x2="end:Q", y="row:O", color="kind:N", tooltip=["label:N", "kind:N", "takes:N"]
)
st.altair_chart(chart)
"""


def spans(folder: Path) -> Path:
    """A trace in which every request asks, looks up, calls and answers, over and over."""
    rows = []
    for number in range(SPANS):
        at = 1_795_000_000_000 + number * 4
        second, ms = divmod(at, 1000)
        row = {
            "trace_id": "bench",
            "span_id": f"s{number}",
            "parent_id": f"s{(number - 1) // 5}" if number else "",
            "kind": STAGES[number % len(STAGES)] if number else "request",
            "name": f"step {number} of the request",
            "start": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second)) + f".{ms:03}Z",
            "duration_ms": 40,
            "status": "error" if number % 50 == 49 else "ok",
            "input": f"What is the state of shipment {number}? " * 5,
            "output": f"Shipment {number} has left the port. " * 5,
            "attributes": {"gen_ai.request.model": "stub-1", "gen_ai.usage.input_tokens": 100 + number},
        }
        rows.append(row | ({} if number else {"version": "2026.11", "workflow": "tracking", "path": "bad"}))
    path = folder / "spans.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def stored(folder: Path) -> tuple[str, int]:
    """The demo portfolio with the trace in it; gives the address of the store and the trace's id."""
    url = f"sqlite:///{folder / 'bench.db'}"
    store, by = open_store(url), Principal.of(ME, GRANTS)
    demo.load(store, by)
    request = imports.ImportRequest(path=spans(folder), system=SLUG)
    imports.keep(store, by, imports.read(store, by, request), system=SLUG, as_of=clock.today())
    found = next(each.id for _, each in queries.dossier(store, SLUG).traces if each.record.trace_id == "bench")
    store.close()
    return url, found


@dataclass
class Timed(Client):
    """Somebody on a page, and how long it took each time, of the clock and of the processor of its server."""

    process: int
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    async def again(self) -> float:
        cpu = spent(self.process)
        self.wall.append(await super().again())
        self.cpu.append(spent(self.process) - cpu)
        return self.wall[-1]

    def forget(self) -> None:
        """The first runs do what is done once only."""
        self.wall.clear()
        self.cpu.clear()


async def compare(url: str, trace: int, bare: Path, runs: int) -> None:
    first, second = free_port(), free_port()
    ours = [sys.executable, "-m", "readiness", "serve", "--port", str(first), "--db", url]
    floor = [sys.executable, "-c", SERVE_EMPTY, str(bare), str(second)]
    with served(ours, first) as page, served(floor, second) as alone:
        async with (
            connect(
                f"ws://127.0.0.1:{first}/_stcore/stream",
                max_size=None,
                compression=None,
                additional_headers=cookie(f"http://127.0.0.1:{first}"),
            ) as one,
            connect(f"ws://127.0.0.1:{second}/_stcore/stream", max_size=None, compression=None) as other,
        ):
            own = Timed(one, "traces", f"system={SLUG}&trace={trace}", f"step {SPANS - 1} of the request", page)
            base = Timed(other, "", "", f"step {SPANS - 1} of the request", alone)
            for number in range(runs + WARM):
                await base.again()
                await own.again()
                if number == WARM - 1:
                    base.forget()
                    own.forget()
    print("| | bare page | page of a trace | ratio |\n|---|---|---|---|")
    for what in ("wall", "cpu"):
        floor_, own_ = (statistics.median(getattr(each, what)) for each in (base, own))
        if what == "cpu":  # counted in hundredths of a second, so that only the sum of many runs tells
            floor_, own_ = (statistics.mean(each.cpu) for each in (base, own))
        print(f"| {what} | {floor_ * 1000:.1f} ms | {own_ * 1000:.1f} ms | **{own_ / floor_:.2f}** |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare = folder / "bare.py"
        bare.write_text(BARE.format(kinds=list(STAGES), spans=SPANS), "utf-8")
        asyncio.run(compare(*stored(folder), bare, asked.runs))


if __name__ == "__main__":
    main()
