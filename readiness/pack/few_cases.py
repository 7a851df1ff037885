"""What tells of so few cases of another customer that it tells of them: rows of figures go, sentences say so."""

from __future__ import annotations

from collections.abc import Mapping

from readiness.language import marked, tr

from .sections.base import Plain

LEFT_OUT = marked("left out, since it tells of fewer than {fewest} cases of another customer")
_WHOSE = ("where", "gate")
"""The fields of a row of figures that say of which cohort they are."""


def without(value: Plain, few: frozenset[str], fewest: int) -> Plain:
    """Plain data without the rows of figures of few cases; any other text that tells of them says it is left out.

    `few` are the characters that stand for their names, `fewest` the cases from which on they may be told.
    """
    if isinstance(value, str):
        return tr(LEFT_OUT, fewest=fewest) if _tells(value, few) else value
    if isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return {name: without(entry, few, fewest) for name, entry in value.items()}
    return [without(entry, few, fewest) for entry in value if not _row_of(entry, few)]


def _row_of(entry: Plain, few: frozenset[str]) -> bool:
    """Whether an entry is a row of figures of a cohort that is one of the few."""
    return isinstance(entry, Mapping) and any(_tells(entry.get(name, ""), few) for name in _WHOSE)


def _tells(text: Plain, few: frozenset[str]) -> bool:
    return isinstance(text, str) and not few.isdisjoint(text)
