"""What went wrong with people, and what answers it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, String, Text
from sqlmodel import Field

from readiness.model.incidents import IncidentAnswer, IncidentAnswerKind, ReportedIncident

from .base import NEVER_REUSED, StoreTable, Utc, json_column


class IncidentRow(StoreTable, ReportedIncident, table=True):
    __tablename__ = "incident"
    __table_args__ = NEVER_REUSED
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id", index=True)
    row_version: int = 1
    what: str = Field(sa_type=Text)
    signals: list[str] = json_column()
    withdrawn: str = Field(default="", sa_type=Text)
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class IncidentAnswerRow(StoreTable, IncidentAnswer, table=True):
    __tablename__ = "incident_answer"
    __table_args__ = NEVER_REUSED
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id", index=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    kind: IncidentAnswerKind = Field(sa_type=String)
    note: str = Field(default="", sa_type=Text)
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
