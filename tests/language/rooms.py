"""Which rooms are marked for translation; the list grows until it holds all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from readiness import paths

ROOMS = (
    *("readiness/web", "pages", "app.py", "readiness/formatting.py", "readiness/errors.py", "readiness/language.py"),
    *("readiness/pack", "readiness/exports", "readiness/seal", "readiness/api", "readiness/cli", "readiness/library"),
    "readiness/outbound",
)


def modules() -> Iterator[Path]:
    """Every module of the marked rooms."""
    for room in ROOMS:
        place = paths.ROOT / room
        found = [place] if place.is_file() else sorted(place.rglob("*.py"))
        yield from (path for path in found if "migrations" not in path.parts)  # which stay as they were written


def templates() -> Iterator[Path]:
    for folder in TEMPLATES:
        yield from sorted((paths.ROOT / folder).rglob("*.j2"))


def called(path: Path) -> str:
    """Its path as a catalogue names it."""
    return path.relative_to(paths.ROOT).as_posix()
