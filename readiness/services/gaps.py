"""Open gaps: those of every system, and a move of a due date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from weakref import WeakKeyDictionary

from sqlmodel import Session

from readiness import formatting, names
from readiness.access import Principal, allowed, authorize, authorize_gap
from readiness.decision.verdict import Verdict
from readiness.errors import Conflict, Conflicts, Denied, InputError, NotFound, ReadinessError
from readiness.language import tr
from readiness.model import checklist as checklists
from readiness.model.assessment import Mark
from readiness.model.dossier import Done, Stored
from readiness.review.build import decided_with
from readiness.review.items import OpenGap
from readiness.store import Store, queries
from readiness.store.changes import marks

from . import reviews
from ._at_hand import AtHand
from ._writing import settle, settle_all, write


def every(store: Store, by: Principal, *, as_of: dt.date) -> list[OpenGap]:
    """Those of the assessments in force on a day that this principal may read, the earliest due date first.

    Read without the evidence that the verdicts rest on, and again only of systems that were written to.
    """
    at_hand = _AT_HAND.setdefault(store, AtHand())
    known = at_hand.every(store, as_of, lambda systems: _read(store, as_of, systems))
    gaps = [gap for slug, (_, own) in known.items() if allowed(by, "read", slug) for gap in own]
    return sorted(gaps, key=lambda gap: (gap.mark.due or dt.date.max, gap.system, gap.id))


_AT_HAND: MutableMapping[Store, AtHand[list[OpenGap]]] = WeakKeyDictionary()


def _read(store: Store, as_of: dt.date, systems: Collection[str] | None) -> dict[str, list[OpenGap]]:
    found: dict[str, list[OpenGap]] = {}
    of_name = cache(checklists.named)
    for gap in queries.gaps(store, day=as_of, systems=systems):
        opened = OpenGap(
            id=gap.mark.id,
            row_version=gap.mark.row_version,
            system=gap.slug,
            signal=of_name(gap.checklist).signal(gap.mark.record.signal),
            mark=gap.mark.record,
            moves=gap.moves,
            as_of=as_of,
        )
        found.setdefault(gap.slug, []).append(opened)
    return found


def owner(store: Store, by: Principal, name: str) -> str:
    """A person as their name is written where they own a gap or a system. Raises NotFound for whom nobody has."""
    known = [(person, of_gap) for slug, person, of_gap in queries.owners(store) if allowed(by, "read", slug)]
    spelt = {names.key(person): person for person, _ in known}
    if names.key(name) in spelt:
        return spelt[names.key(name)]
    people = sorted({names.key(person): person for person, of_gap in known if of_gap}.values(), key=names.key)
    raise NotFound(
        tr("the owner {name!r} is not in the store", name=name),
        expected=tr("one of {known}", known=", ".join(people))
        if people
        else tr("an owner of a gap; none is named yet"),
    )


def one(store: Store, by: Principal, gap_id: int) -> Stored[Mark]:
    """The mark behind a gap's id, with the row version that a change must name. Raises NotFound and Denied."""
    slug, mark = queries.gap_owner(store, gap_id)
    authorize(by, "read", slug)
    return mark


def change(
    store: Store,
    by: Principal,
    gap_id: int,
    *,
    seen: int,
    due: dt.date | None,
    owner: str,
    action: str,
    reason: str = "",
) -> Done:
    """Move a gap's due date (later needs a reason), name its owner, or state its next action.

    Raises NotFound, Denied, InputError and Conflict.
    """

    def move(session: Session) -> Done:
        row, system = queries.find_gap(session, gap_id)
        authorize_gap(by, system, row.owner)
        return _moved(session, by, GapEdit(gap_id, seen, due, owner, action), reason)

    slug, _ = queries.gap_owner(store, gap_id)
    return settle(store, slug, move, dates=True)


@dataclass(frozen=True)
class GapEdit:
    """What one gap is to be after an edit, whole; `seen` is the row version that the person saw."""

    id: int
    seen: int
    due: dt.date | None
    owner: str
    action: str


def change_many(store: Store, by: Principal, edits: Sequence[GapEdit], *, reason: str = "") -> Done:
    """The same of several gaps with one reason, all of them or none.

    Raises NotFound, Denied, InputError that names the gap, and Conflicts with all that somebody else changed first.
    """

    def move(session: Session) -> Done:
        conflicts, done = [], []
        for edit in edits:
            row, system = queries.find_gap(session, edit.id)
            authorize_gap(by, system, row.owner)
            place = tr("{signal} of {system}", signal=row.signal, system=system)
            try:
                done.append(_moved(session, by, edit, reason))
            except Conflict as exc:
                conflicts.append(exc.within(place=place))
            except ReadinessError as exc:
                raise exc.within(place=place) from exc
        if conflicts:
            raise Conflicts(conflicts)
        return _together(done, reason)

    slugs = list(dict.fromkeys(queries.gap_owner(store, edit.id)[0] for edit in edits))
    return settle_all(store, slugs, move, dates=True) if slugs else Done(tr("No gap was chosen"), changed=False)


def _moved(session: Session, by: Principal, edit: GapEdit, reason: str) -> Done:
    return marks.change_gap(
        session, by.name, edit.id, seen=edit.seen, due=edit.due, owner=edit.owner, action=edit.action, reason=reason
    )


def _together(done: Sequence[Done], reason: str) -> Done:
    changed = [one for one in done if one.changed]
    if len(done) == 1 or not changed:
        return done[0]
    same = tr("; {number} stood so already", number=len(done) - len(changed)) if len(changed) < len(done) else ""
    kept = tr("; reason kept") if reason.strip() else ""
    return Done(tr("Stored {gaps}{same}{kept}", gaps=formatting.count(len(changed), "gap"), same=same, kept=kept))


@dataclass(frozen=True)
class Closing:
    """The answer that closes a gap: what was looked at and found, and what shows it."""

    gap: OpenGap
    finding: str
    evidence: tuple[str, ...]

    @property
    def mark(self) -> Mark:
        """Raises InputError where nothing shows that the gap is closed, or where nobody says what was found."""
        if not self.finding.strip():
            raise InputError(tr("the finding is missing"), place="finding", expected=tr("what was looked at and found"))
        if not any(line.strip() for line in self.evidence):
            raise InputError(
                tr("nothing shows that the gap is closed"),
                place="evidence",
                expected=self.gap.signal.needs or tr("a reference"),
            )
        evidence = [line.strip() for line in self.evidence if line.strip()]
        answered = {"mark": "no", "note": self.finding.strip(), "evidence": evidence}
        let_go = {"holds_for": "", "critical": False, "critical_reason": ""}
        return Mark.checked(**self.gap.mark.model_dump() | let_go | answered)


def foresee(store: Store, by: Principal, closing: Closing, *, as_of: dt.date) -> tuple[Verdict, Verdict]:
    """The verdict of today, and the one once the gap is closed so. Raises Denied, NotFound and InputError."""
    review = reviews.load(store, by, closing.gap.system, as_of=as_of)
    return review.verdict, decided_with(review, closing.mark)


def close(store: Store, by: Principal, closing: Closing) -> Done:
    """Answer the question of a gap with “No – controlled”. Raises Denied, InputError, NotFound and Conflict."""

    def answer(session: Session) -> Done:
        row, slug = queries.find_gap(session, closing.gap.id)
        return marks.answer(session, by.name, slug, row.assessment_id, closing.mark, seen=closing.gap.row_version)

    slug, _ = queries.gap_owner(store, closing.gap.id)
    return write(store, by, "mark", slug, answer)


def movable(by: Principal, gap: OpenGap) -> bool:
    """Whether this principal may move the gap."""
    try:
        authorize_gap(by, gap.system, gap.mark.owner)
    except Denied:
        return False
    return True
