"""Thousands of files that nobody should hand in: each is refused in one sentence, or stored exactly as it was read.

Each is imported by a process that may not have a gibibyte of data (RLIMIT_DATA counts what it writes to, unlike the
address space that a database reserves), nor more than a minute of processor time for one file.
`--files` says how many are drawn, beside those of `crafted`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import queue
import resource
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.reliability.crafted import CRAFTED
from tests.reliability.mutations import mutated
from tests.reliability.table import Figure, record

MEMORY = 1 << 30
SECONDS = 60
WORKERS = 2
SEED = 2026
SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Tried:
    """One file: what came of it, and what is wrong with that; `peak` is the largest memory in MiB."""

    name: str
    came: str
    wrong: str = ""
    peak: int = 0


def tried(names: Sequence[str | int], seed: int = SEED, workers: int = WORKERS) -> Iterator[Tried]:
    """Import every crafted file by its name, and every drawn one by its number."""
    parts = [names[at::workers] for at in range(workers)]
    done: queue.SimpleQueue[Tried | None] = queue.SimpleQueue()

    def work(part: Sequence[str | int]) -> None:
        for one in _worked_through(part, seed):
            done.put(one)
        done.put(None)

    with ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(work, part) for part in parts]
        ended = 0
        while ended < workers:
            if (one := done.get()) is None:
                ended += 1
            else:
                yield one
        for job in jobs:
            job.result()


def _worked_through(names: Sequence[str | int], seed: int) -> Iterator[Tried]:
    """One process for all of them, which is handed one file after the other; another one where it dies."""
    waiting = deque(names)
    with tempfile.TemporaryDirectory() as folder:
        while waiting:
            ours, theirs = SPAWN.Pipe()
            process = SPAWN.Process(target=_work, args=(theirs, folder))
            process.start()
            theirs.close()
            while waiting:
                name, path = waiting.popleft(), Path(folder) / "file"
                path.write_bytes(CRAFTED[name]() if isinstance(name, str) else mutated(seed, name))
                try:
                    ours.send(path)
                    came, wrong, peak = ours.recv()
                except (EOFError, OSError):
                    process.join()
                    yield Tried(str(name), "died", f"the process ended with {process.exitcode}")
                    break
                yield Tried(str(name), came, wrong, peak)
            ours.close()
            process.join()


def _work(files: Connection, folder: str) -> None:
    from tests.reliability.importing import Bench

    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory(dir=folder) as own, suppress(EOFError):
        bench = Bench(Path(own))
        while True:
            path = files.recv()
            used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
            resource.setrlimit(resource.RLIMIT_CPU, (used + SECONDS, resource.RLIM_INFINITY))
            Path("/proc/self/clear_refs").write_text("5", "ascii")
            files.send((*bench.imported(path), _peak()))


def _peak() -> int:
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", nargs="*", default=[], help="names of crafted files, or numbers of drawn ones")
    asked = parser.parse_args()
    names = [int(name) if name.isdigit() else name for name in asked.only] or [*CRAFTED, *range(asked.files)]
    every = []
    for number, one in enumerate(tried(names, asked.seed), start=1):
        every.append(one)
        if one.wrong or asked.only:
            print(f"{one.name}: {one.came}, {one.peak} MiB: {one.wrong}", flush=True)
        if number % 500 == 0:
            print(f"{number:,} of {len(names):,}", file=sys.stderr, flush=True)
    came, wrong = Counter(one.came for one in every), [one for one in every if one.wrong]
    largest = max(one.peak for one in every)
    print(dict(came), f"{largest} MiB at most")
    if not asked.only:
        what = (
            f"{asked.files:,} samples changed at random and {len(CRAFTED)} crafted files, imported with 1 GiB of memory"
        )
        ended = f"{came['refused']:,} refused in a sentence, {came['stored']:,} stored exactly, {largest} MiB at most"
        record(Figure("hostile_files", what, len(every), f"{len(wrong)} otherwise ({ended})"))


if __name__ == "__main__":
    main()
