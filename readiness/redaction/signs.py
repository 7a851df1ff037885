"""Which of the short words that rules ask for stand in a text, told for all of them in one pass.

A text is folded once and looked through once, whatever the number of rules; each rule then looks only where it can
find something.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
import numpy.typing as npt

_CODES = 1 << 16
"""Three bytes in a row are told apart by so many numbers, on which few of them fall together."""
_NEAR = b"\0\0"
"""Stands between texts that are looked through together, so that no sign reaches over from one to the next."""
ANY_DIGIT = "0-9"
"""Among the signs that are asked for as they are written: one of the ten."""
Hit = tuple[int, int]
SHORTEST_RUN = 14
_RUN = re.compile(f"[A-Za-z0-9_.+/=~:|$!@%-]{{{SHORTEST_RUN},}}+")
_DIGIT = re.compile("[0-9]")
_DIGITS = re.compile(r"[0-9](?<![0-9]{2})(?:[ ./()_\u00a0-]{0,3}[0-9]){6,}+")


@dataclass(frozen=True)
class Text:
    """A text to look through. In `lower` every letter stands where it stood; `stood` are the signs that it holds."""

    raw: str
    lower: str
    stood: frozenset[str]

    def long_runs(self, length: int) -> list[Hit]:
        """Where at least so many characters of tokens stand together, of `SHORTEST_RUN` or more."""
        return [run for run in self._runs if run[1] - run[0] >= length]

    @cached_property
    def _runs(self) -> list[Hit]:
        if max(map(len, self.raw.split()), default=0) < SHORTEST_RUN:  # much prose is soon looked through
            return []
        return [run.span() for run in _RUN.finditer(self.raw)]

    @cached_property
    def longest_run(self) -> int:
        return max((end - start for start, end in self._runs), default=0)

    @cached_property
    def digit_runs(self) -> list[str]:
        """Seven digits or more, with what may stand between those of one number."""
        return _DIGITS.findall(self.raw)

    @cached_property
    def longest_digits(self) -> int:
        return max(map(len, self.digit_runs), default=0)

    def places(self, signs: Iterable[str]) -> list[tuple[int, str]]:
        """Where signs stand, in their order."""
        return sorted((at, sign) for sign in signs if sign in self.stood for at in _places(self.lower, sign))


def _places(lower: str, sign: str) -> Iterator[int]:
    at = lower.find(sign)
    while at >= 0:
        yield at
        at = lower.find(sign, at + len(sign))


def folded(text: str) -> str:
    """A text in which every letter that a pattern takes for one of a to z, whatever its case, is that letter."""
    return text.lower() if text.isascii() else text.casefold().replace("ı", "i").replace("\u0307", "")


def _lower(text: str) -> str:
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(letter.lower()[:1] for letter in text)


def _codes(text: bytes) -> npt.NDArray[np.uint16]:
    letters = np.frombuffer(text, dtype=np.uint8).astype(np.uint16)
    ten, five = np.uint16(10), np.uint16(5)
    return letters[:-2] << ten ^ letters[1:-1] << five ^ letters[2:]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class Signs:
    """Signs of rules, as they are written or, of `any_case`, as `folded` gives them.

    A sign is searched for only where its first three bytes stand, for which any number of texts is looked through at
    once.
    """

    def __init__(self, exact: Iterable[str], any_case: Iterable[str]) -> None:
        anyhow = frozenset(any_case)
        as_written = frozenset(exact) - anyhow
        signs = [(sign, folded(sign), False) for sign in sorted(as_written - {ANY_DIGIT})]
        signs += [(sign, folded(sign), True) for sign in sorted(anyhow)]
        self._digits = ANY_DIGIT in as_written
        self._short = [sign for sign in signs if len(_bytes(sign[1])) <= 2]
        self._long: dict[int, list[tuple[bytes, str, bool]]] = defaultdict(list)
        for sign, shape, in_any_case in signs:
            if len(_bytes(shape)) > 2:
                self._long[int(_codes(_bytes(shape))[0])].append((_bytes(shape), sign, in_any_case))
        self._begins = np.zeros(_CODES, dtype=np.bool_)
        self._begins[list(self._long)] = True

    def read(self, raw: str) -> Text:
        return self.read_all([raw])[0]

    def read_all(self, raws: Sequence[str]) -> list[Text]:
        """What stands in each of the texts."""
        folds = [folded(raw) for raw in raws]
        stood = [self._short_of(raw, fold) for raw, fold in zip(raws, folds, strict=True)]
        for at, sign, in_any_case in self._found(folds):
            if in_any_case or sign in raws[at]:
                stood[at].add(sign)
        return [
            Text(raw, fold if raw.isascii() else _lower(raw), frozenset(signs))
            for raw, fold, signs in zip(raws, folds, stood, strict=True)
        ]

    def _short_of(self, raw: str, fold: str) -> set[str]:
        stood = {sign for sign, shape, in_any_case in self._short if shape in fold and (in_any_case or sign in raw)}
        return stood | {ANY_DIGIT} if self._digits and _DIGIT.search(raw) else stood

    def _found(self, folds: Sequence[str]) -> Iterator[tuple[int, str, bool]]:
        """The longer signs with the number of the text that each stands in, of which some stand twice."""
        parts = [_bytes(fold) for fold in folds]
        joined = _NEAR.join(parts)
        at, ends = 0, list(accumulate(len(part) + len(_NEAR) for part in parts))
        codes = _codes(joined)
        places = np.flatnonzero(self._begins[codes])
        for place, code in zip(places.tolist(), codes[places].tolist(), strict=True):
            while place >= ends[at]:
                at += 1
            for shape, sign, in_any_case in self._long[code]:
                if joined.startswith(shape, place):
                    yield at, sign, in_any_case
