"""A real mail server and a real web server on this machine, which keep what they receive."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.serving import answering, free_port

USER, PASSWORD = "reminders", "p@ss:word/1"


@dataclass
class Letters:
    """What a mail server took; `refused` are addresses that it takes nothing for."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 nobody is called that here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        self.to.append([str(address) for address in envelope.rcpt_tos])
        return "250 OK"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        pair = (data.login.decode(), data.password.decode())
        self.logins.append(pair)
        return AuthResult(success=pair == (USER, PASSWORD), handled=False)


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None, *, login: bool = False) -> Iterator[Letters]:
    """With a certificate it offers STARTTLS, and with `login` it asks who is there."""
    letters = Letters(free_port())
    asked: dict[str, Any] = {"authenticator": letters.authenticate, "auth_required": True} if login else {}
    asked |= {"auth_require_tls": False} if login and tls is None else {}
    server = Controller(letters, hostname="127.0.0.1", port=letters.port, tls_context=tls, **asked)
    server.start()
    try:
        yield letters
    finally:
        server.stop()


@dataclass
class Posts:
    """What a web server was sent, and with what it answers."""

    url: str = ""
    received: list[Any] = field(default_factory=list)
    status: int = 200


@contextmanager
def web_server() -> Iterator[Posts]:
    posts = Posts()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/json"
            if posts.status < 300:
                posts.received.append(json.loads(body))
            self.send_response(posts.status)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is said."""

    with answering(Handler) as address:
        posts.url = f"{address}/services/T0/B0/secret"
        yield posts
