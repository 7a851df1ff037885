"""What people say beside the evidence, on the pages where it is said, and before whom it waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from readiness import clock
from readiness.access import Principal
from readiness.model.notes import NoteSubject, StoredNote
from readiness.services import gaps, notes, people
from readiness.store import queries
from readiness.web import session
from tests import factories
from tests.pages.dashboard import Dashboard, Screen
from tests.serving import ME

SYSTEM = "freight-support"
DANA, ROSA = factories.principal(), Principal.of("rosa@example.com", {"viewer"})
REHEARSAL = NoteSubject("signal", "rollback-rehearsal")
HOSTILE = "<script>alert(1)</script> <b> @rosa </b> [x](javascript:alert(1)) {{ 7*7 }} \u202egnp @nobody"


RESULTS = b"version,workflow,cohort,metric,value,n\n2026.11,refund,,task_success,0.9,400\n"


def upload(screen: Screen, name: str, body: bytes) -> None:
    screen.choose("file_uploader", "File", (name, body, "application/octet-stream"))


def said(dashboard: Dashboard) -> Sequence[StoredNote]:
    with dashboard.store() as store:
        return notes.of_system(store, DANA, SYSTEM)


def asked(dashboard: Dashboard, text: str = "The log of the rehearsal", to: str = ME, days: int = 3) -> None:
    with dashboard.store() as store:
        people.add(store, DANA, "rosa@example.com", "Rosa")
        due = clock.today() + dt.timedelta(days)
        notes.request(store, DANA, SYSTEM, REHEARSAL, text, to=to, due=due)


def test_every_question_has_a_link_to_what_is_said_about_it(dashboard: Dashboard) -> None:
    asked(dashboard)
    screen = dashboard.open("checklist", system=SYSTEM, show="gaps")
    blocks = [block for block in screen.blocks if 'class="r-signal"' in block]
    assert ["1 note, 1 open on Rollback rehearsal" in block for block in blocks] == [True, False]
    assert 'href="checklist?system=freight-support&amp;show=gaps&amp;note=signal%3Arollback-rehearsal"' in blocks[0]
    assert ">Comment</a>" in blocks[1]


def test_a_comment_is_stored_from_the_panel_that_the_address_opens(dashboard: Dashboard) -> None:
    screen = dashboard.open("checklist", system=SYSTEM, note="signal:rollback-rehearsal")
    screen.widget("text_area", "Text").set_value("Seen with @Rosa")
    screen.press("Store the comment")
    (note,) = said(dashboard)
    assert (note.by, note.record.kind, note.record.subject, note.record.text) == (
        ME,
        "comment",
        REHEARSAL,
        "Seen with @Rosa",
    )
    assert screen.notices("status") == ["✓ Commented on the signal rollback-rehearsal."]
    assert "Seen with @Rosa" in screen.text


def test_a_comment_with_what_cannot_be_stored_is_refused_in_the_panel(dashboard: Dashboard) -> None:
    screen = dashboard.open("checklist", system=SYSTEM, note="signal:rollback-rehearsal")
    screen.widget("text_area", "Text").set_value("Seen\0 on Monday")
    screen.press("Store the comment")
    (told,) = screen.notices("alert")
    assert "there is a NUL character after 'Seen'" in told
    assert said(dashboard) == []


def test_evidence_is_asked_for_with_a_person_and_a_date(dashboard: Dashboard) -> None:
    asked(dashboard)
    screen = dashboard.open("checklist", system=SYSTEM, note="signal:rollback-rehearsal")
    screen.choose("button_group", "New", "request")
    screen.widget("text_area", "Text").set_value("And of the night")
    screen.press("Ask for it")
    (told,) = screen.notices("alert")
    assert "a request says who brings the evidence by when" in told
    screen.widget("selectbox", "Of whom").set_value("rosa@example.com")
    screen.press("Ask for it")
    note = said(dashboard)[-1]
    assert (note.record.kind, note.record.to) == ("request", "rosa@example.com")
    assert note.record.due == clock.today() + dt.timedelta(days=7)


def test_a_request_is_answered_and_taken_as_evidence_by_who_marks(dashboard: Dashboard) -> None:
    asked(dashboard)
    screen = dashboard.open("checklist", system=SYSTEM, note="signal:rollback-rehearsal")
    screen.press("Answer")
    screen.widget("text_area", "Answer").set_value("Here it is")
    screen.widget("multiselect", "References").set_value(["spans.jsonl"])
    screen.press("Store the answer")
    (reply,) = said(dashboard)[0].answers
    assert (reply.by, reply.record.text, reply.record.references) == (ME, "Here it is", ["spans.jsonl"])
    with dashboard.store() as store:
        before = queries.dossier(store, SYSTEM).marks["rollback-rehearsal"].record
    screen.press("Take it as evidence")
    with dashboard.store() as store:
        after = queries.dossier(store, SYSTEM).marks["rollback-rehearsal"].record
    assert after == before.model_copy(update={"evidence": [*before.evidence, "spans.jsonl"]})
    assert "Take it as evidence" not in screen.labels("button")


def test_a_request_is_answered_with_a_file_that_is_read_shown_and_stored_in_its_panel(dashboard: Dashboard) -> None:
    asked(dashboard)
    screen = dashboard.open("verdict", system=SYSTEM, note="signal:rollback-rehearsal")
    screen.press("Answer")
    upload(screen, "rehearsal.csv", RESULTS)
    assert "Recognised as" in screen.text
    with dashboard.store() as store:
        before = queries.dossier(store, SYSTEM)
    assert "rehearsal.csv" not in {file.record.name for file in before.evidence.values()}, "nothing is kept unseen"
    screen.press(f"Store for {SYSTEM}")
    assert screen.widget("multiselect", "References").value == ["rehearsal.csv"]
    screen.press("Store the answer")
    (reply,) = said(dashboard)[0].answers
    assert reply.record.references == ["rehearsal.csv"]
    with dashboard.store() as store:
        after = queries.dossier(store, SYSTEM)
    assert "rehearsal.csv" in {file.record.name for file in after.evidence.values()}


@pytest.mark.parametrize(("name", "body"), [("whole.toml", b"[system]\nslug = 'x'\nname = 'X'\n"), ("x.csv", b"\x00")])
def test_a_file_that_is_no_evidence_is_refused_in_the_panel(dashboard: Dashboard, name: str, body: bytes) -> None:
    asked(dashboard)
    screen = dashboard.open("verdict", system=SYSTEM, note="signal:rollback-rehearsal")
    screen.press("Answer")
    upload(screen, name, body)
    assert screen.notices("alert")
    assert f"Store for {SYSTEM}" not in screen.labels("button")


def test_whoever_is_asked_and_may_not_import_answers_with_a_text_or_an_address(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(dashboard, to="rosa@example.com")
    monkeypatch.setattr(session, "principal", lambda: ROSA)
    screen = dashboard.open("verdict", system=SYSTEM, note="signal:rollback-rehearsal")
    screen.press("Answer")
    assert not screen.labels("file_uploader")
    screen.widget("multiselect", "References").set_value(["https://evidence.example/1"])
    screen.press("Store the answer")
    (reply,) = said(dashboard)[0].answers
    assert reply.record.references == ["https://evidence.example/1"]


def test_an_answer_that_refers_to_nothing_is_refused_in_the_panel(dashboard: Dashboard) -> None:
    asked(dashboard)
    screen = dashboard.open("checklist", system=SYSTEM, note="signal:rollback-rehearsal")
    screen.press("Answer")
    screen.press("Store the answer")
    assert "the answer is empty" in screen.text
    assert said(dashboard)[0].answers == []


def test_what_one_wrote_is_closed_and_withdrawn_and_nobody_elses(dashboard: Dashboard) -> None:
    asked(dashboard)
    with dashboard.store() as store:
        notes.write(store, Principal.of(ME, {"viewer"}), SYSTEM, REHEARSAL, "hunter2")
    screen = dashboard.open("checklist", system=SYSTEM, note="signal:rollback-rehearsal")
    assert screen.labels("button").count("Withdraw") == 1
    screen.press("Withdraw")
    assert "hunter2" not in screen.text
    assert "Withdrawn by whoever wrote it." in screen.text
    screen.press("Close")
    assert [note.is_over for note in said(dashboard)] == [True, True]


def test_open_requests_stand_on_the_verdict_until_they_are_answered(dashboard: Dashboard) -> None:
    asked(dashboard, to="Rosa")
    with dashboard.store() as store:
        notes.ask(store, ROSA, SYSTEM, NoteSubject("signal", "capacity"), "Until when?")
    text = dashboard.open("verdict", system=SYSTEM).text
    assert "1 open request and 1 open question: The log of the rehearsal (Rosa, by " in text
    with dashboard.store() as store:
        notes.answer(store, ROSA, SYSTEM, 1, "Here")
        notes.close(store, ROSA, SYSTEM, 2)
    assert "open request" not in dashboard.open("verdict", system=SYSTEM).text


def test_what_waits_for_whoever_looks_is_listed_with_its_way(dashboard: Dashboard) -> None:
    assert "Asked of me" not in dashboard.open("work").text
    asked(dashboard)
    screen = dashboard.open("work")
    block = next(block for block in screen.blocks if "The log of the rehearsal" in block)
    assert "Freight Support Copilot, signal rollback-rehearsal · from dana, by " in block
    assert 'href="verdict?system=freight-support&amp;note=signal%3Arollback-rehearsal"' in block
    there = dashboard.open("verdict", system=SYSTEM, note="signal:rollback-rehearsal")
    assert "Answer" in there.labels("button")


def test_a_gate_and_a_trace_are_talked_about_on_their_pages(dashboard: Dashboard) -> None:
    release = dashboard.open("release", system=SYSTEM)
    assert "Notes on task success · task success for each cohort" in release.text
    traces = dashboard.open("traces", system=SYSTEM)
    assert "Notes on this trace" in traces.text
    with dashboard.store() as store:
        trace = next(trace for _, trace in queries.dossier(store, SYSTEM).traces if trace.record.path == "bad")
        notes.ask(store, ROSA, SYSTEM, NoteSubject("trace", trace.record.trace_id), "Is it the index?")
    assert "Notes on this trace (1 note, 1 open)" in dashboard.open("traces", system=SYSTEM).text
    panel = dashboard.open("traces", system=SYSTEM, trace=str(trace.id), note=f"trace:{trace.record.trace_id}")
    assert "Is it the index?" in panel.text
    block = next(block for block in dashboard.open("verdict", system=SYSTEM).blocks if "Is it the index?" in block)
    assert f"trace={trace.id}" in block


@pytest.mark.parametrize("page", ["gaps", "work"])
def test_each_gap_leads_to_what_is_said_of_it_and_to_saying_more(dashboard: Dashboard, page: str) -> None:
    with dashboard.store() as store:
        stored = queries.dossier(store, SYSTEM).marks["rollback-rehearsal"]
        due, action = stored.record.due, stored.record.action
        gaps.change(store, DANA, stored.id, seen=stored.row_version, due=due, owner=ME, action=action)
    asked(dashboard)
    block = next(block for block in dashboard.open(page, owner=ME).blocks if "1 note, 1 open on Rollback" in block)
    row = next(row for row in block.split("<tr")[1:] if "Rollback rehearsal" in row)
    way = f"?owner={ME.replace('@', '%40')}&amp;system={SYSTEM}&amp;note=gap%3Arollback-rehearsal"
    assert f'href="{way}"' in row
    others = [row for row in block.split("<tr")[1:] if "data-gap" in row and "Rollback rehearsal" not in row]
    assert all(">Comment</a>" in other for other in others)
    screen = dashboard.open(page, system=SYSTEM, note="gap:rollback-rehearsal")
    assert "The log of the rehearsal" in screen.text
    screen.widget("text_area", "Text").set_value("From the row")
    screen.press("Store the comment")
    assert [note.record.text for note in said(dashboard)] == ["The log of the rehearsal", "From the row"]


def test_a_gap_of_whom_may_only_read_leads_to_notes_that_there_are(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(dashboard)
    silent = Principal(ME, factories.principal().grants, only=frozenset({"read"}))
    monkeypatch.setattr(session, "principal", lambda: silent)
    links = [
        block.count("r-talk") for block in dashboard.open("gaps").blocks if "r-rows" in block and "<style" not in block
    ]
    assert sum(links) == 1


def test_what_people_write_is_shown_as_text(dashboard: Dashboard) -> None:
    asked(dashboard, HOSTILE)
    with dashboard.store() as store:
        notes.answer(store, DANA, SYSTEM, 1, HOSTILE, ["https://example.com/'\"><script>alert(1)</script>"])
        notes.ask(store, DANA, SYSTEM, REHEARSAL, HOSTILE, to=ME)
    for page in ("checklist", "verdict", "work"):
        blocks = dashboard.open(page, system=SYSTEM, note="signal:rollback-rehearsal").blocks
        assert any("&lt;script&gt;" in block for block in blocks)
        assert not any("<script" in block or "<b> @rosa </b>" in block for block in blocks)
    panel = dashboard.open("checklist", system=SYSTEM, note="signal:rollback-rehearsal")
    assert any('<b title="rosa@example.com">@Rosa</b>' in block for block in panel.blocks)
    assert "@nobody" in panel.text


@pytest.mark.parametrize("wanted", ["", "signal", "signal:", "praise:x", ":", "gate:<b>", "signal:never"])
def test_an_address_that_asks_for_no_thread_shows_the_page(dashboard: Dashboard, wanted: str) -> None:
    screen = dashboard.open("checklist", system=SYSTEM, note=wanted)
    assert len(screen.rows) == 22
    assert not any("<b></h2>" in block for block in screen.blocks)


def test_whoever_may_only_read_says_nothing(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = Principal(ME, factories.principal().grants, only=frozenset({"read"}))
    monkeypatch.setattr(session, "principal", lambda: silent)
    screen = dashboard.open("checklist", system=SYSTEM, note="signal:rollback-rehearsal")
    assert "Nothing was said yet." in screen.text
    assert "Store the comment" not in screen.labels("button")
    assert not any("r-talk" in block for block in screen.blocks if "<style" not in block)
