"""Rows that stand in a table a second time, where no column says which case each of them is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from readiness import english
from readiness.model.evidence import Doubt

Hashes: TypeAlias = npt.NDArray[np.uint64]
"""One for each row, over all of its cells."""
FEWEST = 20
"""Rows in a block that does not come again by chance."""
MOST_TIMES = 10
MOST_ROWS = 5_000_000
TELLING = 20
"""Rows tell cases apart if more than one in so many differ; of passes and failures most are the same anyway."""


def hashes(rows: Iterable[object]) -> Hashes:
    return np.fromiter((hash(row) & 0xFFFFFFFFFFFFFFFF for row in rows), dtype=np.uint64)


def whole(rows: Hashes, record: str) -> list[Doubt]:
    """A doubt where the table is the same block of rows several times over: its cases would count as often."""
    total = len(rows)
    for times in range(MOST_TIMES, 1, -1):
        size = total // times
        if total % times == 0 and size >= FEWEST and _varied(rows[:size]) and (rows[:-size] == rows[size:]).all():
            what, again = f"{record}s 1 to {size:,}", f"{record}s {size + 1:,} to {total:,}"
            return [Doubt(kind="repeated", what=again, stated=what, counted=f"{times} times")]
    return []


def _varied(block: Hashes) -> bool:
    """Whether the block is more than a few rows over and over, as of cases that all passed."""
    return not any((block[:-step] == block[step:]).all() for step in range(1, min(FEWEST, len(block))))


def note(rows: Hashes, record: str) -> str:
    """How many rows say the same as one before, where rows differ so much that this is no chance; else empty."""
    distinct, first, which = np.unique(rows, return_index=True, return_inverse=True)
    again = len(rows) - len(distinct)
    if not again or len(distinct) < max(FEWEST, len(rows) / TELLING):
        return ""
    at = int(np.argmax(first[which] != np.arange(len(rows))))
    return (
        f"{english.counted(again, record)} the same in every column as one before, the first {record} {at + 1:,} "
        f"(as {record} {int(first[which[at]]) + 1:,}); each counts as a case, since no column names the cases"
    )
