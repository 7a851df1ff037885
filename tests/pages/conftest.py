"""The dashboard without a browser, on the demo portfolio and on an empty store; each test has a copy of its own."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from readiness import clock
from readiness.services import demo
from readiness.store import open_store, queries
from readiness.store.engine import URL_VARIABLE
from readiness.web import session, standings
from tests.pages.dashboard import Dashboard
from tests.serving import ME


@pytest.fixture
def dashboard(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dashboard]:
    """The demo portfolio, visited by the one who loaded it, on the day it was loaded, whenever midnight comes."""
    with closing(open_store(f"sqlite:///{loaded}")) as store:
        day = dt.date.fromisoformat(queries.meta(store, demo.DAY_KEY) or "")
    moment = min(clock.now(), dt.datetime.combine(day, dt.time(23, 59), dt.UTC))
    monkeypatch.setattr(clock, "now", lambda: moment)
    yield from _on(loaded, tmp_path, monkeypatch)


@pytest.fixture
def empty_dashboard(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dashboard]:
    yield from _on(made, tmp_path, monkeypatch)


def _on(original: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dashboard]:
    url = f"sqlite:///{shutil.copy(original, folder / 'readiness.db')}"
    monkeypatch.setenv(URL_VARIABLE, url)
    monkeypatch.setenv("READINESS_USER", ME)
    monkeypatch.setattr(session, "_PROCESS", session._Process())
    monkeypatch.setattr(standings, "_BEHIND", standings._Work())
    yield Dashboard(url)
    if session._PROCESS.store:
        session._PROCESS.store.close()
