"""How every write is carried out: authorised, in one short transaction, and the status of its system after it."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from readiness.access import Action, Principal, authorize
from readiness.model.dossier import Done
from readiness.store import Store, statuses

from . import _statuses

Change = Callable[[Session], Done]


def write(store: Store, by: Principal, action: Action, slug: str, change: Change) -> Done:
    """Carry out a change of one system for whoever may do it. Raises Denied."""
    authorize(by, action, slug)
    return settle(store, slug, change)


def settle(store: Store, slug: str, change: Change, *, dates: bool = False) -> Done:
    """Carry out a change that authorises itself from what is stored; all of it is kept, or nothing.

    The status that was kept is gone with the change, and worked out beside the lock; a change of `dates` alone, of
    owners and of next actions leaves the verdict as it was.
    """
    with store.writing(slug) as session:
        done = change(session)
        stands = not (done.changed and slug) or (dates and _statuses.keep_dates(session, slug))
        if not stands:
            statuses.forget(session, slug)
    if not stands:
        _statuses.renew(store, slug)
    if done.erased:
        store.scrub()
    return done
