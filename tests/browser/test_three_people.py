"""An executive, an owner and a customer team at once, on one PostgreSQL store behind the proxy of `deploy/`."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from readiness import clock, formatting
from readiness.services import admin, gaps, open_store
from tests import factories
from tests.browser import logging_in
from tests.browser.conftest import PATIENCE
from tests.browser.logging_in import Dashboard, drawn, log_in
from tests.serving import ROOT, free_port, serving
from tests.web.test_replicas import NAME, Site, nginx

CLAIMS = "claims-intake"
OWNER = "luca.ferrante@example.com"
COUNT_CLICKS = (
    "addEventListener('click', event => { if (event.isTrusted) window.clicks = (window.clicks || 0) + 1 }, true)"
)


@dataclass
class Office:
    """Three browsers, and the address they all open."""

    address: str
    url: str
    executive: Page
    owner: Page
    team: Page


@pytest.fixture
def office(browser: Browser, tmp_path: Path, postgres_url: str, loaded: Path) -> Iterator[Office]:
    admin.copy(factories.principal(), f"sqlite:///{loaded}", postgres_url)
    port, provider, ports = free_port(), free_port(), {"a": free_port(), "b": free_port()}
    address = f"https://{NAME}:{port}"
    people = [{"sub": sub, "email": f"{sub}@example.com", "name": name} for sub, name in SUBS.items()]
    logging_in.write_secrets(tmp_path, address, provider)
    dashboard = Dashboard(address, postgres_url)
    dashboard.grant("vera@example.com", "Vera Lang", ("viewer", ""))
    dashboard.grant(OWNER, "Luca Ferrante", ("owner", ""))
    dashboard.grant("tess@example.com", "Tess Mori", ("exporter", CLAIMS))
    served = contextmanager(serving)
    with ExitStack() as stack:
        stack.enter_context(logging_in.provider(provider, *people))
        for own in ports.values():
            command = [sys.executable, "-m", "readiness", "serve", "--port", str(own), "--db", postgres_url]
            stack.enter_context(served(command, f"http://127.0.0.1:{own}", cwd=tmp_path, PYTHONPATH=str(ROOT)))
        stack.enter_context(nginx(Site(port, tmp_path), ports))
        pages = [browser.new_context(ignore_https_errors=True, locale="en-GB").new_page() for _ in range(3)]
        for page in pages:
            page.set_default_timeout(PATIENCE)
            page.add_init_script(COUNT_CLICKS)
        yield Office(address, postgres_url, *pages)


SUBS = {"vera": "Vera Lang", "luca.ferrante": "Luca Ferrante", "tess": "Tess Mori"}


def clicks(page: Page) -> int:
    return int(page.evaluate("window.clicks || 0"))


def test_each_does_their_job_and_sees_what_they_may(office: Office, tmp_path: Path) -> None:
    office.executive.goto(f"{office.address}/")
    office.owner.goto(f"{office.address}/work")
    office.team.goto(f"{office.address}/pack?system={CLAIMS}")
    for page, sub in ((office.executive, "vera"), (office.owner, "luca.ferrante"), (office.team, "tess")):
        log_in(page, sub)

    assert drawn(office.executive).startswith("3 of 6 systems need a decision")
    assert clicks(office.executive) == 0, "what needs a decision is there without a click"
    rows = office.executive.locator("table.r-table").first
    rows.get_by_role("link", name="Freight Support Copilot").first.click()
    expect(office.executive.locator("h1.r-answer")).to_contain_text("Blocked: evidence speaks against")

    later = _move_first(office)

    assert drawn(office.team).startswith("The leadership pack of Claims Intake Assistant")
    _pack_for_a_customer(office, tmp_path / "pack.md")

    office.executive.goto(f"{office.address}/gaps?owner={OWNER}")
    drawn(office.executive)
    expect(office.executive.locator("tr", has_text=formatting.day(later)).first).to_contain_text("moved later")
    assert office.executive.locator("[id^=gap-]").count() == 0, "a date that one may not move is no link"
    _nothing_else(office)


def _pack_for_a_customer(office: Office, saved: Path) -> None:
    """The customer's own figures, and nobody else's name; four clicks."""
    office.team.get_by_role("radio", name="Customer").or_(office.team.get_by_role("button", name="Customer")).click()
    expect(office.team.locator("h1.r-answer")).to_contain_text("The customer pack of")
    chosen = office.team.get_by_role("combobox", name="Customer")
    chosen.click()
    names = [name.strip() for name in office.team.get_by_role("option").all_inner_texts()]
    office.team.get_by_role("option", name=names[1], exact=True).click()
    expect(office.team.locator(".r-paper")).to_contain_text(f"All cases of {names[1]} together.")
    with office.team.expect_download() as download:
        office.team.get_by_role("link", name="Markdown", exact=True).click()
    assert clicks(office.team) <= 4
    download.value.save_as(saved)
    told = saved.read_text("utf-8").casefold()
    assert {name for name in names if name.casefold() in told} == {names[1]}


def _move_first(office: Office) -> dt.date:
    """The owner's most urgent gap, moved on the first page they see."""
    assert "yours" in drawn(office.owner)
    link = office.owner.locator("[id^=gap-]").first
    number = int(str(link.get_attribute("id")).removeprefix("gap-"))
    link.click()
    expect(office.owner.get_by_role("spinbutton", name="year, Due date")).to_be_focused()
    later = clock.today() + dt.timedelta(days=30)
    office.owner.keyboard.type(f"{later:%Y%m%d}")
    office.owner.get_by_role("textbox", name="Reason").fill("The vendor is late")
    office.owner.get_by_role("button", name="Store", exact=True).click()
    expect(office.owner.locator(f"#told-{number}")).to_contain_text("reason kept")
    assert clicks(office.owner) <= 3
    store = open_store(office.url)
    assert gaps.one(store, factories.principal(), number).record.due == later
    store.close()
    return later


def _nothing_else(office: Office) -> None:
    """The team sees one system, and the executive nothing that could be changed."""
    office.team.goto(f"{office.address}/gaps")
    drawn(office.team)
    assert "Freight" not in office.team.locator("body").inner_text()
    office.team.goto(f"{office.address}/verdict?system=freight-support")
    expect(office.team.get_by_role("alert").first).to_contain_text("may not read the evidence of freight-support")
    office.executive.goto(f"{office.address}/checklist?system={CLAIMS}")
    drawn(office.executive)
    assert office.executive.get_by_role("button", name="Edit").count() == 0
    office.executive.goto(f"{office.address}/people")
    expect(office.executive.get_by_role("alert").first).to_contain_text("vera@example.com may not administer the store")
    asked = f"fetch('/download/pack?system={CLAIMS}&audience=security').then(answer => answer.status)"
    assert office.executive.evaluate(asked) == 403
