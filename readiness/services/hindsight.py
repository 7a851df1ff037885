"""Were we right? Every release that somebody may read about, with what became of it and the verdict it began on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import replace
from threading import Lock
from typing import TypeAlias
from weakref import WeakKeyDictionary

from cachetools import LRUCache

from readiness import language
from readiness.access import Principal, allowed, authorize_anywhere
from readiness.decision.hindsight import Hindsight
from readiness.decision.promises import promises
from readiness.decision.releases import Release, VerdictThen, releases, verdict_then
from readiness.errors import ReadinessError, StoreError
from readiness.kept import Kept
from readiness.model.promises import SystemPast
from readiness.model.releases import SystemRollouts
from readiness.store import Store, queries

from . import reviews
from ._at_hand import AtHand

MOST = 10_000
"""Verdicts of the past that stay at hand."""
_Facts: TypeAlias = tuple[SystemRollouts, SystemPast | None]
"""What is stored of the rollouts of a system, and what was ever promised in it."""


def hindsight(store: Store, by: Principal, *, as_of: dt.date) -> Hindsight:
    """Of every system that this principal may read; each verdict is worked out once until its system is written to.

    Raises Denied where there is none.
    """
    past, begun = _known(store, by, as_of)
    return Hindsight(as_of, [replace(one, then=past.verdict(store, head, one)) for head, one in begun])


def at_hand(store: Store, by: Principal, *, as_of: dt.date) -> tuple[Hindsight, int]:
    """The same with the verdicts that are worked out already, and how many are not. Raises Denied."""
    past, begun = _known(store, by, as_of)
    found = [past.kept(head, one) for head, one in begun]
    told = [replace(one, then=then) for (_, one), (_, then) in zip(begun, found, strict=True)]
    return Hindsight(as_of, told), sum(not is_kept for is_kept, _ in found)


class _Past:
    """What began and came after in the systems of a store, and the verdicts of then.

    `begun` are the releases of few days and sets of systems.
    """

    def __init__(self) -> None:
        self._facts: AtHand[_Facts] = AtHand()
        self.begun: LRUCache[object, Kept] = LRUCache(8)
        self._lock = Lock()
        self._verdicts: LRUCache[object, VerdictThen | None] = LRUCache(MOST)

    def facts(self, store: Store) -> Mapping[str, tuple[str, _Facts]]:
        return self._facts.every(store, None, lambda systems: _read(store, systems))

    def kept(self, head: str, release: Release) -> tuple[bool, VerdictThen | None]:
        """Whether the verdict of a release has been worked out, and what it was."""
        asked = _key(head, release)
        with self._lock:
            return asked in self._verdicts, self._verdicts.get(asked)

    def verdict(self, store: Store, head: str, release: Release) -> VerdictThen | None:
        is_kept, then = self.kept(head, release)
        if not is_kept:
            then = _worked_out(store, release)
            with self._lock:
                self._verdicts[_key(head, release)] = then
        return then


_PAST: MutableMapping[Store, _Past] = WeakKeyDictionary()


def _key(head: str, release: Release) -> tuple[object, ...]:
    return language.current(), head, release.system, release.assessment, release.began, release.seen_on


def _read(store: Store, systems: Collection[str] | None) -> Mapping[str, _Facts]:
    """What is stored of the systems in which anything was decided or stepped into."""
    found = {
        slug: one
        for slug, one in queries.rollouts(store, systems).items()
        if any(each.decisions or each.steps for each in one.rollouts)
    }
    pasts = queries.pasts(store, found) if found else {}
    return {slug: (one, pasts.get(slug)) for slug, one in found.items()}


def _known(store: Store, by: Principal, as_of: dt.date) -> tuple[_Past, list[tuple[str, Release]]]:
    """The releases that a principal may read of, each with the last event of its system."""
    authorize_anywhere(by, "read")
    past = _PAST.setdefault(store, _Past())
    read = {slug: one for slug, one in past.facts(store).items() if allowed(by, "read", slug)}
    asked = as_of, tuple((slug, head) for slug, (head, _) in sorted(read.items()))
    begun = past.begun.setdefault(asked, Kept()).once("begun", lambda: _begun(read, as_of))
    return past, [(read[one.system][0], one) for one in begun]


def _begun(read: Mapping[str, tuple[str, _Facts]], as_of: dt.date) -> list[Release]:
    promised = promises([said for _, (_, said) in read.values() if said], as_of)
    return releases([one for _, (one, _) in read.values()], promised, as_of)


def _worked_out(store: Store, release: Release) -> VerdictThen | None:
    """The verdict of the day it was decided on, without incidents since it began; None where it cannot be decided."""
    try:
        dossier = queries.dossier(store, release.system, release.assessment, day=release.seen_on)
        before = [one for one in dossier.incidents if one.record.on < release.began]
        review = reviews.of(replace(dossier, incidents=before), release.seen_on)
    except StoreError:
        raise
    except ReadinessError:
        return None
    marks = review.dossier.answers
    answers = [(signal, marks[signal.id].mark if signal.id in marks else None) for signal in review.checklist.all]
    return verdict_then(review.verdict, answers)
