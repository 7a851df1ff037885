"""With a login: who looks is asked of the store once in each run, and whatever is done next has the rights of then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import event

from readiness import clock
from readiness.model.people import LoginRules
from readiness.services import notes, people
from readiness.store import queries
from readiness.web import session
from readiness.web.login import Login
from tests import factories
from tests.pages.dashboard import PAGES, Dashboard

DANA = factories.principal()
ADDRESS, SYSTEM = "omar@example.com", "freight-support"
LOGIN = Login("https://r.example.com", "https://id", "https://id", "readiness", "groups", "email", LoginRules())
ROLES = ("assessor", "admin", "approver")


@pytest.fixture
def omar(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> Dashboard:
    """The dashboard as Omar sees it, whom a provider vouched for a moment ago."""
    told = {"iss": "https://id", "aud": "readiness", "sub": "omar", "email": ADDRESS, "email_verified": True}
    claims = told | {"iat": int(clock.now().timestamp()) - 60}
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: claims)
    session.serve_from(dashboard.url)
    session.log_in_by(LOGIN)
    with dashboard.store() as store:
        people.add(store, DANA, ADDRESS, "Omar")
        for role in ROLES:
            people.grant(store, DANA, 1, role, None)
        people.add(store, DANA, "boss@example.com", "Boss")
        people.grant(store, DANA, 2, "admin", None)
    return dashboard


def revoke(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        people.grant(store, DANA, 1, "viewer", None)
        for role in ROLES:
            people.revoke(store, DANA, 1, role, None)


@contextmanager
def asked() -> Iterator[list[str]]:
    """What was asked of the store to find out who looks."""
    found: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM person_login" in statement:
            found.append(statement)

    event.listen(session.store().engine, "before_cursor_execute", note)
    yield found
    event.remove(session.store().engine, "before_cursor_execute", note)


@pytest.mark.parametrize("page", PAGES)
def test_who_looks_is_asked_once_in_each_run(omar: Dashboard, page: str) -> None:
    screen = omar.open(page, system=SYSTEM)
    for _ in range(2):
        with asked() as found:
            screen.app.run()
        assert len(found) == 1
    assert "Omar" in screen.text


def test_what_was_taken_is_gone_with_the_next_click_of_a_row(omar: Dashboard) -> None:
    """The button was drawn while the right was there."""
    with omar.store() as store:
        gap = queries.dossier(store, SYSTEM).marks["rollback-rehearsal"].id
    screen = omar.open("gaps", system=SYSTEM, gap=str(gap))
    screen.widget("date_input", "Due date").set_value(clock.today() + dt.timedelta(days=1))
    revoke(omar)
    with omar.store() as store:
        before = queries.head(store)
    screen.press("Store")
    with omar.store() as store:
        assert queries.head(store) == before
    assert screen.notices("status") == []


def test_what_was_taken_is_gone_with_the_next_click_of_a_dialog(omar: Dashboard) -> None:
    screen = omar.open("checklist", system=SYSTEM, note="signal:rollback-rehearsal")
    screen.widget("text_area", "Text").set_value("Seen")
    with omar.store() as store:
        (seen,) = [one.row_version for one in people.every(store, DANA) if one.id == 1]
        people.edit(store, DANA, 1, seen=seen, name="Omar", left_on=clock.today())
    screen.press("Store the comment")
    with omar.store() as store:
        assert notes.of_system(store, DANA, SYSTEM) == []
    assert f"no access for {ADDRESS}, who left" in screen.text
