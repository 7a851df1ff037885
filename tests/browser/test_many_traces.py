"""A file of many traces: what is proposed, what a person keeps of it, and what the trace page then says."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests import files
from tests.browser.conftest import Visitor


def test_a_person_sees_why_traces_are_kept_and_may_keep_fewer(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("evidence?system=freight-support")
    page = visitor.page
    page.locator("input[type=file]").set_input_files(files.many_spans(tmp_path, 300))
    expect(page.get_by_text("Figures are drawn from all 300. These 3 are stored whole")).to_be_visible()
    expect(page.get_by_text("Keep all 300")).to_have_count(0)
    with visitor.running():
        page.get_by_text("Typical of refund, 149 ms").click()
    page.get_by_role("button", name="Store for freight-support").click()
    expect(page.get_by_role("status").first).to_contain_text(
        "Stored 2 of 300 traces of freight-support from many.jsonl"
    )

    visitor.open("traces?system=freight-support")
    page.get_by_role("combobox", name="Trace").click()
    with visitor.running():
        page.get_by_role("option", name="no label · refund · t-300").click()
    expect(page.get_by_text("Kept because: slowest of refund, 300 ms.")).to_be_visible()
    expect(page.get_by_text("300 traces in many.jsonl, of which 2 are kept.")).to_be_visible()


def test_all_traces_of_a_middling_file_may_be_kept(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("evidence?system=claims-intake")
    page = visitor.page
    page.locator("input[type=file]").set_input_files(files.many_spans(tmp_path, 60))
    with visitor.running():
        page.get_by_text("Keep all 60").click()
    page.get_by_role("button", name="Store for claims-intake").click()
    expect(page.get_by_role("status").first).to_contain_text("Stored 60 traces of claims-intake from many.jsonl")
