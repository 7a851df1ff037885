"""Whoever is named is picked from the people of the store, wherever a page asks for somebody."""

from __future__ import annotations

import pytest

from readiness import access, clock
from readiness.access import Principal
from readiness.services import handovers, notes, people
from readiness.store import queries
from tests.pages.dashboard import Dashboard, Screen

SYSTEM, DANA = "freight-support", access.local()
SIGNAL = "rollback-rehearsal"
ONE, OTHER, ALONE = "omar@example.com", "omar.haddad@example.com", "ines@example.com"
EVERYBODY = {"Ines Albrecht", f"Omar Haddad ({ONE})", f"Omar Haddad ({OTHER})"}


@pytest.fixture(autouse=True)
def _three_people(dashboard: Dashboard) -> None:
    """Two of one name, and one who is alone with hers."""
    with dashboard.store() as store:
        for address, name in ((ONE, "Omar Haddad"), (OTHER, "Omar Haddad"), (ALONE, "Ines Albrecht")):
            people.add(store, DANA, address, name)


def gap(dashboard: Dashboard) -> int:
    with dashboard.store() as store:
        return queries.dossier(store, SYSTEM).marks[SIGNAL].id


def owner(dashboard: Dashboard) -> str:
    with dashboard.store() as store:
        return queries.dossier(store, SYSTEM).marks[SIGNAL].record.owner


def editor(dashboard: Dashboard) -> Screen:
    return dashboard.open("gaps", system=SYSTEM, gap=str(gap(dashboard)))


def options(screen: Screen, label: str) -> set[str]:
    (field,) = [one for one in screen.app.selectbox if one.label == label and one.proto.accept_new_options]
    return {option for option in field.options if "Omar" in option or "Ines" in option}


@pytest.mark.parametrize(
    ("section", "labels"),
    [
        ("rollback", ("Owner",)),
        ("approvers", ("Who 1", "Who 2", "Who 3")),
        ("owners", ("Incident response", "Release review", "Weekly decisions", "Escalations")),
    ],
)
def test_roles_of_a_release_are_given_to_people(dashboard: Dashboard, section: str, labels: tuple[str, ...]) -> None:
    screen = dashboard.open("release", system=SYSTEM)
    screen.dialog(f"edit_{section}")
    assert [options(screen, label) for label in labels] == [EVERYBODY] * len(labels)


def test_the_owner_of_a_system_and_of_an_answer_are_people(dashboard: Dashboard) -> None:
    assert options(dashboard.open("system", system=SYSTEM), "Owner") == EVERYBODY
    screen = dashboard.open("checklist", system=SYSTEM)
    screen.dialog(f"edit_{SIGNAL}")
    assert options(screen, "Owner of the gap") == EVERYBODY
    screen = dashboard.open("checklist", system="billing-desk", way="one after the other")
    screen.app.button(key="mark_yes").click()
    screen.app.run()
    assert options(screen, "Owner") == EVERYBODY


def test_two_of_one_name_are_told_apart_and_the_one_who_is_picked_is_stored(dashboard: Dashboard) -> None:
    screen = editor(dashboard)
    field = screen.app.selectbox(key=f"gap {gap(dashboard)} owner")
    assert set(field.options) >= EVERYBODY
    field.set_value(OTHER)
    screen.press("Store")
    assert owner(dashboard) == OTHER
    assert f"Omar Haddad ({OTHER})" in dashboard.open("gaps", system=SYSTEM).text


@pytest.mark.parametrize(("typed", "stored"), [("ines albrecht", ALONE), ("Lena Voss", "Lena Voss")])
def test_a_name_that_one_person_bears_is_that_person_and_another_one_stays_as_typed(
    dashboard: Dashboard, typed: str, stored: str
) -> None:
    screen = editor(dashboard)
    field = screen.app.selectbox(key=f"gap {gap(dashboard)} owner")
    field.options.append(typed)
    field.set_value(typed)
    screen.press("Store")
    assert owner(dashboard) == stored


def test_whoever_is_stored_can_be_taken_away(dashboard: Dashboard) -> None:
    screen = dashboard.open("release", system=SYSTEM)
    screen.dialog("edit_owners")
    screen.widget("selectbox", "Incident response").set_value("")
    screen.submit("Store a new revision")
    with dashboard.store() as store:
        plan = queries.dossier(store, SYSTEM).monitoring
    assert plan
    assert not plan.record.owners.incident_response


def test_what_is_stored_already_stays_as_it_is_spelt_when_something_else_is_changed(dashboard: Dashboard) -> None:
    before = owner(dashboard)
    screen = editor(dashboard)
    screen.widget("text_input", "Next action").set_value("Rehearse it")
    screen.press("Store")
    assert owner(dashboard) == before


def test_a_gap_is_handed_to_a_person_who_finds_it_by_their_address(dashboard: Dashboard) -> None:
    screen = editor(dashboard)
    screen.press("Hand it over…")
    screen.widget("selectbox", "Hand over to").set_value(ALONE)
    screen.press("Offer it")
    ines = Principal("ines.albrecht@example.com", access.local().grants, frozenset({ALONE}))
    with dashboard.store() as store:
        assert [offer.offered_to for offer in handovers.mine(store, ines)] == [ALONE]


def test_several_gaps_go_to_a_person(dashboard: Dashboard) -> None:
    screen = dashboard.open("gaps", system=SYSTEM)
    screen.choose("toggle", "Select several", True)
    assert options(screen, "New owner") == EVERYBODY


def test_a_note_asks_and_names_people(dashboard: Dashboard) -> None:
    screen = dashboard.open("checklist", system=SYSTEM, note=f"signal:{SIGNAL}")
    screen.choose("button_group", "New", "question")
    assert options(screen, "Of whom") == EVERYBODY
    screen.widget("selectbox", "Of whom").set_value(ONE)
    screen.widget("multiselect", "Name somebody").set_value([OTHER])
    screen.widget("text_area", "Text").set_value("Until when?")
    screen.press("Ask")
    with dashboard.store() as store:
        (note,) = notes.of_system(store, DANA, SYSTEM)
    assert (note.record.to, note.record.mentions) == (ONE, [OTHER])


def test_somebody_who_left_is_not_offered(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        ines = next(one for one in people.every(store, DANA) if one.person.address == ALONE)
        people.edit(store, DANA, ines.id, seen=ines.row_version, name="Ines Albrecht", left_on=clock.today())
    assert options(dashboard.open("system", system=SYSTEM), "Owner") == EVERYBODY - {"Ines Albrecht"}
