"""Who scores a metric: a model as judge, and how far it agrees with people who labelled the same cases."""

from __future__ import annotations

import re

from pydantic import model_validator
from sqlmodel import Field

from readiness.language import tr

from .record import Line, Record

KAPPA, TPR, TNR = "judge_kappa", "judge_tpr", "judge_tnr"
"""What begins the names of the metrics that hold the agreement of a judge: `judge_kappa/groundedness`."""
_CUTOFF = re.compile(r"(\d+|k)")
"""What follows an @ in the name of a metric without naming a judge: `recall@5`."""


class Judge(Record):
    """The judge of a metric, and its agreement with people on `n` cases where a person states it.

    `kappa` is Cohen's κ, `tpr` and `tnr` are the shares of what people pass and fail that the judge passes and fails.
    """

    metric: Line
    judge: Line
    prompt: Line = ""
    n: int | None = Field(default=None, ge=1)
    kappa: float | None = Field(default=None, ge=-1, le=1)
    tpr: float | None = Field(default=None, ge=0, le=1)
    tnr: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _complete(self) -> Judge:
        if not self.metric.strip() or not self.judge.strip():
            raise ValueError(tr("a judge has no name or no metric; expected metric and judge"))
        if self.n is None and any(figure is not None for figure in (self.kappa, self.tpr, self.tnr)):
            raise ValueError(tr("the agreement stands without the number of cases; expected n beside it"))
        if (self.tpr is None) != (self.tnr is None):
            raise ValueError(tr("tpr and tnr say little without each other; expected both"))
        if self.n is not None and self.kappa is None and self.tpr is None:
            raise ValueError(tr("n stands without an agreement; expected kappa, or tpr and tnr"))
        return self

    @property
    def label(self) -> str:
        return tr("{judge}, prompt {prompt}", judge=self.judge, prompt=self.prompt) if self.prompt else self.judge


def base(metric: str) -> str:
    """The metric whatever judge scored it: `groundedness` of `groundedness@model-x`; `recall@5` is as it is."""
    name, _, judge = metric.rpartition("@")
    return name if name and judge and not _CUTOFF.fullmatch(judge) else metric


def judge_of(metric: str) -> str:
    """The judge that the name of a metric states; empty where it states none."""
    return metric[len(base(metric)) + 1 :]


def names(metric: str, judge: str) -> tuple[str, ...]:
    """How files call a metric that a judge scored, the surest first."""
    return (f"{metric}@{judge}", f"{metric} ({judge})")
