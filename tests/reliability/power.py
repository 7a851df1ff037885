"""The power goes while the store is written to: what had not been synchronised is on the disk in part, or not at all.

All that SQLite writes is noted in its order. A cut keeps what was synchronised before it, and of the rest each sector,
truncation and deletion by the draw, as a disk with a cache of its own may.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.reliability import stores
from tests.reliability.disk import Step, watched
from tests.reliability.table import report

SECTOR = 512
MERGED = 60
"""Pages after which the log is merged into the file, so that cuts fall into that too; SQLite waits for 1,000."""


def steps(folder: Path, writes: int, *, synchronous: str = "FULL") -> list[Step]:
    """What reaches the disk while a new store is opened four times, written to and closed."""
    with watched() as disk:
        for number in range(writes):
            if number % (writes // 4) == 0:
                store = stores.tuned(folder / "readiness.db", wal_autocheckpoint=MERGED, synchronous=synchronous)
            stores.write(store, number)
            disk.acknowledged()
            if number % (writes // 4) == writes // 4 - 1:
                store.close()
    return disk.steps


@dataclass
class Platter:
    """A file as it surely is on the disk, and what was done to it since its last synchronisation."""

    sure: bytearray | None = None
    since: list[Step] = field(default_factory=list)

    def synchronised(self) -> None:
        for step in self.since:
            self.sure = _done(self.sure, step, step.data)
        self.since = []

    def deleted(self) -> None:
        """Its folder was synchronised: a deletion stands, with all that was before it."""
        deletions = [number for number, step in enumerate(self.since) if step.kind == "delete"]
        if deletions:
            self.sure, self.since = None, self.since[deletions[-1] + 1 :]

    def after_a_cut(self, draw: random.Random) -> bytearray | None:
        """The file as it may be found: of what was not synchronised, what the draw keeps."""
        there = None if self.sure is None else bytearray(self.sure)
        share = draw.choice((0, 0.5, 0.95, 1))
        for step in self.since:
            if step.kind == "write":
                for start in range(0, len(step.data), SECTOR):
                    if draw.random() < share:
                        there = _done(there, step._replace(at=step.at + start), step.data[start : start + SECTOR])
            elif draw.random() < share:
                there = _done(there, step, b"")
        return there


def _done(there: bytearray | None, step: Step, data: bytes) -> bytearray | None:
    if step.kind == "delete":
        return None
    there = bytearray() if there is None else there
    if step.kind == "truncate":
        return there[: step.at]
    there.extend(bytes(max(0, step.at - len(there))))
    there[step.at : step.at + len(data)] = data
    return there


def cuts(taken: list[Step], count: int, draw: random.Random, folder: Path) -> Iterator[list[str]]:
    """For each cut at a place of the draw: what is wrong with the store that is found afterwards."""
    places = sorted(draw.randrange(len(taken)) for _ in range(count))
    platters: dict[str, Platter] = {}
    acknowledged = done = 0
    for place in places:
        for step in taken[done:place]:
            acknowledged += step.kind == "acknowledged"
            if step.kind != "acknowledged":
                _take(platters, step)
        done = place
        yield _found(platters, acknowledged, draw, folder)


def _take(platters: dict[str, Platter], step: Step) -> None:
    platter = platters.setdefault(step.file, Platter())
    if step.kind == "sync":
        platter.synchronised()
    else:
        platter.since.append(step)
    if step.folder:
        for other in platters.values():
            other.deleted()


def _found(platters: dict[str, Platter], acknowledged: int, draw: random.Random, folder: Path) -> list[str]:
    for path in folder.iterdir():
        path.unlink()
    for name, platter in platters.items():
        if (there := platter.after_a_cut(draw)) is not None:
            (folder / Path(name).name).write_bytes(there)
    return stores.lost(folder / "readiness.db", acknowledged)


def tried(count: int, writes: int, *, synchronous: str = "FULL") -> list[list[str]]:
    draw = random.Random(13)  # noqa: S311  # places and sectors
    with stores.folder() as written, stores.folder() as found:
        return list(cuts(steps(written, writes, synchronous=synchronous), count, draw, found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=1000)
    count = parser.parse_args().cuts
    what = "power cuts at any moment of a new store and 40 writes, what was not synchronised kept in part or not at all"
    report("power", what, tried(count, 40), "stores that lost an acknowledged write or did not open")


if __name__ == "__main__":
    main()
