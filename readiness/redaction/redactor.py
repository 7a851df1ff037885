"""Personal data and secrets, replaced before anything is stored.

What is found has a shape (`detectors`): tokens of known services, keys in blocks, addresses, numbers with a check
digit. Redaction is never complete: names, postal addresses, national phone numbers, passwords without a label and
secrets without a shape stay.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .coded import readings
from .detectors import RULES, SIGNS, found
from .named import PASSWORD, SECRET, kind_of, tells

MARKER = re.compile(r"\[redacted: [a-z-]+\]")


def redact(text: str) -> tuple[str, dict[str, int]]:
    """The text with `[redacted: CLASS]` in place of what was found, and how often each class was.

    Redacting the result again changes nothing: what is left between two markers is searched on its own until nothing
    more is found there.
    """
    of_all = _hits(text)
    if not of_all:
        return text, {}
    counts: Counter[str] = Counter()
    done: list[str] = []
    waiting = _fragments(text)
    while waiting:
        fragment, is_marker = waiting.pop()
        hits = [] if is_marker else of_all if fragment == text else _hits(fragment)
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


def _cut(fragment: str, hits: list[tuple[int, int, str]]) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end, name in hits:
        pieces += [(fragment[at:start], False), (f"[redacted: {name}]", True)]
        at = end
    return [*pieces, (fragment[at:], False)]


def _hits(text: str) -> list[tuple[int, int, str]]:
    """What every rule found; where hits overlap all of it goes, under the name of the rule that stands first."""
    looked_at = SIGNS.read(text)
    hits = list(found(looked_at))
    for reading, place in readings(looked_at, SIGNS.read):
        hits += [(*place((start, end)), rank) for start, end, rank in found(reading)]
    if not hits:
        return []
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


def _tells_secret(key: str, value: str) -> bool:
    """Whether a text is a secret because of the key it stands under."""
    if MARKER.fullmatch(value):
        return False
    if _HEADER_NAME.search(key):
        return True
    kind = kind_of(key[-64:])
    if kind == PASSWORD:
        return bool(value.strip("*•. "))
    return kind is not None and (kind != SECRET or " " not in value) and tells(kind, value, tight=True)


CAP = 20_000
"""Characters of a text that are kept."""
_OVERHANG = 1_000
_SHORT, _REMEMBERED = 80, 10_000
"""Keys and short values stand in span after span: so many of this length are looked through only once."""


@dataclass
class Redactor:
    """Redacts the texts of one record; counts what it found, and how many texts it cut at `cap` characters.

    `seen` are short texts with what became of them; the redactors of one file may share it.
    """

    cap: int = CAP
    counts: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    seen: dict[str, tuple[str, dict[str, int]]] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """A long text is redacted a little past the cap, so that no half of a secret is left where it is cut."""
        shown, counts = self._known(text) if len(text) <= _SHORT else redact(text[: self.cap + _OVERHANG])
        if counts:
            self.counts.update(counts)
        if len(text) > self.cap + _OVERHANG:
            shown = shown[:-_OVERHANG]
        elif len(shown) <= self.cap:
            return shown
        self.cut += 1
        return shown[: self.cap]

    def _known(self, text: str) -> tuple[str, dict[str, int]]:
        known = self.seen.get(text)
        if known is None:
            if len(self.seen) >= _REMEMBERED:
                self.seen.clear()
            known = self.seen[text] = redact(text)
        return known

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
