"""What people decided on the verdict: whether it holds, its conditions and risks, and how the weeks after it went."""

from __future__ import annotations

from readiness import formatting, language
from readiness.decision.weeks import RolloutWeek
from readiness.language import marked, tr
from readiness.model.decisions import TITLES, StoredCondition, StoredDecision
from readiness.model.weeks import TITLES as WEEKS
from readiness.review import decided, level_words, weeks
from readiness.review.review import Review

from .base import Plain, clip, person

NOT_REVIEWED = marked("not reviewed yet")
LAST_WEEKS = 3
"""Beside the first one."""


def outcome(review: Review) -> dict[str, Plain]:
    now = decided.standing(review)
    if now.last is None:
        return {"outcome": "", "lapsed": [], "conditions": [], "risks": [], "dissent": [], **_after(review)}
    record = now.last.record
    return {
        "outcome": tr(TITLES[record.outcome]),
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
        **_after(review),
    }


def _after(review: Review) -> dict[str, Plain]:
    """The first week of the rollout and the last ones; `between` counts those that are left out."""
    there = weeks.of(review)
    shown = [*there[:1], *there[1:][-LAST_WEEKS:]]
    return {"weeks": [_week(review, week) for week in shown], "between": len(there) - len(shown)}


def _week(review: Review, week: RolloutWeek) -> Plain:
    report = weeks.report(review, week)
    minutes = report.minutes.record if report.minutes else None
    days = tr("{first} to {last}", first=formatting.day(week.first), last=formatting.day(week.last))
    return {
        "week": str(week.number),
        "days": days if week.last < review.as_of else tr("{days}, not over yet", days=days),
        "state": tr(weeks.STATES[report.observed.state]),
        "went": weeks.went(report.observed),
        "reviewed": language.within(tr(WEEKS[minutes.outcome])) if minutes else tr(NOT_REVIEWED),
        "minutes": clip(minutes.minutes, 240) if minutes else "",
    }


def _counted(last: StoredDecision) -> str:
    """What the tables hold, for a page without room for them."""
    open_ = sum(one.met_on is None for one in last.conditions)
    record = last.record
    parts = (
        [tr("{conditions}, {n} open", conditions=formatting.count(len(last.conditions), "condition"), n=open_)]
        if last.conditions
        else []
    )
    parts += [formatting.count(len(record.risks), "accepted risk")] if record.risks else []
    parts += [tr("{n} would have decided otherwise", n=len(record.dissent))] if record.dissent else []
    return formatting.capital("; ".join(parts))


def _condition(review: Review, one: StoredCondition) -> Plain:
    if one.met_on:
        state = tr("✓ met on {day}", day=formatting.day(one.met_on))
    else:
        state = tr("✕ overdue") if one.is_late(review.as_of) else tr("– open")
    return {
        "condition": clip(one.record.what, 200),
        "owner": person(one.record.owner),
        "due": formatting.day(one.record.due),
        "state": state,
    }
