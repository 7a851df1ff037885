"""The demo portfolio: real files, moved to today and imported like anybody's, and what people did with them."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from readiness import clock, paths
from readiness.access import Action, Principal, allowed
from readiness.importers import Options
from readiness.model.incidents import ReportedIncident
from readiness.review import signoff
from readiness.review.review import Review
from readiness.store import Store, queries

from . import admin, decisions, imports, incidents, reviews, stages, weeks

DAY_KEY = "demo_day"
_ISO_DATE = re.compile(r"(?<!\d)(20\d\d-[01]\d-[0-3]\d)(?!\d)")


def load(store: Store, by: Principal, *, today: dt.date | None = None) -> list[str]:
    """Import the demo; what was stored, a sentence for each file.

    Every date moves by the days between the manifest's anchor and the first loading, so that the demo keeps its
    verdicts, its overdue gaps and its story in any year; a second loading finds the same bytes and changes nothing.

    What people did is told of systems that this loading stores, so that nothing of it comes twice or over what was
    done since; not before its day, and as far as somebody may do it who loads the demo.
    """
    manifest = tomllib.loads((paths.DEMO / "manifest.toml").read_text("utf-8"))
    day = dt.date.fromisoformat(queries.meta(store, DAY_KEY) or (today or clock.today()).isoformat())
    admin.keep_fact(store, by, DAY_KEY, day.isoformat())
    days = (day - manifest["anchor"]).days
    there = {system.slug for system in queries.systems(store)}
    stored = []
    with tempfile.TemporaryDirectory() as folder:
        for number, stated in enumerate(manifest["entry"]):
            entry = _moved(stated, days)
            do, slug = entry.pop("do"), entry.pop("system")
            if do == "file":
                stored.append(_import(store, by, slug, entry, Path(folder) / f"{number}", day, days))
            elif slug not in there and day <= clock.today():
                _tell(store, by, do, slug, entry)
    return stored


def shift(text: str, days: int) -> str:
    """Every calendar date in a text, moved; what only looks like one stays."""

    def move(match: re.Match[str]) -> str:
        try:
            return (dt.date.fromisoformat(match[1]) + dt.timedelta(days=days)).isoformat()
        except ValueError:
            return match[1]

    return _ISO_DATE.sub(move, text)


def _moved(stated: Any, days: int) -> Any:
    """What is stated, with every date in it moved."""
    if isinstance(stated, dict):
        return {name: _moved(value, days) for name, value in stated.items()}
    if isinstance(stated, list):
        return [_moved(value, days) for value in stated]
    return stated + dt.timedelta(days=days) if isinstance(stated, dt.date) else stated


def _import(
    store: Store, by: Principal, slug: str, entry: Mapping[str, Any], copy: Path, day: dt.date, days: int
) -> str:
    source = paths.DEMO / entry["path"]
    copy.write_text(shift(source.read_text("utf-8"), days), "utf-8")
    options = Options(
        version=entry.get("version", ""),
        format=entry.get("format", ""),
        mapping=entry.get("map", {}),
        measured_on=entry.get("measured_on"),
        stage=entry.get("stage", ""),
    )
    request = imports.ImportRequest(path=copy, name=source.name, system=slug, options=options)
    return imports.keep(store, by, imports.read(store, by, request), system=slug, as_of=day).sentence


class _Scene(NamedTuple):
    """A system as it stood `on` a day on which somebody did something, at noon."""

    store: Store
    by: Principal
    review: Review
    on: dt.date

    @property
    def at(self) -> dt.datetime:
        return dt.datetime.combine(self.on, dt.time(12), clock.zone())


def _tell(store: Store, by: Principal, do: str, slug: str, entry: dict[str, Any]) -> None:
    """One thing that somebody did on the day `on`, unless whoever loads the demo may not do it."""
    tell, rights = _TOLD[do]
    if all(allowed(by, right, slug) for right in ("read", *rights)):
        on, latest = entry.pop("on"), queries.assessments(store, slug)[0].id
        tell(_Scene(store, by, reviews.load(store, by, slug, as_of=on, assessment_id=latest), on), **entry)


def _decide(scene: _Scene, **stated: Any) -> None:
    store, by, review, on = scene
    decisions.decide(
        store,
        by,
        review.slug,
        review.assessment_id,
        decided_on=on,
        seen=signoff.seen(review),
        as_of=on,
        at=scene.at,
        **stated,
    )


def _meet(scene: _Scene, *, condition: str, note: str) -> None:
    store, by, review, on = scene
    (met,) = [one for one in review.dossier.decisions[-1].conditions if one.record.what == condition]
    decisions.meet(store, by, met.id, seen=met.row_version, on=on, note=note, at=scene.at)


def _take(scene: _Scene, *, action: Any, note: str = "") -> None:
    store, by, review, on = scene
    seen = len(review.dossier.steps)
    stages.take(store, by, review.slug, review.assessment_id, action, note=note, seen=seen, as_of=on, at=scene.at)


def _report(scene: _Scene, **stated: Any) -> None:
    incident = ReportedIncident.checked(on=scene.on, **stated)
    incidents.report(scene.store, scene.by, scene.review.slug, incident, at=scene.at)


def _answer(scene: _Scene, *, kind: Any, reference: str, note: str) -> None:
    """The incident that was reported last."""
    store, by, review, on = scene
    number = review.dossier.incidents[-1].id
    incidents.answer(store, by, review.slug, number, kind, reference, note, as_of=on, at=scene.at)


def _review(scene: _Scene, *, week: int, **stated: Any) -> None:
    store, by, review, on = scene
    seen = len(review.dossier.weeks)
    weeks.hold(
        store, by, review.slug, review.assessment_id, week, held_on=on, seen=seen, as_of=on, at=scene.at, **stated
    )


_TOLD: dict[str, tuple[Callable[..., None], tuple[Action, ...]]] = {
    "decide": (_decide, ("decide",)),
    "meet": (_meet, ("decide",)),
    "stage": (_take, ("stage",)),
    "incident": (_report, ("incident",)),
    "answer": (_answer, ("incident",)),
    "week": (_review, ("stage", "week")),
}
"""What can have been done, by the word of the manifest, and what somebody has to be allowed to."""
