"""What the dashboard is for, with a mouse, with a thumb and with nothing but keys: four journeys, each to its end.

A leader finds why a system may not be rolled out, a customer team takes a pack, an owner moves a date, and a newcomer
names a system. No page is wider than the screen on the way.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from readiness import clock, formatting
from tests.browser.conftest import OVER_THE_EDGE, PATIENCE, Server, Visitor
from tests.soak import shared_out

WAYS = ("mouse", "thumb", "keys")
SCREENS = {"mouse": (1440, 900), "thumb": (390, 844), "keys": (1280, 800)}
FARTHEST = 200
"""Presses of Tab after which something cannot be reached."""
IN_FOCUS = "(element) => element === document.activeElement || element.contains(document.activeElement)"


@dataclass
class Hand(Visitor):
    """Somebody who does everything in one way."""

    way: str = "mouse"

    def press(self, target: Locator) -> None:
        """Do what a click does."""
        if self.way == "mouse":
            target.click()
        elif self.way == "thumb":
            target.tap()
        else:
            self.reach(target)
            self.page.keyboard.press("Enter")

    def reach(self, target: Locator) -> None:
        """By Tab alone, wherever the focus is."""
        expect(target).to_be_attached()
        for _ in range(FARTHEST):
            if target.evaluate(IN_FOCUS):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no key leads to {target}")

    def choose(self, name: str | re.Pattern[str]) -> None:
        """One of several that exclude one another: keys lead to the one that is chosen, and arrows from there."""
        wanted = self.page.get_by_role("radio", name=name).first
        if self.way != "keys":
            self.press(wanted)
            return
        group = self.page.get_by_role("radiogroup").filter(has=wanted)
        self.reach(group)
        for _ in range(group.get_by_role("radio").count()):
            if wanted.evaluate(IN_FOCUS):
                break
            self.page.keyboard.press("ArrowRight")
        self.page.keyboard.press("Space")

    def write(self, label: str, text: str) -> None:
        field = self.page.get_by_role("textbox", name=label, exact=True)
        if self.way == "keys":
            self.reach(field)
        else:
            self.press(field)
            if not field.evaluate(IN_FOCUS):
                self.press(field)  # the first tap outside closes a calendar
        self.page.keyboard.type(text)
        expect(field).to_have_value(text)

    def arrives(self, sentence: str | re.Pattern[str]) -> None:
        """The page that answers so is drawn, and fits the screen."""
        expect(self.page.locator("h1.r-answer").first).to_contain_text(sentence)
        self.settle()
        assert self.page.evaluate(OVER_THE_EDGE) <= 0, self.page.url


@pytest.fixture
def hand(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Hand]:
    width, height = SCREENS[request.param]
    thumb = request.param == "thumb"
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=thumb,
        is_mobile=thumb,
        locale="en-GB",
        accept_downloads=True,
    )
    found = Hand(context.new_page(), server.address, way=request.param)
    found.page.set_default_timeout(PATIENCE)
    yield found
    context.close()


@pytest.mark.parametrize("hand", shared_out(WAYS, 0, 2), indirect=True)
def test_a_leader_finds_what_blocks_a_rollout_and_comes_back(hand: Hand) -> None:
    hand.open("")
    hand.arrives("systems need a decision")
    hand.press(hand.page.get_by_role("link", name="Freight Support Copilot").first)
    hand.arrives("Blocked: evidence speaks against")
    reason = hand.page.locator("ul.r-why li", has_text="Rollback rehearsal").first
    hand.press(reason.locator("summary"))
    expect(reason.locator("details")).to_have_attribute("open", "")
    hand.press(reason.get_by_role("link", name="Rollback rehearsal"))
    hand.page.wait_for_url(re.compile("signal=rollback-rehearsal"))
    hand.arrives("Rollback rehearsal")
    hand.press(hand.page.locator("[data-testid=stMain]").get_by_role("link", name="Verdict").first)
    hand.arrives("Blocked: evidence speaks against")


@pytest.mark.parametrize("hand", shared_out(WAYS, 1, 2), indirect=True)
def test_a_customer_team_takes_the_pack_for_security(hand: Hand, tmp_path: Path) -> None:
    hand.open("pack?system=freight-support")
    hand.arrives("The leadership pack of")
    hand.choose("Security")
    hand.arrives("The security pack of")
    with hand.page.expect_download() as download:
        hand.press(hand.page.get_by_role("link", name="Markdown", exact=True))
    download.value.save_as(tmp_path / "pack.md")
    assert (tmp_path / "pack.md").read_text("utf-8").startswith("# Freight Support Copilot")


@pytest.mark.parametrize("hand", shared_out(WAYS, 0, 2), indirect=True)
def test_an_owner_moves_a_date(hand: Hand, server: Server) -> None:
    gap = json.loads(server.run("gaps", "--json"))[WAYS.index(hand.way)]
    later = clock.today() + dt.timedelta(days=3 + WAYS.index(hand.way))
    hand.open("gaps")
    hand.arrives("gaps open")
    hand.press(hand.page.locator(f"#gap-{gap['id']}"))
    expect(hand.page.get_by_role("spinbutton", name="year, Due date")).to_be_focused()
    hand.page.keyboard.type(f"{later:%Y%m%d}")
    hand.write("Reason", "The vendor is late")
    hand.press(hand.page.get_by_role("button", name="Store", exact=True))
    expect(hand.page.locator(f"#told-{gap['id']}")).to_contain_text("reason kept")
    expect(hand.page.locator("tr", has=hand.page.locator(f"#gap-{gap['id']}"))).to_contain_text(formatting.day(later))
    (stored,) = [row for row in json.loads(server.run("gaps", "--json")) if row["id"] == gap["id"]]
    assert stored["due"] == later.isoformat()


@pytest.mark.parametrize("hand", shared_out(WAYS, 1, 2), indirect=True)
def test_a_newcomer_names_a_system_and_answers_its_first_question(hand: Hand, server: Server) -> None:
    name = f"Parcel Desk {hand.way}"
    hand.open("")
    hand.press(hand.page.get_by_role("button", name="New system"))
    expect(hand.page.get_by_role("textbox", name="Name", exact=True)).to_be_visible()
    hand.write("Name", name)
    hand.write("Version to be rolled out", "1.0")
    hand.press(hand.page.get_by_role("button", name="Make the system"))
    hand.arrives("0 of 22 answered")
    hand.press(hand.page.get_by_role("button", name="No – controlled"))
    hand.arrives("1 of 22 answered")
    assert json.loads(server.run("status", f"parcel-desk-{hand.way}", "--json"))
