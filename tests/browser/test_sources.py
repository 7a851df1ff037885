"""A system that is fed by servers of MLflow and Phoenix which run here: a source made on the page, and a pull."""

from __future__ import annotations

import time
from contextlib import closing

import pytest
from playwright.sync_api import expect

from readiness import clock
from readiness.model.sources import TITLES, SourceKind
from readiness.services import reviews
from readiness.store import open_store
from tests import factories
from tests.browser.conftest import Server, Visitor
from tests.live.servers import fill

SYSTEM, PROJECT, TRACES = "claims-intake", "claims-desk", 4
HOUR = 3_600_000_000_000


@pytest.mark.parametrize("kind", ["mlflow", "phoenix"])
def test_a_source_is_made_on_the_page_and_what_is_pulled_is_on_the_page_of_traces(
    kind: SourceKind, request: pytest.FixtureRequest, visitor: Visitor, server: Server
) -> None:
    url: str = request.getfixturevalue(f"{kind}_server")
    fill(kind, url, PROJECT, str(TRACES), str(time.time_ns() - HOUR))
    visitor.open(f"evidence?system={SYSTEM}")
    page, main = visitor.page, visitor.page.get_by_test_id("stMain")
    main.get_by_role("button", name="Add a source").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Server").click()
    page.get_by_role("option", name=TITLES[kind], exact=True).click()
    dialog.get_by_role("textbox", name="Address").fill(url)
    dialog.get_by_role("textbox", name="Project or experiment").fill(PROJECT)
    dialog.get_by_role("textbox", name="Version").fill("2026.11")
    with visitor.running():
        dialog.get_by_role("button", name="Store the source").click()
    named = page.locator("p > b", has_text=f"traces of {PROJECT} in {TITLES[kind]}")
    source = page.get_by_test_id("stHorizontalBlock").filter(has=named)
    expect(source).to_contain_text("not pulled yet")

    with visitor.running():
        source.get_by_role("button", name="Pull now").click()
    said = f"Pulled {TRACES} traces from 127.0.0.1: Stored {TRACES} traces of {SYSTEM} from {kind}-{PROJECT}-"
    expect(page.get_by_role("status").first).to_contain_text(said)
    expect(source).to_contain_text("✓ up to date")
    expect(source).to_contain_text(said)

    with closing(open_store(server.database)) as store:
        samples = reviews.load(store, factories.principal(), SYSTEM, as_of=clock.today()).samples
    pulled = [sample for sample in samples if sample.item.evidence.name.startswith(f"{kind}-{PROJECT}-")]
    assert len(pulled) == TRACES
    visitor.open(f"traces?system={SYSTEM}&trace={pulled[0].id}")
    spans = page.get_by_role("table", name="Spans in order of their start")
    for name in ("answer", "retrieve", "write"):
        expect(spans.get_by_role("row").filter(has_text=name).first).to_contain_text("ms")
    expect(page.get_by_text(f"{TRACES} traces in {kind}-{PROJECT}-").first).to_be_visible()
    stages = page.get_by_role("table").filter(has=page.get_by_role("columnheader", name="Share of all time"))
    for stage, took in (("retrieval", "35 ms"), ("model", "50 ms")):
        cells = stages.get_by_role("row").filter(has=page.get_by_role("cell", name=stage, exact=True)).first
        expect(cells.get_by_role("cell").nth(2)).to_have_text(took)
        expect(cells.get_by_role("cell").nth(7)).to_have_text(str(TRACES))
