"""CycloneDX bills of materials (https://cyclonedx.org/capabilities/mlbom/): models and data are parts of the card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import items, members
from readiness.language import tr
from readiness.model.card import Component
from readiness.model.proposals import Proposal, Proposed

from . import plain

KINDS = {"machine-learning-model": "model", "data": "data"}
"""Their type of component, and ours; libraries and the like are no part that answers come from."""


def read(source: Source, metrics: Mapping[str, str]) -> Proposed | None:
    """A component for each model and each data set; nothing for a file that is no bill."""
    document = next(
        (one for one in plain.objects(source, ('"CycloneDX"',)) if one.get("bomFormat") == "CycloneDX"), None
    )
    if document is None:
        return None
    lines: list[Proposal] = []
    left_out: list[str] = []
    others = 0
    for at, part in enumerate(map(members, items(document.get("components")))):
        kind = KINDS.get(plain.text(part.get("type")))
        others += kind is None
        if kind:
            stated = {"name": plain.text(part.get("name")), "version": plain.text(part.get("version"))}
            lines += plain.line(f"components[{at}]", Component, left_out, kind=kind, provider=_by(part), **stated)
    left_out += [tr("{number} components of other kinds", number=others)] if others else []
    return Proposed("cyclonedx", "card", tuple(lines), tuple(left_out))


def _by(part: dict[str, Any]) -> str:
    """Who made it, as far as the bill says."""
    stated = (members(part.get(key)).get("name") for key in ("supplier", "manufacturer"))
    return next(filter(None, map(plain.text, stated)), "") or plain.text(part.get("publisher"))
