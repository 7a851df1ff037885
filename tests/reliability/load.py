"""Backups of a store that another process writes to all the time."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from readiness.store import backups, open_store
from tests.reliability import stores
from tests.reliability.table import report


def tried(folder: Path, count: int) -> Iterator[tuple[int, list[str]]]:
    """How many writes each backup holds, and what is wrong with it."""
    path, (ours, its) = folder / "readiness.db", os.pipe()

    def work() -> None:
        with closing(open_store(stores.url(path))) as store:
            for number in range(100_000):
                stores.write(store, number)
                os.write(its, b".")

    child = stores.in_a_process(work)
    acknowledged = len(os.read(ours, 1))
    os.set_blocking(ours, False)
    try:
        with closing(open_store(stores.url(path))) as store:
            for number in range(count):
                acknowledged += _told(ours)
                copy = folder / f"{number}.bak"
                backups.save(store, copy)
                yield _found(copy, acknowledged)
                copy.unlink()
    finally:
        os.kill(child, signal.SIGKILL)
        assert stores.was_killed(child)
        os.close(ours)
        os.close(its)


def _told(pipe: int) -> int:
    try:
        return len(os.read(pipe, 1_000_000))
    except BlockingIOError:
        return 0


def _found(copy: Path, acknowledged: int) -> tuple[int, list[str]]:
    """It is as it was written, and holds the first writes up to one that was acknowledged before it, or later."""
    faults = [f"the manifest: {fault}" for fault in backups.check_manifest(copy)]
    with closing(open_store(stores.url(copy))) as store:
        there = stores.written(store)
        faults += stores.unsound(store)
    if there != set(range(len(there))) or len(there) < acknowledged:
        faults.append(f"{len(there)} writes are there, {acknowledged} were acknowledged before")
    return len(there), faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backups", type=int, default=50)
    count = parser.parse_args().backups
    with stores.folder() as folder:
        found = list(tried(folder, count))
    what = "a backup is made while another process writes all the time"
    kept = f"that are not whole or lack an acknowledged write ({found[-1][0]:,} in the last)"
    report("load", what, [faults for _, faults in found], kept)


if __name__ == "__main__":
    main()
