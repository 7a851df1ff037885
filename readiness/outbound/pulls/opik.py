"""Opik's REST API (https://www.comet.com/docs/opik/reference/rest-api): traces with their spans, experiment items.

Its searches answer with a document in each line, the newest first, and go on from the last id. The address ends in
`/api`, as the servers do that its documentation names.
"""

from __future__ import annotations

from typing import Any

from readiness.language import tr

from .asked import PullStep, Wanted, instant
from .client import PullClient

TRACES, SPANS = "/v1/private/traces/search", "/v1/private/spans/search"
ITEMS = "/v1/private/experiments/items/stream"
PAGE, ALL_SPANS = 100, 2000
MOST_PAGES = 100
"""Of the spans of one trace."""


def authorise(client: PullClient) -> None:
    """A key, or WORKSPACE:KEY in Comet's cloud."""
    workspace, _, key = client.token.rpartition(":")
    client.headers |= {"Authorization": key} if key else {}
    client.headers |= {"Comet-Workspace": workspace} if workspace else {}


def begin(client: PullClient, wanted: Wanted) -> str:
    return ""


def step(client: PullClient, wanted: Wanted, begun: str, at: str) -> PullStep:
    if wanted.holds == "results":
        return _lines(client, ITEMS, {"experiment_name": wanted.run or wanted.project}, PAGE * 5, at)[1]
    times = [("<", wanted.until), *([(">=", wanted.since)] if wanted.since else [])]
    filters = [{"field": "start_time", "operator": sign, "value": instant(time)} for sign, time in times]
    ids, page = _lines(client, TRACES, {"project_name": wanted.project, "filters": filters}, PAGE, at)
    spans = [body for trace_id in ids for body in _spans(client, wanted, trace_id)]
    return PullStep([*page.bodies, *spans], page.records, page.further)


def _lines(client: PullClient, path: str, asked: dict[str, Any], limit: int, at: str) -> tuple[list[str], PullStep]:
    """The ids of what a page holds, and the page."""
    told = asked | {"limit": limit, "truncate": False} | ({"last_retrieved_id": at} if at else {})
    body, rows = client.lines("POST", path, json=told)
    ids = [str(row["id"]) for row in rows]
    return ids, PullStep([body] if rows else [], len(rows), ids[-1] if len(rows) >= limit else "")


def _spans(client: PullClient, wanted: Wanted, trace_id: str) -> list[bytes]:
    bodies, at = [], ""
    for _ in range(MOST_PAGES):
        _, page = _lines(client, SPANS, {"project_name": wanted.project, "trace_id": trace_id}, ALL_SPANS, at)
        bodies += page.bodies
        if not page.further:
            return bodies
        at = page.further
    raise client.odd(SPANS, tr("pages without an end"))
