"""What a browser makes of the door: the printed address, a browser without it, and a foreign page beside it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE, READY, Server
from tests.serving import TOKEN, cookie

FOREIGN = """<!doctype html><title>waiting</title><img src="{0}/media/x.png"><iframe src="{0}/verdict"></iframe>
<script src="{0}/static/js/x.js"></script><form action="{0}/_stcore/upload_file/x/y" method="post" target="f"></form>
<iframe name="f"></iframe><script>
  document.forms[0].submit();
  const asked = ["/", "/download/pack?system=claims-intake&audience=security", "/_stcore/health"].map(path =>
    fetch("{0}" + path, {{mode: "no-cors", credentials: "include"}}).catch(() => 0));
  const socket = new Promise(done => {{
    const opened = new WebSocket("{0}/_stcore/stream".replace("http", "ws"), ["streamlit"]);
    opened.onopen = () => done("opened"); opened.onerror = () => done("refused");
  }});
  Promise.all(asked).then(() => socket).then(end => {{ document.title = end; }});
</script>"""


@contextmanager
def elsewhere(page: str) -> Iterator[str]:
    """A page at another port of this machine, to which a browser sends the cookies of every port."""

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_the_printed_address_opens_the_dashboard_and_leaves_the_bar(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.address}/verdict?system=claims-intake")
    expect(page.locator("body")).to_contain_text("opens with the address that readiness printed")
    page.goto(f"{server.address}/verdict?token={TOKEN}&system=claims-intake")
    page.wait_for_selector(READY, timeout=PATIENCE)
    assert page.url == f"{server.address}/verdict?system=claims-intake"
    expect(page.locator("h1.r-answer").first).to_contain_text("Staged:", timeout=PATIENCE)
    context.close()


def test_a_page_at_another_port_gets_nothing_for_somebody_who_has_the_cookie(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.request.get(f"{server.address}/?token={TOKEN}", max_redirects=0)
    asked: list[str] = []
    served: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("response", lambda answer: served.append(answer.url) if answer.status != 403 else None)
    with elsewhere(FOREIGN.format(server.address)) as address:
        page.goto(address)
        expect(page).to_have_title("refused", timeout=PATIENCE)
    assert len([url for url in asked if url.startswith(server.address)]) >= 6
    assert [url for url in served if url.startswith(server.address)] == []
    context.close()


def test_a_page_that_there_is_not_says_so_and_leads_to_the_portfolio(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(server.address.rpartition(":")[2]), timeout=30)
    for path in ("/nosuchpage", "/verdict/deeper"):
        connection.request("GET", path, headers=cookie(server.address))
        answer = connection.getresponse()
        body = answer.read().decode()
        assert (answer.status, "There is no such page here." in body, 'href="/"' in body) == (404, True, True)
