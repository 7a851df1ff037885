"""A zip of which every byte counts."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.errors import InputError
from readiness.seal import archive
from readiness.seal.archive import Damaged
from tests.soak import scaled

from .conftest import MEMBERS

PACKED = archive.pack(MEMBERS)
GOLDEN = "b6df2211856e1503d2fa6ff4ab34a15ed103e77c0803cd7957179d88ae43b5f2"


def test_the_bytes_are_the_same_on_every_python_and_in_whatever_order_members_come() -> None:
    turned = dict(reversed(MEMBERS.items()))
    assert archive.pack(turned) == PACKED
    assert hashlib.sha256(PACKED).hexdigest() == GOLDEN


def test_any_reader_of_zips_takes_it() -> None:
    with zipfile.ZipFile(io.BytesIO(PACKED)) as file:
        assert file.testzip() is None
        assert {name: file.read(name) for name in file.namelist()} == MEMBERS
        assert {info.compress_type for info in file.infolist()} == {zipfile.ZIP_STORED}
        assert {info.external_attr >> 16 for info in file.infolist()} == {0o100644}


def test_what_was_packed_comes_back() -> None:
    assert archive.unpack(PACKED) == MEMBERS


def test_each_bit_of_it_that_turns_is_noticed() -> None:
    for at in range(len(PACKED) * 8):
        turned = bytearray(PACKED)
        turned[at // 8] ^= 1 << at % 8
        with pytest.raises(Damaged):
            archive.unpack(bytes(turned))


def by_hand(entries: list[tuple[str, bytes]], comment: bytes = b"", **facts: object) -> bytes:
    """As another tool writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, body in entries:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100644 << 16
            info.create_version, info.extract_version = 20, 10
            for fact, value in facts.items():
                setattr(info, fact, value)
            file.writestr(info, body)
        file.comment = comment
    return out.getvalue()


def commented() -> bytes:
    """A note on the first member, which stands in the directory alone."""
    out = io.BytesIO(PACKED)
    with zipfile.ZipFile(out, "a") as file:
        file.infolist()[0].comment = b"a note"
        file.comment = b""
    return out.getvalue()


ORDERED = sorted(MEMBERS.items())


def patched(signature: bytes, offset: int, value: bytes) -> bytes:
    """Other bytes at a place in the first record of a kind."""
    at = PACKED.index(signature) + offset
    return PACKED[:at] + value + PACKED[at + len(value) :]


DAMAGED: dict[str, tuple[Callable[[], bytes], str]] = {
    "out of order": (lambda: by_hand(ORDERED[::-1]), "the member snapshot.json stands out of order"),
    "twice": (lambda: by_hand([ORDERED[0], *ORDERED]), "the member pack.md stands twice"),
    "a comment": (lambda: by_hand(ORDERED, b"by another"), "its directory was changed"),
    "bytes behind": (lambda: PACKED + b"more", "4 bytes stand behind its end"),
    "bytes before": (lambda: b"#!/bin/sh\n" + PACKED, "the file does not begin with a member"),
    "cut": (lambda: PACKED[:-7], "the file breaks off"),
    "cut in a member": (lambda: PACKED[:40], "the member at byte 0 breaks off"),
    "nothing": (lambda: b"", "the file does not begin with a member"),
    "deflated": (lambda: by_hand(ORDERED, compress_type=8), "."),
    "a date": (
        lambda: by_hand(ORDERED, date_time=(2026, 11, 23, 12, 0, 0)),
        "the member pack.md or what is said of it",
    ),
    "a link": (lambda: by_hand(ORDERED, external_attr=0o120777 << 16), "its directory was changed"),
    "an extra field": (lambda: by_hand(ORDERED, extra=struct.pack("<2HL", 0x5455, 4, 1)), "."),
    "a comment on a member": (commented, "its directory was changed"),
    "a name in the directory": (lambda: patched(b"PK\1\2", 46, b"q"), "its directory was changed"),
    "a date in the directory": (lambda: patched(b"PK\1\2", 14, b"\x22"), "its directory was changed"),
    "a checksum": (lambda: patched(b"PK\3\4", 14, b"\0\0\0\0"), "the member pack.md or what is said of it"),
    "a size beyond the file": (lambda: patched(b"PK\3\4", 18, b"\xff" * 8), "breaks off or is not"),
    "a count": (lambda: patched(b"PK\5\6", 8, b"\xff\xff"), "its directory was changed"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("how", DAMAGED)
def test_whatever_else_a_zip_may_be_is_damaged(how: str) -> None:
    made, says = DAMAGED[how]
    with pytest.raises(Damaged, match=says):
        archive.unpack(made())


def test_another_tool_that_writes_the_same_bytes_is_taken() -> None:
    assert by_hand(ORDERED) == PACKED


@pytest.mark.parametrize("name", ["../a", "/a", "a/../b", "a\\b", "C:a", "a//b", "", "a b", "ä", ".a", "a/", "x" * 256])
def test_a_name_that_leads_astray_is_neither_written_nor_read(name: str) -> None:
    with pytest.raises(InputError, match="a member cannot be called"):
        archive.pack({name: b""})
    with pytest.raises(Damaged):
        archive.unpack(by_hand([(name, b"")]))


def test_more_than_a_pack_may_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 9)
    with pytest.raises(InputError, match="the pack has 10 bytes; expected at most 9"):
        archive.pack({"a": b"0123456789"})
    monkeypatch.setattr(archive, "MOST_MEMBERS", 2)
    with pytest.raises(InputError, match="the pack has 3 members; expected at most 2"):
        archive.pack(MEMBERS)
    with pytest.raises(Damaged, match="there are more than 2 members"):
        archive.unpack(PACKED)


@settings(max_examples=scaled(80))
@given(st.binary(max_size=400), st.integers(0, len(PACKED)), st.integers(0, 60))
def test_no_bytes_of_anybody_bring_the_reader_down(noise: bytes, at: int, cut: int) -> None:
    made = PACKED[:at] + noise + PACKED[at + cut :]
    if made != PACKED:
        with pytest.raises(Damaged):
            archive.unpack(made)
