"""What the readers share: objects of a file with their kind, texts that fit, and durations."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from readiness.importers.source import yaml_documents
from readiness.importers.source.gateway import Source, parse_json
from readiness.importers.source.shapes import members
from readiness.model.proposals import Part, Proposal

_HOURS = {"ms": 1 / 3_600_000, "s": 1 / 3600, "m": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")


def objects(source: Source, marks: tuple[str, ...]) -> list[dict[str, Any]]:
    """The documents of YAML or JSON where the beginning of the file has one of the marks; none elsewhere."""
    head = source.head_text
    if not any(mark in head for mark in marks):
        return []
    if head.lstrip().startswith("{"):
        return [members(parse_json(source.text, file=source.name))]
    return [document for document in yaml_documents.documents(source) if isinstance(document, dict)]


def text(value: object, most: int = 300) -> str:
    """A text in one line; empty for what is none."""
    return " ".join(str(value).split())[:most] if isinstance(value, (str, int, float)) else ""


def hours(value: object) -> float | None:
    """A duration such as `1h30m`; bare numbers are seconds."""
    told = text(value)
    if told.replace(".", "", 1).isdecimal() and len(told) < 12:
        return float(told) / 3600
    parts = _DURATION.findall(told)
    if not parts or "".join(map("".join, parts)) != told or len(told) > 30:
        return None
    return sum(float(number) * _HOURS[unit] for number, unit in parts)


def line(place: str, kind: type[Part], left_out: list[str], beside: str = "", /, **stated: Any) -> list[Proposal]:
    """The line, or none where a document cannot hold it, which is told."""
    try:
        return [Proposal(place, kind.model_validate(stated), beside)]
    except ValidationError as exc:
        why = str(exc.errors()[0]["msg"]).removeprefix("Value error, ")
        left_out.append(f"{place}: {why}"[:300])
        return []
