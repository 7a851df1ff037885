"""What somebody has begun to answer and not stored: theirs alone, and no part of the evidence."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import StringConstraints
from sqlmodel import Field

from .assessment import MarkValue
from .record import Line, Record, Slug, Text


class AnswerDraft(Record):
    """The fields of an answer to one question as they stand, whole or not."""

    signal: Slug
    mark: MarkValue | None = None
    note: Text = ""
    evidence: list[Annotated[str, StringConstraints(max_length=2_000)]] = Field(default_factory=list, max_length=50)
    holds_for: Text = ""
    owner: Line = ""
    due: dt.date | None = None
    action: Text = ""
    reason: Line = ""

    def __bool__(self) -> bool:
        return self != AnswerDraft(signal=self.signal)
