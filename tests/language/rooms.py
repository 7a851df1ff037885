"""Which rooms are marked for translation; the list grows until it holds all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from readiness import paths

ROOMS = ("readiness/web", "pages", "app.py", "readiness/formatting.py", "readiness/errors.py", "readiness/language.py")


def modules() -> Iterator[Path]:
    """Every module of the marked rooms."""
    for room in ROOMS:
        place = paths.ROOT / room
        yield from [place] if place.is_file() else sorted(place.rglob("*.py"))


def called(path: Path) -> str:
    """Its path as a catalogue names it."""
    return path.relative_to(paths.ROOT).as_posix()
