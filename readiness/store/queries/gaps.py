"""Open gaps, and how their due dates moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import and_, true
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from readiness import clock
from readiness.decision.due_history import StatedDue, moves
from readiness.errors import NotFound
from readiness.language import tr
from readiness.model.assessment import Mark
from readiness.model.dossier import (
    DueMove,
    OpenMark,
    Stored,
)
from readiness.store.engine import Store
from readiness.store.tables import (
    AssessmentRow,
    DueMoveRow,
    MarkRow,
    SystemRow,
)

from .past import Past, past
from .records import stored
from .systems import assessment_rows, in_force, in_use, newest

Systems = Collection[str] | None
"""Some of the systems by their slugs, or all of them."""


def gaps(store: Store, *, day: dt.date | None = None, systems: Systems = None) -> list[OpenMark]:
    """The open gaps of each system's assessment in force on a day, which is today unless another is asked about."""
    asked = day or clock.today()
    with store.reading() as session:
        return _past_gaps(session, asked, systems) if asked < clock.today() else _gaps(session, asked, systems)


def _gaps(session: Session, day: dt.date, systems: Systems) -> list[OpenMark]:
    names = list(Mark.model_fields)
    columns = (
        SystemRow.slug,
        AssessmentRow.checklist,
        *(getattr(MarkRow, name) for name in ("id", "row_version", *names)),
    )
    query = select_columns(*columns).join_from(MarkRow, AssessmentRow).join(SystemRow).where(*open_on(day, systems))
    history = _histories(session, day, systems)
    open_ = []
    for slug, checklist, number, version, *values in session.connection().execute(query):
        mark = Mark.model_construct(**dict(zip(names, values, strict=True)))  # validated on its way in
        open_.append(OpenMark(slug, checklist, Stored(number, version, mark), moves(history[number])))
    return open_


def open_on(day: dt.date, systems: Systems) -> tuple[Any, ...]:
    """What tells the open gaps of the assessments in force on a day among marks, assessments and systems."""
    asked = true() if systems is None else col(SystemRow.slug).in_(systems)
    return asked, in_use(day), col(MarkRow.mark).in_(("partial", "yes")), AssessmentRow.id == newest(day)


def _histories(session: Session, day: dt.date, systems: Systems) -> Mapping[int, Sequence[StatedDue]]:
    """What the assessments up to a day say of each question that is an open gap, by the answer in the last of them."""
    asked = select_columns(col(AssessmentRow.system_id), col(MarkRow.signal)).join_from(MarkRow, AssessmentRow)
    open_ = asked.join(SystemRow).where(*open_on(day, systems)).subquery()
    query = (
        select_columns(
            col(MarkRow.id),
            col(MarkRow.signal),
            col(MarkRow.mark),
            col(MarkRow.due),
            col(AssessmentRow.system_id),
            col(AssessmentRow.assessed_on),
            col(AssessmentRow.author),
        )
        .join(AssessmentRow, col(AssessmentRow.id) == MarkRow.assessment_id)
        .join(open_, and_(open_.c.system_id == AssessmentRow.system_id, open_.c.signal == MarkRow.signal))
        .where(col(AssessmentRow.assessed_on) <= day)
        .order_by(*(column.asc() for column in (col(AssessmentRow.assessed_on), col(AssessmentRow.id))))
    )
    marks = select(MarkRow.id).join(AssessmentRow).join(SystemRow).where(col(SystemRow.slug).in_(systems or ()))
    made = _made(session, None if systems is None else marks)
    history: dict[tuple[int, str], list[StatedDue]] = {}
    last: dict[tuple[int, str], int] = {}
    for mark, signal, value, due, system, assessed_on, author in session.connection().execute(query):
        key = (system, signal)
        last[key] = mark
        is_gap = value in ("partial", "yes")
        history.setdefault(key, []).append(StatedDue(assessed_on, author, is_gap, due, made.get(mark, ())))
    return {mark: history[key] for key, mark in last.items()}


def _past_gaps(session: Session, day: dt.date, systems: Systems) -> list[OpenMark]:
    """What was open on a day that is past, of each system in turn."""
    gaps = []
    for system in session.exec(select(SystemRow).where(in_use(day))).all():
        if systems is not None and system.slug not in systems:
            continue
        rows = assessment_rows(session, system)
        row, then = in_force(rows, day), past(session, system.slug, day)
        if row is None or then is None:
            continue
        sheets = [(one, then.marks(one, marks_of(session, one))) for one in rows[rows.index(row) :]]
        made = moves_of(session, sheets, then)
        gaps += [
            OpenMark(system.slug, row.checklist, mark, made[mark.id])
            for mark in sheets[0][1].values()
            if mark.record.is_gap
        ]
    return gaps


def marks_of(session: Session, assessment: AssessmentRow) -> dict[str, Stored[Mark]]:
    """The answers of an assessment by their signals."""
    rows = session.exec(select(MarkRow).where(MarkRow.assessment_id == assessment.id).order_by(col(MarkRow.id)))
    return {row.signal: stored(Mark, row) for row in rows}


def open_dues(session: Session, assessment_id: int) -> list[dt.date | None]:
    """By when each gap of an assessment is to be closed."""
    query = select_columns(col(MarkRow.due)).where(col(MarkRow.mark).in_(("partial", "yes")))
    return list(session.connection().scalars(query.where(col(MarkRow.assessment_id) == assessment_id)))


def owners(store: Store) -> list[tuple[str, str, bool]]:
    """Everybody who owns something: the system, the name, and whether it is a gap that they own or owned."""
    owning = (
        select(SystemRow.slug, MarkRow.owner)
        .join(AssessmentRow, col(AssessmentRow.system_id) == SystemRow.id)
        .join(MarkRow, col(MarkRow.assessment_id) == AssessmentRow.id)
        .where(MarkRow.owner != "")
        .distinct()
    )
    with store.reading() as session:
        systems = session.exec(select(SystemRow.slug, SystemRow.owner).where(SystemRow.owner != "")).all()
        return [*((slug, name, True) for slug, name in session.exec(owning)), *((*row, False) for row in systems)]


def gap_owner(store: Store, gap_id: int) -> tuple[str, Stored[Mark]]:
    """The system's slug and the mark behind a gap's id. Raises NotFound."""
    with store.reading() as session:
        mark, slug = find_gap(session, gap_id)
        return slug, stored(Mark, mark)


def find_gap(session: Session, gap_id: int) -> tuple[MarkRow, str]:
    row = session.exec(
        select(MarkRow, SystemRow.slug)
        .join(AssessmentRow, col(AssessmentRow.id) == MarkRow.assessment_id)
        .join(SystemRow, col(SystemRow.id) == AssessmentRow.system_id)
        .where(MarkRow.id == gap_id)
    ).first()
    if row is None:
        raise NotFound(tr("there is no gap {number}", number=gap_id), expected=tr("an id that readiness gaps lists"))
    return row


def assessment_of(session: Session, mark: MarkRow) -> AssessmentRow:
    return session.get_one(AssessmentRow, mark.assessment_id)


def moves_of(
    session: Session, sheets: Sequence[tuple[AssessmentRow, Mapping[str, Stored[Mark]]]], then: Past | None
) -> Mapping[int, Sequence[DueMove]]:
    """How the date of each answer of the first assessment moved since its gap opened; the newest comes first."""
    made = _made(session, [mark.id for _, marks in sheets for mark in marks.values()])
    history: dict[str, list[StatedDue]] = {}
    for row, marks in reversed(sheets):
        for signal in sheets[0][1]:
            mark = marks.get(signal)
            own = made.get(mark.id, []) if mark else []
            stated = StatedDue(
                row.assessed_on,
                row.author,
                mark is not None and mark.record.is_gap,
                mark.record.due if mark else None,
                then.moves(row, own) if then else own,
            )
            history.setdefault(signal, []).append(stated)
    return {mark.id: moves(history[signal]) for signal, mark in sheets[0][1].items()}


def _made(session: Session, mark_ids: Any) -> Mapping[int, list[DueMove]]:
    """The moves that were stored, by the mark; of all marks where None is named."""
    made: dict[int, list[DueMove]] = {}
    names = ("mark_id", *(field.name for field in fields(DueMove)))
    query = select_columns(*(getattr(DueMoveRow, name) for name in names)).order_by(col(DueMoveRow.id))
    asked = query if mark_ids is None else query.where(col(DueMoveRow.mark_id).in_(mark_ids))
    for mark, *move in session.connection().execute(asked):
        made.setdefault(mark, []).append(DueMove(*move))
    return made
