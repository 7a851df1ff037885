"""What a pack said, as it is kept: read back whole, and refused where it is not what was kept."""

from __future__ import annotations

import zlib

import pytest

from readiness.model import packs


def test_what_is_kept_comes_back_as_it_was() -> None:
    said = {"a": ["é", 1, {"b": "\ud800"}]}
    assert packs.unpacked(packs.packed(said)) == said


def test_what_is_too_much_is_not_kept() -> None:
    assert packs.packed({"a": "x" * packs.MOST_BYTES}) == b""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"none", "cannot be read"),
        (zlib.compress(b"x" * (packs.MOST_BYTES + 10)), "larger than any that is kept"),
        (zlib.compress(b"{"), ""),
    ],
)
def test_what_was_not_kept_so_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        packs.unpacked(body)
