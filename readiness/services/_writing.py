"""How every write is carried out: authorised, in one transaction, with the status of its system worked out anew."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from readiness.access import Action, Principal, authorize
from readiness.model.dossier import Done
from readiness.store import Store

from . import _statuses

Change = Callable[[Session], Done]


def write(store: Store, by: Principal, action: Action, slug: str, change: Change) -> Done:
    """Carry out a change of one system for whoever may do it. Raises Denied."""
    authorize(by, action, slug)
    return settle(store, slug, change)


def settle(store: Store, slug: str, change: Change) -> Done:
    """Carry out a change that authorises itself from what is stored; all of it is kept, or nothing."""
    with store.writing() as session:
        done = change(session)
        if done.changed and slug:
            _statuses.refresh(session, slug)
    if done.erased:
        store.scrub()
    return done
