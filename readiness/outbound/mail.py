"""Digests by mail: plain text, to one person each, through the server that READINESS_SMTP_URL names."""

from __future__ import annotations

import os
import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import ClassVar, Self
from urllib.parse import unquote, urlsplit

from readiness import clock, formatting
from readiness.errors import InputError, Unreachable
from readiness.language import tr
from readiness.portfolio.digest import Digest

from .reach import is_loopback

VARIABLE = "READINESS_SMTP_URL"
FROM_VARIABLE = "READINESS_MAIL_FROM"
PATIENCE = 30
"""Seconds."""
_EXPECTED = "smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST:465"


@dataclass(frozen=True)
class Mail:
    """A mail server: what is said to it is encrypted, unless it is on this machine."""

    channel: ClassVar[str] = "mail"
    needs_address: ClassVar[bool] = True
    host: str
    port: int
    sender: Address
    user: str = ""
    password: str = field(default="", repr=False)
    encrypted: bool = False
    """From the first byte on, as smtps says; else once the server was asked to."""

    @classmethod
    def from_environment(cls) -> Self:
        """Raises InputError, which repeats neither the address nor the password."""
        try:
            parts = urlsplit(os.environ.get(VARIABLE, "").strip())
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port = "", None
        if not host or parts.scheme not in ("smtp", "smtps") or parts.path.strip("/"):
            raise InputError(tr("the mail server cannot be told from this"), place=VARIABLE, expected=_EXPECTED)
        encrypted = parts.scheme == "smtps"
        return cls(
            host,
            port or (465 if encrypted else 587),
            _address(os.environ.get(FROM_VARIABLE, ""), place=FROM_VARIABLE),
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            encrypted,
        )

    def send(self, digest: Digest) -> None:
        """Hand a digest over to the server. Raises Unreachable, and InputError for an address that is none."""
        message = self.message(digest)
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as exc:
            raise self._failed(tr("it does not take mail for {address}", address=digest.recipient.address)) from exc
        except smtplib.SMTPAuthenticationError as exc:
            raise self._failed(tr("it does not take the user and the password")) from exc
        except smtplib.SMTPResponseException as exc:
            raise self._failed(tr("it answered {smtp_code}", smtp_code=exc.smtp_code)) from exc
        except smtplib.SMTPNotSupportedError as exc:
            raise self._failed(tr("it cannot do what is needed, such as STARTTLS")) from exc
        except (smtplib.SMTPException, OSError) as exc:
            raise self._failed(tr("it does not answer ({kind})", kind=type(exc).__name__)) from exc

    def message(self, digest: Digest) -> EmailMessage:
        """The mail; a header takes one line, and whatever is no single address is refused."""
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = _address(digest.recipient.address, place=tr("the address of an owner"))
        message["Subject"] = formatting.plain(digest.subject)
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = make_msgid(domain=self.sender.domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(formatting.visible(digest.text))
        return message

    def _connected(self) -> smtplib.SMTP:
        if self.encrypted:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        if not is_loopback(self.host):
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server

    def _failed(self, why: str) -> Unreachable:
        return Unreachable(tr("the mail server did not accept a reminder: {why}", why=why), place=self.host)


def _address(text: str, *, place: str) -> Address:
    try:
        found = Address(addr_spec=text.strip())
    except (ValueError, IndexError) as exc:
        raise InputError(tr("this is not one mail address"), place=place, expected="NAME@HOST") from exc
    if not found.username or not found.domain or not text.isprintable():
        raise InputError(tr("this is not one mail address"), place=place, expected="NAME@HOST")
    return found
