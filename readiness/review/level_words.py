"""A verdict in words and as a shape, the same everywhere. Pure."""

from __future__ import annotations

from readiness import formatting
from readiness.model.checklist import Level

SHAPES: dict[Level, tuple[str, str]] = {
    "staged": ("●", "staged"),
    "narrow": ("◐", "narrow"),
    "add-controls": ("▲", "add controls"),
    "do-not-broaden": ("■", "do not broaden"),
    "undetermined": ("?", "undetermined"),
    "blocked": ("⛔", "blocked"),
}


def badge(level: Level) -> str:
    """The verdict everywhere: shape and word, so that colour is never the only sign."""
    return " ".join(SHAPES[level])


def stated(level: Level, why: str, decided: str = "") -> str:
    """A verdict with its reason, and what was decided against it.

    `Blocked: tenants are not kept apart (data boundary).`, `Blocked; going on by decision of dana until 14 Dec: …`
    """
    return f"{formatting.capital(SHAPES[level][1])}{f'; {decided}' if decided else ''}: {why}"
