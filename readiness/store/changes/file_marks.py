"""Answers that an assessment file states: stored with the moves of their due dates, which later ones never hide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlmodel import Session, select

from readiness import english
from readiness.decision import due_dates, due_history
from readiness.errors import InputError
from readiness.model.assessment import Mark
from readiness.store import queries
from readiness.store.tables import AssessmentRow, MarkRow, SystemRow

from .base import around, copy, keep_move

_carried, _slipped = english.said(due_history.carried), english.said(due_dates.moved)
"""Reasons and slips, as the record keeps them."""


def store(
    session: Session, actor: str, system: SystemRow, row: AssessmentRow, marks: dict[str, Mark], name: str
) -> Iterator[str]:
    """Store answers with the moves of their due dates; a clause for each date that is later than before."""
    stored = {mark.signal: mark for mark in session.exec(select(MarkRow).where(MarkRow.assessment_id == row.id))}
    before = preceding(session, system, row)
    for signal, mark in marks.items():
        if signal in stored:
            yield from _store_again(session, actor, stored[signal], mark, row, name, before)
        else:
            yield from _store_first(session, actor, mark, row, before, name)


def _store_first(
    session: Session, actor: str, mark: Mark, row: AssessmentRow, before: dict[str, Mark], name: str
) -> Iterator[str]:
    """An answer that the assessment did not hold; a gap that was open before goes on with its date."""
    check_first(mark, row, before, name)
    added = MarkRow(**mark.model_dump(), assessment_id=row.id, writers=[actor])
    session.add(added)
    promised = promise(before, mark)
    if promised and mark.due and mark.due != promised:
        session.flush()
        keep_move(session, actor, added.id, promised, mark.due, _carried(row.assessed_on))
        yield from filter(None, [_slipped(mark.signal, promised, mark.due)])


def _store_again(
    session: Session,
    actor: str,
    stored: MarkRow,
    mark: Mark,
    row: AssessmentRow,
    name: str,
    earlier: dict[str, Mark],
) -> Iterator[str]:
    before = queries.record_of(Mark, stored)
    check_again(before, mark, row, name)
    promised = before.due or promise(earlier, mark)
    if copy(stored, mark):
        stored.row_version += 1
        stored.writers = sorted({*stored.writers, actor})
    if mark.due not in (before.due, promised):
        keep_move(session, actor, stored.id, promised, mark.due, _reason(name))
        yield from filter(None, [_slipped(mark.signal, promised, mark.due) if mark.is_gap else ""])


def check_first(mark: Mark, row: AssessmentRow, before: dict[str, Mark], name: str) -> None:
    if mark.is_gap:
        try:
            due_dates.check_stated(mark.due, around(row), promise(before, mark))
        except InputError as exc:
            raise _placed(exc, name, mark) from exc


def check_again(before: Mark, mark: Mark, row: AssessmentRow, name: str) -> None:
    if not mark.is_gap or before.due == mark.due:
        return
    try:
        due_dates.check_move(before.due, mark.due, _reason(name))
        due_dates.check_date(mark.due, around(row))
    except InputError as exc:
        raise _placed(exc, name, mark) from exc


def _placed(exc: InputError, name: str, mark: Mark) -> InputError:
    return InputError(exc.problem, file=name, place=f"marks.{mark.signal}.due", expected=exc.expected)


def _reason(name: str) -> str:
    return f"in the file {name}"


def promise(before: dict[str, Mark], mark: Mark) -> dt.date | None:
    """By when the same gap was to be closed in the assessment before."""
    earlier = before.get(mark.signal)
    return earlier.due if earlier and earlier.is_gap and mark.is_gap else None


def preceding(session: Session, system: SystemRow, row: AssessmentRow) -> dict[str, Mark]:
    """The answers of the assessment that stood before this one."""
    others = [other for other in queries.assessment_rows(session, system) if other.id != row.id]
    before = queries.in_force(others, row.assessed_on)
    return {signal: mark.record for signal, mark in queries.marks_of(session, before).items()} if before else {}
