"""An OIDC provider in a thread that says what it is told to, wrong things too: what a real one refuses to sign."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.serving import answering

CLIENT, SECRET = "readiness", "secret-of-the-client"
PATIENCE = 5
"""Seconds that the dashboard waits for a provider."""
_KEY, _OTHER = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))


@dataclass
class Wrong:
    """What this login has of its own: claims (None leaves one out), what signs the token, and answers by path."""

    claims: dict[str, Any] = field(default_factory=dict)
    signs: str = "RS256"
    discovery: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    late: str = ""
    """The path that is answered when nobody waits any more."""


@dataclass
class Provider:
    url: str = ""
    wrong: Wrong = field(default_factory=Wrong)
    nonce: str = ""

    def token(self) -> str:
        now = int(time.time())
        right = {"iss": self.url, "aud": CLIENT, "sub": "omar", "iat": now, "exp": now + 300, "nonce": self.nonce}
        person = {"email": "omar@example.com", "email_verified": True, "name": "Omar", "groups": ["leadership"]}
        claims = {name: value for name, value in (right | person | self.wrong.claims).items() if value is not None}
        if self.wrong.signs in ("none", "HS256"):
            return _by_hand(self.wrong.signs, claims)
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, _OTHER if self.wrong.signs == "other" else _KEY)

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, bytes, str]:
        """Status, body, and where it leads."""
        if path == self.wrong.late:
            time.sleep(PATIENCE + 2)
        if path in self.wrong.answers:
            return *self.wrong.answers[path], ""
        if path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"}
            found: Any = {"issuer": self.url} | {name: self.url + at for name, at in names.items()}
            algorithms = {"id_token_signing_alg_values_supported": ["RS256"]}
            return 200, json.dumps(found | algorithms | self.wrong.discovery).encode(), ""
        if path == "/authorize":
            self.nonce = query["nonce"]
            back = urlencode({"code": "1", "state": query["state"]})
            return 302, b"", f"{query['redirect_uri']}?{back}"
        if path == "/token":
            return 200, json.dumps({"token_type": "Bearer", "id_token": self.token()}).encode(), ""
        return 200, json.dumps({"keys": [_KEY.as_dict(private=False)]}).encode(), ""


def _by_hand(algorithm: str, claims: dict[str, Any]) -> str:
    """A token that is signed with what the client knows, or by nobody."""
    header = {"alg": algorithm, "kid": "one"}
    body = ".".join(_coded(json.dumps(part).encode()) for part in (header, claims))
    signature = hmac.digest(SECRET.encode(), body.encode(), hashlib.sha256) if algorithm == "HS256" else b""
    return f"{body}.{_coded(signature)}"


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextmanager
def providing() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            parts = urlsplit(self.path)
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            status, body, leads = provider.answer(parts.path, query)
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if body[:1] == b"{" else "text/html")
            self.send_header("Content-Length", str(len(body)))
            if leads:
                self.send_header("Location", leads)
            with suppress(ConnectionError):  # whoever waited may be gone
                self.end_headers()
                self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815 - as http.server calls them

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is said."""

    with answering(Handler) as provider.url:
        yield provider
