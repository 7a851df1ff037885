"""Jira's REST API, version 2, whose texts are plain strings.

Jira Cloud and Jira Data Center tell who asks differently and page differently. A token with a colon, ADDRESS:TOKEN, is
of the cloud; one without is a personal access token of a server.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from readiness import clock
from readiness.errors import InputError, Unreachable
from readiness.language import tr

from .base import LABEL, Issue, WantedIssue
from .client import MOST_PAGES, PAGE, TrackerClient

KIND = "Task"
_FIELDS = "summary,description,duedate,labels,status"


@dataclass(frozen=True)
class Jira:
    markdown: ClassVar[bool] = False
    has_dates: ClassVar[bool] = True
    name: str
    project: str
    client: TrackerClient
    cloud: bool

    @property
    def address(self) -> str:
        return f"{self.client.address}/{self.project}"

    @classmethod
    def opened(cls, project: str, url: str, token: str) -> Self:
        """Raises InputError without the address, which every Jira has of its own."""
        if not url:
            raise InputError(
                tr("where Jira is has to be said"), place="--url", expected=tr("as https://NAME.atlassian.net")
            )
        cloud = ":" in token
        basic = base64.b64encode(token.encode()).decode()
        client = TrackerClient(url, {"Authorization": f"Basic {basic}" if cloud else f"Bearer {token}"})
        return cls(f"Jira {project}", project, client, cloud)

    def issues(self) -> Iterator[Issue]:
        asked = {
            "jql": f'project = "{self.project}" AND labels = "{LABEL}" ORDER BY created ASC',
            "fields": _FIELDS,
            "maxResults": str(PAGE),
        }
        return map(self._issue, self._by_token(asked) if self.cloud else self._by_number(asked))

    def _by_token(self, asked: dict[str, str]) -> Iterator[dict[str, Any]]:
        further: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            found = self.client.json("GET", "/rest/api/2/search/jql", params=asked | further)
            yield from found["issues"]
            if not found.get("nextPageToken"):
                return
            further = {"nextPageToken": found["nextPageToken"]}

    def _by_number(self, asked: dict[str, str]) -> Iterator[dict[str, Any]]:
        start = 0
        for _ in range(MOST_PAGES):
            found = self.client.json("GET", "/rest/api/2/search", params=asked | {"startAt": str(start)})
            yield from found["issues"]
            start += len(found["issues"])
            if not found["issues"] or start >= found["total"]:
                return

    def _issue(self, one: dict[str, Any]) -> Issue:
        fields = one["fields"]
        due = clock.date_of(fields["duedate"], place="duedate") if fields.get("duedate") else None
        is_open = fields["status"]["statusCategory"]["key"] != "done"
        text = fields.get("description") or ""
        return Issue(one["key"], fields["summary"], text, due, frozenset(fields["labels"]), is_open)

    def create(self, wanted: WantedIssue) -> str:
        fields = self._wanted(wanted, wanted.text)
        fields |= {"project": {"key": self.project}, "issuetype": {"name": KIND}, "labels": list(wanted.labels)}
        return str(self.client.json("POST", "/rest/api/2/issue", json={"fields": fields})["key"])

    def update(self, issue: Issue, wanted: WantedIssue) -> None:
        labels = [{"add": label} for label in wanted.labels if label not in issue.labels]
        sent: dict[str, Any] = {"fields": self._wanted(wanted, issue.text_with(wanted))}
        if labels:
            sent["update"] = {"labels": labels}
        self.client.ask("PUT", f"/rest/api/2/issue/{issue.id}", json=sent)

    @staticmethod
    def _wanted(wanted: WantedIssue, text: str) -> dict[str, Any]:
        due = wanted.due.isoformat() if wanted.due else None
        return {"summary": wanted.title, "description": text, "duedate": due}

    def set_open(self, issue: Issue, *, is_open: bool) -> None:
        """By the first way of the workflow that leads to a status that is done, or that is not."""
        path = f"/rest/api/2/issue/{issue.id}/transitions"
        for way in self.client.json("GET", path)["transitions"]:
            if (way["to"]["statusCategory"]["key"] != "done") == is_open:
                self.client.ask("POST", path, json={"transition": {"id": way["id"]}})
                return
        problem = (
            tr("no way of its workflow opens {issue}", issue=issue.id)
            if is_open
            else tr("no way of its workflow closes {issue}", issue=issue.id)
        )
        raise Unreachable(problem, place=self.client.host, expected=tr("one that the token may take"))
