"""Phoenix's REST API (https://arize.com/docs/phoenix/sdk-api-reference/rest-api): spans of whole traces, experiments.

Spans are asked for by the ids of a page of traces, so that none is torn apart between two pulls.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from readiness.language import tr

from .asked import PullStep, Wanted, instant
from .client import PullClient

TRACES, SPANS = 500, 1000
"""Of one page."""
IDS = 100
"""Of traces whose spans are asked for at once: so many fit into an address."""
MOST_PAGES = 1_000
"""Of the spans of so many traces."""


def authorise(client: PullClient) -> None:
    if client.token:
        client.headers["Authorization"] = f"Bearer {client.token}"


def begin(client: PullClient, wanted: Wanted) -> str:
    return f"/v1/projects/{quote(wanted.project, safe='')}"


def step(client: PullClient, wanted: Wanted, begun: str, at: str) -> PullStep:
    if wanted.holds == "results":
        body, runs = client.ask("GET", f"/v1/experiments/{quote(wanted.run, safe='')}/json")
        return PullStep([body], len(runs), "")
    asked: dict[str, Any] = {"sort": "start_time", "order": "asc", "limit": TRACES, "end_time": instant(wanted.until)}
    asked |= {"start_time": instant(wanted.since)} if wanted.since else {}
    page = client.ask("GET", f"{begun}/traces", params=asked | ({"cursor": at} if at else {}))[1]
    ids = [trace["trace_id"] for trace in page["data"]]
    some = [ids[first : first + IDS] for first in range(0, len(ids), IDS)]
    bodies = [body for part in some for body in _spans(client, f"{begun}/spans", part)]
    return PullStep(bodies, len(ids), page["next_cursor"] or "")


def _spans(client: PullClient, path: str, ids: list[str]) -> list[bytes]:
    bodies, cursor, seen = [], "", {""}
    for _ in range(MOST_PAGES):
        asked: dict[str, Any] = {"trace_id": ids, "limit": SPANS, "order": "asc"}
        body, page = client.ask("GET", path, params=asked | ({"cursor": cursor} if cursor else {}))
        bodies.append(body)
        cursor = page["next_cursor"] or ""
        if not cursor:
            return bodies
        if cursor in seen:
            break
        seen.add(cursor)
    raise client.odd(path, tr("the same page again, or pages without an end"))
