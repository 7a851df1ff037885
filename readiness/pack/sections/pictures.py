"""The figures behind the pictures of a pack, as whole numbers, in which no name can hide."""

from __future__ import annotations

from collections import Counter

from readiness import formatting
from readiness.review import score_scale
from readiness.review.review import Review

from .base import Plain


def score(review: Review) -> dict[str, Plain]:
    """The score on the scale of the bands, from the least to the most it may become, and on evidence alone."""
    verdict = review.verdict
    low, high = verdict.range
    return {
        "low": low,
        "high": high,
        "evidenced": verdict.evidenced_score,
        "bands": [
            {"level": band.level, "sign": band.sign, "word": band.word, "from": band.first, "to": band.last}
            for band in score_scale.bands(review.checklist)
        ],
    }


def due(review: Review) -> dict[str, Plain]:
    """How many gaps are due on which day, counted from the day of the pack, and the planned rollout."""
    dates = [gap.mark.due for gap in review.gaps]
    days = Counter((date - review.as_of).days for date in dates if date)
    target = review.assessment.target_date
    return {
        "days": [{"day": day, "gaps": n} for day, n in sorted(days.items())],
        "undated": sum(date is None for date in dates),
        "target": [(target - review.as_of).days] if target else [],
        "today": formatting.day(review.as_of),
    }
