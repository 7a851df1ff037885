"""GitHub's REST API for issues, of github.com and of a server of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from .base import LABEL, Issue, WantedIssue
from .client import MOST_PAGES, PAGE, TrackerClient

URL = "https://api.github.com"


@dataclass(frozen=True)
class GitHub:
    markdown: ClassVar[bool] = True
    has_dates: ClassVar[bool] = False
    name: str
    path: str
    client: TrackerClient

    @property
    def address(self) -> str:
        return f"{self.client.address}{self.path}"

    @classmethod
    def opened(cls, project: str, url: str, token: str) -> Self:
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        return cls(f"GitHub {project}", f"/repos/{project}/issues", TrackerClient(url or URL, headers))

    def issues(self) -> Iterator[Issue]:
        """Its list holds pull requests too, which are left out."""
        for number in range(1, MOST_PAGES + 1):
            asked = {"state": "all", "labels": LABEL, "sort": "created", "direction": "asc"}
            found = self.client.ask("GET", self.path, params=asked | {"per_page": str(PAGE), "page": str(number)})
            yield from (self._issue(one) for one in found.json() if "pull_request" not in one)
            if "next" not in found.links:
                return

    def _issue(self, one: dict[str, Any]) -> Issue:
        labels = frozenset(label if isinstance(label, str) else str(label["name"]) for label in one["labels"])
        return Issue(str(one["number"]), one["title"], one["body"] or "", None, labels, one["state"] == "open")

    def create(self, wanted: WantedIssue) -> str:
        sent = {"title": wanted.title, "body": wanted.text, "labels": list(wanted.labels)}
        return str(self.client.json("POST", self.path, json=sent)["number"])

    def update(self, issue: Issue, wanted: WantedIssue) -> None:
        labels = sorted(issue.labels | set(wanted.labels))
        sent = {"title": wanted.title, "body": issue.text_with(wanted), "labels": labels}
        self.client.ask("PATCH", f"{self.path}/{issue.id}", json=sent)

    def set_open(self, issue: Issue, *, is_open: bool) -> None:
        sent = {"state": "open"} if is_open else {"state": "closed", "state_reason": "completed"}
        self.client.ask("PATCH", f"{self.path}/{issue.id}", json=sent)
