"""Where texts stand that people read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from readiness import paths

ROOMS = ("readiness", "pages", "app.py")
TEMPLATES = ("templates/web",)
"""Folders of Jinja templates of which all texts are said; those of packs have their own checks."""
GLOSSARY = paths.PACKAGE / "review" / "glossary.toml"


def modules() -> Iterator[Path]:
    """Every module."""
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
