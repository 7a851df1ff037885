"""When two names mean the same person, and when a text names nobody and nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
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


def words(text: str) -> str:
    """The words of a measure: `task_success` and `Task success` are the same."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))


_SLUG = 60
"""Letters of a slug that is made of a name; a person may write a longer one."""


def slug(name: str, taken: Collection[str] = (), *, otherwise: str = "system") -> str:
    """What a name is called in addresses, in small letters, digits and hyphens; numbered where that is taken."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain)[:_SLUG].strip("-") or otherwise
    if made not in taken:
        return made
    return next(f"{made}-{number}" for number in range(2, len(taken) + 3) if f"{made}-{number}" not in taken)
