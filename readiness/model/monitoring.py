"""The monitoring plan: what is watched, how often, and who answers for it."""

from __future__ import annotations

from sqlmodel import Field

from .record import Line, Record, Text


class Alert(Record):
    metric: Line
    condition: Line
    route: Line = ""


class Owners(Record):
    incident_response: Line = ""
    release_review: Line = ""
    weekly_decisions: Line = ""


class MonitoringPlan(Record):
    review_cadence: Line = ""
    escalation_owner: Line = ""
    watch_list: list[Text] = Field(default_factory=list)
    covers: list[Line] = Field(default_factory=list)
    by_cohort: bool = False
    owners: Owners = Field(default_factory=Owners)
    alerts: list[Alert] = Field(default_factory=list)
