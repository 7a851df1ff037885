"""Comments, questions and requests with their answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import String, cast
from sqlmodel import Session, col, or_, select

from readiness.errors import NotFound
from readiness.language import marked, tr
from readiness.model.notes import Note, NoteReply, StoredNote, StoredReply
from readiness.store.engine import Store
from readiness.store.tables import NoteReplyRow, NoteRow, SystemRow

from . import records
from .records import record_of


def of_systems(store: Store, slugs: Collection[str]) -> list[StoredNote]:
    """All of some systems, the earliest first."""
    with store.reading() as session:
        return _read(session, col(SystemRow.slug).in_(slugs))


def waiting(store: Store) -> list[StoredNote]:
    """Whatever somebody may have to answer, of every system that is not put away."""
    names_somebody = select(NoteReplyRow.note_id).where(cast(NoteReplyRow.mentions, String) != "[]")
    with store.reading() as session:
        return _read(
            session,
            col(SystemRow.archived_on).is_(None),
            col(NoteRow.closed_at).is_(None),
            col(NoteRow.withdrawn_at).is_(None),
            or_(NoteRow.kind != "comment", cast(NoteRow.mentions, String) != "[]", col(NoteRow.id).in_(names_somebody)),
        )


def one(store: Store, slug: str, note_id: int) -> StoredNote:
    """Raises NotFound."""
    with store.reading() as session:
        find(session, slug, note_id)
        return _read(session, NoteRow.id == note_id)[0]


def find(session: Session, slug: str, note_id: int) -> NoteRow:
    """Raises NotFound."""
    return records.owned(
        session, NoteRow, slug, note_id, unknown=marked("{slug} has no note {number}"), listed_by="readiness notes"
    )


def find_reply(session: Session, note_id: int, reply_id: int) -> NoteReplyRow:
    """Raises NotFound."""
    row = session.get(NoteReplyRow, reply_id)
    if row is None or row.note_id != note_id:
        raise NotFound(
            tr("the note {note} has no answer {reply}", note=note_id, reply=reply_id), expected=tr("one that is stored")
        )
    return row


def _read(session: Session, *which: Any) -> list[StoredNote]:
    query = select(NoteRow, SystemRow.slug).join(SystemRow, col(SystemRow.id) == NoteRow.system_id).where(*which)
    rows = session.exec(query.order_by(col(NoteRow.id))).all()
    replies = _replies(session, [row.id for row, _ in rows])
    return [_note(row, slug, replies.get(row.id, ())) for row, slug in rows]


def _replies(session: Session, notes: Sequence[int]) -> dict[int, list[StoredReply]]:
    found: dict[int, list[StoredReply]] = {}
    if notes:
        query = select(NoteReplyRow).where(col(NoteReplyRow.note_id).in_(notes)).order_by(col(NoteReplyRow.id))
        for row in session.exec(query):
            reply = StoredReply(row.id, record_of(NoteReply, row), row.by, row.at, row.withdrawn_at is not None)
            found.setdefault(row.note_id, []).append(reply)
    return found


def _note(row: NoteRow, slug: str, replies: Sequence[StoredReply]) -> StoredNote:
    withdrawn = row.withdrawn_at is not None
    return StoredNote(row.id, slug, record_of(Note, row), row.by, row.at, row.closed_by, withdrawn, replies)
