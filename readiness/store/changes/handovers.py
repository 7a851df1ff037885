"""A gap that its owner offers to somebody else: it changes hands on their yes only."""

from __future__ import annotations

from sqlmodel import Session

from readiness import clock, names
from readiness.errors import InputError, NotFound
from readiness.language import marked, tr
from readiness.model.assessment import Mark
from readiness.model.dossier import Done, Handover
from readiness.store import facts, queries
from readiness.store.facts import Scope
from readiness.store.tables import HandoverRow

from . import marks
from .base import Said, recorded, swap


def offer(session: Session, actor: str, gap_id: int, to: str, note: str) -> Done:
    """Offer a gap that is open now. Raises NotFound, and InputError where it is offered already or is theirs."""
    row, slug = queries.find_gap(session, gap_id)
    marks.open_now(session, row, slug)
    if names.is_none(to):
        raise InputError(tr("nobody is named"), place=tr("hand over to"), expected=tr("who is to own the gap"))
    Mark.checked(**queries.record_of(Mark, row).model_dump() | {"owner": to})
    if names.key(to) == names.key(row.owner):
        raise InputError(
            tr("{signal} is owned by {owner} already", signal=row.signal, owner=row.owner),
            place=tr("hand over to"),
            expected=tr("somebody else"),
        )
    if earlier := queries.open_handover(session, gap_id):
        raise InputError(
            tr("{signal} is offered to {offered} already", signal=row.signal, offered=earlier.offered_to),
            expected=tr("their answer, or that it is withdrawn"),
        )
    session.add(HandoverRow(mark_id=gap_id, offered_to=to, note=note, by=actor, at=clock.now()))

    return _recorded(
        session,
        actor,
        "gap.offer",
        slug,
        row.signal,
        gap_id,
        lambda: tr("Offered {signal} to {to}; it is theirs once they accept", signal=row.signal, to=to),
    )


def answer(session: Session, actor: str, offered: Handover, *, accept: bool) -> Done:
    """Accept an offer, which makes the gap theirs, or turn it down. Raises NotFound, InputError and Conflict."""
    offer = session.get(HandoverRow, offered.id)
    if offer is None:
        raise NotFound(tr("there is no such offer"), expected=tr("one that is open"))
    row, slug = queries.find_gap(session, offer.mark_id)
    if offer.accepted is not None:
        raise InputError(
            tr("the offer of {signal} was answered already", signal=row.signal), expected=tr("an offer that is open")
        )
    said = {"accepted": accept, "answered_at": clock.now(), "answered_by": actor}
    swap(session, HandoverRow, offer, offer.row_version, said, what=tr("This offer"))
    if accept:
        marks.change_gap(
            session,
            actor,
            row.id,
            seen=row.row_version,
            due=row.due,
            owner=offer.offered_to,
            action=row.action,
            reason=f"handed over by {offer.by}",
        )
    did = marked("Accepted {signal}, offered by {person} to {offered}")
    if not accept:
        did = marked("Turned down {signal}, offered by {person} to {offered}")
        if names.key(actor) != names.key(offer.offered_to):
            did = marked("Withdrew {signal}, offered by {person} to {offered}")
    told = {"signal": row.signal, "person": offer.by, "offered": offer.offered_to}
    return _recorded(session, actor, "gap.answer", slug, row.signal, row.id, lambda: tr(did, **told))


def _recorded(session: Session, actor: str, action: str, slug: str, signal: str, gap_id: int, sentence: Said) -> Done:
    wrote = [*facts.of_mark(gap_id), Scope("handover", gap_id)]
    return recorded(session, actor, action, slug, f"signal {signal}", sentence, wrote=wrote)
