"""Moving the due date of a gap: what is allowed, and what it takes. Pure."""

from __future__ import annotations

import datetime as dt

from readiness import formatting
from readiness.errors import InputError


def check_move(before: dt.date | None, after: dt.date | None, reason: str) -> None:
    """Raises InputError for a move that is not allowed: a date taken away, or a later one without a reason."""
    if before is not None and after is None:
        raise InputError("a due date cannot be taken away", place="due date", expected="another date")
    if before and after and after > before and not reason.strip():
        raise InputError(
            f"moving the due date from {formatting.day(before)} to {formatting.day(after)} has no reason",
            place="reason",
            expected="a sentence that says why it is later",
        )
