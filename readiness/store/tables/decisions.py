"""What was decided on assessments, never changed, and what became of the conditions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Column, String, Text
from sqlmodel import Field

from readiness.model.checklist import Level
from readiness.model.decisions import DecisionCondition, DecisionOutcome

from .base import StoreTable, Utc, json_column


class DecisionRow(StoreTable, table=True):
    """A decision without its conditions: a later one stands beside it."""

    __tablename__ = "decision"
    id: int = Field(default=None, primary_key=True)
    assessment_id: int = Field(foreign_key="assessment.id", index=True)
    outcome: DecisionOutcome = Field(sa_type=String)
    decided_on: dt.date
    people: list[str] = json_column()
    reasons: str = Field(sa_type=Text)
    dissent: list[dict[str, Any]] = json_column()
    risks: list[dict[str, Any]] = json_column()
    components: dict[str, str] = json_column()
    level: Level = Field(sa_type=String)
    parts: dict[str, str] = json_column()
    digest: str
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class DecisionConditionRow(StoreTable, DecisionCondition, table=True):
    """What has to be done for a decision to hold, and who said when that it is."""

    __tablename__ = "decision_condition"
    id: int = Field(default=None, primary_key=True)
    assessment_id: int = Field(foreign_key="assessment.id", index=True)
    decision_id: int = Field(foreign_key="decision.id", index=True)
    row_version: int = 1
    what: str = Field(sa_type=Text)
    met_on: dt.date | None = None
    met_by: str = ""
    note: str = Field(default="", sa_type=Text)
    met_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
