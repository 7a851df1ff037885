"""Where a system stands by its latest assessment: what the portfolio shows of it, small enough to be kept. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from readiness.decision import doubts, due_dates, findings
from readiness.decision.verdict import at_risk
from readiness.model.checklist import LEVELS, Level
from readiness.model.policy import ReleasePolicy
from readiness.review import decided, level_words, signoff, summaries, weeks
from readiness.review.build import decided_on
from readiness.review.review import Review

TREND = 12
"""The assessments whose scores are kept."""
ONE_DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
"""How far back a verdict is compared with what it was."""


class SectionPoints(NamedTuple):
    """A section of the checklist: points given out of those possible, and how many questions are open."""

    section: str
    name: str
    points: int
    possible: int
    unanswered: int


class TrendPoint(NamedTuple):
    """An assessment and what it came to: an earlier one on its own day, the latest on the day that is asked about."""

    candidate: str
    assessed_on: str
    level: Level
    score: int


class EarlierVerdict(NamedTuple):
    """What a verdict was a week ago, and what blocked it then, in words."""

    level: Level
    blockers: tuple[str, ...]


class DueReview(NamedTuple):
    """A week of a rollout that is over and that nobody has reviewed, and the day from which that is due."""

    week: int
    since: dt.date


@dataclass(frozen=True)
class SystemStatus:
    """`trend` runs from an early assessment to the latest. `due` is the date of each open gap, None where it has none.

    `short` is what decides as a clause, `reason` all of it. `week_ago` is None where nothing was assessed by then;
    otherwise it rests on the evidence measured by then, and on the answers of the assessment in force as they are now.
    `decision` is what was decided in a few words, `against` what it adds to a verdict that it goes against, and
    `reopened` says why it is open again.

    `week` says in a few words how the week went that was measured last, `alarm` why somebody has to look at the rollout
    now, `silent_since` is the last day it was measured if that is too long ago; `due_reviews` are those of weeks,
    which `reviewer` holds.

    `fresh_until` are the last days on which the files of the versions under review count. From `valid_from` to
    `valid_until` the passing of time changes nothing but what is counted from `as_of` here.
    """

    as_of: dt.date
    slug: str
    name: str
    owner: str
    assessment_id: int
    checklist: str
    candidate: str
    assessed_on: dt.date | None
    target_date: dt.date | None
    level: Level
    score: int
    range: tuple[int, int]
    band: Level | None
    evidenced_score: int
    reason: str
    short: str
    blockers: tuple[str, ...]
    contradicted: tuple[str, ...]
    sections: tuple[SectionPoints, ...]
    due: tuple[dt.date | None, ...]
    files: int
    stale: int
    warnings: tuple[str, ...]
    fresh_until: tuple[dt.date, ...]
    parts: int
    complete_parts: int
    sign_offs: int
    open_sign_offs: int
    trend: tuple[TrendPoint, ...]
    week_ago: EarlierVerdict | None
    decision: str
    against: str
    reopened: tuple[str, ...]
    week: str
    alarm: str
    silent_since: dt.date | None
    due_reviews: tuple[DueReview, ...]
    reviewer: str
    valid_from: dt.date
    valid_until: dt.date

    @property
    def overdue(self) -> tuple[dt.date, ...]:
        """The due dates that have passed, the earliest first."""
        return tuple(sorted(day for day in self.due if day and day < self.as_of))

    @property
    def score_text(self) -> str:
        """The score, or what it may become while questions are open."""
        return str(self.score) if self.band else "{}–{}".format(*self.range)

    @property
    def headline(self) -> str:
        """The verdict with its reason."""
        return level_words.stated(self.level, self.reason, self.against)

    @property
    def at_risk(self) -> bool:
        return at_risk(self.level, self.target_date, self.as_of)

    @property
    def after_rollout(self) -> str:
        """How many gaps are due after the rollout that is planned, in words; empty where none is."""
        return due_dates.after_rollout_told(self.late_gaps)

    @property
    def decided(self) -> bool:
        """Whether a decision on it is in force."""
        return bool(self.decision) and not self.reopened

    @property
    def late_gaps(self) -> int:
        """How many gaps are due after the rollout that is planned."""
        return due_dates.after_rollout(self.due, self.target_date)

    @property
    def new_blockers(self) -> tuple[str, ...]:
        """What blocks it now and did not a week ago; nothing where nobody knows what was then."""
        if self.level != "blocked" or self.week_ago is None:
            return ()
        return tuple(blocker for blocker in self.blockers if blocker not in self.week_ago.blockers)


def worst_first(statuses: Iterable[SystemStatus]) -> list[SystemStatus]:
    return sorted(statuses, key=lambda status: rank(status.level, status.score, status.name, status.slug))


def rank(level: Level, score: int, name: str, slug: str) -> tuple[int, int, str, str]:
    """Where a system stands among others: the worst verdict first, of equal ones the higher score."""
    return -LEVELS.index(level), -score, name, slug


def names(statuses: Sequence[SystemStatus]) -> dict[str, str]:
    """The name of each system by its slug, which stands beside it where several bear the same."""
    counts = Counter(status.name for status in statuses)
    return {
        status.slug: status.name if counts[status.name] == 1 else f"{status.name} ({status.slug})"
        for status in statuses
    }


def dump(status: SystemStatus) -> str:
    return orjson.dumps(status, default=list).decode()


@lru_cache(maxsize=2048)
def read(body: str, as_of: dt.date) -> SystemStatus:
    """A standing that was kept, as of another day on which it holds."""
    fields: dict[str, Any] = orjson.loads(body)
    fields["as_of"] = as_of
    for name in ("assessed_on", "target_date", "silent_since", "valid_from", "valid_until"):
        fields[name] = _day(fields[name])
    for name in ("due", "fresh_until"):
        fields[name] = tuple(map(_day, fields[name]))
    for name in ("range", "blockers", "contradicted", "warnings", "reopened"):
        fields[name] = tuple(fields[name])
    fields["sections"] = tuple(map(SectionPoints._make, fields["sections"]))
    fields["trend"] = tuple(map(TrendPoint._make, fields["trend"]))
    fields["due_reviews"] = tuple(DueReview(week, dt.date.fromisoformat(day)) for week, day in fields["due_reviews"])
    fields["week_ago"] = _earlier(fields["week_ago"])
    return SystemStatus(**fields)


def _earlier(told: Sequence[Any] | None) -> EarlierVerdict | None:
    return EarlierVerdict(told[0], tuple(told[1])) if told else None


@lru_cache(maxsize=4096)
def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def of(review: Review) -> SystemStatus:
    """What is kept of a review of a system's latest assessment."""
    verdict, assessment, files = review.verdict, review.assessment, review.dossier.evidence
    turns = set(_turns(review))
    valid_from, valid_until = _holds(turns | {day + WEEK for day in turns if day < dt.date.max - WEEK}, review.as_of)
    return SystemStatus(
        as_of=review.as_of,
        slug=review.slug,
        name=review.name,
        owner=review.dossier.system.record.owner,
        assessment_id=review.assessment_id,
        checklist=assessment.checklist,
        candidate=assessment.candidate,
        assessed_on=assessment.assessed_on,
        target_date=assessment.target_date,
        level=verdict.level,
        score=verdict.score,
        range=verdict.range,
        band=verdict.band.level if verdict.band else None,
        evidenced_score=verdict.evidenced_score,
        reason=summaries.reason(review),
        short=summaries.short_reason(review),
        blockers=summaries.blockers(review, verdict),
        contradicted=tuple(f"{answer.signal.named}: {answer.standing.why}" for answer in review.contradicted),
        sections=tuple(
            SectionPoints(score.section.id, score.section.name, score.points, score.possible, score.unanswered)
            for score in review.section_scores
        ),
        due=by_date(gap.mark.due for gap in review.gaps),
        files=len(files),
        stale=len(review.stale),
        warnings=tuple(doubts.warnings([item.evidence for item in review.items.values()])),
        fresh_until=_fresh_until(review),
        parts=len(review.packet.parts),
        complete_parts=review.complete_parts,
        sign_offs=len(_policy(review).roles),
        open_sign_offs=len(signoff.open_roles(review)),
        trend=tuple(
            TrendPoint(
                past.assessment.candidate,
                past.assessment.assessed_on.isoformat() if past.assessment.assessed_on else "",
                past.verdict.level,
                past.verdict.score,
            )
            for past in review.history[-TREND:]
        ),
        week_ago=_week_ago(review, turns),
        decision=decided.brief(review),
        against=decided.clause(review),
        reopened=decided.standing(review).lapsed,
        week=weeks.brief(review),
        alarm=weeks.alarm(review),
        silent_since=weeks.silent_since(review),
        due_reviews=tuple(DueReview(week.number, week.last + ONE_DAY) for week in weeks.unreviewed(review)),
        reviewer=review.monitoring.record.owners.weekly_decisions if review.monitoring else "",
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _policy(review: Review) -> ReleasePolicy:
    return review.policy.record if review.policy else ReleasePolicy()


def _week_ago(review: Review, turns: Iterable[dt.date]) -> EarlierVerdict | None:
    """By the assessment in force then; only where a day has turned since is anything decided again."""
    day = review.as_of - WEEK
    in_force = [past for past in review.history if (past.assessment.assessed_on or dt.date.min) <= day]
    if not in_force:
        return None
    if in_force[-1].id != review.assessment_id:
        verdict = in_force[-1].verdict
    else:
        verdict = decided_on(review, day) if any(day < turn <= review.as_of for turn in turns) else review.verdict
    return EarlierVerdict(verdict.level, summaries.blockers(review, verdict))


def by_date(dues: Iterable[dt.date | None]) -> tuple[dt.date | None, ...]:
    """The dates of open gaps, the earliest first and those without one last."""
    return tuple(sorted(dues, key=lambda due: due or dt.date.max))


def _turns(review: Review) -> Iterator[dt.date]:
    """The days from which time alone may change the verdict.

    An assessment comes into force, a file begins or ceases to count, a rehearsal counts or ages, a decision lapses, a
    rollout goes unmeasured too long.
    """
    yield from decided.turns(review)
    yield from weeks.turns(review)
    assessed = (review.assessment.assessed_on, review.dossier.next_on)
    yield from filter(None, assessed)
    yield from findings.turns(review.checklist, review.policy.record if review.policy else None)
    for begins, ends in filter(None, (stored.record.fresh_days for stored in review.dossier.evidence.values())):
        yield begins
        if ends < dt.date.max:
            yield ends + ONE_DAY


def _holds(turns: Iterable[dt.date], as_of: dt.date) -> tuple[dt.date, dt.date]:
    """The days around a day in which nothing turns."""
    first, last = dt.date.min, dt.date.max
    for day in turns:
        if day <= as_of:
            first = max(first, day)
        else:
            last = min(last, day - ONE_DAY)
    return first, last


def _fresh_until(review: Review) -> tuple[dt.date, ...]:
    """The last days of the files that count now and speak of a version under review, the earliest first."""
    versions = {review.assessment.candidate, review.assessment.baseline}
    own = [item for item in review.items.values() if item.freshness == "fresh" and versions & set(item.versions)]
    return tuple(sorted(days[1] for item in own if (days := item.evidence.fresh_days)))
