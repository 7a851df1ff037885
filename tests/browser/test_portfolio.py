"""Many systems in a real browser: found, filtered, sorted, page by page, all of it kept in the address."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from readiness.model.assessment import System
from readiness.services import evidence as evidence_service
from readiness.services import open_store
from tests import factories, files
from tests.browser.conftest import Visitor, visiting
from tests.serving import free_port, serving

DANA = factories.principal()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Thirty systems: two of the same name, one blocked, each third of another owner."""
    url = f"sqlite:///{tmp_path_factory.mktemp('many') / 'readiness.db'}"
    store = open_store(url)
    for number in range(30):
        file = files.whole(rollback_rehearsal="yes" if number == 17 else "no", capacity="yes" if number else "no")
        name = "Desk 01" if number == 2 else f"Desk {number:02}"
        file.system = System(slug=f"desk-{number:02}", name=name, owner="omar" if number % 3 else "rosa")
        evidence_service.add_assessment(
            store, DANA, file, name=f"{number}", digest=factories.digest(f"{number}"), as_of=factories.TODAY
        )
    store.close()
    port = free_port()
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", url]
    for _ in serving(command, f"http://127.0.0.1:{port}"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def many(browser: Browser, address: str) -> Iterator[Visitor]:
    yield from visiting(browser, address)


def listed(visitor: Visitor) -> Locator:
    """The systems of the list."""
    return visitor.page.locator("table.r-systems tr:has(td > a)")


def test_the_worst_stand_first_and_the_others_a_page_further(many: Visitor) -> None:
    many.open("")
    expect(listed(many)).to_have_count(25)
    expect(listed(many).first).to_contain_text("Desk 17")
    expect(many.page.get_by_text("1 to 25 of 30 systems")).to_be_visible()
    many.page.get_by_test_id("stPagination").get_by_role("button", name="2", exact=False).last.click()
    expect(many.page.get_by_text("26 to 30 of 30 systems")).to_be_visible()
    expect(listed(many)).to_have_count(5)
    assert "page=2" in many.page.url


def test_search_verdict_owner_and_order_narrow_what_is_shown_and_stand_in_the_address(many: Visitor) -> None:
    many.open("")
    many.page.get_by_role("searchbox", name="Find").or_(many.page.get_by_role("textbox", name="Find")).fill("desk-2")
    expect(listed(many)).to_have_count(10)
    _choose(many, "Owner", "rosa")
    expect(listed(many)).to_have_count(3)
    _choose(many, "Sort by", "name")
    expect(listed(many).first).to_contain_text("Desk 21")
    many.settle()
    assert {"find=desk-2", "owner=rosa", "sort=name"} <= set(many.page.url.partition("?")[2].split("&"))
    many.page.goto(many.page.url)
    many.settle()
    expect(listed(many)).to_have_count(3)
    expect(listed(many).first).to_contain_text("Desk 21")
    _choose(many, "Verdict", "blocked")
    expect(many.page.get_by_text("No system fits.")).to_be_visible()


def _choose(visitor: Visitor, label: str, option: str) -> None:
    visitor.page.get_by_test_id("stMain").get_by_role("combobox", name=label).click()
    with visitor.running():
        visitor.page.get_by_role("option", name=option, exact=True).click()


def test_an_address_narrows_too_and_a_page_that_is_not_there_is_no_fault(many: Visitor) -> None:
    many.open("?level=blocked&page=99")
    expect(listed(many)).to_have_count(1)
    expect(listed(many)).to_contain_text("Desk 17")
    many.open("?page=99&sort=nonsense")
    expect(listed(many).first).to_contain_text("Desk 17")
    assert many.page.get_by_test_id("stException").count() == 0


def test_systems_of_the_same_name_are_told_apart_in_the_picker_and_the_table(many: Visitor) -> None:
    many.open("?find=Desk+01")
    expect(listed(many).get_by_role("link")).to_have_text(["Desk 01 (desk-01)", "Desk 01 (desk-02)"])
    many.page.get_by_test_id("stSidebar").get_by_role("combobox").first.fill("Desk 01")
    expect(many.page.get_by_role("option")).to_have_text([re.compile("desk-01"), re.compile("desk-02")])
    many.page.get_by_role("option").last.click()
    many.page.wait_for_url(re.compile("system=desk-02"))


def test_a_name_opens_the_verdict(many: Visitor) -> None:
    many.open("?find=desk-17")
    listed(many).get_by_role("link").click()
    many.page.wait_for_url(re.compile("verdict.*system=desk-17"))
    many.settle()
    assert many.answer.startswith("Blocked: rollback has not been rehearsed (16).")


def test_the_view_is_kept_in_the_address_and_fits_a_phone(many: Visitor) -> None:
    many.open("?view=timeline&find=desk-1")
    expect(many.page.locator("table.r-line tr:has(td > a)")).to_have_count(10)
    with many.running():
        many.page.get_by_role("radio", name="board").or_(many.page.get_by_role("button", name="board")).first.click()
    expect(many.page.locator("table.r-board tr:has(td > a)")).to_have_count(10)
    assert "view=board" in many.page.url
    many.page.set_viewport_size({"width": 390, "height": 900})
    for view in ("list", "timeline", "board"):
        many.open(f"?view={view}")
        assert many.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390, view


def test_a_write_is_seen_by_the_next_look(many: Visitor) -> None:
    many.open("?find=desk-00")
    expect(listed(many)).to_contain_text("narrow")
    many.open("checklist?system=desk-00")
    many.page.locator(".st-key-edit_traceability button").first.click()
    dialog = many.page.get_by_role("dialog")
    dialog.get_by_text("Yes – gap").click()
    dialog.get_by_role("button", name="Store the answer").click()
    expect(many.page.get_by_role("status").first).to_contain_text("became Yes – gap")
    many.open("?find=desk-00")
    expect(listed(many)).to_contain_text("blocked")
