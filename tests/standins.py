"""Langfuse, LangSmith and Opik in a thread, as far as their documentation goes: what it does not name is refused.

Pages are small, so that every list has several; whoever asks too often is told to wait.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from readiness.model.sources import SourceKind
from readiness.outbound.pulls import tokens
from readiness.services import sources
from tests.serving import answering

LANGFUSE_TOKEN, LANGSMITH_TOKEN, OPIK_TOKEN = "pk-lf-1:sk-lf-2", "lsv2_pt_secret", "desk:opik-key"
PROJECT, NIGHTLY = "support", "nightly"
PAGE = 2
TRACES, CASES = 5, 7
Answer = tuple[int, bytes, dict[str, str]]


class Refused(Exception):
    """What the documentation does not name; `status` is what the server answers then."""

    def __init__(self, status: int, why: str = "") -> None:
        super().__init__(why)
        self.status = status


@dataclass
class Standin:
    """What a server holds as its API gives it, and what it was asked."""

    url: str = ""
    traces: list[dict[str, Any]] = field(default_factory=list)
    spans: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    failing: list[Answer] = field(default_factory=list)
    """Answered before anything else, one each."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any

    def only(self, may: set[str], must: frozenset[str] = frozenset()) -> dict[str, Any]:
        """What is sent, in the body or the address. Raises Refused for a name that is not documented."""
        sent = self.body if self.method == "POST" else self.query
        if not must <= sent.keys() <= must | may:
            raise Refused(400, f"{sorted(sent)}")
        return dict(sent)


Serve = Callable[[Standin, Request], bytes]


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _time(text: str) -> str:
    """A time as it is compared: RFC 3339 in UTC, cut to milliseconds. Raises Refused for any other."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z", text)
    if match is None:
        raise Refused(400, text)
    return f"{match[1]}.{(match[2] or '')[:3]:0<3}"


def langfuse(held: Standin, asked: Request) -> bytes:
    """https://api.reference.langfuse.com, Trace and Experiments"""
    if asked.headers.get("authorization") != f"Basic {base64.b64encode(LANGFUSE_TOKEN.encode()).decode()}":
        raise Refused(401)
    if asked.method != "GET":
        raise Refused(405)
    if asked.path == "/api/public/traces":
        names = {"page", "limit", "fromTimestamp", "toTimestamp", "orderBy", "fields", "name", "tags"}
        sent = asked.only(names)
        if not 1 <= int(sent["limit"]) <= 100 or sent["orderBy"] != "timestamp.asc":
            raise Refused(400)
        since, until = _time(sent.get("fromTimestamp", "0001-01-01T00:00:00Z")), _time(sent["toTimestamp"])
        found = [trace for trace in held.traces if since <= _time(trace["timestamp"]) < until]
        found.sort(key=lambda trace: str(trace["timestamp"]))
        number = int(sent["page"])
        data = [
            {**trace, "observations": [], "scores": [], "latency": -1, "totalCost": -1}
            for trace in found[PAGE * (number - 1) : PAGE * number]
        ]
        pages = -(-len(found) // PAGE)
        meta = {"page": number, "limit": PAGE, "totalItems": len(found), "totalPages": pages}
        return _json({"data": data, "meta": meta})
    if match := re.fullmatch("/api/public/traces/([^/]+)", asked.path):
        asked.only({"fields"})
        found = [trace for trace in held.traces if trace["id"] == unquote(match[1])]
        if not found:
            raise Refused(404)
        return _json(found[0])
    if asked.path == "/api/public/experiment-items":
        return _experiment_items(held, asked)
    raise Refused(404)


def _experiment_items(held: Standin, asked: Request) -> bytes:
    names = {"toStartTime", "experimentId", "experimentItemId", "datasetId", "limit", "cursor", "scoreLimit", "filter"}
    sent = asked.only(names, frozenset({"fromStartTime", "fields", "experimentName"}))
    groups = set(sent["fields"].split(","))
    if not 1 <= int(sent["limit"]) <= 100 or not groups <= {"core", "dataset", "io", "metadata", "scores"}:
        raise Refused(400)
    since, until = _time(sent["fromStartTime"]), _time(sent["toStartTime"])
    found = [
        item
        for item in held.items
        if item["experimentName"] == sent["experimentName"] and since <= _time(item["startTime"]) < until
    ]
    first = int(base64.b64decode(sent.get("cursor", "")) or 0)
    more = len(found) > first + PAGE
    meta = {"cursor": base64.b64encode(str(first + PAGE).encode()).decode()} if more else {}
    return _json({"data": found[first : first + PAGE], "meta": meta})


SESSION, DATA_SET, EXPERIMENT = (str(uuid.UUID(int=number)) for number in (7, 8, 9))
_BOUND = re.compile(r'(gte|lt)\(start_time, "([^"]+)"\)')


def langsmith(held: Standin, asked: Request) -> bytes:
    """https://docs.langchain.com/langsmith/smith-api-ref, sessions, runs/query and datasets/ID/runs"""
    if asked.headers.get("x-api-key") != LANGSMITH_TOKEN:
        raise Refused(401)
    if (asked.method, asked.path) == ("GET", "/api/v1/sessions"):
        sent = asked.only({"limit", "offset", "include_stats"}, frozenset({"name"}))
        known = {PROJECT: (SESSION, None), NIGHTLY: (EXPERIMENT, DATA_SET)}
        session, on = known.get(sent["name"], ("", None))
        return _json([{"id": session, "name": sent["name"], "reference_dataset_id": on}] if session else [])
    if (asked.method, asked.path) == ("POST", f"/api/v1/datasets/{DATA_SET}/runs"):
        sent = asked.only({"offset", "limit", "preview", "example_ids", "filters"}, frozenset({"session_ids"}))
        if sent["session_ids"] != [EXPERIMENT] or not 1 <= sent["limit"] <= 100 or sent["preview"]:
            raise Refused(422)
        return _json(held.items[sent["offset"] : sent["offset"] + sent["limit"]])
    if (asked.method, asked.path) != ("POST", "/api/v1/runs/query"):
        raise Refused(404)
    names = {"trace", "is_root", "run_type", "start_time", "filter", "trace_filter", "order", "limit", "cursor"}
    sent = asked.only(names, frozenset({"session"}))
    if sent["session"] != [SESSION] or not 1 <= sent["limit"] <= 100 or sent["order"] != "asc":
        raise Refused(422)
    bounds = {sign: _time(time) for sign, time in _BOUND.findall(sent["trace_filter"])}
    if _BOUND.sub("", sent["trace_filter"]) not in ("", "and(, )"):
        raise Refused(422)
    roots = {
        run["trace_id"]
        for run in held.spans
        if run["parent_run_id"] is None and bounds.get("gte", "") <= _time(run["start_time"]) < bounds["lt"]
    }
    found = sorted((run for run in held.spans if run["trace_id"] in roots), key=lambda run: str(run["start_time"]))
    first = int(sent.get("cursor", "at:0").removeprefix("at:"))
    further = f"at:{first + PAGE}" if len(found) > first + PAGE else None
    return _json({"runs": found[first : first + PAGE], "cursors": {"next": further, "prev": None}})


def opik(held: Standin, asked: Request) -> bytes:
    """https://www.comet.com/docs/opik/reference/rest-api, traces/search, spans/search and experiments/items/stream"""
    workspace, _, key = OPIK_TOKEN.partition(":")
    if (asked.headers.get("authorization"), asked.headers.get("comet-workspace")) != (key, workspace):
        raise Refused(401)
    paging = {"last_retrieved_id", "limit", "truncate"}
    if asked.method != "POST":
        raise Refused(405)
    if asked.path == "/api/v1/private/traces/search":
        sent = asked.only(paging | {"project_name", "filters", "from_time", "to_time", "strip_attachments"})
        found = [trace for trace in held.traces if all(_fits(trace, rule) for rule in sent.get("filters", ()))]
        found = found if sent["project_name"] == PROJECT else []
    elif asked.path == "/api/v1/private/spans/search":
        sent = asked.only(paging | {"project_name", "trace_id", "type", "filters", "from_time", "to_time"})
        uuid.UUID(sent["trace_id"])
        found = [span for span in held.spans if span["trace_id"] == sent["trace_id"]]
    elif asked.path == "/api/v1/private/experiments/items/stream":
        sent = asked.only(paging, frozenset({"experiment_name"}))
        found = held.items if sent["experiment_name"] == NIGHTLY else []
    else:
        raise Refused(404)
    if not 1 <= sent["limit"] <= 2000:
        raise Refused(422)
    found = sorted(found, key=lambda row: str(row["id"]), reverse=True)
    if last := sent.get("last_retrieved_id"):
        found = [row for row in found if row["id"] < last]
    return b"".join(_json(row) + b"\n" for row in found[: sent["limit"]])


def _fits(trace: dict[str, Any], rule: dict[str, str]) -> bool:
    if set(rule) != {"field", "operator", "value"} or rule["field"] != "start_time":
        raise Refused(400)
    time, bound = _time(trace["start_time"]), _time(rule["value"])
    return {"<": time < bound, ">=": time >= bound}[rule["operator"]]


def an_id(number: int) -> str:
    """Ids that grow, as UUIDs of version 7 do."""
    return str(uuid.UUID(int=(0x7000 << 64) + number))


def _at(trace: int, milliseconds: int = 0) -> str:
    return (dt.datetime(2026, 11, 20, 9, trace, tzinfo=dt.UTC) + dt.timedelta(milliseconds=milliseconds)).strftime(
        "%Y-%m-%dT%H:%M:%S.%fZ"
    )


def fill(held: Standin, kind: SourceKind) -> None:
    """Five traces, a minute apart, each with a root and a model call below it."""
    for at in range(TRACES):
        root, below = an_id(10 * at), an_id(10 * at + 1)
        if kind == "langfuse":
            shared = {"traceId": root, "level": "DEFAULT", "statusMessage": None}
            top = {"id": f"{root}-r", "type": "SPAN", "name": "answer", "parentObservationId": None, **shared}
            call = {"id": below, "type": "GENERATION", "name": "write", "parentObservationId": f"{root}-r", **shared}
            times = {"startTime": _at(at), "endTime": _at(at, 90)}
            held.traces.append(
                {
                    "id": root,
                    "timestamp": _at(at),
                    "name": "answer",
                    "release": "2026.11",
                    "version": None,
                    "input": "q",
                    "output": "a",
                    "metadata": {},
                    "tags": [],
                    "public": False,
                    "environment": "default",
                    "htmlPath": "/x",
                    "observations": [{**top, **times}, {**call, **times}],
                    "scores": [],
                }
            )
        elif kind == "langsmith":
            for run_id, parent, type_ in ((root, None, "chain"), (below, root, "llm")):
                held.spans.append(
                    {
                        "id": run_id,
                        "trace_id": root,
                        "parent_run_id": parent,
                        "run_type": type_,
                        "name": type_,
                        "start_time": _at(at),
                        "end_time": _at(at, 90),
                        "status": "success",
                        "error": None,
                        "inputs": {"q": "q"},
                        "outputs": {"a": "a"},
                        "extra": {"metadata": {"version": "2026.11"}},
                        "dotted_order": f"20261120T0900{at:02}000000Z{root}",
                    }
                )
        else:
            times = {"start_time": _at(at), "end_time": _at(at, 90), "project_id": an_id(999)}
            metadata = {"version": "2026.11"}
            held.traces.append({"id": root, "name": "answer", "input": {}, "output": {}, "metadata": metadata, **times})
            held.spans.append(
                {"id": below, "trace_id": root, "parent_span_id": None, "name": "write", "type": "llm", **times}
                | {"end_time": _at(at, 50)}
            )


def fill_experiment(held: Standin, kind: SourceKind) -> None:
    """An experiment of seven cases, of which every second has the score, and the last ended in an error."""
    for at in range(CASES):
        failed, stats = at == CASES - 1, {"n": 1, "avg": float(at % 2), "errors": 0, "values": {}}
        if kind == "langfuse":
            score = {"name": "exact", "value": at % 2, "dataType": "NUMERIC", "timestamp": _at(at)}
            held.items.append(
                {
                    "id": an_id(at),
                    "traceId": an_id(at),
                    "startTime": _at(at),
                    "endTime": _at(at, 90),
                    "level": "ERROR" if failed else "DEFAULT",
                    "experimentId": an_id(70),
                    "experimentName": NIGHTLY,
                    "experimentItemId": an_id(100 + at),
                    "input": {"q": f"q{at}"},
                    "scores": [] if failed else [score],
                }
            )
        else:
            times = {"start_time": _at(at), "end_time": _at(at, 90), "session_id": EXPERIMENT}
            run: dict[str, Any] = {"id": an_id(at), "error": "away" if failed else None, **times}
            run |= {"feedback_stats": {} if failed else {"exact": stats}}
            example = {"id": an_id(100 + at), "dataset_id": DATA_SET, "inputs": {"q": f"q{at}"}, "metadata": {}}
            held.items.append({**example, "runs": [run]})


@contextmanager
def serving(serve: Serve) -> Iterator[Standin]:
    held = Standin()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None: ...

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            held.asked.append(f"{self.command} {self.path}")
            headers = {name.lower(): text for name, text in self.headers.items()}
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            status, sent, more = 200, b"", dict[str, str]()
            try:
                if held.failing:
                    status, sent, more = held.failing.pop(0)
                else:
                    asked = Request(self.command, parts.path, query, headers, json.loads(body) if body else {})
                    sent = serve(held, asked)
            except Refused as exc:
                status, sent = exc.status, _json({"error": str(exc)})
            except (KeyError, ValueError) as exc:
                status, sent = 422, _json({"error": repr(exc)})
            self.send_response(status)
            for name, text in {"Content-Type": "application/json", "Content-Length": str(len(sent)), **more}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(sent)

    with answering(Handler) as url:
        held.url = url
        yield held


@contextmanager
def project_of_langsmith(patch: pytest.MonkeyPatch, folder: Path) -> Iterator[Standin]:
    """A project with traces, to which there is a token; what is pulled is kept below the folder."""
    patch.setenv(tokens.VARIABLE, f"127.0.0.1={LANGSMITH_TOKEN}")
    patch.setenv(sources.FOLDER_VARIABLE, str(folder / "pulls"))
    with serving(langsmith) as held:
        fill(held, "langsmith")
        yield held
