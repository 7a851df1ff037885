"""How much the tests try: `make soak` sets `READINESS_SOAK`, and what is drawn or built is ten times as much."""

from __future__ import annotations

import os

SOAKED = bool(os.environ.get("READINESS_SOAK"))
_FACTOR = 10 if SOAKED else 1


def scaled(number: int) -> int:
    """A number of examples, or the size of a file, as it is in every run of the tests; more in a soak."""
    return number * _FACTOR
