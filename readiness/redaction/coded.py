"""Texts within texts: what a text says once its escapes, its base64 or its letters of full width are read.

Every reading knows where in the text each of its characters stands, so that what is found in it can be replaced there.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .shapes import Hit, long_runs

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}+={0,2}")
_URL = re.compile(r"(?:%[0-9A-Fa-f]{2})++")
_ESCAPE = re.compile(r"(?<!\\)\\++(?:u[0-9A-Fa-f]{4}(?:\\++u[0-9A-Fa-f]{4})*+|x[0-9A-Fa-f]{2}|[\"'/nrtbf])")
_ENTITY = re.compile(r"&(?:#(?:[0-9]{1,6}|x[0-9A-Fa-f]{1,5})|amp|lt|gt|quot|apos|commat|period|nbsp);")
_PLAIN_OR_NOT = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": " ", "f": " "}
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "commat": "@", "period": ".", "nbsp": " "}
_WIDE = re.compile(
    "[\u00a0\u2000-\u200f\u2010-\u2015\u2024\u202f\u205f\u2060\u2212\u3000\ufe00-\ufeff\uff01-\uff5e\U0001d400-\U0001d7ff]"
)
_LAYERS = 2


@dataclass
class Reading:
    """A text as it is read, in pieces: from `read[i]` on it stands for what begins at `at[i]` of the text."""

    text: str = ""
    read: list[int] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    """How many characters of the text one of the reading takes; 0 where a piece can only go whole."""

    def place(self, hit: Hit) -> Hit:
        first, last = (bisect_right(self.read, end) - 1 for end in (hit[0], hit[1] - 1))
        start, end = self.at[first], self.ends[last]
        if self.steps[first]:
            start += int((hit[0] - self.read[first]) * self.steps[first])
        if self.steps[last]:
            end = min(end, self.at[last] + -int(-(hit[1] - self.read[last]) * self.steps[last] // 1))
        return start, max(end, start + 1)


def _reading(text: str, pattern: re.Pattern[str], read: Callable[[str], str | None]) -> Reading | None:
    """The text with what matches as it is read, or nothing if none of it can be."""
    reading = Reading()
    parts: list[str] = []
    length = done = 0

    def add(part: str, start: int, end: int, step: float) -> None:
        nonlocal length
        if part:
            parts.append(part)
            reading.read.append(length)
            reading.at.append(start)
            reading.ends.append(end)
            reading.steps.append(step)
            length += len(part)

    for match in pattern.finditer(text):
        told = read(match[0])
        if told is None:
            continue
        add(text[done : match.start()], done, match.start(), 1)
        if pattern is _BASE64:
            at = float(match.start())
            for piece in _PLAIN_OR_NOT.findall(told):
                end = at + len(piece.encode()) * 4 / 3
                add(piece, int(at), min(int(-(-end // 1)), match.end()), 4 / 3 if piece.isascii() else 0)
                at = end
        else:
            add(told, match.start(), match.end(), 0)
        done = match.end()
    if not done:
        return None
    add(text[done:], done, len(text), 1)
    reading.text = "".join(parts)
    return reading


def _from_url(run: str) -> str | None:
    try:
        return bytes.fromhex(run.replace("%", "")).decode("utf-8")
    except ValueError:
        return None


def _from_escape(run: str) -> str | None:
    letters = run.lstrip("\\")
    if letters[:1] == "u":
        units = b"".join(bytes.fromhex(unit)[::-1] for unit in re.findall("u([0-9A-Fa-f]{4})", run))
        return units.decode("utf-16-le", "replace")
    if letters[:1] == "x":
        return chr(int(letters[1:], 16))
    return _SIMPLE.get(letters, letters)


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


def readings(text: str, layers: int = _LAYERS) -> Iterator[tuple[str, Callable[[Hit], Hit]]]:
    """Each other way to read a text, with where a place in it stands in the text; and of each of these once more."""
    for sign, pattern, read in _WAYS:
        if (sign and sign not in text) or (pattern is _WIDE and text.isascii()):
            continue
        if pattern is _BASE64 and not any(long_runs(text, 24)):
            continue
        reading = _reading(text, pattern, read)
        if reading is None:
            continue
        yield reading.text, reading.place
        if layers > 1:
            for deeper, place in readings(reading.text, layers - 1):
                yield deeper, _through(reading.place, place)


def _through(outer: Callable[[Hit], Hit], inner: Callable[[Hit], Hit]) -> Callable[[Hit], Hit]:
    return lambda hit: outer(inner(hit))
