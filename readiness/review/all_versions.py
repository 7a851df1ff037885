"""Every version of a system whose figures are fresh, beside the baseline of the assessment. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from readiness import formatting
from readiness.language import tr
from readiness.model.cells import Statistic
from readiness.model.record import ANY
from readiness.scorecard import versions
from readiness.scorecard.versions import VersionRow

from . import scorecard_words
from .review import Review


def of(review: Review, metric: str, stat: Statistic) -> list[VersionRow]:
    """Of one metric; empty where the candidate is the only version beside the baseline."""
    baseline, facts = review.assessment.baseline, review.facts
    if len({cell.version for cell, _ in facts.cells.stated(metric)} - {baseline}) < 2:
        return []
    gates = facts.policy.gates if facts.policy else ()
    return versions.against_baseline(
        review.assessment,
        facts.cells.of_metric(metric),
        facts.pairs,
        review.as_of,
        metric,
        stat,
        gates,
        review.checklist.metrics,
    )


def sentence(told: Sequence[VersionRow]) -> str:
    """Which versions are worse beyond chance, and where, and how many comparisons that was adjusted for."""
    names = list(dict.fromkeys(one.version for one in told))
    worse = [f"{one.version} ({_where(one)})" for one in told if one.reading == "worse"]
    better = [one.version for one in told if one.reading == "better" and one.row.cohort == ANY]
    clauses = [
        tr("worse beyond chance: {versions}", versions=formatting.named(worse))
        if worse
        else tr("none is worse beyond chance"),
        *([tr("better over all cases: {versions}", versions=formatting.named(better))] if better else []),
    ]
    looks = sum(one.p is not None for one in told)
    return tr(
        "{versions} against the baseline, adjusted together for {comparisons} (Holm): {clauses}",
        versions=formatting.count(len(names), "version"),
        comparisons=formatting.count(looks, "comparison"),
        clauses="; ".join(clauses),
    )


def shown(told: Sequence[VersionRow], most: int) -> list[VersionRow]:
    """All cases of every version, and the cohorts of which something sure can be said, as many as fit."""
    sure = [one for one in told if one.row.cohort != ANY and one.reading in ("worse", "better")]
    kept = {id(one) for one in sorted(sure, key=lambda one: one.p if one.reading == "worse" and one.p else 1.0)[:most]}
    return [one for one in told if one.row.cohort == ANY or id(one) in kept]


def words(one: VersionRow, stat: Statistic) -> str:
    """The change and what may be said of it."""
    if one.reading is None:
        return scorecard_words.changed(one.row, stat)
    return f"{scorecard_words.changed(one.row, stat)}, {scorecard_words.reading_words(one.row, stat, one.reading)}"


def _where(one: VersionRow) -> str:
    return tr("all cases") if one.row.cohort == ANY else one.row.cohort
