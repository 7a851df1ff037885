"""Fetching traces from a Phoenix on this machine against its own client reading them: `python -m tests.bench.pull`.

Its client gives the spans as objects in memory; ours asks for whole traces, parses each answer and keeps the bytes on
disk. Both take turns, in seconds on the clock, since both wait for the same server. `--url` names a Phoenix that runs
already and holds the project.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from readiness.outbound.pulls import PullLimits, Wanted, locked, pull
from tests.live import servers
from tests.live.servers import BEGIN, fill

PROJECT = "bench"
ALL = PullLimits(total_bytes=1 << 30)


def ours(url: str, folder: Path) -> tuple[int, float]:
    """Traces, and the seconds that they took."""
    wanted = Wanted("phoenix", url, PROJECT, dt.datetime.now(dt.UTC))
    began = time.perf_counter()
    with locked(folder, "bench") as kept:
        pulled = pull(wanted, kept, ALL)
        seconds = time.perf_counter() - began
        pulled.done.clear()
    return pulled.records, seconds


def theirs(url: str) -> tuple[int, float]:
    """Spans, and the seconds that they took, the start of Python not among them."""
    spans, seconds = fill("phoenix", url, PROJECT, "read").split()
    return int(spans), float(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--url", default="")
    asked = parser.parse_args()
    with ExitStack() as until_then, tempfile.TemporaryDirectory() as folder:
        url = asked.url or until_then.enter_context(servers.phoenix(Path(folder)))
        if not asked.url:
            fill("phoenix", url, PROJECT, str(asked.traces), str(BEGIN - asked.traces * 60 * 10**9))
        turns = [(theirs(url), ours(url, Path(folder))) for _ in range(asked.rounds)]
    spans, traces = turns[0][0][0], turns[0][1][0]
    client, own = (statistics.median(turn[side][1] for turn in turns) for side in (0, 1))
    print("| traces | spans | its client | ours | ratio |\n|---|---|---|---|---|")
    print(f"| {traces:,} | {spans:,} | {client:.1f} s | {own:.1f} s | **{own / client:.2f}** |")


if __name__ == "__main__":
    main()
