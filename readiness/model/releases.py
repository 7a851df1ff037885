"""Rollouts of the past with what came after them, as the store tells it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from .checklist import ALLOWED, Level
from .incidents import StoredIncident
from .stages import StoredStep


@dataclass(frozen=True)
class PastDecision:
    """What was decided on a day, on the verdict `level` that was seen."""

    decided_on: dt.date
    goes_on: bool
    level: Level

    @property
    def against(self) -> bool:
        return self.goes_on and self.level not in ALLOWED


@dataclass(frozen=True)
class PastRollout:
    """An assessment with its decisions and its steps through the stages, both in the order they were written down."""

    assessment: int
    candidate: str
    decisions: Sequence[PastDecision]
    steps: Sequence[StoredStep]


@dataclass(frozen=True)
class SystemRollouts:
    """The rollouts of a system, the first assessment first, and all of its incidents, the withdrawn ones too."""

    system: str
    name: str
    rollouts: Sequence[PastRollout]
    incidents: Sequence[StoredIncident]
    archived_on: dt.date | None = None
