"""A link to another page turns to it: nothing is loaded anew, the address and the way back are as with any link."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Visitor

MARK = "window.stillHere"
BLOCKED = "freight-support"


def test_a_link_within_a_page_turns_to_another_one_and_the_way_back_leads_back(visitor: Visitor) -> None:
    visitor.open(f"verdict?system={BLOCKED}")
    visitor.page.evaluate(f"{MARK} = true")
    before = visitor.answer
    with visitor.running():
        visitor.page.get_by_test_id("stMain").get_by_role("link", name="Regression gates").first.click()
    assert visitor.page.url.startswith(f"{visitor.address}/checklist?system={BLOCKED}")
    assert visitor.answer != before
    expect(visitor.page.get_by_role("navigation").locator("a[aria-current=page]")).to_have_text("Checklist")
    with visitor.running():
        visitor.page.go_back()
    assert visitor.answer == before
    visitor.go("Portfolio")
    assert visitor.page.url == f"{visitor.address}/?system={BLOCKED}"
    assert visitor.page.evaluate(MARK)


def test_whoever_comes_by_key_stays_at_the_link(visitor: Visitor) -> None:
    visitor.open(f"verdict?system={BLOCKED}")
    link = visitor.page.get_by_role("navigation").get_by_role("link", name="Gaps")
    link.focus()
    with visitor.running():
        visitor.page.keyboard.press("Enter")
    expect(link).to_have_attribute("aria-current", "page")
    expect(link).to_be_focused()
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.get_by_role("navigation").get_by_role("link", name="Evidence in")).to_be_focused()


def test_the_page_that_is_seen_looks_again(visitor: Visitor) -> None:
    visitor.open(f"verdict?system={BLOCKED}")
    visitor.page.evaluate(f"{MARK} = true")
    before = visitor.page.evaluate("history.length")
    visitor.go("Verdict")
    assert visitor.page.evaluate(MARK)
    assert visitor.page.evaluate("history.length") == before


def test_a_link_is_opened_beside_by_whoever_asks_for_that(visitor: Visitor) -> None:
    visitor.open(f"verdict?system={BLOCKED}")
    link = visitor.page.get_by_role("navigation").get_by_role("link", name="Gaps")
    with visitor.page.context.expect_page() as opened:
        link.click(modifiers=["ControlOrMeta"])
    assert opened.value.url == f"{visitor.address}/gaps?system={BLOCKED}"
    assert visitor.page.url == f"{visitor.address}/verdict?system={BLOCKED}"


def test_the_same_page_asked_otherwise_is_loaded_as_its_address_says(visitor: Visitor) -> None:
    visitor.open(f"scorecard?system={BLOCKED}")
    visitor.page.evaluate(f"{MARK} = true")
    visitor.page.get_by_test_id("stMain").get_by_role("link", name="Citation validity").click()
    visitor.page.wait_for_url("**/scorecard?*metric=*")
    visitor.settle()
    assert visitor.answer.startswith("Citation validity")
    assert not visitor.page.evaluate(f"{MARK} ?? false")
