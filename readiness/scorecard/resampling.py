"""Figures of cases that are drawn anew: what a rerun of the same evaluation might have measured. Pure.

A resampling gives every cluster of cases a weight: how often it was drawn. A cluster is what hangs together in any
version, so that baseline and candidate are drawn by the same clusters. Sizes stay those of the real figure (a rerun has
as many cases), and what was not scored stays so; means, spreads and quantiles are those of the cases that were drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy  # brings scipy.sparse when it is first asked for

from readiness.model.cells import QUANTILES, Cell, Statistic
from readiness.model.record import ANY

from . import intervals
from .uncertainty import Pairs

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Keys: TypeAlias = npt.NDArray[np.uint64]
Bools: TypeAlias = npt.NDArray[np.bool_]
_SAME = 1e-9
_SEPARATOR = ";"


@dataclass(frozen=True)
class CaseLabels:
    """A column of text: the place in `names` for each row."""

    codes: Ints
    names: Sequence[str]

    def of(self, rows: Ints) -> CaseLabels:
        return CaseLabels(self.codes[rows], self.names)

    def among(self, wanted: Sequence[bool]) -> Bools:
        return np.asarray(wanted, dtype=np.bool_)[self.codes]


@dataclass(frozen=True)
class Runs:
    """The scored runs of one version in one file, a row each; `cluster` counts where `clustered` says so."""

    metric: CaseLabels
    workflow: CaseLabels
    cohorts: CaseLabels
    case: Keys
    cluster: Keys
    clustered: Bools
    value: Floats

    def of(self, rows: Ints) -> Runs:
        """Some of the runs."""
        return Runs(
            metric=self.metric.of(rows),
            workflow=self.workflow.of(rows),
            cohorts=self.cohorts.of(rows),
            case=self.case[rows],
            cluster=self.cluster[rows],
            clustered=self.clustered[rows],
            value=self.value[rows],
        )

    def at(self, metric: str, workflow: str, cohort: str) -> Ints:
        """The rows that a figure is made of."""
        chosen = self.metric.among([name == metric for name in self.metric.names])
        if workflow != ANY:
            chosen &= self.workflow.among([name == workflow for name in self.workflow.names])
        if cohort != ANY:
            chosen &= self.cohorts.among([cohort in _parts(name) for name in self.cohorts.names])
        return np.flatnonzero(chosen)

    @cached_property
    def cases(self) -> Keys:
        """A key for each case: the same id in another workflow is another case."""
        keys = [hashlib.blake2b(name.encode(), digest_size=8).digest() for name in self.workflow.names]
        of_workflow = np.array([int.from_bytes(key, "little") for key in keys], dtype=np.uint64)
        mixed: Keys = self.case * np.uint64(0x9E3779B97F4A7C15) + of_workflow[self.workflow.codes]
        return mixed

    @cached_property
    def named(self) -> Keys:
        """The cluster that each run names, else its case."""
        return np.where(self.clustered, self.cluster, self.cases)

    @cached_property
    def units(self) -> Ints:
        """What does not depend on each other within this version: a case in several clusters makes one of them."""
        if not self.clustered.any():
            return np.unique(self.cases, return_inverse=True)[1]
        return _joined(np.unique(self.named, return_inverse=True)[1], self.cases)


def _parts(cohorts: str) -> set[str]:
    return {part.strip() for part in cohorts.split(_SEPARATOR)}


def _joined(units: Ints, cases: Keys) -> Ints:
    """For each row the number of the part in which its unit hangs together with others by the cases they share."""
    _, places = np.unique(cases, return_inverse=True)
    first = int(units.max()) + 1
    size = first + int(places.max()) + 1
    links = (np.ones(len(units), dtype=np.bool_), (units, first + places))
    _, parts = scipy.sparse.csgraph.connected_components(
        scipy.sparse.coo_array(links, shape=(size, size)), directed=False
    )
    numbered: Ints = parts[units].astype(np.int64)
    return numbered


def shared_clusters(runs: Sequence[Runs]) -> list[Ints]:
    """For each row of each version the cluster that is drawn: what hangs together in any of the versions."""
    if not runs:
        return []
    cases, offsets, units = np.concatenate([one.cases for one in runs]), 0, []
    for one in runs:
        units.append(one.units + offsets)
        offsets += int(one.units.max()) + 1
    if any(one.clustered.any() for one in runs):
        drawn = _joined(np.concatenate(units), cases)
    else:
        drawn = np.unique(cases, return_inverse=True)[1]
    return np.split(drawn, np.cumsum([len(one.value) for one in runs])[:-1])


@dataclass(frozen=True)
class Side:
    """The runs behind one cell, with the cluster by which each is drawn."""

    cell: Cell
    value: Floats
    unit: Ints
    cluster: Ints
    case: Keys
    named: Keys
    clustered: Bools

    @classmethod
    def of(cls, cell: Cell, runs: Runs, drawn: Ints) -> Side | None:
        """None where the runs that were kept are not those of the figure, or not all of them."""
        at = runs.at(cell.metric, cell.workflow, cell.cohort)
        if cell.n != len(at) or not len(at) or cell.mean is None:
            return None
        units = len(np.unique(runs.units[at]))
        near = abs(float(runs.value[at].mean()) - cell.mean) <= _SAME * max(1.0, abs(cell.mean))
        if not near or units != cell.independent:
            return None
        return cls(cell, runs.value[at], runs.units[at], drawn[at], runs.cases[at], runs.named[at], runs.clustered[at])

    @cached_property
    def plain(self) -> bool:
        """Whether every value is 0 or 1."""
        return bool(np.isin(self.value, (0.0, 1.0)).all())

    @cached_property
    def centre(self) -> float:
        """Near which the values are added up, so that their spread is not lost; whole numbers lose nothing."""
        return 0.0 if self.plain else float(self.value.mean())

    @cached_property
    def sums(self) -> Sums:
        """Of each cluster: runs, total, squares, and of the units in it the sums that make the standard error."""
        _, unit = np.unique(self.unit, return_inverse=True)
        value = self.value - self.centre
        runs, total = np.bincount(unit).astype(np.float64), np.bincount(unit, value)
        of_unit = np.empty(len(runs), dtype=np.int64)
        of_unit[unit] = self.cluster
        squares = np.bincount(unit, value**2)
        parts = [runs, total, squares, total**2, total * runs, runs**2, np.ones_like(runs)]
        return Sums.of(of_unit, parts)

    def means(self, weights: Ints) -> dict[str, Floats]:
        """Mean, spread and standard error of every resampling, (resamplings, clusters) to (resamplings,).

        The standard error is that of `importers.cases.clusters`, of as many clusters as the real figure has.
        """
        n, total, squares, unit_squares, crossed, sizes, units = self.sums.at(weights)
        size, count = float(self.cell.n or 0), float(self.cell.independent or 0)
        shift = total / n
        mean = np.clip(self.centre + shift, self.value.min(), self.value.max())
        figures = {"mean": mean}
        if self._is_rate:
            figures["passed"] = mean * size
        elif self.cell.sd is not None:
            figures["sd"] = np.sqrt(np.maximum(squares / n - shift**2, 0.0) * size / (size - 1))
        if self.cell.clusters is not None and self.cell.se is not None:
            deviations = np.maximum(unit_squares - 2 * shift * crossed + shift**2 * sizes, 0.0)
            figures["se"] = np.sqrt(deviations * units / (count - 1)) / n
        return figures

    @property
    def _is_rate(self) -> bool:
        cell = self.cell
        return cell.passed is not None and abs(cell.passed - (cell.mean or 0.0) * (cell.n or 0)) <= _SAME * (
            cell.n or 0
        )

    def quantiles(self, weights: Ints, stat: Statistic) -> dict[str, Floats]:
        """The quantile of every resampling with the limits of its interval, at the ranks of the real figure."""
        size, q = self.cell.n or 0, QUANTILES[stat]
        exact = (size - 1) * q
        low, high = intervals.rank_limits(np.array([size]), np.array([self.cell.independent or 0]), q)
        wanted = np.clip([np.floor(exact) + 1, np.ceil(exact) + 1, low[0], high[0]], 1, size)
        order = np.argsort(self.value, kind="stable")
        values, cluster = self.value[order], self.cluster[order]
        picked = np.empty((len(weights), len(wanted)))
        for number, weight in enumerate(weights):
            upto = np.cumsum(weight[cluster])
            if upto[-1]:
                places = np.searchsorted(upto * (size / upto[-1]), wanted - _SAME)
                picked[number] = values[np.minimum(places, size - 1)]
            else:
                picked[number] = np.nan
        figures = {stat: picked[:, 0] + (picked[:, 1] - picked[:, 0]) * (exact % 1)}
        bounded = {f"{stat}_low": 2, f"{stat}_high": 3}
        return figures | {name: picked[:, at] for name, at in bounded.items() if getattr(self.cell, name) is not None}

    def figures(self, weights: Ints, stat: Statistic) -> dict[str, Floats]:
        return self.means(weights) if stat == "mean" else self.quantiles(weights, stat)


@dataclass(frozen=True)
class Sums:
    """What each of some clusters adds to a row of sums: (clusters,) and (clusters, sums)."""

    clusters: Ints
    parts: Floats

    @classmethod
    def of(cls, cluster: Ints, parts: Sequence[npt.NDArray[Any]]) -> Sums:
        clusters, place = np.unique(cluster, return_inverse=True)
        return cls(clusters, np.stack([np.bincount(place, part) for part in parts], axis=1))

    def at(self, weights: Ints) -> Floats:
        """The sums of every resampling, (sums, resamplings)."""
        summed: Floats = (weights[:, self.clusters].astype(np.float64) @ self.parts).T
        return summed


@dataclass(frozen=True)
class PairedSides:
    """The cases that both versions ran, drawn together (see `importers.cases.pairs`, whose figures these are)."""

    pairs: Pairs
    sums: Sums
    change: float

    @classmethod
    def of(cls, pairs: Pairs, baseline: Side, candidate: Side) -> PairedSides | None:
        """None where the runs that were kept are not those of the pairs."""
        before, after = by_case(baseline), by_case(candidate)
        _, one, two = np.intersect1d(before.case, after.case, assume_unique=True, return_indices=True)
        if len(one) != pairs.cases:
            return None
        first, second = before.mean[one], after.mean[two]
        named = np.where(before.clustered[one], before.named[one], after.named[two])
        _, unit = np.unique(named, return_inverse=True)
        near = abs(first.mean() - pairs.baseline) + abs(second.mean() - pairs.candidate)
        if int(unit.max()) + 1 != pairs.n or near > _SAME * max(1.0, abs(pairs.baseline)):
            return None
        change = float((second - first).mean())
        cases, moved = np.bincount(unit).astype(np.float64), np.bincount(unit, second - first - change)
        of_unit = np.empty(len(cases), dtype=np.int64)
        of_unit[unit] = before.cluster[one]
        won, lost = (first == 0) & (second == 1), (first == 1) & (second == 0)
        of_cases = [np.bincount(unit, part) for part in (first, second, lost, won)]
        parts = [cases, moved, moved**2, moved * cases, cases**2, np.ones_like(cases), *of_cases]
        return cls(pairs, Sums.of(of_unit, parts), change)

    def figures(self, weights: Ints) -> dict[str, Floats]:
        """The fields of `Pairs` for every resampling."""
        n, moved, squares, crossed, sizes, units, first, second, lost, won = self.sums.at(weights)
        shift, size, count = moved / n, float(self.pairs.cases), float(self.pairs.n)
        figures = {"baseline": first / n, "candidate": second / n}
        if self._counted:
            lost, won = lost * (size / n), won * (size / n)
            rest = np.maximum(
                size - lost - won, 0.0
            )  # whether these pass or fail with both is all the same to a difference
            return figures | {"only_baseline": lost, "only_candidate": won, "both": rest, "neither": np.zeros_like(n)}
        if self.pairs.sd is not None:
            deviations = np.maximum(squares - 2 * shift * crossed + shift**2 * sizes, 0.0)
            figures["sd"] = np.sqrt(deviations * units * count / (count - 1)) / n
        return figures

    @property
    def _counted(self) -> bool:
        """Whether the difference is one of passes and failures of independent cases."""
        return self.pairs.both is not None and self.pairs.n == self.pairs.cases


@dataclass(frozen=True)
class CaseMeans:
    """A row for each case of a side."""

    case: Keys
    mean: Floats
    cluster: Ints
    named: Keys
    clustered: Bools


def by_case(side: Side) -> CaseMeans:
    """A row for each case: the mean of its runs, and the lowest of the clusters that they name."""
    case, first, place = np.unique(side.case, return_index=True, return_inverse=True)
    runs = np.bincount(place)
    lowest = np.full(len(case), np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(lowest, place[side.clustered], side.named[side.clustered])
    clustered = np.bincount(place, side.clustered) > 0
    return CaseMeans(
        case=case,
        mean=np.bincount(place, side.value) / runs,
        cluster=side.cluster[first],
        named=np.where(clustered, lowest, case),
        clustered=clustered,
    )


def cell_with(cell: Cell, figures: Mapping[str, float]) -> Cell:
    return cell.model_copy(update=dict(figures))


def pairs_with(pairs: Pairs, figures: Mapping[str, Any]) -> Pairs:
    return replace(pairs, **figures)
