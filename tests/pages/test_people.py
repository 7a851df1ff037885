"""The page People: who is there, what they may, and tokens that are shown once."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness import access, clock
from readiness.access import Grant, Principal
from readiness.services import people, tokens
from readiness.web import session
from tests.pages.dashboard import Dashboard

CLAIMS = "claims-intake"


def test_somebody_is_added_with_roles_and_loses_one(dashboard: Dashboard) -> None:
    screen = dashboard.open("people")
    assert screen.answer == "Nobody is known yet."
    screen.widget("text_input", "Address").set_value("Omar@example.com")
    screen.widget("multiselect", "Roles").set_value(["viewer", "owner"])
    screen.press("Add")
    told = "✓ omar@example.com was added as viewer of every system and owner of every system."
    assert screen.notices("status") == [told]
    with dashboard.store() as store:
        (omar,) = people.every(store, access.local())
    assert omar.grants == {Grant("viewer"), Grant("owner")}
    screen.choose("selectbox", "Person", omar.id)
    screen.choose("selectbox", "Role", "owner")
    screen.press("Take away")
    assert screen.notices("status") == ["✓ omar@example.com is no longer owner of every system."]
    screen.choose("selectbox", "On", CLAIMS)
    screen.press("Give")
    assert "owner of claims-intake" in screen.text


def test_a_name_and_a_further_address_are_stored_and_shown_where_the_address_stands(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        people.add(store, access.local(), "ines.albrecht@example.com")
        (ines,) = people.every(store, access.local())
    screen = dashboard.open("people")
    screen.choose("selectbox", "Person", ines.id)
    screen.widget("text_input", "Name").set_value("Ines Albrecht")
    screen.widget("text_input", "Another address of theirs").set_value("ines@example.com")
    screen.press("Store")
    told = "✓ Ines Albrecht was renamed; ines@example.com is another address of Ines Albrecht."
    assert screen.notices("status") == [told]
    assert "Ines Albrecht" in dashboard.open("gaps", system=CLAIMS).text


def test_what_cannot_be_done_is_said_and_stays_on_the_page(dashboard: Dashboard) -> None:
    screen = dashboard.open("people")
    screen.widget("text_input", "Address").set_value("nobody")
    screen.press("Add")
    (told,) = screen.notices("alert")
    assert "address: 'nobody' is no address; expected one such as name@example.com." in told


def test_a_further_address_that_is_refused_leaves_the_name_as_it_was(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        people.add(store, access.local(), "omar@example.com", "Omar")
        (omar,) = people.every(store, access.local())
    screen = dashboard.open("people")
    screen.choose("selectbox", "Person", omar.id)
    screen.widget("text_input", "Name").set_value("Omar Haddad")
    screen.widget("text_input", "Another address of theirs").set_value("no address")
    screen.press("Store")
    assert "is no address" in screen.notices("alert")[0]
    with dashboard.store() as store:
        assert people.every(store, access.local()) == [omar]


def test_a_token_is_on_the_page_once_and_can_be_revoked(dashboard: Dashboard) -> None:
    screen = dashboard.open("people")
    screen.choose("text_input", "For", "nightly")
    screen.choose("multiselect", "May", ["read"])
    screen.choose("date_input", "Until", clock.today() + dt.timedelta(days=9))
    screen.press("Issue")
    (shown,) = [code.value for code in screen.app.code]
    with dashboard.store() as store:
        assert tokens.enter(store, shown).only == frozenset({"read"})
        (issued,) = tokens.every(store, access.local())
    screen.choose("selectbox", "Token", issued.id)
    assert not screen.app.code
    screen.press("Revoke")
    assert "revoked" in screen.text


def test_whoever_administers_one_system_gives_roles_on_it_alone(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dashboard.store() as store:
        people.add(store, access.local(), "omar@example.com", "Omar")
        (omar,) = people.every(store, access.local())
    monkeypatch.setattr(session, "principal", lambda: Principal.of("rosa@example.com", {"admin"}, {CLAIMS}))
    screen = dashboard.open("people")
    assert "Add" not in screen.labels("button")
    screen.choose("selectbox", "Person", omar.id)
    assert screen.widget("selectbox", "On").options == ["every system", CLAIMS]
    screen.press("Give")
    (told,) = screen.notices("alert")
    assert "rosa@example.com may not administer the store; expected a role that grants it." in told
