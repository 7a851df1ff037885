"""Zip archives: whole members of every method, and what no honest tool writes is refused with its place."""

from __future__ import annotations

import contextlib
import io
import random
import stat
import struct
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from readiness.errors import InputError
from readiness.importers import Source
from readiness.importers.source import archive
from readiness.importers.source.archive import Archive, is_archive
from readiness.importers.source.limits import MEBIBYTE

if sys.version_info >= (3, 14):
    import zipfile

    from compression import zstd
else:
    from backports import zstd
    from backports.zstd import zipfile

STORED, DEFLATED, ZSTD = 0, 8, 93
METHODS = [STORED, DEFLATED, ZSTD]
DAMAGED = "the zip archive breaks off or is damaged; expected a whole archive."
NOT_AS_STATED = "the member is damaged; expected what the archive's directory says."
NOISE = random.Random(1).randbytes(300_000)  # noqa: S311 - bytes that do not pack, the same in every run
TEXT = ("one line of text, and another\n" * 40).encode()


def zipped(*members: tuple[str, bytes], method: int = DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as opened:
        for name, data in members:
            opened.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return held.getvalue()


def opened(folder: Path, data: bytes) -> Archive:
    path = folder / "upload"
    path.write_bytes(data)
    return Archive(Source.open(path, "a.zip"))


def refusal(folder: Path, data: bytes, name: str = "a.json") -> str:
    with pytest.raises(InputError) as caught:
        opened(folder, data).read(name)
    return str(caught.value)


def patched(data: bytes, *changes: tuple[bytes, int, bytes]) -> bytes:
    """The bytes with a field changed in every record that begins with a signature: (signature, offset, value)."""
    changed = bytearray(data)
    for signature, offset, value in changes:
        at = data.find(signature)
        while at >= 0:
            changed[at + offset : at + offset + len(value)] = value
            at = data.find(signature, at + 1)
    return bytes(changed)


LOCAL, ENTRY, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("data", [b"", b"{}", TEXT, NOISE], ids=len)
def test_a_member_is_read_whole_whatever_packed_it(tmp_path: Path, method: int, data: bytes) -> None:
    archive_ = opened(tmp_path, zipped(("a.json", data), ("sub/ü.json", b"x"), method=method))
    assert archive_.names() == ["a.json", "sub/ü.json"]
    assert "a.json" in archive_
    assert "b.json" not in archive_
    assert archive_.read("a.json") == data
    assert archive_.read("sub/ü.json") == b"x"


def test_a_member_that_was_written_as_a_stream_is_read(tmp_path: Path) -> None:
    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    held = Stream()
    with zipfile.ZipFile(held, "w", ZSTD) as written:
        written.writestr("a.json", TEXT)
    assert opened(tmp_path, held.getvalue()).read("a.json") == TEXT


def one(packed: bytes, data: bytes, method: int = ZSTD, name: bytes = b"a.json") -> bytes:
    """An archive of one member written by hand, so that its data may be anything."""
    sizes = (zlib.crc32(data), len(packed), len(data))
    local = struct.pack("<4s5H3L2H", LOCAL, 20, 0, method, 0, 0, *sizes, len(name), 0) + name
    entry = struct.pack("<4s6H3L5H2L", ENTRY, 20, 20, 0, method, 0, 0, *sizes, len(name), 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<4s4H2LH", END, 0, 0, 1, 1, len(entry), len(local + packed), 0)
    return local + packed + entry + end


def test_zstandard_data_may_come_in_several_frames(tmp_path: Path) -> None:
    packed = zstd.compress(TEXT[:500]) + zstd.compress(TEXT[500:])
    assert opened(tmp_path, one(packed, TEXT)).read("a.json") == TEXT
    endless = zstd.compress(b"") * 100 + zstd.compress(TEXT)
    assert refusal(tmp_path, one(endless, TEXT)) == f"a.zip, a.json: {NOT_AS_STATED}"


def link(mode: int = stat.S_IFLNK) -> bytes:
    held = io.BytesIO()
    info = zipfile.ZipInfo("a.json")
    info.create_system, info.external_attr = 3, (mode | 0o777) << 16
    with zipfile.ZipFile(held, "w") as written:
        written.writestr(info, b"/etc/passwd")
    return held.getvalue()


def twice() -> bytes:
    return patched(zipped(("a.json", b"1"), ("b.json", b"2")), (b"b.json", 0, b"a.json"))


def named(name: str) -> bytes:
    """An archive whose member has a name that a writer would have mended."""
    blank = "x" * len(name.encode())
    return zipped((blank, b"1")).replace(blank.encode(), name.encode())


HUGE = struct.pack("<L", 65 * MEBIBYTE)
GOOD = zipped(("a.json", TEXT))

BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "twice": (twice, "a.zip, a.json: the member stands twice in the archive; expected each name once."),
    "parent": (
        lambda: named("../a.json"),
        "a.zip, ../a.json: the member's name leads out of the archive; expected a relative name without ...",
    ),
    "parent inside": (
        lambda: named("s/../../a.json"),
        "a.zip, s/../../a.json: the member's name leads out of the archive; expected a relative name without ...",
    ),
    "absolute": (
        lambda: named("/etc/a.json"),
        "a.zip, /etc/a.json: the member's name leads out of the archive; expected a relative name without ...",
    ),
    "drive": (
        lambda: named("C:a.json"),
        "a.zip, C:a.json: the member's name leads out of the archive; expected a relative name without ...",
    ),
    "backslash": (
        lambda: named("..\\a.json"),
        "a.zip, ..\\\\a.json: the member's name leads out of the archive; expected a relative name without ...",
    ),
    "NUL in the name": (
        lambda: named("a.json\0b"),
        "a.zip, a.json\\x00b: the member's name is empty, too long or not printable; "
        "expected plain files in the archive.",
    ),
    "long name": (
        lambda: named("x" * 300),
        f"a.zip, {'x' * 80}: the member's name is empty, too long or not printable; "
        "expected plain files in the archive.",
    ),
    "link": (link, "a.zip, a.json: the member is a link or a device; expected plain files in the archive."),
    "device": (
        lambda: link(mode=stat.S_IFBLK),
        "a.zip, a.json: the member is a link or a device; expected plain files in the archive.",
    ),
    "encrypted": (
        lambda: patched(GOOD, (LOCAL, 6, b"\1\0"), (ENTRY, 8, b"\1\0")),
        "a.zip, a.json: the member is encrypted; expected an archive without a password.",
    ),
    "other method": (
        lambda: zipped(("a.json", TEXT), method=zipfile.ZIP_BZIP2),
        "a.zip, a.json: the member is packed by method 12; expected plain files in the archive.",
    ),
    "too large": (
        lambda: patched(GOOD, (LOCAL, 22, HUGE), (ENTRY, 24, HUGE)),
        "a.zip, a.json: the member unpacks to 68,157,440 bytes; expected at most 67,108,864.",
    ),
    "ratio": (
        lambda: one(bytes(5000), bytes(5 * MEBIBYTE), DEFLATED),
        "a.zip, a.json: the member unpacks to 1,048 times its size; expected at most 200 times.",
    ),
    "states less than it holds": (
        lambda: patched(GOOD, (LOCAL, 22, b"\5\0\0\0"), (ENTRY, 24, b"\5\0\0\0")),
        f"a.zip, a.json: {NOT_AS_STATED}",
    ),
    "states more than it holds": (
        lambda: patched(GOOD, (LOCAL, 22, b"\xff\xff\0\0"), (ENTRY, 24, b"\xff\xff\0\0")),
        f"a.zip, a.json: {NOT_AS_STATED}",
    ),
    "another checksum": (lambda: patched(GOOD, (ENTRY, 16, b"abcd")), f"a.zip, a.json: {NOT_AS_STATED}"),
    "another name beside the data": (
        lambda: GOOD.replace(b"a.json", b"b.json", 1),
        f"a.zip, a.json: {NOT_AS_STATED}",
    ),
    "another place of the data": (
        lambda: patched(GOOD, (ENTRY, 42, b"\x03\0\0\0")),
        f"a.zip, a.json: {NOT_AS_STATED}",
    ),
    "not deflate": (lambda: one(b"\xff" * 50, TEXT, DEFLATED), f"a.zip, a.json: {NOT_AS_STATED}"),
    "not zstd": (lambda: one(b"\xff" * 50, TEXT), f"a.zip, a.json: {NOT_AS_STATED}"),
    "half a frame": (lambda: one(zstd.compress(TEXT)[:-9], TEXT), f"a.zip, a.json: {NOT_AS_STATED}"),
    "end only": (lambda: LOCAL, f"a.zip: {DAMAGED}"),
    "trailing bytes": (lambda: GOOD + b"\0", f"a.zip: {DAMAGED}"),
    "a directory elsewhere": (lambda: patched(GOOD, (END, 16, b"\xff\xff\0\0")), f"a.zip: {DAMAGED}"),
    "a directory too long": (
        lambda: patched(GOOD, (END, 12, struct.pack("<L", 9 * MEBIBYTE))),
        "a.zip: the archive's directory has 9,437,184 bytes; expected at most 8,388,608.",
    ),
    "64-bit": (
        lambda: GOOD[:-22] + b"PK\6\7" + bytes(16) + GOOD[-22:],
        "a.zip: the archive is of the 64-bit kind; expected at most 50,000 members below 4 GiB.",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_no_honest_tool_writes_is_refused_with_its_place(tmp_path: Path, kind: str) -> None:
    write, sentence = BAD[kind]
    assert refusal(tmp_path, write()) == sentence


@pytest.mark.parametrize("length", range(4, len(GOOD), 7))
def test_an_archive_that_breaks_off_is_refused(tmp_path: Path, length: int) -> None:
    assert refusal(tmp_path, GOOD[:length]) == f"a.zip: {DAMAGED}"


def test_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    data = [zipped(*((f"{n}.json", b"") for n in range(members))) for members in (3, 4)]
    assert opened(tmp_path, data[0]).read("0.json") == b""
    assert refusal(tmp_path, data[1]) == "a.zip: the archive has 4 members; expected at most 3."


def test_the_members_together_have_a_cap_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "TOTAL_CAP", 2 * len(TEXT))
    held = opened(tmp_path, zipped(*((f"{n}.json", TEXT) for n in range(3))))
    assert held.read("0.json") == held.read("1.json")
    with pytest.raises(InputError, match=r"^a\.zip, 2\.json: the members unpack to too much together; expected at mo"):
        held.read("2.json")


@pytest.mark.parametrize("method", [DEFLATED, ZSTD])
def test_a_member_that_states_a_small_size_is_never_unpacked_further(tmp_path: Path, method: int) -> None:
    bomb = zipped(("a.json", bytes(200 * MEBIBYTE)), method=method)
    small = patched(bomb, (LOCAL, 22, b"\0\1\0\0"), (ENTRY, 24, b"\0\1\0\0"))
    archive_ = opened(tmp_path, small)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="the member is damaged"):
            archive_.read("a.json")
        assert tracemalloc.get_traced_memory()[1] < 4 * MEBIBYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("seed", range(40))
def test_random_damage_is_refused_or_changes_nothing(tmp_path: Path, seed: int) -> None:
    source = random.Random(seed)  # noqa: S311 - damage that is the same in every run
    whole = zipped(("a.json", TEXT), ("b.json", b"{}"), method=ZSTD)
    for _ in range(25):
        data = bytearray(whole)
        for _ in range(source.randint(1, 4)):
            data[source.randrange(len(data))] ^= 1 << source.randrange(8)
        with contextlib.suppress(InputError):
            archive_ = opened(tmp_path, bytes(data))
            assert {archive_.read(name) for name in archive_.names()} <= {TEXT, b"{}"}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{"a": 1', "a.zip, a.json, column 8: the JSON breaks off or is malformed; expected one whole JSON"),
        (b'{"a": 1, "a": 2}', "a.zip, a.json: the key 'a' stands twice in one object; expected each key once."),
        (b'{"a": NaN}', "a.zip, a.json: NaN is not JSON; expected finite numbers, or null."),
        (b'{"a": "\xff"}', "a.zip, a.json, byte 7: the text is not UTF-8; expected UTF-8 text."),
        ('{"a": 1}'.encode("utf-16"), "a.zip, a.json, byte 0: the text is not UTF-8; expected UTF-8 text."),
        (b'{"a": "\0"}', "a.zip, a.json, character 7: there is a NUL character; expected text."),
    ],
    ids=["half", "key twice", "NaN", "Latin-1", "UTF-16", "NUL"],
)
def test_json_in_a_member_is_as_strict_as_any_other(tmp_path: Path, data: bytes, sentence: str) -> None:
    archive_ = opened(tmp_path, zipped(("a.json", data)))
    with pytest.raises(InputError) as caught:
        archive_.json("a.json")
    assert str(caught.value).startswith(sentence)


def test_an_archive_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    for data, expected in ((GOOD, True), (b"{}", False), (END + bytes(18), False)):
        path.write_bytes(data)
        assert is_archive(Source.open(path)) is expected
