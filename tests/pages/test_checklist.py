"""The questions, their answers, and changing one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from readiness import access, clock
from readiness.access import Principal
from readiness.model.assessment import Assessment, Mark, System
from readiness.model.dossier import Stored
from readiness.model.drafts import AnswerDraft
from readiness.review.items import Answer
from readiness.services import drafts, reviews, systems
from readiness.store import queries
from readiness.web import session
from tests import factories
from tests.pages.dashboard import Dashboard, Screen

SYSTEM = "freight-support"


def stored(dashboard: Dashboard, signal: str, system: str = SYSTEM) -> Stored[Mark]:
    with dashboard.store() as store:
        return queries.dossier(store, system).marks[signal]


def answers(dashboard: Dashboard, system: str = "billing-desk") -> Sequence[Answer]:
    with dashboard.store() as store:
        return reviews.load(store, factories.principal(), system, as_of=clock.today()).answers


def test_the_answer_counts_and_every_question_has_a_row_with_an_edit(dashboard: Dashboard) -> None:
    screen = dashboard.open("checklist", system=SYSTEM)
    assert screen.answer.startswith("22 of 22 answered; 2 gaps open; evidence speaks against 2 answers and leaves ")
    assert screen.answer.endswith(" marked controlled with nothing to show.")
    assert len(screen.rows) == 22
    assert screen.labels("button") == ["Edit"] * 22


@pytest.mark.parametrize(("shown", "rows"), [("all", 22), ("not answered", 0), ("gaps", 2), ("contradicted", 2)])
def test_a_filter_leaves_the_questions_it_names(dashboard: Dashboard, shown: str, rows: int) -> None:
    screen = dashboard.open("checklist", system=SYSTEM)
    screen.choose("segmented_control", "Show", shown)
    assert len(screen.rows) == rows
    assert ("Nothing to show with this filter." in screen.text) == (rows == 0)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("uncovered", "◐ Evidence leaves something out"),
        ("attested", "◇ Attested, not measured"),
        ("nothing to show", "– Nothing shows it"),
    ],
)
def test_answers_are_found_by_what_stands_behind_them(dashboard: Dashboard, shown: str, words: str) -> None:
    screen = dashboard.open("checklist", system=SYSTEM)
    screen.choose("segmented_control", "Show", shown)
    assert screen.rows
    assert all(words in row for row in screen.rows)


def test_one_question_is_shown_by_itself_with_how_it_was_answered_before(dashboard: Dashboard) -> None:
    screen = dashboard.open("checklist", system=SYSTEM, signal="regression-gates")
    assert screen.answer == "14. Regression gates: No – controlled, contradicted."
    assert screen.labels("button") == ["Edit"]
    assert len(screen.rows) == 1
    assert "✕ Evidence contradicts it: 1 of 5 gates fails" in screen.text
    assert [row[0] for row in screen.table("Version")] == ["2026.06", "2026.08", "2026.11"]
    (ways,) = [block for block in screen.blocks if "All 22 questions" in block]
    assert "signal=stage-timing" in ways
    assert "signal=staged-rollout" in ways


def test_a_question_that_there_is_not_shows_them_all(dashboard: Dashboard) -> None:
    assert len(dashboard.open("checklist", system=SYSTEM, signal="no-such-signal").rows) == 22


def test_a_gap_is_closed_and_the_verdict_follows(dashboard: Dashboard) -> None:
    screen = dashboard.open("checklist", system=SYSTEM)
    screen.dialog("edit_rollback-rehearsal")
    assert "Next action" in screen.labels("text_input")
    screen.choose_within("radio", "Is this a gap?", "no")
    assert "Next action" not in screen.labels("text_input")
    screen.widget("text_area", "Finding").set_value("Rehearsed on the new cluster")
    screen.submit("Store the answer")
    assert screen.notices("status") == ["✓ rollback-rehearsal: Yes – gap became No – controlled."]
    mark = stored(dashboard, "rollback-rehearsal").record
    assert (mark.mark, mark.note) == ("no", "Rehearsed on the new cluster")
    answer = dashboard.open("verdict", system=SYSTEM).answer
    assert answer.startswith("Blocked: evidence speaks against Regression gates (14).")


def test_a_question_that_was_open_is_answered_with_all_that_a_partial_asks_for(dashboard: Dashboard) -> None:
    due = clock.today() + dt.timedelta(days=30)
    screen = dashboard.open("checklist", system="billing-desk", show="not answered")
    screen.dialog("edit_hard-queries")
    screen.choose_within("radio", "Is this a gap?", "partial")
    screen.widget("multiselect", "Evidence").set_value(["https://evidence.example/1", "scorecard"])
    screen.name("Owner of the gap", "jonas.weidt@example.com")
    for label, text in ((HOLDS, "English"), ("Next action", "Measure German too")):
        screen.widget("text_input", label).set_value(text)
    screen.widget("date_input", "Due date").set_value(due)
    screen.submit("Store the answer")
    assert len(screen.notices("status")) == 1
    mark = stored(dashboard, "hard-queries", "billing-desk").record
    assert (mark.mark, mark.holds_for, mark.owner) == ("partial", "English", "jonas.weidt@example.com")
    assert (mark.due, mark.action) == (due, "Measure German too")
    assert mark.evidence == ["https://evidence.example/1", "scorecard"]


def test_a_partial_that_does_not_say_what_it_holds_for_is_a_sentence_and_nothing_is_stored(
    dashboard: Dashboard,
) -> None:
    before = stored(dashboard, "capacity")
    screen = dashboard.open("checklist", system=SYSTEM)
    screen.dialog("edit_capacity")
    screen.choose_within("radio", "Is this a gap?", "partial")
    screen.submit("Store the answer")
    assert len(screen.notices("alert")) == 1
    assert not screen.notices("status")
    assert stored(dashboard, "capacity") == before


def test_an_earlier_assessment_is_read_only(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        earlier = queries.assessments(store, SYSTEM)[-1].id
    screen = dashboard.open("checklist", system=SYSTEM, assessment=str(earlier))
    assert len(screen.rows) == 22
    assert not screen.labels("button")


ONE = "one after the other"
HOLDS = "Holds for which cohorts, environments or releases"


def one_by_one(dashboard: Dashboard, **address: str) -> Screen:
    return dashboard.open("checklist", system="billing-desk", way=ONE, **address)


def test_a_no_is_one_press_and_the_next_question_follows(dashboard: Dashboard) -> None:
    screen = one_by_one(dashboard)
    open_ = [answer.signal for answer in answers(dashboard) if answer.mark.mark is None]
    assert screen.answer == f"{22 - len(open_)} of 22 answered."
    assert open_[0].name in screen.text
    assert not screen.labels("date_input")
    screen.widget("text_area", "Finding").set_value("All of it was read")
    screen.widget("multiselect", "Evidence").set_value(["https://evidence.example/1"])
    screen.app.button(key="mark_no").click()
    screen.app.run()
    assert screen.answer == f"{23 - len(open_)} of 22 answered."
    assert open_[1].name in screen.text
    assert screen.widget("text_area", "Finding").value == ""
    mark = stored(dashboard, open_[0].id, "billing-desk").record
    assert (mark.mark, mark.note, mark.evidence) == ("no", "All of it was read", ["https://evidence.example/1"])


def test_a_gap_asks_for_what_only_a_gap_has(dashboard: Dashboard) -> None:
    screen = one_by_one(dashboard)
    first = next(answer.signal for answer in answers(dashboard) if answer.mark.mark is None)
    screen.app.button(key="mark_partial").click()
    screen.app.run()
    screen.press("Store “Partial – tighten first” and go on")
    (sentence,) = screen.notices("alert")
    assert "a partial mark does not say what it holds for" in sentence
    due = clock.today() + dt.timedelta(days=30)
    screen.widget("text_input", "Holds for which cohorts, environments or releases").set_value("English")
    screen.name("Owner", "rosa")
    screen.widget("date_input", "Due date").set_value(due)
    screen.widget("text_input", "Next action").set_value("Measure German")
    screen.press("Store “Partial – tighten first” and go on")
    mark = stored(dashboard, first.id, "billing-desk").record
    assert (mark.mark, mark.holds_for, mark.owner, mark.due) == ("partial", "English", "rosa", due)
    assert not screen.labels("date_input")


def begun(dashboard: Dashboard) -> Screen:
    """A question with half an answer, as whoever typed it finds it when they look again."""
    screen = one_by_one(dashboard)
    screen.choose("text_area", "Finding", "Half of it")
    press(screen, "mark_partial")
    screen.choose("text_input", HOLDS, "English")
    screen.choose("text_input", "Next action", "Buy")
    screen.choose("multiselect", "Evidence", ["https://evidence.example/1"])
    screen.choose("date_input", "Due date", clock.today() + dt.timedelta(days=30))
    return one_by_one(dashboard)


def press(screen: Screen, key: str) -> None:
    screen.app.button(key=key).click()
    screen.app.run()


def drafted(dashboard: Dashboard, signal: str) -> AnswerDraft:
    """What the person at this machine has begun to answer."""
    with dashboard.store() as store:
        number = queries.dossier(store, "billing-desk").assessment.id
        return drafts.mine(store, access.local(), "billing-desk", number, signal)


def test_what_was_typed_and_not_stored_is_there_again_and_not_in_the_address(dashboard: Dashboard) -> None:
    again = begun(dashboard)
    assert again.widget("text_area", "Finding").value == "Half of it"
    assert again.widget("text_input", HOLDS).value == "English"
    assert again.widget("text_input", "Next action").value == "Buy"
    assert again.widget("multiselect", "Evidence").value == ["https://evidence.example/1"]
    assert again.widget("date_input", "Due date").value == clock.today() + dt.timedelta(days=30)
    assert set(again.app.query_params) <= {"system", "way", "question"}


def test_another_gap_and_back_keeps_what_only_the_first_one_asks(dashboard: Dashboard) -> None:
    screen = begun(dashboard)
    press(screen, "mark_yes")
    press(screen, "mark_partial")
    assert screen.widget("text_input", HOLDS).value == "English"


def test_later_goes_on_and_leaves_what_was_typed_where_it_was(dashboard: Dashboard) -> None:
    screen = begun(dashboard)
    question = screen.app.query_params["question"]
    press(screen, "mark_later")
    assert screen.widget("text_area", "Finding").value == ""
    assert "Next action" not in screen.labels("text_input")
    assert one_by_one(dashboard, question=question).widget("text_area", "Finding").value == "Half of it"


def test_what_was_typed_goes_with_the_answer_and_when_it_is_discarded(dashboard: Dashboard) -> None:
    screen = begun(dashboard)
    question = screen.app.query_params["question"]
    assert drafted(dashboard, question).note == "Half of it"
    screen.press("Discard")
    assert screen.widget("text_area", "Finding").value == ""
    assert "Discard" not in screen.labels("button")
    assert not drafted(dashboard, question)
    screen = begun(dashboard)
    screen.press("Store “Partial – tighten first” and go on")
    assert stored(dashboard, question, "billing-desk").record.action == "Buy"
    assert not drafted(dashboard, question)


def test_nobody_else_sees_what_somebody_types(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(dashboard)
    monkeypatch.setattr(session, "principal", lambda: Principal.of("eve", {"assessor"}))
    screen = one_by_one(dashboard)
    assert screen.widget("text_area", "Finding").value == ""
    assert "Next action" not in screen.labels("text_input")


def test_what_was_stored_a_moment_ago_can_be_changed(dashboard: Dashboard) -> None:
    screen = one_by_one(dashboard)
    first = next(answer.signal for answer in answers(dashboard) if answer.mark.mark is None)
    screen.app.button(key="mark_no").click()
    screen.app.run()
    screen.dialog("change_last")
    screen.choose_within("radio", "Is this a gap?", "yes")
    screen.submit("Store the answer")
    assert stored(dashboard, first.id, "billing-desk").record.mark == "yes"


def test_after_the_last_question_comes_the_verdict(dashboard: Dashboard) -> None:
    screen = one_by_one(dashboard)
    for _ in [answer for answer in answers(dashboard) if answer.mark.mark is None]:
        screen.app.button(key="mark_no").click()
        screen.app.run()
    assert screen.answer == "22 of 22 answered."
    assert "Every question is answered." in screen.text
    screen.press("See the verdict")
    assert screen.answer.startswith(("Undetermined", "Add controls", "Do not broaden", "Narrow", "Blocked"))


def test_what_is_stored_is_offered_as_evidence(dashboard: Dashboard) -> None:
    options = one_by_one(dashboard).widget("multiselect", "Evidence").options
    assert {"results.csv", "spans.jsonl", "scorecard: task_success"} <= set(options)
    assert any(option.startswith("trace ") for option in options)


def test_whoever_may_not_answer_is_shown_the_list(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "principal", lambda: Principal.of("eve", {"viewer"}))
    screen = one_by_one(dashboard)
    assert len(screen.rows) == 22
    assert not screen.labels("button")


def test_an_answer_of_the_version_before_is_confirmed_in_its_row(dashboard: Dashboard) -> None:
    before = answers(dashboard, SYSTEM)
    with dashboard.store() as store:
        number = queries.dossier(store, SYSTEM).assessment.id
        systems.start_assessment(store, factories.principal(), SYSTEM, Assessment(candidate="2026.12"), seen=number)
    screen = dashboard.open("checklist", system=SYSTEM, show="to confirm")
    assert "20 to be confirmed from the version before" in screen.answer
    assert len(screen.rows) == 20
    screen.dialog("edit_ownership")
    was = next(answer.mark for answer in before if answer.signal.id == "ownership")
    assert screen.widget("radio", "Is this a gap?").value == "no"
    assert screen.widget("text_area", "Finding").value == was.note
    screen = dashboard.open("checklist", system=SYSTEM)
    screen.app.button(key="confirm_ownership").click()
    screen.app.run()
    assert screen.notices("status") == ["✓ ownership: not answered became No – controlled."]
    assert stored(dashboard, "ownership").record == was


def test_what_was_typed_for_one_system_reaches_no_other(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        systems.create(store, factories.principal(), System(slug="desk", name="Desk"), Assessment(candidate="1"))
    screen = one_by_one(dashboard)
    screen.widget("text_area", "Finding").set_value("Of the billing desk")
    screen.app.run()
    screen.choose("selectbox", "System", "desk")
    if "Finding" not in screen.labels("text_area"):
        screen.choose("segmented_control", "Way", ONE)
    assert screen.answer == "0 of 22 answered."
    assert screen.widget("text_area", "Finding").value == ""


def test_an_address_whose_question_is_answered_by_now_brings_nothing_to_the_next(dashboard: Dashboard) -> None:
    answered = next(answer.signal for answer in answers(dashboard) if answer.mark.mark)
    screen = one_by_one(dashboard, question=answered.id, finding="Of another question", gap="yes")
    assert screen.widget("text_area", "Finding").value == ""
    assert not screen.labels("date_input")
