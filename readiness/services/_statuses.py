"""Statuses kept beside what they rest on: gone with every write, worked out after it, and read in one query.

A status that is missing, that other rules made, or that does not hold on the day is worked out when it is asked for.
It holds words, and so it is kept in each language in which somebody wrote or looked since the last write.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

import orjson
from sqlmodel import Session

from readiness import clock, language, paths, plugins
from readiness.errors import ReadinessError, StoreError
from readiness.model import checklist as checklists
from readiness.model.dossier import Dossier
from readiness.portfolio import status
from readiness.portfolio.status import SystemStatus
from readiness.store import Store, queries, statuses
from readiness.store.statuses import CachedStatus

from . import reviews

ROOMS = ("model", "scorecard", "tracing", "decision", "review", "portfolio")
"""Whose code decides what a status says."""


def renew(store: Store, slug: str) -> None:
    """Work out where a system stands after a write; kept unless somebody writes meanwhile, who does it then.

    What cannot be decided or kept now is told to whoever looks.
    """
    with suppress(ReadinessError):
        seen, today = queries.head(store, slug), clock.today()
        with store.reading() as session:
            dossier = queries.latest_dossier(session, slug)
        if dossier is not None:
            save(store, slug, status.of(reviews.of(dossier, today)), seen=seen)


def keep_dates(session: Session, slug: str) -> bool:
    """Bring the due dates of what is kept up to date, where that holds: no verdict follows from them."""
    cached, today = statuses.kept(session, slug), clock.today()
    if cached is None or not held(cached, today):
        return False
    bodies = {spoken: status.read(body, today) for spoken, body in _bodies(cached.body).items()}
    open_ = queries.open_dues(session, next(iter(bodies.values())).assessment_id)
    due = status.by_date(open_)
    dated = {spoken: status.dump(replace(before, due=due)) for spoken, before in bodies.items()}
    statuses.keep(session, slug, replace(cached, body=_body(dated)))
    return True


def held(cached: CachedStatus | None, as_of: dt.date) -> bool:
    """Whether what is kept of a system says what one would work out on the day; never of a day that is past."""
    if cached is None or as_of < clock.today():
        return False
    return cached.rules == rules() and cached.valid_from <= as_of <= cached.valid_until


def told(cached: CachedStatus, as_of: dt.date) -> SystemStatus | None:
    """What is kept, as of a day on which it holds, in the language of whoever asks; None where it is not kept so."""
    body = _bodies(cached.body).get(language.current())
    return status.read(body, as_of) if body else None


def told_anyhow(cached: CachedStatus, as_of: dt.date) -> SystemStatus:
    """The same, in whatever language it is kept where it is not kept in theirs."""
    return told(cached, as_of) or status.read(next(iter(_bodies(cached.body).values())), as_of)


def _body(bodies: Mapping[str, str]) -> str:
    """A status in some languages, as one text."""
    return orjson.dumps({spoken: orjson.Fragment(body) for spoken, body in bodies.items()}).decode()


@lru_cache(maxsize=2048)
def _bodies(body: str) -> Mapping[str, str]:
    return MappingProxyType({spoken: orjson.dumps(told).decode() for spoken, told in orjson.loads(body).items()})


def differing(store: Store) -> list[str]:
    """The systems whose kept status holds today and is not what their facts give."""
    today = clock.today()
    kept = [(slug, cached) for slug, cached in queries.statuses(store) if cached and held(cached, today)]
    return [slug for slug, cached in kept if not _follows(store, slug, cached, today)]


def _follows(store: Store, slug: str, cached: CachedStatus, today: dt.date) -> bool:
    """Whether a kept status, read as of today, is what the facts give, in each of its languages."""
    with store.reading() as session:
        dossier = queries.latest_dossier(session, slug)
    try:
        return all(_says(dossier, spoken, body, today) for spoken, body in _bodies(cached.body).items())
    except (ReadinessError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _says(dossier: Dossier | None, spoken: str, body: str, today: dt.date) -> bool:
    with language.use(spoken):
        afresh = status.dump(status.of(reviews.of(dossier, today))) if dossier else ""
    return status.read(body, today) == status.read(afresh, today)


def save(store: Store, slug: str, worked_out: SystemStatus, *, seen: str) -> bool:
    """Keep what was worked out, unless the system was written to since `seen`; False where nothing can be kept now."""
    try:
        with store.writing(slug) as session:
            if queries.last_hash(session, slug) == seen:
                statuses.keep(session, slug, _cached(worked_out, statuses.kept(session, slug)))
    except StoreError:
        return False
    return True


def _cached(worked_out: SystemStatus, before: CachedStatus | None) -> CachedStatus:
    """What was worked out beside what is kept in other languages, as far as that says the same."""
    valid_from, valid_until = worked_out.valid_from, worked_out.valid_until
    bodies = {language.current(): status.dump(worked_out)}
    if before and held(before, worked_out.as_of):
        bodies = {**_bodies(before.body), **bodies}
        valid_from, valid_until = max(valid_from, before.valid_from), min(valid_until, before.valid_until)
    return CachedStatus(rules(), valid_from, valid_until, _body(bodies))


def rules() -> str:
    """What the rules are known by: a digest over checklists, plug-ins and the code that decides what a status says."""
    return _digest(*paths.checklists(), *checklists.plugged(), judging=plugins.judging())


@cache
def _digest(*places: Path, judging: tuple[str, ...]) -> str:
    """Worked out once in a process, where it is needed first."""
    code = [path for room in ROOMS for path in (paths.PACKAGE / room).rglob("*.py")]
    digest = hashlib.sha256()
    for path in [*sorted(code), *checklists.files(*places)]:
        digest.update(path.read_bytes())
    for plugin in judging:
        digest.update(plugin.encode())
    return digest.hexdigest()
