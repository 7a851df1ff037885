"""The quantiles of every cell with the bounds of their intervals, by rank."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt

from readiness.model.cells import QUANTILES
from readiness.scorecard import intervals

from .clusters import column

THREADS = 2
Values: TypeAlias = npt.NDArray[np.float64]
_SIDES = ("low", "high")
QUANTILE_FIELDS = (*QUANTILES, *(f"{name}_{side}" for name in QUANTILES for side in _SIDES))

_FIGURES = "SELECT figures FROM combos WHERE figures IS NOT NULL ORDER BY rowid"
_PARTS = """
SELECT totals.cell, places.place
FROM totals JOIN members USING (version, metric, workflow, cohort)
JOIN (
    SELECT rowid AS id, row_number() OVER (ORDER BY rowid) - 1 AS place FROM combos WHERE figures IS NOT NULL
) AS places USING (id)
ORDER BY ALL
"""


class Figures(Protocol):
    """The values of every cell; `zeros` and `ones` say how many of each are 0 and 1."""

    @property
    def zeros(self) -> intervals.Counts: ...

    @property
    def ones(self) -> intervals.Counts: ...

    def ranked(self, ranks: intervals.Counts) -> Values:
        """The values of all cells at their ranks from 1, as if they were sorted, (cells, ranks); NaN in empty cells."""
        ...


@dataclass(frozen=True)
class ListedFigures:
    """The values of every cell, without copying them: those of its combinations, and how many more are 0 or 1."""

    values: Values
    offsets: intervals.Counts
    places: intervals.Counts
    starts: intervals.Counts
    zeros: intervals.Counts
    ones: intervals.Counts

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, totals: Mapping[str, Any]) -> ListedFigures:
        lists = column(connection, _FIGURES)
        parts = connection.execute(_PARTS).fetchnumpy()
        return cls(
            values=lists.values.to_numpy(),
            offsets=lists.offsets.to_numpy().astype(np.int64),
            places=np.asarray(parts["place"], dtype=np.int64),
            starts=np.searchsorted(parts["cell"], np.arange(len(totals["n"]) + 1)),
            zeros=totals["zeros"].astype(np.int64),
            ones=totals["ones"].astype(np.int64),
        )

    def ranked(self, ranks: intervals.Counts) -> Values:
        with ThreadPoolExecutor(THREADS) as pool:
            parts = np.array_split(np.arange(len(ranks)), THREADS)
            return np.concatenate(list(pool.map(lambda part: self._some(part, ranks), parts)))

    def _some(self, cells: intervals.Counts, ranks: intervals.Counts) -> Values:
        figures = np.empty((len(cells), ranks.shape[1]))
        for row, cell in enumerate(cells):
            figures[row] = self._at(cell, ranks[cell])
        return figures

    def _at(self, cell: int, ranks: intervals.Counts) -> Values:
        """The values of a cell at these ranks, from 1, as if they were sorted."""
        if self.zeros[cell] + self.ones[cell] + self.starts[cell + 1] - self.starts[cell] == 0:
            return np.full(len(ranks), np.nan)
        places = self.places[self.starts[cell] : self.starts[cell + 1]]
        parts = [self.values[self.offsets[place] : self.offsets[place + 1]] for place in places]
        if not parts:
            return np.where(ranks <= self.zeros[cell], 0.0, 1.0)
        same = [np.zeros(self.zeros[cell]), np.ones(self.ones[cell])]
        values = np.concatenate([*parts, *same])
        values.partition(np.unique(ranks - 1))
        ranked: Values = values[ranks - 1]
        return ranked


def quantiles_of(n: intervals.Counts, units: intervals.Counts, figures: Figures) -> list[dict[str, float | None]]:
    """p50, p95 and p99 of each cell, linear between neighbours as numpy has it, and the interval of each by its ranks.

    The interval is that of `intervals.ranks` over the independent `units`, whose ranks stand for as many of the n
    values each, limits included; a side that so few cannot bound is missing, as are both where every value is 0 or 1,
    since then the rate says all.
    """
    exact = [(n - 1) * q for q in QUANTILES.values()]
    spread = figures.zeros + figures.ones < n
    bounds = [intervals.rank_limits(n, np.where(spread, units, 0), q) for q in QUANTILES.values()]
    ranks = np.stack([side for at in exact for side in (np.floor(at), np.ceil(at))], axis=1).astype(np.int64) + 1
    limits = np.stack([side for pair in bounds for side in pair], axis=1)
    bounded = (limits >= 1) & (limits <= n[:, None]) & spread[:, None]
    wanted = np.clip(np.concatenate([ranks, limits], axis=1), 1, np.maximum(n, 1)[:, None])
    picked = figures.ranked(wanted)
    below, above = picked[:, 0:6:2], picked[:, 1:6:2]
    values = below + (above - below) * (np.stack(exact, axis=1) % 1)
    sides = np.where(bounded, picked[:, 6:], np.nan)
    table = np.concatenate([values, sides], axis=1)
    return [
        {name: None if np.isnan(value) else value for name, value in zip(QUANTILE_FIELDS, row, strict=True)}
        for row in table.tolist()
    ]
