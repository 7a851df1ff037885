"""What pages read, kept until somebody writes: whoever may read the same shares it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Condition

from cachetools import LRUCache, cached

from readiness import access, clock, formatting, names
from readiness.access import Principal
from readiness.kept import Kept, in_language
from readiness.language import tr
from readiness.model.assessment import Assessment
from readiness.model.documents import DocumentId
from readiness.model.dossier import ArchivedSystem, Event, FactStatus, Handover, Stored
from readiness.model.notes import StoredNote
from readiness.model.people import IssuedToken
from readiness.portfolio.work import WorkItem
from readiness.review.items import OpenGap
from readiness.review.review import Review
from readiness.services import Store, handovers, reviews, revisions, tokens
from readiness.services import gaps as gaps_service
from readiness.services import notes as notes_service
from readiness.services import systems as systems_service
from readiness.services import work as work_service
from readiness.services.revisions import SavedRevision

from . import session


def review(by: Principal, slug: str, as_of: dt.date, assessment_id: int | None) -> Review:
    """One review whole; raises what `load` does."""
    return reviews.load(session.store(), by, slug, as_of=as_of, assessment_id=assessment_id)


def activity(by: Principal, system: str) -> list[Event]:
    """What changed, newest first, in a system or everywhere."""
    return list(_activity(session.store(), access.alike(by, "read"), system, session.head(by)))


@cached(LRUCache(session.LOOKS), condition=Condition())
def _activity(opened: Store, by: Principal, system: str, head: str) -> tuple[Event, ...]:
    return tuple(reviews.activity(opened, by, system=system))


def facts(by: Principal, slug: str) -> FactStatus:
    """Whether what is stored of a system is as the record says: at most a minute old, since all of it is digested."""
    minute = clock.now().replace(second=0, microsecond=0)
    return _facts(session.store(), access.alike(by, "read"), slug, session.head(by, slug), minute)


@cached(LRUCache(64), key=in_language, condition=Condition())
def _facts(opened: Store, by: Principal, slug: str, head: str, minute: dt.datetime) -> FactStatus:
    return reviews.facts(opened, by, slug)


def archived(by: Principal) -> list[ArchivedSystem]:
    """The systems in the archive that this principal may read."""
    return list(_archived(session.store(), access.alike(by, "read"), session.head(by)))


@cached(LRUCache(session.LOOKS), condition=Condition())
def _archived(opened: Store, by: Principal, head: str) -> tuple[ArchivedSystem, ...]:
    return tuple(systems_service.archived(opened, by))


def gaps(by: Principal, as_of: dt.date) -> list[OpenGap]:
    """The open gaps of every system that this principal may read."""
    return list(_gaps(session.store(), access.alike(by, "read"), as_of, session.head(by)))


@dataclass(frozen=True, eq=False)
class GapView:
    """The gaps that somebody asks for; `kept` is what was worked out of them."""

    gaps: tuple[OpenGap, ...]
    every: Mapping[int, OpenGap]
    kept: Kept = field(default_factory=Kept)

    @cached_property
    def by_id(self) -> Mapping[int, OpenGap]:
        return {gap.id: gap for gap in self.gaps}


def gap_view(by: Principal, as_of: dt.date, *, owner: str | None, system: str, overdue: bool) -> GapView:
    """The gaps of an owner, of a system and past their date, or of all; read again only after a write."""
    return _gap_view(session.store(), access.alike(by, "read"), as_of, owner, system, overdue, session.head(by))


@cached(LRUCache(32), key=in_language, condition=Condition())
def _gap_view(
    opened: Store, by: Principal, as_of: dt.date, owner: str | None, system: str, overdue: bool, head: str
) -> GapView:
    every = _gaps(opened, by, as_of, head)
    wanted = names.key(owner or "")
    gaps = (gap for gap in every if not owner or names.key(gap.mark.owner) == wanted)
    kept = (gap for gap in gaps if (gap.days_over or not overdue) and gap.system == (system or gap.system))
    return GapView(tuple(kept), {gap.id: gap for gap in every})


def gap_owners(by: Principal, as_of: dt.date) -> list[str]:
    """Whoever owns one of them, each spelt in one way."""
    return list(_gap_owners(session.store(), access.alike(by, "read"), as_of, session.head(by)))


@cached(LRUCache(session.LOOKS), condition=Condition())
def _gap_owners(opened: Store, by: Principal, as_of: dt.date, head: str) -> list[str]:
    owners = (gap.mark.owner for gap in _gaps(opened, by, as_of, head) if gap.mark.owner)
    return sorted({names.key(owner): owner for owner in owners}.values())


@cached(LRUCache(session.LOOKS), key=in_language, condition=Condition())
def _gaps(opened: Store, by: Principal, as_of: dt.date, head: str) -> tuple[OpenGap, ...]:
    return tuple(gaps_service.every(opened, by, as_of=as_of))


def offers(by: Principal) -> dict[int, Handover]:
    """The hand-overs that nobody has answered, by their gaps."""
    return _offers(session.store(), access.alike(by, "read"), session.head(by))


@cached(LRUCache(8), condition=Condition())
def _offers(opened: Store, by: Principal, head: str) -> dict[int, Handover]:
    return {offer.gap_id: offer for offer in handovers.every(opened, by)}


def own_tokens(by: Principal) -> list[IssuedToken]:
    """Those that somebody made for themselves."""
    return [issued for issued in _tokens(session.store(), by, session.head(by)) if by.is_named(issued.of)]


@cached(LRUCache(session.LOOKS), condition=Condition())
def _tokens(opened: Store, by: Principal, head: str) -> list[IssuedToken]:
    return tokens.every(opened, by)


def notes(by: Principal, slugs: frozenset[str]) -> list[StoredNote]:
    """What was said of some systems."""
    return list(_notes(session.store(), access.alike(by, "read"), slugs, session.head(by)))


@cached(LRUCache(32), condition=Condition())
def _notes(opened: Store, by: Principal, slugs: frozenset[str], head: str) -> tuple[StoredNote, ...]:
    return tuple(notes_service.of_systems(opened, by, slugs))


def work(by: Principal, as_of: dt.date) -> list[WorkItem]:
    """What waits for this principal, the most urgent first."""
    return list(_work(session.store(), by, as_of, session.head(by)))


@cached(LRUCache(64), key=in_language, condition=Condition())
def _work(opened: Store, by: Principal, as_of: dt.date, head: str) -> tuple[WorkItem, ...]:
    return tuple(work_service.mine(opened, by, as_of=as_of))


def history(by: Principal, review: Review, *of: DocumentId) -> list[SavedRevision]:
    """Every revision of these documents of an assessment, newest first."""
    return review.kept.once(("history", of), lambda: revisions.history(session.store(), by, review, of))


def assessments(by: Principal, slug: str) -> dict[int, str]:
    """Every assessment of a system by its id, in words: the newest that is in force first, those to come last."""
    return _assessments(session.store(), access.alike(by, "read"), slug, session.today(), session.head(by, slug))


def _named(assessment: Stored[Assessment], *, to_come: bool) -> str:
    told = f"{assessment.record.candidate} · {formatting.day(assessment.record.assessed_on)}"
    return tr("{version}, to come", version=told) if to_come else told


@cached(LRUCache(session.LOOKS), key=in_language, condition=Condition())
def _assessments(opened: Store, by: Principal, slug: str, day: dt.date, head: str) -> dict[int, str]:
    stored = reviews.assessments(opened, by, slug)
    to_come = [assessment for assessment in stored if (assessment.record.assessed_on or day) > day]
    return {
        assessment.id: _named(assessment, to_come=assessment in to_come)
        for assessment in [*(one for one in stored if one not in to_come), *to_come]
    }
