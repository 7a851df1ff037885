"""How the dashboard starts, what an empty or a broken store looks like, and who is let in."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from readiness.store import open_store
from tests.browser.conftest import Server, Visitor, visiting
from tests.serving import ROOT, cookie, free_port, serving


def visitor_of(browser: Browser, url: str, *command: str) -> Iterator[Visitor]:
    """Somebody at a dashboard of their own on the store at `url`."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    start = [*(command or (sys.executable, "-m", "readiness", "serve", "--port")), str(port)]
    for _ in serving(start, address, READINESS_DATABASE_URL=url):
        yield from visiting(browser, address)


def test_streamlit_run_works_too_because_people_will_type_it(browser: Browser, loaded: Path, tmp_path: Path) -> None:
    path = shutil.copy(loaded, tmp_path / "readiness.db")
    streamlit = (sys.executable, "-m", "streamlit", "run", "app.py", "--server.port")
    for visitor in visitor_of(browser, f"sqlite:///{path}", *streamlit):
        visitor.open("verdict?system=claims-intake")
        assert visitor.answer.startswith("Staged:")
        expect(visitor.page.get_by_test_id("stSidebar").get_by_role("link", name="Scorecard")).to_be_visible()
        expect(visitor.page.get_by_test_id("stSidebarNav")).to_have_count(0)  # Streamlit's own list of the folder


def test_an_empty_store_says_what_belongs_here_and_loads_the_demo(browser: Browser, tmp_path: Path) -> None:
    for visitor in visitor_of(browser, f"sqlite:///{tmp_path / 'readiness.db'}"):
        for page in ("", "verdict", "gaps", "evidence", "pack"):
            visitor.open(page)
            expect(visitor.page.get_by_role("button", name="Load the demo portfolio")).to_be_visible()
        visitor.open("")
        assert visitor.answer == "No system is stored yet."
        visitor.page.get_by_role("button", name="Load the demo portfolio").click()
        expect(visitor.page.locator("h1.r-answer")).to_contain_text("of 6 systems need a decision", timeout=60_000)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "the store is of a newer schema than this program"),
        ("DROP TABLE alembic_version", "the database holds tables that readiness did not make"),
    ],
)
def test_a_store_that_does_not_fit_is_one_sentence_on_every_page(
    browser: Browser, tmp_path: Path, statement: str, said: str
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'readiness.db'}")
    with store.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    store.close()
    streamlit = (sys.executable, "-m", "streamlit", "run", "app.py", "--server.port")
    for visitor in visitor_of(browser, store.url, *streamlit):
        for page in ("", "checklist", "activity"):
            visitor.page.goto(f"{visitor.address}/{page}")
            expect(visitor.page.get_by_role("alert").first).to_contain_text(said, timeout=60_000)
            assert "Traceback" not in visitor.page.inner_text("body")


def test_an_address_that_others_can_reach_is_refused() -> None:
    command = [sys.executable, "-m", "readiness", "serve", "--host", "0.0.0.0", "--port", str(free_port())]  # noqa: S104
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "the dashboard would be open to the network at 0.0.0.0 without a login; expected 127.0.0.1" in done.stderr


@pytest.mark.parametrize("path", ["/", "/verdict", "/download/pack?system=claims-intake&audience=security", "/health"])
def test_a_page_elsewhere_that_points_its_own_name_here_is_refused(server: Server, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(server.address.rpartition(":")[2]), timeout=30)
    connection.request("GET", path, headers={"Host": "rebound.example.com"})
    assert connection.getresponse().status == 403


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("system=nothing&audience=security", "the system 'nothing' is not in the store"),
        ("system=claims-intake&audience=everybody", "the audience 'everybody' is not known"),
        ("system=claims-intake&audience=security&format=exe", "the format 'exe' is not known"),
    ],
)
def test_a_download_that_is_not_there_is_a_sentence(server: Server, query: str, said: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(server.address.rpartition(":")[2]), timeout=30)
    connection.request("GET", f"/download/pack?{query}", headers=cookie(server.address))
    answer = connection.getresponse()
    assert answer.status == 404
    assert said in answer.read().decode()


def test_an_address_that_names_nothing_is_a_sentence_on_the_page(visitor: Visitor) -> None:
    for address, said in (
        ("verdict?system=nothing", "No system here is called “nothing”."),
        ("verdict?system=claims-intake&assessment=999", "Claims Intake Assistant has no assessment 999."),
        ("gaps?assessment=x", "has no assessment x."),
    ):
        visitor.page.goto(f"{visitor.address}/{address}")
        expect(visitor.page.locator("h1.r-answer")).to_contain_text(said)
