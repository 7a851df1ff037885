"""Stamps of a timestamp server over a hash (RFC 3161): asked for only where somebody names the server."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.x509 import Certificate, load_pem_x509_certificate
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from readiness.errors import InputError
from readiness.language import tr

SECONDS = 20
"""How long a server may take to answer."""

_LONGEST = 32 * 1024


def request(server: str, head: str) -> bytes:
    """The server's answer for a hash, once it speaks of it. Raises InputError."""
    if urlsplit(server).scheme not in ("http", "https"):
        raise InputError(tr("{server!r} is no address of a timestamp server", server=server), expected=tr("https://…"))
    asked = TimestampRequestBuilder().data(head.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    question = urllib.request.Request(  # noqa: S310  # the scheme was looked at above
        server, asked.as_bytes(), {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(question, timeout=SECONDS) as answer:  # noqa: S310
            body: bytes = answer.read(_LONGEST)
    except (urllib.error.URLError, OSError, ValueError) as exc:
        raise InputError(
            tr("the timestamp server did not answer ({reason})", reason=exc),
            file=server,
            expected=tr("a stamp; nothing was kept"),
        ) from exc
    if problem := fault(body, head, None):
        raise InputError(problem, file=server, expected=tr("a stamp over the head of the chain; nothing was kept"))
    if _decoded(body).tst_info.nonce != asked.nonce:
        raise InputError(
            tr("the stamp is an answer to another question"), file=server, expected=tr("our own number in it")
        )
    return body


def root(path: Path) -> Certificate:
    """The certificate of the root that a server's own goes back to. Raises InputError."""
    try:
        return load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as exc:
        raise InputError(
            tr("the certificate cannot be read ({reason})", reason=exc), file=str(path), expected=tr("a PEM file")
        ) from exc


def fault(stamp: bytes, head: str, certificate: Certificate | None) -> str:
    """What is wrong with a stamp over a hash; "" where nothing is. Without a certificate nobody vouches for it."""
    try:
        decoded = _decoded(stamp)
        if decoded.status not in (0, 1):
            return tr("the timestamp server refused")
        if decoded.tst_info.message_imprint.message != hashlib.sha256(head.encode()).digest():
            return tr("the stamp is over another hash")
        if certificate is not None:
            VerifierBuilder().add_root_certificate(certificate).build().verify_message(decoded, head.encode())
    except (ValueError, VerificationError) as exc:
        return tr("the stamp does not hold ({reason})", reason=exc)
    return ""


def _decoded(stamp: bytes) -> TimeStampResponse:
    return decode_timestamp_response(stamp)
