"""What every way out shares: an address on which nobody reads along, and one sentence where it does not answer."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from readiness.errors import Denied, InputError
from readiness.language import tr

HOSTS_VARIABLE = "READINESS_PULL_HOSTS"
"""Hosts, with blanks between, that may be asked although they are link-local or speak no https."""
_METADATA = frozenset({"100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"})
"""Where clouds tell a machine its own secrets, beside the link-local addresses."""


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
        expected = tr("an address with https, or one of this machine")
        raise InputError(tr("what is sent there could be read on the way"), place=place, expected=expected)
    return parts


def asked_address(text: str, *, place: str) -> SplitResult:
    """The parts of an address that is read from. Raises InputError, which does not repeat it.

    A user, a password, a query and a fragment have no place in it: the first two are secrets.
    """
    try:
        parts = urlsplit(text.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = SplitResult("", "", "", "", ""), ""
    bare = not (parts.username or parts.password or parts.query or parts.fragment)
    if not host or not bare or not text.isprintable() or parts.scheme not in ("http", "https"):
        expected = tr("https://HOST/PATH, without a user, a password or a query")
        raise InputError(tr("this is no address of a server"), place=place, expected=expected)
    if parts.scheme == "http" and not is_loopback(host) and host not in _listed():
        expected = tr(
            "an address with https, one of this machine, or a host that {variable} lists", variable=HOSTS_VARIABLE
        )
        raise InputError(tr("what is asked there could be read on the way"), place=place, expected=expected)
    return parts


def refuse_inner(parts: SplitResult) -> None:
    """Raises Denied for a host any of whose addresses is one from which a machine learns its own secrets."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if host not in _listed() and any(map(_is_inner, _addresses(host, port))):
        raise inner(host)


def refuse_peer(host: str, address: str) -> None:
    """The same of the address that was connected to, whatever the name stood for before."""
    if host not in _listed() and _is_inner(address):
        raise inner(host)


def inner(host: str) -> Denied:
    expected = tr("another host, or this one in {variable}", variable=HOSTS_VARIABLE)
    return Denied(tr("this address is link-local, or one of the machine's own secrets"), place=host, expected=expected)


def _listed() -> frozenset[str]:
    return frozenset(os.environ.get(HOSTS_VARIABLE, "").split())


def _addresses(host: str, port: int) -> Iterator[str]:
    """What a name stands for; nothing where it is not known, which whoever connects says."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    yield from (str(address[0]) for *_, address in found)


def _is_inner(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    odd = address.is_link_local or address.is_multicast or address.is_unspecified
    return odd or str(address) in _METADATA
