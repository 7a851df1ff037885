"""How large a text may be to fit into a box of a slide: measured, since whoever opens it lays it out anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from PIL import ImageFont

from readiness import paths

_MARKS = "/-_.&=?"
"""Behind which a long address breaks."""
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


def length(text: str, size: float, *, bold: bool) -> float:
    """How wide a text is on one line."""
    return _length(text, bold=bold) * size


def wrapped(text: str, room: float, size: float, *, bold: bool, most: int) -> list[str]:
    """A text as lines that are no wider than the room, a long word broken; what `most` lines do not hold is cut."""
    told, line = list[str](), ""
    for word in _broken(text, room, size, bold=bold):
        longer = f"{line} {word}" if line else word
        if line and length(longer, size, bold=bold) > room:
            told, line = [*told, line], word
        else:
            line = longer
        if len(told) == most:
            return [*told[:-1], _cut(told[-1], room, size, bold=bold)]
    return [*told, line] if line else told


def _broken(text: str, room: float, size: float, *, bold: bool) -> Iterator[str]:
    """Its words; one that is wider than the room in pieces, behind a mark such as a slash where it has one."""
    for word in text.split(" "):
        piece = ""
        for letter in word if length(word, size, bold=bold) > room else ():
            if piece and length(piece + letter, size, bold=bold) > room:
                end = max(piece.rfind(mark) for mark in _MARKS) + 1
                end = end if end > len(piece) // 2 else len(piece)
                yield piece[:end]
                piece = piece[end:]
            piece += letter
        yield piece or word


def _cut(line: str, room: float, size: float, *, bold: bool) -> str:
    while line and length(f"{line}…", size, bold=bold) > room:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _length(text: str, *, bold: bool) -> float:
    """In sizes of the font; a letter of East Asia is as wide as it is high."""
    narrow = "".join(letter for letter in text if ord(letter) < 0x2E80)
    return float(_font(bold=bold).getlength(narrow)) / 100 + len(text) - len(narrow)


@cache
def _font(*, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(paths.FONTS / f"NotoSans-{'Bold' if bold else 'Regular'}.ttf"), 100)
