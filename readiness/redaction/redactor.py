"""Personal data and secrets, replaced before anything is stored.

What is found has a shape (`detectors`): tokens of known services, keys in blocks, addresses, numbers with a check
digit. Redaction is never complete: names, postal addresses, national phone numbers, passwords without a label and
secrets without a shape stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from .coded import readings
from .detectors import RULES, SIGNS, found
from .named import PASSWORD, SECRET, kind_of, tells

MARKER = re.compile(r"\[redacted: [a-z-]+\]")
Redacted = tuple[str, dict[str, int]]
Hits = list[tuple[int, int, str]]


def redact(text: str) -> Redacted:
    """The text with `[redacted: CLASS]` in place of what was found, and how often each class was.

    Redacting the result again changes nothing: what is left between two markers is searched on its own until nothing
    more is found there.
    """
    return redact_all([text])[0]


def rule_of(marker: str) -> str:
    """The rule whose find a marker stands for."""
    return marker.removeprefix("[redacted: ").removesuffix("]")


def redact_all(texts: Sequence[str]) -> list[Redacted]:
    """Each of the texts as `redact` gives it; many are looked through in little more time than one."""
    return [_redacted(text, of_all) if of_all else (text, {}) for text, of_all in zip(texts, _hits(texts), strict=True)]


def _redacted(text: str, of_all: Hits) -> Redacted:
    counts: Counter[str] = Counter()
    done: list[str] = []
    waiting = _fragments(text)
    while waiting:
        fragment, is_marker = waiting.pop()
        hits = [] if is_marker else of_all if fragment == text else _hits([fragment])[0]
        if not hits:
            done.append(fragment)
            continue
        counts.update(name for _, _, name in hits)
        waiting += _cut(fragment, hits)[::-1]
    return "".join(done), dict(sorted(counts.items()))


def _fragments(text: str) -> list[tuple[str, bool]]:
    """The text cut at markers that already stand in it, last piece first."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for match in MARKER.finditer(text):
        pieces += [(text[at : match.start()], False), (match[0], True)]
        at = match.end()
    return [*pieces, (text[at:], False)][::-1]


def _cut(fragment: str, hits: Hits) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end, name in hits:
        pieces += [(fragment[at:start], False), (f"[redacted: {name}]", True)]
        at = end
    return [*pieces, (fragment[at:], False)]


def _hits(texts: Sequence[str]) -> list[Hits]:
    """What every rule found in each of the texts; where hits overlap all of it goes."""
    looked_at = SIGNS.read_all(texts)
    hits = [found(text) for text in looked_at]
    for number, reading, place in readings(looked_at, SIGNS.read_all):
        hits[number] += [(*place((start, end)), rank) for start, end, rank in found(reading)]
    return [_merged(own) if own else [] for own in hits]


def _merged(hits: list[tuple[int, int, int]]) -> Hits:
    """Under the name of the rule that stands first."""
    hits.sort()
    merged: list[tuple[int, int, int]] = []
    for start, end, rank in hits:
        if merged and start < merged[-1][1]:
            before = merged.pop()
            merged.append((before[0], max(before[1], end), min(before[2], rank)))
        else:
            merged.append((start, end, rank))
    return [(start, end, RULES[rank].name) for start, end, rank in merged]


_HEADER_NAME = re.compile(r"(?:^|[_.-])(?:authorization|(?:set-)?cookie)$", re.IGNORECASE)
_HEADER = "header"


def _tells_secret(key: str, value: str) -> bool:
    """Whether a text is a secret because of the key it stands under."""
    kind = _kind(key[-64:])
    if kind is None or MARKER.fullmatch(value):
        return False
    if kind == PASSWORD:
        return bool(value.strip("*•. "))
    return kind == _HEADER or ((kind != SECRET or " " not in value) and tells(kind, value, tight=True))


@lru_cache(maxsize=4096)
def _kind(key: str) -> str | None:
    return _HEADER if _HEADER_NAME.search(key) else kind_of(key)


CAP = 20_000
"""Characters of a text that are kept."""
_OVERHANG = 1_000
_SHORT, _REMEMBERED = 80, 10_000


@dataclass
class Looked:
    """What became of texts that were looked through, for the redactors of one file.

    Keys and short values stand in span after span, so many of them are remembered; longer ones only until the next are
    looked through.
    """

    known: dict[str, Redacted] = field(default_factory=dict)
    passing: list[str] = field(default_factory=list)

    def through(self, texts: Iterable[str], cap: int = CAP) -> None:
        """Look through all at once, which takes much less time than one by one."""
        for head in self.passing:
            self.known.pop(head, None)
        self._make_room()
        heads = list({_head(text, cap): None for text in texts if text not in self.known})
        self.known.update(zip(heads, redact_all(heads), strict=True))
        self.passing = [head for head in heads if len(head) > _SHORT]

    def of(self, head: str) -> Redacted:
        redacted = self.known.get(head)
        if redacted is None:
            redacted = redact(head)
            if len(head) <= _SHORT:
                self._make_room()
                self.known[head] = redacted
        return redacted

    def _make_room(self) -> None:
        if len(self.known) >= _REMEMBERED:
            self.known.clear()


def _head(text: str, cap: int) -> str:
    """A long text is redacted a little past the cap, so that no half of a secret is left where it is cut."""
    return text if len(text) <= cap + _OVERHANG else text[: cap + _OVERHANG]


@dataclass
class Redactor:
    """Redacts the texts of one record; counts what it found, and how many texts it cut at `cap` characters.

    `looked` may be shared by the redactors of one file.
    """

    cap: int = CAP
    counts: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    looked: Looked = field(default_factory=Looked)

    def text(self, text: str) -> str:
        head = text if len(text) <= self.cap else _head(text, self.cap)
        shown, counts = self.looked.of(head)
        if counts:
            self.counts.update(counts)
        if len(text) > len(head):
            shown = shown[:-_OVERHANG]
        elif len(shown) <= self.cap:
            return shown
        self.cut += 1
        return shown[: self.cap]

    def value(self, value: Any, key: str = "") -> Any:
        """Every text in a JSON value, keys included; a text whose key names a secret goes whole."""
        if isinstance(value, str):
            if value and _tells_secret(key, value):
                self.counts["password"] += 1
                return "[redacted: password]"
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item, key) for item in value]
        return self._keyed(value) if isinstance(value, dict) else value

    def _keyed(self, value: dict[str, Any]) -> dict[str, Any]:
        """Keys that become the same by redaction are numbered, so that no value is lost."""
        result: dict[str, Any] = {}
        for key, item in value.items():
            name = shown = self.text(key)
            number = 1
            while shown in result:
                number += 1
                shown = f"{name} {number}"
            result[shown] = self.value(item, key)
        return result
