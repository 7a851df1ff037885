"""Answers to the checklist, and the gaps that follow from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select

from readiness import clock, formatting
from readiness.decision import due_dates
from readiness.errors import Conflict, InputError
from readiness.language import marked, tr
from readiness.model.assessment import Mark
from readiness.model.dossier import Done
from readiness.store import facts, queries
from readiness.store.tables import AssessmentRow, MarkRow, SystemRow

from . import drafts, file_marks
from .base import Said, around, keep_move, latest_assessment, overtaken, recorded, swap


def answer(
    session: Session, actor: str, slug: str, assessment_id: int, mark: Mark, *, seen: int, reason: str = ""
) -> Done:
    """Store one answer whole. `seen` is the row version the writer saw, 0 where there was no answer yet.

    What the writer had begun to answer is gone with it.
    """
    assessment = latest_assessment(session, slug, assessment_id)
    drafts.forget(session, actor, assessment_id, mark.signal)
    return _store(session, [actor], slug, assessment, mark, seen=seen, reason=reason)


def confirm(session: Session, actor: str, slug: str, assessment_id: int, signal: str, *, seen: int) -> Done:
    """Answer a question as before: what was found controlled then is so in this version too, a person says.

    Only "No – controlled" can be confirmed. Whoever wrote that answer has written this one too.
    """
    assessment = latest_assessment(session, slug, assessment_id)
    stored = _row(session, assessment_id, signal)
    if stored is not None and stored.mark is not None:
        raise Conflict(
            tr("{signal} is answered by now; nothing was stored", signal=signal),
            theirs={"answer": _said(queries.record_of(Mark, stored))},
            expected=tr("a second look at what they wrote"),
        )
    before = _answered_before(session, assessment, signal)
    if before is None or before.mark != "no":
        raise InputError(
            tr("{signal} was not controlled before", signal=signal), place=signal, expected=tr("an answer of its own")
        )
    mark = queries.record_of(Mark, before)
    drafts.forget(session, actor, assessment_id, signal)
    return _store(session, [actor, *before.writers], slug, assessment, mark, seen=seen)


def _answered_before(session: Session, assessment: AssessmentRow, signal: str) -> MarkRow | None:
    """The last answer to a question in the assessments before."""
    rows = queries.assessment_rows(session, session.get_one(SystemRow, assessment.system_id))
    for earlier in rows[[row.id for row in rows].index(assessment.id) + 1 :]:
        if (row := _row(session, earlier.id, signal)) is not None and row.mark is not None:
            return row
    return None


def _row(session: Session, assessment_id: int, signal: str) -> MarkRow | None:
    query = select(MarkRow).where(MarkRow.assessment_id == assessment_id, MarkRow.signal == signal)
    return session.exec(query).first()


def _store(
    session: Session,
    writers: Sequence[str],
    slug: str,
    assessment: AssessmentRow,
    mark: Mark,
    *,
    seen: int,
    reason: str = "",
) -> Done:
    """An answer by the first of its writers."""
    actor, row = writers[0], _row(session, assessment.id, mark.signal)
    before = queries.record_of(Mark, row) if row else Mark(signal=mark.signal)
    if before == mark:
        return Done(tr("Nothing was changed"), changed=False)
    promised = _check_answer(session, assessment, before, mark, reason)
    if row is None:
        row = MarkRow(signal=mark.signal, evidence=[], assessment_id=assessment.id, row_version=0)
        session.add(row)
        session.flush()
    swap(session, MarkRow, row, seen, mark.model_dump(), what=tr("This answer"))
    row.writers = sorted({*row.writers, *writers})
    if mark.due not in (before.due, promised):
        keep_move(session, actor, row.id, promised, mark.due, reason)
    return _recorded(session, actor, "mark", slug, row, before, mark, lambda: _answered(before, mark), reason)


def check_answer(session: Session, slug: str, assessment_id: int, mark: Mark, *, reason: str = "") -> None:
    """Raises what storing the answer would raise because of what it says, and stores nothing."""
    assessment = latest_assessment(session, slug, assessment_id)
    stored = queries.marks_of(session, assessment).get(mark.signal)
    _check_answer(session, assessment, stored.record if stored else Mark(signal=mark.signal), mark, reason)


def _check_answer(session: Session, assessment: AssessmentRow, before: Mark, mark: Mark, reason: str) -> dt.date | None:
    """By when the gap was to be closed until now."""
    promised = before.due or _promised(session, assessment, mark)
    if mark.is_gap:
        if before.due is not None or mark.due is not None:
            due_dates.check_move(promised, mark.due, reason)
        if before.due != mark.due:
            due_dates.check_date(mark.due, around(assessment))
    return promised


def change_gap(
    session: Session, actor: str, gap_id: int, *, seen: int, due: dt.date | None, owner: str, action: str, reason: str
) -> Done:
    """Move a gap's due date (later needs a reason), name its owner, or state its next action."""
    row, slug = queries.find_gap(session, gap_id)
    before = queries.record_of(Mark, row)
    wanted = {"due": due, "owner": owner, "action": action}
    differs = any(getattr(before, name) != value for name, value in wanted.items())
    if before.is_gap and row.row_version != seen and differs:
        raise overtaken(row, wanted, what=tr("This gap"))  # before the dates are held against one that nobody saw
    after, promised = _changed(session, row, slug, due=due, owner=owner, action=action, reason=reason)
    if after == before:
        return Done(tr("Nothing was changed"), changed=False)
    swap(session, MarkRow, row, seen, wanted, what=tr("This gap"))
    if due not in (before.due, promised):
        keep_move(session, actor, row.id, promised, due, reason)
    return _recorded(
        session, actor, "gap.move", slug, row, before, after, lambda: _moved(before, after, reason), reason
    )


def check_gap(session: Session, gap_id: int, *, due: dt.date | None, owner: str, action: str, reason: str = "") -> None:
    """Raises what changing the gap would raise because of what it says, and stores nothing."""
    row, slug = queries.find_gap(session, gap_id)
    _changed(session, row, slug, due=due, owner=owner, action=action, reason=reason)


def _changed(
    session: Session, row: MarkRow, slug: str, *, due: dt.date | None, owner: str, action: str, reason: str
) -> tuple[Mark, dt.date | None]:
    """The mark of a gap as it would be, and by when the gap was to be closed until now."""
    before = queries.record_of(Mark, row)
    assessment = _assessment_in_force(session, row, slug)
    if not before.is_gap:
        raise InputError(
            tr("{signal} is not a gap", signal=before.signal),
            place=tr("gap {number}", number=row.id),
            expected=tr("a partial or a yes"),
        )
    after = Mark.checked(**before.model_dump() | {"due": due, "owner": owner, "action": action})
    promised = before.due or _promised(session, assessment, after)
    if after == before:
        return after, promised
    if before.due is not None or due is not None:
        due_dates.check_move(promised, due, reason)
    if before.due != due:
        due_dates.check_date(due, around(assessment))
    return after, promised


def _promised(session: Session, assessment: AssessmentRow, mark: Mark) -> dt.date | None:
    """By when the gap was to be closed in the assessment before, where it was open there."""
    system = session.get_one(SystemRow, assessment.system_id)
    return file_marks.promise(file_marks.preceding(session, system, assessment), mark)


def open_now(session: Session, row: MarkRow, slug: str) -> None:
    """Raises InputError for what is not a gap, or not one of the assessment in force."""
    _assessment_in_force(session, row, slug)
    if not queries.record_of(Mark, row).is_gap:
        raise InputError(
            tr("{signal} is not a gap", signal=row.signal),
            place=tr("gap {number}", number=row.id),
            expected=tr("a partial or a yes"),
        )


def _assessment_in_force(session: Session, row: MarkRow, slug: str) -> AssessmentRow:
    """The assessment of a gap; refused for one that is not in force, with the gap that is open instead."""
    rows = queries.assessment_rows(session, queries.find_system(session, slug))
    own, newest = next(one for one in rows if one.id == row.assessment_id), queries.in_force(rows, clock.today())
    if newest is not None and own.id == newest.id:
        return own
    query = select(MarkRow).where(MarkRow.assessment_id == (newest.id if newest else None))
    now = session.exec(query.where(MarkRow.signal == row.signal, col(MarkRow.mark).in_(("partial", "yes")))).first()
    told = {"number": row.id, "slug": slug, "day": formatting.day(own.assessed_on)}
    problem = tr("gap {number} is of an earlier assessment of {slug}, of {day}", **told)
    if own.assessed_on > clock.today():
        problem = tr("gap {number} is of a later assessment of {slug}, of {day}", **told)
    raise InputError(
        problem,
        expected=tr("{number}, the gap of {signal} that is open now", number=now.id, signal=row.signal)
        if now
        else tr("an id that readiness gaps lists"),
    )


def _answered(before: Mark, after: Mark) -> str:
    if before.mark != after.mark:
        return tr("{signal}: {before} became {after}", signal=after.signal, before=_said(before), after=_said(after))
    if before.due != after.due:
        return _moved(before, after, "")
    return tr("{signal}: {answer}, details changed", signal=after.signal, answer=_said(after))


_ANSWERS = {
    None: marked("not answered"),
    "no": marked("No – controlled"),
    "partial": marked("Partial"),
    "yes": marked("Yes – gap"),
}


def _said(mark: Mark) -> str:
    return tr(_ANSWERS[mark.mark])


def _moved(before: Mark, after: Mark, reason: str) -> str:
    kept = tr("; reason kept") if reason.strip() else ""
    if before.due == after.due:
        return tr("Gap {signal} updated", signal=after.signal)
    told = {"signal": after.signal, "due": formatting.day(after.due), "kept": kept}
    if before.due is None:
        return tr("Due date of {signal} set to {due}{kept}", **told)
    return tr("Due date of {signal} moved from {before} to {due}{kept}", before=formatting.day(before.due), **told)


def _recorded(
    session: Session,
    actor: str,
    action: str,
    slug: str,
    row: MarkRow,
    before: Mark,
    after: Mark,
    sentence: Said,
    reason: str,
) -> Done:
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    changed = [name for name in new if old[name] != new[name]]
    detail = {
        "assessment": row.assessment_id,
        "before": {name: old[name] for name in changed},
        "after": {name: new[name] for name in changed},
        "reason": reason,
    }
    wrote = facts.of_mark(row.id)
    return recorded(session, actor, action, slug, f"signal {after.signal}", sentence, wrote=wrote, detail=detail)
