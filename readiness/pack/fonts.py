"""What the fonts that are shipped can draw: every view on paper is set in them alone, and what they lack is named."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from readiness import formatting, paths

from .sections.base import Plain, each
from .snapshot import Snapshot

_UNSEEN = "\n\u00ad\u200b-\u200f\u2028\u2029\u2060-\u206f\ufe00-\ufe0f"
"""What is never drawn: line breaks, joiners, isolates and selectors of a variant."""


def missing(snapshot: Snapshot) -> list[str]:
    """The characters of a pack that no font draws, by their code points; paper shows `[U+1F600]` in their place."""
    found: set[str] = set()

    def look(text: str) -> str:
        found.update(_lacking().findall(text))
        return text

    parts: list[Plain] = [snapshot.head, snapshot.foot, *(section.data for section in snapshot.sections)]
    each(parts, look)
    return sorted(found)


def named(snapshot: Snapshot) -> str:
    """The same as a list for people; the first of many."""
    return formatting.few(list(map(code, missing(snapshot))), shown=12, between=", ")


def drawable(text: str) -> str:
    """A text with the code point in the place of what no font draws."""
    return text if text.isascii() else _lacking().sub(lambda found: f"[{code(found[0])}]", text)


def code(char: str) -> str:
    """`U+1F600`."""
    return f"U+{ord(char):04X}"


def families() -> list[str]:
    """The names of the fonts, in the order in which one is looked for that draws a character."""
    return [str(family) for family in _coverage()["families"]]


@cache
def _coverage() -> dict[str, Any]:
    """`{"families": [name], "drawn": [[first, last]]}`, written where the fonts are made."""
    read: dict[str, Any] = json.loads((paths.FONTS / "coverage.json").read_text("utf-8"))
    return read


@cache
def _lacking() -> re.Pattern[str]:
    drawn = "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in _coverage()["drawn"])
    return re.compile(f"[^{drawn}{_UNSEEN}]")
