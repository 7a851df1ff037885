from __future__ import annotations

from pathlib import Path

import pytest

from readiness.errors import Denied
from readiness.services import reviews, revisions
from readiness.services import revisions as revisions_service
from readiness.store import Store
from tests import factories, files
from tests.factories import SLUG, TODAY


def test_every_revision_is_told_with_what_it_changed_newest_first(sqlite_store: Store, tmp_path: Path) -> None:
    dana, omar = factories.principal(), factories.principal(name="omar")
    files.keep(sqlite_store, files.assessment(tmp_path))
    found = reviews.load(sqlite_store, dana, SLUG, as_of=TODAY)
    for seen, cadence in ((1, "daily"), (2, "monthly")):
        plan = factories.monitoring(review_cadence=cadence)
        revisions_service.save(sqlite_store, omar, SLUG, found.assessment_id, plan, seen=seen)
    told = revisions.history(sqlite_store, dana, found)
    assert [(each.title, each.number, each.by) for each in told] == [
        ("Monitoring plan", 3, "omar"),
        ("Monitoring plan", 2, "omar"),
        ("Monitoring plan", 1, "dana"),
        ("Release policy", 1, "dana"),
    ]
    assert told[0].changes == ("Review cadence: “daily” → “monthly”",)
    assert told[1].changes == ("Review cadence: “weekly” → “daily”",)
    assert told[3].changes[:2] == (
        "Gate task_success added: minimum 0.9, worse by at most 0.05",
        "Stage canary added: share 5 %, duration 48 h, goes on if “no incident”",
    )


def test_the_revisions_are_for_those_who_may_read(sqlite_store: Store, tmp_path: Path) -> None:
    files.keep(sqlite_store, files.assessment(tmp_path))
    found = reviews.load(sqlite_store, factories.principal(), SLUG, as_of=TODAY)
    with pytest.raises(Denied):
        revisions.history(sqlite_store, factories.principal("nobody"), found)
