"""What people decided on the verdict: whether it holds, its conditions, and the risks they took."""

from __future__ import annotations

from readiness import formatting
from readiness.model.decisions import TITLES, StoredCondition, StoredDecision
from readiness.review import decided, level_words
from readiness.review.review import Review

from .base import Plain, clip, person


def outcome(review: Review) -> dict[str, Plain]:
    now = decided.standing(review)
    if now.last is None:
        return {"outcome": "", "lapsed": [], "conditions": [], "risks": [], "dissent": []}
    record = now.last.record
    return {
        "outcome": TITLES[record.outcome],
        "on": formatting.day(record.decided_on),
        "seen": level_words.badge(record.level),
        "people": formatting.listed(list(map(person, record.people))),
        "until": formatting.day(now.until) if now.until and record.goes_on else "",
        "counted": _counted(now.last),
        "reasons": clip(record.reasons, 400),
        "lapsed": [clip(formatting.capital(why), 240) for why in now.lapsed],
        "conditions": [_condition(review, one) for one in now.last.conditions],
        "risks": [
            {
                "risk": clip(risk.what, 200),
                "why": clip(risk.reason, 200),
                "by": person(risk.approver),
                "until": formatting.day(risk.expires),
            }
            for risk in record.risks
        ],
        "dissent": [{"by": person(voice.by), "why": clip(voice.why, 240)} for voice in record.dissent],
    }


def _counted(last: StoredDecision) -> str:
    """What the tables hold, for a page without room for them."""
    open_ = sum(one.met_on is None for one in last.conditions)
    record = last.record
    parts = [f"{formatting.count(len(last.conditions), 'condition')}, {open_} open"] if last.conditions else []
    parts += [formatting.count(len(record.risks), "accepted risk")] if record.risks else []
    parts += [f"{len(record.dissent)} would have decided otherwise"] if record.dissent else []
    return formatting.capital("; ".join(parts))


def _condition(review: Review, one: StoredCondition) -> Plain:
    if one.met_on:
        state = f"✓ met on {formatting.day(one.met_on)}"
    else:
        state = "✕ overdue" if one.is_late(review.as_of) else "– open"
    return {
        "condition": clip(one.record.what, 200),
        "owner": person(one.record.owner),
        "due": formatting.day(one.record.due),
        "state": state,
    }
