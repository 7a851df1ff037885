"""GitLab's REST API for issues, of gitlab.com and of a server of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from urllib.parse import quote

from readiness import clock

from .base import LABEL, Issue, WantedIssue
from .client import MOST_PAGES, PAGE, TrackerClient

URL = "https://gitlab.com"


@dataclass(frozen=True)
class GitLab:
    markdown: ClassVar[bool] = True
    has_dates: ClassVar[bool] = True
    name: str
    path: str
    client: TrackerClient

    @property
    def address(self) -> str:
        return f"{self.client.address}{self.path}"

    @classmethod
    def opened(cls, project: str, url: str, token: str) -> Self:
        client = TrackerClient(url or URL, {"PRIVATE-TOKEN": token})
        return cls(f"GitLab {project}", f"/api/v4/projects/{quote(project, safe='')}/issues", client)

    def issues(self) -> Iterator[Issue]:
        page = "1"
        for _ in range(MOST_PAGES):
            asked = {"state": "all", "labels": LABEL, "order_by": "created_at", "sort": "asc"}
            found = self.client.ask("GET", self.path, params=asked | {"per_page": str(PAGE), "page": page})
            yield from map(self._issue, found.json())
            page = found.headers.get("x-next-page", "")
            if not page:
                return

    def _issue(self, one: dict[str, Any]) -> Issue:
        due = clock.date_of(one["due_date"], place="due_date") if one["due_date"] else None
        labels = frozenset(one["labels"])
        return Issue(str(one["iid"]), one["title"], one["description"] or "", due, labels, one["state"] == "opened")

    def create(self, wanted: WantedIssue) -> str:
        sent = {"title": wanted.title, "description": wanted.text, "labels": ",".join(wanted.labels)}
        due = {"due_date": wanted.due.isoformat()} if wanted.due else {}
        return str(self.client.json("POST", self.path, json=sent | due)["iid"])

    def update(self, issue: Issue, wanted: WantedIssue) -> None:
        sent = {
            "title": wanted.title,
            "description": issue.text_with(wanted),
            "due_date": wanted.due.isoformat() if wanted.due else "",
            "add_labels": ",".join(wanted.labels),
        }
        self.client.ask("PUT", f"{self.path}/{issue.id}", json=sent)

    def set_open(self, issue: Issue, *, is_open: bool) -> None:
        self.client.ask("PUT", f"{self.path}/{issue.id}", json={"state_event": "reopen" if is_open else "close"})
