"""Requests end to end, what was drawn from very many of them, and what of their texts may leave."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import StringConstraints
from sqlmodel import Field

from readiness.language import marked

from .record import ANY, Line, Record, Text

SpanKind = Literal["request", "retrieval", "rerank", "tool", "model", "output", "other"]
SpanStatus = Literal["ok", "error", "unset"]
SpanField = Literal["input", "output", "error"]
TracePath = Literal["good", "bad", "escalation"]
TracePiece = Literal["request", "retrieval", "tool", "output", "timing"]
"""What it takes to explain an answer afterwards."""

PATHS: tuple[TracePath, ...] = (marked("good"), marked("bad"), marked("escalation"))
PIECES: tuple[TracePiece, ...] = (
    marked("request"),
    marked("retrieval"),
    marked("tool"),
    marked("output"),
    marked("timing"),
)
KINDS: tuple[SpanKind, ...] = (
    marked("request"),
    marked("retrieval"),
    marked("rerank"),
    marked("tool"),
    marked("model"),
    marked("output"),
    marked("other"),
)
STATUSES: tuple[SpanStatus, ...] = (marked("ok"), marked("error"), marked("unset"))
UNREDACTED_DAYS = 30
"""How long a text may be kept as it was before redaction."""


class Span(Record):
    span_id: Line
    parent_id: Line = ""
    kind: SpanKind = "other"
    name: Text = ""
    start_ns: int
    end_ns: int | None = None
    status: SpanStatus = "unset"
    error: Text = ""
    input: str = ""
    output: str = ""
    attributes: dict[str, Any] = Field(default_factory=dict)


class KeptReason(Record):
    """Why a trace was kept out of many: what it shows of its workflow.

    It lasted `duration_ns`; `count` of the `total` traces of the workflow did or were the same; `path` is the label
    that the file states.
    """

    kind: Literal["labelled", "slowest", "failed", "escalated", "typical", "stated"]
    workflow: Line = ""
    duration_ns: int = 0
    count: int = 0
    total: int = 0
    path: TracePath | None = None


class Trace(Record):
    """One request end to end; `path` and `note` are a person's label and lesson, never inferred.

    `kept_for` says why it was kept out of many; empty where its file was kept whole.
    """

    trace_id: Line
    version: Line = ""
    workflow: Line = ""
    cohort: Line = ""
    path: TracePath | None = None
    note: Text = ""
    spans: list[Span] = Field(default_factory=list)
    flags: list[Line] = Field(default_factory=list)
    redacted: dict[str, int] = Field(default_factory=dict)
    kept_for: list[KeptReason] = Field(default_factory=list)


class NamedTrace(NamedTuple):
    """A trace that is stored of a system, without its spans."""

    system: str
    id: int
    trace_id: str
    workflow: str
    note: str


class StageFigure(Record):
    """Self time of one stage over all traces of a file, in ms; `n` traces have it, `share` is of all self time.

    `workflow` is `"*"` for all of them together.
    """

    version: Line = ""
    workflow: Line = ANY
    kind: SpanKind
    n: int = Field(ge=0)
    p50: float
    p95: float
    p99: float
    share: float
    errors: int = Field(default=0, ge=0)
    retries: int = Field(default=0, ge=0)


class TraceCount(Record):
    """How many traces of a version a file holds, and in how many of them each piece is lost."""

    version: Line = ""
    traces: int = Field(ge=0)
    no_request: int = Field(default=0, ge=0)
    no_retrieval: int = Field(default=0, ge=0)
    no_tool: int = Field(default=0, ge=0)
    no_output: int = Field(default=0, ge=0)
    no_timing: int = Field(default=0, ge=0)


class UnredactedText(Record):
    """What redaction changed in one span, as it was before: kept apart from its trace until the day it expires."""

    trace_id: Line
    span_id: Line
    error: str = ""
    input: str = ""
    output: str = ""
    attributes: dict[str, str] = Field(default_factory=dict)
    expires_on: dt.date


class Excerpt(Record):
    """One text of a span that somebody released: packs for security reviewers show it as long as it is the same text.

    `digest` is the SHA-256 of the text as it is stored, which is after redaction.
    """

    trace_id: Line
    span_id: Line
    field: SpanField
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @classmethod
    def of(cls, trace_id: str, span: Span, field: SpanField) -> Excerpt:
        digest = hashlib.sha256(getattr(span, field).encode()).hexdigest()
        return cls(trace_id=trace_id, span_id=span.span_id, field=field, digest=digest)
