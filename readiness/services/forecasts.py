"""When gaps and better verdicts will be ready, from all dates that were promised and that somebody may read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Mapping, MutableMapping
from dataclasses import replace
from itertools import chain
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from cachetools import LRUCache

from readiness.access import Principal, alike, allowed, authorize
from readiness.decision.forecast import BackTest, PastPromises
from readiness.decision.promises import promises
from readiness.kept import Kept
from readiness.model.promises import Promise
from readiness.review import forecasts
from readiness.review.review import Review
from readiness.store import Store, queries

from ._at_hand import AtHand

T = TypeVar("T")


def beside(store: Store, by: Principal, review: Review) -> Review:
    """A review with the forecast of its gaps, from the systems that this principal may read. Raises Denied."""
    authorize(by, "read", review.slug)
    if not forecasts.foreseeable(review):
        return review
    past, tested = _PAST.setdefault(store, _Past()).of(store, by, review.as_of)
    asked = "forecast", past.settled  # a write of today about another system changes nothing of it
    return replace(review, forecast=review.kept.once(asked, lambda: forecasts.of(review, past, tested())))


class _Past:
    """What was promised in the systems of a store; of few days and sets of systems it stays at hand.

    How forecasts of the past came true takes longest, and rests on nothing of today: a write leaves it as it is.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._at_hand: AtHand[list[Promise]] = AtHand()
        self._kept: LRUCache[object, Kept] = LRUCache(8)
        self._last: LRUCache[Hashable, tuple[object, PastPromises]] = LRUCache(8)

    def of(self, store: Store, by: Principal, as_of: dt.date) -> tuple[PastPromises, Callable[[], BackTest]]:
        def read(systems: Collection[str] | None) -> dict[str, list[Promise]]:
            return {slug: promises([past], as_of) for slug, past in queries.pasts(store, systems).items()}

        past = self._read_by(by, as_of, self._at_hand.every(store, as_of, read))
        return past, lambda: self._once(past.settled, lambda: past.back_test)

    def _read_by(self, by: Principal, as_of: dt.date, known: Mapping[str, tuple[str, list[Promise]]]) -> PastPromises:
        """What somebody may read of all that is known; the same `known` is not looked through twice."""
        who = as_of, alike(by, "read")
        with self._lock:
            last, past = self._last.get(who, (None, None))
        if past is None or last is not known:
            promised = {slug: one for slug, one in known.items() if allowed(by, "read", slug)}
            asked = as_of, tuple((slug, head) for slug, (head, _) in sorted(promised.items()))
            every = chain.from_iterable(own for _, own in promised.values())
            past = self._once(asked, lambda: PastPromises(every, as_of))
            with self._lock:
                self._last[who] = known, past
        return past

    def _once(self, asked: Hashable, work: Callable[[], T]) -> T:
        with self._lock:
            kept = self._kept.setdefault(asked, Kept())
        return kept.once("", work)


_PAST: MutableMapping[Store, _Past] = WeakKeyDictionary()
