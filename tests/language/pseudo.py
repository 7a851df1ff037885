"""A language that nobody speaks: every message comes back between ⟦ and ⟧, so that what is left in English is seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from readiness import language

NAME = "xx"


class Pseudo:
    """Says a message as it is, between brackets; one that was said already stays."""

    def gettext(self, message: str, /) -> str:
        return message if message.startswith("⟦") else f"⟦{message}⟧"

    def pgettext(self, context: str, message: str, /) -> str:
        return self.gettext(message)

    def ngettext(self, one: str, many: str, n: int, /) -> str:
        return self.gettext(one if n == 1 else many)


@contextmanager
def known() -> Iterator[str]:
    """The language can be spoken within this block; its name is what comes out."""
    language._CATALOGUES[NAME] = Pseudo()
    try:
        yield NAME
    finally:
        del language._CATALOGUES[NAME]
