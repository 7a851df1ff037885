"""What was pulled so far, on disk: the answers one after the other, and from where to go on after a kill.

The part is cut back to what the last whole step had, so that a step that was killed is done again and stands once.
A folder is for one pull at a time; who has it holds its lock, which ends with the process.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from readiness.errors import Conflict, InputError
from readiness.language import tr

_PRIVATE = 0o700


@dataclass(frozen=True)
class SpoolState:
    """How far a pull came: bytes that count, records, pages, the next cursor, and whether it is at its end.

    `asked` tells what was asked from what another pull asks.
    """

    asked: str
    until: str
    size: int = 0
    records: int = 0
    pages: int = 0
    further: str = ""
    begun: str = ""
    whole: bool = False
    notes: list[str] = field(default_factory=list)


class Spool:
    """Of one pull in one folder; `key` tells it from others."""

    def __init__(self, folder: Path, key: str) -> None:
        self._part, self._state = folder / f"{key}.jsonl", folder / f"{key}.json"

    @property
    def path(self) -> Path:
        return self._part

    @property
    def digest(self) -> str:
        """SHA-256 in hex, as an import works it out."""
        with self._part.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def state(self, asked: str, until: dt.datetime) -> SpoolState:
        """Where to go on; a new one where nothing of this was begun, or what was kept of it cannot be read."""
        with suppress(OSError, ValueError, TypeError):
            state = SpoolState(**json.loads(self._state.read_text()))
            if (
                state.asked == asked
                and self._part.stat().st_size >= state.size
                and dt.datetime.fromisoformat(state.until).tzinfo
            ):
                os.truncate(self._part, state.size)
                return state
        self.clear()
        return SpoolState(asked, until.isoformat())

    def add(self, state: SpoolState, bodies: list[bytes], **changed: object) -> SpoolState:
        """Keep the answers of one step, and only then that they are there."""
        with open(self._part, "ab", opener=_private) as file:
            file.writelines(body.rstrip() + b"\n" for body in bodies)
            file.flush()
            os.fsync(file.fileno())
            after = replace(state, size=file.tell(), **changed)  # type: ignore[arg-type]
        beside = self._state.with_suffix(".new")
        beside.write_text(json.dumps(asdict(after)))
        beside.replace(self._state)
        return after

    def clear(self) -> None:
        for path in (self._state, self._part):
            path.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path, key: str) -> Iterator[Spool]:
    """The spool of a pull, for nobody else meanwhile. Raises Conflict where somebody has it, and InputError."""
    path = folder / f"{key}.lock"
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise PermissionError(1, "it belongs to somebody else")
        handle = _private(str(path), os.O_CREAT | os.O_RDWR)
    except OSError as exc:
        problem = tr("what is pulled cannot be kept ({why})", why=exc.strerror)
        raise InputError(problem, file=str(folder), expected=tr("a folder that may be written")) from exc
    try:
        if not _taken(handle, path):
            problem = tr("the same is being pulled right now; nothing was done")
            raise Conflict(problem, expected=tr("another try when that has ended"))
        try:
            yield Spool(folder, key)
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _taken(handle: int, path: Path) -> bool:
    """Whether the lock is ours, and still the one that others find there."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(handle).st_ino == path.stat().st_ino
    except OSError:
        return False


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)
