"""Standings kept beside what they rest on: worked out in the transaction of every write, and read in one query.

A standing that is missing, that other rules made, or that does not hold on the day is worked out when it is asked for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from sqlmodel import Session

from readiness import clock, paths
from readiness.access import Principal, allowed
from readiness.decision import findings
from readiness.errors import ReadinessError, StoreError
from readiness.portfolio import status
from readiness.portfolio.status import SectionPoints, SystemStatus, TrendPoint
from readiness.review import summaries
from readiness.review.review import Review
from readiness.store import Store, open_store, queries, statuses
from readiness.store.statuses import CachedStatus

from . import reviews


def opened(url: str = "") -> Store:
    """The store at `url`, which keeps standings from now on; raises what `open_store` does."""
    return replace(open_store(url), settle=keep)


def keep(session: Session, slug: str) -> None:
    """Work out where a system stands after a write, as part of it; what cannot be decided is told to whoever looks."""
    try:
        dossier = queries.latest_dossier(session, slug)
        if dossier is not None:
            statuses.keep(session, slug, _kept(of(reviews.of(dossier, clock.today()))))
    except ReadinessError:
        statuses.forget(session, slug)


def portfolio(store: Store, by: Principal, *, as_of: dt.date) -> list[SystemStatus]:
    """Where every system stands that this principal may read, worst verdict first."""
    rows = _held(store, by, as_of)
    found = [status.read(kept.body, as_of) for kept in rows.values() if kept]
    return status.worst_first([*found, *_worked_out(store, _missing(rows), as_of)])


def wanting(store: Store, by: Principal, *, as_of: dt.date) -> int:
    """How many systems `portfolio` would have to work out: all of them after an upgrade, else hardly any."""
    return len(_missing(_held(store, by, as_of)))


def _held(store: Store, by: Principal, as_of: dt.date) -> dict[str, CachedStatus | None]:
    """What is kept of each system and holds on the day."""
    current = rules()
    return {
        slug: kept if kept and kept.rules == current and kept.valid_from <= as_of <= kept.valid_until else None
        for slug, kept in queries.standings(store)
        if allowed(by, "read", slug)
    }


def _missing(rows: dict[str, CachedStatus | None]) -> list[str]:
    return [slug for slug, kept in rows.items() if kept is None]


def _worked_out(store: Store, slugs: list[str], as_of: dt.date) -> Iterator[SystemStatus]:
    saving = as_of == clock.today()
    for slug in slugs:
        seen = queries.counter(store)
        found = of(reviews.of(queries.dossier(store, slug), as_of))
        saving = saving and _saved(store, slug, found, seen)
        yield found


def _saved(store: Store, slug: str, found: SystemStatus, seen: int) -> bool:
    """Keep what a look worked out, unless something was written meanwhile; False where nothing can be kept now."""
    try:
        with store.writing() as session:
            if queries.last_event(session) == seen:
                statuses.keep(session, slug, _kept(found))
    except StoreError:
        return False
    return True


def _kept(found: SystemStatus) -> CachedStatus:
    return CachedStatus(rules(), found.valid_from, found.valid_until, status.dump(found))


def rules() -> str:
    """What the rules are known by: a digest over the checklists and the code of the core, so that none is forgotten."""
    return _CODE + _digest(paths.CHECKLISTS, "*.toml")


@cache
def _digest(folder: Path, pattern: str) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.glob(pattern)):
        found.update(path.read_bytes())
    return found.hexdigest()


_CODE = _digest(Path(__file__).parent, "**/*.py")
"""Of the code that runs: taken when it is loaded, since an upgrade may put other files in its place later."""


def of(review: Review) -> SystemStatus:
    """What is kept of a review of a system's latest assessment."""
    verdict, assessment, files = review.verdict, review.assessment, review.dossier.evidence
    valid_from, valid_until = _holds(_turns(review), review.as_of)
    return SystemStatus(
        as_of=review.as_of,
        slug=review.slug,
        name=review.name,
        owner=review.dossier.system.record.owner,
        assessment_id=review.assessment_id,
        checklist=assessment.checklist,
        candidate=assessment.candidate,
        assessed_on=assessment.assessed_on,
        target_date=assessment.target_date,
        level=verdict.level,
        score=verdict.score,
        range=verdict.range,
        band=verdict.band.level if verdict.band else None,
        evidenced_score=verdict.evidenced_score,
        headline=summaries.headline(review),
        blockers=tuple(dict.fromkeys(fired.why for fired in verdict.blockers)),
        contradicted=tuple(
            f"{summaries.named(each.signal)}: {each.finding.why}" for each in review.contradicted if each.finding
        ),
        sections=tuple(
            SectionPoints(strip.section.id, strip.section.name, strip.points, strip.possible, strip.unanswered)
            for strip in review.strips
        ),
        due=tuple(gap.mark.due for gap in review.gaps),
        files=len(files),
        stale=len(review.stale),
        fresh_until=_fresh_until(review),
        parts=len(review.packet.parts),
        complete_parts=review.complete_parts,
        trend=tuple(
            TrendPoint(
                past.assessment.candidate,
                past.assessment.assessed_on.isoformat() if past.assessment.assessed_on else "",
                past.verdict.level,
                past.verdict.score,
            )
            for past in review.history[-status.TREND :]
        ),
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _turns(review: Review) -> Iterator[dt.date]:
    """The days from which time alone may change the verdict: a file begins or ceases to count, a rehearsal ages."""
    yield from findings.turns(review.checklist, review.policy.record if review.policy else None)
    for begins, ends in filter(None, (each.record.fresh_days for each in review.dossier.evidence.values())):
        yield begins
        if ends < dt.date.max:
            yield ends + dt.timedelta(days=1)


def _holds(turns: Iterable[dt.date], as_of: dt.date) -> tuple[dt.date, dt.date]:
    """The days around a day in which nothing turns."""
    first, last = dt.date.min, dt.date.max
    for day in turns:
        if day <= as_of:
            first = max(first, day)
        else:
            last = min(last, day - dt.timedelta(days=1))
    return first, last


def _fresh_until(review: Review) -> tuple[dt.date, ...]:
    """The last days of the files that count now and speak of a version under review, the earliest first."""
    versions = {review.assessment.candidate, review.assessment.baseline}
    own = [each for each in review.items.values() if each.freshness == "fresh" and versions & set(each.versions)]
    return tuple(sorted(days[1] for each in own if (days := each.evidence.fresh_days)))
