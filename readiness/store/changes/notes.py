"""What is said beside the evidence: written, answered, closed, and taken back by whoever wrote it.

The record tells who did what about which signal, and not the text, so that what is withdrawn is gone.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, or_, select

from readiness import clock, formatting
from readiness.errors import Conflict, InputError
from readiness.model import checklist as checklists
from readiness.model.dossier import Done
from readiness.model.notes import WITHDRAWN, Note, NoteReply, NoteSubject
from readiness.model.policy import ReleasePolicy
from readiness.store import facts, queries
from readiness.store.tables import EvidenceRow, NoteReplyRow, NoteRow, SystemRow, TraceRow

from .base import recorded, swap

_WEB = ("https://", "http://")


def add(session: Session, actor: str, slug: str, note: Note) -> Done:
    """Raises NotFound, and InputError for what the system does not have."""
    system = queries.find_system(session, slug)
    _refuse_unknown(session, system, note.subject)
    row = NoteRow(**note.model_dump(), system_id=system.id, by=actor, at=clock.now())
    session.add(row)
    session.flush()
    return _told(session, actor, "note", slug, row, _added(note))


def _added(note: Note) -> str:
    where = f"the {note.about} {note.key}"
    if note.kind == "request":
        return f"Asked {note.to} for evidence on {where} by {formatting.day(note.due)}"
    if note.kind == "question":
        return f"Asked {note.to or 'a question'} about {where}"
    return f"Commented on {where}"


def answer(session: Session, actor: str, slug: str, note_id: int, reply: NoteReply) -> Done:
    """Raises NotFound, InputError for a reference that leads nowhere, and Conflict where the note is over by now."""
    row = queries.notes.find(session, slug, note_id)
    if row.closed_at or row.withdrawn_at:
        how = "withdrawn" if row.withdrawn_at else f"closed by {row.closed_by}"
        raise Conflict(f"this {row.kind} was {how}; nothing was stored", expected="a note that is open")
    _check_references(session, row.system_id, reply.references)
    session.add(NoteReplyRow(**reply.model_dump(), note_id=note_id, by=actor, at=clock.now(), row_version=1))
    return _told(session, actor, "note.answer", slug, row, f"Answered a {row.kind} on the {row.about} {row.key}")


def close(session: Session, actor: str, slug: str, note_id: int) -> Done:
    """Raises NotFound."""
    row = queries.notes.find(session, slug, note_id)
    if row.closed_at or row.withdrawn_at:
        return Done("It was over already; nothing was changed", changed=False)
    swap(session, NoteRow, row, row.row_version, {"closed_by": actor, "closed_at": clock.now()}, what="This note")
    return _told(session, actor, "note.close", slug, row, f"Closed a {row.kind} on the {row.about} {row.key}")


def withdraw(session: Session, actor: str, slug: str, note_id: int, reply_id: int | None = None) -> Done:
    """Take a text back, that of a note or that of an answer to it; that it was there stays. Raises NotFound."""
    note = queries.notes.find(session, slug, note_id)
    row: Any = queries.notes.find_reply(session, note_id, reply_id) if reply_id else note
    if row.withdrawn_at:
        return Done("It was withdrawn already; nothing was changed", changed=False)
    values = {"text": WITHDRAWN, "mentions": [], "withdrawn_at": clock.now()}
    swap(session, type(row), row, row.row_version, values | ({"references": []} if reply_id else {}), what="This text")
    what = "an answer" if reply_id else f"a {note.kind}"
    sentence = f"Withdrew {what} on the {note.about} {note.key}"
    return _told(session, actor, "note.withdraw", slug, note, sentence, erased=True)


def _told(
    session: Session, actor: str, action: str, slug: str, row: NoteRow, sentence: str, *, erased: bool = False
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
        problem = f"{system.slug} has no {subject.kind} {subject.key!r}"
        raise InputError(problem, place="about", expected="one that the dashboard shows")


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
                f"{one!r} is neither an address nor a stored file",
                place="references",
                expected="an address that begins with https://, or the name or the digest of a file of the system",
            )
