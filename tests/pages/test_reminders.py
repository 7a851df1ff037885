"""Reminders at the end of the page Gaps."""

from __future__ import annotations

import re

import pytest

from readiness.access import Grant, Principal
from readiness.outbound import mail, webhook
from readiness.services import tokens
from readiness.web import session
from tests import factories
from tests.pages.dashboard import Dashboard
from tests.serving import ME

SHOWN = "This address is not shown again."


@pytest.fixture(autouse=True)
def _nothing_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (mail.VARIABLE, webhook.VARIABLE):
        monkeypatch.delenv(variable, raising=False)


def test_the_address_of_a_calendar_is_shown_once_and_revoked_here(dashboard: Dashboard) -> None:
    screen = dashboard.open("gaps")
    assert "Revoke" not in screen.labels("button")
    screen.press("Make an address")
    (address,) = [code.value for code in screen.app.code]
    assert SHOWN in [caption.value for caption in screen.app.caption]
    found = re.fullmatch(r".*/calendar/(readiness_.{43})\.ics", address)
    assert found
    with dashboard.store() as store:
        by = tokens.enter(store, found[1])
        (issued,) = tokens.every(store, factories.principal(name=ME))
    assert (by.name, by.only, issued.token.actions) == (issued.made_by, frozenset({"read"}), ["read"])

    screen.press("Revoke")
    assert not screen.app.code
    assert SHOWN not in [caption.value for caption in screen.app.caption]
    assert "Revoke" not in screen.labels("button")
    assert screen.notices("status") == [f"✓ The token '{issued.token.name}' was revoked."]


def test_what_goes_out_next_is_shown_to_whom_before_it_does(dashboard: Dashboard) -> None:
    rows = dashboard.open("gaps", outgoing="true").table("To")
    assert rows
    assert all("by mail" in row[0] for row in rows)
    assert any("overdue" in row[1] for row in rows)


def test_of_a_system_that_one_may_not_read_only_the_count_is_shown(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    grants = frozenset({Grant("admin"), Grant("viewer", "claims-intake")})
    monkeypatch.setattr(session, "principal", lambda: Principal("eve@example.com", grants))
    screen = dashboard.open("gaps", outgoing="true")
    assert "of systems that you may not read go out too." in screen.text
    assert not any(name in screen.text for name in ("Freight Support", "Billing Desk", "Customs Code"))
