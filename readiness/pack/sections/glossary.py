"""What the words of a pack mean, for readers from outside."""

from __future__ import annotations

from readiness.language import tr
from readiness.review import glossary as words
from readiness.review.review import Review

from .base import Plain


def glossary(_: Review) -> dict[str, Plain]:
    return {"terms": [{"term": tr(term.term), "means": tr(term.means)} for term in words.terms() if term.packs]}
