"""Words that a reader may take otherwise, and what they mean here: data, for packs and for pages."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import NamedTuple

from readiness import paths

_FILE = paths.PACKAGE / "review" / "glossary.toml"


class Term(NamedTuple):
    """`pages` are those on which it stands; `packs` is whether packs explain it too."""

    term: str
    means: str
    pages: tuple[str, ...]
    packs: bool


@cache
def terms() -> tuple[Term, ...]:
    """In the order in which they are met."""
    entries = tomllib.loads(_FILE.read_text("utf-8"))["term"]
    return tuple(
        Term(entry["term"], entry["means"], tuple(entry.get("pages", ())), entry.get("packs", True))
        for entry in entries
    )


def of_page(name: str) -> list[Term]:
    return [term for term in terms() if name in term.pages]
