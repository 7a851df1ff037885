"""Figures: the scorecard's differences and summary, and the gates."""

from __future__ import annotations

import math
from dataclasses import dataclass

from readiness import formatting
from readiness.language import marked, tr
from readiness.model.cells import Cell, Statistic
from readiness.model.record import ANY
from readiness.review import reruns, scorecard_words
from readiness.review.review import Review
from readiness.scorecard import display
from readiness.scorecard.compare import Reading, ScorecardRow, place
from readiness.scorecard.gate_words import reason

from .base import Plain, sources
from .cohorts import of_one

DIFFERENCES_SHOWN = 3
COHORTS_SHOWN = 10
NO_DATA = marked("no data")
FEWEST = 30
"""Cases on each side below which a difference of a workflow or a cohort is not worth a leader's attention."""
NOTABLE = 0.01
"""A point, or a hundredth of the baseline: what is less is not worth it either."""
SHARES = 100_000
"""A change in pictures is a whole number of thousandths of a point, or of a per cent of the baseline."""
_TAILS: tuple[Statistic, ...] = ("p50", "p95", "p99")
_LED_BY: tuple[Statistic, ...] = ("mean", "p95")
_NOT_COMPARED = ("category",)


@dataclass(frozen=True)
class _Line:
    """One statistic of a row; `worse` is by how much of itself the figure got worse, None where it cannot be told."""

    row: ScorecardRow
    stat: Statistic
    worse: float | None


def differences(review: Review) -> dict[str, Plain]:
    """The gated metrics over all cases, then the single workflows and cohorts that got worst, each metric once."""
    rows = [row for row in review.rows if _overall(row) or _single(row)]
    lines = [line for row in rows for line in _lines(row) if line.worse is not None and line.stat in _LED_BY]
    gated = {result.gate.metric for result in review.gates}
    overall = sorted((line for line in lines if _overall(line.row)), key=lambda line: line.row.metric not in gated)
    parts = [
        line for line in lines if (line.worse or 0) >= NOTABLE and _single(line.row) and _cases(line.row) >= FEWEST
    ]
    worst = {line.row.metric: line for line in sorted(parts, key=lambda line: line.worse or 0)}
    worst_first = sorted(worst.values(), key=lambda line: -(line.worse or 0))
    untold = [line for row in review.rows if _overall(row) and row.undirected for line in _lines(row)]
    untold = [line for line in untold if line.stat in _LED_BY and line.row.change(line.stat) is not None]
    shown = [*overall[:DIFFERENCES_SHOWN], *worst_first[:DIFFERENCES_SHOWN]] or untold[:DIFFERENCES_SHOWN]
    return {
        "sentence": scorecard_words.scorecard(review),
        "rows": [_shown(review, line) for line in shown],
        "picture": [_pictured(review, line) for line in shown if line.worse is not None],
        "undirected": scorecard_words.how_to_direct(scorecard_words.undirected(review)),
        "fewest": FEWEST,
        "sources": sources(review),
    }


def results(review: Review) -> dict[str, Plain]:
    """Every metric over all cases, and how many cohorts and workflows were compared beside."""
    lines = [line for row in review.rows if _overall(row) for line in _lines(row)]
    metric = scorecard_words.lead_metric(review)
    worst = review.boards.lay_out(metric, "mean", limit=COHORTS_SHOWN)
    rest = [line for row in review.rows if not _overall(row) for line in _lines(row) if line.worse is not None]
    return {
        "rows": [_shown(review, line) for line in lines],
        "lead": scorecard_words.metric_name(review, metric),
        "worst": [_shown(review, line) for row in worst.overall[1:] for line in _lines(row) if line.stat in _LED_BY],
        "hidden": worst.hidden,
        "cohorts": len(rest),
        "worse": sum(_sure(review, line) == "worse" for line in rest),
        "sources": sources(review),
    }


def own(review: Review, customer: str) -> dict[str, Plain]:
    """Every metric over the cases of one customer, whom their cohort names."""
    lines = [
        line for row in review.rows if row.workflow == ANY and of_one(row.cohort, customer) for line in _lines(row)
    ]
    return {"customer": customer, "rows": [_shown(review, line) for line in lines], "sources": sources(review)}


def gates(review: Review) -> dict[str, Plain]:
    passing = sum(result.state == "pass" for result in review.gates)
    return {
        "summary": tr("{passing} of {gates} pass", passing=passing, gates=formatting.count(len(review.gates), "gate")),
        "gates": gate_rows(review),
        "again": " ".join(filter(None, (reruns.sentence(review), reruns.method(review)))),
        "sources": sources(review),
    }


def gate_rows(review: Review) -> list[Plain]:
    again = reruns.of_gates(review) or [reruns.percent(None)] * len(review.gates)
    return [
        {
            "gate": scorecard_words.gate_asked(review, result),
            "state": scorecard_words.gate(result),
            "why": "; ".join([reason(result), *scorecard_words.judges(review, result.gate.metric)]),
            "n": formatting.whole(result.gate.min_n),
            "again": share,
        }
        for result, share in zip(review.gates, again, strict=True)
    ]


def _overall(row: ScorecardRow) -> bool:
    return row.workflow == row.cohort == ANY


def _single(row: ScorecardRow) -> bool:
    """Whether the row is one workflow or one cohort, not both and not all cases."""
    return (row.workflow == ANY) != (row.cohort == ANY)


def _cases(row: ScorecardRow) -> int:
    return min((side.independent or 0 for side in (row.baseline, row.candidate) if side), default=0)


def _lines(row: ScorecardRow) -> list[_Line]:
    """Durations by their quantiles, since a mean hides the slow ones; everything else by its mean."""
    if scorecard_words.unit(row) in _NOT_COMPARED:
        return []
    sides = [side for side in (row.baseline, row.candidate) if side]
    tails = [stat for stat in _TAILS if any(getattr(side, stat) is not None for side in sides)]
    stats: list[Statistic] = tails if scorecard_words.unit(row) == "ms" and tails else ["mean"]
    return [_Line(row, stat, _worse(row, stat)) for stat in stats]


def _worse(row: ScorecardRow, stat: Statistic) -> float | None:
    worse = row.worsening(stat)
    before = _value(row.baseline, stat)
    if worse is None or before is None or scorecard_words.unit(row) == "ratio":
        return worse
    return worse / (abs(before) or 1.0)


def _value(side: Cell | None, stat: Statistic) -> float | None:
    return getattr(side, stat) if side else None


def _shown(review: Review, line: _Line) -> dict[str, Plain]:
    row = line.row
    metric = review.checklist.metric(row.metric)
    stat = "" if line.stat == "mean" else f", {line.stat}"
    return {
        "metric": f"{tr(metric.name) if metric else row.metric}{stat}",
        "where": place(row),
        "baseline": _figure(row.baseline, line.stat),
        "candidate": _figure(row.candidate, line.stat),
        "change": f"{scorecard_words.changed(row, line.stat)}{_reading(review, line)}",
        "interval": _interval(line),
    }


def _pictured(review: Review, line: _Line) -> dict[str, Plain]:
    """By how much a figure got better, with the interval where one is known: less than 0 is worse."""
    known = not display.thin(line.row, line.stat)
    difference = line.row.difference(line.stat) if known else None
    sides = (difference.interval.low, difference.interval.high) if difference else ()
    shown = _shown(review, line)
    return {
        "label": shown["metric"],
        **{name: shown[name] for name in ("where", "baseline", "candidate")},
        "span": shown["interval"],
        "says": scorecard_words.changed(line.row, line.stat),
        "reading": _sure(review, line) if known else "cannot tell",
        "better": [_share(line, line.row.change(line.stat) or 0.0)] if known else [],
        "interval": sorted(_share(line, side) for side in sides if math.isfinite(side)),
    }


def _share(line: _Line, change: float) -> int:
    before = 1.0 if scorecard_words.unit(line.row) == "ratio" else abs(_value(line.row.baseline, line.stat) or 1.0)
    return round(-(line.row.sign or 1) * change / before * SHARES)


def _interval(line: _Line) -> str:
    """Where the change lies with 95 % confidence, in the unit of the change."""
    difference = line.row.difference(line.stat)
    return (
        formatting.span((difference.interval.low, difference.interval.high), scorecard_words.unit(line.row))
        if difference and not display.thin(line.row, line.stat)
        else tr("not known")
    )


def _figure(side: Cell | None, stat: Statistic) -> str:
    """The figure with the number of cases behind it."""
    if side is None or _value(side, stat) is None:
        return tr(NO_DATA)
    failed = tr(", {errors} not scored", errors=formatting.whole(side.errors)) if side.errors else ""
    return f"{display.told(side, stat)} ({formatting.sample(side)}{failed})"


def _sure(review: Review, line: _Line) -> Reading:
    """What may be said of a change, as the scorecard page marks it."""
    row = line.row
    return review.boards.readings(row.metric, line.stat).get((row.metric, row.workflow, row.cohort), "cannot tell")


def _reading(review: Review, line: _Line) -> str:
    if line.worse is None or display.thin(line.row, line.stat):
        return ""
    return f", {scorecard_words.reading_words(line.row, line.stat, _sure(review, line))}"
