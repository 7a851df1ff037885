"""The figures of a scorecard, and how the same cases fared under two versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from sqlmodel import Field

from .record import ANY, Line, Record

Direction = Literal["higher", "lower", "informational", "unknown"]
CERTAIN: tuple[Direction, ...] = ("higher", "lower")
"""Of these one can say which way is better."""
Statistic = Literal["mean", "p50", "p95", "p99"]
SEVERITY = "severity"
"""The dimension that tells cases of which not one may fail from the others, and not groups of users apart."""
CRITICAL = f"{SEVERITY}=critical"
"""The cohort of the cases that are marked critical."""
CATEGORY, ATTACK = "category", "attack"
"""Dimensions of attacks: the harm that was tried (`Bias/gender`), and the way it was tried (`ROT-13`)."""
ATTACK_SUCCESS = "attack_success_rate"
"""Of attacks: 1 for one that succeeded, 0 for one that was withstood; what could not be judged is an error."""
APART = frozenset({SEVERITY, CATEGORY, ATTACK})
"""Dimensions that tell no groups of users apart."""
QUANTILES: dict[Statistic, float] = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


class Cell(Record):
    """One figure of a scorecard: a metric of a version, for a workflow and a cohort (`"*"` is all of them).

    `n` counts the cases with a score, `errors` those without one; None for `n` means the file stated a figure
    without saying how many cases are behind it. `passed` counts passing cases where every case says whether it passed.
    `sd` is that of the sample; each quantile has its 95 % interval, a side missing where so few cases cannot bound it.

    Where cases depend on each other, `n` counts their runs: `cases` are the different cases among these and
    `clusters` what is independent (a case with all its runs, a conversation with all its turns), with `se` the
    standard error of the mean between clusters and `effective` how many of one size the clusters are worth, (Σ m)² /
    Σ m² of their runs. None for `clusters` means that every case stands for itself. Of cases that were run up to
    `repeats` times and pass or fail, `pass_all` is the share that passed every time and `flips` the share that passed
    in some runs and failed in others.
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
    cases: int | None = Field(default=None, ge=0)
    clusters: int | None = Field(default=None, ge=0)
    effective: float | None = None
    se: float | None = None
    repeats: int | None = Field(default=None, ge=2)
    pass_all: float | None = None
    flips: float | None = None

    @property
    def cohort(self) -> str:
        return ANY if self.dimension == ANY else f"{self.dimension}={self.value}"

    @property
    def independent(self) -> int | None:
        """How many cases or clusters that do not depend on each other are behind the figure."""
        return self.n if self.clusters is None else self.clusters


FiledCell = tuple[int, Cell]
"""A figure with the id of the file that states it."""


@dataclass(frozen=True)
class CellIndex:
    """The figures of all files of a system, found by version and by metric without a look at the others."""

    cells: Sequence[FiledCell]

    @cached_property
    def by_version(self) -> Mapping[str, Sequence[FiledCell]]:
        found: dict[str, list[FiledCell]] = defaultdict(list)
        for filed in self.cells:
            found[filed[1].version].append(filed)
        return found

    @cached_property
    def by_metric(self) -> Mapping[str, Sequence[FiledCell]]:
        found: dict[str, list[FiledCell]] = defaultdict(list)
        for filed in self.cells:
            found[filed[1].metric].append(filed)
        return found

    @cached_property
    def files(self) -> Mapping[int, Sequence[str]]:
        """The versions in each file that states figures."""
        found: dict[int, dict[str, None]] = defaultdict(dict)
        for file, cell in self.cells:
            found[file][cell.version] = None
        return {file: tuple(versions) for file, versions in found.items()}

    @cached_property
    def dimensions(self) -> Sequence[str]:
        """Those by which cohorts are told apart."""
        return tuple(dict.fromkeys(cell.dimension for _, cell in self.cells if cell.dimension != ANY))

    @cached_property
    def directions(self) -> Sequence[tuple[int, str, Direction]]:
        """File, metric and which way is better as the file states it, once each."""
        return tuple(dict.fromkeys((file, cell.metric, cell.direction) for file, cell in self.cells))


class Pair(Record):
    """How the same cases fared under two versions, for a workflow and a cohort.

    `cases` stood under both versions, `n` clusters of them are independent. A case counts by the mean of its runs:
    `mean_first` and `mean_second` are over the cases, and `sd` / √n is the standard error, between clusters, of the
    second mean less the first. The four counts are there where every case passed (1) or failed (0) on each side, in all
    of its runs. `first_file` and `second_file` are the digests of the files that hold the cases of each version.
    """

    first: Line
    second: Line
    first_file: Line
    second_file: Line
    metric: Line
    workflow: Line = ANY
    dimension: Line = ANY
    value: Line = ANY
    cases: int = Field(ge=0)
    n: int = Field(ge=0)
    mean_first: float
    mean_second: float
    sd: float | None = None
    both: int | None = Field(default=None, ge=0)
    only_first: int | None = Field(default=None, ge=0)
    only_second: int | None = Field(default=None, ge=0)
    neither: int | None = Field(default=None, ge=0)

    @property
    def cohort(self) -> str:
        return ANY if self.dimension == ANY else f"{self.dimension}={self.value}"
