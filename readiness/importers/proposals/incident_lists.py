"""Incidents as PagerDuty and Opsgenie export them, JSON or CSV, as incidents of the system card.

To whom they happened neither knows: that, and whether users noticed at all, is for the person who adopts them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from readiness.importers.cases import csv_rows
from readiness.importers.cases.scored import day
from readiness.importers.source.gateway import Source, parse_json
from readiness.importers.source.shapes import items, members
from readiness.importers.spans.documents import keys_at
from readiness.language import tr
from readiness.model.card import Incident
from readiness.model.proposals import Proposal, Proposed

from . import plain

PAGERDUTY = {"incident_number", "created_at"}
OPSGENIE = {"message", "createdAt", "priority"}
PAGERDUTY_CSV = {"incident_number", "description", "created_on"}
OPSGENIE_CSV = {"Message", "CreatedAt", "Priority"}
WHAT = ("title", "message", "Message", "description", "summary")
WHEN = ("created_at", "createdAt", "created_on", "CreatedAt")
STATUS = ("status", "Status")


def read(source: Source, metrics: Mapping[str, str]) -> Proposed | None:
    """An incident for each that is told; nothing for a file of another kind."""
    rows = _rows(source)
    if rows is None:
        return None
    lines: list[Proposal] = []
    left_out: list[str] = []
    for place, row, why in rows:
        told = plain.text(_first(row, WHAT), 2_000)
        if why or not told:
            left_out.append(f"{place}: {why or 'does not say what happened'}")
            continue
        ended = plain.text(_first(row, STATUS)).lower() in ("resolved", "closed")
        when, done = day(_first(row, WHEN)), "resolved, as the tool says" if ended else ""
        lines += plain.line(place, Incident, left_out, tr("to whom is not in it"), on=when, what=told, done=done)
    return Proposed("incidents", "card", tuple(lines), tuple(left_out))


def _rows(source: Source) -> Iterator[tuple[str, dict[str, Any], str]] | None:
    if source.head_text.lstrip()[:1] not in ("{", "["):
        names = csv_rows.header(source)
        return csv_rows.rows(source) if names >= PAGERDUTY_CSV or names >= OPSGENIE_CSV else None
    outer, inner = keys_at(source)
    if not any(keys <= found for keys in (PAGERDUTY, OPSGENIE) for found in (outer, inner)):
        return None
    document = parse_json(source.text, file=source.name)
    held = members(document)
    key = next((name for name in ("incidents", "data") if isinstance(held.get(name), list)), "")
    listed = held[key] if key else items(document) or [document]
    return ((f"{key}[{at}]", members(row), "") for at, row in enumerate(listed))


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name)), None)
