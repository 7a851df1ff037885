"""Answers, and what becomes of those that are gaps: moves of the date, handovers, reminders, issues elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Column, String, Text, UniqueConstraint, text
from sqlmodel import Field

from readiness.model.assessment import Mark, MarkValue

from .base import COMPARABLE, StoreTable, Utc, json_column


class MarkRow(StoreTable, Mark, table=True):
    __tablename__ = "mark"
    __table_args__ = (UniqueConstraint("assessment_id", "signal"),)
    id: int = Field(default=None, primary_key=True)
    assessment_id: int = Field(foreign_key="assessment.id")
    row_version: int = 1
    mark: MarkValue | None = Field(default=None, sa_type=String)
    evidence: list[str] = json_column()
    writers: list[str] = Field(
        default_factory=list, sa_column=Column(COMPARABLE, nullable=False, server_default=text("'[]'"))
    )


class DueMoveRow(StoreTable, table=True):
    """One move of a gap's due date, kept for good."""

    __tablename__ = "due_change"
    id: int = Field(default=None, primary_key=True)
    mark_id: int = Field(foreign_key="mark.id", index=True)
    before: dt.date | None = None
    after: dt.date | None = None
    reason: str = ""
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class HandoverRow(StoreTable, table=True):
    """A gap that was offered to somebody; `accepted` is None until they, or whoever offered it, say so."""

    __tablename__ = "handover"
    id: int = Field(default=None, primary_key=True)
    mark_id: int = Field(foreign_key="mark.id", index=True)
    row_version: int = 1
    offered_to: str
    note: str = Field(default="", sa_type=Text)
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    answered_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    answered_by: str = ""
    accepted: bool | None = None


class ReminderRow(StoreTable, table=True):
    """That somebody is reminded of a gap: before it is sent without `sent_at`, so that nobody else sends the same.

    The signal tells the gap, which goes on under it in the next assessment; another date is another reminder.
    """

    __tablename__ = "reminder"
    system_id: int = Field(primary_key=True, foreign_key="system.id")
    signal: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    due: dt.date = Field(primary_key=True)
    stage: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    channel: str = Field(primary_key=True)
    claimed_at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    sent_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))


class IssueClaimRow(StoreTable, table=True):
    """That an issue is made for a gap in a tracker: without `answered_at` until the tracker said that it is there.

    `claimed_at` is empty where the tracker refused to make it; `row_version` counts how often it was begun.
    """

    __tablename__ = "issue_claim"
    system_id: int = Field(primary_key=True, foreign_key="system.id")
    signal: str = Field(primary_key=True)
    tracker: str = Field(primary_key=True)
    row_version: int
    claimed_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    answered_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))


class DraftRow(StoreTable, table=True):
    """What somebody has begun to answer, for them alone: no event tells of it, and nothing rests on it."""

    __tablename__ = "draft"
    person: str = Field(primary_key=True)
    assessment_id: int = Field(primary_key=True, foreign_key="assessment.id", sa_column_kwargs={"autoincrement": False})
    signal: str = Field(primary_key=True)
    body: dict[str, Any] = json_column()
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
