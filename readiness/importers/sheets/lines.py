"""What both forms of a sheet come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SheetLine:
    """One row of any sheet as texts, and where it stands: `row 5`, `sheet Gaps, row 5`."""

    place: str
    texts: Sequence[str]
