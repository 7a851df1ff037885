"""Names in a text, however they are spelled.

`acme-gmbh`, `AcmeGmbH`, `Acme%20GmbH`, one in full width and one with invisible characters in it are one name: both
sides are compared as letters and digits alone, without case, width, accents and whatever stands between.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

PLAIN_WORDS = frozenset((Path(__file__).parent / "plain_words.txt").read_text("utf-8").split())
"""Words of our own sentences, and others that many cohorts are called by and that name nobody."""
_ESCAPED = re.compile(
    r"(?:%(?:25)*[0-9A-Fa-f]{2})+|\\[uU][0-9A-Fa-f]{4}|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});"
)
_BYTE = re.compile(r"%(?:25)*([0-9A-Fa-f]{2})")
_HEX = re.compile(r"[0-9a-f]+")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by their category that show nothing."""
_SHORTEST, _SHORTEST_IDEOGRAPHS, _SHORTEST_NUMBER = 3, 2, 6
_LOOSE = 6
"""Letters from which on a name is found inside a longer word, too, at its beginning or its end."""
_LONG = 8
"""Letters from which on it is found anywhere, and with blanks wherever somebody put them."""


class TextPiece(NamedTuple):
    """A character that is meant, and the part of the text that stands for it."""

    char: str
    start: int
    end: int


@dataclass(frozen=True)
class NameSpelling:
    """How a name is looked for: folded, with the places where a word in it ends; `exact` where it is a plain word."""

    folded: str
    breaks: frozenset[int]
    exact: str = ""

    @classmethod
    def of(cls, name: str) -> NameSpelling | None:
        """None for what is too short or too common to be told from any other word."""
        reading = _Reading.of(name)
        folded, breaks = reading.folded, reading.breaks
        if folded.isdigit():
            return cls(folded, breaks, name.strip()) if len(folded) >= _SHORTEST_NUMBER else None
        if folded in PLAIN_WORDS or PLAIN_WORDS.issuperset(_words(folded, breaks)):
            capital = len(folded) > _SHORTEST and folded != name.strip()
            return cls(folded, breaks, name.strip()) if capital and not name.islower() else None
        shortest = _SHORTEST_IDEOGRAPHS if any(map(_unspaced, folded)) else _SHORTEST
        return cls(folded, breaks) if len(folded) >= shortest else None


@dataclass(frozen=True)
class _Reading:
    """A text as it is compared: its letters, each with the number of the piece that it comes from."""

    pieces: Sequence[TextPiece]
    folded: str
    sources: Sequence[int]

    @classmethod
    def of(cls, text: str, *, decode: bool = False) -> _Reading:
        pieces = [piece for piece in _pieces(text, decode=decode) if not _ignored(piece.char)]
        letters = [(letter, at) for at, piece in enumerate(pieces) for letter in _folded(piece.char)]
        return cls(pieces, "".join(letter for letter, _ in letters), [at for _, at in letters])

    @property
    def breaks(self) -> frozenset[int]:
        """The letters before which a word ends."""
        pairs = enumerate(pairwise(self.sources), 1)
        return frozenset(
            at for at, (left, right) in pairs if right - left > 1 or (right > left and _edge(self.pieces, left, right))
        )


class Found(NamedTuple):
    """A name in a text, by its number, and the part of the text that it takes up."""

    start: int
    end: int
    number: int


class Finder:
    """Finds many names at once, the leftmost first and of those the longest."""

    def __init__(self, names: Iterable[tuple[NameSpelling, int]]) -> None:
        self._by_start: dict[str, list[tuple[NameSpelling, int]]] = {}
        for spelling, number in names:
            self._by_start.setdefault(spelling.folded[:2], []).append((spelling, number))
        for alike in self._by_start.values():
            alike.sort(key=lambda name: -len(name[0].folded))

    def find(self, text: str) -> list[Found]:
        """The names in a text, as it stands and with escapes of addresses, JSON and HTML undone."""
        found = list(self._find(text, decode=False))
        if _ESCAPED.search(text):
            found += self._find(text, decode=True)
        kept: list[Found] = []
        for one in sorted(found, key=lambda one: (one.start, -one.end)):
            if not kept or one.start >= kept[-1].end:
                kept.append(one)
            elif one.end > kept[-1].end:
                kept[-1] = kept[-1]._replace(end=one.end)
        return kept

    def _find(self, text: str, *, decode: bool) -> Iterator[Found]:
        reading = _Reading.of(text, decode=decode)
        pieces, folded, at = reading.pieces, reading.folded, 0
        while at < len(folded) - 1:
            for spelling, number in self._by_start.get(folded[at : at + 2], ()):
                own = reading.sources[at : at + len(spelling.folded)]
                if folded.startswith(spelling.folded, at) and _meant(spelling, text, pieces, own):
                    end = pieces[own[-1] + 1].start if own[-1] + 1 < len(pieces) else len(text)
                    yield Found(pieces[own[0]].start, end, number)
                    at += len(spelling.folded) - 1
                    break
            at += 1


def fold(text: str) -> str:
    """The letters and digits of a text, without case, width and accents."""
    return _Reading.of(text).folded


def head(name: str, letters: int) -> str:
    """As much of a name as holds so many of its letters and digits."""
    reading = _Reading.of(name)
    return name[: reading.pieces[reading.sources[letters - 1]].end]


def words(name: str) -> list[str]:
    """The words of a name, folded: `acmeBank` and `acme-bank` have two."""
    reading = _Reading.of(name)
    return _words(reading.folded, reading.breaks)


def _words(folded: str, breaks: Iterable[int]) -> list[str]:
    edges = [0, *sorted(breaks), len(folded)]
    return [folded[start:end] for start, end in pairwise(edges)]


def _meant(spelling: NameSpelling, text: str, pieces: Sequence[TextPiece], own: Sequence[int]) -> bool:
    """Whether what reads like a name is one, and not letters of the words around it that happen to be the same."""
    first, last = own[0], own[-1]
    alone = not (_alnum(pieces, first - 1) or _alnum(pieces, last + 1))
    if spelling.exact:
        same = text[pieces[first].start : pieces[last].end] == spelling.exact
        return alone and same and (spelling.exact.isdigit() or not _opens(text, pieces[first].start))
    begins, ends = _edge(pieces, first - 1, first), _edge(pieces, last, last + 1)
    length = len(spelling.folded)
    blanks = {at for at in range(1, length) if any(char.isspace() for char, *_ in pieces[own[at - 1] + 1 : own[at]])}
    if length < _LONG and not blanks <= spelling.breaks:
        return False
    if _HEX.fullmatch(spelling.folded):  # it may be part of a digest
        return alone
    loose = length >= _LOOSE and not blanks and (begins or ends or length >= _LONG)
    return loose or (begins and ends)


def _opens(text: str, at: int) -> bool:
    """Whether a sentence begins here, where any word has a capital letter."""
    before = text[:at].rstrip(" \"'“„«([")
    return not before or before[-1] in ".!?:;\n–—•"


def _pieces(text: str, *, decode: bool) -> list[TextPiece]:
    if not decode:
        return [TextPiece(char, at, at + 1) for at, char in enumerate(text)]
    pieces, at = [], 0
    for match in _ESCAPED.finditer(text):
        pieces += [TextPiece(text[place], place, place + 1) for place in range(at, match.start())]
        pieces += _decoded(match)
        at = match.end()
    return pieces + [TextPiece(text[place], place, place + 1) for place in range(at, len(text))]


def _decoded(match: re.Match[str]) -> Iterator[TextPiece]:
    """The characters behind an escape, each with the bytes that stand for it."""
    if match[0].startswith("%"):
        decoder, start = codecs.getincrementaldecoder("utf-8")("ignore"), match.start()
        for byte in _BYTE.finditer(match[0]):
            end = match.start() + byte.end()
            if char := decoder.decode(bytes.fromhex(byte[1])):
                yield from (TextPiece(one, start, end) for one in char)
                start = end
        return
    code = match[0].removeprefix("\\u").removeprefix("\\U")
    shown = html.unescape(match[0]) if match[0].startswith("&") else chr(int(code, base=16))
    yield from (TextPiece(one, match.start(), match.end()) for one in shown)


@cache
def _folded(char: str) -> str:
    once = unicodedata.normalize("NFKD", char).casefold()
    return "".join(one for one in unicodedata.normalize("NFKD", once) if one.isalnum() and not _ignored(one))


@cache
def _ignored(char: str) -> bool:
    """Marks upon letters, and what is not seen."""
    return char in _FILLERS or unicodedata.category(char) in ("Mn", "Me", "Cf")


def _edge(pieces: Sequence[TextPiece], left: int, right: int) -> bool:
    """Whether a word ends between two neighbours: `acme-`, `acmeGmbH`, `ACMEGmbH`, `acme2`; scripts without blanks."""
    if not (_alnum(pieces, left) and _alnum(pieces, right)):
        return True
    before, after = (unicodedata.normalize("NFKC", pieces[at].char)[0] for at in (left, right))
    if before.isdigit() != after.isdigit() or _unspaced(before) or _unspaced(after):
        return True
    if before.islower() and after.isupper():
        return True
    follower = pieces[right + 1].char if right + 1 < len(pieces) else ""
    return before.isupper() and after.isupper() and follower.islower()


def _alnum(pieces: Sequence[TextPiece], at: int) -> bool:
    return 0 <= at < len(pieces) and pieces[at].char.isalnum()


def _unspaced(char: str) -> bool:
    """Letters of scripts without capitals, many of which set no blanks between words."""
    return unicodedata.category(char) == "Lo"
