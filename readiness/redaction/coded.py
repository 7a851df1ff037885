"""Texts within texts: what a text says once its escapes, its base64 or its letters of full width are read.

Every reading knows where in the text each of its characters stands, so that what is found in it can be replaced there.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from .signs import Hit, Text

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}+={0,2}")
_URL = re.compile(r"(?:%[0-9A-Fa-f]{2})++")
_ESCAPE = re.compile(r"(?<!\\)\\++(?:u[0-9A-Fa-f]{4}(?:\\++u[0-9A-Fa-f]{4})*+|x[0-9A-Fa-f]{2}|[\"'/nrtbf])")
_ENTITY = re.compile(r"&(?:#(?:[0-9]{1,6}|x[0-9A-Fa-f]{1,5})|amp|lt|gt|quot|apos|commat|period|nbsp);")
_PLAIN_OR_NOT = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": " ", "f": " "}
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "commat": "@", "period": ".", "nbsp": " "}
_WIDE = re.compile(
    "[\u00a0\u2000-\u200f\u2010-\u2015\u2024\u202f\u205f\u2060\u2212\u3000\ufe00-\ufeff\uff01-\uff5e\U0001d400-\U0001d7ff]"
    "(?:(?<![\u2010-\u2015\u2212])|(?<! .)|(?! )|(?<=[0-9] .))"  # a dash between words is no part of a number
)
_LAYERS = 2


@dataclass(frozen=True)
class Reading:
    """A text as it is read, in pieces: where one begins in the reading, where in the text it begins and ends.

    The last of a piece is how many characters of the text one of the reading takes; 0 where it can only go whole.
    """

    text: str
    pieces: list[tuple[int, int, int, float]]

    def place(self, hit: Hit) -> Hit:
        first, last = (
            self.pieces[bisect_right(self.pieces, end, key=itemgetter(0)) - 1] for end in (hit[0], hit[1] - 1)
        )
        start, end = first[1], last[2]
        if first[3]:
            start += int((hit[0] - first[0]) * first[3])
        if last[3]:
            end = min(end, last[1] + -int(-(hit[1] - last[0]) * last[3] // 1))
        return start, max(end, start + 1)


def _reading(text: str, pattern: re.Pattern[str], read: Callable[[str], str | None]) -> Reading | None:
    """The text with what matches as it is read, or nothing if none of it can be."""
    pieces: list[tuple[int, int, int, float]] = []
    parts: list[str] = []
    length = done = 0
    for match in pattern.finditer(text):
        told = read(match[0])
        if told is None:
            continue
        start, end = match.span()
        if done < start:
            parts.append(text[done:start])
            pieces.append((length, done, start, 1))
            length += start - done
        for part, begins, ends, step in (
            _of_base64(told, start, end) if pattern is _BASE64 else ((told, start, end, 0),)
        ):
            parts.append(part)
            pieces.append((length, begins, ends, step))
            length += len(part)
        done = end
    if not done:
        return None
    if done < len(text):
        parts.append(text[done:])
        pieces.append((length, done, len(text), 1))
    return Reading("".join(parts), pieces)


def _of_base64(told: str, start: int, end: int) -> Iterator[tuple[str, int, int, float]]:
    at = float(start)
    for piece in _PLAIN_OR_NOT.findall(told):
        after = at + len(piece.encode()) * 4 / 3
        yield piece, int(at), min(int(-(-after // 1)), end), 4 / 3 if piece.isascii() else 0
        at = after


def _from_url(run: str) -> str | None:
    try:
        return bytes.fromhex(run.replace("%", "")).decode("utf-8")
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _from_escape(run: str) -> str | None:
    letters = run.lstrip("\\")
    if letters[:1] == "u":
        units = b"".join(bytes.fromhex(unit)[::-1] for unit in re.findall("u([0-9A-Fa-f]{4})", run))
        return units.decode("utf-16-le", "replace")
    if letters[:1] == "x":
        return chr(int(letters[1:], 16))
    return _SIMPLE.get(letters, letters)


@lru_cache(maxsize=1024)
def _from_entity(run: str) -> str | None:
    name = run[1:-1]
    if name[0] != "#":
        return _NAMED[name]
    code = int(f"0{name[1:]}", 16) if name[1] in "xX" else int(name[1:])
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else None


def from_base64(run: str) -> str | None:
    """What base64 says if that is text: of letters, without control characters but those of lines."""
    body = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        told = base64.b64decode(
            body[: len(body) // 4 * 4 + (len(body) % 4 if len(body) % 4 > 1 else 0)] + "=" * (-len(body) % 4 % 3)
        )
        text = told.decode("utf-8")
    except ValueError:
        return None
    return text if all(letter.isprintable() or letter in "\n\r\t" for letter in text) else None


@lru_cache(maxsize=1024)
def _narrow(letters: str) -> str | None:
    if "\u2010" <= letters <= "\u2015" or letters == "\u2212":
        return "-"
    return "" if unicodedata.category(letters) == "Cf" else unicodedata.normalize("NFKC", letters)


_WAYS: tuple[tuple[str, re.Pattern[str], Callable[[str], str | None]], ...] = (
    ("\\", _ESCAPE, _from_escape),
    ("%", _URL, _from_url),
    ("", _BASE64, from_base64),
    ("&", _ENTITY, _from_entity),
    ("", _WIDE, _narrow),
)


Place = Callable[[Hit], Hit]


def readings(
    texts: Sequence[Text], look_at: Callable[[list[str]], list[Text]], layers: int = _LAYERS
) -> list[tuple[int, Text, Place]]:
    """Each other way to read one of the texts, and of each of these once more.

    Each has the number of its text, and says where a place in it stands in that text.
    """
    ways = [(number, reading) for number, text in enumerate(texts) for reading in _ways(text)]
    if not ways:
        return []
    as_read = look_at([reading.text for _, reading in ways])
    own: list[tuple[int, Text, Place]] = [
        (number, text, reading.place) for (number, reading), text in zip(ways, as_read, strict=True)
    ]
    if layers > 1:
        for at, text, place in readings(as_read, look_at, layers - 1):
            own.append((own[at][0], text, _through(own[at][2], place)))
    return own


def _ways(text: Text) -> Iterator[Reading]:
    for sign, pattern, read in _WAYS:
        if (sign and sign not in text.raw) or (pattern is _WIDE and text.raw.isascii()):
            continue
        if pattern is _BASE64 and text.longest_run < 24:
            continue
        reading = _reading(text.raw, pattern, read)
        if reading is not None:
            yield reading


def _through(outer: Place, inner: Place) -> Place:
    return lambda hit: outer(inner(hit))
