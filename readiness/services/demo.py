"""The demo portfolio: real files, moved to today and imported like anybody's."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from readiness import clock, paths
from readiness.access import Principal
from readiness.importers import Options
from readiness.store import Store, queries

from . import admin, imports

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
    with tempfile.TemporaryDirectory() as folder:
        return [
            _import(store, by, entry, Path(folder) / f"{number}", day, (day - manifest["anchor"]).days)
            for number, entry in enumerate(manifest["file"])
        ]


def shift(text: str, days: int) -> str:
    """Every calendar date in a text, moved; what only looks like one stays."""

    def move(match: re.Match[str]) -> str:
        try:
            return (dt.date.fromisoformat(match[1]) + dt.timedelta(days=days)).isoformat()
        except ValueError:
            return match[1]

    return _ISO_DATE.sub(move, text)


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
