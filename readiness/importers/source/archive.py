"""Zip files that were handed in, read one member at a time (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).

Nothing is ever written to disk. The directory is checked whole before anything is read; a member is unpacked up to
the size that it states and not a byte further, whatever its data say. Method 93 (Zstandard) is read as well, which
the standard library can do from Python 3.14 on.
"""

from __future__ import annotations

import stat
import struct
import sys
import zipfile
import zlib
from typing import Any, BinaryIO, Protocol

from readiness import formatting
from readiness.errors import InputError
from readiness.language import tr

from .gateway import Source, parse_json, to_text
from .limits import (
    DIRECTORY_CAP,
    DOCUMENT_CAP,
    HEAD,
    LONGEST_NAME,
    MAX_FRAMES,
    MOST_MEMBERS,
    RATIO_CAP,
    RATIO_FREE,
    TOTAL_CAP,
    WINDOW_LOG,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_START, _END, _END_64, _LOCAL = b"PK\3\4", struct.Struct("<4s4H2LH"), b"PK\6\7", struct.Struct("<4s5H3L2H")
_LOCATOR = 20
_STORED, _DEFLATED, _ZSTD = 0, 8, 93
_ENCRYPTED = 0x1 | 0x40 | 0x2000


def is_archive(source: Source) -> bool:
    return source.head.startswith(_START)


def ends(source: Source) -> bytes:
    """The first and the last bytes, where an archive names members: enough to tell whose it is without reading it."""
    with source.path.open("rb") as file:
        file.seek(max(0, source.size - HEAD))
        return source.head + file.read(HEAD)


_NO_ZIP = (zipfile.BadZipFile, ValueError, OverflowError, struct.error, EOFError, NotImplementedError)
"""What the reader of zips raises, by where the damage is."""


class Archive:
    """The members of a zip by their names. Raises InputError for an archive that no honest tool writes."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._left = TOTAL_CAP
        self._members: dict[str, zipfile.ZipInfo] = {}
        with source.path.open("rb") as file:
            _check_end(file, source)
            try:
                members = zipfile.ZipFile(file).infolist()
            except _NO_ZIP as exc:
                raise _broken(source) from exc
            if len(members) > MOST_MEMBERS:
                raise _refused(
                    source,
                    tr("the archive has {number} members", number=formatting.whole(len(members))),
                    tr("at most {most}", most=formatting.whole(MOST_MEMBERS)),
                )
            for info in members:
                if refused := _problem(info, self._members):
                    raise _refused(source, *refused, _shown(info))
                _find(file, source, info)
                self._members[info.filename] = info

    def names(self) -> list[str]:
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """The whole member, checked against its size and checksum."""
        info = self._members[name]
        self._check_size(info)
        self._left -= info.file_size
        try:
            data = _unpack(_packed(self.source, info), info)
        except (zlib.error, zstd.ZstdError, EOFError) as exc:
            raise _damaged(self.source, info) from exc
        if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
            raise _damaged(self.source, info)
        return data

    def json(self, name: str, *, nan: bool = False) -> Any:
        """A member that is a JSON document, as strict as any other."""
        text = to_text(self.read(name), file=self.source.name, place=name)
        return parse_json(text, file=self.source.name, place=name, nan=nan)

    def _check_size(self, info: zipfile.ZipInfo) -> None:
        size, place = max(info.file_size, info.compress_size), _shown(info)
        if size > DOCUMENT_CAP:
            raise _refused(
                self.source,
                tr("the member unpacks to {size} bytes", size=formatting.whole(size)),
                tr("at most {most}", most=formatting.whole(DOCUMENT_CAP)),
                place,
            )
        if size > RATIO_FREE and size > RATIO_CAP * info.compress_size:
            raise _refused(
                self.source,
                tr(
                    "the member unpacks to {size} times its size",
                    size=formatting.whole(size // max(info.compress_size, 1)),
                ),
                tr("at most {most} times", most=RATIO_CAP),
                place,
            )
        if size > self._left:
            raise _refused(
                self.source,
                tr("the members unpack to too much together"),
                tr("at most {most} bytes", most=formatting.whole(TOTAL_CAP)),
                place,
            )


def _check_end(file: BinaryIO, source: Source) -> None:
    """The directory is no longer than an honest one: it is read whole, before its entries can be counted."""
    file.seek(max(0, source.size - _END.size - _LOCATOR))
    tail = file.read()
    end = tail[-_END.size :]
    if len(end) < _END.size or not end.startswith(b"PK\5\6") or not end.endswith(b"\0\0"):
        raise _broken(source)
    if tail.startswith(_END_64):
        raise _refused(
            source,
            tr("the archive is of the 64-bit kind"),
            tr("at most {most} members below 4 GiB", most=formatting.whole(MOST_MEMBERS)),
        )
    size, start = _END.unpack(end)[5:7]
    if size > DIRECTORY_CAP:
        raise _refused(
            source,
            tr("the archive's directory has {size} bytes", size=formatting.whole(size)),
            tr("at most {most}", most=formatting.whole(DIRECTORY_CAP)),
        )
    if start + size + _END.size != source.size:
        raise _broken(source)
    file.seek(0)


def _problem(info: zipfile.ZipInfo, earlier: dict[str, zipfile.ZipInfo]) -> tuple[str, str] | None:
    """Why an honest tool would not have written this entry, and what was expected; None if it could have."""
    if info.orig_filename in earlier or info.filename in earlier:
        return tr("the member stands twice in the archive"), tr("each name once")
    if refused := _name_problem(info.orig_filename):
        return refused
    plain = tr("plain files in the archive")
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return tr("the member is a link or a device"), plain
    if info.flag_bits & _ENCRYPTED:
        return tr("the member is encrypted"), tr("an archive without a password")
    if info.compress_type not in (_STORED, _DEFLATED, _ZSTD):
        return tr("the member is packed by method {method}", method=info.compress_type), plain
    return None


def _name_problem(name: str) -> tuple[str, str] | None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return tr("the member's name is empty, too long or not printable"), tr("plain files in the archive")
    if name.startswith("/") or "\\" in name or name[1:2] == ":" or ".." in name.split("/"):
        return tr("the member's name leads out of the archive"), tr("a relative name without ..")
    return None


def _find(file: BinaryIO, source: Source, info: zipfile.ZipInfo) -> None:
    """Goes to the member's bytes; the header before them must give the same name as the directory."""
    try:
        file.seek(min(info.header_offset, source.size))
        header = _LOCAL.unpack(file.read(_LOCAL.size))
        name = file.read(header[9]).decode("utf-8" if header[2] & 0x800 else "cp437")
    except (struct.error, ValueError, OSError) as exc:
        raise _damaged(source, info) from exc
    if header[0] != _START or name != info.orig_filename:
        raise _damaged(source, info)
    file.seek(header[10], 1)


def _packed(source: Source, info: zipfile.ZipInfo) -> bytes:
    with source.path.open("rb") as file:
        _find(file, source, info)
        return file.read(info.compress_size)


class _Unpacker(Protocol):
    """What zlib and zstd have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _unpack(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """At most one byte more than the member states; Zstandard data may come in several frames."""
    if info.compress_type == _STORED:
        return data
    limit, unpacked = info.file_size + 1, b""
    for _ in range(MAX_FRAMES if info.compress_type == _ZSTD else 1):
        if not data or len(unpacked) == limit:
            break
        unpacker = _unpacker(info.compress_type)
        unpacked += unpacker.decompress(data, limit - len(unpacked))
        if not unpacker.eof:
            break
        data = unpacker.unused_data
    return unpacked


def _unpacker(method: int) -> _Unpacker:
    if method == _DEFLATED:
        return zlib.decompressobj(-zlib.MAX_WBITS)
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: WINDOW_LOG})


def _shown(info: zipfile.ZipInfo) -> str:
    return repr(info.orig_filename[:80])[1:-1]


def _refused(source: Source, problem: str, expected: str, place: str = "") -> InputError:
    return InputError(problem, file=source.name, place=place, expected=expected)


def _broken(source: Source) -> InputError:
    return _refused(source, tr("the zip archive breaks off or is damaged"), tr("a whole archive"))


def _damaged(source: Source, info: zipfile.ZipInfo) -> InputError:
    return _refused(source, tr("the member is damaged"), tr("what the archive's directory says"), _shown(info))
