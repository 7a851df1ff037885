"""Langfuse's public API (https://api.reference.langfuse.com): a page of traces, then each of them whole; experiments.

A project is that of the keys, PUBLIC:SECRET, so that its name is only what it is called here. An experiment comes
whole, whenever it ran.
"""

from __future__ import annotations

import base64
import datetime as dt
from urllib.parse import quote

from readiness.errors import NotFound
from readiness.language import tr

from .asked import PullStep, Wanted, instant
from .client import PullClient

TRACES, ITEMS = "/api/public/traces", "/api/public/experiment-items"
PAGE = 100
FIRST = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
"""Items are asked for from a time on, before which Langfuse was not there."""


def authorise(client: PullClient) -> None:
    if client.token:
        client.headers["Authorization"] = f"Basic {base64.b64encode(client.token.encode()).decode()}"


def begin(client: PullClient, wanted: Wanted) -> str:
    return TRACES


def step(client: PullClient, wanted: Wanted, begun: str, at: str) -> PullStep:
    if wanted.holds == "results":
        return _items(client, wanted, at)
    asked = {"page": at or "1", "limit": str(PAGE), "orderBy": "timestamp.asc", "fields": "core"}
    asked |= {"toTimestamp": instant(wanted.until)} | ({"fromTimestamp": instant(wanted.since)} if wanted.since else {})
    page = client.ask("GET", begun, params=asked)[1]
    bodies = [client.ask("GET", f"{begun}/{quote(trace['id'], safe='')}")[0] for trace in page["data"]]
    number, last = int(page["meta"]["page"]), int(page["meta"]["totalPages"])
    return PullStep(bodies, len(bodies), str(number + 1) if page["data"] and number < last else "")


def _items(client: PullClient, wanted: Wanted, at: str) -> PullStep:
    """Raises NotFound where no item is of the experiment."""
    asked = {"experimentName": wanted.run, "fields": "core,dataset,io,scores", "limit": str(PAGE)}
    asked |= {"fromStartTime": instant(FIRST), "toStartTime": instant(wanted.until)} | ({"cursor": at} if at else {})
    body, page = client.ask("GET", ITEMS, params=asked)
    items = page["data"]
    if not items and not at:
        problem = tr("there is no experiment {run!r} with items", run=wanted.run)
        raise NotFound(problem, file=client.host, place=ITEMS, expected=tr("one of the project that the keys are for"))
    return PullStep([body] if items else [], len(items), (page["meta"].get("cursor") or "") if items else "")
