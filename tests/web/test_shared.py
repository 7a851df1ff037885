"""A shared pack: read at its address, acknowledged there, and the key to nothing else."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from readiness import clock, pack
from readiness.model.packs import PackLink
from readiness.services import Store, evidence, links
from readiness.web import session, shared
from readiness.web.door import Key
from readiness.web.serve import Opening
from readiness.web.serve import dashboard as served
from tests import factories, files
from tests.factories import SLUG
from tests.pack import reading
from tests.serving import TOKEN

DANA = factories.principal()
VOID = "This link does not hold. Ask whoever sent it for another."
NAME = "Kim <script>alert(1)</script> Lee"


@pytest.fixture
def secret(sqlite_store: Store) -> str:
    evidence.add_assessment(sqlite_store, DANA, files.whole(), name="a.toml", digest="1" * 64, as_of=clock.today())
    asked = pack.Request(audience="security", recipient="Acme Bank", draft=True)
    pack.build(sqlite_store, DANA, SLUG, asked, as_of=clock.today())
    number = pack.sent(sqlite_store, DANA, SLUG, as_of=clock.today())[0].sent.id
    until = clock.today() + dt.timedelta(days=7)
    return links.make(sqlite_store, DANA, SLUG, PackLink(pack=number, expires_on=until))[0]


@pytest.fixture
def client(sqlite_store: Store) -> TestClient:
    return TestClient(Starlette(routes=[shared.route(lambda: sqlite_store)]))


def looks(store: Store) -> int:
    return links.every(store, DANA, SLUG)[0].looks


def test_the_pack_is_shown_as_it_was_sent_and_each_look_counts(
    client: TestClient, secret: str, sqlite_store: Store
) -> None:
    answer = client.get(f"/shared/{secret}")
    assert answer.status_code == 200
    assert "Recipient: Acme Bank." in reading.text(answer.text)
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert "<script" not in answer.text
    assert client.head(f"/shared/{secret}").status_code == 200
    assert looks(sqlite_store) == 1


def test_the_reader_acknowledges_it_once_and_it_says_so(client: TestClient, secret: str, sqlite_store: Store) -> None:
    assert "Acknowledge receipt" in client.get(f"/shared/{secret}").text
    answer = client.post(f"/shared/{secret}", data={"name": NAME}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/shared/{secret}")
    page = client.get(f"/shared/{secret}").text
    assert f"{NAME} acknowledged this pack on" in reading.text(page)
    assert "<form" not in page
    assert "<script" not in page
    again = client.post(f"/shared/{secret}", data={"name": "Somebody"})
    assert (again.status_code, "acknowledged already" in again.text) == (409, True)
    assert links.every(sqlite_store, DANA, SLUG)[0].received_by == NAME


@pytest.mark.parametrize("body", [b"", b"name=", b"name=%20", b"other=x", b"name=" + b"x" * 300, b"\xff\xfe"])
def test_a_receipt_without_a_name_is_refused_in_one_sentence(client: TestClient, secret: str, body: bytes) -> None:
    answer = client.post(f"/shared/{secret}", content=body)
    assert answer.status_code == 422
    assert answer.text.startswith("name: the receipt has no name; expected your name")


def test_a_long_receipt_is_not_read_to_its_end(client: TestClient, secret: str) -> None:
    answer = client.post(f"/shared/{secret}", content=b"name=" + b"x" * 100_000)
    assert (answer.status_code, "the receipt is too long" in answer.text) == (422, True)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("end", ["", "x", "../api/v1/systems", "{secret}/", "{secret}x", "{secret}%00"])
def test_whatever_is_wrong_with_an_address_is_answered_alike(
    client: TestClient, secret: str, method: str, end: str
) -> None:
    path = f"/shared/{end.format(secret=secret)}"
    answer = client.request(method, path, content=b"name=Kim" if method == "POST" else None)
    assert answer.status_code == 404
    assert answer.text in (VOID, "" if method == "HEAD" else "Not Found")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_it_is_read_and_acknowledged_and_nothing_else(client: TestClient, secret: str, method: str) -> None:
    assert client.request(method, f"/shared/{secret}").status_code == 404


@pytest.fixture
def house(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """All that the dashboard serves beside Streamlit's pages, behind its door."""
    monkeypatch.setattr(session, "store", lambda: sqlite_store)
    made = served(Opening(Key(TOKEN), frozenset()))
    app = Starlette(routes=made["routes"], middleware=made["middleware"])
    return TestClient(app, base_url="http://127.0.0.1:8501", client=("127.0.0.1", 50_000))


def test_behind_the_door_it_runs_nothing_and_may_send_its_receipt_here_alone(house: TestClient, secret: str) -> None:
    answer = house.get(f"/shared/{secret}")
    assert "<script" not in answer.text
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert answer.headers["referrer-policy"] == "same-origin"
    assert 'content="same-origin"' in answer.text


def test_its_secret_opens_no_other_door(house: TestClient, secret: str) -> None:
    assert house.get(f"/shared/{secret}").status_code == 200
    shown = {"Authorization": f"Bearer {secret}", "Cookie": f"readiness={secret}"}
    paths = ["/", "/portfolio", f"/?token={secret}", f"/download/pack?system={SLUG}&audience=security"]
    paths += [f"/download/marks?system={SLUG}", "/api/v1/systems", f"/api/v1/systems/{SLUG}/pack?audience=security"]
    paths += [f"/calendar/{secret}.ics", "/_stcore/health", "/media/x", f"/shared/{secret}/../../portfolio"]
    for path in paths:
        answer = house.get(path, headers=shown)
        assert answer.status_code in (401, 403, 404), path
        assert not re.search("Acme Bank|Rollback", answer.text), path


def test_a_page_elsewhere_acknowledges_nothing(house: TestClient, secret: str, sqlite_store: Store) -> None:
    answer = house.post(f"/shared/{secret}", data={"name": "Kim"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert links.every(sqlite_store, DANA, SLUG)[0].received_at is None
