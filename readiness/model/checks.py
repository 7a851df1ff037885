"""What a checklist may ask of the stored evidence: the kinds of check and their thresholds, as data.

Each kind here has one function of the same name in `findings/`, which answers it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .policy import APPROVER_ROLES
from .traces import PATHS, SpanKind, TracePath, TracePiece


class _Kind(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MeasuredCheck(_Kind):
    """The metric is there for every value of `by` (`cohort`, `workflow` or a dimension), each with `min_n` cases."""

    kind: Literal["measured"]
    metric: str
    by: str = "cohort"
    min_n: int = Field(default=30, ge=1)
    at_least: int = Field(default=2, ge=1)


class SpreadCheck(_Kind):
    """No value of `by` is worse than all other cases by more than `max`, in the metric's unit."""

    kind: Literal["spread"]
    metric: str
    by: str = "cohort"
    max: float = Field(ge=0)


class ShareCheck(_Kind):
    """The `top` workflows with most cases hold no more than `max` of them."""

    kind: Literal["share"]
    metric: str
    top: int = Field(default=2, ge=1)
    max: float = Field(gt=0, lt=1)


class LevelCheck(_Kind):
    """The metric keeps its bound, over all cases or for each value of `by`; a gate of the policy sets another bound."""

    kind: Literal["level"]
    metric: str
    by: str = ""
    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> LevelCheck:
        if (self.min is None) == (self.max is None):
            raise ValueError("a level has one bound; expected either min or max")
        return self


class NeverCheck(_Kind):
    """What the metric counts happened in none of at least `min_n` cases."""

    kind: Literal["never"]
    metric: str
    min_n: int = Field(default=100, ge=1)


class TailCheck(_Kind):
    """p95 and p99 keep the budgets that gates of the policy set, and p99 is at most `max_ratio` times the median."""

    kind: Literal["tail"]
    metric: str
    max_ratio: float = Field(gt=1)


class LoadCheck(_Kind):
    """A load test reached the planned concurrency with no more than `max_errors` of the requests lost."""

    kind: Literal["load"]
    metric: str
    dimension: str = "concurrency"
    max_errors: float = Field(default=0.01, ge=0, lt=1)


class GatesCheck(_Kind):
    """The policy has gates and all of them pass; with `regression`, one of them compares with the baseline."""

    kind: Literal["gates"]
    regression: bool = True


class TracedCheck(_Kind):
    """A trace for each of `paths` that holds `pieces`, and among them one at least with each of `somewhere`."""

    kind: Literal["traced"]
    paths: tuple[TracePath, ...] = PATHS
    pieces: tuple[TracePiece, ...] = ("request", "output", "timing")
    somewhere: tuple[TracePiece, ...] = ("retrieval", "tool")


class FailedToolCheck(_Kind):
    """A trace shows a tool that failed, and an answer or a handover all the same."""

    kind: Literal["failed-tool"]


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


class ApproversCheck(_Kind):
    """Somebody is named to approve each of `roles`."""

    kind: Literal["approvers"]
    roles: tuple[str, ...] = APPROVER_ROLES


class RehearsalCheck(_Kind):
    """The rollback was rehearsed with success within `max_age_days`."""

    kind: Literal["rehearsal"]
    max_age_days: int = Field(default=90, ge=1)


class CoversCheck(_Kind):
    """The monitoring plan watches each of `measures`, by cohort."""

    kind: Literal["covers"]
    measures: tuple[str, ...]
    by_cohort: bool = True


class CompleteCheck(_Kind):
    """The five parts of the packet are complete."""

    kind: Literal["complete"]


Check = Annotated[
    MeasuredCheck
    | SpreadCheck
    | ShareCheck
    | LevelCheck
    | NeverCheck
    | TailCheck
    | LoadCheck
    | GatesCheck
    | TracedCheck
    | FailedToolCheck
    | StageTimesCheck
    | BudgetsCheck
    | FieldsCheck
    | ApproversCheck
    | RehearsalCheck
    | CoversCheck
    | CompleteCheck,
    Field(discriminator="kind"),
]
