"""What is asked of a server, and how much may come back at most: limits that hold before the work that they bound."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from readiness.model.sources import SourceHolds, SourceKind


@dataclass(frozen=True)
class PullLimits:
    """`seconds` of one pull and of one answer, bytes of all and of one answer as it is unpacked, tries of one question.

    `wait` is how long a pull waits in all where a server asks for patience, `pause` what it waits first by itself.
    """

    seconds: float = 600
    answer_seconds: float = 120
    idle_seconds: float = 30
    total_bytes: int = 64 << 20
    answer_bytes: int = 32 << 20
    pages: int = 10_000
    tries: int = 5
    wait: float = 120
    pause: float = 0.5


@dataclass(frozen=True)
class Wanted:
    """What began from `since` up to before `until`, of one project of one server; times are exact to the millisecond.

    `run` is one run or experiment whose results are meant.
    """

    kind: SourceKind
    url: str
    project: str
    until: dt.datetime
    holds: SourceHolds = "traces"
    run: str = ""
    since: dt.datetime | None = None

    @property
    def key(self) -> str:
        """The same for what is asked again from the same place on, whenever it is."""
        since = self.since.isoformat() if self.since else ""
        told = [self.kind, self.url, self.project, self.holds, self.run, since]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]

    @property
    def provenance(self) -> dict[str, str]:
        """What was asked, of whom and when; nothing of it is a secret."""
        return {
            "kind": self.kind,
            "url": self.url,
            "project": self.project,
            "holds": self.holds,
            "run": self.run,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat(),
        }


@dataclass(frozen=True)
class PullStep:
    """Some answers of a server as they came, how many records they hold, and from where the next are asked.

    `further` is empty at the end. `note` is what a person should know of what was left out.
    """

    bodies: list[bytes]
    records: int
    further: str
    note: str = ""


def milliseconds(time: dt.datetime) -> int:
    return int(time.timestamp()) * 1000 + time.microsecond // 1000


def instant(time: dt.datetime) -> str:
    """RFC 3339 with milliseconds, which every one of the servers takes."""
    return time.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
