"""Reviews of the weeks of a rollout, never changed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, String, Text
from sqlmodel import Field

from readiness.model.weeks import WeeklyReview, WeekOutcome, WeekState

from .base import StoreTable, Utc, json_column


class WeeklyReviewRow(StoreTable, WeeklyReview, table=True):
    __tablename__ = "weekly_review"
    id: int = Field(default=None, primary_key=True)
    assessment_id: int = Field(foreign_key="assessment.id", index=True)
    people: list[str] = json_column()
    outcome: WeekOutcome = Field(sa_type=String)
    minutes: str = Field(sa_type=Text)
    watched: dict[str, str] = json_column()
    state: WeekState = Field(sa_type=String)
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
