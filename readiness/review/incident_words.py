"""Incidents in words. Pure."""

from __future__ import annotations

from readiness import formatting
from readiness.decision.incidents import IncidentStanding
from readiness.language import tr, trn
from readiness.model.incidents import TITLES

from .review import Review


def sentence(review: Review) -> str:
    """The answer of the page: `2 incidents; 1 is not answered for 2026.11.`, `1 incident, not answered for 2026.11.`"""
    told, open_ = len(review.incidents), sum(one.answer is None for one in review.incidents)
    if not told:
        return tr("No incident is reported.")
    candidate = review.assessment.candidate
    if not open_:
        return trn(
            "{n} incident, answered for {candidate}.",
            "{n} incidents, each answered for {candidate}.",
            told,
            candidate=candidate,
        )
    if told == open_:
        return trn(
            "{n} incident, not answered for {candidate}.",
            "{n} incidents, none of them answered for {candidate}.",
            told,
            candidate=candidate,
        )
    return trn(
        "{incidents}; {n} is not answered for {candidate}.",
        "{incidents}; {n} are not answered for {candidate}.",
        open_,
        incidents=formatting.count(told, "incident"),
        candidate=candidate,
    )


def where(one: IncidentStanding) -> str:
    """Version, workflow and cohort, as far as they are named: `2026.10, refund, language=ja`."""
    record = one.incident.record
    return ", ".join(filter(None, (record.version, record.workflow, record.cohort)))


def answered(one: IncidentStanding) -> str:
    """What answers it: `✓ gate task_success for each cohort`, `✕ not answered`."""
    if one.answer is None:
        return tr("✕ not answered")
    return f"✓ {tr(TITLES[one.answer.record.kind])} {one.answer.record.reference}"
