"""A disk beneath SQLite that writes down what reaches it, and that can be full or fail, without a right to mount one.

It is a VFS of the library that the store itself uses: each open, write, sync, truncation and deletion of a database or
of its log passes through here on its way to the file.
"""

from __future__ import annotations

import ctypes as c
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from pysqlite3 import _sqlite3

OK, FULL, FAILED_WRITE, FAILED_SYNC = 0, 13, 10 | 3 << 8, 10 | 4 << 8
"""What SQLite calls these results."""

_NAME = b"watched"
_METHODS = [
    "xClose",
    "xRead",
    "xWrite",
    "xTruncate",
    "xSync",
    "xFileSize",
    "xLock",
    "xUnlock",
    "xCheckReservedLock",
    "xFileControl",
    "xSectorSize",
    "xDeviceCharacteristics",
    "xShmMap",
    "xShmLock",
    "xShmBarrier",
    "xShmUnmap",
    "xFetch",
    "xUnfetch",
]
_SYSTEM = [
    "pAppData",
    "xOpen",
    "xDelete",
    "xAccess",
    "xFullPathname",
    "xDlOpen",
    "xDlError",
    "xDlSym",
    "xDlClose",
    "xRandomness",
    "xSleep",
    "xCurrentTime",
    "xGetLastError",
    "xCurrentTimeInt64",
    "xSetSystemCall",
    "xGetSystemCall",
    "xNextSystemCall",
]

_OPEN = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_void_p, c.c_void_p, c.c_int, c.c_void_p)
_DELETE = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_char_p, c.c_int)
_WRITE = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_void_p, c.c_int, c.c_int64)
_TRUNCATE = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_int64)
_SYNC = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_int)


class _Methods(c.Structure):
    _fields_ = [("iVersion", c.c_int), *((name, c.c_void_p) for name in _METHODS)]


class _Vfs(c.Structure):
    _fields_ = [
        *((name, c.c_int) for name in ("iVersion", "szOsFile", "mxPathname")),
        ("pNext", c.c_void_p),
        ("zName", c.c_char_p),
        *((name, c.c_void_p) for name in _SYSTEM),
    ]


class Step(NamedTuple):
    """One thing that reached the disk; `acknowledged` is what a caller was told in between.

    `folder` says that the folder was synchronised with it, as SQLite does for a log that it made.
    """

    kind: Literal["write", "truncate", "sync", "delete", "acknowledged"]
    file: str = ""
    at: int = 0
    data: bytes = b""
    folder: bool = False


@dataclass
class Disk:
    """`answer` says what the disk does with the next write or sync: `OK`, or the failure that it gives instead."""

    steps: list[Step] = field(default_factory=list)
    answer: Callable[[str], int] = lambda _kind: OK
    _names: dict[int, str] = field(default_factory=dict)
    _made: set[int] = field(default_factory=set)

    def acknowledged(self) -> None:
        self.steps.append(Step("acknowledged"))


_CREATES, _LOGS = 0x4, 0x80000 | 0x800
"""Flags of an opening: the file may be made, and it is a log or a journal."""
_kept: list[Any] = []
"""Tables and functions that a connection may still call."""


@contextmanager
def watched() -> Iterator[Disk]:
    """Every database that this process opens meanwhile is on this disk."""
    library = c.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = c.POINTER(_Vfs)
    real = library.sqlite3_vfs_find(None)
    disk = Disk()
    vfs = _Vfs.from_buffer_copy(real.contents)
    vfs.zName = _NAME + str(len(_kept)).encode()
    open_file, delete = _OPEN(vfs.xOpen), _DELETE(vfs.xDelete)
    tables: dict[int, _Methods] = {}

    def opened(_vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        # The name stays the pointer that it is: SQLite keeps it, and reads more behind it.
        result = open_file(c.addressof(real.contents), name, file, flags, out)
        methods = c.c_void_p.from_address(file)
        if name is not None and methods.value:
            disk._names[file] = c.string_at(name).decode()
            disk._made.discard(file)
            if flags & _CREATES and flags & _LOGS:
                disk._made.add(file)
            if methods.value not in tables:
                tables[methods.value] = _table(disk, methods.value)
            methods.value = c.addressof(tables[methods.value])
        return int(result)

    def deleted(_vfs: int, name: bytes, directory: int) -> int:
        disk.steps.append(Step("delete", name.decode(), folder=bool(directory)))
        return int(delete(c.addressof(real.contents), name, directory))

    ours = (_OPEN(opened), _DELETE(deleted))
    vfs.xOpen, vfs.xDelete = (c.cast(function, c.c_void_p).value for function in ours)
    _kept.append((vfs, ours, tables))
    library.sqlite3_vfs_register(c.byref(vfs), 1)
    try:
        yield disk
    finally:
        library.sqlite3_vfs_register(real, 1)


def _table(disk: Disk, address: int) -> _Methods:
    """The methods of a file, with those that change it noted and perhaps refused."""
    table = _Methods.from_buffer_copy(_Methods.from_address(address))
    write, truncate, sync = _WRITE(table.xWrite), _TRUNCATE(table.xTruncate), _SYNC(table.xSync)

    def written(file: int, data: int, size: int, at: int) -> int:
        if (answer := disk.answer("write")) != OK:
            return answer
        disk.steps.append(Step("write", disk._names[file], at, c.string_at(data, size)))
        return int(write(file, data, size, at))

    def truncated(file: int, size: int) -> int:
        disk.steps.append(Step("truncate", disk._names[file], size))
        return int(truncate(file, size))

    def synced(file: int, flags: int) -> int:
        if (answer := disk.answer("sync")) != OK:
            return answer
        disk.steps.append(Step("sync", disk._names[file], folder=file in disk._made))
        disk._made.discard(file)
        return int(sync(file, flags))

    ours = (_WRITE(written), _TRUNCATE(truncated), _SYNC(synced))
    table.xWrite, table.xTruncate, table.xSync = (c.cast(function, c.c_void_p).value for function in ours)
    _kept.append(ours)
    return table
