"""The open gaps of every system, and moving one."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from readiness import clock, formatting
from readiness.model.assessment import Mark
from readiness.services import gaps as gaps_service
from readiness.services import marks as marks_service
from readiness.store import queries
from tests import factories
from tests.pack import reading
from tests.pages.dashboard import Dashboard, Screen

SYSTEM = "freight-support"


def rollback(dashboard: Dashboard) -> tuple[int, Mark, int]:
    """A gap by its id, what is stored of it, and how often it was moved."""
    with dashboard.store() as store:
        dossier = queries.dossier(store, SYSTEM)
    held = dossier.marks["rollback-rehearsal"]
    return held.id, held.record, len(dossier.moves.get(held.id, ()))


def test_the_answer_counts_the_gaps_and_each_has_a_row_the_earliest_first(dashboard: Dashboard) -> None:
    screen = dashboard.open("gaps")
    assert screen.answer == "33 gaps open, none of them yours; 6 are overdue, by up to 21 days."
    assert len(gap_rows(screen)) == 25
    assert "1 to 25 of 33 gaps" in [caption.value for caption in screen.app.caption]
    assert gap_rows(screen)[0][0].startswith("Retrieval on hard queries Customs Code Advisor")
    assert "21 days over" in gap_rows(screen)[0][4]
    assert gap_rows(screen)[0][5] == "Change"


def test_the_last_page_has_the_others(dashboard: Dashboard) -> None:
    screen = dashboard.open("gaps", page="2")
    assert len(gap_rows(screen)) == 8
    assert "26 to 33 of 33 gaps" in [caption.value for caption in screen.app.caption]


def test_filters_leave_those_of_a_system_an_owner_and_the_overdue(dashboard: Dashboard) -> None:
    screen = dashboard.open("gaps", system=SYSTEM)
    screen.choose("toggle", "Only Freight Support Copilot", True)
    assert len(gap_rows(screen)) == 2
    screen.choose("toggle", "Overdue only", True)
    assert len(gap_rows(screen)) == 1
    screen.choose("selectbox", "Owner", "aiko.tanabe@example.com")
    assert "No gap to show." in screen.text
    assert len(gap_rows(dashboard.open("gaps", owner="aiko.tanabe@example.com"))) == 1


def test_the_picture_has_all_gaps_of_the_filter_and_not_those_of_the_page(dashboard: Dashboard) -> None:
    first, second = dashboard.open("gaps"), dashboard.open("gaps", page="2")
    assert pictured(first) == pictured(second) == 31
    assert "2 gaps have no date." in first.text


def test_a_due_date_moves_later_with_a_reason_only(dashboard: Dashboard) -> None:
    gap, before, moves = rollback(dashboard)
    later = clock.today() + dt.timedelta(days=3)
    screen = dashboard.open("gaps", gap=str(gap))
    screen.widget("date_input", "Due date").set_value(later)
    screen.press("Store")
    (sentence,) = screen.notices("alert")
    assert "has no reason; expected a sentence that says why" in sentence
    assert screen.widget("date_input", "Due date").value == later, "what was typed stays"
    assert rollback(dashboard) == (gap, before, moves)

    screen.widget("text_input", "Reason").set_value("The index has to be rebuilt first")
    screen.press("Store")
    (sentence,) = screen.notices("status")
    assert "moved from" in sentence
    assert screen.answer == "33 gaps open, none of them yours; 5 are overdue, by up to 21 days.", "true at once"
    assert "Store" not in screen.labels("button"), "the form closes"
    assert rollback(dashboard) == (gap, before.model_copy(update={"due": later}), moves + 1)
    with dashboard.store() as store:
        assert queries.events(store, limit=1)[0].detail["reason"] == "The index has to be rebuilt first"


def test_a_save_moves_no_row_until_another_filter_is_asked_for(dashboard: Dashboard) -> None:
    gap, _, _ = rollback(dashboard)
    screen = dashboard.open("gaps", gap=str(gap), overdue="true")
    before = [row[0] for row in gap_rows(screen)]
    screen.widget("date_input", "Due date").set_value(clock.today() + dt.timedelta(days=9))
    screen.widget("text_input", "Reason").set_value("The vendor is late")
    screen.press("Store")
    assert [row[0] for row in gap_rows(screen) if len(row) > 1] == before
    screen.choose("toggle", "Overdue only", False)
    screen.choose("toggle", "Overdue only", True)
    assert len(gap_rows(screen)) == len(before) - 1


@pytest.mark.parametrize(
    ("days", "asked"), [(-1, "yesterday; store it all the same?"), (25, "after the rollout planned for")]
)
def test_a_date_that_is_odd_is_asked_about_and_stored_on_a_second_yes(
    dashboard: Dashboard, days: int, asked: str
) -> None:
    gap, before, _ = rollback(dashboard)
    due = clock.today() + dt.timedelta(days=days)
    screen = dashboard.open("gaps", gap=str(gap))
    screen.widget("date_input", "Due date").set_value(due)
    screen.widget("text_input", "Reason").set_value("The vendor is late")
    screen.press("Store")
    assert asked in screen.notices("alert")[0]
    assert rollback(dashboard)[1] == before
    screen.press("Store it all the same")
    assert rollback(dashboard)[1].due == due


def test_a_year_of_1026_is_refused_in_one_sentence(dashboard: Dashboard) -> None:
    gap, before, _ = rollback(dashboard)
    screen = dashboard.open("gaps", gap=str(gap))
    screen.widget("date_input", "Due date").set_value(dt.date(1026, 12, 9))
    screen.press("Store")
    (sentence,) = screen.notices("alert")
    assert "9 Dec 1026 is before the assessment of" in sentence
    assert rollback(dashboard)[1] == before


def test_a_lost_race_shows_both_values_keeps_what_was_typed_and_takes_over_the_rest(dashboard: Dashboard) -> None:
    gap, before, _ = rollback(dashboard)
    earlier, theirs = clock.today() + dt.timedelta(days=2), clock.today() + dt.timedelta(days=4)
    screen = dashboard.open("gaps", gap=str(gap))
    with dashboard.store() as store:
        somebody = factories.principal(name="rosa")
        gaps_service.change(store, somebody, gap, seen=1, due=theirs, owner="rosa", action=before.action, reason="late")
    screen.widget("date_input", "Due date").set_value(earlier)
    screen.widget("text_input", "Reason").set_value("The vendor is late")
    screen.press("Store")
    assert "was changed by somebody else in the meantime; nothing was stored" in screen.notices("alert")[0]
    assert screen.table("What you typed, not stored") == [
        ["Due date", formatting.day(earlier), formatting.day(theirs)],
        ["Owner", "as it is stored now", "rosa"],
    ]
    assert screen.widget("date_input", "Due date").value == earlier
    assert screen.widget("selectbox", "Owner of the gap").value == "rosa"
    screen.press("Store")
    kept = rollback(dashboard)[1]
    assert (kept.due, kept.owner) == (earlier, "rosa")


def test_what_was_begun_stays_when_somebody_adds_or_closes_other_gaps(dashboard: Dashboard) -> None:
    gap, before, _ = rollback(dashboard)
    screen = dashboard.open("gaps", gap=str(gap))
    screen.widget("text_input", "Next action").set_value("Rehearse it on Monday")
    with dashboard.store() as store:
        dossier = queries.dossier(store, SYSTEM)
        (other,) = [mark for mark in dossier.marks.values() if mark.record.is_gap and mark.id != gap]
        closed = Mark(signal=other.record.signal, mark="no", note="Looked at again", evidence=["run 12"])
        for mark in (closed, Mark(signal="capacity", mark="yes")):
            seen = dossier.marks[mark.signal].row_version
            marks_service.answer(store, factories.principal(), SYSTEM, dossier.assessment.id, mark, seen=seen)
    screen.press("Store")
    assert not screen.notices("alert")
    assert rollback(dashboard)[1] == before.model_copy(update={"action": "Rehearse it on Monday"})


def test_a_gap_that_somebody_closed_meanwhile_stays_open_here_with_what_was_typed(dashboard: Dashboard) -> None:
    gap, before, _ = rollback(dashboard)
    screen = dashboard.open("gaps", gap=str(gap))
    screen.widget("text_input", "Next action").set_value("Rehearse it on Monday")
    with dashboard.store() as store:
        mark = Mark(signal=before.signal, mark="no", note="Rehearsed", evidence=["run 12"])
        assessment = queries.dossier(store, SYSTEM).assessment.id
        marks_service.answer(store, factories.principal(), SYSTEM, assessment, mark, seen=1)
    screen.press("Store")
    assert "rollback-rehearsal is not a gap" in screen.notices("alert")[0]
    assert screen.widget("text_input", "Next action").value == "Rehearse it on Monday"


def chosen(dashboard: Dashboard, count: int) -> tuple[Screen, list[int]]:
    """The page with the first rows ticked, as the browser tells it, and their gaps."""
    screen = dashboard.open("gaps")
    screen.choose("toggle", "Select several", True)
    several = screen.app.session_state["gaps together"]
    several.picked = dict(list(several.shown.items())[:count])
    return screen, list(several.picked)


def test_several_gaps_move_at_once_with_one_reason(dashboard: Dashboard) -> None:
    screen, numbers = chosen(dashboard, 3)
    due = clock.today() + dt.timedelta(days=4)
    screen.widget("date_input", "New due date").set_value(due)
    screen.press("Store for all")
    assert "has no reason" in screen.notices("alert")[0]
    screen.widget("text_input", "One reason for all").set_value("The freeze")
    screen.press("Store for all")
    assert screen.notices("status") == ["✓ Stored 3 gaps; reason kept."]
    with dashboard.store() as store:
        moved = {gap.id: gap for gap in gaps_service.every(store, factories.principal(), as_of=clock.today())}
    assert [moved[number].mark.due for number in numbers] == [due] * 3
    assert {moved[number].moves[-1].reason for number in numbers} == {"The freeze"}
    assert "0 gaps chosen" in screen.text


def test_of_several_gaps_none_is_stored_where_one_was_changed_until_one_asks_for_the_others(
    dashboard: Dashboard,
) -> None:
    screen, numbers = chosen(dashboard, 3)
    with dashboard.store() as store:
        by = factories.principal(name="rosa")
        before = {gap.id: gap for gap in gaps_service.every(store, by, as_of=clock.today())}
        one = before[numbers[0]]
        gaps_service.change(store, by, one.id, seen=1, due=one.mark.due, owner="rosa", action=one.mark.action)
    screen.name("New owner", "mei")
    screen.press("Store for all")
    assert "1 of 3 gaps was changed by somebody else in the meantime; nothing was stored." in screen.notices("alert")[0]
    assert screen.table("What you typed, not stored") == [["Owner", "mei", "rosa"]]
    assert owners(dashboard, numbers) == ["rosa", *(before[number].mark.owner for number in numbers[1:])]
    screen.press("Store the other 2")
    assert owners(dashboard, numbers) == ["rosa", "mei", "mei"]


def owners(dashboard: Dashboard, numbers: list[int]) -> list[str]:
    with dashboard.store() as store:
        stored = {gap.id: gap for gap in gaps_service.every(store, factories.principal(), as_of=clock.today())}
    return [stored[number].mark.owner for number in numbers]


def gap_rows(screen: Screen) -> list[list[str]]:
    """The cells of each gap that is shown."""
    tables = [
        part
        for block in screen.blocks
        for part in block.split("<table")[1:]
        if part.startswith(' class="r-table r-rows')
    ]
    return [reading.cells(row) for table in tables for row in table.partition("<tbody>")[2].split("<tr")[1:]]


def pictured(screen: Screen) -> int:
    """How many gaps the picture counts."""
    (picture,) = screen.app.get("vega_lite_chart")
    (marks,) = [one.data.data for one in picture.proto.datasets if one.name == "rows"]
    return sum(int(count or 1) for count in pa.ipc.open_stream(marks).read_all()["count"].to_pylist())


def test_closing_a_gap_asks_for_evidence_and_shows_the_verdict_before_it_is_stored(dashboard: Dashboard) -> None:
    gap, before, _ = rollback(dashboard)
    screen = dashboard.open("gaps", gap=str(gap))
    screen.press("Close this gap…")
    screen.widget("text_area", "Finding").set_value("Rehearsed on the new cluster")
    screen.widget("text_area", "Evidence, one a line").set_value(" ")
    screen.press("See what it does")
    assert "nothing shows that the gap is closed" in screen.notices("alert")[0]
    screen.widget("text_area", "Evidence, one a line").set_value("run 12\n\nminutes of 3 Nov")
    screen.press("See what it does")
    assert "The verdict now ⛔ blocked score 3, 13 on evidence alone" in screen.text
    assert "Once it is closed ⛔ blocked score 1, 12 on evidence alone (the level stays)" in screen.text
    assert rollback(dashboard)[1] == before, "nothing is stored yet"
    screen.press("Close the gap")
    assert screen.notices("status") == ["✓ rollback-rehearsal: Yes – gap became No – controlled."]
    assert screen.answer.startswith("32 gaps open")
    after = rollback(dashboard)[1]
    assert (after.mark, after.note, after.evidence) == (
        "no",
        "Rehearsed on the new cluster",
        ["run 12", "minutes of 3 Nov"],
    )
    assert (after.owner, after.due) == (before.owner, before.due), "who closed it by when stays on record"


def test_a_link_opens_a_gap_that_is_on_another_page(dashboard: Dashboard) -> None:
    last = gap_rows(dashboard.open("gaps", page="2"))[-1][0]
    with dashboard.store() as store:
        gap = gaps_service.every(store, factories.principal(), as_of=clock.today())[-1]
    screen = dashboard.open("gaps", gap=str(gap.id))
    assert gap_rows(screen)[0][0] == last
    assert "Store" in screen.labels("button")
    assert "Store" not in dashboard.open("gaps", gap="99999").labels("button")


def test_whoever_comes_back_from_another_page_finds_the_row_as_it_is_now(dashboard: Dashboard) -> None:
    gap, before, _ = rollback(dashboard)
    screen = dashboard.open("gaps", gap=str(gap))
    screen.app.switch_page("../../pages/activity.py").run()
    with dashboard.store() as store:
        somebody = factories.principal(name="rosa")
        gaps_service.change(store, somebody, gap, seen=1, due=before.due, owner="rosa", action=before.action)
    screen.app.switch_page("../../pages/gaps.py")
    screen.app.query_params["gap"] = str(gap)
    screen.app.run()
    assert screen.widget("selectbox", "Owner of the gap").value == "rosa"
    assert not screen.notices("alert")
