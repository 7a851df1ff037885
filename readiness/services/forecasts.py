"""When gaps and better verdicts will be ready, from all dates that were promised and that somebody may read."""

from __future__ import annotations

import datetime as dt
from collections.abc import MutableMapping
from dataclasses import replace
from weakref import WeakKeyDictionary

from cachetools import LRUCache

from readiness.access import Principal, allowed, authorize
from readiness.decision.forecast import PastPromises
from readiness.decision.promises import promises
from readiness.kept import Kept
from readiness.model.promises import SystemPast
from readiness.review import forecasts
from readiness.review.review import Review
from readiness.store import Store, queries

from ._at_hand import AtHand


def beside(store: Store, by: Principal, review: Review) -> Review:
    """A review with the forecast of its gaps, from the systems that this principal may read. Raises Denied."""
    authorize(by, "read", review.slug)
    if not forecasts.foreseeable(review):
        return review
    past = _PAST.setdefault(store, _Past()).of(store, by, review.as_of)
    return replace(review, forecast=forecasts.of(review, past))


class _Past:
    """What was promised in the systems of a store; of few days and sets of systems it stays at hand."""

    def __init__(self) -> None:
        self._at_hand: AtHand[SystemPast] = AtHand()
        self._kept: LRUCache[object, Kept] = LRUCache(8)

    def of(self, store: Store, by: Principal, as_of: dt.date) -> PastPromises:
        known = self._at_hand.every(store, None, lambda systems: queries.pasts(store, systems))
        read = {slug: one for slug, one in known.items() if allowed(by, "read", slug)}
        asked = as_of, tuple((slug, head) for slug, (head, _) in sorted(read.items()))
        kept = self._kept.setdefault(asked, Kept())
        return kept.once("past", lambda: PastPromises(promises([past for _, past in read.values()], as_of), as_of))


_PAST: MutableMapping[Store, _Past] = WeakKeyDictionary()
