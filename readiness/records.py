"""The facts, validated: what importers produce, the store keeps and the core decides from.

Flat records are SQLModel classes so that the tables can inherit from them (a `table=True` class does not validate,
these do); documents that are stored whole (policy, monitoring plan, spans) are nested in the same way.
Dates are calendar dates in the review time zone; instants are integer nanoseconds since the Unix epoch, UTC.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, FiniteFloat, StringConstraints, ValidationError, model_validator
from sqlmodel import Field, SQLModel

from .errors import from_validation

MarkValue = Literal["no", "partial", "yes"]
Direction = Literal["higher", "lower", "informational", "unknown"]
Statistic = Literal["mean", "p50", "p95", "p99"]
SpanKind = Literal["request", "retrieval", "rerank", "tool", "model", "output", "other"]
SpanStatus = Literal["ok", "error", "unset"]
Path = Literal["good", "bad", "escalation"]
Role = Literal["baseline", "candidate"]
Decision = Literal["approve", "reject", "changes"]
EvidenceKind = Literal["results", "traces"]
SpanField = Literal["input", "output", "error"]
Freshness = Literal["fresh", "stale", "undated", "later"]

Line = Annotated[str, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]

PATHS: tuple[Path, ...] = ("good", "bad", "escalation")
APPROVER_ROLES = ("quality", "policy", "operations")
ANY = "*"
SHELF_LIFE_DAYS = 30
"""How long evidence counts after it was measured, unless it says otherwise."""


class Record(SQLModel):
    model_config = ConfigDict(extra="forbid")  # type: ignore[assignment]

    @classmethod
    def checked(cls, **fields: Any) -> Self:
        """A record from what a person typed; raises InputError with the field and what was expected."""
        try:
            return cls.model_validate(fields)
        except ValidationError as exc:
            raise from_validation(exc) from exc


class System(Record):
    """An LLM feature under review."""

    slug: Slug
    name: Line
    description: Text = ""
    owner: Line = ""


class Assessment(Record):
    """One review of one candidate version; (system, candidate, assessed_on) names it."""

    candidate: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    baseline: Line = ""
    scope: Text = ""
    target_date: dt.date | None = None
    assessed_on: dt.date | None = None
    checklist: Line = "llm-rollout"

    @model_validator(mode="after")
    def _apart(self) -> Assessment:
        if self.baseline and self.baseline == self.candidate:
            raise ValueError("the baseline is the candidate itself; expected another version to compare with")
        return self


class Mark(Record):
    """One answer; a `partial` or a `yes` is a gap, with an owner, a due date and a next action."""

    signal: Slug
    mark: MarkValue | None = None
    holds_for: Text = ""
    note: Text = ""
    evidence: list[Text] = Field(default_factory=list)
    critical: bool = False
    critical_reason: Text = ""
    not_applicable: bool = False
    owner: Line = ""
    due: dt.date | None = None
    action: Text = ""

    @model_validator(mode="after")
    def _consistent(self) -> Mark:
        if self.mark == "partial" and not self.holds_for.strip():
            raise ValueError(
                "a partial mark does not say what it holds for; expected holds_for to name the cohorts, "
                "environments or releases"
            )
        if self.critical and self.mark != "yes":
            raise ValueError('critical is set on a mark that is not "yes"; expected critical only with a yes')
        if self.critical and not self.critical_reason.strip():
            raise ValueError("critical is set without a reason; expected critical_reason to say why")
        if self.not_applicable and (self.mark != "no" or not self.note.strip()):
            raise ValueError('not_applicable stands alone; expected mark = "no" and a rationale in note')
        return self

    @property
    def is_gap(self) -> bool:
        return self.mark in ("partial", "yes")


class Gate(Record):
    """A threshold on one metric; `cohort = "each"` asks it of every cohort, `"*"` of all cases together."""

    metric: Line
    workflow: Line = ANY
    cohort: Line = ANY
    stat: Statistic = "mean"
    min: FiniteFloat | None = None
    max: FiniteFloat | None = None
    max_regression: FiniteFloat | None = Field(default=None, ge=0)
    min_n: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _bounded(self) -> Gate:
        if self.min is None and self.max is None and self.max_regression is None:
            raise ValueError("the gate has no threshold; expected min, max or max_regression")
        return self

    @property
    def subject(self) -> str:
        """What the gate looks at: `task_success for each cohort`, `latency_ms p95 in refund`."""
        stat = "" if self.stat == "mean" else f" {self.stat}"
        where = "" if self.workflow == ANY else f" in {_each(self.workflow, 'workflow')}"
        cohort = "" if self.cohort == ANY else f" for {_each(self.cohort, 'cohort')}"
        return f"{self.metric}{stat}{where}{cohort}"


def _each(value: str, noun: str) -> str:
    return f"each {noun}" if value == "each" else value


class Stage(Record):
    name: Line
    share: float | None = Field(default=None, ge=0, le=1)
    hours: float | None = Field(default=None, ge=0)
    proceed_if: Text = ""


class Rollback(Record):
    steps: list[Text] = Field(default_factory=list)
    owner: Line = ""
    data_dependencies: Text = ""
    confirm: Text = ""
    rehearsed_on: dt.date | None = None
    rehearsal: Literal["passed", "failed"] | None = None


class Budget(Record):
    """Time and retries one stage may spend, and what happens after."""

    timeout_ms: float | None = Field(default=None, gt=0)
    retries: int | None = Field(default=None, ge=0)
    fallback: Line = ""


class Approver(Record):
    role: Line
    name: Line


class ReleasePolicy(Record):
    """`peak_concurrency` is how many requests at once the rollout is planned for."""

    gates: list[Gate] = Field(default_factory=list)
    stages: list[Stage] = Field(default_factory=list)
    rollback: Rollback = Field(default_factory=Rollback)
    budgets: dict[str, Budget] = Field(default_factory=dict)
    approvers: list[Approver] = Field(default_factory=list)
    peak_concurrency: int | None = Field(default=None, ge=1)


class Alert(Record):
    metric: Line
    condition: Line
    route: Line = ""


class Owners(Record):
    incident_response: Line = ""
    release_review: Line = ""
    weekly_decisions: Line = ""


class MonitoringPlan(Record):
    review_cadence: Line = ""
    escalation_owner: Line = ""
    watch_list: list[Text] = Field(default_factory=list)
    covers: list[Line] = Field(default_factory=list)
    by_cohort: bool = False
    owners: Owners = Field(default_factory=Owners)
    alerts: list[Alert] = Field(default_factory=list)


class SignOff(Record):
    """What an approver decided, bound to what they saw: a digest for each part of it, and one over all."""

    role: Line
    decision: Decision
    comment: Text = ""
    parts: dict[str, str]
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @model_validator(mode="after")
    def _explained(self) -> SignOff:
        if self.decision != "approve" and not self.comment.strip():
            raise ValueError("the decision has no comment; expected one that says what has to change")
        return self


class Cell(Record):
    """One figure of a scorecard: a metric of a version, for a workflow and a cohort (`"*"` is all of them).

    `n` counts the cases with a score, `errors` those without one; None for `n` means the file stated a figure
    without saying how many cases are behind it. `passed` counts passing cases where every case says whether it passed.
    `sd` is that of the sample; each quantile has its 95 % interval, a side missing where so few cases cannot bound it.
    """

    version: Line
    workflow: Line = ANY
    dimension: Line = ANY
    value: Line = ANY
    metric: Line
    unit: Line = ""
    direction: Direction = "unknown"
    n: int | None = Field(default=None, ge=0)
    errors: int = Field(default=0, ge=0)
    mean: float | None = None
    sd: float | None = None
    p50: float | None = None
    p50_low: float | None = None
    p50_high: float | None = None
    p95: float | None = None
    p95_low: float | None = None
    p95_high: float | None = None
    p99: float | None = None
    p99_low: float | None = None
    p99_high: float | None = None
    passed: int | None = Field(default=None, ge=0)
    stated: bool = False

    @property
    def cohort(self) -> str:
        return ANY if self.dimension == ANY else f"{self.dimension}={self.value}"


class Pair(Record):
    """How the same cases fared under two versions, for a workflow and a cohort: with both passing, one only, or none.

    `first_file` and `second_file` are the digests of the files that hold the cases of each version.
    """

    first: Line
    second: Line
    first_file: Line
    second_file: Line
    metric: Line
    workflow: Line = ANY
    dimension: Line = ANY
    value: Line = ANY
    both: int = Field(ge=0)
    only_first: int = Field(ge=0)
    only_second: int = Field(ge=0)
    neither: int = Field(ge=0)

    @property
    def cohort(self) -> str:
        return ANY if self.dimension == ANY else f"{self.dimension}={self.value}"

    @property
    def n(self) -> int:
        return self.both + self.only_first + self.only_second + self.neither


class Span(Record):
    span_id: Line
    parent_id: Line = ""
    kind: SpanKind = "other"
    name: Text = ""
    start_ns: int
    end_ns: int | None = None
    status: SpanStatus = "unset"
    error: Text = ""
    input: str = ""
    output: str = ""
    attributes: dict[str, Any] = Field(default_factory=dict)


class Trace(Record):
    """One request end to end; `path` and `note` are a person's label and lesson, never inferred.

    `kept_for` says why it was kept out of many; "" where its file was kept whole.
    """

    trace_id: Line
    version: Line = ""
    workflow: Line = ""
    cohort: Line = ""
    path: Path | None = None
    note: Text = ""
    spans: list[Span] = Field(default_factory=list)
    flags: list[Line] = Field(default_factory=list)
    redacted: dict[str, int] = Field(default_factory=dict)
    kept_for: Line = ""


class StageFigure(Record):
    """Self time of one stage over all traces of a file, in ms; `n` traces have it, `share` is of all self time.

    `workflow` is `"*"` for all of them together.
    """

    version: Line = ""
    workflow: Line = ANY
    kind: SpanKind
    n: int = Field(ge=0)
    p50: float
    p95: float
    p99: float
    share: float
    errors: int = Field(default=0, ge=0)
    retries: int = Field(default=0, ge=0)


class TraceCount(Record):
    """How many traces of a version a file holds, and in how many of them each piece is lost."""

    version: Line = ""
    traces: int = Field(ge=0)
    no_request: int = Field(default=0, ge=0)
    no_retrieval: int = Field(default=0, ge=0)
    no_tool: int = Field(default=0, ge=0)
    no_output: int = Field(default=0, ge=0)
    no_timing: int = Field(default=0, ge=0)


RAW_DAYS = 30
"""How long a text may be kept as it was before redaction."""


class RawText(Record):
    """What redaction changed in one span, as it was before: kept apart from its trace until the day it expires."""

    trace_id: Line
    span_id: Line
    error: str = ""
    input: str = ""
    output: str = ""
    attributes: dict[str, str] = Field(default_factory=dict)
    expires_on: dt.date


class Excerpt(Record):
    """One text of a span that somebody let out: packs for security reviewers show it as long as it is the same text.

    `digest` is the SHA-256 of the text as it is stored, which is after redaction.
    """

    trace_id: Line
    span_id: Line
    field: SpanField
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @classmethod
    def of(cls, trace_id: str, span: Span, field: SpanField) -> Excerpt:
        digest = hashlib.sha256(getattr(span, field).encode()).hexdigest()
        return cls(trace_id=trace_id, span_id=span.span_id, field=field, digest=digest)


class Skipped(Record):
    """A row that was not kept, where it stands in the file, and why."""

    place: Line
    reason: Text


class Evidence(Record):
    """A file that was imported: what it is, when it was true (`measured_on`) and how it was read (`options`)."""

    name: Line
    format: Line
    kind: EvidenceKind
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size: int = Field(ge=0)
    tool: Line = ""
    tool_version: Line = ""
    measured_on: dt.date | None = None
    shelf_life_days: int = Field(default=SHELF_LIFE_DAYS, ge=1)
    options: dict[str, Any] = Field(default_factory=dict)
    kept: int = Field(default=0, ge=0)
    skipped: int = Field(default=0, ge=0)
    skips: list[Skipped] = Field(default_factory=list)
    warnings: list[Text] = Field(default_factory=list)

    def freshness(self, as_of: dt.date) -> Freshness:
        """Whether the file counts on a day: only `fresh` does. A day of grace covers time zones ahead of ours."""
        if self.measured_on is None:
            return "undated"
        age = (as_of - self.measured_on).days
        if age < -1:
            return "later"
        return "fresh" if age <= self.shelf_life_days else "stale"

    @property
    def fresh_days(self) -> tuple[dt.date, dt.date] | None:
        """The first and the last day on which the file is fresh; None where it never is."""
        if self.measured_on is None:
            return None
        first, last = self.measured_on.toordinal() - 1, self.measured_on.toordinal() + self.shelf_life_days
        return dt.date.fromordinal(max(first, 1)), dt.date.fromordinal(min(last, dt.date.max.toordinal()))

    def stale(self, as_of: dt.date) -> bool:
        return self.freshness(as_of) != "fresh"


class AssessmentFile(Record):
    """A whole assessment, as one file states it."""

    system: System
    assessment: Assessment
    marks: list[Mark] = Field(default_factory=list)
    policy: ReleasePolicy | None = None
    monitoring: MonitoringPlan | None = None
