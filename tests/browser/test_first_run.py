"""From an empty store to a verdict, with the mouse alone save for what has to be typed."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Server, Visitor, visiting
from tests.serving import free_port, serving

CLICKS = 30
"""As many as 22 answers may take, with the way to the first and from the last."""
SECONDS = 180


@pytest.fixture(scope="module")
def empty(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = tmp_path_factory.mktemp("empty") / "readiness.db"
    path.write_bytes(made.read_bytes())
    port = free_port()
    found = Server(f"http://127.0.0.1:{port}", f"sqlite:///{path}")
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", found.database]
    for _ in serving(command, found.address):
        yield found


@pytest.fixture
def newcomer(browser: Browser, empty: Server) -> Iterator[Visitor]:
    yield from visiting(browser, empty.address)


class Hand:
    """A mouse that counts."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.clicks = visitor, 0

    def click(self, target: Locator) -> None:
        self.clicks += 1
        with self.visitor.running():
            target.click()

    def button(self, name: str) -> Locator:
        return self.visitor.page.get_by_test_id("stMain").get_by_role("button", name=name)


def test_a_newcomer_reaches_a_verdict_without_a_file(newcomer: Visitor, empty: Server) -> None:
    began, hand, page = time.monotonic(), Hand(newcomer), newcomer.page
    newcomer.open("")
    hand.click(hand.button("New system"))
    with newcomer.running():
        page.get_by_role("textbox", name="Name", exact=True).fill("Night Desk")
    expect(page.get_by_role("textbox", name="Short name")).to_have_value("night-desk")
    page.get_by_role("textbox", name="What it does").fill("Answers guests at night")
    page.get_by_role("textbox", name="Version").fill("1.0")
    hand.click(hand.button("Make the system"))
    expect(page.locator("h1.r-answer")).to_have_text("0 of 22 answered.")
    where = hand.button("No – controlled").bounding_box()
    for number in range(1, 23):
        if number % 2:  # a click and a key do the same
            hand.click(hand.button("No – controlled"))
        else:
            hand.clicks += 1
            with newcomer.running():
                page.keyboard.press("1")
        expect(page.locator("h1.r-answer")).to_have_text(f"{number} of 22 answered.")
        if number < 22:
            assert hand.button("No – controlled").bounding_box() == where
    hand.click(hand.button("See the verdict"))
    expect(page.locator("h1.r-answer")).to_contain_text("Undetermined: ")
    assert hand.clicks <= CLICKS
    assert time.monotonic() - began < SECONDS
    assert "night-desk" in empty.run("status")


def test_what_was_typed_survives_a_reload_and_a_digit_in_a_text_is_no_answer(newcomer: Visitor, empty: Server) -> None:
    newcomer.open("system?new=yes")
    page, hand = newcomer.page, Hand(newcomer)
    with newcomer.running():
        page.get_by_role("textbox", name="Name", exact=True).fill("Day Desk")
    page.get_by_role("textbox", name="Version").fill("1.0")
    hand.click(hand.button("Make the system"))
    finding = page.get_by_role("textbox", name="Finding")
    finding.press_sequentially("1 of 3 tenants, 2 languages")
    with newcomer.running():
        page.keyboard.press("Tab")
    hand.click(hand.button("Yes – gap"))
    with newcomer.running():
        page.get_by_role("textbox", name="Next action").fill("Measure the others")
        page.keyboard.press("Tab")
    assert set(parse_qs(urlsplit(page.url).query)) <= {"system", "way", "question"}
    page.reload()
    newcomer.settle()
    expect(finding).to_have_value("1 of 3 tenants, 2 languages")
    expect(page.get_by_role("textbox", name="Next action")).to_have_value("Measure the others")
    expect(page.locator("h1.r-answer")).to_have_text("0 of 22 answered.")
    assert not [word for word in ("tenants", "Measure", "gap") if word in page.url]
    hand.click(hand.button("Store “Yes – gap” and go on"))
    expect(page.locator("h1.r-answer")).to_have_text("1 of 22 answered.")
    expect(finding).to_have_value("")
