"""Rows that are no case, though they stand between cases: a header once more, a total, a row of too many cells."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .columns import figure
from .rows import TableRow

SUMMARIES = {
    *("total", "totals", "grand total", "subtotal", "sum", "average", "avg", "mean", "median", "overall", "summary"),
    *("std", "stdev", "std dev", "sd", "stderr", "min", "minimum", "max", "maximum", "count", "p50", "p95", "p99"),
    *("25%", "50%", "75%", "all", "macro avg", "micro avg", "weighted avg", "summe", "gesamt", "mittelwert"),
    *("durchschnitt", "moyenne", "promedio", "media"),
}
"""What a spreadsheet or a report writes before a figure of all rows above it."""
_COUNTS = {"n", "count", "samples", "num_samples", "n_samples", "cases", "num_cases", "n_cases", "support"}
_SPREADS = {"std", "stdev", "std_dev", "sd", "stderr", "std_error", "ci", "ci_low", "ci_high", "ci_lower", "ci_upper"}
_BLANK = " \t\ufeff"
"""Around a name; files that were put end to end have the mark of the second one in their middle."""
_UNIT = re.compile(r"[(\[][^()\[\]]{1,20}[)\]]")
FEWEST = 2
"""Rows from which on a sum is one."""
_ROUNDING = 1e-6
_MIDDLES = {"mean", "avg", "average", "median"}


def summary(row: TableRow) -> str:
    """The word by which a row calls itself a figure of others; empty for a case."""
    first = next((cell for cell in row.values() if isinstance(figure(cell), str)), None)
    text = " ".join(first.split()).rstrip(":") if isinstance(first, str) and len(first) < 40 else ""
    return text if text.lower() in SUMMARIES else ""


def repeats_header(row: TableRow) -> bool:
    """Whether every cell holds the name of its column."""
    return bool(row) and all(
        isinstance(cell, str) and cell.strip(_BLANK) == name.strip(_BLANK) for name, cell in row.items()
    )


def holds_units(row: TableRow) -> bool:
    """Whether every cell that is not empty stands in brackets, as in `(ms)`."""
    texts = [cell.strip() for cell in row.values() if isinstance(cell, str) and cell.strip()]
    return (
        bool(texts)
        and all(isinstance(cell, str) or cell is None for cell in row.values())
        and all(map(_UNIT.fullmatch, texts))
    )


def aggregates(columns: Sequence[str]) -> list[str]:
    """The columns by which a table shows figures of many cases in each row; none where its rows may be cases."""
    names = {name: "_".join(name.lower().split()).replace("-", "_") for name in columns}
    middles = [name for name, plain in names.items() if plain in _MIDDLES]
    spreads = [name for name, plain in names.items() if plain in _COUNTS | _SPREADS]
    return [*middles, *spreads] if middles and spreads else []


def cases(rows: Iterable[tuple[str, TableRow]], skips: list[tuple[str, str]]) -> Iterator[tuple[str, Any]]:
    """The rows that may be cases; the others are added to `skips`, each with its place and the reason."""
    for place, row in rows:
        if repeats_header(row):
            skips.append((place, "the row repeats the header"))
        elif holds_units(row):
            skips.append((place, "the row holds the units of the columns"))
        elif word := summary(row):
            skips.append((place, f"the row looks like a summary ({word}), not like a case"))
        else:
            yield place, row


def without_sums(rows: list[tuple[str, TableRow]], skips: list[tuple[str, str]]) -> list[tuple[str, TableRow]]:
    """The rows without a last one that holds nothing but the sums of all before, and so is no case."""
    if len(rows) > FEWEST and _sums_up(rows[-1][1], [row for _, row in rows[:-1]]):
        skips.append((rows[-1][0], "the row holds the sums of the rows above it and no text, so it is no case"))
        return rows[:-1]
    return rows


def _sums_up(last: TableRow, others: Sequence[TableRow]) -> bool:
    sums = {name: figure(cell) for name, cell in last.items()}
    if any(isinstance(value, str) for value in sums.values()) or not any(map(bool, sums.values())):
        return False
    named = any(isinstance(figure(cell), str) for row in others for name, cell in row.items() if sums.get(name) is None)
    return named and all(
        math.isclose(value, math.fsum(_amount(row.get(name)) for row in others), rel_tol=_ROUNDING)
        for name, value in sums.items()
        if isinstance(value, float)
    )


def _amount(cell: Any) -> float:
    value = figure(cell)
    return value if isinstance(value, float) else 0.0
