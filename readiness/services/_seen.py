"""Keeping what somebody decided on what they saw: held against what is stored, and void if anything slipped in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from readiness import formatting
from readiness.access import Principal
from readiness.errors import Conflict
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.review import signoff
from readiness.review.review import Review
from readiness.store import Store, queries

from . import reviews

TRIES = 5
"""Writes about other systems count too, and may come in between; each time what was seen is compared again."""


def keep(
    store: Store,
    by: Principal,
    slug: str,
    assessment_id: int,
    seen: Mapping[str, str],
    *,
    as_of: dt.date,
    change: Callable[[Review, str], Done],
    nothing: str,
) -> Done:
    """Carry out a change that is given the review and the head of the system that the comparison was made at.

    Raises Conflict that names what changed since `seen`, and says that `nothing` was done.
    """
    for left in reversed(range(TRIES)):
        head = queries.head(store, slug)
        review = reviews.load(store, by, slug, as_of=as_of, assessment_id=assessment_id)
        if dict(seen) != signoff.seen(review):
            problem = tr(
                "{changed} changed while you looked; {nothing}",
                changed=formatting.listed(signoff.changed(review, seen)),
                nothing=nothing,
            )
            raise Conflict(problem, expected=tr("a second look at what is stored now"))
        try:
            return change(review, head)
        except Conflict:
            if not left:
                raise
    raise AssertionError("the last try answers or raises")
