"""Which language an answer speaks, and the route by which somebody chooses."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from readiness import language
from readiness.web import speech
from readiness.web.door import Door, Key, Reach

PAGE = '<!DOCTYPE html><html lang="en"><head></head><body><div id="root"></div></body></html>'
HERE = "http://testserver"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(language.LANGUAGE_VARIABLE, raising=False)


def client(key: Key | None = None) -> TestClient:
    async def page(_: Request) -> Response:
        return HTMLResponse(PAGE)

    async def spoken(_: Request) -> Response:
        return PlainTextResponse(language.current())

    door = Middleware(Door, key=key, also=frozenset({HERE}), reach=Reach(all=True))
    routes = [speech.route(), Route("/spoken", spoken), Route("/{path:path}", page)]
    return TestClient(Starlette(routes=routes, middleware=[door]), base_url=HERE, follow_redirects=False)


@pytest.mark.parametrize(
    ("chosen", "stated", "asked", "spoken"),
    [
        ("", "", "", "en"),
        ("", "", "de-DE,de;q=0.9,en;q=0.8", "de"),
        ("", "", "DE", "de"),
        ("", "", "fr,de", "en"),
        ("", "en", "de", "en"),
        ("", "de", "en", "de"),
        ("en", "de", "de", "en"),
        ("de", "en", "en", "de"),
        ("tlh", "", "de", "de"),
        ("../de", "", "", "en"),
    ],
)
def test_a_choice_goes_before_the_operator_and_the_operator_before_the_browser(
    monkeypatch: pytest.MonkeyPatch, chosen: str, stated: str, asked: str, spoken: str
) -> None:
    if stated:
        monkeypatch.setenv(language.LANGUAGE_VARIABLE, stated)
    headers = {"cookie": f"other=1; {speech.COOKIE}={chosen}", "accept-language": asked}
    assert speech.of_request(Headers(headers)) == spoken


def test_a_language_is_chosen_by_a_cookie_that_holds_its_name() -> None:
    answer = client().get("/language/de?to=%2Fverdict%3Fsystem%3Dfreight")
    assert (answer.status_code, answer.headers["location"]) == (303, "/verdict?system=freight")
    parts = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
    assert {f"{speech.COOKIE}=de", "httponly", "samesite=lax", "path=/"} <= parts


@pytest.mark.parametrize("name", ["fr", "xx", "", "..", "de%2F..", "DE", "en%0d%0aSet-Cookie:a=b"])
def test_a_language_that_is_not_there_is_not_chosen(name: str) -> None:
    answer = client().get(f"/language/{name}")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("", "/"),
        ("/", "/"),
        ("/gaps", "/gaps"),
        ("/gaps?owner=J%C3%BCrgen&only=true", "/gaps?owner=J%C3%BCrgen&only=true"),
        ("https://evil.example.com/", "/"),
        ("//evil.example.com/gaps", "/"),
        ("/\\evil.example.com", "/"),
        ("\\\\evil.example.com", "/"),
        ("/gaps/../../x", "/"),
        ("/download/pack?system=a", "/"),
        ("javascript:alert(1)", "/"),
        ("/gaps#x", "/"),
        ("/gaps?" + "a=b&" * 1_000, "/"),
        ("/gaps?a=b\r\nSet-Cookie: c=d", "/gaps?a=b%0D%0ASet-Cookie%3A+c%3Dd"),
    ],
)
def test_a_choice_leads_back_to_a_page_of_ours_alone(asked: str, led_to: str) -> None:
    answer = client().get("/language/de", params={"to": asked})
    assert (answer.status_code, answer.headers["location"]) == (303, led_to)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_chooses_no_language(site: str) -> None:
    headers = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    answer = client().get("/language/de", headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_nobody_chooses_a_language_without_the_token() -> None:
    answer = client(Key()).get("/language/de", headers={"accept-language": "de"})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert 'lang="de"' in answer.text
    assert "Ich habe es in diesem Browser schon geöffnet" in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_language_is_chosen_by_following_a_link(method: str) -> None:
    assert client().request(method, "/language/de").status_code == 405


@pytest.mark.parametrize(("asked", "lang"), [("de-AT", b'<html lang="de">'), ("en-GB", b'<html lang="en">')])
def test_the_page_says_which_language_it_is_in(asked: str, lang: bytes) -> None:
    answer = client().get("/verdict", headers={"accept-language": asked})
    assert lang in answer.content
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_a_page_that_is_not_there_says_so_in_its_language() -> None:
    answer = client().get("/nonsense", headers={"accept-language": "de"})
    assert (answer.status_code, "Diese Seite gibt es hier nicht." in answer.text) == (404, True)


def test_what_is_behind_the_door_speaks_what_the_operator_set() -> None:
    """Files and answers to programs are no pages: a pack is not in the language of whoever takes it."""
    assert client().get("/spoken", headers={"accept-language": "de"}).text == "en"
