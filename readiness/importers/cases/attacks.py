"""What red-team tools measure, under one name: the share of attacks that succeeded, by category and by attack."""

from __future__ import annotations

from readiness.model.cells import ATTACK, CATEGORY
from readiness.model.cells import ATTACK_SUCCESS as SUCCESS

from .cells import Measure

__all__ = ["ATTACK", "CATEGORY", "MEASURE", "SUCCESS"]


MEASURE = Measure("ratio", "lower")
