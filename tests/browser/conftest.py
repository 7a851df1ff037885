"""A real server with the demo portfolio, and a real browser that talks to nobody else."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from readiness.cli import main
from tests.browser.chromium import find
from tests.serving import TOKEN, free_port, serving

READY = "[data-testid='stApp'][data-test-connection-state='CONNECTED'][data-test-script-state='notRunning']"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--lang=en-GB", "--host-resolver-rules=MAP readiness.example.com 127.0.0.1"),
)
PATIENCE = 60_000
OVER_THE_EDGE = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth);
}"""
"""Pixels that a page is wider than the screen."""
expect.set_options(timeout=PATIENCE)  # what a busy machine takes is no failure


@dataclass
class Server:
    """A dashboard in a process of its own."""

    address: str
    database: str

    def run(self, *arguments: str) -> str:
        """What a command line on the same store says; it runs in this process, which has imported it already."""
        said = io.TextIOWrapper(io.BytesIO(), "utf-8")
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
            patch.setattr(sys, "argv", ["readiness", *arguments, "--db", self.database])
            patch.setenv("READINESS_REMOTE", "")  # which the program sets for itself
            with pytest.raises(SystemExit) as left:
                main()
        assert not left.value.code
        said.seek(0)
        return said.read()


@dataclass
class Visitor:
    """A person with a browser. `strangers` are requests to other hosts, `errors` what the console complained of."""

    page: Page
    address: str
    strangers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    sockets: list[WebSocket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("websocket", self._connected)
        self.page.request.get(f"{self.address}/?token={TOKEN}", max_redirects=0)  # what opens it, once

    def _connected(self, socket: WebSocket) -> None:
        self.sockets.append(socket)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}/{path}")
        self.settle()

    def settle(self) -> None:
        """Until the page is drawn and nothing runs any more."""
        self.page.wait_for_selector(READY, timeout=PATIENCE)
        expect(self.page.locator("h1.r-answer").first).to_be_visible(timeout=PATIENCE)
        self.page.wait_for_selector(READY, timeout=PATIENCE)
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)  # drawn when it can be
        turning(self.page)
        charts = self.page.get_by_test_id("stVegaLiteChart").filter(visible=True)
        for chart in charts.all():  # what is below moves until it is drawn
            expect(chart.locator("canvas, svg").first).to_be_attached(timeout=PATIENCE)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Do what makes the page run, and wait until it has run and is drawn."""
        with self.sockets[-1].expect_event("framereceived", _ran, timeout=PATIENCE):
            yield
        self.settle()

    def name(self, label: str, who: str, within: Locator | None = None) -> None:
        """Name somebody in a field of people: whoever is listed, or somebody whom nobody knows."""
        field = (within or self.page).get_by_role("combobox", name=label)
        field.fill(who)
        field.press("Enter")

    @property
    def answer(self) -> str:
        return self.page.locator("h1.r-answer").first.inner_text()

    def go(self, name: str) -> None:
        """A page by its link in the sidebar."""
        with self.running():
            self.page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=False).click()


def turning(page: Page) -> None:
    """Until the links of the side bar, where there is one, turn to pages instead of loading them."""
    if page.locator(".r-pages").count():
        page.wait_for_selector("html[data-turns]", state="attached", timeout=PATIENCE)


def _ran(frame: bytes | str) -> bool:
    """Whether the server says that a run is over, and that no other follows from it."""
    message = ForwardMsg.FromString(frame) if isinstance(frame, bytes) else ForwardMsg()
    over = message.WhichOneof("type") == "script_finished"
    return over and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


@pytest.fixture(scope="module")
def server(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = tmp_path_factory.mktemp("served") / "readiness.db"
    path.write_bytes(loaded.read_bytes())
    port = free_port()
    found = Server(f"http://127.0.0.1:{port}", f"sqlite:///{path}")
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", found.database]
    for _ in serving(command, found.address):
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[Visitor]:
    yield from visiting(browser, server.address)


def visiting(browser: Browser, address: str, locale: str = "en-GB") -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale=locale, accept_downloads=True)
    found = Visitor(context.new_page(), address)
    found.page.set_default_timeout(PATIENCE)
    found.page.on("request", lambda request: _note(found, request.url))
    found.page.on("console", lambda message: found.errors.append(message.text) if message.type == "error" else None)
    found.page.on("pageerror", lambda error: found.errors.append(str(error)))
    yield found
    context.close()
    assert not found.strangers, "the page asked another host"
    assert found.errors == []


def _note(visitor: Visitor, url: str) -> None:
    if not url.startswith((visitor.address, f"ws{visitor.address.removeprefix('http')}", "data:", "blob:")):
        visitor.strangers.append(url)
