"""When two names mean the same person, and when a text names nobody and nothing."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_TO_COME = {
    *("todo", "to do", "tbd", "tba", "tbc", "pending", "not yet", "placeholder", "to be defined", "to be decided"),
    *("to be determined", "to be confirmed", "to be announced", "to be done"),
}
_NONE = {"n/a", "na", "none", "nil", "null", "nobody", "no one", "nothing", "no", "unknown", "open", "no evidence"}


def is_to_come(text: str) -> bool:
    """Whether a text is blank, or only says that it is still to be filled in: `–`, `TBD`."""
    words = _words(text)
    return not any(letter.isalnum() for letter in words) or words in _TO_COME


def is_none(text: str) -> bool:
    """The same of what names a person or a document, which `none` and `n/a` do not."""
    return is_to_come(text) or _words(text) in _NONE


def _words(text: str) -> str:
    return key(text).strip(" .!?…()[]<>-–—_")


@lru_cache(maxsize=10_000)
def key(name: str) -> str:
    """What names are compared by: letters composed (NFC) and without case, blanks alike and none at the ends."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())
