"""The file of the store vanishes, or another takes its place, while it is served: at each statement of a write."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import event

from readiness.errors import StoreError
from readiness.store import Store, backups, open_store, queries
from tests.reliability import stores
from tests.reliability.table import report

SENTENCES = (
    "the file of the store is gone; nothing was stored; expected the file that was opened, or a restored backup.",
    "the file of the store is another one than was opened; nothing was stored; expected a new start of the program.",
)
WAYS: dict[str, Callable[[Path, Path], object]] = {
    "vanished": lambda there, other: None,
    "an older copy": lambda there, other: there.write_bytes(other.read_bytes()),
    "an empty file": lambda there, other: there.touch(),
    "a letter": lambda there, other: there.write_text("This is a letter, not a database.\n" * 100, "utf-8"),
}


def tried(folder: Path, stride: int = 1) -> Iterator[list[str]]:
    """What was wrong for each way and each statement before which it happens; after the last the write is through."""
    path, other = folder / "readiness.db", folder / "older.db"
    with closing(open_store(stores.url(path))) as store:
        stores.put(store, "older.toml")
        backups.save(store, other)
        stores.put(store, "first.toml")
        for way, put_there in WAYS.items():
            for after in itertools.count(0, stride):
                name = f"{way}-{after}.toml"
                happened, faults = _once(store, name, put_there, other, after)
                yield faults
                if not happened:
                    break


def _once(
    store: Store, name: str, put_there: Callable[[Path, Path], object], other: Path, after: int
) -> tuple[bool, list[str]]:
    """Whether it happened before the write was through, and what was wrong with it."""
    path, aside = stores.path_of(store), other.with_name("aside.db")
    left, before = itertools.count(after, -1), stores.note(store)

    def tick(*_: object) -> None:
        if next(left) == 0:
            path.rename(aside)
            put_there(path, other)

    event.listen(store.engine, "before_cursor_execute", tick)
    try:
        said = _said(lambda: stores.put(store, name))
    finally:
        event.remove(store.engine, "before_cursor_execute", tick)
    if not aside.exists():
        return False, [] if said is None and stores.note(store) == name else [f"an undisturbed write: {said}"]
    foreign = path.read_bytes() if path.exists() else None
    told = [("a read", _said(lambda: queries.systems(store)))]
    told += [("a write", said)] if said is not None else []  # None: it was through, and what follows from it was not
    faults = [
        f"{what} said: {sentence}" for what, sentence in told if sentence not in [f"{path}: {one}" for one in SENTENCES]
    ]
    if foreign is not None and path.read_bytes() != foreign:
        faults.append("the other file was written to")
    aside.replace(path)
    if stores.note(store) != (before if said is not None else name):
        faults.append("a part was stored")
    return True, faults + stores.unsound(store)


def _said(work: Callable[[], object]) -> str | None:
    try:
        work()
    except StoreError as exc:
        return str(exc)
    return None


def main() -> None:
    with stores.folder() as folder:
        found = list(tried(folder))
    what = "the file of the store vanishes, or an older copy, an empty file or a letter is put there, at each statement"
    kept = "changes that were stored in part or in another file, or were not refused in our sentence"
    report("swapped", what, found, kept)


if __name__ == "__main__":
    main()
