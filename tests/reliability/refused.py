"""A store that may not be written to for a while: its file or folder is read-only, or another process holds it.

Rights do not hold for root, so that a process of root's tries as another user.
"""

from __future__ import annotations

import argparse
import os
import pickle
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

from pysqlite3 import dbapi2 as sqlite

from readiness.errors import StoreError
from readiness.store import Store, engine
from tests.reliability import stores
from tests.reliability.table import report

NOBODY = 65534
READ_ONLY = "the store is read-only; expected a file and a folder that may be written."
NOT_OPENED = "the store cannot be opened; expected a folder that exists and may be written."
LOCKED = "another process is writing to the store; expected it to finish within 5 seconds; try again."
STORED = "it is stored"
"""As a connection may that was made before the file was read-only."""
RIGHTS = {"the file": (0o400, 0o700), "the folder": (0o600, 0o500), "both": (0o400, 0o500)}
"""Of the files and of the folder."""


def read_only(folder: Path) -> list[list[str]]:
    """For each of what is made read-only, before a connection and under one: what was wrong."""
    path, (ours, its) = folder / "readiness.db", os.pipe()
    with closing(stores.tuned(path)) as store:  # with all that it imports, which the other user may not read
        stores.put(store, "first.toml")
        _wrong(store, "", "", "", ())

    def work() -> None:
        if os.geteuid() == 0:
            for there in (folder, path):
                os.chown(there, NOBODY, NOBODY)
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        with open(its, "wb") as told:  # noqa: PTH123  # a pipe
            pickle.dump(list(_read_only(path)), told)

    child = stores.in_a_process(work)
    os.close(its)
    with open(ours, "rb") as told:  # noqa: PTH123  # a pipe
        answer = told.read()
    assert not stores.was_killed(child)
    return list(pickle.loads(answer))  # noqa: S301  # what we wrote ourselves


def _read_only(path: Path) -> Iterator[list[str]]:
    with closing(stores.tuned(path)) as store:
        for what, (file, folder) in RIGHTS.items():
            for opened in (False, True):
                if not opened:
                    store.close()
                _rights(path, file, folder)
                said, read = _said(store, "refused.toml"), _read(store)
                _rights(path, 0o600, 0o700)
                yield _wrong(store, f"{what} read-only, opened {opened}", said, read, (READ_ONLY, NOT_OPENED))


def _rights(path: Path, file: int, folder: int) -> None:
    path.parent.chmod(0o700)
    for there in path.parent.glob(f"{path.name}*"):
        there.chmod(file)
    path.parent.chmod(folder)


def locked(path: Path, times: int, patience: float = engine.PATIENCE) -> Iterator[list[str]]:
    """Another process holds the store for longer than is waited for, in seconds, and lets go of it."""
    with patch.object(engine, "PATIENCE", patience), closing(stores.tuned(path)) as store:
        stores.put(store, "first.toml")
        for _ in range(times):
            holding, let_go = os.pipe(), os.pipe()

            def hold(holding: tuple[int, int] = holding, let_go: tuple[int, int] = let_go) -> None:
                with closing(sqlite.connect(str(path), isolation_level=None)) as other:
                    other.execute("BEGIN IMMEDIATE")
                    os.write(holding[1], b".")
                    os.read(let_go[0], 1)

            child = stores.in_a_process(hold)
            os.read(holding[0], 1)
            said, read = _said(store, "refused.toml"), _read(store)
            os.write(let_go[1], b".")
            assert not stores.was_killed(child)
            for end in (*holding, *let_go):
                os.close(end)
            yield _wrong(store, "locked", said, read, (LOCKED,))


def _said(store: Store, name: str) -> str:
    try:
        stores.put(store, name)
    except StoreError as exc:
        return str(exc)
    return STORED


def _read(store: Store) -> str:
    try:
        return stores.note(store)
    except StoreError as exc:
        return str(exc)


def _wrong(store: Store, how: str, said: str, read: str, sentences: tuple[str, ...]) -> list[str]:
    """What was wrong with a refusal, with what could be read meanwhile, and with the store afterwards."""
    allowed = [f"{stores.path_of(store)}: {sentence}" for sentence in sentences]
    there = stores.note(store)
    faults = [] if said in (*allowed, STORED) else [f"{how}: it was said: {said}"]
    if read not in (there, *allowed) or (there == "refused.toml") != (said == STORED):
        faults.append(f"{how}: it was read: {read}, and {there} afterwards")
    stores.put(store, "again.toml" if there != "again.toml" else "once more.toml")
    return faults + stores.unsound(store)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locks", type=int, default=10)
    locks = parser.parse_args().locks
    with stores.folder() as folder:
        found = read_only(folder)
    with stores.folder() as folder:
        found += locked(folder / "readiness.db", locks)
    what = "the file, the folder or both turn read-only before or under a connection; another process holds the store"
    kept = "changes that were stored, not refused in our sentence, or did not come through afterwards"
    report("refused", what, found, kept)


if __name__ == "__main__":
    main()
