"""Thousands of files that nobody should hand in: each is refused in one sentence, or stored exactly as it was read.

Each is imported by a process that may not have a gibibyte in memory (its peak is read after each file, VmHWM), nor more
than a minute of processor time for one file. What it may reserve is limited too, so that the machine outlives a fault.
`--files` says how many are drawn, beside those of `crafted`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
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
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.reliability.crafted import CRAFTED
from tests.reliability.importing import Bench
from tests.reliability.mutations import mutated
from tests.reliability.table import Figure, record

MOST = 1024
"""MiB in memory at once, the program itself included."""
RESERVED = 3 << 30
"""RLIMIT_DATA, in bytes: it counts what an allocator keeps back for later, which is twice what it has in memory."""
SECONDS = 60
WORKERS = 2
SEED = 2026
PATIENCE = 180
"""Seconds for one file, whoever else has the machine; a thread that gets no memory to start in waits for ever."""
RENEWED_FROM = 450
"""MiB that a process may still have in memory after a file, so that the next one has most of the gibibyte to itself."""
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # which has a buffer for each thread, and takes them from the limit
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(
    ["tests.reliability.importing", "tests.reliability.crafted", "tests.reliability.mutations"]
)


@dataclass(frozen=True)
class Tried:
    """One file: what came of it, what is wrong with that, and MiB: the most in memory, and what is kept after it."""

    name: str
    came: str
    wrong: str = ""
    peak: int = 0
    held: int = 0


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
    """One process for all of them, which is handed one file after the other; another one where it ends."""
    waiting = deque(names)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        while waiting:
            ours, theirs = FORKED.Pipe()
            process = FORKED.Process(target=_work, args=(theirs, folder))
            process.start()
            theirs.close()
            while waiting and process.is_alive():
                name = waiting.popleft()
                _make(name, seed, path)
                tried = _handed_over(ours, path, str(name))
                yield tried or Tried(str(name), "died", _ended(process))
                if tried is None or tried.held > RENEWED_FROM:
                    break
            ours.close()
            process.join()


def _make(name: str | int, seed: int, path: Path) -> None:
    """What is crafted in a process of its own, because what a large file is made of takes gigabytes."""
    if isinstance(name, int):
        path.write_bytes(mutated(seed, name))
        return
    maker = FORKED.Process(target=_craft, args=(name, path))
    maker.start()
    maker.join()


def _craft(name: str, path: Path) -> None:
    path.write_bytes(CRAFTED[name]())


def _handed_over(work: Connection, path: Path, name: str) -> Tried | None:
    try:
        work.send(path)
        return Tried(name, *work.recv()) if work.poll(PATIENCE) else None
    except (EOFError, OSError):
        return None


def _ended(process: BaseProcess) -> str:
    process.join(1)
    if process.exitcode is not None:
        return f"the process ended with {process.exitcode}"
    process.kill()
    return f"no answer after {PATIENCE} s"


def _work(files: Connection, folder: str) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (RESERVED, RESERVED))
    with tempfile.TemporaryDirectory(dir=folder) as own, suppress(EOFError):
        bench = Bench(Path(own))
        while True:
            path = files.recv()
            used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
            resource.setrlimit(resource.RLIMIT_CPU, (used + SECONDS, resource.RLIM_INFINITY))
            Path("/proc/self/clear_refs").write_text("5", "ascii")
            came, wrong = bench.imported(path)
            peak = _mebibytes("VmHWM")
            over = f"{peak:,} MiB in memory; expected at most {MOST:,}" if peak > MOST else ""
            files.send((came, wrong or over, peak, _mebibytes("VmRSS")))


def _mebibytes(of: str) -> int:
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition(f"{of}:")[2].split()[0]) // 1024


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
