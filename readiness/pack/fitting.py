"""How large a text may be to fit into a box of a slide: measured, since whoever opens it lays it out anew."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from PIL import ImageFont

from readiness import paths

_LINE = 1.22
"""Of a line, in sizes of its font."""


def fitted(text: str, width: float, height: float, sizes: Sequence[float], *, bold: bool) -> tuple[float, str]:
    """The largest size at which a text fits into a box, and the text, cut where it fits at none."""
    for size in sizes:
        if lines(text, width, size, bold=bold) * size * _LINE <= max(height, size * _LINE):
            return size, text
    smallest, words = sizes[-1], text.split(" ")
    while words and lines(f"{' '.join(words)} …", width, smallest, bold=bold) * smallest * _LINE > height:
        words.pop()
    return smallest, f"{' '.join(words)} …" if words else f"{text[: int(width / smallest)]}…"


def lines(text: str, width: float, size: float, *, bold: bool) -> int:
    """How many lines a text takes, a long word as many as it needs."""
    count, used = 1, 0.0
    for word in text.split(" "):
        length = _length(word, bold=bold) * size
        if used and used + length > width:
            count, used = count + 1, 0.0
        count += int(length // width)
        used += length % width + _length(" ", bold=bold) * size
    return count


def _length(text: str, *, bold: bool) -> float:
    """In sizes of the font; a letter of East Asia is as wide as it is high."""
    narrow = "".join(letter for letter in text if ord(letter) < 0x2E80)
    return float(_font(bold=bold).getlength(narrow)) / 100 + len(text) - len(narrow)


@cache
def _font(*, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(paths.FONTS / f"NotoSans-{'Bold' if bold else 'Regular'}.ttf"), 100)
