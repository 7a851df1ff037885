"""What waits for the one who looks."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness import clock
from readiness.services import gaps as gaps_service
from readiness.services import handovers
from readiness.store import queries
from tests import factories
from tests.pages.dashboard import Dashboard, Screen

LUCA, HENRIK, AIKO = (f"{name}@example.com" for name in ("luca.ferrante", "henrik.solberg", "aiko.tanabe"))


def visit(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch, who: str, **address: str) -> Screen:
    monkeypatch.setenv("READINESS_USER", who)
    return dashboard.open("work", **address)


def gap_of(dashboard: Dashboard, owner: str) -> int:
    with dashboard.store() as store:
        found = gaps_service.every(store, factories.principal(), as_of=clock.today())
    return next(gap.id for gap in found if gap.mark.owner == owner)


def test_whoever_owns_nothing_is_told_so(dashboard: Dashboard) -> None:
    screen = dashboard.open("work")
    assert screen.answer == "Nothing waits for you."
    assert "Nothing is yours to do." in screen.text


def test_my_gaps_stand_there_the_most_urgent_first(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = visit(dashboard, monkeypatch, LUCA)
    assert screen.answer == "6 gaps are yours, 2 overdue by up to 21 days."
    rows = screen.table("Kind")
    assert rows[0][:2] == ["gap", "Retrieval on hard queries Customs Code Advisor Comment"]
    assert len(rows) == 6


def test_the_sign_offs_that_wait_for_me_lead_to_where_i_decide(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = visit(dashboard, monkeypatch, HENRIK)
    assert screen.answer.startswith(
        "1 gap is yours, overdue by 2 days; 1 condition waits for you; 4 sign-offs wait for you"
    )
    assert "Sign off 2026.11 for operations" in screen.text
    assert any('href="release?system=freight-support"' in block for block in screen.blocks)


def test_a_date_is_moved_here_as_on_the_page_of_gaps(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    gap = gap_of(dashboard, LUCA)
    screen = visit(dashboard, monkeypatch, LUCA, gap=str(gap))
    due = clock.today() + dt.timedelta(days=4)
    screen.widget("date_input", "Due date").set_value(due)
    screen.widget("text_input", "Reason").set_value("The index comes first")
    screen.press("Store")
    assert screen.answer == "6 gaps are yours, 1 overdue by 7 days."
    assert screen.table("Kind")[0][1].startswith("Retrieval on hard queries"), "no row moves"
    with dashboard.store() as store:
        assert queries.gap_owner(store, gap)[1].record.due == due


def test_a_gap_is_offered_here_and_is_the_other_ones_once_they_accept(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    gap = gap_of(dashboard, LUCA)
    screen = visit(dashboard, monkeypatch, LUCA, gap=str(gap))
    screen.press("Hand it over…")
    screen.press("Offer it")
    assert "nobody is named" in screen.notices("alert")[0]
    screen.name("Hand over to", AIKO)
    screen.widget("text_input", "Note for them").set_value("You know the index")
    screen.press("Offer it")
    assert f"to {AIKO}; it is theirs once they accept" in screen.notices("status")[0]
    assert screen.answer.startswith("6 gaps are yours")

    screen = visit(dashboard, monkeypatch, AIKO, gap=str(gap))
    assert screen.answer == "1 gap is yours, none overdue; 1 hand-over waits for you."
    assert f"{LUCA} offers you this gap: You know the index" in screen.text
    screen.press("Accept")
    assert screen.answer.startswith("2 gaps are yours, 1 overdue")
    assert visit(dashboard, monkeypatch, LUCA).answer.startswith("5 gaps are yours")


def test_an_offer_is_taken_back_and_turned_down(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    gap = gap_of(dashboard, LUCA)
    for who, verb in ((LUCA, "Take the offer back"), (AIKO, "Turn down")):
        with dashboard.store() as store:
            handovers.offer(store, factories.principal(name=LUCA), gap, AIKO)
        monkeypatch.setenv("READINESS_USER", who)
        screen = dashboard.open("gaps", gap=str(gap))
        assert f"offered to {AIKO}" in screen.text.replace("\u200b", "")
        screen.press(verb)
        with dashboard.store() as store:
            assert handovers.every(store, factories.principal()) == []
            assert queries.gap_owner(store, gap)[1].record.owner == LUCA
