"""Secrets that are told by what stands before them: a name in a setting, a header, a command, a table or a sentence.

The words of names are data (`names.toml`). A value must look like one: what stands for a value that is not told, code,
and plain words stay. How far is looked from a name is bounded, so that the time grows with the length of the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path

from .shapes import has_both_cases, has_digit_and_letter, looks_drawn
from .signs import Hit, Text

_DATA = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))
PASSWORD, SECRET, KEY = "password", "secret", "key"
_KINDS = (PASSWORD, SECRET, KEY)
_WORDS = {kind: frozenset(_DATA[kind]["words"]) for kind in _KINDS}
_WITHIN = {kind: tuple(_DATA[kind]["within"]) for kind in _KINDS}
_PHRASES = {phrase: kind for kind in (PASSWORD, SECRET) for phrase in _DATA[kind]["phrases"]}
_STRONG = frozenset(_DATA[KEY]["strong"])
_NOT = frozenset(_DATA["not"]["parts"])
_PLACEHOLDERS = frozenset(_DATA["values"]["placeholders"])
_BEGINS = tuple(_DATA["values"]["begins"])


def _one_of(words: Iterator[str] | list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


_ALL = sorted({*chain.from_iterable(_WORDS[kind] | set(_WITHIN[kind]) for kind in _KINDS), *_PHRASES})
SIGNS = tuple(word for word in _ALL if not any(other in word for other in _ALL if other != word))
"""One of these stands in every name that tells a secret."""
_AROUND = {
    sign: [(phrase, phrase.index(sign), kind) for phrase, kind in _PHRASES.items() if sign in phrase] for sign in SIGNS
}
_DIGIT = re.compile("[0-9]")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[^\W\d_]+")
_LONGEST_NAME = 48
_BEFORE = re.compile(r"[\w.-]*\Z")
_AFTER = re.compile(rf"[\w.-]{{0,{_LONGEST_NAME}}}")

_QUOTE = r"\\{0,3}[\"'`“”„«»「『]"
_CONNECTORS = _one_of(_DATA["values"]["connectors"])
_ASSIGNED = re.compile(
    rf"(?:{_QUOTE})?\)?\]?[ \t\u3000]{{0,8}}(?P<sign>=>|:=|==?|->|[:=：＝]|\|)[ \t\u3000]{{0,8}}(?:>|\|)?"
    rf"(?P<quote>{_QUOTE})?"
    rf"|(?:[ \t][\w:]{{1,20}}=\"[^\"<>]{{0,40}}\"){{0,3}}>\s{{0,8}}"
    r"(?:<(?:string|value|data)>)?(?P<element>)"  # <name>value
    rf"|(?:{_QUOTE})?\s{{0,3}},?\s{{1,12}}(?:{_QUOTE})?(?:value|val|content)(?:{_QUOTE})?\s{{0,3}}[:=]\s{{0,3}}"
    rf"(?P<entry>(?:{_QUOTE})?)"  # name: X, value: V
    rf"|(?:{_QUOTE})?\s?[,;\t]\s?(?P<cell>{_QUOTE})?"  # name,value
    r"|(?P<said>[\s:]{0,2}(?:[^\W\d_]{1,12} ){0,3}?(?:\b|(?<=[^\x00-\x7f]))"
    rf"(?:{_CONNECTORS})(?:\s{{0,3}}[:：])?\s{{0,3}}(?:{_QUOTE})?)"  # name is value
    rf"|(?P<gap>[ \t]{{1,3}}(?:{_QUOTE})?)",  # name value
    re.IGNORECASE,
)
_QUOTED = {
    quote: re.compile(rf"[^{re.escape(quote)}\\\n\r<>]{{1,512}}(?={re.escape(end)}|\\)")
    for quote, end in (
        *((mark, mark) for mark in "\"'`"),
        ("“", "”"),
        ("„", "“"),
        ("«", "»"),
        ("「", "」"),
        ("『", "』"),
    )
}
_BARE = re.compile(r"[^\s\"'`<>&;,|\\\u3000、。「」『』“”„«»\x00-\x1f]{1,512}")
_REST = re.compile(r"[A-Za-z0-9+/_=.~-]*+")
_CODE = re.compile(r"[A-Za-z_][\w.]{0,60}[(\[{].*|[A-Za-z_][A-Za-z_]*(?:\.[A-Za-z_]+)+(?:\(.*)?", re.DOTALL)
_VARIABLE = re.compile(r"\$[A-Z_]{2,}|%[A-Za-z_]{2,}%|[*xX•.?#_-]+")


def parts_of(name: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in _PARTS.findall(name))


def _is(kind: str, part: str) -> bool:
    return part in _WORDS[kind] or any(word in part for word in _WITHIN[kind] if len(part) <= len(word) + 16)


@lru_cache(maxsize=4096)
def kind_of(name: str) -> str | None:
    """What a name of letters, digits, dots and dashes says of its value: password, secret, key or nothing."""
    parts = parts_of(name)
    whole = name.lower().replace("_", "").replace("-", "")
    if any(_is(PASSWORD, part) for part in parts):
        return None if parts[-1] in _NOT - {"name"} else PASSWORD
    if _NOT.intersection(parts):
        return None
    if parts and parts[-1] == "id":
        return SECRET if "key" in parts and "access" in parts else None
    if any(_is(SECRET, part) for part in parts) or whole in _WORDS[SECRET]:
        return SECRET
    if any(_is(KEY, part) for part in parts):
        return SECRET if _STRONG.intersection(parts) else KEY
    return None


def is_placeholder(value: str) -> bool:
    """Whether it stands for a value that is not told, or is code that gives one."""
    lower = value.lower()
    return bool(
        lower.strip("\"'.,:!?()[]") in _PLACEHOLDERS
        or lower.startswith(_BEGINS)
        or _VARIABLE.fullmatch(value)
        or _CODE.fullmatch(value)
        or "[redacted" in lower
    )


def tells(kind: str, value: str, *, tight: bool) -> bool:
    """Whether a value beside a name of this kind is a secret; `tight` where it is quoted or set with a sign."""
    if kind == PASSWORD:
        return _is_password(value, tight=tight) and not is_placeholder(value)
    return _is_secret(kind, value, tight=tight) and "://" not in value and not is_placeholder(value)


def _is_secret(kind: str, value: str, *, tight: bool) -> bool:
    if kind == SECRET:
        return len(value) >= 8 and (
            (has_digit_and_letter(value) and (tight or looks_drawn(value, 12)))
            or (len(value) >= 24 and has_both_cases(value) and " " not in value)
        )
    return looks_drawn(value) and " " not in value


def _is_password(value: str, *, tight: bool) -> bool:
    if _DIGIT.search(value):
        return len(value) >= (4 if tight else 6) and (tight or has_digit_and_letter(value) or len(value) >= 6)
    odd = re.search(r"[^\w\s.,:-]", value[1:-1]) or value.count("-") >= 3 or re.search("[a-z][A-Z]", value)
    return len(value) >= 6 and (bool(odd) or (tight and " " not in value))


def _named(text: str, lower: str, at: int, sign: str) -> tuple[str | None, int, int]:
    """The kind of the name around a word, and where that name begins and ends."""
    end = at + len(sign)
    for phrase, offset, kind in _AROUND[sign]:
        if lower.startswith(phrase, at - offset) and at >= offset:
            end = at - offset + len(phrase)
            after = _AFTER.match(text, end) if text[end : end + 1] in "_-" else None
            return kind, at - offset, after.end() if after else end
    low = max(0, at - _LONGEST_NAME)
    before = _BEFORE.search(text, low, at)
    start = before.start() if before else at
    if text[start - 1 : start] == "\\" and text[start : start + 1] in ("n", "r", "t"):
        start += 1
    after = _AFTER.match(text, end)
    stop = after.end() if after else end
    return kind_of(text[start:stop].strip(".-")), start, stop


def _value(text: str, set_by: re.Match[str]) -> tuple[int, int]:
    """Where the value that follows begins and ends."""
    start = set_by.end()
    quote = set_by[0][-1:]
    if (of_quoted := _QUOTED.get(quote)) and (quoted := of_quoted.match(text, start)):
        return quoted.span()
    bare = _BARE.match(text, start)
    if not bare:
        return start, start
    value = bare[0].rstrip(".,:)]}")
    end = start + len(value)
    return start, end


def _said_by(kind: str, value: str, set_by: re.Match[str], name: str, before: str) -> bool:
    """Whether the value is a secret, given how it is set."""
    quoted = set_by[0][-1:] in _QUOTED
    if name.lower() == "pass" and not (set_by["sign"] and has_digit_and_letter(value)):
        return False
    if set_by["sign"] is not None:
        tight = quoted or set_by["sign"] not in (":", "：") or name.isupper() or "_" in name or kind != PASSWORD
        if not _DIGIT.search(value) and set_by["sign"] in ("=", "==") and set_by[0][:1] == " " and not quoted:
            return kind == PASSWORD and bool(re.search(r"[^\w\s.()\[\],-]", value))
        return tells(kind, value, tight=tight)
    if set_by["element"] is not None or set_by["entry"] is not None:
        return tells(kind, value, tight=True)
    if set_by["said"] is not None or kind == PASSWORD:
        return tells(kind, value, tight=False) and (has_digit_and_letter(value) or quoted)
    option = before.endswith("-") or name.startswith("-")
    listed = set_by["cell"] is not None or set_by[0][:1] in ",;\t\"'"
    return (option or listed) and tells(kind, value, tight=option)


def passwords(looked_at: Text) -> Iterator[Hit]:
    """What stands under a name that tells a secret."""
    at, text = 0, looked_at.raw
    for place, sign in looked_at.places(SIGNS):
        if place < at:
            continue
        kind, start, stop = _named(text, looked_at.lower, place, sign)
        at = max(stop, place + len(sign))
        set_by = _ASSIGNED.match(text, at) if kind else None
        if not kind or not set_by:
            continue
        begins, ends = _value(text, set_by)
        value = text[begins:ends]
        if value and _said_by(kind, value, set_by, text[start:stop], text[max(0, start - 2) : start]):
            rest = _REST.match(text, ends) if ends - begins >= 500 else None
            at = rest.end() if rest else ends
            yield begins, at
