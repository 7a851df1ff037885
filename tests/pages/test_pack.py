"""The pack as its audience sees it, and the file that leaves through the download route."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from readiness import clock
from readiness.web.door import Key
from readiness.web.serve import Opening
from readiness.web.serve import dashboard as served
from tests.pages.dashboard import Dashboard, Screen
from tests.serving import TOKEN, cookie, in_own_loop

SYSTEM = "freight-support"


def links(screen: Screen) -> list[tuple[str, str]]:
    """Where each download leads: path and query."""
    block = next(block for block in screen.blocks if "download/pack" in block).partition("<details")[0]
    return _links(block)


def machines(screen: Screen) -> list[tuple[str, str]]:
    """The same of the forms for programs, which are folded away."""
    block = next(block for block in screen.blocks if "download/pack" in block)
    return _links(block.partition("<summary>For machines</summary>")[2])


def _links(block: str) -> list[tuple[str, str]]:
    return [(path, html.unescape(query)) for path, query in re.findall(r'href="([^"?]*)\?([^"]*)"', block)]


def download(
    path: str, query: str, host: str = "127.0.0.1:8501", method: str = "GET"
) -> tuple[int, dict[str, str], str]:
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

    scope: dict[str, object] = {"type": "http", "method": method, "path": f"/{path}", "query_string": query.encode()}
    scope |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8501)}
    headers = [(b"host", host.encode()), (b"cookie", cookie(host)["Cookie"].encode())]
    in_own_loop(ask())
    start, *rest = heard
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], answered, b"".join(message.get("body", b"") for message in rest).decode(errors="replace")


def test_the_page_says_what_leaves_what_stays_and_shows_the_pack(dashboard: Dashboard) -> None:
    screen = dashboard.open("pack", system=SYSTEM)
    assert screen.answer == "The leadership pack of Freight Support Copilot may leave."
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


def test_the_forms_for_programs_are_folded_below(dashboard: Dashboard) -> None:
    found = machines(dashboard.open("pack", system=SYSTEM, audience="security"))
    asked = [parse_qs(query) for _, query in found]
    assert [query["format"] for query in asked] == [["cyclonedx"], ["oscal"], ["in-toto"]]
    assert {query["audience"][0] for query in asked} == {"security"}
    for (path, query), ending in zip(found, ("cdx.json", "oscal.json", "intoto.json"), strict=True):
        status, headers, body = download(path, query)
        assert status == 200
        assert headers["content-disposition"].endswith(f'.{ending}"')
        assert json.loads(body)


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


@pytest.mark.parametrize("audience", ["leadership", "security", "procurement", "customer"])
def test_a_link_selects_the_audience_that_it_names(dashboard: Dashboard, audience: str) -> None:
    for named in (audience, audience.capitalize()):
        screen = dashboard.open("pack", system=SYSTEM, audience=named)
        assert screen.widget("segmented_control", "Audience").value == audience
        assert f"{audience.capitalize()} pack as of" in screen.text


def test_a_choice_of_audience_goes_into_the_address(dashboard: Dashboard) -> None:
    screen = dashboard.open("pack", system=SYSTEM)
    screen.choose("segmented_control", "Audience", "security")
    assert screen.app.query_params["audience"] in ("security", ["security"])
    assert "Security pack as of" in screen.text


def test_an_audience_that_there_is_not_is_the_first_one(dashboard: Dashboard) -> None:
    assert "Leadership pack as of" in dashboard.open("pack", system=SYSTEM, audience="press").text


def test_every_field_that_is_filled_in_leaves_with_the_pack_and_a_download_is_recorded(dashboard: Dashboard) -> None:
    screen = dashboard.open("pack", system=SYSTEM, audience="security")
    assert "No pack was sent yet." in screen.text
    screen.choose("text_input", "For whom", "Acme Bank")
    screen.choose("text_input", "What for", "Annual review")
    screen.choose("selectbox", "Classification", "Internal")
    assert "Recipient: Acme Bank. Purpose: Annual review. Internal." in screen.text
    path, query = next(link for link in links(screen) if "format=md" in link[1])
    status, _, body = download(path, query)
    assert status == 200
    assert "Recipient: Acme Bank. Purpose: Annual review. Internal." in body
    again = dashboard.open("pack", system=SYSTEM)
    (row,) = again.table("How it stands")
    assert row[0].startswith("Acme Bank")
    assert "Security, md" in row[1]
    assert "holds" in row[3]
    assert "1 pack was sent; it holds." in again.text


def test_whoever_asks_for_the_headers_of_a_pack_alone_gets_and_records_nothing(dashboard: Dashboard) -> None:
    screen = dashboard.open("pack", system=SYSTEM)
    assert download(*links(screen)[0], method="HEAD")[0] == 404
    assert "No pack was sent yet." in dashboard.open("pack", system=SYSTEM).text


def test_what_changed_since_a_pack_is_shown_before_it_leaves(dashboard: Dashboard) -> None:
    screen = dashboard.open("pack", system=SYSTEM, audience="security")
    screen.choose("text_input", "For whom", "Acme Bank")
    download(*next(link for link in links(screen) if "format=md" in link[1]))
    again = dashboard.open("pack", system=SYSTEM)
    assert f'href="pack?system={SYSTEM}&amp;since=1"' in "".join(again.blocks)
    changes = dashboard.open("pack", system=SYSTEM, since="1")
    assert changes.answer == "What changed in Freight Support Copilot since pack 1."
    assert "For Acme Bank, Confidential." in changes.text
    assert "Nothing that the pack says is different." in changes.text
    status, headers, body = download(*next(link for link in links(changes) if "format=md" in link[1]))
    assert status == 200
    assert "security-changes-since-pack-1" in headers["content-disposition"]
    assert "Nothing that the pack says is different." in body
    rows = dashboard.open("pack", system=SYSTEM).table("How it stands")
    assert ["what changed since pack 1" in row[1] for row in rows] == [True, False]


def test_a_pack_that_is_not_there_is_a_sentence(dashboard: Dashboard) -> None:
    screen = dashboard.open("pack", system=SYSTEM, since="7")
    assert screen.notices("alert") == [f"✕ {SYSTEM} has sent no pack 7; expected one that readiness packs lists."]


def test_packs_that_are_out_of_date_are_told_on_the_verdict_and_leave_as_a_table(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = dashboard.open("pack", system=SYSTEM)
    _, query = next(link for link in links(screen) if "format=md" in link[1])
    tomorrow = clock.today() + dt.timedelta(days=1)
    download("download/pack", f"{query}&recipient=Acme&valid_until={tomorrow}")
    assert "out of date" not in dashboard.open("verdict", system=SYSTEM).text
    later = dt.datetime.combine(tomorrow + dt.timedelta(days=1), dt.time(12), dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "1 pack that was sent is out of date. See them" in dashboard.open("verdict", system=SYSTEM).text
    (row,) = dashboard.open("pack", system=SYSTEM).table("How it stands")
    assert "Its validity ended on" in row[3]
    status, _, body = download("download/table", f"table=packs-sent&system={SYSTEM}")
    header, line = body.splitlines()
    assert status == 200
    assert header.endswith('"out_of_date","digest","snapshot_digest"')
    assert "its validity ended on" in line


def test_a_link_to_a_pack_is_made_shown_once_listed_and_revoked(dashboard: Dashboard) -> None:
    assert "Make a link" not in dashboard.open("pack", system=SYSTEM).labels("button")
    screen = dashboard.open("pack", system=SYSTEM, audience="security")
    screen.choose("text_input", "For whom", "Acme Bank")
    download(*next(link for link in links(screen) if "format=md" in link[1]))
    screen = dashboard.open("pack", system=SYSTEM)
    screen.press("Make a link")
    assert [notice.startswith("✓ Made a link to pack 1") for notice in screen.notices("status")] == [True]
    (shown,) = [code.value for code in screen.app.code if "/shared/" in code.value]
    status, _, body = download(f"shared/{shown.rpartition('/')[2]}", "")
    assert status == 200
    assert "Recipient: Acme Bank." in body
    again = dashboard.open("pack", system=SYSTEM)
    assert [code.value for code in again.app.code if "/shared/" in code.value] == []
    assert "seen 1 time, last on" in again.text
    again.press("Revoke")
    assert "revoked" in again.text
    assert "Revoke" not in again.labels("button")
    assert download(f"shared/{shown.rpartition('/')[2]}", "")[0] == 404
