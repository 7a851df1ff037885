"""What is decided in the meeting: kept with what was seen, and conditions of it that somebody says are met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from readiness import clock
from readiness.access import Principal, allowed, authorize, authorize_condition
from readiness.errors import Denied
from readiness.language import tr
from readiness.model.decisions import DecisionOutcome, OpenCondition, RolloutDecision, StoredCondition
from readiness.model.dossier import Done
from readiness.review import deployed, signoff
from readiness.review.review import Review
from readiness.store import Store, queries
from readiness.store.changes import decisions as changes

from . import _seen
from ._writing import settle, write


def decide(
    store: Store,
    by: Principal,
    slug: str,
    assessment_id: int,
    *,
    outcome: DecisionOutcome,
    decided_on: dt.date,
    people: Sequence[str],
    reasons: str,
    seen: Mapping[str, str],
    as_of: dt.date,
    dissent: Sequence[Mapping[str, Any]] = (),
    conditions: Sequence[Mapping[str, Any]] = (),
    risks: Sequence[Mapping[str, Any]] = (),
    at: dt.datetime | None = None,
) -> Done:
    """Keep what people decided on the parts they saw; the verdict stays as it is. It is kept now unless `at` says when.

    Raises Denied, NotFound, InputError where something is missing, and Conflict that names what changed since.
    """
    authorize(by, "decide", slug)

    def change(review: Review, head: str) -> Done:
        given = RolloutDecision.checked(
            outcome=outcome,
            decided_on=decided_on,
            people=list(people),
            reasons=reasons,
            dissent=list(dissent),
            conditions=list(conditions),
            risks=list(risks),
            components=deployed.components(review),
            level=review.verdict.level,
            parts=dict(seen),
            digest=signoff.digest(seen),
        )
        kept = at or clock.now()
        return write(
            store,
            by,
            "decide",
            slug,
            lambda session: changes.decide(session, by.name, slug, assessment_id, given, seen=head, at=kept),
        )

    return _seen.keep(
        store, by, slug, assessment_id, seen, as_of=as_of, change=change, nothing=tr("nothing was decided")
    )


def open_conditions(store: Store, by: Principal, *, as_of: dt.date) -> list[OpenCondition]:
    """What is to be done for decisions to hold, of systems that this principal may read."""
    return [one for one in queries.decisions.open_conditions(store, as_of) if allowed(by, "read", one.system)]


def condition(store: Store, by: Principal, number: int) -> StoredCondition:
    """One condition. Raises Denied and NotFound."""
    slug, _ = queries.decisions.condition_owner(store, number)
    authorize(by, "read", slug)
    return queries.decisions.condition(store, number)


def meet(
    store: Store, by: Principal, number: int, *, seen: int, on: dt.date, note: str, at: dt.datetime | None = None
) -> Done:
    """Say that a condition is met, now unless `at` says when. Raises Denied, NotFound, InputError and Conflict."""

    def change(session: Session) -> Done:
        _authorize(session, by, number)
        return changes.meet(session, by.name, number, seen=seen, on=on, note=note, at=at or clock.now())

    return settle(store, _system_of(store, by, number), change)


def reopen(store: Store, by: Principal, number: int, *, seen: int, reason: str) -> Done:
    """Take back that a condition is met. Raises Denied, NotFound, InputError and Conflict."""

    def change(session: Session) -> Done:
        _authorize(session, by, number)
        return changes.reopen(session, by.name, number, seen=seen, reason=reason)

    return settle(store, _system_of(store, by, number), change)


def may_meet(by: Principal, slug: str, owner: str) -> bool:
    """Whether somebody may say that a condition of this owner is met."""
    try:
        authorize_condition(by, slug, owner)
    except Denied:
        return False
    return True


def _system_of(store: Store, by: Principal, number: int) -> str:
    slug, owner = queries.decisions.condition_owner(store, number)
    authorize_condition(by, slug, owner)
    return slug


def _authorize(session: Session, by: Principal, number: int) -> None:
    row, slug = queries.decisions.find_condition(session, number)
    authorize_condition(by, slug, row.owner)
