"""What people say about a signal, its gap, a gate or a trace: a panel that a link opens, and what is asked of whom.

A row has a link instead of a button, since each element costs every run of its page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import get_args
from urllib.parse import urlencode

import streamlit as st

from readiness import formatting, language
from readiness.access import allowed
from readiness.errors import ReadinessError
from readiness.language import marked, tr, trc, trn
from readiness.model.assessment import Mark
from readiness.model.dossier import Done
from readiness.model.notes import NoteKind, NoteSubject, StoredNote, StoredReply, SubjectKind, pieces
from readiness.review.items import Answer, OpenGap
from readiness.review.review import Review
from readiness.services import marks, notes

from . import guard, person_pick, reads, session, uploads, widgets
from .guard import PageContext

ASKED = "note"
"""Of an address: which thread is open, as `signal:capacity`."""
_ANSWERING, _BROUGHT = "note_answering", "note_brought"
"""Which note is being answered, and the files that were stored for an answer that is not given yet, by note."""
_PAGES: dict[SubjectKind, str] = {"signal": "checklist", "gap": "checklist", "gate": "release", "trace": "traces"}
_KINDS: dict[NoteKind, str] = {
    "comment": marked("Comment"),
    "question": marked("Question"),
    "request": marked("Evidence request"),
}
_STORE: dict[NoteKind, str] = {
    "comment": marked("Store the comment"),
    "question": marked("Ask"),
    "request": marked("Ask for it"),
}
_ABOUT: dict[SubjectKind, str] = {
    "signal": marked("A signal of {system}."),
    "gap": marked("A gap of {system}."),
    "gate": marked("A gate of {system}."),
    "trace": marked("A trace of {system}."),
}
_A_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class NoteLink:
    """The way to a thread: `words` say how much is `said` there, `about` what it is about."""

    address: str
    words: str
    about: str
    said: int
    is_open: bool


@dataclass(frozen=True)
class Threads:
    """All that was said of a system, by what it is about."""

    review: Review
    notes: Sequence[StoredNote]
    may: bool

    def about(self, subject: NoteSubject) -> list[StoredNote]:
        return [note for note in self.notes if note.record.subject.thread == subject.thread]

    def link(self, kind: SubjectKind, key: str, name: str) -> NoteLink | None:
        """None where nothing was said and this person may not either."""
        subject = NoteSubject(kind, key)
        return _link(self.about(subject), _address(self.review, subject, st.query_params.to_dict()), name, may=self.may)


def _link(said: Sequence[StoredNote], address: str, name: str, *, may: bool) -> NoteLink | None:
    if not said and not may:
        return None
    open_ = sum(note.is_open for note in said)
    words = trn("{n} note", "{n} notes", len(said)) if said else tr("Comment")
    return NoteLink(
        address, tr("{words}, {open} open", words=words, open=open_) if open_ else words, name, len(said), bool(open_)
    )


def threads(visit: PageContext, review: Review) -> Threads:
    """What was said of the system; the thread that the address asks for is opened."""
    said = Threads(review, _read(visit, review), allowed(visit.by, "note", review.slug))
    opened(visit, review)
    return said


def opened(visit: PageContext, review: Review) -> None:
    """The thread that the address asks for."""
    kind, _, key = st.query_params.get(ASKED, "").partition(":")
    about = next((NoteSubject(known, key) for known in get_args(SubjectKind) if known == kind and key), None)
    if about:
        _panel(visit, review, about.thread)


def of_gaps(visit: PageContext, gaps: Collection[OpenGap], address: str) -> dict[int, NoteLink]:
    """The way from each gap to what was said of it, on the page that begins with `address`."""
    said: dict[tuple[str, NoteSubject], list[StoredNote]] = {}
    for note in reads.notes(visit.by, frozenset(gap.system for gap in gaps)):
        said.setdefault((note.system, note.record.subject.thread), []).append(note)
    found = {}
    for gap in gaps:
        about = NoteSubject("gap", gap.signal.id)
        way = f"{address}{urlencode({'system': gap.system, ASKED: ':'.join(about)})}"
        may = allowed(visit.by, "note", gap.system)
        if link := _link(said.get((gap.system, about.thread), []), way, tr(gap.signal.name), may=may):
            found[gap.id] = link
    return found


def _read(visit: PageContext, review: Review) -> list[StoredNote]:
    try:
        return reads.notes(visit.by, frozenset({review.slug}))
    except ReadinessError as exc:
        guard.refuse(exc)


def _address(review: Review, subject: NoteSubject, kept: dict[str, str]) -> str:
    query = kept | {"system": review.slug, ASKED: ":".join(subject)}
    if not review.latest:
        query["assessment"] = str(review.assessment_id)
    if subject.kind == "trace":
        samples = (one.id for one in review.samples if one.trace.trace_id == subject.key)
        query["trace"] = str(next(samples, ""))
    return f"{_PAGES[subject.kind]}?{urlencode(query)}"


def links(said: Threads, kind: SubjectKind, named: dict[str, str]) -> None:
    """One line of links to the threads about some things, by their keys."""
    found = [link for key, name in named.items() if (link := said.link(kind, key, name))]
    widgets.show("note_links", links=found)


def open_ones(visit: PageContext, said: Threads) -> None:
    """What is asked and not answered, each a link; nothing where all is answered."""
    open_ = [note for note in said.notes if note.is_open]
    requests = sum(note.record.kind == "request" for note in open_)
    questions = len(open_) - requests
    counts = [
        trn("{n} open request", "{n} open requests", requests) if requests else "",
        trn("{n} open question", "{n} open questions", questions) if questions else "",
    ]
    widgets.show(
        "notes_open",
        lead=formatting.listed([*filter(None, counts)]),
        notes=[
            (note, _address(said.review, note.record.subject.thread, {}), note.is_late(visit.as_of)) for note in open_
        ],
        names=session.names_of_people() if open_ else {},
    )


def queue(visit: PageContext) -> int:
    """What waits for whoever looks, with a heading; how much that is, and nothing is shown where nothing waits."""
    waiting = notes.open_for(visit.store, visit.by)
    if waiting:
        widgets.heading(tr("Asked of me"), tr("What names you or asks you, until you answer."))
        called = visit.names
        rows = [(note, _way(note), called.get(note.system, note.system), note.is_late(visit.as_of)) for note in waiting]
        widgets.show("notes_queue", rows=rows, names=session.names_of_people())
    return len(waiting)


def _way(note: StoredNote) -> str:
    """Every thread opens on the page of the verdict too, which needs no review to be found."""
    return f"verdict?{urlencode({'system': note.system, ASKED: ':'.join(note.record.subject.thread)})}"


def _close_panel() -> None:
    st.query_params.pop(ASKED, None)
    st.session_state.pop(_ANSWERING, None)


@widgets.dialog(marked("Notes"), width="large", on_dismiss=_close_panel)
def _panel(visit: PageContext, review: Review, about: NoteSubject) -> None:
    try:
        thread(visit, review, about)
    except ReadinessError as exc:
        widgets.problem(exc)


def thread(visit: PageContext, review: Review, about: NoteSubject) -> None:
    """All that was said about something, the ways to answer it, and to say something new.

    Raises Denied where this person may not read it.
    """
    said = [note for note in _read(visit, review) if note.record.subject.thread == about]
    people, names = notes.known(visit.store, visit.by, review.slug), session.names_of_people()
    widgets.heading(*_named(review, about))
    for note in said:
        parted = partial(pieces, people=people)
        widgets.show(
            "note",
            note=note,
            kinds={kind: tr(words) for kind, words in _KINDS.items()},
            names=names,
            pieces=parted,
            late=note.is_late(visit.as_of),
            review=review,
        )
        _buttons(visit, review, note)
    if allowed(visit.by, "note", review.slug):
        _say(visit, review, about, len(said))
    elif not said:
        widgets.empty(tr("Nothing was said yet."), tr("Whoever has a role that comments can begin."))


def _named(review: Review, about: NoteSubject) -> tuple[str, str]:
    if about.kind == "signal":
        answer = _answer_of(review, about)
        return (tr(answer.signal.name), tr(answer.signal.risk)) if answer else (about.key, "")
    return about.key, tr(_ABOUT[about.kind], system=review.name)


def _answer_of(review: Review, about: NoteSubject) -> Answer | None:
    return next((one for one in review.answers if about.kind == "signal" and one.signal.id == about.key), None)


def _buttons(visit: PageContext, review: Review, note: StoredNote) -> None:
    """What this person may do with a note."""
    mine = visit.by.is_named(note.by) and allowed(visit.by, "note", review.slug)
    marking = allowed(visit.by, "mark", review.slug)
    act = (visit.store, visit.by, review.slug, note.id)
    with st.container(horizontal=True):
        if notes.may_answer(visit.by, note) and st.button(trc("a button", "Answer"), key=f"note_answer_{note.id}"):
            st.session_state[_ANSWERING] = note.id
        for reply in note.answers:
            _take(visit, review, note, reply)
            if visit.by.is_named(reply.by) and st.button(
                tr("Withdraw the answer"), key=f"note_withdraw_{note.id}_{reply.id}", type="tertiary"
            ):
                guard.write(partial(notes.withdraw, *act, reply.id))
        if (
            not note.is_over
            and (mine or marking)
            and st.button(tr("Close"), key=f"note_close_{note.id}", type="tertiary")
        ):
            guard.write(partial(notes.close, *act))
        if mine and not note.withdrawn and st.button(tr("Withdraw"), key=f"note_withdraw_{note.id}", type="tertiary"):
            guard.write(partial(notes.withdraw, *act))
    if st.session_state.get(_ANSWERING) == note.id and notes.may_answer(visit.by, note):
        _answer(visit, review, note)


def _answer(visit: PageContext, review: Review, note: StoredNote) -> None:
    brought = st.session_state.get(_BROUGHT, {}).get(note.id, [])
    if note.record.kind == "request":
        _bring(visit, review, note, brought)
    files = list(dict.fromkeys([*brought, *(item.evidence.name for item in review.items.values())]))
    with st.form(f"note_answer_form_{note.id}_{len(note.replies)}_{len(brought)}"):
        text = st.text_area(tr("Answer"), height=80)
        references = st.multiselect(
            tr("References"),
            files,
            brought,
            accept_new_options=True,
            placeholder=tr("A stored file, or an address"),
        )
        if not st.form_submit_button(tr("Store the answer"), type="primary"):
            return
    given = partial(notes.answer, visit.store, visit.by, review.slug, note.id, text, references)
    guard.write(given, then=lambda _: _answered(note.id))


def _bring(visit: PageContext, review: Review, note: StoredNote, brought: Sequence[str]) -> None:
    """A file that was asked for: read, shown and stored as on the page Evidence; the answer then refers to it."""
    if not allowed(visit.by, "import", review.slug):
        st.caption(tr("A file is added by whoever may import evidence; an address of it, or a text, answers too."))
        return
    if brought:
        st.caption(tr("✓ Stored {names}; the answer refers to it.", names=widgets.plain(formatting.listed(brought))))
    uploads.form(visit, review, then=partial(_brought, note.id))


def _brought(note_id: int, name: str) -> None:
    by_note: dict[int, list[str]] = st.session_state.setdefault(_BROUGHT, {})
    by_note[note_id] = list(dict.fromkeys([*by_note.get(note_id, ()), name]))


def _answered(note_id: int) -> None:
    st.session_state.pop(_ANSWERING, None)
    st.session_state.get(_BROUGHT, {}).pop(note_id, None)


def _take(visit: PageContext, review: Review, note: StoredNote, reply: StoredReply) -> None:
    """The way for an assessor to make what was brought the evidence of the answer."""
    answer = _answer_of(review, note.record.subject.thread)
    if answer is None or not review.latest or not allowed(visit.by, "mark", review.slug):
        return
    new = [one for one in reply.record.references if one not in answer.mark.evidence]
    if new and st.button(tr("Take it as evidence"), key=f"note_take_{note.id}_{reply.id}"):
        guard.write(partial(_take_as_evidence, visit, review, answer, new))


def _take_as_evidence(visit: PageContext, review: Review, answer: Answer, new: list[str]) -> Done:
    said = answer.mark.model_dump() | {"evidence": [*answer.mark.evidence, *new]}
    return marks.answer(
        visit.store, visit.by, review.slug, review.assessment_id, Mark.checked(**said), seen=answer.row_version
    )


def _say(visit: PageContext, review: Review, about: NoteSubject, there: int) -> None:
    """Something new: a comment, a question, or a request for evidence."""
    kinds = [kind for kind in get_args(NoteKind) if kind != "request" or notes.may_request(visit.by, review.slug)]
    of = f"{':'.join(about)}_{there}"
    kind: NoteKind = st.segmented_control(
        tr("New"), kinds, default="comment", format_func=language.said(_KINDS), required=True, key=f"note_kind_{of}"
    )
    with st.form(f"note_say_{of}"):
        text = st.text_area(tr("Text"), height=80, help=tr("@name or @address names somebody, who then finds it."))
        named = person_pick.several(visit, tr("Name somebody"), placeholder=tr("nobody in particular"))
        to = ""
        due: dt.date | None = None
        if kind != "comment":
            left, right = st.columns(2)
            asked = tr("a person") if kind == "request" else tr("whoever knows")
            to = person_pick.box(visit, left, tr("Of whom"), placeholder=asked)
            if kind == "request":
                due = right.date_input(tr("By"), visit.as_of + _A_WEEK, format="YYYY-MM-DD")
        if not st.form_submit_button(tr(_STORE[kind]), type="primary"):
            return
    text = " ".join([text, *(f"@{who}" for who in named)]) if text.strip() else text
    act = (visit.store, visit.by, review.slug, about, text)
    if kind == "request":
        guard.write(partial(notes.request, *act, to=to, due=due))
    elif kind == "question":
        guard.write(partial(notes.ask, *act, to=to))
    else:
        guard.write(partial(notes.write, *act))
