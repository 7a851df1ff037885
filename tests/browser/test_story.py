"""The story that the demo tells, played in a real browser by who decides on Quote Desk week by week."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OVER_THE_EDGE, Server, Visitor
from tests.serving import free_port, serving

REVIEWER = "mateo.ibarra@example.com"
SYSTEM = "quote-desk"
CAREFUL = "Quotes for more than one container in Japanese"


@pytest.fixture(scope="module")
def server(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """As of every other test here, with somebody else at the machine."""
    path = tmp_path_factory.mktemp("told") / "readiness.db"
    path.write_bytes(loaded.read_bytes())
    port = free_port()
    found = Server(f"http://127.0.0.1:{port}", f"sqlite:///{path}")
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", found.database]
    for _ in serving(command, found.address, READINESS_USER=REVIEWER):
        yield found


def rows(visitor: Visitor, heading: str) -> Locator:
    """The rows of the table below a heading."""
    below = f"xpath=//*[self::h2 or self::h3][contains(., '{heading}')]/following::table[1]/tbody/tr[td]"
    return visitor.page.locator(below)


def assessment(visitor: Visitor, version: str) -> None:
    """Another assessment of the system, by the picker of the sidebar."""
    visitor.page.get_by_test_id("stSidebar").get_by_role("combobox").nth(1).click()
    with visitor.running():
        visitor.page.get_by_role("option", name=version).click()


def test_the_demo_tells_one_story_from_a_conditional_go_to_the_week_that_went_as_promised(visitor: Visitor) -> None:
    visitor.open("")
    assert visitor.answer.startswith("3 of 6 systems need a decision")
    told = visitor.page.locator("table.r-systems tr", has_text="Quote Desk")
    expect(told).to_contain_text("week 2 ✓ as promised")
    expect(told).to_contain_text("go with conditions")
    told.get_by_role("link", name="Quote Desk").click()
    visitor.page.wait_for_url(re.compile("verdict"))
    visitor.settle()
    assert visitor.answer.startswith("Staged: the score is 2 of 42.")

    visitor.go("Decision")
    assert visitor.answer.startswith("Go with 2 conditions, decided on")
    expect(visitor.page.get_by_text("✓ met", exact=False)).to_have_count(2)
    visitor.page.get_by_role("tab", name="Earlier decisions").click()
    earlier = visitor.page.get_by_role("tabpanel").filter(visible=True)
    expect(earlier).to_contain_text("2026.09")
    expect(earlier).to_contain_text("Go with conditions")

    visitor.go("Release & monitoring")
    assert visitor.answer.startswith("7 of 7 gates pass")
    expect(visitor.page.get_by_role("status").filter(has_text="✓ done")).to_contain_text("all")
    expect(rows(visitor, "Steps taken")).to_have_count(4)
    expect(rows(visitor, "Steps taken").locator("td:first-child")).to_have_text(["advance"] * 4)

    visitor.go("Incidents")
    assert visitor.answer.endswith("answered for 2026.10.")
    main = visitor.page.get_by_test_id("stMain")
    expect(main).to_contain_text("the rate of one container as the total for a shipment of three")
    expect(main).to_contain_text("✓ gate task_success for each cohort")
    assert visitor.page.evaluate(OVER_THE_EDGE) <= 0


def test_the_candidate_before_shows_what_it_was_taken_back_for(visitor: Visitor) -> None:
    visitor.open(f"release?system={SYSTEM}")
    assessment(visitor, "2026.09")
    steps = rows(visitor, "Steps taken")
    expect(steps.locator("td:first-child")).to_have_text(["roll back", "hold", "advance", "advance"])
    expect(steps.nth(0)).to_contain_text("Japanese drafts are wrong where there is more than one container")
    expect(steps.nth(1)).to_contain_text("Twelve Japanese mails say nothing")
    expect(visitor.page.get_by_test_id("stMain")).to_contain_text("It was rolled back on")

    visitor.go("Decision")
    assert visitor.answer.startswith("Open again: the verdict was")
    expect(visitor.page.get_by_test_id("stMain")).to_contain_text("Japanese has too few cases.")

    visitor.go("Incidents")
    assert visitor.answer == "1 incident, not answered for 2026.09."


def test_the_week_that_is_over_is_reviewed_and_asks_no_more(visitor: Visitor) -> None:
    visitor.open("work")
    assert visitor.answer == "1 weekly review waits for you."
    visitor.page.get_by_test_id("stMain").get_by_text("Review week 2 of 2026.10").wait_for()

    visitor.open(f"weeks?system={SYSTEM}&rollout_week=1")
    assert visitor.answer == "Week 1 went as promised: 11 of 11 bounds kept, no figure surely worse."
    main = visitor.page.get_by_test_id("stMain")
    expect(rows(visitor, "Watch list").nth(2)).to_contain_text("The Tokyo desk read all 38 of them")
    expect(rows(visitor, "Reviews")).to_have_count(1)
    expect(rows(visitor, "Reviews")).to_contain_text("We go on to all mails and look again in a week.")

    visitor.open(f"weeks?system={SYSTEM}")
    assert visitor.answer == "Week 2 went as promised: 11 of 11 bounds kept, no figure surely worse."
    expect(main).to_contain_text("1 item of the watch list is not answered")
    main.get_by_role("button", name="Review this week").click()
    dialog = visitor.page.get_by_role("dialog")
    visitor.name("Who was there", REVIEWER, dialog)
    dialog.get_by_text("As promised", exact=True).click()
    dialog.get_by_role("textbox", name="Minutes").fill("As good with all mails as with a quarter of them.")
    dialog.get_by_role("textbox", name=f"Watched: {CAREFUL}").fill("Twenty were read; all were right.")
    dialog.get_by_role("button", name="Store the review").click()
    expect(visitor.page.get_by_role("status").first).to_contain_text(
        f"Reviewed week 2 of {SYSTEM} 2026.10: as promised"
    )
    visitor.settle()
    expect(rows(visitor, "Reviews")).to_have_count(2)
    expect(rows(visitor, "Reviews").first).to_contain_text("As good with all mails")
    expect(main).not_to_contain_text("is not answered")

    visitor.go("My work")
    assert visitor.answer == "Nothing waits for you."
