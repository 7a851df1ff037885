"""The whole dashboard in a browser while nothing can be reached but this machine: who tries to ask whom.

The process that serves writes down each address outside this machine that it wants to connect to, send to or look up,
and gets an error instead; the browser knows no other name than this machine's, and each request of a page is looked at.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import find
from tests.browser.conftest import FLAGS, PATIENCE, Visitor
from tests.pages.dashboard import PAGES
from tests.reliability import doors
from tests.reliability.served import PLAIN, Served, dashboard
from tests.reliability.table import Figure, record
from tests.serving import cookie

DEAF = (*FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost")
SYSTEM = "freight-support"
ALONE = """
import ipaddress, sys

def alone(event, given):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
                 "socket.gethostbyaddr", "socket.getnameinfo"):
        asked = given[1] if event in ("socket.connect", "socket.sendto", "socket.sendmsg") else given[0]
        host = asked[0] if isinstance(asked, tuple) else asked
        try:
            inside = host is None or host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            inside = event == "socket.connect" and not isinstance(asked, tuple)
        if not inside:
            with open(WRITTEN, "a") as file:
                print(event, repr(asked), file=file)
            raise OSError("the network is blocked")

sys.addaudithook(alone)
"""


@dataclass
class Run:
    """What was asked of whom. `outside` is what left this machine or tried to, `errors` what the console said."""

    requests: int = 0
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def alone(folder: Path, loaded: Path | None) -> Iterator[tuple[Served, Path]]:
    """A dashboard that can reach nothing but this machine, and the file in which it says what it tried."""
    written = folder / "asked"
    written.touch()
    with dashboard(folder, f"WRITTEN = {str(written)!r}\n{ALONE}\n{PLAIN}", loaded=loaded) as served:
        yield served, written


def walk(browser: Browser, folder: Path, loaded: Path | None = None) -> Run:
    """Every page, a file that is uploaded, a pack that is downloaded; and sockets from foreign pages meanwhile."""
    run = Run()
    with alone(folder, loaded) as (served, written):
        context = browser.new_context(accept_downloads=True)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        context.on("request", lambda request: _note(run, served, request.url))
        page.on("websocket", lambda socket: _note(run, served, socket.url))
        page.on("console", lambda message: run.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: run.errors.append(str(error)))
        visitor = Visitor(page, served.address)
        for name in PAGES:
            visitor.open(f"{name if name != 'portfolio' else ''}?system={SYSTEM}")
            page.mouse.move(600, 400)
        visitor.open("evidence")
        page.locator("input[type=file]").first.set_input_files(
            {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"not evidence"}
        )
        visitor.settle()
        _download(visitor)
        _foreign_sockets(served)
        context.close()
        run.outside += written.read_text("utf-8").splitlines()
    return run


def _download(visitor: Visitor) -> None:
    visitor.open(f"pack?system={SYSTEM}")
    with visitor.page.expect_download() as started:
        visitor.page.locator("a.r-button").first.click()
    assert started.value.path().stat().st_size > 1000


def _foreign_sockets(served: Served) -> None:
    """What Streamlit would look up: origins that it does not know, on a socket and with a request, by every name."""
    known = [("Host", f"[::1]:{served.port}"), *cookie(served.address).items()]
    for number in range(10):
        for origin in (f"https://evil-{number}.example", "http://10.0.0.1:3000", f"http://[::1]:{served.port}"):
            doors.ask(served.port, "SOCKET", "/_stcore/stream", [*known, ("Origin", origin)])
            doors.ask(served.port, "GET", "/_stcore/health", [*known, ("Origin", origin)])


def _note(run: Run, served: Served, url: str) -> None:
    run.requests += 1
    if not url.startswith((served.address, f"ws{served.address.removeprefix('http')}", "data:", "blob:")):
        run.outside.append(url)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=DEAF)
        run = walk(browser, Path(folder))
        browser.close()
    print("\n".join([*run.outside, *run.errors]))
    tried = f"requests of a browser over all {len(PAGES)} pages, an upload and a download, with the network blocked"
    refused = [error for error in run.errors if "Content Security Policy" in error]
    through = f"{len(run.outside)} requests or look-ups out, {len(refused)} refused by the Content-Security-Policy"
    record(Figure("outbound", tried, run.requests, through))


if __name__ == "__main__":
    main()
