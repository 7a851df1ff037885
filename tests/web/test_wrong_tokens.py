"""What a provider may say wrong at the login: nobody is let in, one sentence is told, and the store stays as it is."""

from __future__ import annotations

import html
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlmodel import select

from readiness.services import Store, open_store
from readiness.store import queries
from readiness.store.tables import LoginRow, PersonLoginRow, PersonRow
from tests import provider
from tests.browser.logging_in import dashboard
from tests.provider import Provider, Wrong

NOW = int(time.time())
ELSEWHERE = "https://elsewhere.example.com"
NOT_ACCEPTED = "What 127.0.0.1 answered could not be accepted, so nobody was logged in."
NOT_FOR_US = "The login is for another program; expected a token for readiness."
NOT_THE_ISSUER = f"The login is vouched for by {ELSEWHERE}; expected "
NOBODY_ANSWERS = "The login at 127.0.0.1 does not answer; try again in a moment, or tell whoever runs it."
DISCOVERY = "/.well-known/openid-configuration"
HTML = (200, b"<!doctype html><p>Welcome")


@dataclass
class House:
    address: str
    store: Store
    provider: Provider

    def log_in(self, wrong: Wrong) -> tuple[httpx.Response, httpx.Client]:
        """As a browser does, with what the provider says then."""
        self.provider.wrong = wrong
        client = httpx.Client(follow_redirects=True, timeout=60, headers={"Accept": "text/html"})
        return client.get(self.address), client

    def stored(self) -> list[Any]:
        with self.store.reading() as session:
            rows = [session.exec(select(table)).all() for table in (PersonRow, PersonLoginRow, LoginRow)]
        return [queries.head(self.store), *map(len, rows)]


@pytest.fixture(scope="module")
def house(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("wrong")
    (folder / "readiness.db").write_bytes(made.read_bytes())
    url = f"sqlite:///{folder / 'readiness.db'}"
    with (
        provider.providing() as who,
        dashboard(folder, url, urlsplit(who.url).port or 0) as served,
        closing(open_store(url)) as store,
    ):
        yield House(served.address, store, who)


WRONG: dict[str, tuple[Wrong, str]] = {
    "another audience": (Wrong({"aud": "another"}), NOT_ACCEPTED),
    "another audience, said to be for us": (Wrong({"aud": "another", "azp": "readiness"}), NOT_FOR_US),
    "other audiences, said to be for us": (Wrong({"aud": ["another", "third"], "azp": "readiness"}), NOT_FOR_US),
    "ours among others, for another": (Wrong({"aud": ["readiness", "another"], "azp": "another"}), NOT_ACCEPTED),
    "no audience": (Wrong({"aud": None}), NOT_ACCEPTED),
    "another issuer": (Wrong({"iss": ELSEWHERE}), NOT_ACCEPTED),
    "no issuer": (Wrong({"iss": None}), NOT_ACCEPTED),
    "no subject": (Wrong({"sub": None}), NOT_ACCEPTED),
    "expired": (Wrong({"iat": NOW - 4000, "exp": NOW - 3000}), NOT_ACCEPTED),
    "without an end": (Wrong({"exp": None}), NOT_ACCEPTED),
    "of tomorrow": (Wrong({"iat": NOW + 86_400, "exp": NOW + 90_000}), NOT_ACCEPTED),
    "another nonce": (Wrong({"nonce": "another"}), NOT_ACCEPTED),
    "no nonce": (Wrong({"nonce": None}), NOT_ACCEPTED),
    "signed by another key": (Wrong(signs="other"), NOT_ACCEPTED),
    "signed by nobody": (Wrong(signs="none"), NOT_ACCEPTED),
    "signed by the client": (Wrong(signs="HS256"), NOT_ACCEPTED),
    "no token": (Wrong(answers={"/token": (200, b'{"access_token": "x", "token_type": "Bearer"}')}), NOT_ACCEPTED),
    "a token that is none": (Wrong(answers={"/token": (200, b'{"id_token": "x"}')}), NOT_ACCEPTED),
    "a page instead of a token": (Wrong(answers={"/token": HTML}), NOT_ACCEPTED),
    "a fault instead of a token": (Wrong(answers={"/token": (500, b"<h1>")}), NOT_ACCEPTED),
    "a page instead of keys": (Wrong(answers={"/jwks": HTML}), NOT_ACCEPTED),
    "no keys": (Wrong(answers={"/jwks": (200, b'{"keys": []}')}), NOT_ACCEPTED),
    "a token too late": (Wrong(late="/token"), NOT_ACCEPTED),
    "a page instead of a description": (Wrong(answers={DISCOVERY: HTML}), NOBODY_ANSWERS),
    "a list instead of a description": (Wrong(answers={DISCOVERY: (200, b"[]")}), NOBODY_ANSWERS),
    "an empty description": (Wrong(answers={DISCOVERY: (200, b"{}")}), NOBODY_ANSWERS),
    "a fault instead of a description": (Wrong(answers={DISCOVERY: (500, b"<h1>")}), NOBODY_ANSWERS),
    "a description too late": (Wrong(late=DISCOVERY), NOBODY_ANSWERS),
    "the description of another issuer": (Wrong({"iss": ELSEWHERE}, discovery={"issuer": ELSEWHERE}), NOT_THE_ISSUER),
}


def test_who_says_what_is_right_is_let_in(house: House) -> None:
    """So that what is refused below is refused for what is wrong with it."""
    answer, client = house.log_in(Wrong())
    assert (answer.status_code, answer.url.path) == (200, "/")
    assert house.stored()[1:] == [1, 1, 1]
    assert client.get(house.address, follow_redirects=False).status_code == 200


@pytest.mark.parametrize("name", WRONG)
def test_whatever_is_wrong_nobody_is_let_in(house: House, name: str) -> None:
    before = house.stored()
    wrong, sentence = WRONG[name]
    answer, client = house.log_in(wrong)
    assert answer.status_code in (403, 502)
    assert sentence in html.unescape(answer.text)
    assert "Traceback" not in answer.text
    again = client.get(house.address, follow_redirects=False)
    assert (again.status_code, again.headers.get("location", "/auth/login").partition("?")[0]) in [
        (303, "/auth/login"),
        (403, "/auth/login"),
    ]
    assert client.get(f"{house.address}/_stcore/host-config", headers={"Accept": "*/*"}).status_code in (401, 403)
    assert house.stored() == before
