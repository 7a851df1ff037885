"""What is said beside the evidence: written, answered, closed, and taken back by whoever wrote it.

The record tells who did what about which signal, and not the text, so that what is withdrawn is gone.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, or_, select

from readiness import clock, formatting
from readiness.errors import Conflict, InputError
from readiness.language import marked, tr
from readiness.model import checklist as checklists
from readiness.model.dossier import Done
from readiness.model.notes import WITHDRAWN, Note, NoteReply, NoteSubject
from readiness.model.policy import ReleasePolicy
from readiness.store import facts, queries
from readiness.store.tables import EvidenceRow, NoteReplyRow, NoteRow, SystemRow, TraceRow

from .base import Said, recorded, swap

_WEB = ("https://", "http://")


def add(session: Session, actor: str, slug: str, note: Note) -> Done:
    """Raises NotFound, and InputError for what the system does not have."""
    system = queries.find_system(session, slug)
    _refuse_unknown(session, system, note.subject)
    row = NoteRow(**note.model_dump(), system_id=system.id, by=actor, at=clock.now())
    session.add(row)
    session.flush()
    return _told(session, actor, "note", slug, row, lambda: _added(note))


def _added(note: Note) -> str:
    where = {"about": tr(_ABOUT.get(note.about, note.about)), "key": note.key}
    if note.kind == "request":
        due = formatting.day(note.due)
        return tr("Asked {to} for evidence on the {about} {key} by {due}", to=note.to, due=due, **where)
    if note.kind == "question" and note.to:
        return tr("Asked {to} about the {about} {key}", to=note.to, **where)
    if note.kind == "question":
        return tr("Asked a question about the {about} {key}", **where)
    return tr("Commented on the {about} {key}", **where)


def answer(session: Session, actor: str, slug: str, note_id: int, reply: NoteReply) -> Done:
    """Raises NotFound, InputError for a reference that leads nowhere, and Conflict where the note is over by now."""
    row = queries.notes.find(session, slug, note_id)
    if row.closed_at or row.withdrawn_at:
        problem = tr(_CLOSED[row.kind], person=row.closed_by)
        if row.withdrawn_at:
            problem = tr(_WITHDRAWN[row.kind])
        raise Conflict(problem, expected=tr("a note that is open"))
    _check_references(session, row.system_id, reply.references)
    session.add(NoteReplyRow(**reply.model_dump(), note_id=note_id, by=actor, at=clock.now(), row_version=1))
    return _told(session, actor, "note.answer", slug, row, lambda: _did(_ANSWERED[row.kind], row))


def close(session: Session, actor: str, slug: str, note_id: int) -> Done:
    """Raises NotFound."""
    row = queries.notes.find(session, slug, note_id)
    if row.closed_at or row.withdrawn_at:
        return Done(tr("It was over already; nothing was changed"), changed=False)
    swap(session, NoteRow, row, row.row_version, {"closed_by": actor, "closed_at": clock.now()}, what=tr("This note"))
    return _told(session, actor, "note.close", slug, row, lambda: _did(_CLOSED_NOW[row.kind], row))


def withdraw(session: Session, actor: str, slug: str, note_id: int, reply_id: int | None = None) -> Done:
    """Take a text back, that of a note or that of an answer to it; that it was there stays. Raises NotFound."""
    note = queries.notes.find(session, slug, note_id)
    row: Any = queries.notes.find_reply(session, note_id, reply_id) if reply_id else note
    if row.withdrawn_at:
        return Done(tr("It was withdrawn already; nothing was changed"), changed=False)
    values = {"text": WITHDRAWN, "mentions": [], "withdrawn_at": clock.now()}
    swap(
        session,
        type(row),
        row,
        row.row_version,
        values | ({"references": []} if reply_id else {}),
        what=tr("This text"),
    )
    did = marked("Withdrew an answer on the {about} {key}") if reply_id else _WITHDREW[note.kind]
    return _told(session, actor, "note.withdraw", slug, note, lambda: _did(did, note), erased=True)


def _did(did: str, note: NoteRow) -> str:
    return tr(did, about=tr(_ABOUT.get(note.about, note.about)), key=note.key)


_ABOUT = {"signal": marked("signal"), "gate": marked("gate"), "gap": marked("gap"), "trace": marked("trace")}
_CLOSED = {
    "request": marked("this request was closed by {person}; nothing was stored"),
    "question": marked("this question was closed by {person}; nothing was stored"),
    "comment": marked("this comment was closed by {person}; nothing was stored"),
}
_WITHDRAWN = {
    "request": marked("this request was withdrawn; nothing was stored"),
    "question": marked("this question was withdrawn; nothing was stored"),
    "comment": marked("this comment was withdrawn; nothing was stored"),
}
_ANSWERED = {
    "request": marked("Answered a request on the {about} {key}"),
    "question": marked("Answered a question on the {about} {key}"),
    "comment": marked("Answered a comment on the {about} {key}"),
}
_CLOSED_NOW = {
    "request": marked("Closed a request on the {about} {key}"),
    "question": marked("Closed a question on the {about} {key}"),
    "comment": marked("Closed a comment on the {about} {key}"),
}
_WITHDREW = {
    "request": marked("Withdrew a request on the {about} {key}"),
    "question": marked("Withdrew a question on the {about} {key}"),
    "comment": marked("Withdrew a comment on the {about} {key}"),
}


def _told(
    session: Session, actor: str, action: str, slug: str, row: NoteRow, sentence: Said, *, erased: bool = False
) -> Done:
    detail = {"note": row.id, "kind": row.kind, "to": row.to, "due": row.due}
    subject, wrote = f"{row.about} {row.key}", facts.of_note(row.id)
    return recorded(session, actor, action, slug, subject, sentence, wrote=wrote, detail=detail, erased=erased)


def _refuse_unknown(session: Session, system: SystemRow, subject: NoteSubject) -> None:
    rows = queries.assessment_rows(session, system)
    assessment = queries.in_force(rows, clock.today()) or next(iter(rows), None)
    if subject.kind == "trace":
        known = _has_trace(session, system.id, subject.key)
    elif assessment is None:
        known = False
    elif subject.kind == "gate":
        known = subject.key in _gates(session, assessment.id)
    else:
        known = subject.key in checklists.named(assessment.checklist).ids
    if not known:
        problem = tr(
            "{slug} has no {about} {key!r}",
            slug=system.slug,
            about=tr(_ABOUT.get(subject.kind, subject.kind)),
            key=subject.key,
        )
        raise InputError(problem, place="about", expected=tr("one that the dashboard shows"))


def _has_trace(session: Session, system_id: int, trace_id: str) -> bool:
    query = select(TraceRow.id).join(EvidenceRow, col(EvidenceRow.id) == TraceRow.evidence_id)
    found = session.exec(query.where(EvidenceRow.system_id == system_id, TraceRow.trace_id == trace_id))
    return found.first() is not None


def _gates(session: Session, assessment_id: int) -> set[str]:
    row = queries.latest_document(session, assessment_id, "policy")
    return {gate.subject for gate in ReleasePolicy.model_validate(row.body).gates} if row else set()


def _check_references(session: Session, system_id: int, references: list[str]) -> None:
    named = [one for one in references if not one.lower().startswith(_WEB)]
    there = select(EvidenceRow.name, EvidenceRow.digest).where(
        EvidenceRow.system_id == system_id, or_(col(EvidenceRow.name).in_(named), col(EvidenceRow.digest).in_(named))
    )
    known = {value for row in session.exec(there).all() for value in row} if named else set()
    for one in named:
        if one not in known:
            raise InputError(
                tr("{reference!r} is neither an address nor a stored file", reference=one),
                place="references",
                expected=tr("an address that begins with https://, or the name or the digest of a file of the system"),
            )
