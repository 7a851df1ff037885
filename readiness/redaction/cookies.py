"""Values of cookies, in the headers that carry them and under names that say session."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from .named import is_placeholder, kind_of, parts_of
from .shapes import looks_drawn
from .signs import Hit, Text

_DATA = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))["cookie"]
_WORDS, _WITHIN = frozenset(_DATA["words"]), tuple(_DATA["within"])
_HEADER = re.compile(
    r"\b(?:set-)?cookies?2?\b\\{0,3}[\"']?\s{0,3}[:=]\s{0,3}\\{0,3}[\"']?|\bcurl\b[^\n]{0,200}?\s(?:-b|--cookie)[ =]",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"=\\{0,3}\"?(?P<set>[^\s;,\"'\\<>&]{6,4096})"  # name=value
    r"|[\"'](?<=\w.)\s{0,3}[:,]\s{0,3}(?:\\{0,3}[\"']value\\{0,3}[\"']\s{0,3}:\s{0,3})?\\{0,3}[\"'](?P<quoted>[^\s;,\"'\\<>&]{8,4096})"
    r"|[\t:](?<=\w.) ?(?P<listed>[^\s;,\"'\\<>&/=]{12,4096}={0,2})(?![=\w])"  # a file of cookies, a setting
)
_LONGEST_VALUE = 5000
_NAME_REST = re.compile(r"[\w.$-]{0,64}\\{0,3}")
_COOKIE_NAME = re.compile(r"[\w.$-]{1,64}(?=\\{0,3}\Z)")


def _is_session(name: str) -> bool:
    lower = name.lower()
    parts = set(parts_of(name)) | {lower}
    return bool(parts & _WORDS) or any(word in lower for word in _WITHIN) or lower.endswith("sid")


_HEADER_SIGNS = ("cookie", "curl")
_NAME_SIGNS = ("sess", "sid", "xsrf", "csrf", "token", "auth", "jwt", "login", "remember", "ticket", "saml", "sso")
COOKIE_SIGNS = (*_HEADER_SIGNS, *_NAME_SIGNS)


def cookies(text: Text) -> Iterator[Hit]:
    """Values of cookies whose names or looks tell a session; outside a header only by a name that says session."""
    for start, end in _headers(text.raw) if not text.stood.isdisjoint(_HEADER_SIGNS) else ():
        for pair in _PAIR.finditer(text.raw, start, end + _LONGEST_VALUE):
            if pair.start() >= end:
                break
            yield from _value(text.raw, pair, in_header=True)
    done = 0
    for at, sign in text.places(("cookie", *_NAME_SIGNS)):
        name_end = _NAME_REST.match(text.raw, at + len(sign))
        if name_end and name_end.end() > done:
            done = name_end.end()
            pair_after = _PAIR.match(text.raw, done)
            yield from _value(text.raw, pair_after, in_header=False) if pair_after else ()


def _headers(text: str) -> list[Hit]:
    """The stretches in which pairs are those of a header; those that touch are one."""
    stretches: list[Hit] = []
    for header in _HEADER.finditer(text):
        start, end = header.end(), _line_end(text, header.end())
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], end))
        else:
            stretches.append((start, end))
    return stretches


def _value(text: str, pair: re.Match[str], *, in_header: bool) -> Iterator[Hit]:
    named = _COOKIE_NAME.search(text, max(0, pair.start() - 67), pair.start())
    if named and _is_session_value(named[0], pair[pair.lastgroup or 0], in_header=in_header):
        yield pair.span(pair.lastgroup or 0)


def _is_session_value(name: str, value: str, *, in_header: bool) -> bool:
    if is_placeholder(value):
        return False
    if in_header:
        return looks_drawn(value) or (_is_session(name) and len(value) >= 8)
    return (
        _is_session(name) and kind_of(name) is None and parts_of(name) != ("session", "id") and looks_drawn(value, 12)
    )


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start, start + 8192)
    return end if end >= 0 else start + 8192
