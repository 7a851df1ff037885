"""The cases that were kept beside a file, as arrays: what figures are drawn anew from."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pyarrow
from pyarrow import parquet

from readiness.scorecard.resampling import CaseLabels, Runs

from .pairs import is_comparable, read


def count(content: bytes) -> int:
    """How many runs were kept, before any of them is read."""
    return int(parquet.ParquetFile(io.BytesIO(content)).metadata.num_rows) if is_comparable(content) else 0


def runs(content: bytes) -> dict[str, Runs]:
    """The runs of each version; empty where they cannot be compared with those of today (see `read`)."""
    table = read(content)
    if table is None or not table.num_rows:
        return {}
    version = _labels(table, "version")
    every = Runs(
        metric=_labels(table, "metric"),
        workflow=_labels(table, "workflow"),
        cohorts=_labels(table, "cohorts"),
        case=_numbers(table, "case", np.uint64),
        cluster=_numbers(table, "cluster", np.uint64),
        clustered=table["cluster"].is_valid().to_numpy(zero_copy_only=False),
        value=_numbers(table, "value", np.float64),
    )
    return {name: every.of(np.flatnonzero(version.codes == code)) for code, name in enumerate(version.names)}


def _labels(table: pyarrow.Table, name: str) -> CaseLabels:
    column: Any = table[name].unify_dictionaries().combine_chunks()
    return CaseLabels(np.asarray(column.indices, dtype=np.int64), column.dictionary.to_pylist())


def _numbers(table: pyarrow.Table, name: str, kind: type) -> Any:
    return np.asarray(table[name].combine_chunks().fill_null(0), dtype=kind)
