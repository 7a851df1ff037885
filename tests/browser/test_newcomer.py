"""What a newcomer does with the dashboard, in a real browser."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from readiness.web import navigation
from readiness.web.navigation import NavPage
from tests import samples
from tests.browser.conftest import OVER_THE_EDGE, Server, Visitor

PAGES = {
    "Portfolio": "3 of 6 systems need a decision: 2 are not ready for their target dates",
    "Verdict": "Blocked: evidence speaks against Regression gates (14) and rollback has not been rehearsed (16).",
    "Evidence pack": "The leadership pack of Freight Support Copilot",
    "Checklist": "22 of 22 answered; 2 gaps open; evidence speaks against 2 answers and leaves",
    "Scorecard": "but worse for Japanese (language=ja: −9.7 points, 168 cases)",
    "Compare": "2026.11 is blocked, worse than 2026.08",
    "Traces": "Bad path: The Japanese index was rebuilt without the carrier glossary",
    "Release & monitoring": "3 of 5 gates pass; rollback never rehearsed.",
    "System card": "All 18 facts are stated.",
    "My work": "Nothing waits for you.",
    "Gaps": "gaps open",
    "Evidence in": "1 of 5 packet parts need something.",
    "Activity": "Chain intact over",
}
SAMPLE = samples.DATA / "promptfoo.json"
MOST_TRIES = 6


def test_the_portfolio_says_what_needs_a_decision_and_a_click_opens_the_verdict(visitor: Visitor) -> None:
    visitor.open("")
    assert visitor.answer == (
        "3 of 6 systems need a decision: 2 are not ready for their target dates and 1 has gaps due after its rollout."
    )
    first = visitor.page.locator("table.r-systems tr.r-pressing").first
    expect(first).to_contain_text("Evidence speaks against Regression gates (14)")
    first.get_by_role("link", name="Freight Support Copilot").click()
    visitor.page.wait_for_url(re.compile("verdict"))
    visitor.settle()
    assert visitor.answer == (
        "Blocked: evidence speaks against Regression gates (14) and rollback has not been rehearsed (16). "
        "The score of 3 alone would read as reasonable."
    )
    assert "system=freight-support" in visitor.page.url


def test_every_page_opens_from_the_sidebar_and_keeps_the_system(visitor: Visitor) -> None:
    visitor.open("verdict?system=freight-support")
    for name, sentence in PAGES.items():
        visitor.go(name)
        assert sentence in visitor.answer, name
        assert "system=freight-support" in visitor.page.url, name
        assert visitor.page.evaluate(OVER_THE_EDGE) <= 0, name
        assert visitor.page.get_by_test_id("stException").count() == 0


@pytest.mark.parametrize("page", navigation.PAGES, ids=lambda page: page.name)
def test_every_page_has_a_link_of_its_own_and_fits_a_phone_and_a_small_screen_at_twice_its_size(
    visitor: Visitor, page: NavPage
) -> None:
    """640 pixels are what 1280 leave at 200 %."""
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    visitor.open(f"{'' if page.name == 'portfolio' else page.name}?system=freight-support")
    assert PAGES.get(page.title, "") in visitor.answer
    assert visitor.page.evaluate(OVER_THE_EDGE) <= 0
    visitor.page.set_viewport_size({"width": 640, "height": 844})
    visitor.page.wait_for_function(f"({OVER_THE_EDGE})() <= 0")
    assert visitor.page.get_by_test_id("stException").count() == 0


def test_the_picker_changes_the_system_and_the_address(visitor: Visitor) -> None:
    visitor.open("verdict?system=freight-support")
    visitor.page.get_by_test_id("stSidebar").get_by_role("combobox").first.click()
    visitor.page.get_by_role("option", name="Claims Intake Assistant").click()
    expect(visitor.page.locator("h1.r-answer")).to_contain_text("Staged: the score is 3 of 42.")
    assert "system=claims-intake" in visitor.page.url


def test_an_earlier_assessment_has_an_address_too(visitor: Visitor) -> None:
    visitor.open("verdict?system=claims-intake")
    visitor.page.get_by_test_id("stSidebar").get_by_role("combobox").nth(1).click()
    visitor.page.get_by_role("option").last.click()
    expect(visitor.page.locator("h1.r-answer")).to_contain_text("Blocked:")
    address = visitor.page.url
    assert re.search(r"assessment=\d+", address)
    visitor.page.goto(address)
    visitor.settle()
    assert visitor.answer.startswith("Blocked:")


def test_a_promptfoo_file_is_shown_before_it_is_stored(visitor: Visitor, server: Server) -> None:
    visitor.open("evidence?system=claims-intake")
    visitor.page.locator("input[type=file]").set_input_files(SAMPLE)
    expect(visitor.page.locator(".r-facts").get_by_text("promptfoo results (JSON)")).to_be_visible()
    before = json.loads(server.run("status", "claims-intake", "--json"))
    _choose(visitor, "“support-v1 × stub-model-1” is the", "baseline 2026.08")
    _choose(visitor, "“support-v2 × stub-model-1” is the", "candidate 2026.11")
    _choose(visitor, "Workflow is named by", "metadata.workflow")
    expect(visitor.page.get_by_text("The first figures, as they would be stored")).to_be_visible()
    assert json.loads(server.run("status", "claims-intake", "--json")) == before
    visitor.page.get_by_role("button", name="Store for claims-intake").click()
    expect(visitor.page.get_by_role("status").first).to_contain_text("scorecard cells of claims-intake from promptfoo")
    expect(visitor.page.get_by_test_id("stFileChipName")).to_have_count(0)
    expect(visitor.page.get_by_text("promptfoo.json", exact=True)).to_be_visible()


def _choose(visitor: Visitor, label: str, option: str) -> None:
    """A run that is still on its way closes a list that was just opened, which a person opens once more."""
    wanted = visitor.page.get_by_role("option", name=option, exact=True)
    for _ in range(MOST_TRIES):
        visitor.page.get_by_role("combobox", name=label).click()
        with suppress(PlaywrightTimeout):
            wanted.click(timeout=5_000)  # what is chosen already makes no run
            break
    visitor.settle()


def test_a_broken_file_is_one_sentence_on_the_page_and_stores_nothing(visitor: Visitor, server: Server) -> None:
    before = server.run("status", "--json")
    visitor.open("evidence?system=claims-intake")
    for name, body, said in (
        ("cut.json", SAMPLE.read_bytes()[:5000], "the JSON breaks off or is malformed"),
        ("empty.csv", b"", "the file is empty"),
        ("photo.csv", bytes(range(256)) * 20, "the format is not recognised"),
        (
            "marks.toml",
            b'format = "readiness-assessment/1"\n[marks.nonsense]\nmark = "no"\n',
            "this required table is missing; expected [system]",
        ),
    ):
        visitor.page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": body}
        )
        alert = visitor.page.get_by_role("alert").first
        expect(alert).to_contain_text(said)
        expect(alert).to_contain_text(name)
        assert "Traceback" not in visitor.page.inner_text("body")
    assert server.run("status", "--json") == before


@pytest.mark.parametrize(("label", "suffix"), [("HTML", "html"), ("Markdown", "md")])
def test_a_pack_is_previewed_and_downloaded(visitor: Visitor, label: str, suffix: str, tmp_path: Path) -> None:
    visitor.open("pack?system=freight-support")
    visitor.page.get_by_role("button", name="Security").or_(visitor.page.get_by_role("radio", name="Security")).click()
    expect(visitor.page.locator(".r-paper")).to_contain_text("Data boundary")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name=label, exact=True).click()
    saved = tmp_path / "pack"
    download.value.save_as(saved)
    assert re.fullmatch(
        rf"freight-support_2026\.11_security_\d{{4}}-\d\d-\d\d\.{suffix}", download.value.suggested_filename
    )
    assert "Rollback" in saved.read_text("utf-8")


def test_an_answer_is_changed_and_the_verdict_follows(visitor: Visitor) -> None:
    visitor.open("checklist?system=freight-support")
    visitor.page.locator(".st-key-edit_rollback-rehearsal button").first.click()
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_text("No – controlled").click()
    dialog.get_by_role("textbox", name="Finding").fill("Rehearsed on the new cluster")
    dialog.get_by_role("button", name="Store the answer").click()
    expect(visitor.page.get_by_role("status").first).to_contain_text("became No – controlled")
    visitor.go("Verdict")
    assert visitor.answer.startswith("Blocked: evidence speaks against Regression gates (14).")


def test_the_assessment_of_another_system_is_taken_whichever_system_is_open(visitor: Visitor, server: Server) -> None:
    toml = 'format = "readiness-assessment/1"\n[system]\nslug = "night-desk"\nname = "Night Desk"\n'
    body = f'{toml}[assessment]\ncandidate = "1"\n[marks.capacity]\nmark = "yes"\n'
    visitor.open("evidence?system=claims-intake")
    visitor.page.locator("input[type=file]").set_input_files(
        {"name": "night.toml", "mimeType": "text/plain", "buffer": body.encode()}
    )
    visitor.page.get_by_role("button", name="Store for night-desk").click()
    expect(visitor.page.get_by_role("status").first).to_contain_text("of night-desk 1 from night.toml")
    assert json.loads(server.run("status", "night-desk", "--json"))["assessment"]["candidate"] == "1"
