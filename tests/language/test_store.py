"""What is kept is there for everybody, so nothing of it is in the language of whoever wrote."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from readiness import access, clock, language
from readiness.language import tr
from readiness.services import demo, portfolio, reviews
from readiness.store import Store, open_store, queries
from tests.language import pseudo


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The demo, loaded and looked at by somebody whose language nobody else speaks."""
    path = tmp_path_factory.mktemp("told") / "readiness.db"
    with pseudo.known() as name, language.use(name), closing(open_store(f"sqlite:///{path}")) as opened:
        demo.load(opened, access.local())
        portfolio.statuses(opened, access.local(), as_of=day(opened))
        assert tr("Store") == "⟦Store⟧"
        yield opened


def day(store: Store) -> dt.date:
    return dt.date.fromisoformat(queries.meta(store, demo.DAY_KEY) or clock.today().isoformat())


def test_nothing_that_is_kept_is_in_the_language_of_whoever_wrote(store: Store) -> None:
    """But for where a system stands, which is kept for each language."""
    with closing(sqlite3.connect(Path(str(store.engine.url.database)))) as file:
        rows = [row for row in file.iterdump() if not row.startswith('INSERT INTO "standing"')]
    assert len(rows) > 1_000
    assert [row[:300] for row in rows if "⟦" in row] == []


def test_a_review_is_shared_by_those_who_read_one_language(store: Store) -> None:
    seen = []
    for spoken in ("en", "de", "en"):
        with language.use(spoken):
            seen.append(reviews.load(store, access.local(), "claims-intake", as_of=day(store)))
    assert seen[0] is seen[2]
    assert seen[0] is not seen[1]
