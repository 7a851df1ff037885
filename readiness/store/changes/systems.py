"""Systems that begin, change their facts, are put away, taken out again and deleted."""

from __future__ import annotations

from sqlmodel import Session, col, delete, select

from readiness import clock, formatting
from readiness.errors import Conflict, InputError
from readiness.language import tr
from readiness.model.assessment import Assessment, AssessmentFile, System
from readiness.model.dossier import Done
from readiness.store import facts, ids, queries, statuses
from readiness.store.facts import Scope
from readiness.store.tables import (
    AssessmentRow,
    DecisionConditionRow,
    DecisionRow,
    DocumentRow,
    DueMoveRow,
    EvidenceRow,
    HandoverRow,
    IncidentAnswerRow,
    IncidentRow,
    IssueClaimRow,
    MarkRow,
    NoteReplyRow,
    NoteRow,
    PackSentRow,
    PairRow,
    ReminderRow,
    SignOffRow,
    SpanBatchRow,
    SpanTurnRow,
    StageStepRow,
    SystemRow,
    WeeklyReviewRow,
)

from . import drafts, pack_links, people, sources
from .base import Said, recorded, swap
from .evidence import forget_file

_OF_SYSTEM = (
    *(IncidentAnswerRow, IncidentRow, PackSentRow, PairRow, ReminderRow, IssueClaimRow, SpanBatchRow, SpanTurnRow),
)
"""What goes with a system and has nothing beneath it that stays."""


def create(session: Session, actor: str, system: System, assessment: Assessment) -> Done:
    """Store a system that is not there yet, with its first assessment, which is dated today unless it says when."""
    there = session.exec(select(SystemRow).where(SystemRow.slug == system.slug)).first()
    if there is not None:
        whose = tr("an archived system") if there.archived_on else (there.name or tr("another system"))
        problem = tr("{slug} is taken by {whose}", slug=system.slug, whose=whose)
        raise InputError(problem, place="address", expected=tr("another one"))
    row = SystemRow(**system.model_dump())
    session.add(row)
    session.flush()
    dated = assessment.model_copy(update={"assessed_on": assessment.assessed_on or clock.today()})
    first = AssessmentRow(**dated.model_dump(), system_id=row.id, author=actor)
    session.add(first)
    session.flush()
    return recorded(
        session,
        actor,
        "system.create",
        system.slug,
        f"assessment {first.candidate}",
        lambda: tr(
            "Made the system {system}, with an assessment of {candidate}",
            system=system.name or system.slug,
            candidate=first.candidate,
        ),
        wrote=facts.of_assessment(session, first),
        detail={
            "assessment": first.id,
            "content": AssessmentFile(system=system, assessment=dated).model_dump(mode="json"),
        },
    )


def edit(session: Session, actor: str, system: System, *, seen: int) -> Done:
    """Change the name, the owner or the description; the slug names which system. `seen` is the row version."""
    row = queries.find_system(session, system.slug)
    before = queries.record_of(System, row)
    changed = {name: value for name, value in system.model_dump().items() if getattr(before, name) != value}
    if not changed:
        return Done(tr("Nothing was changed"), changed=False)
    swap(session, SystemRow, row, seen, changed, what=tr("This system"))
    return recorded(
        session,
        actor,
        "system.edit",
        system.slug,
        "system",
        lambda: _edited(before, system),
        wrote=[Scope("system", row.id)],
        detail={
            "before": {name: getattr(before, name) for name in changed},
            "stated": {"system": system.model_dump(mode="json")},
        },
    )


def _edited(before: System, after: System) -> str:
    name = after.name or after.slug
    if before.name and before.name != after.name:
        return tr("{before} is called {name} now", before=before.name, name=name)
    if before.owner != after.owner:
        return tr("The owner of {name} is {owner} now", name=name, owner=after.owner or tr("nobody"))
    return tr("Changed the description of {name}", name=name)


def archive(session: Session, actor: str, slug: str, reason: str, *, seen: int) -> Done:
    """Put a system away: it is on no list until it is restored, and nobody writes to it."""
    row = queries.find_system(session, slug)
    if row.archived_on is not None:
        return Done(
            tr("{slug} was archived on {day} already", slug=slug, day=formatting.day(row.archived_on)), changed=False
        )
    values = {"archived_on": clock.today(), "archived_by": actor, "archived_reason": _stated(reason)}
    swap(session, SystemRow, row, seen, values, what=tr("This system"))
    return _ended(
        session, actor, "system.archive", row, lambda: tr("Archived {name}; reason kept", name=row.name or slug), reason
    )


def restore(session: Session, actor: str, slug: str, *, seen: int) -> Done:
    """Take a system out again, as it was put away."""
    row = queries.find_system(session, slug)
    if row.archived_on is None:
        return Done(tr("{slug} is not archived; nothing was changed", slug=slug), changed=False)
    values = dict.fromkeys(("archived_on", "archived_by", "archived_reason"))
    swap(session, SystemRow, row, seen, values, what=tr("This system"))
    return _ended(
        session, actor, "system.restore", row, lambda: tr("Restored {name} from the archive", name=row.name or slug), ""
    )


def _ended(session: Session, actor: str, action: str, row: SystemRow, sentence: Said, reason: str) -> Done:
    wrote, detail = [Scope("system", row.id)], {"reason": reason.strip()}
    return recorded(session, actor, action, row.slug, "system", sentence, wrote=wrote, detail=detail)


def _stated(reason: str) -> str:
    if not reason.strip():
        raise InputError(tr("no reason is given"), place="reason", expected=tr("a sentence that says why"))
    return reason.strip()


def remove(session: Session, actor: str, slug: str, reason: str, *, seen: int) -> Done:
    """Delete all that is stored of a system in the archive; the chain keeps that it was there, and why it went."""
    row = queries.find_system(session, slug)
    if row.archived_on is None:
        problem = tr("{slug} is not in the archive; nothing was deleted", slug=slug)
        raise InputError(problem, expected=tr("a system that was archived before"))
    why, name, number = _stated(reason), row.name or slug, row.id
    if row.row_version != seen:
        problem = tr("{name} was changed by somebody else in the meantime; nothing was deleted", name=name)
        raise Conflict(problem, expected=tr("a second look at what they wrote"))
    assessments = queries.assessment_rows(session, row)
    files = session.exec(select(EvidenceRow).where(EvidenceRow.system_id == number)).all()
    wrote = [scope for one in assessments for scope in facts.of_assessment(session, one)]
    marks = session.exec(select(MarkRow.id).where(col(MarkRow.assessment_id).in_([one.id for one in assessments])))
    wrote += [Scope("handover", mark) for mark in marks]
    wrote += [scope for file in files for scope in facts.of_evidence(number, file.id)]
    notes = session.exec(select(NoteRow.id).where(NoteRow.system_id == number)).all()
    wrote += [scope for note in notes for scope in facts.of_note(note)]
    packs = session.exec(select(PackSentRow.id).where(PackSentRow.system_id == number)).all()
    wrote += [Scope("pack_sent", pack) for pack in packs]
    wrote += pack_links.forget(session, packs)
    wrote += sources.forget(session, number)
    detail = {
        "name": name,
        "reason": why,
        "assessments": [f"{one.candidate}, {one.assessed_on.isoformat()}" for one in assessments],
        "files": {file.digest: file.name for file in files},
    }
    people.revoke_all(session, actor, slug)
    for file in files:
        forget_file(session, row, file)
    _forget(session, row, [one.id for one in assessments])
    gone = len(assessments), len(files)
    return recorded(
        session,
        actor,
        "system.delete",
        slug,
        "system",
        lambda: tr("Deleted {name} with {what}; reason kept", name=name, what=_of(*gone)),
        wrote=[*(Scope(name, number) for name in ("system", "pair", "incident", "incident_answer")), *wrote],
        detail=detail,
        erased=True,
    )


def _of(assessments: int, files: int) -> str:
    return formatting.listed([formatting.count(assessments, "assessment"), formatting.count(files, "file")])


def _forget(session: Session, row: SystemRow, numbers: list[int]) -> None:
    """Delete a system whose files are gone, and its assessments; its sign-offs may go since it is in the archive."""
    marks = select(MarkRow.id).where(col(MarkRow.assessment_id).in_(numbers))
    session.flush()
    ids.keep_highest(session)
    for of_mark in (DueMoveRow, HandoverRow):
        session.exec(delete(of_mark).where(col(of_mark.mark_id).in_(marks)))
    drafts.forget_assessments(session, numbers)
    for table in (MarkRow, DocumentRow, SignOffRow, StageStepRow, WeeklyReviewRow, DecisionConditionRow, DecisionRow):
        session.exec(delete(table).where(col(table.assessment_id).in_(numbers)))
    session.exec(delete(AssessmentRow).where(col(AssessmentRow.id).in_(numbers)))
    notes = select(NoteRow.id).where(NoteRow.system_id == row.id)
    session.exec(delete(NoteReplyRow).where(col(NoteReplyRow.note_id).in_(notes)))
    session.exec(delete(NoteRow).where(col(NoteRow.system_id) == row.id))
    for of_system in _OF_SYSTEM:
        session.exec(delete(of_system).where(col(of_system.system_id) == row.id))
    statuses.forget(session, row.slug)
    session.exec(delete(SystemRow).where(col(SystemRow.id) == row.id))
