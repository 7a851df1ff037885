"""The entrance, asked in this process: what it lets pass, where it leads and what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from readiness.access import Principal
from readiness.errors import Denied, LoginEnded, StoreError
from readiness.model.people import LoginRules
from readiness.web.entrance import Entrance, principal_of
from readiness.web.login import Login

SECRET = "a-secret-that-is-long-enough-for-the-tests"  # noqa: S105
LOGIN = Login(
    "https://ready.example.com", "https://id.example.com/x", "https://id", "readiness", "groups", "email", LoginRules()
)
NAVIGATES = {"accept": "text/html"}


class House:
    """What stands behind the entrance, and how the provider's routes answer."""

    def __init__(self) -> None:
        self.left: list[dict[str, Any]] = []
        self.answer: Response | Exception = PlainTextResponse("", 302)
        self.fault: Exception | None = None

    def who(self, claims: dict[str, Any]) -> Principal:
        if self.fault:
            raise self.fault
        return Principal.of(str(claims["sub"]), {"viewer"})

    async def provider(self, _: Request) -> Response:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def client(self) -> TestClient:
        async def page(request: Request) -> Response:
            return PlainTextResponse(principal_of(request).name)

        async def socket(opened: WebSocket) -> None:
            await opened.accept()
            await opened.send_text("here")
            await opened.close()

        async def bare(_: Request) -> Response:
            return PlainTextResponse("bare")

        routes = [
            *(Route(path, self.provider) for path in ("/auth/login", "/oauth2callback")),
            *(Route(path, bare) for path in ("/health", "/api/v1/systems", "/static/x.js", "/auth/logout")),
            WebSocketRoute("/_stcore/stream", socket),
            Route("/{path:path}", page, methods=["GET", "POST"]),
        ]
        entrance = Middleware(Entrance, login=LOGIN, who=self.who, leave=self.left.append)
        app = Starlette(routes=routes, middleware=[entrance])
        return TestClient(app, base_url="https://ready.example.com", follow_redirects=False)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr("readiness.web.entrance.get_cookie_secret", lambda: SECRET)
    st.config.set_option("server.cookieSecret", SECRET)
    return House()  # type: ignore[return-value]


def signed(**claims: object) -> dict[str, str]:
    """The cookie as Streamlit writes it after a login."""
    body = json.dumps({"is_logged_in": True, "sub": "omar"} | claims)
    return {"_streamlit_user": create_signed_value(SECRET, "_streamlit_user", body).decode()}


def test_whoever_opens_a_page_is_led_to_the_provider_and_back_to_it(house: House) -> None:
    client = house.client()
    answer = client.get("/verdict?system=claims", headers=NAVIGATES)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/auth/login?provider=")
    assert answer.headers["set-cookie"].endswith("; Secure")
    client.cookies.update(signed())
    arrived = client.get("/")
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/verdict?system=claims")
    assert client.get("/verdict").text == "omar"


@pytest.mark.parametrize("cookie", [{}, {"_streamlit_user": "forged"}, signed(is_logged_in=False)])
@pytest.mark.parametrize(("method", "path"), [("GET", "/media/x.png"), ("POST", "/verdict"), ("GET", "/static/x.js")])
def test_nothing_else_is_served_without_a_login(house: House, cookie: dict[str, str], method: str, path: str) -> None:
    client = house.client()
    client.cookies.update(cookie)
    answer = client.request(method, path)
    assert (answer.status_code, answer.text) == (401, "you are not logged in; expected a login.")


def test_a_socket_opens_for_whoever_is_logged_in_alone(house: House) -> None:
    client = house.client()
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass
    client.cookies.update(signed())
    with client.websocket_connect("/_stcore/stream") as opened:
        assert opened.receive_text() == "here"


@pytest.mark.parametrize("path", ["/health", "/api/v1/systems"])
def test_the_supervisor_and_programs_come_by_other_ways(house: House, path: str) -> None:
    assert house.client().get(path).text == "bare"


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        (Denied("no access: nobody has given omar a role"), 403, "No access"),
        (StoreError("the store is locked"), 503, "The store does not answer"),
    ],
)
def test_a_refusal_is_a_sentence_on_a_page_with_a_way_on(
    house: House, fault: Exception, status: int, title: str
) -> None:
    house.fault, client = fault, house.client()
    client.cookies.update(signed())
    answer = client.get("/", headers=NAVIGATES)
    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.text
    assert '<a href="/logout">' in answer.text
    assert client.get("/x").status_code == 403


def test_a_login_that_has_ended_begins_again(house: House) -> None:
    house.fault, client = LoginEnded("your login has ended"), house.client()
    client.cookies.update(signed())
    assert client.get("/gaps", headers=NAVIGATES).headers["location"].startswith("/auth/login?provider=")
    assert client.get("/gaps").status_code == 401
    assert client.get("/static/x.js").text == "bare"


def test_leaving_ends_the_login_then_streamlit_forgets_it(house: House) -> None:
    house.fault, client = Denied("no access"), house.client()
    client.cookies.update(signed())
    elsewhere = client.get("/logout", headers={"sec-fetch-site": "cross-site"})
    assert (elsewhere.status_code, house.left) == (403, [])
    answer = client.get("/logout", headers={"sec-fetch-site": "same-origin"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/auth/logout")
    assert [claims["sub"] for claims in house.left] == ["omar"]
    assert client.get("/auth/logout").text == "bare"
    del client.cookies["_streamlit_user"]
    bye = client.get("/", headers=NAVIGATES)
    assert "<h1>You are logged out</h1>" in bye.text
    assert client.get("/", headers=NAVIGATES).status_code == 303


@pytest.mark.parametrize("answer", [PlainTextResponse("Authentication error", 400), RuntimeError("no route")])
def test_a_provider_that_does_not_answer_is_named(house: House, answer: Response | Exception) -> None:
    house.answer = answer
    told = house.client().get("/auth/login?provider=x")
    assert told.status_code == 502
    assert "The login at id.example.com does not answer" in told.text


def test_what_the_provider_says_counts_only_with_a_cookie(house: House) -> None:
    house.answer = RedirectResponse("/")
    refused = house.client().get("/oauth2callback?code=x")
    assert refused.status_code == 403
    assert "What id.example.com answered could not be accepted" in refused.text
    accepted = RedirectResponse("/")
    accepted.set_cookie("_streamlit_user", "signed")
    house.answer = accepted
    passed = house.client().get("/oauth2callback?code=x")
    assert (passed.status_code, passed.headers["set-cookie"].endswith("; Secure")) == (307, True)
    house.answer = RedirectResponse("/")
    client = house.client()
    client.cookies.set("readiness_left", "1")
    assert "You are logged out" in client.get("/oauth2callback").text


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "/a b", "x", "/" + "a" * 2_000]
)
def test_nobody_is_led_elsewhere_after_a_login(house: House, wanted: str) -> None:
    client = house.client()
    client.cookies.update(signed())
    answer = client.get(
        "/", headers={"cookie": f"_streamlit_user={signed()['_streamlit_user']}; readiness_where_to={wanted}"}
    )
    assert answer.headers.get("location", "/").startswith("/")
    assert not answer.headers.get("location", "/").startswith(("//", "/\\"))
