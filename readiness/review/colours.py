"""The colours of the verdicts, in one place: pages, charts, packs and slides take them from here. Pure."""

from __future__ import annotations

COLOURS: dict[str, str] = {
    "staged": "#0b7a5e",
    "narrow": "#1f6fb2",
    "add-controls": "#a86200",
    "do-not-broaden": "#b8431a",
    "undetermined": "#6b7280",
    "blocked": "#8e1b4a",
}
"""By the level of a verdict; white text on them can be read."""
BANDS: dict[str, str] = {
    "staged": "#2fa98a",
    "narrow": "#5ba3dd",
    "add-controls": "#e0a33c",
    "do-not-broaden": "#df7a50",
}
"""By the level of a band of the score, behind text."""
DUE: dict[str, str] = {
    "open": COLOURS["narrow"],
    "overdue": COLOURS["blocked"],
    "after the rollout": COLOURS["add-controls"],
}
"""By how the due date of a gap stands, on every line of dates."""
CLAIMS: dict[str, str] = {
    "holds": COLOURS["staged"],
    "in part": COLOURS["add-controls"],
    "open": COLOURS["undetermined"],
    "against": COLOURS["blocked"],
}
"""By how a claim of the argument stands."""
