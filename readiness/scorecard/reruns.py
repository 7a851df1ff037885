"""Would the gates hold again? The same evaluation many times over, each time with other cases of the same kind. Pure.

A bootstrap of clusters (Efron 1979, Ann. Stat. 7:1–26; of clusters: Davison & Hinkley 1997, Bootstrap Methods and their
Application, § 3.8): as many clusters as there are, drawn with replacement and once for all gates, since these share
their cases. Every gate is judged on what was drawn as it is on the real figures, by the same code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from readiness.model.cells import Cell

from . import severity
from .compare import ScorecardRow
from .gates import ORDER, GateResult, GateState, asked, state_at, undecidable
from .resampling import Floats, Ints, PairedSides, Runs, Side, cell_with, pairs_with, shared_clusters

RESAMPLINGS = 500
"""The standard error of a share is then at most 2.3 points (√(¼ / 500))."""
FEWEST = 100
"""With fewer the standard error may be above 5 points, which no page should show."""
MOST_DRAWN = 300_000_000
"""Runs that all resamplings draw for all rows of all gates: a few seconds."""
MOST_JUDGED = 100_000
"""Rows that all resamplings judge: each takes about 50 µs."""
SEED = 1979
"""The same store gives the same share."""
_AT_ONCE = 8_000_000

Source: TypeAlias = tuple[str, str]
"""(digest of the file, version)."""
Files: TypeAlias = Mapping[tuple[str, ...], str]
"""The digest of the file behind each figure, by (version, metric, workflow, cohort)."""
States: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Redrawn:
    """The state of each gate in every resampling, as places in `ORDER`; None for a gate whose cases are not kept.

    `resamplings` is 0 where there were too many cases to draw, or none.
    """

    states: tuple[States | None, ...]
    resamplings: int
    clusters: int

    def share(self, gate: int) -> float | None:
        """The share of the resamplings in which a gate passes."""
        states = self.states[gate]
        return None if states is None or not self.resamplings else float((states == ORDER.index("pass")).mean())

    def patterns(self) -> Iterator[tuple[tuple[GateState, ...], int]]:
        """How all gates stood together, and in how many resamplings; only where every gate was drawn."""
        drawn = [states for states in self.states if states is not None]
        if len(drawn) == len(self.states) and drawn:
            patterns, counts = np.unique(np.stack(drawn, axis=1), axis=0, return_counts=True)
            for pattern, count in zip(patterns.tolist(), counts.tolist(), strict=True):
                yield tuple(ORDER[place] for place in pattern), count


@dataclass(frozen=True)
class _Row:
    """A row that a gate speaks of: what is drawn of it, or its state where that cannot change."""

    gate: GateResult
    row: ScorecardRow
    candidate: Side
    baseline: Side | None = None
    paired: PairedSides | None = None

    @property
    def sides(self) -> list[Side]:
        return [side for side in (self.candidate, self.baseline) if side is not None]

    @property
    def size(self) -> int:
        return sum(len(side.value) for side in self.sides)

    def figures(self, weights: Ints) -> dict[str, dict[str, Floats]]:
        """What is drawn of each part of the row, by the fields of that part."""
        stat = self.gate.gate.stat
        drawn = {"candidate": self.candidate.figures(weights, stat)}
        if self.paired is not None:
            drawn["pairs"] = self.paired.figures(weights)
        elif self.baseline is not None:
            drawn["baseline"] = self.baseline.figures(weights, stat)
        return drawn

    def judged(self, drawn: Mapping[str, Mapping[str, Floats]]) -> States:
        """The state in every resampling; the same figures are judged once. What nothing was drawn of is missing."""
        names = [(part, field) for part, fields in drawn.items() for field in fields]
        table = np.stack([drawn[part][field] for part, field in names], axis=1)
        different, place = np.unique(table, axis=0, return_inverse=True)
        states = [self._state(dict(zip(names, figures, strict=True))) for figures in different.tolist()]
        return np.array([ORDER.index(state) for state in states])[place.reshape(-1)]

    def _state(self, figures: Mapping[tuple[str, str], float]) -> GateState:
        if any(np.isnan(figure) for figure in figures.values()):
            return "missing"
        parts: dict[str, dict[str, float]] = {}
        for (part, field), figure in figures.items():
            parts.setdefault(part, {})[field] = figure
        row = replace(self.row, candidate=cell_with(self.candidate.cell, parts["candidate"]))
        if self.baseline is not None and "baseline" in parts:
            row = replace(row, baseline=cell_with(self.baseline.cell, parts["baseline"]))
        if self.paired is not None:
            row = replace(row, pairs=pairs_with(self.paired.pairs, parts["pairs"]))
        return state_at(self.gate, row)


def draw(
    results: Sequence[GateResult],
    rows: Sequence[ScorecardRow],
    kept: Mapping[Source, Runs],
    files: Files,
    *,
    most: int = RESAMPLINGS,
) -> Redrawn:
    """Every gate in each of `most` resamplings, or in fewer where there are many cases.

    `kept` are the runs behind the figures of `rows`, by the file that each comes from.
    """
    drawn = dict(zip(kept, shared_clusters(list(kept.values())), strict=True))
    plans = [_plan(result, asked(result.gate, rows), kept, drawn, files) for result in results]
    drawable = [row for plan in plans if plan for row in plan[0]]
    size = sum(row.size for row in drawable)
    resamplings = min(most, MOST_DRAWN // size, MOST_JUDGED // len(drawable)) if size else 0
    clusters: Ints = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *_drawn_from(drawable)]))
    if size and resamplings < min(FEWEST, most):
        return Redrawn((None,) * len(results), 0, len(clusters))
    states: dict[int, list[States]] = {id(row): [] for row in drawable}
    for weights in _weights(clusters, resamplings):
        for row in drawable:
            with np.errstate(divide="ignore", invalid="ignore"):  # nothing was drawn of a row: NaN
                states[id(row)].append(row.judged(row.figures(weights)))
    return Redrawn(
        tuple(_worst(plan, states, max(resamplings, 1)) for plan in plans), max(resamplings, 1), len(clusters)
    )


def _drawn_from(rows: Sequence[_Row]) -> Iterator[Ints]:
    return (side.cluster for row in rows for side in row.sides)


_Plan: TypeAlias = tuple[list[_Row], list[GateState]]
"""The rows of a gate that are drawn, and the states of those that no rerun can change."""


def _plan(
    result: GateResult,
    rows: Sequence[ScorecardRow],
    kept: Mapping[Source, Runs],
    drawn: Mapping[Source, Ints],
    files: Files,
) -> _Plan | None:
    """None where nobody knows how a row would fare, since its cases are not kept.

    Critical cases are a list that every rerun runs whole, not a sample of a kind: what failed fails in each, what has
    no score has none in each, and where none failed none fails in a resampling either.
    """
    settled = severity.settled(result.gate, result.critical)
    if settled:
        return [], ["fail"]
    if not any(row.candidate for row in rows):
        return [], ["missing"]
    drawable: list[_Row] = []
    fixed: list[GateState] = [] if settled is None else ["inconclusive"]
    for row in rows:
        state = state_at(result, row)
        if state == "missing" or undecidable(result.gate, row):
            fixed.append(state)
            continue
        planned = _row(result, row, kept, drawn, files)
        if planned is None:
            return None
        drawable.append(planned)
    return drawable, fixed


def _row(
    result: GateResult, row: ScorecardRow, kept: Mapping[Source, Runs], drawn: Mapping[Source, Ints], files: Files
) -> _Row | None:
    def side(cell: Cell | None) -> Side | None:
        if cell is None:
            return None
        source = (files.get((cell.version, cell.metric, cell.workflow, cell.cohort), ""), cell.version)
        return Side.of(cell, kept[source], drawn[source]) if source in kept else None

    candidate = side(row.candidate)
    if candidate is None:
        return None
    if result.gate.max_regression is None:
        return _Row(result, row, candidate)
    baseline = side(row.baseline)
    if baseline is None:
        return None
    if row.pairs is None or result.gate.stat != "mean":
        return _Row(result, row, candidate, baseline)
    paired = PairedSides.of(row.pairs, baseline, candidate)
    return None if paired is None else _Row(result, row, candidate, baseline, paired)


def _weights(clusters: Ints, resamplings: int) -> Iterator[Ints]:
    """How often each cluster was drawn, (resamplings, clusters by their number), some resamplings at a time."""
    if not resamplings:
        return
    random, size = np.random.default_rng(SEED), int(clusters.max()) + 1
    step = max(1, _AT_ONCE // size)
    for first in range(0, resamplings, step):
        chunk = np.zeros((min(step, resamplings - first), size), dtype=np.int64)
        for weights in chunk:
            picked = random.integers(0, len(clusters), len(clusters))
            weights[clusters] = np.bincount(picked, minlength=len(clusters))
        yield chunk


def _worst(plan: _Plan | None, states: Mapping[int, Sequence[States]], resamplings: int) -> States | None:
    """The worst row decides, as it does in `gates.judge`."""
    if plan is None:
        return None
    rows, fixed = plan
    of_rows = [np.concatenate(states[id(row)]) for row in rows]
    of_rows += [np.full(resamplings, ORDER.index(state)) for state in fixed]
    worst: States = np.min(np.stack(of_rows), axis=0)
    return worst
