"""The pack as its audience sees it, and the file that leaves through the download route."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from readiness.web.door import Key
from readiness.web.serve import Opening
from readiness.web.serve import dashboard as served
from tests.pages.dashboard import Dashboard, Screen
from tests.serving import TOKEN, cookie, in_own_loop

SYSTEM = "freight-support"


def links(screen: Screen) -> list[tuple[str, str]]:
    """Where each download leads: path and query."""
    block = next(block for block in screen.blocks if "download/pack" in block)
    return [(path, html.unescape(query)) for path, query in re.findall(r'href="([^"?]*)\?([^"]*)"', block)]


def download(path: str, query: str, host: str = "127.0.0.1:8501") -> tuple[int, dict[str, str], str]:
    """Ask the routes that the dashboard serves beside its pages: status, headers and body."""
    made = served(Opening(Key(TOKEN), frozenset()))
    app = Starlette(routes=made["routes"], middleware=made["middleware"])
    heard: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        heard.append(message)

    async def ask() -> None:
        await app(scope | {"headers": headers}, receive, send)

    scope: dict[str, object] = {"type": "http", "method": "GET", "path": f"/{path}", "query_string": query.encode()}
    scope |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8501)}
    headers = [(b"host", host.encode()), (b"cookie", cookie(host)["Cookie"].encode())]
    in_own_loop(ask())
    start, *rest = heard
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], answered, b"".join(message.get("body", b"") for message in rest).decode(errors="replace")


def test_the_page_says_what_leaves_what_stays_and_shows_the_pack(dashboard: Dashboard) -> None:
    screen = dashboard.open("pack", system=SYSTEM)
    assert screen.answer == "The evidence pack of Freight Support Copilot, for the people who must agree."
    assert "Those who decide on the rollout." in screen.text
    assert "Leaves with it" in screen.text
    assert "Stays here" in screen.text
    assert "Values of cohorts that may be read: language," in screen.text
    paper = next(block for block in screen.blocks if 'class="r-paper"' in block)
    assert "rollback has not been rehearsed" in paper
    assert "Leadership pack as of" in paper


@pytest.mark.parametrize("audience", ["leadership", "security", "procurement"])
def test_each_audience_takes_the_pack_that_was_previewed_with_it(dashboard: Dashboard, audience: str) -> None:
    screen = dashboard.open("pack", system=SYSTEM)
    screen.choose("segmented_control", "Audience", audience)
    assert f"{audience.capitalize()} pack as of" in screen.text
    found = links(screen)
    formats = ("pdf", "letter.pdf", "html", "md", "zip")
    assert [parse_qs(query)["format"] for _, query in found] == [[kind] for kind in formats]
    for (path, query), suffix in zip(found, formats, strict=True):
        status, headers, body = download(path, query)
        assert status == 200
        name = rf'attachment; filename="freight-support_2026\.11_{audience}_\d{{4}}-\d\d-\d\d\.{suffix}"'
        assert re.fullmatch(name, headers["content-disposition"])
        assert headers["x-content-type-options"] == "nosniff"
        shown = f"{audience.capitalize()} pack as of" in body
        assert shown or (body.startswith("%PDF-1.7") and suffix.endswith("pdf"))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("system=nothing&audience=security", "the system 'nothing' is not in the store"),
        (f"system={SYSTEM}&audience=everybody", "the audience 'everybody' is not known"),
        (f"system={SYSTEM}&audience=security&format=exe", "the format 'exe' is not known"),
    ],
)
def test_a_file_that_is_not_there_is_a_sentence(dashboard: Dashboard, query: str, sentence: str) -> None:
    status, _, body = download("download/pack", query)
    assert status == 404
    assert sentence in body


def test_another_name_for_this_machine_gets_nothing(dashboard: Dashboard) -> None:
    query = f"system={SYSTEM}&audience=security"
    assert download("download/pack", query, host="rebound.example.com")[0] == 403
    assert download("download/pack", query, host="[::1]:8501")[0] == 200
