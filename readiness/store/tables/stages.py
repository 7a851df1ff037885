"""Steps through the stages of a rollout, never changed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, String, Text
from sqlmodel import Field

from readiness.model.stages import AdviceKind, StageAction, StageStep

from .base import StoreTable, Utc


class StageStepRow(StoreTable, StageStep, table=True):
    __tablename__ = "stage_step"
    id: int = Field(default=None, primary_key=True)
    assessment_id: int = Field(foreign_key="assessment.id", index=True)
    action: StageAction = Field(sa_type=String)
    advice: AdviceKind = Field(sa_type=String)
    note: str = Field(default="", sa_type=Text)
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
