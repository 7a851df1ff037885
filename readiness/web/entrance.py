"""Who may come in where people log in: nobody gets a page, a file or a socket before the provider vouches for them.

Streamlit's own routes talk to the provider (`st.login` uses them too) and keep what it says in a signed cookie; whether
that still holds is asked of the store with every request.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import encode_provider_token, get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from readiness import formatting, language
from readiness.access import Principal
from readiness.errors import Denied, LoginEnded, ReadinessError
from readiness.language import marked, tr

from . import session, speech
from .door import asks_without_cookie, close
from .login import CALLBACK, Login

LOGIN, LOGOUT, LEAVE = "/auth/login", "/auth/logout", "/logout"
WHERE_TO = "readiness_where_to"
"""The cookie with the page that somebody asked for before they logged in."""
LEFT = "readiness_left"
"""The cookie of somebody who has just logged out."""
PROGRAM = "/static/"
"""Streamlit's own scripts and fonts, a hundred of them for a page: whoever has logged in once may have them."""
LONGEST_LINK = 2_000
_PAGE = """<!doctype html><html lang="{spoken}"><meta charset="utf-8"><title>readiness</title>
<meta name="viewport" content="width=device-width"><style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem;color-scheme:light dark}}
h1{{font-size:1.4rem}}</style><h1>{title}</h1><p>{sentence}</p><p><a href="{address}">{link}</a></p></html>"""
_AGAIN = (marked("Try again"), "/")
_IN_AGAIN = (marked("Log in"), "/")
_OTHER = (marked("Log in as somebody else"), "/logout")

Who = Callable[[dict[str, Any]], Principal]


@dataclass
class Entrance:
    """`who` gives the principal of claims, or raises what `people.enter` does; `leave` ends their login."""

    app: ASGIApp
    login: Login
    who: Who
    leave: Callable[[dict[str, Any]], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] not in ("http", "websocket") or asks_without_cookie(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and path in (LOGIN, CALLBACK):
            with language.use(speech.of_request(Headers(scope=scope))):
                await self._with_provider(scope, receive, self._secured(send))
        else:
            await self._known(scope, receive, self._secured(send))

    async def _known(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Only with a login that holds, which the routes find in `request.state.principal`."""
        headers = Headers(scope=scope)
        claims, spoken = claims_of(headers), speech.of_request(headers)
        if claims and scope["type"] == "http" and scope["path"] in (LEAVE, LOGOUT):
            with language.use(spoken):
                answer = await self._leaving(scope["path"], headers, claims)
            await (answer or self.app)(scope, receive, send)
            return
        if claims and scope["type"] == "http" and scope["path"].startswith(PROGRAM):
            await self.app(scope, receive, send)
            return
        with language.use(spoken):
            refusal = await self._enter(scope, headers, claims)
        if refusal:
            await (close(receive, send) if scope["type"] == "websocket" else refusal(scope, receive, send))
            return
        wanted = _where_to(headers) if scope["type"] == "http" and scope["path"] == "/" else ""
        if wanted:
            arriving = RedirectResponse(wanted, 303)
            arriving.delete_cookie(WHERE_TO)
            await arriving(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _enter(self, scope: Scope, headers: Headers, claims: dict[str, Any]) -> Response | None:
        """Tell the routes who it is, or say why they may not come in."""
        try:
            if not claims:
                raise LoginEnded(tr("you are not logged in"), expected=tr("a login"))
            scope.setdefault("state", {})["principal"] = await run_in_threadpool(self.who, claims)
        except ReadinessError as exc:
            return PlainTextResponse(str(exc), 403) if scope["type"] == "websocket" else _refusal(scope, headers, exc)
        return None

    async def _leaving(self, path: str, headers: Headers, claims: dict[str, Any]) -> Response | None:
        """First the login ends, then Streamlit forgets its cookie and tells the provider; None for the latter."""
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return PlainTextResponse(tr("Only a page of this dashboard logs you out."), 403)
        if path == LOGOUT:
            return None
        await run_in_threadpool(self.leave, claims)
        answer = RedirectResponse(LOGOUT, 303)
        answer.set_cookie(LEFT, "1", max_age=120, httponly=True, samesite="lax")
        return answer

    async def _with_provider(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What Streamlit answers when the provider is away, or says what cannot be accepted, is no sentence."""
        provider = urlsplit(self.login.issuer_at).hostname or ""
        answer = _Held(send)
        try:
            await self.app(scope, receive, answer)
        except Exception:  # noqa: BLE001 - whatever the provider's answer made of it
            answer.start = None
        status = answer.start["status"] if answer.start else HTTPStatus.INTERNAL_SERVER_ERROR
        if scope["path"] == LOGIN and status >= HTTPStatus.BAD_REQUEST:
            sentence = tr(
                "The login at {provider} does not answer; try again in a moment, or tell whoever runs it.",
                provider=provider,
            )
            await _page(tr("Nobody can log in now"), sentence, _AGAIN, 502)(scope, receive, send)
        elif scope["path"] == CALLBACK and _has_left(Headers(scope=scope)):
            await _goodbye()(scope, receive, send)
        elif scope["path"] == CALLBACK and not answer.sets(USER_COOKIE_NAME):
            sentence = tr("What {provider} answered could not be accepted, so nobody was logged in.", provider=provider)
            await _page(tr("The login did not succeed"), sentence, _AGAIN, 403)(scope, receive, send)
        else:
            await answer.release()

    def _secured(self, send: Send) -> Send:
        """Where the dashboard is reached by https, its cookies never leave it."""
        if not self.login.origin.startswith("https://"):
            return send

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [(name, _private(name, value)) for name, value in message["headers"]]
            await send(message)

        return secured


def _refusal(scope: Scope, headers: Headers, exc: ReadinessError) -> Response:
    """To the provider with whoever opens a page; everybody else is told."""
    if scope["method"] != "GET" or "text/html" not in headers.get("accept", ""):
        return PlainTextResponse(str(exc), 401 if isinstance(exc, LoginEnded) else 403)
    if isinstance(exc, LoginEnded):
        return _goodbye() if _has_left(headers) else _to_provider(scope)
    title, status = (tr("No access"), 403) if isinstance(exc, Denied) else (tr("The store does not answer"), 503)
    return _page(title, formatting.capital(str(exc)), _OTHER, status)


def _to_provider(scope: Scope) -> Response:
    """And back to the page that was asked for."""
    answer = RedirectResponse(f"{LOGIN}?provider={quote(encode_provider_token('default'))}", 303)
    asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
    if asked != "/" and len(asked) < LONGEST_LINK:
        answer.set_cookie(WHERE_TO, quote(asked), max_age=600, httponly=True, samesite="lax")
    return answer


def _has_left(headers: Headers) -> bool:
    return LEFT in cookie_parser("; ".join(headers.getlist("cookie")))


def _goodbye() -> Response:
    """Without it the provider would let them in again at once, unasked."""
    answer = _page(tr("You are logged out"), tr("Close this window, or log in again."), _IN_AGAIN, 200)
    answer.delete_cookie(LEFT)
    return answer


def _private(name: bytes, value: bytes) -> bytes:
    if name.lower() != b"set-cookie" or b"; secure" in value.lower():
        return value
    return value + b"; Secure"


def claims_of(headers: Headers) -> dict[str, Any]:
    """What the provider vouched for, from the cookie that is signed with the secret; empty where it is not."""
    cookies = cookie_parser("; ".join(headers.getlist("cookie")))

    def one(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1", "replace")) if value else None

    body = get_cookie_with_chunks(one, USER_COOKIE_NAME)
    claims = json.loads(body) if body else {}
    return claims if claims.get("is_logged_in") is True else {}


def _where_to(headers: Headers) -> str:
    """The page asked for before the login: a path of this dashboard, whatever stands in the cookie."""
    value = unquote(cookie_parser("; ".join(headers.getlist("cookie"))).get(WHERE_TO, ""))
    if not value.startswith("/") or len(value) > LONGEST_LINK or any(ord(letter) < 33 for letter in value):
        return ""
    return "/" + value.lstrip("/\\")


def _page(title: str, sentence: str, link: tuple[str, str], status: int) -> Response:
    said = {"title": title, "sentence": sentence, "link": tr(link[0]), "address": link[1], "spoken": language.current()}
    return HTMLResponse(_PAGE.format(**{name: html.escape(text) for name, text in said.items()}), status)


class _Held:
    """An answer that is looked at before it is sent."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.start: Message | None = None
        self.body: list[Message] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body.append(message)

    def sets(self, cookie: str) -> bool:
        """Whether it keeps a cookie with something in it."""
        lines = MutableHeaders(scope=self.start).getlist("set-cookie") if self.start else []
        values = [line.partition("=")[2].partition(";")[0] for line in lines if line.startswith(f"{cookie}=")]
        return any(value.strip('"') for value in values)

    async def release(self) -> None:
        for message in (self.start, *self.body):
            if message:
                await self.send(message)


def principal_of(request: Request) -> Principal:
    """Whom the entrance told to a route, else the person at this machine. Raises Denied where people log in."""
    return getattr(request.state, "principal", None) or session.principal()
