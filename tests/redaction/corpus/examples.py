"""What a row of the corpus says, and whether a value was found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from readiness import paths
from readiness.redaction.redactor import MARKER

FOLDER = paths.ROOT / "tests" / "data" / "redaction"
PARTS = ("seen", "heldout")
LEFT = 6
"""A value counts as found where no so many of its characters in a row are left."""


@dataclass(frozen=True)
class Example:
    name: str
    """The class; empty for ordinary text that must be left alone."""
    before: str
    value: str
    after: str
    service: str = ""
    country: str = ""

    @property
    def text(self) -> str:
        return f"{self.before}{self.value}{self.after}"

    def pieces(self) -> set[str]:
        """What may not be left of the value; empty where its surroundings say all of it too."""
        length = min(LEFT, len(self.value))
        pieces = {self.value[at : at + length] for at in range(len(self.value) - length + 1)}
        return {piece for piece in pieces if piece not in self.before + self.after}

    def found(self, shown: str) -> bool:
        left = MARKER.sub("¤", shown)
        return not any(piece in left for piece in self.pieces())


def read(path: Path) -> list[Example]:
    """The examples of a file; texts lie in pieces so that no scanner of repositories takes one for a leak."""
    return [
        Example(
            row["class"],
            "".join(row["before"]),
            "".join(row["secret"]),
            "".join(row["after"]),
            row.get("service", ""),
            row.get("country", ""),
        )
        for row in map(json.loads, path.read_text("utf-8").splitlines())
    ]


@cache
def part(name: str) -> tuple[Example, ...]:
    return tuple(read(FOLDER / name / "corpus.jsonl"))
