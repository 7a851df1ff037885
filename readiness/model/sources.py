"""A source: a server from which evidence of a system is fetched again and again, and how that went."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import field_validator, model_validator
from sqlmodel import Field

from readiness.language import tr

from .assessment import VersionRole
from .record import Line, Record

SourceKind = Literal["mlflow", "phoenix", "langfuse", "langsmith", "opik"]
SourceHolds = Literal["traces", "results"]
KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
TITLES: dict[SourceKind, str] = {
    "mlflow": "MLflow",
    "phoenix": "Phoenix",
    "langfuse": "Langfuse",
    "langsmith": "LangSmith",
    "opik": "Opik",
}
BY_EXPERIMENT: tuple[SourceKind, ...] = ("phoenix", "langfuse", "langsmith")
"""Those whose results are always of one experiment, which is said by `run`."""
EVENTS = ("source", "source.pull")
"""What the record calls a source that is set up, changed or removed, and what was pulled from one."""
LONGEST_CADENCE = 24 * 90
"""Hours."""


class LiveSource(Record):
    """What is fetched from where: a project or an experiment of a server, for as long as `every_hours` says at most.

    `run` is one run or experiment whose results are meant. `version`, or the version in a `role`, is what every row
    speaks of; `mapping` is as `--map` says it. Results may be those of a `stage` of the rollout. The first pull
    goes back to `since`.
    """

    kind: SourceKind
    url: Line = Field(min_length=1)
    project: Line = ""
    holds: SourceHolds = "traces"
    run: Line = ""
    version: Line = ""
    role: VersionRole | None = None
    mapping: dict[str, str] = Field(default_factory=dict)
    stage: Line = ""
    every_hours: int = Field(default=24, ge=1, le=LONGEST_CADENCE)
    since: dt.date | None = None

    @field_validator("url", "project", "run", "version", "stage")
    @classmethod
    def _bare(cls, text: str) -> str:
        return text.strip()

    @model_validator(mode="after")
    def _whole(self) -> LiveSource:
        if self.version and self.role:
            raise ValueError(tr("a version and a role exclude one another; expected one of them"))
        if self.stage and self.holds != "results":
            raise ValueError(tr("traces are of no stage of the rollout; expected results"))
        if self.kind in BY_EXPERIMENT and self.holds == "results":
            if not self.run:
                told = {"server": TITLES[self.kind]}
                raise ValueError(
                    tr("the results of {server} are those of an experiment; expected its id", **told)
                    if self.kind == "phoenix"
                    else tr("the results of {server} are those of an experiment; expected its name", **told)
                )
        elif not self.project:
            raise ValueError(tr("it is not said what of the server is meant; expected a project or an experiment"))
        return self

    @property
    def title(self) -> str:
        """As it is shown: `traces of support in Phoenix`."""
        told = {"name": self.run or self.project, "server": TITLES[self.kind]}
        if self.holds == "traces":
            return tr("traces of {name} in {server}", **told)
        return tr("results of {name} in {server}", **told)


@dataclass(frozen=True)
class StoredSource:
    """A source with how far it was read: `read_until` is where the next pull begins, `pulled_at` the last that worked.

    `outcome` says how the last pull ended, `failed` whether it did not work, at `tried_at`.
    """

    id: int
    system: str
    record: LiveSource
    row_version: int
    made_by: str
    made_at: dt.datetime
    read_until: dt.datetime | None = None
    pulled_at: dt.datetime | None = None
    tried_at: dt.datetime | None = None
    outcome: str = ""
    failed: bool = False

    @property
    def due_at(self) -> dt.datetime | None:
        """When it is to be pulled again; None for at once, as it never was."""
        return self.pulled_at and self.pulled_at + dt.timedelta(hours=self.record.every_hours)

    def is_due(self, now: dt.datetime) -> bool:
        return self.due_at is None or self.due_at <= now

    def stale(self, now: dt.datetime) -> str:
        """Why what it gave is not to be relied on, as one clause; empty where it is up to date.

        An hour more than its cadence is left to whatever pulls it.
        """
        if self.failed:
            return tr("the last pull failed")
        since = self.pulled_at or self.made_at
        if now - since > dt.timedelta(hours=self.record.every_hours + 1):
            return tr("never pulled") if self.pulled_at is None else tr("not pulled within its cadence")
        return ""
