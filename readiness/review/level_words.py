"""A verdict in words and as a shape, the same everywhere. Pure."""

from __future__ import annotations

from readiness import formatting
from readiness.language import marked, tr
from readiness.model.checklist import Level

SHAPES: dict[Level, tuple[str, str]] = {
    "staged": ("●", marked("staged")),
    "narrow": ("◐", marked("narrow")),
    "add-controls": ("▲", marked("add controls")),
    "do-not-broaden": ("■", marked("do not broaden")),
    "undetermined": ("?", marked("undetermined")),
    "blocked": ("⛔", marked("blocked")),
}


_IDS = (marked("add-controls"), marked("do-not-broaden"))
"""The levels whose id is not their word: a band is named by its id."""


def badge(level: Level) -> str:
    """The verdict everywhere: shape and word, so that colour is never the only sign."""
    sign, word = SHAPES[level]
    return f"{sign} {tr(word)}"


def stated(level: Level, why: str, decided: str = "") -> str:
    """A verdict with its reason, and what was decided against it.

    `Blocked: tenants are not kept apart (data boundary).`, `Blocked; going on by decision of dana until 14 Dec: …`
    """
    return f"{formatting.capital(tr(SHAPES[level][1]))}{f'; {decided}' if decided else ''}: {why}"
