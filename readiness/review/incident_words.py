"""Incidents in words. Pure."""

from __future__ import annotations

from readiness import formatting
from readiness.decision.incidents import IncidentStanding
from readiness.model.incidents import TITLES

from .review import Review


def sentence(review: Review) -> str:
    """The answer of the page: `2 incidents; 1 is not answered for 2026.11.`, `1 incident, not answered for 2026.11.`"""
    told, open_ = len(review.incidents), sum(one.answer is None for one in review.incidents)
    if not told:
        return "No incident is reported."
    if not open_ and told == 1:
        return f"1 incident, answered for {review.assessment.candidate}."
    if not open_:
        return f"{formatting.count(told, 'incident')}, each answered for {review.assessment.candidate}."
    if told == open_:
        none = "" if told == 1 else "none of them"
        return f"{formatting.count(told, 'incident')}, {none or 'not'} answered for {review.assessment.candidate}."
    verb = "is" if open_ == 1 else "are"
    return f"{formatting.count(told, 'incident')}; {open_} {verb} not answered for {review.assessment.candidate}."


def where(one: IncidentStanding) -> str:
    """Version, workflow and cohort, as far as they are named: `2026.10, refund, language=ja`."""
    record = one.incident.record
    return ", ".join(filter(None, (record.version, record.workflow, record.cohort)))


def answered(one: IncidentStanding) -> str:
    """What answers it: `✓ gate task_success for each cohort`, `✕ not answered`."""
    if one.answer is None:
        return "✕ not answered"
    return f"✓ {TITLES[one.answer.record.kind]} {one.answer.record.reference}"
