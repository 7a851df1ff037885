"""The next assessment of a system, which goes on from the last one, and the facts of an assessment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select

from readiness import clock, formatting
from readiness.errors import Conflict, InputError
from readiness.language import marked, tr, trn
from readiness.model.assessment import Assessment, AssessmentFile, Mark, System
from readiness.model.dossier import Done
from readiness.store import facts, queries
from readiness.store.facts import Scope
from readiness.store.tables import AssessmentRow, DocumentRow, MarkRow, SystemRow

from . import documents
from .base import latest_assessment, recorded, swap

_FIXED = ("checklist", "assessed_on")
"""What other records go by, and so what stays as it was when the assessment began."""
_TITLES = {
    "candidate": marked("candidate"),
    "baseline": marked("baseline"),
    "target_date": marked("target date"),
    "expected": marked("expectations"),
}


def start(session: Session, actor: str, slug: str, assessment: Assessment, *, seen: int) -> Done:
    """Begin the next assessment; `seen` is the id of the one in force that the writer saw.

    Open gaps go on with their owners and dates, and so do policy, plan and card with every revision. Answers of
    control do not: whether they hold for another version, a person has to say (`marks.confirm`).
    """
    system = queries.find_system(session, slug)
    rows = queries.assessment_rows(session, system)
    last = queries.in_force(rows, clock.today())
    if last is None or last.id != seen:
        raise Conflict(
            tr("another assessment of {slug} began in the meantime; nothing was stored", slug=slug),
            theirs={"assessment": last.candidate} if last else {},
            expected=tr("a second look at what they began"),
        )
    dated = assessment.model_copy(update={"assessed_on": assessment.assessed_on or clock.today()})
    _check_day(slug, dated, last)
    _check_name(slug, dated, rows)
    row = AssessmentRow(**dated.model_dump(), system_id=system.id, author=actor)
    session.add(row)
    session.flush()
    gaps = _carry_gaps(session, actor, last, row)
    _carry_documents(session, last, row)
    session.flush()
    count = len(gaps)
    return recorded(
        session,
        actor,
        "assessment.start",
        slug,
        f"assessment {row.candidate}",
        lambda: _begun(slug, row.candidate, last.candidate, count),
        wrote=facts.of_assessment(session, row),
        detail={
            "assessment": row.id,
            "after": last.id,
            "content": _content(session, system, row, gaps).model_dump(mode="json"),
        },
    )


def _begun(slug: str, candidate: str, before: str, gaps: int) -> str:
    told = tr(
        "Began the assessment of {slug} {candidate} after {before}", slug=slug, candidate=candidate, before=before
    )
    carried = trn("; {n} gap carried over", "; {n} gaps carried over", gaps)
    return f"{told}{carried if gaps else ''}"


def edit(session: Session, actor: str, slug: str, assessment_id: int, assessment: Assessment, *, seen: int) -> Done:
    """Change what the assessment in force says of itself; its day and its checklist stay."""
    row = latest_assessment(session, slug, assessment_id)
    before = queries.record_of(Assessment, row)
    after = assessment.model_copy(update={name: getattr(before, name) for name in _FIXED})
    old, new = before.model_dump(), after.model_dump()
    changed = {name: value for name, value in new.items() if old[name] != value}
    if not changed:
        return Done(tr("Nothing was changed"), changed=False)
    rows = queries.assessment_rows(session, session.get_one(SystemRow, row.system_id))
    _check_name(slug, after, [one for one in rows if one.id != row.id])
    swap(session, AssessmentRow, row, seen, changed, what=tr("This assessment"))
    was = before.model_dump(mode="json")
    return recorded(
        session,
        actor,
        "assessment.edit",
        slug,
        f"assessment {after.candidate}",
        lambda: tr(
            "Changed {changed} of {slug} {candidate}",
            changed=formatting.listed([tr(_TITLES.get(name, name)) for name in changed]),
            slug=slug,
            candidate=after.candidate,
        ),
        wrote=[Scope("assessment", row.id)],
        detail={
            "assessment": row.id,
            "before": {name: was[name] for name in changed},
            "stated": {"assessment": after.model_dump(mode="json")},
        },
    )


def _check_day(slug: str, assessment: Assessment, last: AssessmentRow) -> None:
    day, today = assessment.assessed_on or dt.date.min, clock.today()
    if not last.assessed_on <= day <= today:
        raise InputError(
            tr("the next assessment of {slug} cannot be of {day}", slug=slug, day=formatting.day(day)),
            place=tr("assessed on"),
            expected=tr(
                "a day from {first} to {today}", first=formatting.day(last.assessed_on), today=formatting.day(today)
            ),
        )


def _check_name(slug: str, assessment: Assessment, others: Sequence[AssessmentRow]) -> None:
    if any((one.candidate, one.assessed_on) == (assessment.candidate, assessment.assessed_on) for one in others):
        raise InputError(
            tr(
                "{slug} {candidate} has an assessment of {day} already",
                slug=slug,
                candidate=assessment.candidate,
                day=formatting.day(assessment.assessed_on),
            ),
            place="candidate",
            expected=tr("another version, or another day"),
        )


def _carry_gaps(session: Session, actor: str, last: AssessmentRow, row: AssessmentRow) -> list[Mark]:
    """Whoever wrote a gap has written what stands in the next assessment too."""
    query = select(MarkRow).where(MarkRow.assessment_id == last.id, col(MarkRow.mark).in_(("partial", "yes")))
    carried = []
    for old in session.exec(query.order_by(col(MarkRow.id))).all():
        mark = queries.record_of(Mark, old)
        session.add(MarkRow(**mark.model_dump(), assessment_id=row.id, writers=sorted({*old.writers, actor})))
        carried.append(mark)
    return carried


def _carry_documents(session: Session, last: AssessmentRow, row: AssessmentRow) -> None:
    """Every revision, with who wrote it when: none of them may sign off their own words later."""
    query = select(DocumentRow).where(DocumentRow.assessment_id == last.id).order_by(col(DocumentRow.id))
    for old in session.exec(query).all():
        kept = {name: getattr(old, name) for name in ("kind", "revision", "body", "by", "at")}
        session.add(DocumentRow(**kept, assessment_id=row.id))


def _content(session: Session, system: SystemRow, row: AssessmentRow, gaps: list[Mark]) -> AssessmentFile:
    """What was begun, as a file would state it."""
    return AssessmentFile(
        system=queries.record_of(System, system),
        assessment=queries.record_of(Assessment, row),
        marks=gaps,
        **documents.every(session, row.id),  # type: ignore[arg-type]  # each kind stands under its own name
    )
