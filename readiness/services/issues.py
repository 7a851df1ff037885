"""Issues in a team's tracker, one for each open gap of a system: what is to be done, and doing it.

An issue is claimed in the store before it is made, in a short transaction that has ended when the tracker is asked.
What was begun after one looked is not begun again. A process that ends in between leaves its claim for as long as
`HELD`; then, as with every run, the tracker is looked through for the line that names the gap, and the issue is made
only where it is not there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import replace

from readiness import clock, formatting
from readiness.access import Principal, authorize
from readiness.errors import ReadinessError, Unanswered
from readiness.language import marked, tr
from readiness.model.dossier import Done
from readiness.outbound import trackers
from readiness.outbound.trackers import Issue, Step, Tracker, WantedIssue
from readiness.review.items import OpenGap
from readiness.store import Store, queries
from readiness.store.changes import issues

from . import reviews

HELD = dt.timedelta(minutes=10)
"""Longer than a tracker is waited for."""
FOUND_AFTER = dt.timedelta(minutes=1)
"""What Jira takes at most until it finds an issue that was made."""
_DONE = {
    "create": marked("Created issue {issue} of {tracker} for {gap}"),
    "update": marked("Updated issue {issue} of {tracker} for {gap}"),
    "reopen": marked("Reopened issue {issue} of {tracker} for {gap}"),
    "close": marked("Closed issue {issue} of {tracker} for {gap}"),
}
_ODD = (KeyError, TypeError, ValueError, AttributeError)
"""What comes of an answer that is not as it is documented."""


def plan(
    store: Store, by: Principal, slug: str, tracker: Tracker, write: Callable[[str, OpenGap], WantedIssue]
) -> list[Step]:
    """What makes the tracker say what is open now; `write` makes an issue of the system's name and a gap.

    Raises Denied, NotFound, InputError for an archived system, and Unreachable.
    """
    authorize(by, "remind", slug)
    authorize(by, "read", slug)
    with store.reading() as session:
        queries.refuse_archived(session, slug)
        begun = issues.begun(session, slug, tracker.address)  # before the tracker is looked through
    review = reviews.load(store, by, slug, as_of=clock.today())
    wanted = [write(review.name, gap) for gap in review.gaps]
    steps = trackers.plan(slug, wanted, _issues(tracker), dates=tracker.has_dates)
    return [replace(step, seen=begun.get(_signal(step), 0)) for step in steps]


def _issues(tracker: Tracker) -> Collection[Issue]:
    try:
        return list(tracker.issues())
    except _ODD as exc:
        raise _odd(tracker) from exc


def _signal(step: Step) -> str:
    return step.key.partition("/")[2]


def carry_out(store: Store, by: Principal, slug: str, tracker: Tracker, step: Step) -> Done:
    """Do one step and record it; nothing where somebody else may have made the issue since the tracker was looked at.

    Raises Denied, NotFound, Unreachable, and Unanswered where the tracker may have done it.
    """
    authorize(by, "remind", slug)
    authorize(by, "read", slug)
    if step.doing == "create" and (why := _claim(store, slug, tracker, step)):
        return Done(
            tr("{why}; nothing was done for {key}, and another run looks again", why=why, key=step.key), changed=False
        )
    number = _ask(store, slug, tracker, step)
    told = {"issue": formatting.plain(number), "tracker": tracker.name, "gap": step.key}
    with store.writing(slug) as session:
        if step.doing == "create":
            issues.answered(session, slug, _signal(step), tracker.address)
        return issues.told(
            session, by.name, slug, lambda: tr(_DONE[step.doing], **told), {"gap": step.key, "issue": number}
        )


_NOT_OURS = {
    "free": "",
    "overtaken": marked("Another run made an issue at the same time"),
    "held": marked("Another run makes an issue now, or ended before the tracker answered"),
    "fresh": marked("An issue was made a moment ago, which the tracker may not find yet"),
}


def _claim(store: Store, slug: str, tracker: Tracker, step: Step) -> str:
    """Why the issue is not ours to make; empty where it is."""
    now = clock.now()
    with store.writing(slug) as session:
        claimed = issues.claim(
            session, slug, _signal(step), tracker.address,
            seen=step.seen, given_up=now - HELD, found_since=now - FOUND_AFTER,
        )  # fmt: skip
    return tr(_NOT_OURS[claimed])


def _ask(store: Store, slug: str, tracker: Tracker, step: Step) -> str:
    """The id of the issue. A claim is given back where the tracker surely did nothing."""
    try:
        return trackers.carry_out(tracker, step)
    except _ODD as exc:
        raise _odd(tracker) from exc
    except Unanswered:
        raise
    except ReadinessError:
        if step.doing == "create":
            with store.writing(slug) as session:
                issues.give_back(session, slug, _signal(step), tracker.address)
        raise


def _odd(tracker: Tracker) -> Unanswered:
    return Unanswered(
        tr("{tracker} answered what cannot be read", tracker=tracker.name), expected=tr("what its API documents")
    )
