"""The demo portfolio: real files, moved to today and imported like anybody's."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from readiness import clock, paths
from readiness.access import Principal, allowed
from readiness.importers import Options
from readiness.review import signoff
from readiness.store import Store, queries

from . import admin, decisions, imports, reviews

DAY_KEY = "demo_day"
_ISO_DATE = re.compile(r"(?<!\d)(20\d\d-[01]\d-[0-3]\d)(?!\d)")


def load(store: Store, by: Principal, *, today: dt.date | None = None) -> list[str]:
    """Import the demo; what was stored, a sentence for each file.

    Every date in the files moves by the days between the manifest's anchor and the first loading, so that the demo
    keeps its verdicts and its overdue gaps in any year; a second loading finds the same bytes and changes nothing.
    """
    manifest = tomllib.loads((paths.DEMO / "manifest.toml").read_text("utf-8"))
    day = dt.date.fromisoformat(queries.meta(store, DAY_KEY) or (today or clock.today()).isoformat())
    admin.keep_fact(store, by, DAY_KEY, day.isoformat())
    days = (day - manifest["anchor"]).days
    with tempfile.TemporaryDirectory() as folder:
        stored = [
            _import(store, by, entry, Path(folder) / f"{number}", day, days)
            for number, entry in enumerate(manifest["file"])
        ]
    for entry in manifest["decision"]:
        _decide(store, by, _moved(entry, days), day)
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


def _decide(store: Store, by: Principal, stated: dict[str, Any], day: dt.date) -> None:
    """What was decided on a system, once, where somebody loads the demo who may decide, and not before its day."""
    slug, today = stated.pop("system"), clock.today()
    if not allowed(by, "decide", slug) or day > today:
        return
    review = reviews.load(store, by, slug, as_of=today)
    if not review.dossier.decisions:
        number, seen = review.assessment_id, signoff.seen(review)
        decisions.decide(store, by, slug, number, seen=seen, as_of=today, **stated)


def _import(store: Store, by: Principal, entry: dict[str, Any], copy: Path, day: dt.date, days: int) -> str:
    source = paths.DEMO / entry["path"]
    copy.write_text(shift(source.read_text("utf-8"), days), "utf-8")
    measured = entry.get("measured_on")
    request = imports.ImportRequest(
        path=copy,
        name=source.name,
        system=entry["system"],
        options=Options(
            version=entry.get("version", ""),
            format=entry.get("format", ""),
            mapping=entry.get("map", {}),
            measured_on=measured + dt.timedelta(days=days) if measured else None,
        ),
    )
    return imports.keep(store, by, imports.read(store, by, request), system=entry["system"], as_of=day).sentence
