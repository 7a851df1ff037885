"""A restore is killed before each of its statements."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from readiness.store import backups, open_store, restore
from tests.reliability import stores
from tests.reliability.table import report

SAVED, LATER = "saved.toml", "later.toml"


def saved(store_at: Path, to: Path) -> None:
    """A backup of a store that is changed afterwards."""
    with closing(open_store(stores.url(store_at))) as store:
        stores.put(store, SAVED)
        backups.save(store, to)
        stores.put(store, LATER)


def tried(folder: Path, stride: int = 1) -> Iterator[tuple[str, list[str]]]:
    """The answer that is there after each kill, the last time without one, and what was wrong."""
    path, copy = folder / "readiness.db", folder / "saved.bak"
    saved(path, copy)
    for statement in itertools.count(1, stride):
        killed = stores.killed_before(lambda: restore.restore(copy, path, actor="dana"), statement)
        with closing(open_store(stores.url(path))) as store:
            note, faults = stores.note(store), stores.unsound(store)
            if note not in (SAVED, LATER) or (note == LATER and not killed):
                faults.append(f"the answer is {note}")
            if note == SAVED and not list(folder.glob("*.before-restore")):
                faults.append("the store before it was not kept")
            yield note, faults
            if note == SAVED:
                stores.put(store, LATER)
        for left in folder.glob("*.before-restore*"):
            left.unlink()
        if not killed:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    every = parser.parse_args().every
    with stores.folder() as folder:
        found = [faults for _, faults in tried(folder, every)]
    what = f"a restore is killed before {'each' if every == 1 else f'every {every}th'} of its statements"
    report("restores", what, found, "stores that are neither the old nor the new one")


if __name__ == "__main__":
    main()
