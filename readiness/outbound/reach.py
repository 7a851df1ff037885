"""What every way out shares: an address on which nobody reads along, and one sentence where it does not answer."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from readiness.errors import InputError


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(text: str, *, place: str) -> SplitResult:
    """The parts of an address with https, or of this machine. Raises InputError, which does not repeat it."""
    try:
        parts = urlsplit(text.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = SplitResult("", "", "", "", ""), ""
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))):
        expected = "an address with https, or one of this machine"
        raise InputError("what is sent there could be read on the way", place=place, expected=expected)
    return parts
