"""How every write is carried out: authorised, in one short transaction, and the status of its system after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlmodel import Session

from readiness.access import Action, Principal, authorize
from readiness.model.dossier import Done
from readiness.store import Store, queries, statuses

from . import _statuses

Change = Callable[[Session], Done]


def write(store: Store, by: Principal, action: Action, slug: str, change: Change, *, archived: bool = False) -> Done:
    """Carry out a change of one system for whoever may do it. Raises Denied."""
    authorize(by, action, slug)
    return settle(store, slug, change, archived=archived)


def settle(store: Store, slug: str, change: Change, *, dates: bool = False, archived: bool = False) -> Done:
    """Carry out a change that authorises itself from what is stored; all of it is kept, or nothing.

    The status that was kept is gone with the change, and worked out beside the lock; a change of `dates` alone, of
    owners and of next actions leaves the verdict as it was. What was put away is written to only where it is said that
    it may be `archived`.
    """
    return settle_all(store, [slug], change, dates=dates, archived=archived)


def beside(store: Store, slug: str, change: Change, *, archived: bool = False) -> Done:
    """Carry out a change that no verdict follows from: what is kept of the system stays as it is.

    What was put away is written to only where it is said that it may be `archived`.
    """
    with store.writing(slug) as session:
        if not archived:
            queries.refuse_archived(session, slug)
        done = change(session)
    if done.erased:
        store.scrub()
    return done


def settle_all(
    store: Store, slugs: Sequence[str], change: Change, *, dates: bool = False, archived: bool = False
) -> Done:
    """The same of a change that is about several systems: all of it is kept, or nothing of any."""
    with store.writing(slugs[0] if len(slugs) == 1 else "") as session:
        for slug in filter(None, slugs) if not archived else ():
            queries.refuse_archived(session, slug)
        done = change(session)
        fallen = [
            slug for slug in slugs if slug and done.changed and not (dates and _statuses.keep_dates(session, slug))
        ]
        for slug in fallen:
            statuses.forget(session, slug)
    for slug in fallen:
        _statuses.renew(store, slug)
    if done.erased:
        store.scrub()
    return done
