"""Which systems need a decision, and finding one of them."""

from __future__ import annotations

import re

import pytest

from readiness.store import queries
from readiness.web import session, standings
from tests.pages.dashboard import PAGES, Dashboard, Screen
from tests.pages.test_pack import download

SYSTEMS = {
    "Freight Support Copilot",
    "Claims Intake Assistant",
    "Policy Answers",
    "Billing Desk Assistant",
    "Customs Code Advisor",
    "Quote Desk",
}

SYSTEM_SLUGS = ("claims-intake", "freight-support")


PRESSING = ["Freight Support Copilot", "Policy Answers", "Claims Intake Assistant"]


def listed(screen: Screen, heading: str = "What decides") -> list[str]:
    """The systems of the table, by their names."""
    rows = [row for row in screen.table(heading) if len(row) > 1]
    return [next(name for name in SYSTEMS if row[0].startswith(name)) for row in rows]


def test_the_answer_counts_what_needs_a_decision_and_the_list_begins_with_it(dashboard: Dashboard) -> None:
    screen = dashboard.open("portfolio")
    assert screen.answer == (
        "3 of 6 systems need a decision: 2 are not ready for their target dates and 1 has gaps due after its rollout."
    )
    assert set(listed(screen)) == SYSTEMS
    rows = screen.table("What decides")
    assert [row[0] for row in rows if len(row) == 1] == ["Needs a decision", "Others"]
    assert listed(screen)[:3] == PRESSING
    assert rows[1][1].startswith("Not ready for its rollout in 10 days")
    assert "Evidence speaks against Regression gates (14) and 1 more" in rows[1][1]


def test_what_changed_within_the_week_is_told_above_and_beside(dashboard: Dashboard) -> None:
    screen = dashboard.open("portfolio")
    assert ": 1 newly blocked and 1 better." in screen.text
    marked = {row[0]: row for row in screen.table("What decides") if "▲ better" in row[0] or "▼" in row[0]}
    assert [name.split(" ")[0] for name in marked] == ["Freight", "Claims"]


def test_a_row_says_in_words_what_its_pictures_show(dashboard: Dashboard) -> None:
    (block,) = [block for block in dashboard.open("portfolio", find="billing").blocks if 'r-systems">' in block]
    assert 'aria-label="Score 10–30 of 42, 32 on evidence alone"' in block
    assert "points, 2 not answered" in block
    assert "undetermined, score 10" in block


def test_the_timeline_says_which_verdict_held_from_when_to_when(dashboard: Dashboard) -> None:
    screen = dashboard.open("portfolio", view="timeline")
    assert set(listed(screen, "Target")) == SYSTEMS
    block = next(block for block in screen.blocks if 'class="r-dates"' in block)
    assert block.count('class="narrow"') == 3
    assert re.search(r"narrow, score \d+, from \d+ \w+ \d{4} to", block)
    assert "Planned rollout on" in block


def test_the_board_is_a_line_a_system_and_leaves_as_slides(dashboard: Dashboard) -> None:
    screen = dashboard.open("portfolio", view="board")
    assert set(listed(screen, "In one line")) == SYSTEMS
    assert screen.table("In one line")[0][2].startswith("Not ready for its rollout in 10 days: evidence speaks against")
    assert 'href="download/board"' in "".join(screen.blocks)
    status, headers, body = download("download/board", "")
    assert (status, body[:2]) == (200, "PK")
    assert headers["content-disposition"].endswith('.pptx"')
    assert download("download/board", "", method="HEAD")[0] == 404


def test_a_system_is_found_by_its_name_or_by_a_link_that_asks_for_it(dashboard: Dashboard) -> None:
    screen = dashboard.open("portfolio")
    screen.choose("text_input", "Find", "freight")
    assert listed(screen) == ["Freight Support Copilot"]
    screen.choose("text_input", "Find", "nobody has this name")
    assert "No system fits." in screen.text
    assert listed(dashboard.open("portfolio", find="claims")) == ["Claims Intake Assistant"]


def test_verdict_and_owner_narrow_the_table_and_the_order_turns_it(dashboard: Dashboard) -> None:
    screen = dashboard.open("portfolio", level="staged")
    assert listed(screen) == ["Claims Intake Assistant", "Quote Desk"]
    screen.choose("selectbox", "Verdict", None)
    decisions_first = listed(screen)
    screen.choose("selectbox", "Sort by", "worst first")
    assert listed(screen)[1] == "Billing Desk Assistant"
    screen.choose("selectbox", "Sort by", "name")
    assert listed(screen) == sorted(decisions_first) != decisions_first
    screen.choose("selectbox", "Owner", "sanne.dekker@example.com")
    assert listed(screen) == ["Freight Support Copilot"]
    screen.choose("toggle", "Needs a decision only", True)
    assert listed(screen) == ["Freight Support Copilot"]


def test_the_demo_is_loaded_with_one_click(empty_dashboard: Dashboard) -> None:
    screen = empty_dashboard.open("portfolio")
    screen.press("Load the demo portfolio")
    (sentence,) = screen.notices("status")
    assert "files of the demo portfolio" in sentence
    assert set(listed(screen)) == SYSTEMS
    with empty_dashboard.store() as store:
        assert {system.name for system in queries.systems(store)} == SYSTEMS


# After an upgrade


def test_nobody_waits_while_many_systems_are_worked_out(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standings, "MANY", 5)
    with dashboard.store() as store, store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE standing SET rules = 'of another release'")
    with session.store().lock:  # so that none of them can be kept meanwhile
        screen = dashboard.open("portfolio")
        assert screen.answer == "Where the systems stand is being worked out."
        assert "0 of 6 systems worked out" in screen.app.get("progress")[0].proto.text
        assert dashboard.open("gaps").answer == screen.answer
        assert dashboard.open("verdict", system="claims-intake").answer.startswith("Staged:")
    assert standings._BEHIND.catching_up
    standings._BEHIND.catching_up.join()
    assert set(listed(dashboard.open("portfolio"))) == SYSTEMS


def test_some_of_many_systems_are_shown_while_the_others_are_worked_out(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "MANY", 3)
    with dashboard.store() as store, store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE standing SET rules = 'of another release' WHERE system_id > 2")
    with session.store().lock:
        screen = dashboard.open("portfolio")
        assert len(listed(screen)) == 2
        assert "2 of 6 systems worked out; the others follow." in screen.app.get("progress")[0].proto.text
        for page in PAGES:
            for system in SYSTEM_SLUGS:
                assert dashboard.open(page, system=system).answer


def test_what_cannot_be_worked_out_is_said(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standings, "MANY", 1)
    with dashboard.store() as store, store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE standing SET rules = 'of another release'")
        connection.exec_driver_sql("UPDATE assessment SET checklist = 'gone' WHERE system_id = 1")
    dashboard.open("portfolio")
    assert standings._BEHIND.catching_up
    standings._BEHIND.catching_up.join()
    (sentence,) = dashboard.open("portfolio").notices("alert")
    assert "'gone'" in sentence
