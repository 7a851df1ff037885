"""Packs as pages show them: read through the session's store, and kept while nothing of the system changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from threading import Condition

from cachetools import LRUCache, cached

from readiness import access, clock, pack
from readiness.access import Principal
from readiness.kept import in_language
from readiness.model.packs import PackState
from readiness.pack import questionnaire
from readiness.services import Store

from . import session
from .session import LOOKS


@dataclass(frozen=True)
class Preview:
    """A pack as it would leave: the cohorts that are numbered in it, the document, and what no font draws."""

    numbered: str
    fragment: str
    missing: str


def preview(by: Principal, slug: str, request: pack.Request, as_of: dt.date, assessment_id: int) -> Preview:
    """What an audience would get now, to the minute; raises what `pack.take` does."""
    access.authorize(by, "pack", slug)
    minute, alike = clock.now().replace(second=0, microsecond=0), access.alike(by, "read", "pack")
    return _preview(
        session.store(),
        alike,
        slug,
        request,
        as_of,
        assessment_id,
        session.head(by, slug),
        minute,
    )


@cached(LRUCache(32), key=in_language, condition=Condition())
def _preview(
    opened: Store,
    by: Principal,
    slug: str,
    request: pack.Request,
    as_of: dt.date,
    assessment_id: int,
    head: str,
    minute: dt.datetime,
) -> Preview:
    taken = pack.take(opened, by, slug, request, as_of=as_of, assessment_id=assessment_id, made_at=minute)
    return Preview(str(taken.foot["numbered"]), pack.render.fragment(taken), pack.fonts.named(taken))


@dataclass(frozen=True)
class Changes:
    """What changed since a pack as it would leave, and for whom."""

    reader: str
    fragment: str


def changes(by: Principal, slug: str, number: int, as_of: dt.date) -> Changes:
    """What changed since a pack, now to the minute; raises what `pack.take_since` does."""
    access.authorize(by, "pack", slug)
    minute, alike = clock.now().replace(second=0, microsecond=0), access.alike(by, "read", "pack")
    return _changes(session.store(), alike, slug, number, as_of, session.head(by, slug), minute)


@cached(LRUCache(LOOKS), key=in_language, condition=Condition())
def _changes(
    opened: Store, by: Principal, slug: str, number: int, as_of: dt.date, head: str, minute: dt.datetime
) -> Changes:
    taken = pack.take_since(opened, by, slug, number, as_of=as_of, made_at=minute)
    stamp = taken.stamp
    return Changes(f"{stamp['recipient']}, {stamp['classification']}", pack.render.fragment(taken))


def sent_packs(by: Principal, slug: str, as_of: dt.date) -> list[PackState]:
    """The packs of a system that were sent, and why they are out of date; read again after any write.

    What is sent is no change of its system, so that the head of the system would not tell.
    """
    access.authorize(by, "read", slug)
    alike, head = access.alike(by, "read"), session.head(by)
    return list(_sent_packs(session.store(), alike, slug, as_of, head))


@cached(LRUCache(LOOKS), key=in_language, condition=Condition())
def _sent_packs(opened: Store, by: Principal, slug: str, as_of: dt.date, head: str) -> tuple[PackState, ...]:
    return tuple(pack.sent(opened, by, slug, as_of=as_of))


def taken(by: Principal, slug: str, request: pack.Request, as_of: dt.date, assessment_id: int) -> pack.Snapshot:
    """What a questionnaire is answered from; raises what `questionnaire.taken` does."""
    access.authorize(by, "pack", slug)
    alike, head = access.alike(by, "read", "pack"), session.head(by, slug)
    return _taken(session.store(), alike, slug, request, as_of, assessment_id, head)


@cached(LRUCache(LOOKS), key=in_language, condition=Condition())
def _taken(
    opened: Store, by: Principal, slug: str, request: pack.Request, as_of: dt.date, assessment_id: int, head: str
) -> pack.Snapshot:
    return questionnaire.taken(opened, by, slug, request, as_of=as_of, assessment_id=assessment_id)
