"""The figures of a scorecard, and how the same cases fared under two versions."""

from __future__ import annotations

from typing import Literal

from sqlmodel import Field

from .record import ANY, Line, Record

Direction = Literal["higher", "lower", "informational", "unknown"]
Statistic = Literal["mean", "p50", "p95", "p99"]


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
