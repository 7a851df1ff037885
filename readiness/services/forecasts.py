"""When gaps and better verdicts will be ready, from all dates that were promised and that somebody may read."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Hashable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
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
    known = _PAST.setdefault(store, _Past()).of(store, by, review.as_of)
    asked = "forecast", known.settled  # a write of today about another system changes nothing of it
    return replace(review, forecast=review.kept.once(asked, lambda: forecasts.of(review, known.past(), known.tested())))


@dataclass(frozen=True)
class _OfSystem:
    """The promises of one system, and a digest of what was known of them before the day."""

    promises: Sequence[Promise]
    settled: str


@dataclass(frozen=True)
class _Known:
    """What somebody may know of all that was promised: `settled` before the day, and the rest only if it is asked."""

    settled: str
    past: Callable[[], PastPromises]
    tested: Callable[[], BackTest]


class _Past:
    """What was promised in the systems of a store; of few days and sets of systems it stays at hand.

    How forecasts of the past came true takes longest, and rests on nothing of today: a write leaves it as it is.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._at_hand: AtHand[_OfSystem] = AtHand()
        self._kept: LRUCache[object, Kept] = LRUCache(8)
        self._last: LRUCache[Hashable, tuple[object, _Known]] = LRUCache(8)

    def of(self, store: Store, by: Principal, as_of: dt.date) -> _Known:
        def read(systems: Collection[str] | None) -> dict[str, _OfSystem]:
            told = {slug: promises([past], as_of) for slug, past in queries.pasts(store, systems).items()}
            return {slug: _OfSystem(own, PastPromises(own, as_of).settled) for slug, own in told.items()}

        every, who = self._at_hand.every(store, as_of, read), (as_of, alike(by, "read"))
        with self._lock:
            last, known = self._last.get(who, (None, None))
            if known is None or last is not every:
                known = self._known({slug: one for slug, one in every.items() if allowed(by, "read", slug)}, as_of)
                self._last[who] = every, known
        return known

    def _known(self, every: Mapping[str, tuple[str, _OfSystem]], as_of: dt.date) -> _Known:
        def past() -> PastPromises:
            return PastPromises(chain.from_iterable(own.promises for _, (_, own) in systems), as_of)

        systems = sorted(every.items())
        heads = as_of, tuple((slug, head) for slug, (head, _) in systems)
        digests = "\0".join(f"{slug} {own.settled}" for slug, (_, own) in systems)
        settled = hashlib.sha256(digests.encode()).hexdigest()
        return _Known(
            settled,
            lambda: self._once(heads, past),
            lambda: self._once(settled, lambda: self._once(heads, past).back_test),
        )

    def _once(self, asked: Hashable, work: Callable[[], T]) -> T:
        with self._lock:
            kept = self._kept.setdefault(asked, Kept())
        return kept.once("", work)


_PAST: MutableMapping[Store, _Past] = WeakKeyDictionary()
