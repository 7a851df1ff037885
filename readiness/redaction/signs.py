"""Which of the short words that rules ask for stand in a text, told for all of them in one pass.

A text is folded once and looked through once, whatever the number of rules; each rule then looks only where it can
find something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

_CODES = 1 << 13
"""Of three bytes in a row the lower five bits count, in which small and capital letters are alike."""


Hit = tuple[int, int]
SHORTEST_RUN = 14
_RUN = re.compile(f"[A-Za-z0-9_.+/=~:|$!@%-]{{{SHORTEST_RUN},}}+")
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


def _codes(text: str) -> npt.NDArray[np.intp]:
    letters = np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8).astype(np.intp) & 31
    return letters[:-2] << 8 ^ letters[1:-1] << 4 ^ letters[2:]


class Signs:
    """Signs of rules, as they are written or, of `any_case`, as `folded` gives them.

    A sign is searched for only where its first three bytes and its last three stand somewhere in the text: most texts
    have that of few signs.
    """

    def __init__(self, exact: Iterable[str], any_case: Iterable[str]) -> None:
        anyhow = frozenset(any_case)
        signs = [(sign, sign, False) for sign in sorted(set(exact) - anyhow)]
        signs += [(sign, folded(sign), True) for sign in sorted(anyhow)]
        self._long = [sign for sign in signs if len(sign[1].encode()) > 2]
        self._short = [sign for sign in signs if len(sign[1].encode()) <= 2]
        self._first = np.array([_codes(shape)[0] for _, shape, _ in self._long])
        self._last = np.array([_codes(shape)[-1] for _, shape, _ in self._long])

    def read(self, raw: str) -> Text:
        fold = folded(raw)
        present = np.zeros(_CODES, dtype=np.bool_)
        present[_codes(fold)] = True
        maybe = np.flatnonzero(present[self._first] & present[self._last]).tolist()
        candidates = [*self._short, *(self._long[index] for index in maybe)]
        stood = frozenset(sign for sign, shape, any_case in candidates if shape in (fold if any_case else raw))
        return Text(raw, fold if raw.isascii() else _lower(raw), stood)
