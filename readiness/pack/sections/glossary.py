"""What the words of a pack mean, for readers from outside."""

from __future__ import annotations

import tomllib
from functools import cache

from readiness import paths
from readiness.review.review import Review

from .base import Plain

_FILE = paths.PACKAGE / "pack" / "glossary.toml"


def glossary(_: Review) -> dict[str, Plain]:
    return {"terms": _terms()}


@cache
def _terms() -> list[Plain]:
    entries = tomllib.loads(_FILE.read_text("utf-8"))["term"]
    return [{"term": entry["term"], "means": entry["means"]} for entry in entries]
