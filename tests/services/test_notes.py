"""What is said beside the evidence: who may, what is kept of it, and that no verdict follows from it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import text

from readiness.access import Principal
from readiness.errors import Conflict, Denied, InputError, NotFound
from readiness.model.notes import WITHDRAWN, NoteSubject, StoredNote
from readiness.services import notes, people, portfolio, reviews, systems
from readiness.store import Store, queries
from tests import factories, stored
from tests.factories import SLUG, TODAY
from tests.stored import CopyOf

DANA = factories.principal()
LENA = Principal.of("lena@example.com", {"assessor"})
OMAR = Principal.of("omar@example.com", {"owner"}, {SLUG})
VERA = Principal.of("vera@example.com", {"viewer"})
CAPACITY = NoteSubject("signal", "capacity")
IN_A_WEEK = TODAY + dt.timedelta(days=7)

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def desk(copy_of: CopyOf) -> Store:
    return copy_of(_desk)


def _desk(store: Store, _: Path) -> None:
    stored.whole_with_traces(store, DANA)
    for person, name in ((OMAR, "Omar"), (VERA, "Vera Lind"), (LENA, "Lena")):
        people.add(store, DANA, person.name, name)


def only(store: Store) -> StoredNote:
    (note,) = notes.of_system(store, DANA, SLUG)
    return note


def test_what_is_said_stands_beside_its_signal_with_who_said_it_and_whom_it_names(desk: Store) -> None:
    done = notes.write(desk, VERA, SLUG, CAPACITY, "@omar, is this the number of June? @nobody knows.")
    assert done.sentence == "Commented on the signal capacity"
    note = only(desk)
    assert (note.by, note.record.subject, note.record.mentions) == (VERA.name, CAPACITY, [OMAR.name])
    assert (note.is_open, note.is_over) == (False, False)


def test_a_signal_a_gap_a_gate_and_a_trace_can_be_talked_about_and_nothing_else(desk: Store) -> None:
    review = reviews.load(desk, DANA, SLUG, as_of=TODAY)
    there = [
        CAPACITY,
        NoteSubject("gap", "capacity"),
        NoteSubject("gate", review.gates[0].gate.subject),
        NoteSubject("trace", review.samples[0].trace.trace_id),
    ]
    for about in there:
        notes.write(desk, VERA, SLUG, about, "Seen")
        with pytest.raises(InputError, match=f"support-copilot has no {about.kind} 'another'"):
            notes.write(desk, VERA, SLUG, NoteSubject(about.kind, "another"), "Seen")
    assert [note.record.subject for note in notes.of_system(desk, VERA, SLUG)] == there
    with pytest.raises(NotFound, match="the system 'elsewhere' is not in the store"):
        notes.write(desk, VERA, "elsewhere", CAPACITY, "Seen")


def test_evidence_is_asked_for_by_whoever_marks_and_until_a_day_to_come(desk: Store) -> None:
    with pytest.raises(Denied, match=r"vera@example\.com may not answer the checklist"):
        notes.request(desk, VERA, SLUG, CAPACITY, "The load test", to="Omar", due=IN_A_WEEK)
    with pytest.raises(InputError, match="19 Nov 2026 is past; expected 20 Nov 2026 or later"):
        notes.request(desk, LENA, SLUG, CAPACITY, "The load test", to="Omar", due=TODAY - dt.timedelta(days=1))
    with pytest.raises(InputError, match="expected a person and a date"):
        notes.request(desk, LENA, SLUG, CAPACITY, "The load test", to="Omar", due=None)
    assert notes.of_system(desk, DANA, SLUG) == []
    done = notes.request(desk, LENA, SLUG, CAPACITY, "The load test", to=" omar ", due=TODAY)
    assert done.sentence == "Asked omar@example.com for evidence on the signal capacity by 20 Nov 2026"
    assert only(desk).is_open


def test_a_request_stands_before_whom_it_asks_until_it_is_answered(desk: Store) -> None:
    notes.ask(desk, VERA, SLUG, CAPACITY, "And at night?", to=OMAR.name)
    notes.request(desk, LENA, SLUG, CAPACITY, "The load test", to="Omar Reyes", due=IN_A_WEEK)
    notes.request(desk, LENA, SLUG, CAPACITY, "The load test", to=OMAR.name, due=IN_A_WEEK)
    assert [note.record.text for note in notes.open_for(desk, OMAR)] == ["The load test", "And at night?"]
    assert notes.open_for(desk, LENA) == notes.open_for(desk, VERA) == []
    assert notes.open_for(desk, Principal.of(OMAR.name, {"owner"}, {"another"})) == []
    notes.answer(desk, OMAR, SLUG, 3, "Here", ["https://example.com/load", "s.jsonl"])
    assert [note.id for note in notes.open_for(desk, OMAR)] == [1]
    (reply,) = notes.of_system(desk, DANA, SLUG)[2].answers
    assert (reply.by, reply.record.references) == (OMAR.name, ["https://example.com/load", "s.jsonl"])


def test_an_archived_system_asks_nobody_and_takes_no_note(desk: Store) -> None:
    notes.ask(desk, VERA, SLUG, CAPACITY, "And at night?", to=OMAR.name)
    systems.archive(desk, DANA, SLUG, "over", seen=1)
    assert notes.open_for(desk, OMAR) == []
    with pytest.raises(InputError, match="was archived"):
        notes.write(desk, VERA, SLUG, CAPACITY, "Still there?")


def test_only_whom_a_note_asks_or_names_or_who_marks_answers_it(desk: Store) -> None:
    notes.ask(desk, LENA, SLUG, CAPACITY, "And at night?", to=OMAR.name)
    with pytest.raises(Denied, match=r"vera@example\.com is not asked here; expected omar@example\.com"):
        notes.answer(desk, VERA, SLUG, 1, "No idea")
    notes.answer(desk, OMAR, SLUG, 1, "@Vera Lind counted")
    assert [note.id for note in notes.open_for(desk, VERA)] == [1]
    notes.answer(desk, VERA, SLUG, 1, "400 an hour")
    notes.answer(desk, LENA, SLUG, 1, "Thanks")
    assert [reply.by for reply in only(desk).replies] == [OMAR.name, VERA.name, LENA.name]
    notes.ask(desk, LENA, SLUG, CAPACITY, "Who knows?")
    notes.answer(desk, VERA, SLUG, 2, "Omar does")


@pytest.mark.parametrize("reference", ["javascript:alert(1)", "https//example.com", "t.jsonl", "", "../s.jsonl"])
def test_a_reference_is_an_address_or_a_file_of_the_system(desk: Store, reference: str) -> None:
    notes.ask(desk, LENA, SLUG, CAPACITY, "Which run?")
    with pytest.raises(InputError, match="is neither an address nor a stored file"):
        notes.answer(desk, OMAR, SLUG, 1, "This", [reference])
    assert only(desk).answers == []
    notes.answer(desk, OMAR, SLUG, 1, "", [factories.evidence("s.jsonl").digest])


def test_what_is_closed_waits_for_nobody_and_takes_no_answer(desk: Store) -> None:
    notes.ask(desk, VERA, SLUG, CAPACITY, "And at night?", to=OMAR.name)
    with pytest.raises(Denied):
        notes.close(desk, OMAR, SLUG, 1)
    assert notes.close(desk, VERA, SLUG, 1).changed
    assert not notes.close(desk, LENA, SLUG, 1).changed
    assert (only(desk).closed_by, only(desk).is_open, notes.open_for(desk, OMAR)) == (VERA.name, False, [])
    with pytest.raises(Denied):
        notes.answer(desk, OMAR, SLUG, 1, "400")
    with pytest.raises(NotFound, match="has no note 9"):
        notes.close(desk, LENA, SLUG, 9)


def test_an_answer_that_comes_as_it_is_closed_is_told_so(desk: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    notes.ask(desk, VERA, SLUG, CAPACITY, "And at night?")
    before = only(desk)
    notes.close(desk, VERA, SLUG, 1)
    monkeypatch.setattr(queries.notes, "one", lambda *_: before)
    with pytest.raises(Conflict, match=r"this question was closed by vera@example\.com; nothing was stored"):
        notes.answer(desk, OMAR, SLUG, 1, "400")


def test_only_the_writer_takes_a_text_back_and_then_it_is_nowhere(desk: Store) -> None:
    canary = "hunter2 said @omar"
    notes.write(desk, VERA, SLUG, CAPACITY, canary)
    notes.answer(desk, OMAR, SLUG, 1, canary, ["https://example.com/hunter2"])
    for by, reply in ((OMAR, None), (LENA, None), (VERA, 1)):
        with pytest.raises(Denied, match="did not write this"):
            notes.withdraw(desk, by, SLUG, 1, reply)
    notes.withdraw(desk, OMAR, SLUG, 1, 1)
    notes.withdraw(desk, VERA, SLUG, 1)
    assert not notes.withdraw(desk, VERA, SLUG, 1).changed
    note = only(desk)
    assert (note.record.text, note.withdrawn, note.record.mentions, note.answers) == (WITHDRAWN, True, [], [])
    assert note.replies[0].record.references == []
    told = reviews.activity(desk, DANA, system=SLUG)
    assert [event.sentence for event in told[:2]] == [
        "Withdrew a comment on the signal capacity",
        "Withdrew an answer on the signal capacity",
    ]
    assert "hunter2" not in str(told)


def test_a_note_leaves_the_status_and_the_review_as_they_are(desk: Store) -> None:
    before, head = reviews.load(desk, DANA, SLUG, as_of=TODAY), queries.head(desk, SLUG)
    kept = queries.statuses(desk)
    everything = queries.head(desk)
    notes.ask(desk, VERA, SLUG, CAPACITY, "And at night?", to=OMAR.name)
    notes.answer(desk, OMAR, SLUG, 1, "400")
    notes.close(desk, VERA, SLUG, 1)
    notes.withdraw(desk, VERA, SLUG, 1)
    assert queries.head(desk) != everything
    assert queries.head(desk, SLUG) == head
    assert reviews.load(desk, DANA, SLUG, as_of=TODAY) is before
    assert queries.statuses(desk) == kept
    assert portfolio.missing(desk, DANA, as_of=TODAY) == 0
    assert [event.action for event in reviews.activity(desk, VERA, system=SLUG)][:4] == [
        "note.withdraw",
        "note.close",
        "note.answer",
        "note",
    ]


@pytest.mark.tampers
def test_a_note_that_is_changed_behind_the_record_is_found_with_its_system(desk: Store) -> None:
    notes.ask(desk, VERA, SLUG, CAPACITY, "And at night?")
    notes.answer(desk, OMAR, SLUG, 1, "400")
    assert reviews.facts(desk, DANA, SLUG).changed == ()
    with desk.engine.begin() as connection:
        connection.execute(text("UPDATE note_reply SET text = '4,000'"))
    assert [(fact.table, fact.how, fact.system) for fact in reviews.facts(desk, DANA, SLUG).changed] == [
        ("note_reply", "changed", SLUG)
    ]


def test_notes_go_with_their_system(desk: Store) -> None:
    notes.ask(desk, VERA, SLUG, CAPACITY, "And at night?")
    notes.answer(desk, OMAR, SLUG, 1, "400")
    systems.archive(desk, DANA, SLUG, "over", seen=1)
    systems.delete(desk, DANA, SLUG, "over", seen=2)
    assert reviews.facts(desk, DANA).changed == ()
    with desk.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM note")) == 0
        assert connection.scalar(text("SELECT count(*) FROM note_reply")) == 0


def test_a_name_that_two_people_bear_means_nobody(desk: Store) -> None:
    assert notes.known(desk, VERA, SLUG)["omar"] == OMAR.name
    people.add(desk, DANA, "omar@example.org", "Omar")
    assert notes.known(desk, VERA, SLUG)["omar"] == "omar"  # whom the gap names as its owner
    people.add_address(desk, DANA, 2, "v.lind@example.com")
    assert notes.known(desk, VERA, SLUG)["vera lind"] == VERA.name
    assert "nobody" not in notes.known(desk, VERA, SLUG)
