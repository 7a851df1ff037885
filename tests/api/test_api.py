from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from readiness.api import app
from readiness.api.routes import imports
from readiness.services import Store, open_store, reviews
from tests import samples
from tests.serving import ROOT
from tests.soak import scaled
from tests.tokens import DANA, shown

CLAIMS = "claims-intake"
PROMPTFOO = samples.DATA / "promptfoo.json"
EVERYTHING = ("read", "pack", "import", "gap.move")


@pytest.fixture(scope="module")
def store(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("api") / "readiness.db"
    path.write_bytes(loaded.read_bytes())
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(store: Store) -> TestClient:
    return TestClient(app.build(lambda: store), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def all_of_it(store: Store) -> dict[str, str]:
    return shown(store, *EVERYTHING)


ROUTES = [
    ("GET", "/systems"),
    ("GET", "/hindsight"),
    ("GET", f"/systems/{CLAIMS}"),
    ("GET", f"/systems/{CLAIMS}/check?at_least=staged"),
    ("GET", f"/systems/{CLAIMS}/scorecard"),
    ("GET", f"/systems/{CLAIMS}/weeks/1"),
    ("GET", f"/systems/{CLAIMS}/pack?audience=security"),
    ("GET", f"/systems/{CLAIMS}/packs"),
    ("GET", "/gaps"),
    ("PATCH", "/gaps/1"),
    ("POST", "/imports?name=x.json"),
]


def test_every_route_is_tried_here(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["paths"]
    told = {(method.upper(), path) for path, methods in described.items() for method in methods}
    tried = {
        (
            method,
            path.partition("?")[0]
            .replace(CLAIMS, "{slug}")
            .replace("weeks/1", "weeks/{week}")
            .replace("/1", "/{gap_id}"),
        )
        for method, path in ROUTES
    }
    assert told == tried


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nothing_is_said_without_a_token_that_holds(client: TestClient, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer readiness_x"}, {"Authorization": "Basic YTpi"}):
        answer = client.request(method, path, headers=headers, content=b"{}")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["error"].startswith(("no token was shown", "the token does not hold"))


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_token_for_another_system_is_told_nothing_of_this_one(
    client: TestClient, store: Store, method: str, path: str
) -> None:
    headers = shown(store, *EVERYTHING, systems=("freight-support",))
    answer = client.request(method, path, headers=headers, content=b"{}")
    assert answer.status_code in (403, 404, 422) or CLAIMS not in answer.text


def test_the_answers_are_those_of_the_command_line(
    client: TestClient, store: Store, all_of_it: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    from readiness.cli.app import command

    command("status").main([CLAIMS, "--json", "--db", store.url], standalone_mode=False)
    assert client.get(f"/systems/{CLAIMS}", headers=all_of_it).json() == json.loads(capsys.readouterr().out)
    command("scorecard").main([CLAIMS, "--json", "--db", store.url], standalone_mode=False)
    figures = client.get(f"/systems/{CLAIMS}/scorecard", headers=all_of_it).json()
    assert figures == json.loads(capsys.readouterr().out)
    command("hindsight").main(["--json", "--db", store.url], standalone_mode=False)
    assert client.get("/hindsight", headers=all_of_it).json() == json.loads(capsys.readouterr().out)
    every = client.get("/systems", headers=all_of_it).json()
    assert [one["system"] for one in every].count(CLAIMS) == 1
    assert len(every) == 6


def test_the_verdict_is_checked_as_in_a_pipeline(client: TestClient, all_of_it: dict[str, str]) -> None:
    asked = f"/systems/{CLAIMS}/check"
    good = client.get(asked, params={"at_least": "staged"}, headers=all_of_it).json()
    assert (good["holds"], good["undecided"], good["verdict"]["level"]) == (True, False, "staged")
    bad = client.get("/systems/freight-support/check", params={"at_least": "narrow"}, headers=all_of_it).json()
    assert (bad["holds"], bad["undecided"]) == (False, False)
    wrong = client.get(asked, params={"at_least": "perfect"}, headers=all_of_it)
    assert wrong.status_code == 422
    assert wrong.json()["error"].startswith("at_least: 'perfect' is not a level; expected one of staged")


def test_a_due_date_is_moved_as_on_the_page(client: TestClient, store: Store, all_of_it: dict[str, str]) -> None:
    first = client.get("/gaps", params={"system": CLAIMS}, headers=all_of_it).json()[0]
    later = (dt.date.fromisoformat(first["due"]) + dt.timedelta(days=3)).isoformat()
    path = f"/gaps/{first['id']}"
    refused = client.patch(path, json={"due": later}, headers=all_of_it)
    assert refused.status_code == 422
    assert "has no reason; expected a sentence that says why" in refused.json()["error"]
    moved = client.patch(path, json={"due": later, "reason": "waits for the vendor"}, headers=all_of_it).json()
    assert moved["changed"]
    again = client.get("/gaps", params={"system": CLAIMS}, headers=all_of_it).json()
    assert next(one["due"] for one in again if one["id"] == first["id"]) == later
    lost = client.patch(path, json={"action": "other", "seen": first["seen"]}, headers=all_of_it)
    assert lost.status_code == 409
    assert "changed by somebody else" in lost.json()["error"]
    told = reviews.activity(store, DANA, system=CLAIMS)[0]
    assert (told.actor, told.action) == ("dana@example.com", "gap.move")


def test_a_reader_moves_nothing(client: TestClient, store: Store) -> None:
    headers = shown(store, "read")
    first = client.get("/gaps", headers=headers).json()[0]
    answer = client.patch(f"/gaps/{first['id']}", json={"action": "other"}, headers=headers)
    assert answer.status_code == 403
    assert "may not move the due dates" in answer.json()["error"]


def test_a_file_is_stored_once_it_is_known_what_it_is(client: TestClient, all_of_it: dict[str, str]) -> None:
    named: dict[str, Any] = {"name": "promptfoo.json", "system": CLAIMS, "dry_run": True}
    first = client.post("/imports", params=named, content=PROMPTFOO.read_bytes(), headers=all_of_it)
    assert first.status_code == 200
    assert (first.json()["format"], first.json()["stored"]) == ("promptfoo", False)
    bad = client.post("/imports", params=named, content=b"nothing that is known", headers=all_of_it)
    assert bad.status_code == 422
    assert bad.json()["error"].startswith("promptfoo.json: ")


def test_a_file_that_is_too_large_is_refused_while_it_arrives(
    client: TestClient, all_of_it: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LARGEST_UPLOAD", 2**20)
    answer = client.post("/imports", params={"name": "x.csv"}, content=b"x" * (2**20 + 1), headers=all_of_it)
    assert answer.json()["error"] == "x.csv: the file is too large; expected at most 1 MiB."


def test_a_pack_leaves_as_a_file(client: TestClient, all_of_it: dict[str, str], store: Store) -> None:
    path = f"/systems/{CLAIMS}/pack"
    answer = client.get(path, params={"audience": "security"}, headers=all_of_it)
    assert answer.text.startswith("# ")
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    assert client.get(path, params={"audience": "friends"}, headers=all_of_it).status_code == 422
    assert client.get(path, params={"audience": "security"}, headers=shown(store, "read")).status_code == 403


def test_packs_that_were_sent_are_told_and_what_changed_since_one_leaves(
    client: TestClient, all_of_it: dict[str, str], store: Store
) -> None:
    path = f"/systems/{CLAIMS}/pack"
    before = client.get(f"{path}s", headers=all_of_it).json()
    client.get(path, params={"audience": "security", "recipient": "Acme"}, headers=all_of_it)
    sent, *earlier = client.get(f"{path}s", headers=shown(store, "read")).json()
    assert earlier == before
    assert (sent["recipient"], sent["format"], sent["out_of_date"]) == ("Acme", "md", [])
    assert not {"body", "parts", "numbers"} & sent.keys()
    answer = client.get(path, params={"since": sent["id"], "format": "html"}, headers=all_of_it)
    assert f"changes-since-pack-{sent['id']}" in answer.headers["content-disposition"]
    assert "Acme" in answer.text
    assert client.get(path, params={"since": 9999}, headers=all_of_it).status_code == 404
    both = client.get(path, params={"since": sent["id"], "audience": "security"}, headers=all_of_it)
    assert both.json()["place"] == "audience"
    assert client.get(path, params={"since": sent["id"]}, headers=shown(store, "read")).status_code == 403
    changes, *_ = client.get(f"{path}s", headers=all_of_it).json()
    assert (changes["since"], changes["recipient"]) == (sent["id"], "Acme")


def test_what_is_not_there_is_not_found(client: TestClient, all_of_it: dict[str, str]) -> None:
    answer = client.get("/systems/no-such-system", headers=all_of_it)
    assert answer.status_code == 404
    assert answer.json()["error"].startswith("the system 'no-such-system' is not in the store; expected one of")


HELD = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
SCHEMA = schemathesis.openapi.from_path(ROOT / "docs" / "openapi.json")


@SCHEMA.parametrize()
@settings(max_examples=scaled(8), deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_asked_is_answered_as_described(case: Any, client: TestClient, all_of_it: dict[str, str]) -> None:
    """Requests drawn from the description, right and wrong ones: none ends in a fault of the server."""
    case.headers = {**(case.headers or {}), **all_of_it}
    answer = client.request(**case.as_transport_kwargs(base_url="http://testserver"))
    case.validate_response(answer, checks=HELD)


def test_the_description_in_the_documentation_is_that_of_the_program(client: TestClient) -> None:
    assert json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8")) == client.get("/openapi.json").json()
