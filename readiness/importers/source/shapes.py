"""Values of JSON as what they should be: where one is something else it holds nothing."""

from __future__ import annotations

from typing import Any


def members(value: object) -> dict[str, Any]:
    """The object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """The list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def whole(value: object) -> int | None:
    """A number of things, 0 or more; None for anything else."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None
