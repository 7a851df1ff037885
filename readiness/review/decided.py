"""Where the decision on an assessment stands: in force, open again, or not made yet; and its words. Pure.

A decision stays what it is; what it hangs on may lapse. The verdict never follows from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from readiness import formatting
from readiness.language import marked, tr, trn, within
from readiness.model.checklist import ALLOWED, LEVELS
from readiness.model.decisions import TITLES, DecisionOutcome, RolloutDecision, StoredDecision

from . import level_words, signoff
from .review import Review

DecisionState = Literal["open", "stands", "reopened"]
STATES: dict[DecisionState, str] = {
    "open": marked("– not decided"),
    "stands": marked("✓ decided"),
    "reopened": marked("↻ open again"),
}
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
            yield tr(
                "the condition “{condition}” of {owner} was due on {due} and is not met",
                condition=condition.record.what,
                owner=condition.record.owner,
                due=formatting.day(condition.record.due),
            )
    for risk in last.record.risks:
        if risk.expires < review.as_of:
            yield tr("the accepted risk “{risk}” expired on {day}", risk=risk.what, day=formatting.day(risk.expires))
    if last.record.goes_on and LEVELS.index(review.verdict.level) > LEVELS.index(last.record.level):
        was, now = level_words.badge(last.record.level), level_words.badge(review.verdict.level)
        yield tr("the verdict was {was} when it was made and is {now} now", was=was, now=now)


def sentence(review: Review) -> str:
    """The answer of the meeting as it stands: `Go with 2 conditions, decided by dana and lee on 20 Nov 2026.`"""
    now = standing(review)
    if now.last is None:
        waiting = _waiting(review)
        return tr("Not decided yet: {waiting}.", waiting=waiting) if waiting else tr("Not decided yet.")
    record = now.last.record
    if now.lapsed:
        was = tr("It was: {outcome}, {decided}.", outcome=_outcome(record), decided=_by(record))
        return f"{_open_again(now)} {was}"
    return f"{formatting.capital(_outcome(record))}{_until(now, record)}, {_by(record)}."


def answer(review: Review) -> str:
    """The same without who decided, for a page that names them below."""
    now = standing(review)
    if now.last is None:
        return sentence(review)
    if now.lapsed:
        return _open_again(now)
    record = now.last.record
    until = f" {tr('until {day}', day=formatting.day(now.until))}" if now.until and record.goes_on else ""
    decided = tr("decided on {day}", day=formatting.day(record.decided_on))
    return f"{formatting.capital(_outcome(record))}{until}, {decided}."


def _open_again(now: DecisionStanding) -> str:
    more = len(now.lapsed) - 1
    reasons = [now.lapsed[0], *([trn("and {n} more reason", "and {n} more reasons", more)] if more else [])]
    return tr("Open again: {reasons}.", reasons=", ".join(reasons))


def _until(now: DecisionStanding, record: RolloutDecision) -> str:
    return f", {tr('until {day}', day=formatting.day(now.until))}" if now.until and record.goes_on else ""


def _waiting(review: Review) -> str:
    """What a meeting meets first: what blocks, whose agreement is open, and when it is to go out."""
    blocking, unsigned = len(review.verdict.blockers), len(signoff.open_roles(review))
    parts = [trn("{n} reason blocks it", "{n} reasons block it", blocking)] if blocking else []
    parts += [trn("{n} sign-off open", "{n} sign-offs open", unsigned)] if unsigned else []
    if target := review.assessment.target_date:
        parts.append(tr("rollout planned {when}", when=formatting.ago(target, review.as_of)))
    return ", ".join(parts)


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
        if record.outcome == "hold":
            return tr("on hold by decision of {people}", people=people)
        return tr("not going on by decision of {people}", people=people)
    if now.lapsed:
        return tr("the decision of {people} to go on has lapsed", people=people)
    if not now.until:
        return tr("going on by decision of {people}", people=people)
    return tr("going on by decision of {people} until {day}", people=people, day=formatting.day(now.until))


def headline(review: Review) -> str:
    """The outcome alone: `go with conditions`, `none yet`."""
    last = standing(review).last
    return within(tr(TITLES[last.record.outcome])) if last else tr("none yet")


def brief(review: Review) -> str:
    """A few words for a list: `▷ go with conditions, until 14 Dec 2026`; empty where nothing is decided."""
    now = standing(review)
    if now.last is None:
        return ""
    if now.lapsed:
        return tr("↻ decision open again: {reason}", reason=now.lapsed[0])
    record = now.last.record
    return f"{SHAPES[record.outcome]} {within(tr(TITLES[record.outcome]))}{_until(now, record)}"


def _outcome(record: RolloutDecision) -> str:
    if record.outcome != "conditional":
        return within(tr(TITLES[record.outcome]))
    return trn("go with {n} condition", "go with {n} conditions", len(record.conditions))


def _by(record: RolloutDecision) -> str:
    people, day = formatting.named(record.people), formatting.day(record.decided_on)
    return tr("decided by {people} on {day}", people=people, day=day)
