"""Comments, questions and requests for evidence: beside the evidence, and without a say in any verdict."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence

from readiness import clock, formatting, names
from readiness.access import Principal, allowed, authorize
from readiness.errors import Denied, InputError
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.notes import Note, NoteReply, NoteSubject, StoredNote, mentioned
from readiness.store import Store, queries
from readiness.store.changes import notes

from ._writing import beside


def of_system(store: Store, by: Principal, slug: str) -> list[StoredNote]:
    """All that was said of a system, the earliest first. Raises Denied."""
    authorize(by, "read", slug)
    return queries.notes.of_systems(store, [slug])


def of_systems(store: Store, by: Principal, slugs: Collection[str]) -> list[StoredNote]:
    """All that was said of those among some systems that this principal may read, the earliest first."""
    return queries.notes.of_systems(store, [slug for slug in slugs if allowed(by, "read", slug)])


def open_for(store: Store, by: Principal) -> list[StoredNote]:
    """What this person is asked, or named in, and has not answered; what has a date first, the earliest on top."""
    waiting = (note for note in queries.notes.waiting(store) if allowed(by, "read", note.system) and note.waits_for(by))
    return sorted(waiting, key=lambda note: (note.record.due or dt.date.max, note.id))


def known(store: Store, by: Principal, slug: str) -> dict[str, str]:
    """Whom a note can name or ask, by `names.key` of what they go by: their address, or the name an owner has here.

    A name that several people bear means nobody. Raises Denied.
    """
    authorize(by, "read", slug)
    owners = {names.key(name): name for system, name, _ in queries.owners(store) if system == slug}
    with store.reading() as session:
        accounts = [account for account in queries.people.accounts(session) if not account.person.left_on]
    bearers = Counter(names.key(account.person.shown) for account in accounts)
    named = {key: one.person.address for one in accounts if bearers[key := names.key(one.person.shown)] == 1}
    return owners | named | {names.key(other): one.person.address for one in accounts for other in one.known_as}


def write(store: Store, by: Principal, slug: str, about: NoteSubject, text: str) -> Done:
    """Comment on something. Raises Denied, NotFound and InputError."""
    return _add(store, by, slug, Note.checked(kind="comment", about=about.kind, key=about.key, text=text))


def ask(store: Store, by: Principal, slug: str, about: NoteSubject, text: str, *, to: str = "") -> Done:
    """Ask a question, of a person or of whoever knows. Raises Denied, NotFound and InputError."""
    return _add(store, by, slug, Note.checked(kind="question", about=about.kind, key=about.key, text=text, to=to))


def request(
    store: Store, by: Principal, slug: str, about: NoteSubject, text: str, *, to: str, due: dt.date | None
) -> Done:
    """Ask a person for evidence by a day. Raises Denied, NotFound, and InputError for a day that is past."""
    if not may_request(by, slug):
        authorize(by, "mark", slug)
    note = Note.checked(kind="request", about=about.kind, key=about.key, text=text, to=to, due=due)
    if note.due and note.due < clock.today():
        problem = tr("{day} is past", day=formatting.day(note.due))
        raise InputError(problem, place="due", expected=tr("{day} or later", day=formatting.day(clock.today())))
    return _add(store, by, slug, note)


def may_request(by: Principal, slug: str) -> bool:
    """Whether somebody may ask for evidence."""
    return allowed(by, "note", slug) and (allowed(by, "mark", slug) or allowed(by, "gap.move", slug))


def _add(store: Store, by: Principal, slug: str, note: Note) -> Done:
    authorize(by, "note", slug)
    people = known(store, by, slug)
    to = people.get(names.key(note.to), note.to.strip())
    whole = note.model_copy(update={"to": to, "mentions": mentioned(note.text, people)})
    return beside(store, slug, lambda session: notes.add(session, by.name, slug, whole))


def answer(store: Store, by: Principal, slug: str, note_id: int, text: str, references: Sequence[str] = ()) -> Done:
    """Answer a note: where somebody is asked by name they do, or whoever may answer the checklist.

    Raises Denied, NotFound, InputError for a reference that leads nowhere, and Conflict where the note is over.
    """
    authorize(by, "note", slug)
    if not may_answer(by, note := queries.notes.one(store, slug, note_id)):
        raise Denied(
            tr("{person} is not asked here", person=by.name),
            expected=tr("{to}, or a role that may mark", to=note.record.to),
        )
    reply = NoteReply.checked(text=text, references=list(references), mentions=mentioned(text, known(store, by, slug)))
    return beside(store, slug, lambda session: notes.answer(session, by.name, slug, note_id, reply))


def may_answer(by: Principal, note: StoredNote) -> bool:
    """Whether a note, as it stands, is this person's to answer."""
    if note.is_over or not allowed(by, "note", note.system):
        return False
    asked = not note.record.to or by.is_named(note.record.to) or note.waits_for(by)
    return asked or allowed(by, "mark", note.system)


def close(store: Store, by: Principal, slug: str, note_id: int) -> Done:
    """Say that nothing more is wanted: whoever wrote it, or may answer the checklist. Raises Denied and NotFound."""
    authorize(by, "note", slug)
    if not by.is_named(queries.notes.one(store, slug, note_id).by):
        authorize(by, "mark", slug)
    return beside(store, slug, lambda session: notes.close(session, by.name, slug, note_id))


def withdraw(store: Store, by: Principal, slug: str, note_id: int, reply_id: int | None = None) -> Done:
    """Take back what one wrote oneself, a note or an answer to it. Raises Denied and NotFound."""
    authorize(by, "note", slug)
    note = queries.notes.one(store, slug, note_id)
    writer = next((reply.by for reply in note.replies if reply.id == reply_id), note.by)
    if not by.is_named(writer):
        raise Denied(tr("{person} did not write this", person=by.name), expected=writer)
    return beside(store, slug, lambda session: notes.withdraw(session, by.name, slug, note_id, reply_id))
