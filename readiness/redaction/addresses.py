"""Addresses of people and machines: e-mail in its spellings, addresses of the Internet and of network cards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address

from .signs import Hit, Text

_TOP = r"(?:xn--[\w-]{2,59}|[^\W\d_]{2,24})"
_HOST = rf"(?:[\w-]{{1,63}}\.){{1,8}}{_TOP}"
_AT_HOST = re.compile(rf"@(?:{_HOST}|\[[0-9A-Fa-f.:IPv]{{7,45}}\])|%40{_HOST}")
_NAME = re.compile(r"(?:\"[^\"@\n\r\\]{1,64}\"|[\w.%+'’!~*-]{1,64})\Z")
_LONGEST_NAME = 66
_AT_WORD, _DOT_WORD = (
    "at|ät|arroba|chiocciola|klammeraffe|chez|snabela|zavináč|собака",
    "dot|punkt|punto|point|ponto|точка",
)
_AT = rf"(?:\s{{0,2}}[\[({{<]\s?(?:{_AT_WORD}|@|a|et)\s?[\])}}>]\s{{0,2}}|\s{{1,2}}(?:{_AT_WORD})\s{{1,2}})"
_DOT = rf"(?:\s{{0,2}}[\[({{<]\s?(?:{_DOT_WORD}|\.)\s?[\])}}>]\s{{0,2}}|\s{{1,2}}(?:{_DOT_WORD})\s{{1,2}}|\.)"
_TOPS = (
    "com|org|net|edu|gov|info|biz|dev|app|ai|io|co|me|eu|uk|us|ca|au|nz|de|at|ch|fr|be|nl|lu|es|pt|br|it|pl|cz|sk|hu|ro|bg|gr|tr"
    "|se|no|dk|fi|is|ie|ee|lv|lt|ru|ua|jp|cn|kr|in|sg|za|mx|ar|cl|il|example|test"
)
_SPELT = re.compile(
    rf"(?<![\w.+-])[\w+-]{{1,40}}(?:{_DOT}[\w+-]{{1,40}}){{0,3}}?(?P<at>{_AT})"
    rf"(?P<host>[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,3}}?){_DOT}(?:{_TOPS})(?![\w@])",
    re.IGNORECASE,
)
_SPELT_SIGN = re.compile(
    rf"[\[({{<]\s?(?:{_AT_WORD}|@|a|et)\s?[\])}}>]|(?<=[ \[({{<])(?:{_DOT_WORD})(?=[ \])}}>])", re.IGNORECASE
)
_FILE = re.compile(r"@\dx\.(?:png|jpe?g|webp|gif|svg|avif)$|@[\d.]+$", re.IGNORECASE)
_MARKS = {"[": "]", "(": ")", "{": "}", "<": ">"}
_SPELT_SIGNS = frozenset(
    (
        *(f"{mark}{word}" for mark in (" ", *_MARKS) for word in (*_DOT_WORD.split("|"), *_AT_WORD.split("|")[1:])),
        *(f"{mark}{space}{word}" for mark in _MARKS for space in ("", " ") for word in ("at", "@")),
        *(
            f"{mark}{space}{word}{space}{_MARKS[mark]}"
            for mark in _MARKS
            for space in ("", " ")
            for word in ("a", "et")
        ),
    )
)
MAIL_SIGNS = ("@", "%40", *sorted(_SPELT_SIGNS))


def emails(text: Text) -> Iterator[Hit]:
    """Addresses with @, and those that are spelt out so that machines do not find them."""
    if "@" in text.stood or "%40" in text.stood:
        yield from _written(text.raw)
    if not _SPELT_SIGNS.isdisjoint(text.stood):
        yield from _spelt(text.raw)


def _written(text: str) -> Iterator[Hit]:
    done = 0
    for host in _AT_HOST.finditer(text):
        name = _NAME.search(text, max(done, host.start() - _LONGEST_NAME), host.start())
        if name and not _FILE.search(host[0]) and not _is_login(text, name.start(), host.end()):
            yield name.start(), host.end()
        done = host.end() if name else done


def _spelt(text: str) -> Iterator[Hit]:
    done = 0
    for sign in _SPELT_SIGN.finditer(text):
        if sign.start() < done:
            continue
        low, high = max(done, sign.start() - 110), sign.end() + 110
        for match in _SPELT.finditer(text, low, high):
            done = match.end()
            if match["at"].strip()[:1] in tuple("[({<") or not re.search(
                r"\w\.\w", match[0][match.end("at") - match.start() :]
            ):
                yield match.span()


_USER = re.compile(r"://[^\s/]*\Z")


def _is_login(text: str, start: int, end: int) -> bool:
    """`git@host:path` is how a repository is named, and `://name:password@host` is a login."""
    if text.startswith("git@", start) and text[end : end + 1] == ":":
        return True
    before = text[max(0, start - 80) : start]
    return "://" in before and bool(_USER.search(before))


_IP4 = re.compile(r"(?<![\w.-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w-]|\.[0-9])")
_IP6 = re.compile(
    r"(?<![\w:.])(?=[0-9A-Fa-f:.]{0,44}:[0-9A-Fa-f]{0,4}:)(?:[0-9A-Fa-f]{0,4}:){2,7}(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9A-Fa-f]{1,4})?(?![\w:])"
)
_VERSION = re.compile(
    r"(?:version|versions?\b.?|release|build|runtime|firmware|v|ver|rev|chrome|safari|edg|firefox|opera|section|chapter|oid|schema|==|>=|<=|~=|\^|/)[\s:=\"'.]{0,3}\Z",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\.[0-9]{1,3}\.[0-9]")
_COLONS = re.compile(":(?::|(?:[0-9A-Fa-f]{1,4}:){5})")
_PAIRS = re.compile(r"[:.-][0-9A-Fa-f]{2}(?:[:-](?:[0-9A-Fa-f]{2}[:-]){3}|[0-9A-Fa-f]{2}\.)")
_MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})(?![\w:-]|\.[0-9A-Fa-f])"
)


_HOUSE = [IPv4Network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
"""Addresses within a house (RFC 1918)."""


def ips(text: Text) -> Iterator[Hit]:
    """Addresses that lead somewhere in the Internet; those of a machine to itself or within a house stay."""
    for match in _IP4.finditer(text.raw) if _DOTTED.search(text.raw) else ():
        before = text.raw[max(0, match.start() - 14) : match.start()]
        scheme = before.endswith("://")
        if (scheme or not _VERSION.search(before)) and _leads(match[0]):
            yield match.span()
    for match in _IP6.finditer(text.raw) if _COLONS.search(text.raw) else ():
        if _leads(match[0]):
            yield match.span()


def _leads(address: str) -> bool:
    try:
        ip = IPv6Address(address) if ":" in address else IPv4Address(address)
    except AddressValueError:
        return False
    if ip.is_loopback or ip.is_unspecified or ip.is_multicast or ip.is_link_local:
        return False
    if isinstance(ip, IPv4Address):
        return 0 < ip.packed[0] < 240 and not any(ip in network for network in _HOUSE)
    return len(address) > 6


def macs(text: Text) -> Iterator[Hit]:
    for match in _MAC.finditer(text.raw) if _PAIRS.search(text.raw) else ():
        digits = re.sub("[^0-9A-Fa-f]", "", match[0])
        if len(set(digits)) > 1 and (match[1] or re.search("[a-fA-F]", digits)):
            yield match.span()
