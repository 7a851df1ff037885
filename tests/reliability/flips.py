"""A bit of a backup flips: it is refused, or nothing that it holds has changed."""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

from readiness.errors import StoreError
from readiness.store import backups, open_store, restore
from tests.reliability import stores
from tests.reliability.table import report

AT_ONCE = 2


def backup(folder: Path, writes: int = 12) -> Path:
    path = folder / "saved.bak"
    with closing(open_store(stores.url(folder / "readiness.db"))) as store:
        for number in range(writes):
            stores.write(store, number)
        backups.save(store, path)
    return path


def tried(saved: Path, count: int, seed: int, folder: Path) -> Iterator[tuple[bool, list[str]]]:
    """Whether a restore takes the file with one bit flipped, and what is wrong if it does."""
    whole, draw = saved.read_bytes(), random.Random(seed)  # noqa: S311  # places to flip
    before, flipped = stores.content(saved), folder / "flipped.bak"
    for _ in range(count):
        place, bit = draw.randrange(len(whole)), draw.randrange(8)
        changed = bytearray(whole)
        changed[place] ^= 1 << bit
        flipped.write_bytes(changed)
        try:
            restore._checked(flipped)
        except StoreError:
            yield False, []
        else:
            same = stores.content(flipped) == before
            yield True, [] if same else [f"bit {bit} of byte {place:,} changed what is there"]


def some(saved: Path, count: int, seed: int) -> list[tuple[bool, list[str]]]:
    with stores.folder() as folder:
        return list(tried(saved, count, seed, folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=10_000)
    flips = parser.parse_args().flips
    with stores.folder() as folder, ProcessPoolExecutor(AT_ONCE) as pool:
        saved = backup(folder)
        jobs = [pool.submit(some, saved, flips // AT_ONCE, seed) for seed in range(AT_ONCE)]
        found = [flip for job in jobs for flip in job.result()]
    harmless = sum(taken and not faults for taken, faults in found)
    what = "one bit of a backup flips, at a place of the draw, and a restore looks at the file"
    kept = f"changes taken, {harmless:,} flips that changed nothing"
    report("flips", what, [faults for _, faults in found], kept)


if __name__ == "__main__":
    main()
