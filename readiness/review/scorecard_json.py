"""The scorecard as a program reads it: the rows and gates that the page shows. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from readiness.model.cells import Cell, Statistic
from readiness.scorecard import compare, display, gate_words
from readiness.scorecard.compare import CellKey, Reading, ScorecardRow
from readiness.scorecard.gates import GateResult
from readiness.scorecard.intervals import Interval
from readiness.scorecard.judges import Disagreement
from readiness.scorecard.versions import VersionRow

from . import all_versions, scorecard_words
from .review import Review

_NO_DATA: dict[str, Any] = {
    "n": None,
    "clusters": None,
    "errors": None,
    "mean": None,
    "interval": None,
    **dict.fromkeys(display.TAILS),
}


def answer(review: Review, metric: str = "", apart: Sequence[Disagreement] = ()) -> dict[str, Any]:
    """Rows and gates of one metric or of all; intervals of durations are those of p95, the rest those of the mean.

    `apart` is what judges disagree on.
    """
    rows = [row for row in review.rows if metric in ("", row.metric)]
    readings = {stat: compare.readings([row for row in rows if _tellable(row, stat)], stat) for stat in display.LEADS}
    p_values = {stat: compare.adjusted([row for row in rows if statistic(row) == stat], stat) for stat in display.LEADS}
    names = dict.fromkeys(row.metric for row in rows)
    return {
        "rows": [_row(row, p_values[statistic(row)], readings[statistic(row)]) for row in rows],
        "gates": [
            _gate(review, result, share)
            for result, share in zip(review.gates, _shares(review), strict=True)
            if metric in ("", result.gate.metric)
        ],
        "versions": [_version(one) for name in names for one in _all_versions(review, name, rows)],
        "judges": [_disagreement(one) for one in apart],
    }


def statistic(row: ScorecardRow) -> Statistic:
    """The figure that speaks for a row: p95 of what has quantiles, since a mean hides the slow ones."""
    sides = [side for side in (row.baseline, row.candidate) if side]
    return "p95" if scorecard_words.unit(row) == "ms" and any(side.p95 is not None for side in sides) else "mean"


def _tellable(row: ScorecardRow, stat: Statistic) -> bool:
    return statistic(row) == stat and row.change(stat) is not None and not display.thin(row, stat)


def _row(row: ScorecardRow, p_values: dict[CellKey, float], readings: dict[CellKey, Reading]) -> dict[str, Any]:
    stat, key = statistic(row), (row.metric, row.workflow, row.cohort)
    side = row.candidate or row.baseline
    return {
        "metric": row.metric,
        "workflow": row.workflow,
        "cohort": row.cohort,
        "unit": scorecard_words.unit(row),
        "direction": side.direction if side else "unknown",
        "baseline": _side(row.baseline, stat),
        "candidate": _side(row.candidate, stat),
        "change": _change(row, stat, p_values.get(key), readings.get(key)),
    }


def _all_versions(review: Review, metric: str, rows: Sequence[ScorecardRow]) -> list[VersionRow]:
    overall = next((row for row in rows if row.metric == metric), None)
    return all_versions.of(review, metric, statistic(overall)) if overall else []


def _version(one: VersionRow) -> dict[str, Any]:
    """As a row, of a version that need not be the candidate; p-values and readings are adjusted for all versions."""
    key = (one.row.metric, one.row.workflow, one.row.cohort)
    p_values = {} if one.p is None else {key: one.p}
    told = _row(one.row, p_values, {} if one.reading is None else {key: one.reading})
    return {"version": one.version} | {"figures" if name == "candidate" else name: told[name] for name in told}


def _disagreement(told: Disagreement) -> dict[str, Any]:
    """Two judges of a version; `cases` and what follows are null where the cases that both judged are not kept."""
    shared, difference = told.shared, told.difference
    labels = shared.labels if shared else None
    return {
        "metric": told.metric,
        "version": told.one.version,
        "judges": [told.one.metric, told.other.metric],
        "means": [told.one.mean, told.other.mean],
        "interval": _limits(difference.interval if difference else None),
        "cases": shared.cases if shared else None,
        "change": shared.change if shared else None,
        "differ": shared.differ / shared.cases if shared else None,
        "differ_interval": _limits(shared.interval if shared else None),
        "kappa": labels.kappa if labels else None,
        "kappa_interval": _limits(labels.interval if labels else None),
    }


def _side(cell: Cell | None, stat: Statistic) -> dict[str, Any]:
    if cell is None:
        return dict(_NO_DATA)
    return {
        "n": cell.n,
        "clusters": cell.independent,
        "errors": cell.errors,
        "mean": cell.mean,
        "interval": _limits(display.interval(cell, stat)),
        **{tail: display.shown(cell, tail) for tail in display.TAILS},
    }


def _change(row: ScorecardRow, stat: Statistic, p_adjusted: float | None, reading: Reading | None) -> dict[str, Any]:
    difference = row.difference(stat)
    return {
        "value": row.change(stat),
        "interval": _limits(difference.interval if difference else None),
        "pairs": row.pairs.cases if row.pairs else None,
        "method": difference.method if difference else None,
        "p_adjusted": p_adjusted,
        "same_within": row.margins.get(stat),
        "reading": "cannot tell" if reading == "unchanged" else reading,
    }


def _shares(review: Review) -> Sequence[float | None]:
    """The share of reruns in which each gate passes; null where nothing was drawn."""
    drawn = review.reruns
    return drawn.gates if drawn is not None and drawn.gates else [None] * len(review.gates)


def _gate(review: Review, result: GateResult, share: float | None) -> dict[str, Any]:
    return {
        "gate": scorecard_words.gate_asked(review, result),
        "metric": result.gate.metric,
        "state": result.state,
        "why": gate_words.reason(result),
        "looks": result.looks,
        "needed": gate_words.needed(result),
        "holds_again": share,
    }


def _limits(interval: Interval | None) -> list[float | None] | None:
    """Low and high; an open side is null, since JSON has no infinity."""
    return [None if math.isinf(limit) else limit for limit in (interval.low, interval.high)] if interval else None
