"""Every route, asked by those who may not: without the token, from a foreign page, under a foreign name."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.reliability.served import Served, dashboard
from tests.reliability.table import Figure, record
from tests.serving import ROOT, TOKEN, cookie

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "SOCKET")
_ROUTES = """
import json, re, streamlit as st
from readiness.web.serve import dashboard
routes = st.App(**dashboard())._build_starlette_app().routes
print(json.dumps(sorted({re.sub("{[^}]*}", "x", getattr(route, "path", "")) or "/" for route in routes})))
"""
_UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "streamlit",
}
PAGES = (
    *("/", "/verdict", "/verdict?token=wrong", "/index.html", "/static/../index.html", "//", "/download/pack?x=1"),
    *(
        "/healthz",
        "/health/",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/systems",
        "/api/v2/x",
        "/calendar",
        "/calendar/x/y",
    ),
)
Headers = list[tuple[str, str]]


def routes() -> list[str]:
    """Every path that the application answers, as it says itself, and some that its pages have."""
    said = subprocess.run([sys.executable, "-c", _ROUTES], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [*json.loads(said.splitlines()[-1]), *PAGES]


def strangers(port: int) -> dict[str, Headers]:
    """Who asks, by the headers that they send; all but the first six have the right cookie."""
    here, ours = f"127.0.0.1:{port}", cookie(f"http://127.0.0.1:{port}")["Cookie"]
    host, known = [("Host", here)], [("Host", here), ("Cookie", ours)]
    name = ours.partition("=")[0]
    return {
        "nobody": host,
        "no cookie, own origin": [*host, ("Origin", f"http://{here}")],
        "empty cookie": [*host, ("Cookie", f"{name}=")],
        "guessed cookie": [*host, ("Cookie", f"{name}={'0' * 64}")],
        "token as the cookie": [*host, ("Cookie", f"{name}={TOKEN}")],
        "cookie of another port": [*host, ("Cookie", ours.replace(str(port), "8501"))],
        "foreign origin": [*known, ("Origin", "https://evil.example")],
        "other local port": [*known, ("Origin", "http://127.0.0.1:3000")],
        "other local port by name": [*known, ("Origin", "http://localhost:3000")],
        "another name of ours": [*known, ("Origin", f"http://localhost:{port}")],
        "https": [*known, ("Origin", f"https://{here}")],
        "no origin at all": [*known, ("Origin", "null")],
        "two origins": [*known, ("Origin", f"http://{here}"), ("Origin", "https://evil.example")],
        "rebound name": [("Host", "evil.example"), ("Cookie", ours)],
        "rebound name and port": [("Host", f"evil.example:{port}"), ("Cookie", ours)],
        "name that begins like ours": [("Host", f"127.0.0.1.evil.example:{port}"), ("Cookie", ours)],
        "our name, another port": [("Host", "127.0.0.1:3000"), ("Cookie", ours)],
        "our name, no port": [("Host", "127.0.0.1"), ("Cookie", ours)],
        "an address for any": [("Host", f"0.0.0.0:{port}"), ("Cookie", ours)],
        "no host": [("Cookie", ours)],
        "two hosts": [*known, ("Host", "evil.example")],
        "a picture on another site": [*known, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")],
        "a script on another port": [*known, ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "no-cors")],
        "a frame on another site": [
            *known,
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "iframe"),
        ],
    }


def ask(port: int, method: str, path: str, headers: Headers) -> tuple[int, bytes]:
    """Status and body of one request, with these headers and no others."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.putrequest("GET" if method == "SOCKET" else method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in [*headers, *(_UPGRADE.items() if method == "SOCKET" else ())]:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, b"" if answer.status == 101 else answer.read()
    finally:
        connection.close()


def refused(status: int, body: bytes) -> bool:
    """By the door in one of its sentences, as no proper request before it came there, or for want of a token."""
    void = (b"Not found", b"This link does not hold. Ask whoever sent it for another.")
    by_token = (status == 401 and b"no token was shown" in body) or (status == 404 and body in void)
    return status == 400 or by_token or (status == 403 and (not body or b"This dashboard" in body))


def served(dashboard: Served, methods: Iterable[str] = METHODS) -> Iterator[tuple[str, bool]]:
    """Each attempt in words, and whether it was served: anything but a refusal is."""
    for path in routes():
        for who, headers in strangers(dashboard.port).items():
            for method in methods:
                if path == "/health" and who in list(strangers(0))[:6]:
                    continue  # what a supervisor asks, with nothing to show
                status, body = ask(dashboard.port, method, path, headers)
                yield f"{who}: {method} {path} gave {status}", not refused(status, body)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, dashboard(Path(folder)) as started:
        attempts = list(served(started))
    through = [sentence for sentence, was_served in attempts if was_served]
    print("\n".join(through))
    tried = "every route, by every method and as a socket, without the token, with a foreign Origin or Host, or framed"
    record(Figure("doors", tried, len(attempts), f"{len(through)} served"))


if __name__ == "__main__":
    main()
