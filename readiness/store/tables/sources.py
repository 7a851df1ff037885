"""Servers from which evidence is fetched, and how far each was read."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, String, Text, text
from sqlmodel import Field

from readiness.model.assessment import VersionRole
from readiness.model.sources import LiveSource, SourceHolds, SourceKind

from .base import NEVER_REUSED, StoreTable, Utc, json_column


class SourceRow(StoreTable, LiveSource, table=True):
    __tablename__ = "source"
    __table_args__ = NEVER_REUSED
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id", index=True)
    row_version: int = 1
    kind: SourceKind = Field(sa_type=String)
    holds: SourceHolds = Field(default="traces", sa_type=String)
    role: VersionRole | None = Field(default=None, sa_type=String)
    stage: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    mapping: dict[str, str] = json_column()
    made_by: str
    made_at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class SourcePullRow(StoreTable, table=True):
    """How far a source was read, and how the last pull ended; with `claimed_at` while one runs, up to `pulling_until`.

    Kept beside the source, since it changes with every pull and says nothing of the system.
    """

    __tablename__ = "source_pull"
    source_id: int = Field(primary_key=True, foreign_key="source.id", sa_column_kwargs={"autoincrement": False})
    read_until: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    pulled_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    tried_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    outcome: str = Field(default="", sa_type=Text)
    failed: bool = False
    claimed_by: str = ""
    claimed_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    pulling_until: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
