"""Issues in a team's tracker, one for each open gap of a system: what is to be done, and doing it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from readiness import clock, formatting
from readiness.access import Principal, authorize
from readiness.errors import Unreachable
from readiness.model.dossier import Done
from readiness.outbound import trackers
from readiness.outbound.trackers import Issue, Step, Tracker, WantedIssue
from readiness.review.items import OpenGap
from readiness.store import Store, queries
from readiness.store.changes import reminders

from . import reviews

_READER = Principal.of("readiness", {"viewer"})
_DONE = {"create": "Created", "update": "Updated", "reopen": "Reopened", "close": "Closed"}
_ODD = (KeyError, TypeError, ValueError, AttributeError)
"""What comes of an answer that is not as it is documented."""


def plan(
    store: Store, by: Principal, slug: str, tracker: Tracker, write: Callable[[str, OpenGap], WantedIssue]
) -> list[Step]:
    """What makes the tracker say what is open now; `write` makes an issue of the system's name and a gap.

    Raises Denied, NotFound, InputError for an archived system, and Unreachable.
    """
    authorize(by, "remind", slug)
    with store.reading() as session:
        queries.refuse_archived(session, slug)
    review = reviews.load(store, _READER, slug, as_of=clock.today())
    wanted = [write(review.name, gap) for gap in review.gaps]
    return trackers.plan(slug, wanted, _issues(tracker), dates=tracker.has_dates)


def _issues(tracker: Tracker) -> Collection[Issue]:
    try:
        return list(tracker.issues())
    except _ODD as exc:
        raise _odd(tracker) from exc


def carry_out(store: Store, by: Principal, slug: str, tracker: Tracker, step: Step) -> Done:
    """Do one step and record it. Raises Denied, NotFound and Unreachable."""
    authorize(by, "remind", slug)
    try:
        number = trackers.carry_out(tracker, step)
    except _ODD as exc:
        raise _odd(tracker) from exc
    sentence = f"{_DONE[step.doing]} issue {formatting.plain(number)} of {tracker.name} for {step.key}"
    with store.writing(slug) as session:
        return reminders.told_tracker(session, by.name, slug, sentence, {"gap": step.key, "issue": number})


def _odd(tracker: Tracker) -> Unreachable:
    return Unreachable(f"{tracker.name} answered what cannot be read", expected="what its API documents")
