"""Reading: one review, the assessments of a system, and the record of what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import MutableMapping
from threading import Condition, Lock
from weakref import WeakKeyDictionary, ref

from cachetools import LRUCache, cached

from readiness import formatting, language
from readiness.access import Principal, allowed, authorize
from readiness.errors import NotFound
from readiness.language import tr
from readiness.model import checklist as checklists
from readiness.model.assessment import Assessment
from readiness.model.dossier import ChainStatus, Dossier, Event, FactStatus, Stored
from readiness.portfolio.status import rank
from readiness.review.build import build
from readiness.review.review import Review
from readiness.store import Store, queries

_WHOLE: MutableMapping[Store, ChainStatus] = WeakKeyDictionary()
"""How far the chain of each open store was found whole."""
MOST_BYTES = 256_000_000
"""What the reviews that stay at hand may hold together; the one that nobody asked for longest goes first."""


def load(store: Store, by: Principal, slug: str, *, as_of: dt.date, assessment_id: int | None = None) -> Review:
    """The review of a system's assessment in force on a day, or of another one, as they stood on it.

    It stays at hand until somebody writes about the system. Raises Denied, and NotFound where none was in force.
    """
    authorize(by, "read", slug)
    head = queries.head(store, slug)
    if assessment_id is not None and assessment_id == _in_force(store, slug, as_of, head):
        assessment_id = None  # one review, whether it is asked for by its id or as the one in force
    return _load(store, slug, as_of, assessment_id, head, language.current())


def both(
    store: Store, by: Principal, left: tuple[str, int | None], right: tuple[str, int | None], *, as_of: dt.date
) -> tuple[Review, Review]:
    """Two reviews to be held side by side, each by its system and assessment; raises what `load` does for either."""
    for slug, _ in (left, right):
        authorize(by, "read", slug)
    first, second = (load(store, by, slug, as_of=as_of, assessment_id=number) for slug, number in (left, right))
    return first, second


def _bytes(review: Review) -> int:
    """About what a review holds in memory, as measured over systems of 20 to 35,000 cells."""
    spans = sum(len(stored.record.spans) for _, stored in review.dossier.traces)
    return 600_000 + 3_000 * len(review.dossier.cells) + 2_000 * len(review.dossier.pairs) + 4_000 * spans


@cached(LRUCache(MOST_BYTES, _bytes), condition=Condition())
def _load(store: Store, slug: str, as_of: dt.date, assessment_id: int | None, head: str, spoken: str) -> Review:
    """Whoever calls has asked whether the principal may read; of many who ask at once one works it out.

    A review holds words, so there is one for each language that is `spoken`.
    """
    asked = store, slug, as_of, assessment_id, spoken
    before = _LAST_READ.before(asked)
    read = queries.dossier(store, slug, assessment_id, day=as_of, before=before.dossier if before else None)
    review = of(read, as_of, before)
    _LAST_READ.keep(asked, head, review)
    return review


_Asked = tuple[Store, str, dt.date, int | None, str]


class _LastRead:
    """The review that was read last, as long as somebody has it, with the event after which it was."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: LRUCache[_Asked, tuple[str, ref[Review]]] = LRUCache(500)

    def before(self, asked: _Asked) -> Review | None:
        """That review, if since then only dates of gaps moved, which they do far more often than all else."""
        with self._lock:
            head, known = self._known.get(asked, ("", None))
        review = known() if known else None
        return review if review and queries.gaps_alone_since(asked[0], asked[1], head) else None

    def keep(self, asked: _Asked, head: str, review: Review) -> None:
        with self._lock:
            self._known[asked] = head, ref(review)


_LAST_READ = _LastRead()


@cached(LRUCache(1_000), condition=Condition())
def _in_force(store: Store, slug: str, as_of: dt.date, _head: str) -> int | None:
    stored = queries.assessments(store, slug)
    return next((one.id for one in stored if one.record.assessed_on and one.record.assessed_on <= as_of), None)


def of(dossier: Dossier, as_of: dt.date, before: Review | None = None) -> Review:
    """The review of what is stored, held against the checklist that the assessment names."""
    return build(checklists.named(dossier.assessment.record.checklist), dossier, as_of, before)


def assessments(store: Store, by: Principal, slug: str) -> list[Stored[Assessment]]:
    """All of a system, the newest first. Raises Denied and NotFound."""
    authorize(by, "read", slug)
    return queries.assessments(store, slug)


def every(store: Store, by: Principal, *, as_of: dt.date) -> list[Review]:
    """The review of every system this principal may read that was assessed by a day, worst verdict first."""
    reviews = [
        of(dossier, as_of)
        for dossier in queries.dossiers(store, day=as_of)
        if allowed(by, "read", dossier.system.record.slug)
    ]
    return sorted(
        reviews, key=lambda review: rank(review.verdict.level, review.verdict.score, review.name, review.slug)
    )


def check_day(store: Store, by: Principal, *, as_of: dt.date) -> None:
    """Raises NotFound where there are assessments that this principal may read and all are dated after a day."""
    first = queries.earliest(
        store, [system.slug for system in queries.systems(store, archived=False) if allowed(by, "read", system.slug)]
    )
    if first and first[1].assessed_on and first[1].assessed_on > as_of:
        slug, assessment = first
        raise NotFound(
            tr("no assessment was in force on {day}", day=formatting.day(as_of)),
            expected=tr(
                "{day} or later, the day of the earliest, of {slug} {candidate}",
                day=formatting.day(assessment.assessed_on),
                slug=slug,
                candidate=assessment.candidate,
            ),
        )


def activity(store: Store, by: Principal, *, system: str = "", actor: str = "", limit: int = 500) -> list[Event]:
    """What changed, newest first, as far as this principal may read it."""
    return [
        event
        for event in queries.events(store, system=system, actor=actor, limit=limit)
        if allowed(by, "read", event.system)
    ]


def chain(store: Store, by: Principal, system: str = "") -> ChainStatus:
    """Whether the audit chain is whole, for whoever may read all of it, or the system it is shown beside.

    What this process found whole is not walked again; `readiness doctor` walks all of it.
    """
    authorize(by, "read", system)
    status = queries.chain(store, _WHOLE.get(store))
    if status.broken_at is None:
        _WHOLE[store] = status
    else:
        _WHOLE.pop(store, None)
    return status


def facts(store: Store, by: Principal, system: str = "") -> FactStatus:
    """Whether what is stored, of one system or of all, is as the record says."""
    authorize(by, "read", system)
    return queries.verified_facts(store, system)
