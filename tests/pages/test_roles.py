"""Each role opens what the table says, of its system alone, and nothing is told of another one."""

from __future__ import annotations

import pytest

from readiness.access import ROLES, Grant, Principal
from readiness.web import navigation, session
from tests.pages.dashboard import Dashboard

OWN, OTHER = "claims-intake", "freight-support"
OTHERS = ("Freight Support", "Billing Desk", "Customs Code", "Policy Answers", OTHER)
OF_ALL = ("portfolio", "work", "gaps", "activity", "hindsight", "people")
"""Pages that are about every system that somebody may read; the others are about the one in the address."""
ROLES_AND_NONE = (*ROLES, "")


def visited(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    by = Principal("omar@example.com", frozenset({Grant(role, OWN)}) if role else frozenset())
    monkeypatch.setattr(session, "principal", lambda: by)


@pytest.mark.parametrize("role", ROLES_AND_NONE)
def test_a_role_opens_its_pages_of_its_system_and_no_other(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    visited(monkeypatch, role)
    denied = opened = 0
    for page in navigation.PAGES:
        may = dict(navigation.rights())[f"open {page.title}"].get(role, False)
        screen = dashboard.open(page.name, system=OWN)
        refused = any("may not" in told for told in screen.notices("alert"))
        assert refused != may, (page.name, screen.notices("alert"))
        assert not any(name in screen.text for name in OTHERS), page.name
        opened, denied = opened + may, denied + (not may)
        if page.name not in OF_ALL:
            elsewhere = dashboard.open(page.name, system=OTHER)
            assert any("may not read the evidence" in told for told in elsewhere.notices("alert")), page.name
            assert not any(name in elsewhere.text.replace(f"of {OTHER};", "") for name in OTHERS), page.name
            denied += 1
    assert (opened, denied) == COUNTED[role]


COUNTED = {
    "viewer": (17, 15),
    "owner": (17, 15),
    "approver": (17, 15),
    "exporter": (18, 14),
    "assessor": (18, 14),
    "admin": (1, 31),
    "": (0, 32),
}
"""How many visits were served and denied; of 224 in all."""


@pytest.mark.parametrize("role", ROLES_AND_NONE)
def test_only_the_pages_that_a_role_opens_are_in_the_sidebar(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    visited(monkeypatch, role)
    told = [title for _, title in dashboard.open("portfolio").links]
    by_page = dict(navigation.rights())
    assert told == [page.title for page in navigation.PAGES if by_page[f"open {page.title}"].get(role, False)]
