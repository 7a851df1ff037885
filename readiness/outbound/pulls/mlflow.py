"""MLflow's REST API, 3.x (https://mlflow.org/docs/latest/rest-api.html): traces with their spans, and assessments.

A page of traces has no spans; `batchGet` has them by the ids of a page. Results are the pages themselves, which hold
the assessments of each trace.
"""

from __future__ import annotations

import base64
from typing import Any

from .asked import PullStep, Wanted, milliseconds
from .client import PullClient

SEARCH, BATCH = "/api/3.0/mlflow/traces/search", "/api/3.0/mlflow/traces/batchGet"
PAGE = {"traces": 100, "results": 500}
"""Traces of one page; the ids of 100 fit into an address."""


def authorise(client: PullClient) -> None:
    """NAME:PASSWORD for its basic authentication, else a token."""
    if ":" in client.token:
        client.headers["Authorization"] = f"Basic {base64.b64encode(client.token.encode()).decode()}"
    elif client.token:
        client.headers["Authorization"] = f"Bearer {client.token}"


def begin(client: PullClient, wanted: Wanted) -> str:
    """The id of the experiment, which may be named by it."""
    if wanted.project.isdecimal():
        asked, path = {"experiment_id": wanted.project}, "/api/2.0/mlflow/experiments/get"
    else:
        asked, path = {"experiment_name": wanted.project}, "/api/2.0/mlflow/experiments/get-by-name"
    return str(client.ask("GET", path, params=asked)[1]["experiment"]["experiment_id"])


def step(client: PullClient, wanted: Wanted, begun: str, at: str) -> PullStep:
    told: dict[str, Any] = {
        "locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": begun}}],
        "filter": _filter(wanted),
        "max_results": PAGE[wanted.holds],
        "order_by": ["timestamp_ms ASC"],
    }
    body, page = client.ask("POST", SEARCH, json=told | ({"page_token": at} if at else {}))
    traces, further = page.get("traces", []), page.get("next_page_token", "")
    if wanted.holds == "results":
        return PullStep([body] if traces else [], len(traces), further)
    done = [trace["trace_id"] for trace in traces if trace.get("state") != "IN_PROGRESS"]
    bodies = [client.ask("GET", BATCH, params={"trace_ids": done})[0]] if done else []
    running = len(traces) - len(done)
    return PullStep(bodies, len(done), further, f"{running} still running were left out" if running else "")


def _filter(wanted: Wanted) -> str:
    parts = [f"timestamp_ms < {milliseconds(wanted.until)}"]
    if wanted.since:
        parts.append(f"timestamp_ms >= {milliseconds(wanted.since)}")
    if wanted.run:
        escaped = wanted.run.replace("\\", "").replace("'", "")
        parts.append(f"run_id = '{escaped}'")
    return " AND ".join(parts)
