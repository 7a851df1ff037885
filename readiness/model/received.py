"""Spans that came in live, while they are no evidence for good yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SpanBatch:
    """What one request held of one system, redacted and compressed; `sent_by` is who sent it."""

    system: str
    spans: int
    sent_by: str
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class WaitingSpans:
    """The spans of one system and day that are kept: how many, and how many of them are no evidence yet.

    `first` and `last` are when those came that are none yet; `free_from` is when the next may make some of them.
    """

    system: str
    day: dt.date
    spans: int
    new: int
    first: dt.datetime | None
    last: dt.datetime | None
    free_from: dt.datetime | None


@dataclass(frozen=True)
class SpanWindow:
    """The batches of one system and day that become one file of evidence, in the order they came.

    `evidence_id` is the file that they are more of, and `name` what that is called; `closes` says that nothing comes
    after them.
    """

    system: str
    day: dt.date
    evidence_id: int | None
    name: str
    sent_by: str
    began: dt.datetime
    batches: tuple[int, ...]
    closes: bool
