"""The disk is full, or fails, at each of the writes and synchronisations in turn that a change needs.

The disk is that of `disk`: it answers SQLite as one does that has no room left, which no mount and no right is needed
for. As root of Linux the command fills a real one of two megabytes too.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from readiness.errors import StoreError
from readiness.store import Store, open_store
from tests.reliability import stores
from tests.reliability.disk import FAILED_SYNC, FAILED_WRITE, FULL, OK, watched
from tests.reliability.table import report

NO_ROOM = "the disk is full; nothing was stored; expected free space"
FAULTY = "the disk could not be read or written; expected free space and a disk without faults"
FAILURES = ((FULL, "write", NO_ROOM), (FAILED_WRITE, "write", FAULTY), (FAILED_SYNC, "sync", FAULTY))


def failing(failure: int, of: str, after: int) -> Callable[[str], int]:
    """A disk that does so many writes (or synchronisations) and then no more."""
    left = itertools.count(after, -1)
    return lambda kind: failure if kind == of and next(left) <= 0 else OK


def tried(folder: Path, stride: int = 1) -> Iterator[list[str]]:
    """What was wrong each time that the disk gave out at a later place; in the end the change comes through."""
    with watched() as disk, closing(open_store(stores.url(folder / "readiness.db"))) as store:
        stores.put(store, "first.toml")
        for failure, of, sentence in FAILURES:
            for after in itertools.count(0, stride):
                name, before = f"{failure}-{after}.toml", stores.note(store)
                disk.answer = failing(failure, of, after)
                said = _refusal(store, name)
                faults = [] if said is None else _wrong(store, said, sentence, before)
                disk.answer = failing(OK, "", 0)
                yield faults + stores.unsound(store) + _resumed(store, f"again-{name}")
                if said is None:
                    break


def _refusal(store: Store, name: str) -> str | None:
    """What was said instead of storing an import that needs several pages."""
    try:
        stores.put(store, name, "long " * 3000)
    except StoreError as exc:
        return str(exc)
    return None


def _wrong(store: Store, said: str, sentence: str, before: str) -> list[str]:
    faults = [] if said == f"{stores.path_of(store)}: {sentence}." else [f"it was said: {said}"]
    try:
        there = stores.note(store)
    except StoreError as exc:
        return [*faults, f"it could not be read meanwhile: {exc}"]
    return faults if there == before else [*faults, f"{there[:40]} was stored though it was refused"]


def _resumed(store: Store, name: str) -> list[str]:
    try:
        stores.put(store, name)
    except StoreError as exc:
        return [f"no write came through afterwards: {exc}"]
    return [] if stores.note(store) == name else ["a write afterwards is not there"]


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def on_a_small_disk(folder: Path, times: int) -> Iterator[list[str]]:
    """Fill what is left beside the store to the last byte, change it, make room, change it again."""
    filler = folder / "filler"
    with closing(open_store(stores.url(folder / "readiness.db"))) as store:
        stores.put(store, "first.toml")
        for number in range(times):
            before = stores.note(store)
            _fill(filler)
            said = _refusal(store, f"{number}.toml")
            faults = ["a full disk took it"] if said is None else _wrong(store, said, NO_ROOM, before)
            filler.unlink()
            yield faults + stores.unsound(store) + _resumed(store, f"again-{number}.toml")


def _fill(filler: Path) -> None:
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(512))


def main() -> None:
    with stores.folder() as folder:
        found = list(tried(folder))
    what = "from some write or synchronisation of a change on, each in turn, the disk is full or fails"
    if os.geteuid() == 0:
        with stores.folder() as folder, small_disk(folder):
            found += on_a_small_disk(folder, 20)
        what += "; 20 times a real disk of 2 MiB is filled"
    kept = "writes kept by half, reads that stopped, sentences that were wrong or writes that did not resume"
    report("full", what, found, kept)


if __name__ == "__main__":
    main()
