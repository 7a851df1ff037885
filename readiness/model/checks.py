"""What a checklist may ask of the stored evidence: the kinds of check and their thresholds, as data.

Each kind here has one function of the same name in `findings/`, which answers it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from readiness.language import tr

from .policy import APPROVER_ROLES
from .traces import PATHS, SpanKind, TracePath, TracePiece


class _Kind(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class MeasuredCheck(_Kind):
    """The metric is there for every value of `by` (`cohort`, `workflow` or a dimension), each with `min_n` cases."""

    kind: Literal["measured"]
    metric: str
    by: str = "cohort"
    min_n: int = Field(default=30, ge=1)
    at_least: int = Field(default=2, ge=1)


class SpreadCheck(_Kind):
    """No value of `by` is worse than all other cases by more than `max`, in the metric's unit.

    A value with fewer than `min_n` cases speaks neither for nor against.
    """

    kind: Literal["spread"]
    metric: str
    by: str = "cohort"
    max: float = Field(ge=0)
    min_n: int = Field(default=30, ge=1)


class NoRegressionCheck(_Kind):
    """No value of `by` (`cohort` or a dimension) is worse than the baseline beyond chance, each with `min_n` cases."""

    kind: Literal["no-regression"]
    metric: str
    by: str = "cohort"
    min_n: int = Field(default=30, ge=1)


class ClassesCheck(_Kind):
    """Where failures are sorted into classes (metrics `of`/CLASS), they are for each value of `by`, on `min_n` cases.

    Not asked where no class is measured.
    """

    kind: Literal["classes"]
    of: str = "failure_class"
    by: str = "cohort"
    min_n: int = Field(default=30, ge=1)


class ShareCheck(_Kind):
    """The `top` workflows with most cases hold no more than `max` of them.

    Where the assessment expects workflows, or no more than `top` are known, each of them is measured.
    """

    kind: Literal["share"]
    metric: str
    top: int = Field(default=2, ge=1)
    max: float = Field(gt=0, lt=1)


class LevelCheck(_Kind):
    """The metric keeps its bound, over all cases or for each value of `by`; a gate of the policy sets another bound.

    A value of `by` with fewer than `min_n` cases speaks neither for nor against.
    """

    kind: Literal["level"]
    metric: str
    by: str = ""
    min: float | None = None
    max: float | None = None
    min_n: int = Field(default=30, ge=1)

    @model_validator(mode="after")
    def _bounded(self) -> LevelCheck:
        if (self.min is None) == (self.max is None):
            raise ValueError(tr("a level has one bound; expected either min or max"))
        return self


class NeverCheck(_Kind):
    """What the metric counts happened in no case, on enough of them that it happens in at most `max` (95 %)."""

    kind: Literal["never"]
    metric: str
    max: float = Field(default=0.01, gt=0, lt=1)


class TailCheck(_Kind):
    """p95 and p99 keep the budgets that gates of the policy set.

    Without a budget nothing is shown, and a p99 beyond `stalled` and `max_ratio` times the median speaks against it.
    """

    kind: Literal["tail"]
    metric: str
    max_ratio: float = Field(gt=1)
    stalled: float = Field(gt=0)


class LoadCheck(_Kind):
    """A load test reached the planned concurrency within its bounds.

    No more than `max_errors` of the requests are lost, which is the rate `losses` where it is measured at that load and
    the errors of the metric else. p95 and p99 keep the budgets of the policy, or p99 `max_p99` where it sets none, and
    where `retries` is measured at that load, it is at most `max_retries`.
    """

    kind: Literal["load"]
    metric: str
    dimension: str = "concurrency"
    losses: str = "request_failure_rate"
    max_errors: float = Field(default=0.01, ge=0, lt=1)
    max_p99: float = Field(gt=0)
    retries: str = "retries_per_call"
    max_retries: float = Field(default=0.1, gt=0)


class GatesCheck(_Kind):
    """The policy has gates and all of them pass; with `regression`, one of them compares with the baseline."""

    kind: Literal["gates"]
    regression: bool = True


class JudgedCheck(_Kind):
    """Where a gate rests on a metric whose judge the policy names, the judge agrees with people.

    Cohen's κ on `min_n` cases or more is at least `min_kappa`. Asked of `metrics`, or of each metric where none is
    named; not asked where no gate rests on such a metric.
    """

    kind: Literal["judged"]
    metrics: tuple[str, ...] = ()
    min_n: int = Field(default=100, ge=1)
    min_kappa: float = Field(default=0.6, gt=0, lt=1)


class TracedCheck(_Kind):
    """A trace for each of `paths` that holds `pieces`, and among them one at least with each of `somewhere`."""

    kind: Literal["traced"]
    paths: tuple[TracePath, ...] = PATHS
    pieces: tuple[TracePiece, ...] = ("request", "output", "timing")
    somewhere: tuple[TracePiece, ...] = ("retrieval", "tool")


class FailedToolCheck(_Kind):
    """A trace shows a tool that failed, and an answer or a handover all the same.

    Each of `kinds` of failure, told by words in the error of the span, is shown so too, unless the policy says what
    follows: a timeout and a fallback for tools.
    """

    kind: Literal["failed-tool"]
    kinds: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class StageTimesCheck(_Kind):
    """Each of `stages` has timed spans, and no more than `max_untold` of the time belongs to no stage."""

    kind: Literal["stage-times"]
    stages: tuple[SpanKind, ...]
    max_untold: float = Field(default=0.5, gt=0, lt=1)


class BudgetsCheck(_Kind):
    """Each of `stages` that the traces show has a timeout, a number of retries and a fallback in the policy."""

    kind: Literal["budgets"]
    stages: tuple[SpanKind, ...]


class FieldsCheck(_Kind):
    """What a document must say: paths such as `rollback.owner` or `stages.*.hours`, each with its name in words."""

    kind: Literal["fields"]
    document: Literal["policy", "monitoring"]
    fields: dict[str, str] = Field(min_length=1)


class StagedCheck(_Kind):
    """The rollout begins below full share or in the shadow and goes on in stages, each with what it takes to go on.

    A stage says its share, and each but the last how long it lasts and the condition to leave it.
    """

    kind: Literal["staged"]


class ApproversCheck(_Kind):
    """Somebody is named to approve each of `roles`, for each another person."""

    kind: Literal["approvers"]
    roles: tuple[str, ...] = APPROVER_ROLES


class RehearsalCheck(_Kind):
    """The rollback was rehearsed with success within `max_age_days`."""

    kind: Literal["rehearsal"]
    max_age_days: int = Field(default=90, ge=1)


class CoversCheck(_Kind):
    """The monitoring plan watches each of `measures`, by cohort, and has an alert on each."""

    kind: Literal["covers"]
    measures: tuple[str, ...]
    by_cohort: bool = True


class CompleteCheck(_Kind):
    """The five parts of the packet are complete."""

    kind: Literal["complete"]


class PluginCheck(_Kind):
    """What the check `name` of a plug-in finds, with its `settings`; silent where that plug-in is not installed."""

    kind: Literal["plugin"]
    name: str
    settings: dict[str, str | float | bool] = Field(default_factory=dict)


Check = Annotated[
    MeasuredCheck
    | SpreadCheck
    | NoRegressionCheck
    | ClassesCheck
    | ShareCheck
    | LevelCheck
    | NeverCheck
    | TailCheck
    | LoadCheck
    | GatesCheck
    | JudgedCheck
    | TracedCheck
    | FailedToolCheck
    | StageTimesCheck
    | BudgetsCheck
    | FieldsCheck
    | StagedCheck
    | ApproversCheck
    | RehearsalCheck
    | CoversCheck
    | CompleteCheck
    | PluginCheck,
    Field(discriminator="kind"),
]
