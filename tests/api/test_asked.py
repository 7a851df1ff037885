"""What is asked for is refused over HTTP as on the command line: the same question, the same sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from readiness import clock
from readiness.access import GRANTS, Principal
from readiness.api import app
from readiness.cli.app import command
from readiness.errors import Denied, InputError, NotFound, ReadinessError
from readiness.model.people import Token
from readiness.services import Store, open_store, tokens

DANA = Principal.of("dana@example.com", GRANTS)
CLAIMS = "claims-intake"
STATUS = {InputError: 422, NotFound: 404, Denied: 403}


@pytest.fixture(scope="module")
def store(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("asked") / "readiness.db"
    path.write_bytes(loaded.read_bytes())
    with closing(open_store(f"sqlite:///{path}")) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(store: Store) -> TestClient:
    until = clock.today() + dt.timedelta(days=2)
    secret, _ = tokens.issue(store, DANA, Token(name="ci", actions=["read", "pack", "gap.move"], expires_on=until))
    shown = {"Authorization": f"Bearer {secret}"}
    return TestClient(app.build(lambda: store), headers=shown, raise_server_exceptions=False)


REFUSED: list[tuple[str, dict[str, Any], list[str], str]] = [
    (f"/systems/{CLAIMS}/scorecard", {"metric": "charm"}, ["scorecard", CLAIMS, "--metric", "charm"], "has no figures"),
    ("/systems/none/scorecard", {}, ["scorecard", "none"], "the system 'none' is not in the store"),
    (f"/systems/{CLAIMS}/scorecard", {"as_of": "1026-11-05"}, ["scorecard", CLAIMS, "--as-of", "1026-11-05"], "force"),
    (f"/systems/{CLAIMS}/check", {"at_least": "fine"}, ["check", CLAIMS, "--at-least", "fine"], "is not a level"),
    ("/systems/none/check", {"at_least": "staged"}, ["check", "none", "--at-least", "staged"], "not in the store"),
    ("/systems/none", {}, ["status", "none"], "not in the store"),
    (f"/systems/{CLAIMS}", {"as_of": "1026-11-05"}, ["status", CLAIMS, "--as-of", "1026-11-05"], "in force on 5 Nov"),
    ("/systems", {"as_of": "1026-11-05"}, ["status", "--as-of", "1026-11-05"], "no assessment was in force on 5 Nov"),
    ("/gaps", {"as_of": "1026-11-05"}, ["gaps", "--as-of", "1026-11-05"], "no assessment was in force on 5 Nov"),
    ("/gaps", {"system": "none"}, ["gaps", "--system", "none"], "the system 'none' is not in the store"),
    ("/gaps", {"owner": "nobody here"}, ["gaps", "--owner", "nobody here"], "the owner 'nobody here' is not"),
    (
        "/gaps",
        {"system": CLAIMS, "as_of": "1026-11-05"},
        ["gaps", "--system", CLAIMS, "--as-of", "1026-11-05"],
        "in force on 5 Nov",
    ),
    (
        f"/systems/{CLAIMS}/pack",
        {"audience": "friends"},
        ["pack", CLAIMS, "--for", "friends", "-o", "-"],
        "'friends'",
    ),
    (
        f"/systems/{CLAIMS}/pack",
        {"audience": "security", "format": "docx"},
        ["pack", CLAIMS, "--for", "security", "--format", "docx", "-o", "-"],
        "'docx'",
    ),
]


@pytest.mark.parametrize(("path", "params", "arguments", "why"), REFUSED)
def test_both_refuse_the_same_with_the_same_words(
    client: TestClient, store: Store, path: str, params: dict[str, Any], arguments: list[str], why: str
) -> None:
    with pytest.raises(ReadinessError, match=why) as said:
        command(arguments[0]).main([*arguments[1:], "--db", store.url], standalone_mode=False)
    answer = client.get(path, params=params)
    assert answer.status_code == STATUS[type(said.value)]
    told = answer.json()
    assert (told["problem"], told["expected"]) == (said.value.problem, said.value.expected)
    assert told["place"] == said.value.place.removeprefix("--").replace("-", "_")


def test_an_unknown_metric_names_those_there_are(client: TestClient) -> None:
    told = client.get(f"/systems/{CLAIMS}/scorecard", params={"metric": "charm"}).json()
    known = {row["metric"] for row in client.get(f"/systems/{CLAIMS}/scorecard").json()["rows"]}
    assert known <= set(told["expected"].removeprefix("one of ").split(", "))
    assert told["error"].startswith(f"metric: {CLAIMS} has no figures of 'charm'; expected one of ")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (
            "/gaps?overdu=true",
            "query: there is no parameter 'overdu' here; expected one of system, owner, overdue, as_of.",
        ),
        (
            "/gaps?system=claims-intake&system=freight-support",
            "system: the parameter stands twice; expected one value.",
        ),
        (f"/systems/{CLAIMS}?metric=x", "query: there is no parameter 'metric' here; expected one of as_of."),
    ],
)
def test_a_filter_that_would_be_lost_is_refused(client: TestClient, path: str, why: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["error"]) == (422, why)


def test_an_owner_is_found_however_they_are_spelt_and_blanks_name_nobody(client: TestClient) -> None:
    every = client.get("/gaps").json()
    owner = next(one["owner"] for one in every if one["owner"])
    own = [one["id"] for one in every if one["owner"] == owner]
    assert [one["id"] for one in client.get("/gaps", params={"owner": f" {owner.upper()} "}).json()] == own
    assert client.get("/gaps", params={"owner": "  "}).json() == every


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/systems/claims%00intake", None),
        ("GET", "/gaps?system=claims%00intake", None),
        ("PATCH", "/gaps/{open}", {"action": "Ask\0", "reason": "x"}),
        ("PATCH", "/gaps/{open}", {"owner": "Ask\0"}),
    ],
)
def test_a_character_that_cannot_be_stored_is_one_sentence(
    client: TestClient, method: str, path: str, body: dict[str, str] | None
) -> None:
    answer = client.request(method, path.format(open=client.get("/gaps").json()[0]["id"]), json=body)
    assert answer.status_code == 422
    assert answer.json()["problem"].startswith("there is a NUL character after '")


def test_half_a_surrogate_pair_is_one_sentence(client: TestClient) -> None:
    answer = client.patch("/gaps/1", content=b'{"action": "\\ud800"}', headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("body.action: the request cannot be read")
