"""What every write shares: a comparison with what the writer saw, and one way to record what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlmodel import Session, update

from readiness import clock, english, formatting
from readiness.decision.due_dates import Around
from readiness.errors import Conflict, InputError, NotFound
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.record import Record
from readiness.store import audit, facts, queries
from readiness.store.facts import Scope
from readiness.store.tables import AssessmentRow, DueMoveRow

Said = Callable[[], str]
"""What was done, in the language of whoever asks."""


def owned_assessment(session: Session, slug: str, assessment_id: int) -> AssessmentRow:
    row = session.get(AssessmentRow, assessment_id)
    if row is None or row.system_id != queries.find_system(session, slug).id:
        raise NotFound(
            tr("{slug} has no assessment {number}", slug=slug, number=assessment_id), expected=tr("one that is stored")
        )
    return row


def latest_assessment(session: Session, slug: str, assessment_id: int) -> AssessmentRow:
    """The assessment with this id, which must be the one in force: earlier ones stay as they were."""
    row, today = owned_assessment(session, slug, assessment_id), clock.today()
    newest = queries.in_force(queries.assessment_rows(session, queries.find_system(session, slug)), today)
    if row.assessed_on > today:
        raise InputError(
            tr(
                "{slug} {candidate} is not in force before {day}",
                slug=slug,
                candidate=row.candidate,
                day=formatting.day(row.assessed_on),
            ),
            expected=tr("the assessment in force, of {candidate}", candidate=newest.candidate)
            if newest
            else tr("its day to come"),
        )
    if newest is not None and newest.id != row.id:
        raise InputError(
            tr("{slug} {candidate} is an earlier assessment", slug=slug, candidate=row.candidate),
            expected=tr("the latest, of {candidate}", candidate=newest.candidate),
        )
    return row


def around(assessment: AssessmentRow) -> Around:
    """What the due dates of an assessment are held against."""
    return Around(clock.today(), assessment.assessed_on, assessment.target_date)


def swap(session: Session, table: Any, row: Any, seen: int, values: dict[str, Any], *, what: str) -> None:
    """Compare and swap on the row version; a lost race raises Conflict with what is stored now."""
    changed = session.connection().execute(
        update(table).where(table.id == row.id, table.row_version == seen).values(**values, row_version=seen + 1)
    )
    if changed.rowcount != 1:
        raise overtaken(row, values, what=what)


def overtaken(row: Any, values: Mapping[str, Any], *, what: str) -> Conflict:
    """Somebody else wrote first: what is stored now of the values that one wanted to write."""
    return Conflict(
        tr("{what} was changed by somebody else in the meantime; nothing was stored", what=what),
        theirs={name: getattr(row, name) for name in values if getattr(row, name) != values[name]},
        row=row.id,
        version=row.row_version,
        expected=tr("a second look at what they wrote"),
    )


def copy(row: Any, record: Record, skip: frozenset[str] = frozenset()) -> bool:
    """Copy what differs from a record into its row; whether anything did."""
    changed = False
    for name, value in record.model_dump().items():
        if name not in skip and getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def keep_move(
    session: Session, actor: str, mark_id: int, before: dt.date | None, after: dt.date | None, reason: str
) -> None:
    session.add(DueMoveRow(mark_id=mark_id, before=before, after=after, reason=reason, by=actor, at=clock.now()))


def recorded(
    session: Session,
    actor: str,
    action: str,
    slug: str,
    subject: str,
    sentence: Said,
    *,
    wrote: Iterable[Scope],
    detail: Mapping[str, Any] | None = None,
    erased: bool = False,
) -> Done:
    """What a write did, once it stands in the audit chain; `detail` holds the values, `wrote` says where they are.

    The chain keeps the sentence in English, and whoever wrote is told it in their language.
    """
    kept, told = english.said(sentence)(), sentence()
    audit.append(
        session,
        actor=actor,
        action=action,
        system=slug,
        subject=subject,
        sentence=kept,
        detail=detail or {},
        facts=facts.digests(session, wrote),
    )
    return Done(told, erased=erased)
