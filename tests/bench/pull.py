"""Fetching traces from a Phoenix on this machine against its own client reading them: `python -m tests.bench.pull`.

Its client gives the spans as objects in memory; ours asks for whole traces, parses each answer and keeps the bytes on
disk. The import reads, redacts and stores them besides. All take turns, each in a process of its own with everything
imported before the clock starts; seconds are those on the clock, since all wait for the same server. `--url` names a
Phoenix that runs already, and is filled unless `--project` is one that it holds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from readiness.importers.source.limits import DOCUMENT_CAP
from readiness.model.sources import LiveSource
from readiness.outbound.pulls import PullLimits, Wanted, locked, pull
from readiness.services import evidence, open_store, sources
from tests import factories, files
from tests.live import servers
from tests.live.servers import BEGIN, fill

PROJECT = "bench"
ALL = PullLimits(total_bytes=DOCUMENT_CAP)
SIDES = ("fetch", "import")


def one(side: str, url: str, project: str) -> None:
    """Print how many traces came, the seconds that they took, and the peak of the process in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        records, seconds = (fetched if side == "fetch" else imported)(url, project, Path(folder))
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps([records, seconds, peak]))


def fetched(url: str, project: str, folder: Path) -> tuple[int, float]:
    wanted = Wanted("phoenix", url, project, dt.datetime.now(dt.UTC))
    with locked(folder, "bench") as kept:
        began = time.perf_counter()
        pulled = pull(wanted, kept, ALL)
        return pulled.records, time.perf_counter() - began


def imported(url: str, project: str, folder: Path) -> tuple[int, float]:
    """The whole way to the store, as `readiness pull` goes it."""
    by, today = factories.principal(), factories.TODAY
    source = LiveSource.model_validate({"kind": "phoenix", "url": url, "project": project})
    with closing(open_store(f"sqlite:///{folder / 'readiness.db'}")) as store:
        evidence.add_assessment(store, by, files.whole(), name="a.toml", digest="1" * 64, as_of=today)
        began = time.perf_counter()
        done = sources.pull_once(store, by, factories.SLUG, source, as_of=today, limits=ALL)
        return done.records, time.perf_counter() - began


def ours(side: str, url: str, project: str) -> tuple[int, float, float]:
    command = [sys.executable, "-m", "tests.bench.pull", "--one", side, url, project]
    records, seconds, peak = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return records, seconds, peak


def theirs(url: str, project: str) -> tuple[int, float, float]:
    """The same of spans."""
    spans, seconds, peak = fill("phoenix", url, project, "read").split()
    return int(spans), float(seconds), float(peak)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--url", default="")
    parser.add_argument("--project", default="")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(*asked.one)
        return
    with ExitStack() as until_then, tempfile.TemporaryDirectory() as folder:
        url, project = asked.url or until_then.enter_context(servers.phoenix(Path(folder))), asked.project or PROJECT
        if not asked.project:
            fill("phoenix", url, project, str(asked.traces), str(BEGIN - asked.traces * 60 * 10**9), patience=1800)
        turns = [(theirs(url, project), *(ours(side, url, project) for side in SIDES)) for _ in range(asked.rounds)]
    report(turns)


def report(turns: list[tuple[tuple[int, float, float], ...]]) -> None:
    """Each a turn of its client, the fetch, and the fetch with the import; ratios are those within a turn."""
    client, fetch, whole = (
        [statistics.median(turn[side][what] for turn in turns) for what in range(3)] for side in range(3)
    )
    ratios = [statistics.median(turn[side][1] / turn[0][1] for turn in turns) for side in (1, 2)]
    print(
        "| traces | spans | its client | fetch | ratio | with import | ratio | its peak | fetch | with import |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n"
        f"| {fetch[0]:,.0f} | {client[0]:,.0f} | {client[1]:.1f} s | {fetch[1]:.1f} s | **{ratios[0]:.2f}** "
        f"| {whole[1]:.1f} s | **{ratios[1]:.2f}** "
        f"| {client[2]:.0f} MiB | {fetch[2]:.0f} MiB | {whole[2]:.0f} MiB |"
    )


if __name__ == "__main__":
    main()
