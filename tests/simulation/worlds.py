"""Worlds whose truth is known, to see how often an interval holds it: scores, changes, clusters and times."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from readiness.scorecard import bounds, intervals
from readiness.scorecard.bounds import Sample
from readiness.scorecard.intervals import Interval

Floats: TypeAlias = npt.NDArray[np.float64]
Random: TypeAlias = np.random.Generator
Shape: TypeAlias = tuple[int, int]
_ROUNDING = 1e-12


@dataclass(frozen=True)
class World:
    """How its values fall, within `low` to `high`, and their true mean."""

    draw: Callable[[Random, Shape], Floats]
    mean: float
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Clusters:
    """One sample of clusters: passes among the runs of each."""

    passes: Floats
    runs: Floats

    @property
    def mean(self) -> float:
        return float(self.passes.sum() / self.runs.sum())

    @property
    def se(self) -> float:
        """The linearised standard error of a ratio, between clusters (Cochran 1977, Sampling Techniques, § 9A.1)."""
        deviations = self.passes - self.runs * self.mean
        number = len(self.runs)
        return float(math.sqrt(number / (number - 1) * (deviations**2).sum()) / self.runs.sum())

    def sample(self, *, effective: bool) -> Sample:
        kish = float(self.runs.sum() ** 2 / (self.runs**2).sum()) if effective else None
        return bounds.clustered(self.mean, self.se, len(self.runs), effective=kish)


def some(share: float, one: float, other: float | Callable[[Random, Shape], Floats]) -> Callable[..., Floats]:
    """`one` for a share of the values, `other` for the rest."""

    def draw(random: Random, shape: Shape) -> Floats:
        rest = other(random, shape) if callable(other) else np.full(shape, other)
        return np.where(random.random(shape) < share, one, rest)

    return draw


def uniform(low: float, high: float) -> Callable[[Random, Shape], Floats]:
    return lambda random, shape: random.uniform(low, high, shape)


def beta(a: float, b: float) -> World:
    return World(lambda random, shape: random.beta(a, b, shape), a / (a + b))


def rated(random: Random, shape: Shape) -> Floats:
    levels: Floats = random.choice(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), p=[0.05, 0.05, 0.1, 0.2, 0.6], size=shape)
    return levels


SCORES: dict[str, World] = {
    "passes, 50 of 100": World(some(0.5, 1, 0), 0.5),
    "passes, 90 of 100": World(some(0.9, 1, 0), 0.9),
    "passes, 98 of 100": World(some(0.98, 1, 0), 0.98),
    "98 of 100 are 1, the others anything": World(some(0.98, 1, uniform(0, 1)), 0.99),
    "98 of 100 are 0.97, the others 0": World(some(0.98, 0.97, 0), 0.98 * 0.97),
    "Beta(20, 0.5)": beta(20, 0.5),
    "Beta(2, 0.1)": beta(2, 0.1),
    "Beta(9, 1)": beta(9, 1),
    "uniform": World(uniform(0, 1), 0.5),
    "uniform in 0.8–1, 3 of 100 are 0": World(
        lambda random, shape: np.where(random.random(shape) < 0.97, random.uniform(0.8, 1, shape), 0.0), 0.873
    ),
    "a rating of five levels": World(rated, 0.8125),
}
CHANGES: dict[str, World] = {
    "a little noise": World(lambda random, shape: random.normal(0, 0.02, shape).clip(-1, 1), 0, -1, 1),
    "2 of 100 lose all": World(some(0.02, -1, 0), -0.02, -1, 1),
    "2 of 100 lose something": World(some(0.98, 0, uniform(-1, 0)), -0.01, -1, 1),
    "all gain 0.01, 1 of 100 loses all": World(some(0.01, -0.99, 0.01), 0, -1, 1),
    "4 of 100 lose all, 4 gain all": World(
        lambda random, shape: random.choice(np.array([-1.0, 0.0, 1.0]), p=[0.04, 0.92, 0.04], size=shape), 0, -1, 1
    ),
    "Beta(9, 1) less Beta(9, 1)": World(
        lambda random, shape: random.beta(9, 1, shape) - random.beta(9, 1, shape), 0, -1, 1
    ),
}
TIMES: dict[str, Callable[[Random, Shape], Floats]] = {
    "lognormal, σ 0.5": lambda random, shape: random.lognormal(6, 0.5, shape),
    "lognormal, σ 1.5": lambda random, shape: random.lognormal(6, 1.5, shape),
    "exponential": lambda random, shape: random.exponential(800, shape),
    "two humps": lambda random, shape: np.where(
        random.random(shape) < 0.5, random.normal(300, 30, shape), random.normal(3_000, 200, shape)
    ),
}


def samples(world: World, n: int, draws: int, seed: int = 1) -> Iterator[Sample]:
    values = world.draw(np.random.default_rng(seed), (draws, n))
    for mean, sd in zip(values.mean(axis=1).tolist(), values.std(axis=1, ddof=1).tolist(), strict=True):
        yield Sample(mean, n, sd, world.low, world.high)


def clusters(
    rate: float,
    icc: float,
    number: int,
    draws: int,
    seed: int = 1,
    runs: Callable[[Random, Shape], Floats] | None = None,
) -> Iterator[Clusters]:
    """Clusters of 1–20 runs unless told, whose own rates are beta with this intraclass correlation."""
    random, shape = np.random.default_rng(seed), (draws, number)
    sizes = runs(random, shape) if runs else random.integers(1, 21, shape).astype(np.float64)
    own = random.beta(rate * (1 / icc - 1), (1 - rate) * (1 / icc - 1), shape)
    passes = random.binomial(sizes.astype(np.int64), own).astype(np.float64)
    return (Clusters(*of) for of in zip(passes, sizes, strict=True))


def covered(found: Sequence[Interval], truth: float) -> float:
    """The share of the intervals that hold the truth."""
    return float(np.mean([one.low - _ROUNDING <= truth <= one.high + _ROUNDING for one in found]))


def quantile(values: Floats, q: float) -> list[tuple[float, Interval]]:
    """The quantile of each row with the interval of its ranks, as a scorecard keeps them."""
    ordered, n = np.sort(values, axis=1), values.shape[1]
    low, high = intervals.ranks(n, q)
    figures = np.quantile(ordered, q, axis=1)
    below = np.minimum(figures, ordered[:, low - 1]) if low else np.full_like(figures, -np.inf)
    above = np.maximum(figures, ordered[:, high - 1]) if high else np.full_like(figures, np.inf)
    rows = zip(figures.tolist(), below.tolist(), above.tolist(), strict=True)
    return [(figure, Interval(*limits)) for figure, *limits in rows]


def quantiles_p(
    draw: Callable[[Random, Shape], Floats], q: float, n: tuple[int, int], cohorts: int, seed: int
) -> list[float]:
    """The p-values of cohorts whose times follow the same distribution under both versions."""
    random = np.random.default_rng(seed)
    one, two = (quantile(draw(random, (cohorts, size)), q) for size in n)
    return [
        bounds.quantiles_p(now[0] - before[0], intervals.mover(*now, *before), min(n))
        for now, before in zip(one, two, strict=True)
    ]


def medians_p(draw: Callable[[Random, Shape], Floats], n: int, cohorts: int, seed: int) -> list[float]:
    return quantiles_p(draw, 0.5, (n, n), cohorts, seed)
