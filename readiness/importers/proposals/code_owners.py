"""CODEOWNERS (https://docs.github.com): who reviews a change to everything, as the owner of release review.

Of the lines for `*` the last counts, as it does there; lines for some paths alone name no owner of the system.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from readiness.importers.source.gateway import Source
from readiness.language import tr
from readiness.model.monitoring import Owners
from readiness.model.proposals import Proposal, Proposed

from . import plain

_OWNER = re.compile(r"@[\w.-]+(?:/[\w.-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+")
_EVERYTHING = ("*", "/", "/**", "**")


def read(source: Source, metrics: Mapping[str, str]) -> Proposed | None:
    """The owners of everything; nothing for a file in which a line has no path with owners."""
    rows = [(at, row.partition(" #")[0].split()) for at, row in enumerate(source.head_text.splitlines(), start=1)]
    rows = [(at, row) for at, row in rows if row and not row[0].startswith(("#", "["))]
    owned = [all(map(_OWNER.fullmatch, row[1:])) for _, row in rows]
    if not rows or not all(owned) or not any(len(row) > 1 for _, row in rows):
        return None
    left_out = [
        tr("line {line}: {path} is a part only", line=at, path=row[0]) for at, row in rows if row[0] not in _EVERYTHING
    ]
    lines: list[Proposal] = []
    for at, row in rows:
        if row[0] in _EVERYTHING and len(row) > 1:
            lines = plain.line(f"line {at}", Owners, left_out, release_review=", ".join(row[1:])[:300])
    return Proposed("codeowners", "monitoring", tuple(lines), tuple(left_out))
