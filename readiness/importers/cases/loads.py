"""What a load test states of many requests together, as scorecard cells: nobody can count these again.

A quantile that is stated has an interval all the same. Its limits are those of the ranks (`intervals.rank_limits`),
and a rank between two quantiles that are stated lies between their values: so the lower limit is the next stated
quantile that is surely below, and the upper the next one above, up to the greatest value, which stands for level 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from readiness.errors import InputError
from readiness.importers.batch import Options
from readiness.language import tr
from readiness.model.cells import QUANTILES, Cell, Direction
from readiness.model.record import ANY
from readiness.scorecard import intervals

from .cells import LONGEST, Measure
from .scored import LATENCY, MEASURES

FAILURES = "request_failure_rate"
CONCURRENCY = "concurrency"
FAILED = Measure("ratio", "lower")
MOST_REQUESTS = 10**12


@dataclass(frozen=True)
class Group:
    """Requests that are told together: of a version, a workflow and a cohort."""

    version: str
    workflow: str = ANY
    dimension: str = ANY
    value: str = ANY

    def cell(self, metric: str, unit: str, direction: Direction, n: int | None, **figures: float | None) -> Cell:
        return Cell(
            version=self.version,
            workflow=self.workflow[:LONGEST],
            dimension=self.dimension[:LONGEST],
            value=self.value[:LONGEST],
            metric=metric,
            unit=unit,
            direction=direction,
            n=n,
            stated=True,
            **figures,  # type: ignore[arg-type]
        )

    def share(self, metric: str, measure: Measure, hits: int, n: int) -> Cell:
        """How many of n it was; `passed` counts these, as it counts every case with a 1."""
        cell = self.cell(metric, measure.unit, measure.direction, n, mean=hits / n if n else None)
        return cell.model_copy(update={"passed": hits if n else None})

    def at(self, concurrency: int | None) -> Iterator[Group]:
        """The group, and where it is of every cohort the same requests as those of a load."""
        yield self
        if concurrency and self.dimension == ANY:
            yield replace(self, dimension=CONCURRENCY, value=str(concurrency))


@dataclass(frozen=True)
class Stated:
    """What is stated of `n` values: their mean and values by level, 0 for the least to 1 for the greatest.

    A value may be off by `slack` of itself, and by `step` in its unit, as histograms round.
    """

    n: int | None
    mean: float | None = None
    levels: Mapping[float, float] | None = None
    slack: float = 0.0
    step: float = 0.0

    def figures(self) -> dict[str, float | None]:
        """Mean and quantiles, each quantile with the limits that can be told."""
        levels = self.levels or {}
        figures: dict[str, float | None] = {"mean": self.mean}
        for name, level in QUANTILES.items():
            if (value := levels.get(level)) is not None:
                low, high = self._limits(level)
                figures |= {name: value, f"{name}_low": low, f"{name}_high": high}
        return figures

    def _limits(self, level: float) -> tuple[float | None, float | None]:
        levels, n = self.levels or {}, self.n
        if not n or n > MOST_REQUESTS:
            return None, None
        first, last = ranks(n, level)
        below = [value for at, value in levels.items() if math.ceil((n - 1) * at) + 1 <= first]
        above = [value for at, value in levels.items() if last <= n and math.floor((n - 1) * at) + 1 >= last]
        return (
            max(below) * (1 - self.slack) - self.step if below else None,
            min(above) * (1 + self.slack) + self.step if above else None,
        )


def ranks(n: int, level: float) -> tuple[int, int]:
    """The ranks of n values, from 1, that bound the quantile: 0 and n + 1 where they are too few for a side."""
    count = np.array([n])
    first, last = intervals.rank_limits(count, count, level)
    return int(first[0]), int(last[0])


def concurrency(options: Options) -> int | None:
    """How many ran at once, as a person says of a file that does not: `--map concurrency=50`."""
    text = options.mapping.get(CONCURRENCY, "").strip()
    if text and not (text.isdecimal() and len(text) < 10 and int(text)):
        problem = tr("{text!r} is no number of requests at once", text=text[:80])
        raise InputError(problem, place=f"--map {CONCURRENCY}", expected=tr("a whole number, such as 50"))
    return int(text) if text else None


def told(at: int | None) -> str:
    """What is to be said where nobody knows the concurrency."""
    return (
        "" if at else "the file does not say how many ran at once, so it settles no capacity; --map concurrency=50 does"
    )


def latency(group: Group, stated: Stated) -> Cell:
    """How long requests took, in ms, those that failed among them."""
    return group.cell(LATENCY, MEASURES[LATENCY].unit, MEASURES[LATENCY].direction, stated.n, **stated.figures())


def failures(group: Group, failed: int, n: int) -> Cell:
    """How many of the requests failed."""
    return group.share(FAILURES, FAILED, failed, n)
