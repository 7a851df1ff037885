"""A zip that can be written in one way only, and a reader that takes nothing else.

Members stand in the order of their names, stored as they are, with one time and one mode for all, no comment and no
extra field. Whoever packs the members again must get the very same bytes; so every byte of the file counts, those
that only describe members too. Nothing is unpacked and nothing is written to disk
(https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).
"""

from __future__ import annotations

import re
import struct
import zlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.limits import DOCUMENT_CAP, LONGEST_NAME, MOST_MEMBERS
from readiness.language import tr

MOST_BYTES = DOCUMENT_CAP
"""Of a pack: it is held in memory whole."""

_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
_START, _ENTRY, _CLOSE = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_NEEDED, _MADE_BY = 10, 3 << 8 | 20
"""Any reader will do; written as on Unix, so that the mode below counts."""
_MIDNIGHT, _FIRST_DAY = 0, 1 << 5 | 1
"""1 January 1980, the first day that a zip can tell."""
_PLAIN_FILE = 0o100644 << 16
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")


class Damaged(Exception):
    """The bytes are not those that were packed; says where."""


def pack(members: Mapping[str, bytes]) -> bytes:
    """The members as a zip. Raises InputError for a name that could lead astray, and for more than a pack may hold."""
    _check(members)
    return _packed(sorted(members.items()))


def unpack(data: bytes) -> dict[str, bytes]:
    """The members of a zip that `pack` wrote. Raises Damaged for any other bytes."""
    members = _walk(data)
    names = [name for name, _ in members]
    for name, following in pairwise(names):
        if name >= following:
            raise Damaged(
                tr("the member {name} stands twice", name=following)
                if names.count(following) > 1
                else tr("the member {name} stands out of order", name=following)
            )
    again = _packed(members)
    if again != data:
        raise Damaged(_difference(again, data, members))
    return dict(members)


def _check(members: Mapping[str, bytes]) -> None:
    for name in members:
        if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
            raise InputError(
                tr("a member cannot be called {name!r}", name=name[:80]),
                expected=tr("letters, digits, dots and dashes"),
            )
    if len(members) > MOST_MEMBERS:
        raise InputError(
            tr("the pack has {members} members", members=formatting.whole(len(members))),
            expected=tr("at most {most}", most=formatting.whole(MOST_MEMBERS)),
        )
    size = sum(map(len, members.values()))
    if size > MOST_BYTES:
        raise InputError(
            tr("the pack has {size} bytes", size=formatting.whole(size)),
            expected=tr("at most {most}", most=formatting.whole(MOST_BYTES)),
        )


def _packed(members: Sequence[tuple[str, bytes]]) -> bytes:
    body, directory = bytearray(), bytearray()
    for name, data in members:
        facts = (_MIDNIGHT, _FIRST_DAY, zlib.crc32(data), len(data), len(data), len(name), 0)
        directory += _CENTRAL.pack(_ENTRY, _MADE_BY, _NEEDED, 0, 0, *facts, 0, 0, 0, _PLAIN_FILE, len(body))
        directory += name.encode()
        body += _LOCAL.pack(_START, _NEEDED, 0, 0, *facts) + name.encode() + data
    end = _END.pack(_CLOSE, 0, 0, len(members), len(members), len(directory), len(body), 0)
    return bytes(body + directory + end)


def _walk(data: bytes) -> list[tuple[str, bytes]]:
    """The members from the first byte on, each behind the one before; their lengths are held against what is there."""
    members: list[tuple[str, bytes]] = []
    at = 0
    while data.startswith(_START, at):
        if len(members) == MOST_MEMBERS:
            raise Damaged(tr("there are more than {most} members", most=formatting.whole(MOST_MEMBERS)))
        if len(data) - at < _LOCAL.size:
            raise Damaged(tr("the file breaks off"))
        *_, size, length, extra = _LOCAL.unpack_from(data, at)
        begins = at + _LOCAL.size + length
        if extra or not 0 < length <= LONGEST_NAME or begins + size > len(data):
            raise Damaged(
                tr("the member at byte {byte} breaks off or is not what a pack holds", byte=formatting.whole(at))
            )
        name = data[at + _LOCAL.size : begins].decode("ascii", "replace")
        if not _NAME.fullmatch(name):
            raise Damaged(tr("the member at byte {byte} has a name that no pack uses", byte=formatting.whole(at)))
        members.append((name, data[begins : begins + size]))
        at = begins + size
    if not members:
        raise Damaged(tr("the file does not begin with a member"))
    return members


def _difference(again: bytes, data: bytes, members: Sequence[tuple[str, bytes]]) -> str:
    """What is wrong at the first byte that differs, in words."""
    if data.startswith(again):
        return tr("{more} bytes stand behind its end", more=formatting.whole(len(data) - len(again)))
    if again.startswith(data):
        return tr("the file breaks off")
    at = bisect_left(range(1, min(len(again), len(data)) + 1), True, key=lambda n: again[:n] != data[:n])
    begins = 0
    for name, body in members:
        begins += _LOCAL.size + len(name) + len(body)
        if at < begins:
            return tr(
                "the member {name} or what is said of it was changed, at byte {byte}",
                name=name,
                byte=formatting.whole(at),
            )
    return tr("its directory was changed, at byte {byte}", byte=formatting.whole(at))
