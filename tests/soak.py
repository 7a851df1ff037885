"""How much the tests try: `make soak` sets `READINESS_SOAK`, draws ten times as much, and leaves no case out.

This is the one home of that rule. What `make test` leaves out is not collected there, and `make soak` runs all of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
SOAKED = bool(os.environ.get("READINESS_SOAK"))
_FACTOR = 10 if SOAKED else 1


def scaled(number: int) -> int:
    """A number of examples, or the size of a file, as it is in every run of the tests; more in a soak."""
    return number * _FACTOR


def sampled(cases: Iterable[T], each: int) -> list[T]:
    """Each so many-th of many cases of one rule, from the first on and with the last; in a soak all of them."""
    every = list(cases)
    return every if SOAKED else [case for at, case in enumerate(every, 1) if at % each == 1 or at == len(every)]


def shared_out(cases: Sequence[T], number: int, among: int) -> list[T]:
    """The cases for the one of this number, when so many share them out in turns; in a soak each takes all.

    Where two things are crossed, most pairs show nothing new: each one of both is tried, but with a part of the other.
    """
    return list(cases) if SOAKED else list(cases[number % among :: among])
