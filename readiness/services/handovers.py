"""Handing a gap over: its owner offers it, and it changes hands on the other one's yes."""

from __future__ import annotations

from sqlmodel import Session

from readiness.access import Principal, allowed, authorize, authorize_gap
from readiness.errors import Denied
from readiness.language import tr
from readiness.model.dossier import Done, Handover
from readiness.store import Store, queries
from readiness.store.changes import handovers

from ._writing import settle


def offer(store: Store, by: Principal, gap_id: int, to: str, note: str = "") -> Done:
    """Offer a gap to somebody, which changes nothing until they accept. Raises Denied, NotFound and InputError."""

    def change(session: Session) -> Done:
        row, system = queries.find_gap(session, gap_id)
        authorize_gap(by, system, row.owner)
        return handovers.offer(session, by.name, gap_id, to.strip(), note.strip())

    slug, _ = queries.gap_owner(store, gap_id)
    return settle(store, slug, change, dates=True)


def answer(store: Store, by: Principal, number: int, *, accept: bool) -> Done:
    """Accept an offer or turn it down, for whom it was made to; who may move the gap may take it back.

    Raises Denied, NotFound, InputError where it was answered already, and Conflict.
    """
    offered = queries.handover(store, number)

    def change(session: Session) -> Done:
        authorize(by, "read", offered.system)
        row, system = queries.find_gap(session, offered.gap_id)
        if not by.is_named(offered.offered_to):
            authorize_gap(by, system, row.owner)
            if accept:
                raise Denied(
                    tr("{person} is not {offered}", person=by.name, offered=offered.offered_to),
                    expected=tr("the one to whom it was offered"),
                )
        return handovers.answer(session, by.name, offered, accept=accept)

    return settle(store, offered.system, change, dates=True)


def every(store: Store, by: Principal) -> list[Handover]:
    """The offers that nobody has answered, of systems that this principal may read."""
    return [offered for offered in queries.open_handovers(store) if allowed(by, "read", offered.system)]


def mine(store: Store, by: Principal) -> list[Handover]:
    """Those of them that were made to this principal."""
    return [offered for offered in every(store, by) if by.is_named(offered.offered_to)]
