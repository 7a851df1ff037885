"""The door in front of Streamlit: the address asked for, the page that asks, and the launch token.

Streamlit looks a foreign origin up on the network before it refuses it, so it never sees one. It serves files and takes
uploads from anybody who reaches its port, so nobody gets past without the cookie that the launch token was changed for.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from readiness import language, paths
from readiness.errors import InputError
from readiness.language import marked, tr

from . import speech
from .navigation import PAGES

TOKEN_VARIABLE = "READINESS_TOKEN"  # noqa: S105 - the name of one
ORIGINS_VARIABLE = "READINESS_ORIGINS"
NAMES = ("127.0.0.1", "localhost", "[::1]")
"""What this machine is called when it speaks to itself."""
OPEN_TO_ALL = "/health"
"""For a supervisor: answers without the token, and says nothing but that it runs."""
BY_TOKEN = ("/api/v1/", "/calendar/", "/shared/", "/v1/")
"""Below these a token of its own says who asks, with each request; each path below them is answered there."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_TOKEN = re.compile(r"[A-Za-z0-9_.~-]{16,200}")

ELSEWHERE = marked("This dashboard answers on the machine it runs on only.")
FOREIGN = marked("This dashboard answers only under the addresses it is served at, and only to its own pages.")
NO_TOKEN = marked(
    "This dashboard opens with the address that readiness printed in the terminal it was started in, "
    "which ends in ?token=…"
)
_REFUSAL = """<!doctype html><html lang="{spoken}"><meta charset="utf-8"><title>readiness</title>
<p>{sentence}</p><p><a href="">{link}</a></p></html>"""
"""A link from another site arrives without the cookie; opened again from here it arrives with it."""


_NO_PAGE = """<!doctype html><html lang="{spoken}"><meta charset="utf-8"><title>readiness</title>
<style>:root {{ color-scheme: light dark; }}
body {{ font: 1.1rem/1.5 system-ui, sans-serif; margin: 15vh auto; max-width: 30rem; padding: 0 1rem; }}</style>
<h1>{title}</h1><p><a href="/">{link}</a></p></html>"""
_IN_ENGLISH = b'<html lang="en">'
_SHELL = b'id="root"'
"""What Streamlit's own page holds, which it sends for whatever address it is asked."""
_KNOWN = frozenset({"", *(page.name for page in PAGES)})


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Key:
    """The launch token: new for each start unless READINESS_TOKEN gives it, and written nowhere but to the terminal."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    given: bool = False

    @classmethod
    def from_environment(cls) -> Key:
        """Raises InputError for a token that is easily guessed or does not fit into an address."""
        given = os.environ.get(TOKEN_VARIABLE, "")
        if given and not _TOKEN.fullmatch(given):
            raise InputError(
                tr("the launch token cannot be used"),
                place=TOKEN_VARIABLE,
                expected=tr("16 to 200 letters, digits and any of - _ . ~"),
            )
        return cls(given, given=True) if given else cls()

    @cached_property
    def cookie(self) -> str:
        """What the browser keeps: made from the token, which cannot be had back from it."""
        return hmac.new(self.token.encode(), b"readiness cookie", hashlib.sha256).hexdigest()

    @cached_property
    def secret(self) -> str:
        """What Streamlit signs its own cookies with."""
        return hmac.new(self.token.encode(), b"streamlit cookies", hashlib.sha256).hexdigest()

    def is_token(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode(), self.token.encode())

    def is_cookie(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode(), self.cookie.encode())

    def opens(self, address: str) -> str:
        """The address that a person opens; a token that somebody chose is not printed."""
        return f"{address}/?token={f'${TOKEN_VARIABLE}' if self.given else self.token}"


def origins(stated: list[str] | None = None) -> frozenset[str]:
    """Further addresses that the dashboard is reached at, as through a forwarded port or a proxy on this machine.

    They come from the command line, else from READINESS_ORIGINS. Raises InputError for one that is not an origin.
    """
    found = stated or os.environ.get(ORIGINS_VARIABLE, "").split()
    for origin in found:
        try:
            parts = urlsplit(origin)
            whole = parts.hostname and (parts.port or True) and f"{parts.scheme}://{parts.netloc}" == origin
        except ValueError:
            whole = False
        if not whole or parts.scheme not in ("http", "https") or "@" in parts.netloc or origin != origin.lower():
            raise InputError(
                tr("{origin!r} is not an address that a browser could show", origin=origin),
                place="--origin" if stated else ORIGINS_VARIABLE,
                expected=tr("http://NAME:PORT or https://NAME in small letters, without a path"),
            )
    return frozenset(found)


_SERVED_AT = "window.__streamlit={BACKEND_BASE_URL:location.origin}"
"""Streamlit's page would ask for its server below the address of each page first, and wait for that to fail."""


def _inline_scripts() -> str:
    """The digests of the scripts that stand in Streamlit's own page, and of ours, as a policy names them."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in (_SERVED_AT, *scripts))
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


@cache
def _style() -> bytes:
    """How our pages look, within Streamlit's own page: after its styles, and there before anything is drawn."""
    return b"<style>%s</style>" % (paths.TEMPLATES / "web" / "style.css").read_bytes()


_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGES = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' {_inline_scripts()}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_LEAVES = ("/download/", "/media/")
"""Below these stand files that people take with them."""
SHARED = "/shared/"
"""Below it a pack is read by somebody outside, who sends a receipt from there: it says whence, or nobody could tell."""
_OF_SHARED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_NO_MORE = {"Connection": "close"}
"""Whoever is refused keeps no connection, not even by sending on what nobody reads."""
_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _policy(path: str, host: str) -> str:
    """A page may use what is served here and nothing else; a file that leaves may use nothing at all."""
    if path.startswith(_LEAVES):
        return f"{_NOTHING}; sandbox"
    if path.startswith(SHARED):
        return _OF_SHARED
    return _PAGES.replace("connect-src 'self'", f"connect-src 'self' ws://{host} wss://{host}")


@dataclass(frozen=True)
class Reach:
    """Who may connect beside this machine: proxies by their networks, or with `all` everybody (by TLS and a login)."""

    proxies: tuple[Network, ...] = ()
    all: bool = False

    @classmethod
    def through(cls, proxies: Sequence[str], *, all: bool = False) -> Reach:
        """Raises InputError for what is neither an address nor a network."""
        try:
            return cls(tuple(ipaddress.ip_network(one, strict=False) for one in proxies), all=all)
        except ValueError as exc:
            raise InputError(
                str(exc), place="--trusted-proxy", expected=tr("an address, or a network as 10.0.0.0/8")
            ) from exc

    def covers(self, host: str) -> bool:
        if self.all or is_loopback(host):
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self.proxies)


def asks_without_cookie(scope: Scope) -> bool:
    """Whether it is the supervisor, or a program whose token is looked at where it is answered."""
    path: str = scope.get("path", "")
    return scope["type"] == "http" and (path == OPEN_TO_ALL or path.startswith(BY_TOKEN))


class Door:
    """Lets pass what comes from this machine, to an address served, from our own pages, with the cookie.

    Where people log in there is no key, and the entrance behind it asks who they are. It also puts the headers on every
    answer.
    """

    def __init__(
        self, app: ASGIApp, *, key: Key | None, also: frozenset[str] = frozenset(), reach: Reach | None = None
    ) -> None:
        self.app, self.key, self.also, self.reach = app, key, also, reach or Reach()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        spoken = speech.of_request(headers)
        with language.use(spoken):
            refusal = self._refusal(scope, headers)
        host = "" if refusal else headers["host"]
        answer = _Answer(scope["path"], host, spoken, send)
        if refusal:
            await (close(receive, send) if scope["type"] == "websocket" else refusal(scope, receive, answer))
            return
        if scope["type"] == "http":  # the origin was compared; Streamlit would look up what it does not know
            taken = {b"origin"} | ({b"accept-encoding"} if "text/html" in headers.get("accept", "") else set())
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in taken]}
        try:
            await self.app(scope, receive, answer)
        except Exception:
            if scope["type"] == "http" and not answer.begun:
                with language.use(spoken):
                    fault = PlainTextResponse(tr("Something went wrong here."), status_code=500)
                await fault(scope, receive, answer)
            raise

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """What is answered instead of letting it pass: a refusal, or the cookie for the token."""
        client = scope.get("client")
        if client is not None and not self.reach.covers(client[0]):
            return PlainTextResponse(tr(ELSEWHERE), 403, _NO_MORE)
        if not self._from_our_pages(headers, (scope.get("server") or ("", 0))[1]):
            return PlainTextResponse(tr(FOREIGN), 403, _NO_MORE)
        if self.key is None or asks_without_cookie(scope):
            return None
        return self._without_token(scope, headers, self.key)

    def _without_token(self, scope: Scope, headers: Headers, key: Key) -> Response | None:
        asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        shown = [value for name, value in asked if name == "token"]
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and shown and key.is_token(shown[-1]):
            return self._hand_over(scope, [pair for pair in asked if pair[0] != "token"], headers["host"], key)
        if any(key.is_cookie(value) for value in _cookies(headers, cookie_name(headers["host"]))):
            return None
        said = {"sentence": tr(NO_TOKEN), "link": tr("I have opened it in this browser before")}
        return HTMLResponse(_REFUSAL.format(spoken=language.current(), **said), 403, _NO_MORE)

    def _from_our_pages(self, headers: Headers, port: int) -> bool:
        """One Host that is an address of ours, and no origin but that same address."""
        served = {f"http://{name}:{port}" for name in NAMES} | self.also
        if port == 80:
            served |= {f"http://{name}" for name in NAMES}
        hosts, stated = headers.getlist("host"), headers.getlist("origin")
        here = {origin for origin in served if len(hosts) == 1 and origin.partition("://")[2] == hosts[0].lower()}
        if not here or not here.issuperset(stated):
            return False
        opened = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document")
        return opened or headers.get("sec-fetch-site", "none") in ("none", "same-origin")

    def _hand_over(self, scope: Scope, asked: list[tuple[str, str]], host: str, key: Key) -> Response:
        """The cookie, and the same address without the token: a path of this host, whatever it looks like."""
        path = "/" + quote(scope["path"].lstrip("/\\"))
        answer = RedirectResponse(f"{path}?{urlencode(asked)}" if asked else path, status_code=303)
        secure = f"https://{host.lower()}" in self.also
        answer.set_cookie(cookie_name(host), key.cookie, httponly=True, samesite="strict", secure=secure)
        return answer


def cookie_name(host: str) -> str:
    """Cookies do not know ports: dashboards on two of them need two names."""
    port = host.rpartition(":")[2]
    return f"readiness_{port}" if port.isdecimal() else "readiness"


def _cookies(headers: Headers, name: str) -> list[str]:
    found = []
    for line in headers.getlist("cookie"):
        for pair in line.split(";"):
            key, _, value = pair.strip().partition("=")
            if key == name:
                found.append(value)
    return found


@dataclass
class _Answer:
    """Puts the headers on what is sent, and into Streamlit's page where its server is."""

    path: str
    host: str
    spoken: str
    send: Send
    begun: bool = False
    page: Message | None = None
    body: bytes = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.body" and self.page:
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            spoken = f'<html lang="{self.spoken}">'.encode()
            body = self.body.replace(b"<head>", f"<head><script>{_SERVED_AT}</script>".encode(), 1)
            body = body.replace(_IN_ENGLISH, spoken, 1)
            if _SHELL in body and self.path.strip("/") in _KNOWN:
                body = body.replace(b"</body>", _style() + b"</body>", 1)
            elif _SHELL in body:
                body, self.page["status"] = _no_page(self.spoken), HTTPStatus.NOT_FOUND.value
            if self.body:  # which the answer to HEAD has not
                MutableHeaders(scope=self.page)["Content-Length"] = str(len(body))
            await self.send(self.page)
            await self.send({"type": "http.response.body", "body": body})
            return
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in _EVERYWHERE.items():
                headers[name] = value
            if self.path.startswith(SHARED):
                headers["Referrer-Policy"] = "same-origin"
            headers["Content-Security-Policy"] = _policy(self.path, self.host) if self.host else _NOTHING
            if not (self.path.startswith("/static/") and message["status"] < 400):
                headers["Cache-Control"] = "no-store"
            if _is_page(self.path, message["status"], headers):
                self.page = message
                return
        await self.send(message)


def _no_page(spoken: str) -> bytes:
    with language.use(spoken):
        said = {"title": tr("There is no such page here."), "link": tr("Go to the portfolio")}
    return _NO_PAGE.format(spoken=spoken, **said).encode()


def _is_page(path: str, status: int, headers: MutableHeaders) -> bool:
    if status != HTTPStatus.OK or path.startswith((*_LEAVES, SHARED)):
        return False
    return headers.get("content-type", "").startswith("text/html")


async def close(receive: Receive, send: Send) -> None:
    """Refuse a socket before it is one: the browser gets 403."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})
