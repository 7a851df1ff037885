"""Decisions as somebody writes them down; a test states only what it is about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from readiness.model.decisions import DecisionCondition, RolloutDecision, StoredCondition, StoredDecision
from tests.factories import CANDIDATE, TODAY

DAY = dt.timedelta(days=1)
CONDITION = {"what": "Japanese answers are measured again", "owner": "omar", "due": TODAY + 10 * DAY}
RISK = {
    "what": "a tenant reads another's text",
    "reason": "one pilot tenant",
    "approver": "lee",
    "expires": TODAY + DAY,
}


def stated(**fields: Any) -> dict[str, Any]:
    """What is stated of a go."""
    return {
        "outcome": "go",
        "decided_on": TODAY,
        "people": ["dana", "lee"],
        "reasons": "the pilot has gone well",
        "level": "staged",
        "parts": {},
        "digest": "0" * 64,
    } | fields


def decision(**fields: Any) -> RolloutDecision:
    return RolloutDecision.checked(**stated(**fields))


def stored(record: RolloutDecision, number: int = 1, assessment: int = 4, **met: dt.date) -> StoredDecision:
    """`met` says when a condition was met, by its place: `at_0`."""
    conditions = [
        StoredCondition(10 * number + at, 1, one, met.get(f"at_{at}"), "omar" if f"at_{at}" in met else "")
        for at, one in enumerate(record.conditions)
    ]
    at = dt.datetime.combine(record.decided_on, dt.time(9), dt.UTC)
    return StoredDecision(number, assessment, CANDIDATE, record, conditions, "sam", at)


def condition(**fields: Any) -> DecisionCondition:
    return DecisionCondition.checked(**CONDITION | fields)
