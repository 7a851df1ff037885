"""The weekly review of a rollout: kept with what the figures of its week said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from readiness import clock, formatting
from readiness.access import Principal, authorize
from readiness.errors import InputError, NotFound
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.weeks import WeeklyReview, WeekOutcome
from readiness.review import weeks
from readiness.review.review import Review
from readiness.review.weeks import WeekReport
from readiness.store import Store
from readiness.store.changes import weeks as changes

from . import reviews
from ._writing import write


def latest(by: Principal, review: Review) -> WeekReport | None:
    """The week that was measured last, or else the one of now; None where no rollout runs. Raises Denied."""
    authorize(by, "read", review.slug)
    there = weeks.of(review)
    return weeks.report(review, weeks.last_measured(review) or there[-1]) if there else None


def report(by: Principal, review: Review, number: int) -> WeekReport:
    """A week of the rollout that runs. Raises Denied, and NotFound for one that has not begun."""
    authorize(by, "read", review.slug)
    there = weeks.of(review)
    chosen = next((week for week in there if week.number == number), None)
    if chosen is None:
        expected = tr("a week from 1 to {last}", last=len(there)) if there else tr("a rollout that runs")
        raise NotFound(tr("{slug} has no week {number}", slug=review.slug, number=number), expected=expected)
    return weeks.report(review, chosen)


def hold(
    store: Store,
    by: Principal,
    slug: str,
    assessment_id: int,
    number: int,
    *,
    held_on: dt.date,
    people: Sequence[str],
    outcome: WeekOutcome,
    minutes: str,
    watched: Mapping[str, str],
    seen: int,
    as_of: dt.date,
    at: dt.datetime | None = None,
) -> Done:
    """Keep what was said of a week beside what its figures said; a later review of the same week stands beside it.

    It is kept now unless `at` says when.
    Raises Denied, NotFound, InputError, and Conflict where somebody kept one since `seen` of them.
    """
    authorize(by, "week", slug)
    review = reviews.load(store, by, slug, as_of=as_of, assessment_id=assessment_id)
    told = report(by, review, number)
    if not told.week.first <= held_on <= clock.today():
        problem = tr("a review of week {number} cannot be of {day}", number=number, day=formatting.day(held_on))
        days = tr(
            "a day from {first} to {today}", first=formatting.day(told.week.first), today=formatting.day(clock.today())
        )
        raise InputError(problem, place=tr("held on"), expected=days)
    given = WeeklyReview.checked(
        week=number,
        held_on=held_on,
        people=list(people),
        outcome=outcome,
        minutes=minutes,
        watched={item: said.strip() for item, said in watched.items() if said.strip()},
        state=told.observed.state,
        digest=weeks.digest(told.observed),
    )
    kept = at or clock.now()
    return write(
        store,
        by,
        "week",
        slug,
        lambda session: changes.hold(session, by.name, slug, assessment_id, given, seen=seen, at=kept),
    )
