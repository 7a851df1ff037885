"""Would it pass again? The cases that are kept of a system's files, drawn anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from readiness import formatting
from readiness.access import Principal, authorize
from readiness.language import tr, trn
from readiness.review import reruns as redrawn
from readiness.review.items import Reruns
from readiness.review.review import Review
from readiness.store import Store, queries

from . import reviews

MOST_RUNS = 500_000
"""Scored runs behind the gates above which nothing is drawn: they would take longer than a page may."""


def reruns(store: Store, by: Principal, slug: str, *, as_of: dt.date, assessment_id: int | None = None) -> Reruns:
    """In how many reruns the verdict and each gate would hold; without shares, and with the reason, where unknown.

    Raises Denied, and NotFound where no assessment was in force.
    """
    return _of(store, reviews.load(store, by, slug, as_of=as_of, assessment_id=assessment_id))


def beside(store: Store, by: Principal, review: Review) -> Review:
    """A review with its reruns. Raises Denied."""
    authorize(by, "read", review.slug)
    return replace(review, reruns=_of(store, review))


def _of(store: Store, review: Review) -> Reruns:
    return review.kept.once("reruns", lambda: _drawn(store, review))


def _drawn(store: Store, review: Review) -> Reruns:
    """Whoever calls has asked whether the principal may read."""
    from readiness.importers.cases import kept, pairs  # who only looks at verdicts waits for no reader of files

    bodies = queries.outcomes(store, review.slug, redrawn.files(review))
    if lost := [file.name for file, body in bodies if not pairs.is_comparable(body)]:
        again = tr(
            "the single cases of {files} were kept by another release in a form that cannot be read; import that again",
            files=formatting.few(lost),
        )
        return redrawn.unknown(review, again)
    runs = sum(kept.count(body) for _, body in bodies)
    if runs > MOST_RUNS:
        told = trn("{n} scored run are too many to draw anew", "{n} scored runs are too many to draw anew", runs)
        return redrawn.unknown(review, told)
    cases = {(file.digest, version): one for file, body in bodies for version, one in kept.runs(body).items()}
    return redrawn.of(review, cases)
