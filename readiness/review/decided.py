"""Where the decision on an assessment stands: in force, open again, or not made yet; and its words. Pure.

A decision stays what it is; what it hangs on may lapse. The verdict never follows from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from readiness import formatting
from readiness.model.checklist import ALLOWED, LEVELS
from readiness.model.decisions import TITLES, DecisionOutcome, RolloutDecision, StoredDecision

from . import level_words, signoff
from .review import Review

DecisionState = Literal["open", "stands", "reopened"]
STATES: dict[DecisionState, str] = {"open": "– not decided", "stands": "✓ decided", "reopened": "↻ open again"}
SHAPES: dict[DecisionOutcome, str] = {"go": "▶", "conditional": "▷", "hold": "‖", "no-go": "✕"}


@dataclass(frozen=True)
class DecisionStanding:
    """Where the last decision stands on a day.

    `lapsed` says why it is open again. `against` says that the rollout goes on though the verdict of now does not allow
    it, or is held though it does. `until` is the first day whose end the decision may not outlast as it is.
    """

    state: DecisionState
    last: StoredDecision | None = None
    lapsed: tuple[str, ...] = ()
    against: bool = False
    until: dt.date | None = None

    @property
    def goes_on(self) -> bool:
        """Whether a decision that holds lets the rollout go on."""
        return self.state == "stands" and self.last is not None and self.last.record.goes_on


def standing(review: Review) -> DecisionStanding:
    """Of the assessment that is reviewed, by its last decision."""
    last = next((one for one in reversed(review.dossier.decisions) if one.assessment_id == review.assessment_id), None)
    if last is None:
        return DecisionStanding("open")
    lapsed = tuple(_lapsed(review, last))
    ahead = [day for day in last.days if day >= review.as_of]
    return DecisionStanding(
        state="reopened" if lapsed else "stands",
        last=last,
        lapsed=lapsed,
        against=last.record.goes_on != (review.verdict.level in ALLOWED),
        until=ahead[0] if ahead else None,
    )


def since(review: Review) -> tuple[str, ...]:
    """What changed of what was seen when the last decision was made, in words."""
    last = standing(review).last
    return signoff.changed(review, last.record.parts) if last else ()


def earlier(review: Review) -> list[StoredDecision]:
    """Every decision before the last one of this assessment, on this version or an earlier one, newest first."""
    last = standing(review).last
    return [one for one in reversed(review.dossier.decisions) if last is None or one.id != last.id]


def turns(review: Review) -> Iterator[dt.date]:
    """The days from which a decision may be open again by time alone."""
    last = standing(review).last
    yield from (day + dt.timedelta(days=1) for day in (last.days if last else ()) if day < dt.date.max)


def _lapsed(review: Review, last: StoredDecision) -> Iterator[str]:
    for condition in last.conditions:
        if condition.is_late(review.as_of):
            due = formatting.day(condition.record.due)
            yield f"the condition “{condition.record.what}” of {condition.record.owner} was due on {due} and is not met"
    for risk in last.record.risks:
        if risk.expires < review.as_of:
            yield f"the accepted risk “{risk.what}” expired on {formatting.day(risk.expires)}"
    if last.record.goes_on and LEVELS.index(review.verdict.level) > LEVELS.index(last.record.level):
        was, now = level_words.badge(last.record.level), level_words.badge(review.verdict.level)
        yield f"the verdict was {was} when it was made and is {now} now"


def sentence(review: Review) -> str:
    """The answer of the meeting as it stands: `Go with 2 conditions, decided by dana and lee on 20 Nov 2026.`"""
    now = standing(review)
    if now.last is None:
        return f"Not decided yet{_waiting(review)}."
    record = now.last.record
    if now.lapsed:
        more = f", and {formatting.count(len(now.lapsed) - 1, 'more reason')}" if len(now.lapsed) > 1 else ""
        return f"Open again: {now.lapsed[0]}{more}. It was: {_outcome(record)}, {_by(record)}."
    until = f", until {formatting.day(now.until)}" if now.until and record.goes_on else ""
    return f"{formatting.capital(_outcome(record))}{until}, {_by(record)}."


def answer(review: Review) -> str:
    """The same without who decided, for a page that names them below."""
    now = standing(review)
    if now.last is None or now.lapsed:
        return sentence(review).partition(" It was: ")[0]
    record = now.last.record
    until = f" until {formatting.day(now.until)}" if now.until and record.goes_on else ""
    return f"{formatting.capital(_outcome(record))}{until}, decided on {formatting.day(record.decided_on)}."


def _waiting(review: Review) -> str:
    """What a meeting meets first: what blocks, whose agreement is open, and when it is to go out."""
    blocking, unsigned = len(review.verdict.blockers), len(signoff.open_roles(review))
    parts = [f"{blocking} {'reason blocks' if blocking == 1 else 'reasons block'} it"] if blocking else []
    parts += [f"{formatting.count(unsigned, 'sign-off')} open"] if unsigned else []
    if target := review.assessment.target_date:
        parts.append(f"rollout planned {formatting.ago(target, review.as_of)}")
    return f": {', '.join(parts)}" if parts else ""


def clause(review: Review) -> str:
    """What a decision against the verdict adds to it wherever it is said; empty where there is none.

    `going on by decision of dana and lee until 14 Dec 2026`
    """
    now = standing(review)
    if now.last is None or not now.against or (now.lapsed and not now.last.record.goes_on):
        return ""
    record = now.last.record
    people = formatting.named(record.people, shown=2)
    if not record.goes_on:
        return f"{'on hold' if record.outcome == 'hold' else 'not going on'} by decision of {people}"
    if now.lapsed:
        return f"the decision of {people} to go on has lapsed"
    return f"going on by decision of {people}{f' until {formatting.day(now.until)}' if now.until else ''}"


def headline(review: Review) -> str:
    """The outcome alone: `go with conditions`, `none yet`."""
    last = standing(review).last
    return TITLES[last.record.outcome].lower() if last else "none yet"


def brief(review: Review) -> str:
    """A few words for a list: `▷ go with conditions, until 14 Dec 2026`; empty where nothing is decided."""
    now = standing(review)
    if now.last is None:
        return ""
    if now.lapsed:
        return f"↻ decision open again: {now.lapsed[0]}"
    record = now.last.record
    until = f", until {formatting.day(now.until)}" if now.until and record.goes_on else ""
    return f"{SHAPES[record.outcome]} {TITLES[record.outcome].lower()}{until}"


def _outcome(record: RolloutDecision) -> str:
    if record.outcome != "conditional":
        return TITLES[record.outcome].lower()
    return f"go with {formatting.count(len(record.conditions), 'condition')}"


def _by(record: RolloutDecision) -> str:
    return f"decided by {formatting.named(record.people)} on {formatting.day(record.decided_on)}"
