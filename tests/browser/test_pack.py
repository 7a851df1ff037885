"""The page of packs in a real browser: the address says for whom, and a download stands in the list afterwards."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visitor


def test_a_link_opens_the_pack_of_the_audience_that_it_names(visitor: Visitor) -> None:
    for audience in ("security", "procurement"):
        visitor.open(f"pack?system=claims-intake&audience={audience}")
        expect(visitor.page.locator(".r-paper")).to_contain_text(f"{audience.capitalize()} pack as of")
    visitor.page.get_by_role("radio", name="Leadership").click()
    expect(visitor.page.locator(".r-paper")).to_contain_text("Leadership pack as of")
    expect(visitor.page).to_have_url(re.compile("audience=leadership"))


def test_a_pack_that_was_downloaded_stands_among_those_sent_and_leads_to_what_changed(visitor: Visitor) -> None:
    visitor.open("pack?system=claims-intake&audience=security")
    visitor.page.get_by_label("For whom").fill("Acme Bank")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator(".r-paper")).to_contain_text("Recipient: Acme Bank.")
    with visitor.page.expect_download() as leaving:
        visitor.page.get_by_role("link", name="Markdown").click()
    assert "Recipient: Acme Bank." in leaving.value.path().read_text("utf-8")
    visitor.open("pack?system=claims-intake")
    row = visitor.page.locator(".r-sent tr", has_text="Acme Bank").first
    expect(row).to_contain_text("holds")
    row.get_by_role("link", name="What changed since pack").click()
    expect(visitor.page.locator(".r-paper")).to_contain_text("Nothing that the pack says is different.")


def test_a_reader_outside_reads_a_pack_at_its_link_acknowledges_it_and_reaches_nothing_else(visitor: Visitor) -> None:
    visitor.open("pack?system=claims-intake&audience=security")
    with visitor.page.expect_download():
        visitor.page.get_by_role("link", name="PDF", exact=True).click()
    visitor.open("pack?system=claims-intake")
    visitor.page.get_by_role("button", name="Make a link").click()
    address = visitor.page.get_by_test_id("stCode").first.inner_text().strip()
    assert visitor.page.context.browser is not None
    reader = visitor.page.context.browser.new_context().new_page()
    reader.goto(address)
    expect(reader.locator("h1")).to_contain_text("Claims Intake Assistant")
    reader.get_by_label("Your name").fill("Kim Lee")
    reader.get_by_role("button", name="Acknowledge receipt").click()
    expect(reader.locator(".shared")).to_contain_text("Kim Lee acknowledged this pack on")
    for elsewhere in ("", "verdict?system=claims-intake", "download/pack?system=claims-intake&audience=security"):
        answer = reader.goto(f"{visitor.address}/{elsewhere}")
        assert answer is not None
        assert answer.status == 403
    reader.context.close()
    visitor.open("pack?system=claims-intake")
    expect(visitor.page.get_by_text("Kim Lee acknowledged it on")).to_be_visible()
    visitor.page.get_by_role("button", name="Revoke").first.click()
    expect(visitor.page.get_by_role("status").first).to_contain_text("Revoked the link")
