"""Beginning without a file, the facts of a system, and its end."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness import clock
from readiness.access import Principal
from readiness.review.review import Review
from readiness.services import reviews, systems
from readiness.store import queries
from readiness.web import session
from tests import factories
from tests.pages.dashboard import Dashboard, Screen

SYSTEM = "freight-support"
DANA = factories.principal()


def review(dashboard: Dashboard, slug: str = SYSTEM) -> Review:
    with dashboard.store() as store:
        return reviews.load(store, DANA, slug, as_of=clock.today())


def typed(screen: Screen, kind: str, **texts: str) -> None:
    for label, text in texts.items():
        screen.widget(kind, label).set_value(text)


def test_a_new_system_takes_three_fields_and_leads_to_its_questions(empty_dashboard: Dashboard) -> None:
    screen = empty_dashboard.open("portfolio")
    screen.press("New system")
    assert screen.answer == "A new system"
    screen = empty_dashboard.open("system", new="yes")
    screen.choose("text_input", "Name", "Night Desk")
    assert screen.widget("text_input", "Short name, as addresses have it").value == "night-desk"
    typed(screen, "text_area", **{"What it does, and for whom": "Answers at night"})
    typed(screen, "text_input", **{"Version to be rolled out": "1.0"})
    screen.press("Make the system")
    assert screen.answer == "0 of 22 answered."
    assert "1 Task success per cohort" in " ".join(screen.text.split())
    found = review(empty_dashboard, "night-desk")
    assert (found.name, found.assessment.candidate, found.assessment.scope) == ("Night Desk", "1.0", "Answers at night")


def test_the_short_name_is_changed_before_it_is_stored(empty_dashboard: Dashboard) -> None:
    screen = empty_dashboard.open("system", new="yes")
    screen.choose("text_input", "Name", "Night Desk")
    typed(screen, "text_input", **{"Version to be rolled out": "1", "Short name, as addresses have it": "desk"})
    screen.press("Make the system")
    assert review(empty_dashboard, "desk").name == "Night Desk"


@pytest.mark.parametrize(
    ("version", "address", "words"),
    [("", "desk", "no version is named"), ("1", "Night Desk", "slug"), ("1", SYSTEM, "is taken by Freight Support")],
)
def test_what_cannot_be_a_system_is_a_sentence_beside_what_was_typed(
    dashboard: Dashboard, version: str, address: str, words: str
) -> None:
    screen = dashboard.open("system", new="yes")
    screen.choose("text_input", "Name", "Night Desk")
    typed(screen, "text_input", **{"Version to be rolled out": version, "Short name, as addresses have it": address})
    screen.press("Make the system")
    (sentence,) = screen.notices("alert")
    assert words in sentence
    assert screen.widget("text_input", "Name").value == "Night Desk"


def test_whoever_acts_on_some_systems_only_is_not_asked_for_a_new_one(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = Principal.of("eve", {"assessor"}, {SYSTEM})
    monkeypatch.setattr(session, "principal", lambda: limited)
    assert "New system" not in dashboard.open("portfolio").labels("button")
    (sentence,) = dashboard.open("system", new="yes").notices("alert")
    assert "eve may not make a system" in sentence


def test_the_facts_of_a_system_and_of_its_assessment_are_edited(dashboard: Dashboard) -> None:
    screen = dashboard.open("system", system=SYSTEM)
    assert screen.answer.startswith("Freight Support Copilot 2026.11 is under review, to be rolled out on ")
    typed(screen, "text_input", Name="Freight Copilot")
    screen.name("Owner", "rosa")
    screen.press("Store the system")
    assert screen.notices("status") == ["✓ Freight Support Copilot is called Freight Copilot now."]
    day = clock.today() + dt.timedelta(days=90)
    typed(screen, "text_input", Baseline="2026.06")
    typed(screen, "text_area", Scope="Quotes only")
    screen.widget("date_input", "Target date").set_value(day)
    screen.press("Store the assessment")
    assert screen.notices("status") == ["✓ Changed baseline, scope and target date of freight-support 2026.11."]
    found = review(dashboard)
    assert (found.name, found.dossier.system.record.owner) == ("Freight Copilot", "rosa")
    assert (found.assessment.baseline, found.assessment.scope) == ("2026.06", "Quotes only")
    assert found.assessment.target_date == day


def test_what_is_expected_is_stated_in_shares(dashboard: Dashboard) -> None:
    screen = dashboard.open("system", system=SYSTEM)
    workflows, _ = screen.app.data_editor
    rows = [{"name": "quotes", "share": 60}, {"name": "claims", "share": 40}]
    screen.app.session_state[workflows.proto.id] = {"edited_rows": {}, "added_rows": rows, "deleted_rows": []}
    screen.press("Store the assessment")
    assert review(dashboard).assessment.expected.workflows == {"quotes": 0.6, "claims": 0.4}


def test_a_viewer_sees_the_facts_and_changes_none(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "principal", lambda: Principal.of("eve", {"viewer"}))
    screen = dashboard.open("system", system=SYSTEM)
    assert screen.widget("text_input", "Name").disabled
    assert all(screen.widget("button", label).disabled for label in screen.labels("button"))
    assert "Start the next assessment" not in screen.labels("button")


def test_the_next_assessment_goes_on_from_the_last(dashboard: Dashboard) -> None:
    before = review(dashboard)
    screen = dashboard.open("system", system=SYSTEM)
    screen.dialog("next_assessment")
    *_, asked = [widget for widget in screen.app.text_input if widget.label == "Candidate"]
    asked.set_value("2026.12")
    screen.submit("Start it")
    assert screen.answer == "2 of 22 answered."
    found = review(dashboard)
    assert (found.assessment.candidate, found.assessment.baseline) == ("2026.12", "2026.11")
    assert [gap.mark for gap in found.gaps] == [gap.mark for gap in before.gaps]
    assert len(found.to_confirm) == 20
    assert "was No – controlled on" in screen.text
    screen = dashboard.open("checklist", system=SYSTEM, way="one after the other")
    screen.app.button(key="mark_same").click()
    screen.app.run()
    assert screen.answer == "3 of 22 answered."
    rows = dashboard.open("evidence", system=SYSTEM).rows
    assert any("2026.08 earlier version" in row and "2026.11 baseline" in row for row in rows)


def test_an_archived_system_leaves_the_lists_and_comes_back(dashboard: Dashboard) -> None:
    screen = dashboard.open("system", system=SYSTEM)
    typed(screen, "text_input", **{"Why it is archived": "replaced by Dock"})
    screen.press("Archive")
    assert screen.notices("status") == ["✓ Archived Freight Support Copilot; reason kept."]
    assert "Freight Support Copilot" not in screen.widget("selectbox", "System").options
    assert [expander.label for expander in screen.app.expander] == ["1 archived"]
    away = dashboard.open("system", system=SYSTEM)
    assert away.answer.startswith("Freight Support Copilot was archived on ")
    portfolio = dashboard.open("portfolio")
    portfolio.press("Restore")
    assert portfolio.notices("status") == ["✓ Restored Freight Support Copilot from the archive."]
    assert not portfolio.app.expander


def test_a_system_is_deleted_with_a_reason_and_its_short_name(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        systems.archive(store, DANA, SYSTEM, "over", seen=queries.system(store, SYSTEM).row_version)
    screen = dashboard.open("system", system=SYSTEM)
    typed(screen, "text_input", **{"Why it is deleted": "the pilot is over"})
    screen.press("Delete for good")
    (sentence,) = screen.notices("alert")
    assert "the short name does not fit; nothing was deleted" in sentence
    typed(screen, "text_input", **{f"Its short name, {SYSTEM}, to be sure": SYSTEM})
    screen.press("Delete for good")
    (said,) = screen.notices("status")
    assert said.startswith("✓ Deleted Freight Support Copilot with 3 assessments and 2 files")
    with dashboard.store() as store:
        assert SYSTEM not in {system.slug for system in queries.systems(store)}
        assert queries.verified_facts(store).changed == ()
    activity = dashboard.open("activity")
    assert activity.answer.startswith("Chain intact over")
    assert "Deleted Freight Support Copilot" in activity.text


def test_an_archive_alone_is_not_an_empty_store(empty_dashboard: Dashboard) -> None:
    with empty_dashboard.store() as store:
        system, first = factories.assessment_file().system, factories.assessment(assessed_on=None)
        systems.create(store, DANA, system, first)
        systems.archive(store, DANA, system.slug, "over", seen=1)
    screen = empty_dashboard.open("portfolio")
    assert "Support Copilot" in screen.text
    assert [expander.label for expander in screen.app.expander] == ["1 archived"]


def test_what_was_typed_of_one_system_reaches_no_other(dashboard: Dashboard) -> None:
    screen = dashboard.open("system", system=SYSTEM)
    typed(screen, "text_input", **{"Why it is archived": "replaced"})
    typed(screen, "text_area", Scope="Quotes only")
    screen.choose("selectbox", "System", "claims-intake")
    assert screen.widget("text_input", "Why it is archived").value == ""
    assert screen.widget("text_area", "Scope").value == review(dashboard, "claims-intake").assessment.scope


def test_the_open_questions_are_taken_as_a_file(dashboard: Dashboard) -> None:
    assert "Take the open questions as a file" in dashboard.open("evidence", system="billing-desk").labels(
        "download_button"
    )
    assert not dashboard.open("evidence", system=SYSTEM).labels("download_button")
