"""Notes and their replies."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, String, Text
from sqlmodel import Field

from readiness.model.notes import Note, NoteKind, NoteReply, SubjectKind

from .base import NEVER_REUSED, StoreTable, Utc, json_column


class NoteRow(StoreTable, Note, table=True):
    """What was said or asked; it is closed or withdrawn, never deleted while its system is there."""

    __tablename__ = "note"
    __table_args__ = NEVER_REUSED
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id", index=True)
    row_version: int = 1
    kind: NoteKind = Field(sa_type=String)
    about: SubjectKind = Field(sa_type=String)
    text: str = Field(sa_type=Text)
    mentions: list[str] = json_column()
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    closed_by: str = ""
    closed_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    withdrawn_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))


class NoteReplyRow(StoreTable, NoteReply, table=True):
    __tablename__ = "note_reply"
    __table_args__ = NEVER_REUSED
    id: int = Field(default=None, primary_key=True)
    note_id: int = Field(foreign_key="note.id", index=True)
    row_version: int = 1
    text: str = Field(default="", sa_type=Text)
    references: list[str] = json_column()
    mentions: list[str] = json_column()
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    withdrawn_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
