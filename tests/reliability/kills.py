"""A process that writes is killed, and all that it was told had been stored is there afterwards."""

from __future__ import annotations

import argparse
import os
import random
import signal
import time
from contextlib import closing
from pathlib import Path

from readiness.store import open_store
from tests.reliability import stores
from tests.reliability.table import report

LATEST = 0.5
"""Seconds after the first write within which the kill comes: some ten writes."""


def killed_while_writing(path: Path, first: int, draw: random.Random) -> int:
    """How many writes were acknowledged, from this number on, before the kill."""
    ours, its = os.pipe()
    merged = draw.choice((10, 1000))

    def work() -> None:
        store = stores.tuned(path, wal_autocheckpoint=merged)
        for number in range(first, first + 10_000):
            stores.write(store, number)
            os.write(its, b".")

    child = stores.in_a_process(work)
    os.close(its)
    with open(ours, "rb", buffering=0) as told:  # noqa: PTH123  # a pipe
        acknowledged = len(told.read(1))
        time.sleep(draw.uniform(0, LATEST))
        os.kill(child, signal.SIGKILL)
        acknowledged += len(told.readall())
    assert stores.was_killed(child)
    return acknowledged


def tried(kills: int, path: Path) -> tuple[list[list[str]], int]:
    """What is wrong with the store after each kill, and how many writes were acknowledged in all."""
    draw, acknowledged, found = random.Random(5), 0, []  # noqa: S311  # moments
    for _ in range(kills):
        acknowledged += killed_while_writing(path, acknowledged, draw)
        found.append(stores.lost(path, acknowledged))
        with closing(open_store(stores.url(path))) as store:
            acknowledged = len(stores.written(store))  # the last may stand without having been acknowledged
    return found, acknowledged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    kills = parser.parse_args().kills
    with stores.folder() as folder:
        found, acknowledged = tried(kills, folder / "readiness.db")
    what = "a process that imports, answers and moves due dates is killed (SIGKILL) at a moment of the draw"
    report("kills", what, found, f"kills after which one of {acknowledged:,} writes was missing")


if __name__ == "__main__":
    main()
