"""GitHub, GitLab and Jira in a thread, as far as their documentation goes: what it does not name is refused.

Pages hold two entries, whatever is asked for, so that every list has several.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.serving import answering

TOKEN, CLOUD_TOKEN = "tracker-token", "dana@example.com:cloud-token"
PAGE = 2
Answer = tuple[int, Any, dict[str, str]]


class Refused(Exception):
    """What the documentation does not name; `status` is what the tracker answers then."""

    def __init__(self, status: int, why: str = "") -> None:
        super().__init__(why)
        self.status = status


@dataclass
class FakeTracker:
    """The issues of one project as dictionaries of their API, and what was asked."""

    url: str = ""
    issues: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    failing: list[Answer] = field(default_factory=list)
    """Answered before anything else, one each."""

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [one for one in self.asked if one[0] != "GET"]


Serve = Callable[[FakeTracker, str, str, dict[str, str], dict[str, str], Any], Answer]


def _only(sent: dict[str, Any], required: set[str], may: set[str]) -> None:
    if not required <= set(sent) <= required | may:
        raise Refused(422, f"{sorted(sent)}")


def _page(found: list[Any], query: dict[str, str]) -> tuple[list[Any], int | None]:
    number = int(query["page"])
    assert 1 <= int(query["per_page"]) <= 100
    rest = found[PAGE * (number - 1) :]
    return rest[:PAGE], number + 1 if len(rest) > PAGE else None


def _issue(tracker: FakeTracker, key: str, number: str) -> dict[str, Any]:
    found = next((one for one in tracker.issues if str(one[key]) == number), None)
    if found is None:
        raise Refused(404)
    return found


def github(
    tracker: FakeTracker, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any
) -> Answer:
    """https://docs.github.com/en/rest/issues/issues"""
    if headers.get("authorization") != f"Bearer {TOKEN}":
        raise Refused(401)
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["x-github-api-version"] == "2022-11-28"
    if path == "/repos/acme/desk/issues" and method == "GET":
        assert query["state"] in ("open", "closed", "all")
        labelled = [one for one in tracker.issues if query["labels"] in {label["name"] for label in one["labels"]}]
        found, following = _page(labelled, query)
        links = {"Link": f'<{tracker.url}{path}?page={following}>; rel="next"'} if following else {}
        return 200, found, links
    if path == "/repos/acme/desk/issues" and method == "POST":
        _only(body, {"title"}, {"body", "labels"})
        labels = [{"name": name} for name in body["labels"]]
        tracker.issues.append(body | {"labels": labels, "number": len(tracker.issues) + 1, "state": "open"})
        return 201, tracker.issues[-1], {}
    match = re.fullmatch(r"/repos/acme/desk/issues/(\d+)", path)
    if match and method == "PATCH":
        _only(body, set(), {"title", "body", "labels", "state", "state_reason"})
        one = _issue(tracker, "number", match[1])
        one |= body | ({"labels": [{"name": name} for name in body["labels"]]} if "labels" in body else {})
        return 200, one, {}
    raise Refused(404)


def gitlab(
    tracker: FakeTracker, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any
) -> Answer:
    """https://docs.gitlab.com/api/issues/"""
    if headers.get("private-token") != TOKEN:
        raise Refused(401)
    project = "/api/v4/projects/acme%2Fdesk/issues"
    if path == project and method == "GET":
        found, following = _page([one for one in tracker.issues if query["labels"] in one["labels"]], query)
        return 200, found, {"x-next-page": str(following or "")}
    if path == project and method == "POST":
        _only(body, {"title"}, {"description", "labels", "due_date"})
        labels = body["labels"].split(",")
        made = {"due_date": None} | body | {"labels": labels, "iid": len(tracker.issues) + 1, "state": "opened"}
        tracker.issues.append(made)
        return 201, made, {}
    match = re.fullmatch(rf"{project}/(\d+)", path)
    if match and method == "PUT":
        _only(body, set(), {"title", "description", "due_date", "add_labels", "state_event"})
        one, labels = _issue(tracker, "iid", match[1]), body.pop("add_labels", "")
        one["labels"] += [name for name in labels.split(",") if name and name not in one["labels"]]
        if event := body.pop("state_event", ""):
            one["state"] = {"close": "closed", "reopen": "opened"}[event]
        one |= body | ({"due_date": body["due_date"] or None} if "due_date" in body else {})
        return 200, one, {}
    raise Refused(404)


def jira_server(
    tracker: FakeTracker, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any
) -> Answer:
    """https://developer.atlassian.com/server/jira/platform/rest/"""
    if headers.get("authorization") != f"Bearer {TOKEN}":
        raise Refused(401)
    if path == "/rest/api/2/search" and method == "GET":
        found, start = _asked_by_jql(tracker, query), int(query["startAt"])
        return 200, {"startAt": start, "total": len(found), "issues": found[start : start + PAGE]}, {}
    return _jira(tracker, method, path, body)


def jira_cloud(
    tracker: FakeTracker, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any
) -> Answer:
    """https://developer.atlassian.com/cloud/jira/platform/rest/v2/"""
    if headers.get("authorization") != f"Basic {base64.b64encode(CLOUD_TOKEN.encode()).decode()}":
        raise Refused(401)
    if path == "/rest/api/2/search/jql" and method == "GET":
        found, start = _asked_by_jql(tracker, query), int(query.get("nextPageToken", "t0")[1:])
        more = {"nextPageToken": f"t{start + PAGE}"} if start + PAGE < len(found) else {}
        return 200, {"issues": found[start : start + PAGE], "isLast": not more} | more, {}
    return _jira(tracker, method, path, body)


def _asked_by_jql(tracker: FakeTracker, query: dict[str, str]) -> list[dict[str, Any]]:
    assert query["jql"] == 'project = "DESK" AND labels = "readiness" ORDER BY created ASC'
    assert set(query["fields"].split(",")) == {"summary", "description", "duedate", "labels", "status"}
    return [one for one in tracker.issues if "readiness" in one["fields"]["labels"]]


def _jira(tracker: FakeTracker, method: str, path: str, body: Any) -> Answer:
    if path == "/rest/api/2/issue" and method == "POST":
        fields = body["fields"]
        _only(fields, {"project", "issuetype", "summary"}, {"description", "duedate", "labels"})
        assert (fields["project"], fields["issuetype"]) == ({"key": "DESK"}, {"name": "Task"})
        key = f"DESK-{len(tracker.issues) + 1}"
        tracker.issues.append({"key": key, "fields": fields | {"status": _status("new")}})
        return 201, {"id": key, "key": key}, {}
    match = re.fullmatch(r"/rest/api/2/issue/(DESK-\d+)(/transitions)?", path)
    if match is None:
        raise Refused(404)
    one = _issue(tracker, "key", match[1])["fields"]
    if match[2] and method == "GET":
        ways = [("11", "indeterminate"), ("21", "done")] if one["status"] != _status("done") else [("31", "new")]
        return 200, {"transitions": [{"id": number, "name": number, "to": _status(key)} for number, key in ways]}, {}
    if match[2] and method == "POST":
        one["status"] = _status({"11": "indeterminate", "21": "done", "31": "new"}[body["transition"]["id"]])
        return 204, None, {}
    if not match[2] and method == "PUT":
        _only(body, set(), {"fields", "update"})
        _only(body["fields"], set(), {"summary", "description", "duedate"})
        one |= body["fields"]
        one["labels"] += [change["add"] for change in body.get("update", {}).get("labels", [])]
        return 204, None, {}
    raise Refused(404)


def _status(key: str) -> dict[str, Any]:
    return {"statusCategory": {"key": key}}


@contextmanager
def serving(serve: Serve) -> Iterator[FakeTracker]:
    """A tracker on a port of its own."""
    tracker = FakeTracker()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            parts = urlsplit(self.path)
            tracker.asked.append((self.command, unquote(parts.path)))
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                body = json.loads(raw) if raw else None
                status, told, more = (
                    tracker.failing.pop(0)
                    if tracker.failing
                    else serve(tracker, self.command, parts.path, query, headers, body)
                )
            except Refused as exc:
                status, told, more = exc.status, {"message": str(exc)}, {}
            except (AssertionError, KeyError, ValueError) as exc:
                status, told, more = 400, {"message": repr(exc)}, {}
            sent = b"" if told is None else told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(sent)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PUT = do_PATCH = answer  # noqa: N815 - as http.server calls them

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is said."""

    with answering(Handler) as tracker.url:
        yield tracker
