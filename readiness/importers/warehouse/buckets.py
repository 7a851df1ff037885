"""Values of cells by their ranks, from how many lie in each bucket: only of few buckets are single values asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from readiness.importers.cases.quantiles import Values
from readiness.scorecard.intervals import Counts

_OF_CELLS = """
CREATE OR REPLACE TABLE in_cells AS
SELECT totals.cell, buckets.bucket, sum(buckets.n)::BIGINT AS n, min(buckets.low) AS low, max(buckets.high) AS high
FROM totals JOIN members USING (version, metric, workflow, cohort)
JOIN combos ON combos.rowid = members.id JOIN buckets USING (place)
GROUP BY totals.cell, buckets.bucket
UNION ALL SELECT cell, NULL, zeros, 0.0, 0.0 FROM totals WHERE zeros > 0
UNION ALL SELECT cell, NULL, ones, 1.0, 1.0 FROM totals WHERE ones > 0
"""
_LISTED = "SELECT cell, coalesce(bucket, 0) AS bucket, n, low, high FROM in_cells ORDER BY cell, low, high"
_VALUES = """
SELECT wanted.span AS span, found.value, sum(found.n)::BIGINT AS n
FROM wanted JOIN totals USING (cell) JOIN members USING (version, metric, workflow, cohort)
JOIN combos ON combos.rowid = members.id JOIN found ON found.place = combos.place AND found.bucket = wanted.bucket
GROUP BY wanted.span, found.value ORDER BY span, value
"""
_WANTED = """
CREATE OR REPLACE TABLE asked_for AS
SELECT DISTINCT combos.place, wanted.bucket
FROM wanted JOIN totals USING (cell) JOIN members USING (version, metric, workflow, cohort)
JOIN combos ON combos.rowid = members.id JOIN buckets ON buckets.place = combos.place AND buckets.bucket = wanted.bucket
"""


@dataclass(frozen=True)
class BucketFigures:
    """The values of every cell of `totals`; `fetch` makes the table `found` of what stands in the `asked_for` buckets.

    A span is a bucket of a cell, or several where their values lie across one another.
    """

    connection: duckdb.DuckDBPyConnection
    zeros: Counts
    ones: Counts
    fetch: Callable[[], None]
    changed: Callable[[], Exception]

    @classmethod
    def of(
        cls,
        connection: duckdb.DuckDBPyConnection,
        totals: Mapping[str, Any],
        fetch: Callable[[], None],
        changed: Callable[[], Exception],
    ) -> BucketFigures:
        connection.execute(_OF_CELLS)
        return cls(connection, totals["zeros"].astype(np.int64), totals["ones"].astype(np.int64), fetch, changed)

    def ranked(self, ranks: Counts) -> Values:
        """The values at these ranks: the ends of a span are known, what lies within is fetched."""
        rows: dict[str, Any] = self.connection.execute(_LISTED).fetchnumpy()
        cells: Counts = rows["cell"].astype(np.int64)
        low, high = rows["low"], rows["high"]
        ranked = np.full(ranks.shape, np.nan)
        if not len(cells):
            return ranked
        spans = _spans(cells, low, high)
        firsts = np.flatnonzero(np.diff(spans, prepend=-1))
        sizes = np.add.reduceat(rows["n"].astype(np.int64), firsts)
        lows, highs, own = low[firsts], np.maximum.reduceat(high, firsts), cells[firsts]
        ends = np.cumsum(sizes)
        begins = ends - sizes
        base = np.full(len(ranks), -1, dtype=np.int64)
        of_cell, first = np.unique(own, return_index=True)
        base[of_cell] = begins[first]
        known = np.flatnonzero(base >= 0)
        targets = base[known][:, None] + ranks[known]
        places = np.searchsorted(ends, targets)
        within = targets - begins[places]
        values = np.where(within == sizes[places], highs[places], lows[places])
        inner = (within > 1) & (within < sizes[places]) & (lows[places] < highs[places])
        if inner.any():
            wanted = np.unique(places[inner])
            values[inner] = self._fetched(rows, spans, wanted, sizes[wanted], places[inner], within[inner])
        ranked[known] = values
        return ranked

    def _fetched(
        self, rows: Mapping[str, Any], spans: Counts, wanted: Counts, sizes: Counts, places: Counts, within: Counts
    ) -> Values:
        """The values at the ranks `within` of the spans `places`, all of which are among the `wanted` ones."""
        import pyarrow

        among = np.isin(spans, wanted)
        table = pyarrow.table(
            {"cell": rows["cell"][among], "bucket": rows["bucket"][among].astype(np.int64), "span": spans[among]}
        )
        cursor = self.connection.cursor()
        cursor.register("wanted_spans", table)
        cursor.execute("CREATE OR REPLACE TABLE wanted AS SELECT * FROM wanted_spans")
        cursor.execute(_WANTED)
        cursor.close()
        self.fetch()
        found: dict[str, Any] = self.connection.execute(_VALUES).fetchnumpy()
        counts = found["n"].astype(np.int64)
        own = found["span"].astype(np.int64)
        ends = np.cumsum(counts)
        firsts = np.searchsorted(own, wanted)
        lasts = np.searchsorted(own, wanted, side="right")
        begins = np.where(firsts > 0, ends[np.maximum(firsts, 1) - 1], 0)
        if (lasts == firsts).any() or (ends[lasts - 1] - begins != sizes).any():
            raise self.changed()
        targets = begins[np.searchsorted(wanted, places)] + within
        values: Values = found["value"][np.searchsorted(ends, targets)]
        return values


def _spans(cells: Counts, low: Values, high: Values) -> Counts:
    """Which buckets of a cell, sorted by their least values, belong together since one reaches into the next."""
    begins = np.ones(len(cells), dtype=bool)
    reach, cell = -np.inf, -1
    for at, (own, least, most) in enumerate(zip(cells.tolist(), low.tolist(), high.tolist(), strict=True)):
        if own == cell and least <= reach:
            begins[at] = False
        reach = max(reach, most) if own == cell else most
        cell = own
    spans: Counts = np.cumsum(begins) - 1
    return spans
