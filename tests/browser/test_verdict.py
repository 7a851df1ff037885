"""The verdict in a real browser: what decides, what would lift it, and what the evidence contradicts."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Visitor


def test_the_shortest_way_stands_first_and_the_longer_one_builds_on_it(visitor: Visitor) -> None:
    visitor.open("verdict?system=freight-support")
    ways = visitor.page.locator(".r-ways > li")
    expect(ways).to_have_count(2)
    expect(ways.nth(0)).to_contain_text("narrow")
    expect(ways.nth(0)).to_contain_text("Close Rollback rehearsal (16)")
    expect(ways.nth(0)).to_contain_text("Show Regression gates (14)")
    expect(ways.nth(1)).to_contain_text("What leads to ◐ narrow, and")
    expect(ways.nth(1)).to_contain_text("2 of 5 gates do not pass")


def test_open_questions_are_told_together(visitor: Visitor) -> None:
    visitor.open("verdict?system=billing-desk")
    expect(visitor.page.locator(".r-list li").first).to_contain_text(
        "8 questions not answered: Retrieval on hard queries"
    )
    expect(visitor.page.locator(".r-ways > li").first).to_contain_text("Answer 11 questions with “No – controlled”")


def test_a_reason_leads_to_its_question_and_back(visitor: Visitor) -> None:
    visitor.open("verdict?system=freight-support")
    visitor.page.locator(".r-why").get_by_role("link", name="Rollback rehearsal").click()
    visitor.settle()
    expect(visitor.page.locator("h1.r-answer")).to_have_text("16. Rollback rehearsal: Yes – gap.")
    visitor.page.get_by_role("link", name="‹ Verdict").click()
    visitor.settle()
    assert visitor.answer.startswith("Blocked: ")


def test_the_tab_that_the_address_names_is_seen_first(visitor: Visitor) -> None:
    visitor.open("verdict?system=freight-support&part=Packet")
    expect(visitor.page.locator(".r-part", has_text="Release policy")).to_be_visible()
    expect(visitor.page.locator("td", has_text="Rehearse the new steps")).not_to_be_visible()


def test_what_the_evidence_contradicts_is_read_on_the_verdict_and_found_by_a_filter(visitor: Visitor) -> None:
    visitor.open("verdict?system=freight-support")
    expect(visitor.page.locator(".r-fact", has_text="Answered")).to_contain_text("2 contradicted")
    rule = visitor.page.locator(".r-list li", has_text="Contradicted by evidence")
    expect(rule).to_contain_text("Task success per cohort (1) is marked controlled, but task success for language=ja")
    visitor.open("checklist?system=freight-support&show=contradicted")
    rows = visitor.page.locator(".r-found.contradicts")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("✕ Evidence contradicts it: 1 of 5 gates fails")


def test_dates_that_were_moved_again_and_again_are_named(visitor: Visitor) -> None:
    visitor.open("verdict?system=freight-support")
    said = visitor.page.locator("p.r-note", has_text="due dates were moved later")
    expect(said).to_contain_text("2 of 2 due dates were moved later")
    expect(said).to_contain_text("Moved twice or more: henrik.solberg@example.com (2 times)")
