"""Whose browser asks for German reads German, and whoever chooses another language keeps it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server, Visitor, visiting

SYSTEM = "system=freight-support"


@pytest.fixture
def german(browser: Browser, server: Server) -> Iterator[Visitor]:
    yield from visiting(browser, server.address, locale="de-AT")


def test_a_browser_that_asks_for_german_gets_it(german: Visitor) -> None:
    german.open(f"release?{SYSTEM}")
    page = german.page
    assert page.locator("html").get_attribute("lang") == "de"
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_role("link", name="Nachweise einlesen")).to_be_visible()
    expect(page.get_by_role("heading", name="Der Weg in Stufen")).to_be_visible()
    page.get_by_role("button", name="Bearbeiten").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Neue Fassung speichern")).to_be_visible()
    expect(dialog.locator("h2, h3").filter(has_text="Der Weg in Stufen")).to_be_visible()


def test_whoever_chooses_a_language_comes_back_to_the_same_place_and_keeps_it(german: Visitor) -> None:
    german.open(f"checklist?{SYSTEM}&show=gaps")
    page = german.page
    expect(page.get_by_test_id("stMain").get_by_role("radio", name="Lücken")).to_be_checked()
    page.get_by_test_id("stSidebar").get_by_role("link", name="English").click()
    german.settle()
    assert page.url.startswith(f"{german.address}/checklist?")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_test_id("stMain").get_by_role("radio", name="gaps")).to_be_checked()
    german.go("Verdict")
    german.open(f"verdict?{SYSTEM}")
    expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Deutsch")).to_be_visible()
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "readiness_language"]
    assert (cookie["value"], cookie["httpOnly"], cookie["sameSite"]) == ("en", True, "Lax")


def test_the_language_that_is_spoken_is_no_link(german: Visitor) -> None:
    german.open("gaps?system=freight-support")
    assert german.page.get_by_role("heading", name="Fristen").count()
    expect(german.page.get_by_test_id("stSidebar").get_by_text("Deutsch")).to_have_attribute("aria-current", "true")
