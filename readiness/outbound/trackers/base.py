"""What is to stand in a tracker, what stands there, and the steps from one to the other; nothing is asked for here.

An issue is ours by two things: our label, which only members of a project set, and a line of its own in the text that
names the gap. What people write below that line stays theirs.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from readiness.language import marked

LABEL = "readiness"
MARKER = "readiness-gap: "
_MARKED = re.compile(rf"^{MARKER}([a-z0-9-]+/[a-z0-9-]+)[ \t]*$", re.MULTILINE)
Doing = Literal["create", "update", "reopen", "close"]


@dataclass(frozen=True)
class WantedIssue:
    """An open gap as an issue; `key` is SYSTEM/SIGNAL and stays the same for as long as the gap is there."""

    key: str
    title: str
    body: str
    due: dt.date | None
    labels: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"{self.body}\n\n{MARKER}{self.key}"


@dataclass(frozen=True)
class Issue:
    """What stands in the tracker; `due` is None where it has none, or where the tracker knows no dates."""

    id: str
    title: str
    text: str
    due: dt.date | None
    labels: frozenset[str]
    open: bool

    @property
    def key(self) -> str:
        """The gap that it is of; empty for an issue of somebody else's."""
        found = _MARKED.search(_lines(self.text)) if LABEL in self.labels else None
        return found[1] if found else ""

    def text_with(self, wanted: WantedIssue) -> str:
        """Our part as it is wanted, with what people wrote below it."""
        text = _lines(self.text)
        found = _MARKED.search(text)
        return wanted.text + (text[found.end() :].rstrip() if found else "")


@dataclass(frozen=True)
class Step:
    """One thing to be done: `changes` name what is different, `issue` is None for a new one.

    `seen` says how often an issue was begun for this gap when the tracker was looked at.
    """

    doing: Doing
    key: str
    title: str
    issue: Issue | None = None
    wanted: WantedIssue | None = None
    changes: tuple[str, ...] = ()
    seen: int = 0


class Tracker(Protocol):
    """One project in one tracker. Every method raises Unreachable, Denied and NotFound."""

    has_dates: ClassVar[bool]
    markdown: ClassVar[bool]

    @property
    def name(self) -> str:
        """As it is shown to people."""

    @property
    def address(self) -> str:
        """Where it is: no two projects of any two servers have the same."""

    def issues(self) -> Iterable[Issue]:
        """All with our label, open or not, the earliest first."""

    def create(self, wanted: WantedIssue) -> str:
        """The id of the new issue."""

    def update(self, issue: Issue, wanted: WantedIssue) -> None:
        """Bring title, text, date and labels to what is wanted."""

    def set_open(self, issue: Issue, *, is_open: bool) -> None:
        """Open it again, or close it."""


def plan(system: str, wanted: Collection[WantedIssue], issues: Iterable[Issue], *, dates: bool) -> list[Step]:
    """What makes the issues of one system say what is wanted; no other issue is in it.

    Where two are marked alike, as when somebody copied one, the earliest is ours.
    """
    ours: dict[str, Issue] = {}
    for issue in issues:
        if issue.key.startswith(f"{system}/"):
            ours.setdefault(issue.key, issue)
    steps: list[Step] = []
    for one in wanted:
        steps += _towards(ours[one.key], one, dates=dates) if one.key in ours else [_new(one)]
    open_ = {one.key for one in wanted}
    return steps + [
        Step("close", key, issue.title, issue) for key, issue in ours.items() if issue.open and key not in open_
    ]


def _new(wanted: WantedIssue) -> Step:
    return Step("create", wanted.key, wanted.title, wanted=wanted)


def _towards(issue: Issue, wanted: WantedIssue, *, dates: bool) -> Sequence[Step]:
    steps: list[Step] = []
    if changes := tuple(_differs(issue, wanted, dates=dates)):
        steps.append(Step("update", wanted.key, wanted.title, issue, wanted, changes))
    if not issue.open:
        steps.append(Step("reopen", wanted.key, wanted.title, issue, wanted))
    return steps


def _differs(issue: Issue, wanted: WantedIssue, *, dates: bool) -> Iterable[str]:
    if issue.title != wanted.title:
        yield marked("title")
    if _lines(issue.text).rstrip() != issue.text_with(wanted).rstrip():
        yield marked("text")
    if dates and issue.due != wanted.due:
        yield marked("date")
    if not issue.labels >= set(wanted.labels):
        yield marked("labels")


def carry_out(tracker: Tracker, step: Step) -> str:
    """Do one step; the id of the issue. Raises what the tracker does."""
    if step.wanted and step.issue is None:
        return tracker.create(step.wanted)
    if step.issue is None:
        raise AssertionError(step)
    if step.doing == "update" and step.wanted:
        tracker.update(step.issue, step.wanted)
    else:
        tracker.set_open(step.issue, is_open=step.doing == "reopen")
    return step.issue.id


def _lines(text: str) -> str:
    """As it was written, whatever a tracker makes of the ends of lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
