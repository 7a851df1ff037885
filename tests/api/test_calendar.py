from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette

from readiness import clock
from readiness.access import Principal
from readiness.api import calendar
from readiness.model.people import Token
from readiness.services import Store, evidence, open_store, people, tokens
from tests import factories, files
from tests.factories import SLUG
from tests.serving import ROOT, TOKEN, free_port, waiting

DANA = factories.principal()
OMAR = Principal.of("omar@example.com", {"viewer", "assessor"})


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """A store in which Omar, who is written as `omar` there, owns one gap and Rosa another."""
    file = files.whole(
        capacity=factories.mark("capacity", "yes"), ownership=factories.mark("ownership", "yes", owner="Rosa")
    )
    evidence.add_assessment(sqlite_store, DANA, file, name="a.toml", digest="1" * 64, as_of=factories.TODAY)
    people.add(sqlite_store, DANA, OMAR.name, "Omar")
    for role in ("viewer", "assessor"):
        people.grant(sqlite_store, DANA, 1, role, SLUG)
    return sqlite_store


def feed(store: Store, *actions: Any, by: Principal = OMAR) -> str:
    asked = Token(name="calendar", actions=list(actions), expires_on=clock.today() + dt.timedelta(days=1))
    return f"/calendar/{tokens.issue(store, by, asked)[0]}.ics"


@pytest.fixture
def client(store: Store) -> TestClient:
    return TestClient(Starlette(routes=[calendar.route(lambda: store)]))


def test_a_calendar_holds_the_due_dates_of_the_person_whose_token_it_is(client: TestClient, store: Store) -> None:
    answer = client.get(feed(store, "read"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"].startswith("private")
    assert [line for line in answer.text.splitlines() if line.startswith("UID")] == [
        f"UID:gap-capacity@{SLUG}.readiness"
    ]


def test_whatever_is_wrong_with_a_token_is_answered_alike(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    unread, ended, late = feed(store, "mark"), feed(store, "read"), feed(store, "read")
    tokens.revoke(store, OMAR, tokens.every(store, OMAR)[1].id)
    assert client.get(late).status_code == 200
    tomorrow = clock.today() + dt.timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    bad = [unread, ended, late, "/calendar/readiness_x.ics", "/calendar/x.ics"]
    assert {(answer.status_code, answer.text) for answer in map(client.get, bad)} == {(404, "Not found")}


def test_a_calendar_shows_no_more_than_its_person_may_read_at_that_moment(client: TestClient, store: Store) -> None:
    address = feed(store, "read")
    assert "BEGIN:VEVENT" in client.get(address).text
    people.revoke(store, DANA, 1, "viewer", SLUG)
    people.revoke(store, DANA, 1, "assessor", SLUG)
    assert "BEGIN:VEVENT" not in client.get(address).text


def test_the_dashboard_serves_calendars_without_its_cookie_and_logs_no_token(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "readiness.db"
    path.write_bytes(made.read_bytes())
    with closing(open_store(f"sqlite:///{path}")) as store:
        address = feed(store, "read", by=Principal.of("dana", {"viewer"}))
    port = free_port()
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", f"sqlite:///{path}"]
    environment = os.environ | {"READINESS_TOKEN": TOKEN}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            waiting(process, f"http://127.0.0.1:{port}/health")
            answer = httpx.get(f"http://127.0.0.1:{port}{address}")
            refused = httpx.get(f"http://127.0.0.1:{port}{address.replace('.ics', 'x.ics')}")
        finally:
            process.terminate()
            said = process.communicate(timeout=30)[0]
    assert (answer.status_code, refused.status_code) == (200, 404)
    assert answer.headers["cache-control"] == "no-store"
    assert "BEGIN:VCALENDAR" in answer.text
    assert "readiness_" not in said
