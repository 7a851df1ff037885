"""LangSmith (https://docs.langchain.com/langsmith/smith-api-ref): the runs of all traces whose root began in time.

`trace_filter` speaks of the root of a trace, so that none is torn apart between two pulls. An experiment is a session
that ran on a data set, and comes whole: the examples of the set, each with its runs in that session.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from readiness.errors import NotFound
from readiness.language import tr

from .asked import PullStep, Wanted, instant
from .client import PullClient

SESSIONS, QUERY = "/api/v1/sessions", "/api/v1/runs/query"
PAGE = EXAMPLES = 100


def authorise(client: PullClient) -> None:
    if client.token:
        client.headers["x-api-key"] = client.token


def begin(client: PullClient, wanted: Wanted) -> str:
    """The id of the project or the experiment, which the API calls a session, and its data set. Raises NotFound."""
    results = wanted.holds == "results"
    name = wanted.run if results else wanted.project
    sessions = client.ask("GET", SESSIONS, params={"name": name, "limit": "1"})[1]
    if not sessions:
        problem = (
            tr("there is no experiment {name!r}", name=name)
            if results
            else tr("there is no project {name!r}", name=name)
        )
        expected = tr("one that the token may read")
        raise NotFound(problem, file=client.host, place=SESSIONS, expected=expected)
    session, on = sessions[0]["id"], sessions[0].get("reference_dataset_id")
    if results and not on:
        problem, expected = (
            tr("{name!r} ran on no data set", name=name),
            tr("an experiment; --holds traces reads a project"),
        )
        raise NotFound(problem, file=client.host, place=SESSIONS, expected=expected)
    return f"{session} {on}" if results else str(session)


def step(client: PullClient, wanted: Wanted, begun: str, at: str) -> PullStep:
    if wanted.holds == "results":
        return _examples(client, *begun.split(), offset=int(at or 0))
    told: dict[str, Any] = {
        "session": [begun],
        "trace_filter": _filter(wanted),
        "order": "asc",
        "limit": PAGE,
        **({"start_time": instant(wanted.since)} if wanted.since else {}),
        **({"cursor": at} if at else {}),
    }
    body, page = client.ask("POST", QUERY, json=told)
    runs = page["runs"]
    further = (page.get("cursors") or {}).get("next") or "" if runs else ""
    return PullStep([body] if runs else [], sum(run.get("parent_run_id") is None for run in runs), further)


def _examples(client: PullClient, session: str, data_set: str, *, offset: int) -> PullStep:
    told = {"session_ids": [session], "offset": offset, "limit": EXAMPLES, "preview": False}
    body, examples = client.ask("POST", f"/api/v1/datasets/{quote(data_set, safe='')}/runs", json=told)
    further = str(offset + len(examples)) if len(examples) >= EXAMPLES else ""
    return PullStep([body] if examples else [], sum(len(example["runs"]) for example in examples), further)


def _filter(wanted: Wanted) -> str:
    until = f'lt(start_time, "{instant(wanted.until)}")'
    return f'and(gte(start_time, "{instant(wanted.since)}"), {until})' if wanted.since else until
