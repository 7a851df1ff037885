"""When two names mean the same person."""

from __future__ import annotations

import unicodedata


def key(name: str) -> str:
    """What names are compared by: letters composed (NFC) and without case, blanks alike and none at the ends."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())
