"""Systems, their assessments with every document, and where each system stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Column, String, Text, UniqueConstraint
from sqlmodel import Field

from readiness.model.assessment import Assessment, System
from readiness.model.sign_off import SignOff, SignOffDecision

from .base import COMPARABLE, StoreTable, Utc, json_column

_NOTHING_EXPECTED = '{"workflows": {}, "cohorts": {}}'


class SystemRow(StoreTable, System, table=True):
    __tablename__ = "system"
    id: int = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    row_version: int = 1
    archived_on: dt.date | None = None
    archived_by: str | None = None
    archived_reason: str | None = None


class AssessmentRow(StoreTable, Assessment, table=True):
    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("system_id", "candidate", "assessed_on"),)
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id", index=True)
    row_version: int = 1
    assessed_on: dt.date
    source_digest: str = ""
    author: str = ""
    expected: dict[str, Any] = Field(  # type: ignore[assignment]  # a row holds it as JSON
        sa_column=Column(COMPARABLE, nullable=False, server_default=_NOTHING_EXPECTED)
    )


class DocumentRow(StoreTable, table=True):
    """A policy, a monitoring plan or a system card, whole; every save is a numbered revision."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("assessment_id", "kind", "revision"),)
    id: int = Field(default=None, primary_key=True)
    assessment_id: int = Field(foreign_key="assessment.id")
    kind: str
    revision: int
    body: dict[str, Any] = json_column()
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class SignOffRow(StoreTable, SignOff, table=True):
    """A decision of an approver, never changed: a later one stands beside it."""

    __tablename__ = "sign_off"
    id: int = Field(default=None, primary_key=True)
    assessment_id: int = Field(foreign_key="assessment.id", index=True)
    decision: SignOffDecision = Field(sa_type=String)
    comment: str = Field(default="", sa_type=Text)
    parts: dict[str, str] = json_column()
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class StatusRow(StoreTable, table=True):
    """Where a system stands by its latest assessment, as the core last worked it out; no row is: not worked out yet."""

    __tablename__ = "standing"
    system_id: int = Field(primary_key=True, foreign_key="system.id")
    rules: str
    valid_from: dt.date
    valid_until: dt.date
    body: str = Field(sa_type=Text)
