"""Traces, what was counted over all of them, and the texts that may be seen or may leave."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Column, String, Text, UniqueConstraint, false, text
from sqlmodel import Field

from readiness.model.traces import (
    Excerpt,
    SpanField,
    SpanKind,
    StageFigure,
    Trace,
    TraceCount,
    TracePath,
    UnredactedText,
)

from .base import COMPARABLE, NEVER_REUSED, StoreTable, Utc, json_column


class TraceRow(StoreTable, Trace, table=True):
    __tablename__ = "trace"
    __table_args__ = (UniqueConstraint("evidence_id", "trace_id"), NEVER_REUSED)
    id: int = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="evidence.id")
    row_version: int = 1
    path: TracePath | None = Field(default=None, sa_type=String)
    note: str = Field(default="", sa_type=Text)
    spans: list[Any] = json_column()
    flags: list[Any] = json_column()
    redacted: dict[str, Any] = json_column()
    kept_for: list[Any] = Field(sa_column=Column(COMPARABLE, nullable=False, server_default=text("'[]'")))
    labelled: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class StageRow(StoreTable, StageFigure, table=True):
    """Drawn from every trace of a file, of which only some are kept."""

    __tablename__ = "stage_figure"
    id: int = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="evidence.id", index=True)
    kind: SpanKind = Field(sa_type=String)


class TraceCountRow(StoreTable, TraceCount, table=True):
    __tablename__ = "trace_count"
    id: int = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="evidence.id", index=True)


class UnredactedTextRow(StoreTable, UnredactedText, table=True):
    __tablename__ = "raw_text"
    __table_args__ = (UniqueConstraint("evidence_id", "trace_id", "span_id"),)
    id: int = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="evidence.id")
    expires_on: dt.date = Field(index=True)
    attributes: dict[str, str] = json_column()


class ExcerptRow(StoreTable, Excerpt, table=True):
    """A text that may leave, until somebody takes that back; the audit chain keeps both."""

    __tablename__ = "excerpt"
    __table_args__ = (UniqueConstraint("evidence_id", "trace_id", "span_id", "field"),)
    id: int = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="evidence.id", index=True)
    field: SpanField = Field(sa_type=String)
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class SpanBatchRow(StoreTable, table=True):
    """Spans as they were received, redacted and compressed, until the window of them that is evidence is closed.

    `evidence_id` is that window, of the day on which they came; None where they are not in it yet.
    """

    __tablename__ = "span_batch"
    __table_args__ = (NEVER_REUSED,)
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id", index=True)
    evidence_id: int | None = Field(default=None, foreign_key="evidence.id", index=True)
    day: dt.date
    spans: int
    sent_by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    body: bytes


class SpanTurnRow(StoreTable, table=True):
    """Until when nobody else makes evidence of the spans of a system."""

    __tablename__ = "span_turn"
    system_id: int = Field(primary_key=True, foreign_key="system.id")
    until: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
