"""The page of a trace for people who do not see the picture: the table says the same, and the keyboard reaches it."""

from __future__ import annotations

from contextlib import closing

import pytest
from playwright.sync_api import Locator, expect

from readiness import clock
from readiness.review.items import TraceSample
from readiness.services import reviews
from readiness.store import open_store
from readiness.tracing import waterfall
from tests import factories
from tests.browser.conftest import Server, Visitor

SLUG = "freight-support"


@pytest.fixture(scope="module")
def samples(server: Server) -> list[TraceSample]:
    with closing(open_store(server.database)) as store:
        return list(reviews.load(store, factories.principal(), SLUG, as_of=clock.today()).samples)


def table(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("table", name="Spans in order of their start")


def told(row: Locator) -> list[str]:
    """A row as it is read aloud, cell by cell."""
    return [
        " ".join(cell.inner_text().split()) for cell in row.get_by_role("rowheader").or_(row.get_by_role("cell")).all()
    ]


def test_the_table_tells_a_screen_reader_of_every_span_what_the_picture_shows(
    visitor: Visitor, samples: list[TraceSample]
) -> None:
    for sample in samples:
        visitor.open(f"traces?system={SLUG}&trace={sample.id}")
        head, *rows = table(visitor).get_by_role("row").all()
        assert head.get_by_role("columnheader").all_inner_texts() == ["Span", "Kind", "Starts at", "Takes", "Status"]
        bars = waterfall.lay_out(sample.trace.spans)
        assert len(rows) == len(bars)
        for row, bar in zip(rows, bars, strict=True):
            name, kind, start, takes, status = told(row)
            level = f"level {bar.depth + 1}: " if bar.depth else ""
            assert (name, kind) == (f"{level}{bar.span.name}", bar.span.kind)
            assert start == f"{bar.start_ms:,.1f} ms"
            assert takes == (f"{bar.duration_ms:,.1f} ms" if bar.duration_ms is not None else "no end")
            failed = f"✕ error {bar.span.error}".rstrip()
            assert status == (failed if bar.span.status == "error" else bar.span.status)


def test_the_picture_has_a_name_that_leads_to_the_table(visitor: Visitor, samples: list[TraceSample]) -> None:
    visitor.open(f"traces?system={SLUG}&trace={samples[0].id}")
    picture = visitor.page.locator("[role=graphics-document]").first
    expect(picture).to_have_attribute("aria-label", "Spans to scale; the table below says the same")


def test_a_span_is_chosen_and_its_texts_are_read_with_the_keyboard_alone(
    visitor: Visitor, samples: list[TraceSample]
) -> None:
    sample = next(each for each in samples if each.trace.path == "bad")
    bars = waterfall.lay_out(sample.trace.spans)
    number = next(at for at, bar in enumerate(bars) if at and bar.span.input)
    visitor.open(f"traces?system={SLUG}&trace={sample.id}")
    chooser = visitor.page.get_by_test_id("stMain").get_by_role("combobox", name="Span")
    for _ in range(60):
        if chooser.evaluate("it => it === document.activeElement"):
            break
        visitor.page.keyboard.press("Tab")
    expect(chooser).to_be_focused()
    visitor.page.keyboard.type(f"{number + 1}. ")
    with visitor.running():
        visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_text(bars[number].span.input, exact=True).first).to_be_visible()


def test_a_link_to_a_trace_opens_that_trace_and_a_choice_goes_into_the_address(
    visitor: Visitor, samples: list[TraceSample]
) -> None:
    good = next(each for each in samples if each.trace.path == "good")
    visitor.open(f"traces?system={SLUG}&trace={good.id}")
    expect(visitor.page.get_by_test_id("stMain").locator(".r-kicker", has_text=good.trace.trace_id)).to_be_visible()
    visitor.page.get_by_role("combobox", name="Trace").click()
    visitor.page.get_by_role("option", name="escalation").first.click()
    escalation = next(each for each in samples if each.trace.path == "escalation")
    expect(visitor.page.locator(".r-kicker", has_text=escalation.trace.trace_id)).to_be_visible()
    assert f"trace={escalation.id}" in visitor.page.url


def test_a_text_is_released_where_it_is_read_and_withdrawn_again(visitor: Visitor, samples: list[TraceSample]) -> None:
    bad = next(sample for sample in samples if sample.trace.path == "bad")
    root = waterfall.lay_out(bad.trace.spans)[0].span
    page = visitor.page
    visitor.open(f"traces?system={SLUG}&trace={bad.id}")
    expect(page.get_by_text("No text of this span leaves in a pack.")).to_be_visible()
    page.get_by_role("button", name="Release the input").click()
    told = f"The input of {root.name} may leave in packs for security reviewers."
    expect(page.get_by_role("status").first).to_contain_text(told)
    expect(page.get_by_text("The input may leave in packs for security reviewers;")).to_be_visible()
    assert root.input in pack_of(visitor, "Security")
    assert root.input not in pack_of(visitor, "Leadership")
    visitor.open(f"traces?system={SLUG}&trace={bad.id}")
    page.get_by_role("button", name="Withdraw the input").click()
    expect(page.get_by_role("status").first).to_contain_text("no longer leaves in packs")
    assert root.input not in pack_of(visitor, "Security")


def pack_of(visitor: Visitor, audience: str) -> str:
    """What the page shows of the pack for an audience."""
    visitor.open(f"pack?system={SLUG}&audience={audience}")
    expect(visitor.page.get_by_text(f"{audience} pack as of").first).to_be_visible()
    return visitor.page.content()
