from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import event

from readiness.access import Principal
from readiness.model.assessment import Assessment, System
from readiness.review.items import OpenGap
from readiness.services import gaps as gaps_service
from readiness.services import reviews
from readiness.store import Store
from tests import factories, files
from tests.factories import SLUG, TODAY, mark

DANA = factories.principal()


@pytest.fixture
def several(store: Store, tmp_path: Path, noon: dt.datetime) -> Store:
    """Three systems; the first has an earlier assessment whose gaps are history."""
    for slug, days, others in (
        (SLUG, -60, {"ownership": "yes"}),
        (SLUG, 0, {"capacity": "yes", "traceability": mark("traceability", "partial", due=None)}),
        ("desk", 0, {"abstention": mark("abstention", "yes", due=TODAY - dt.timedelta(days=3))}),
        ("calm", 0, {}),
    ):
        file = files.whole(**others)
        file.system = System(slug=slug, name=slug)
        file.assessment = Assessment(candidate=f"v{days}", assessed_on=TODAY + dt.timedelta(days=days))
        files.keep(store, files.assessment(tmp_path, file, f"{slug}{days}.toml"))
    (gap, *_) = reviews.load(store, DANA, SLUG, as_of=TODAY).gaps
    due = TODAY + dt.timedelta(days=30)
    gaps_service.change(store, DANA, gap.id, seen=1, due=due, owner="rosa", action="", reason="vendor")
    return store


def facts(gap: OpenGap) -> tuple[object, ...]:
    moves = [(move.before, move.after, move.reason) for move in gap.moves]
    return gap.id, gap.row_version, gap.system, gap.signal, gap.mark, moves, gap.days_over, gap.slips


def test_the_gaps_of_all_systems_are_those_of_their_reviews_by_due_date(several: Store) -> None:
    found = gaps_service.every(several, DANA, as_of=TODAY)
    every = [gap for each in reviews.every(several, DANA, as_of=TODAY) for gap in each.gaps]
    assert sorted(map(facts, found), key=repr) == sorted(map(facts, every), key=repr)
    assert [(gap.system, gap.signal.id, gap.days_over, gap.slips) for gap in found] == [
        ("desk", "abstention", 3, 0),
        (SLUG, "capacity", 0, 1),
        (SLUG, "traceability", 0, 0),
    ]


def test_only_gaps_that_a_principal_may_read_are_listed(several: Store) -> None:
    guest = Principal("guest", frozenset({"viewer"}), frozenset({"desk"}))
    assert {gap.system for gap in gaps_service.every(several, guest, as_of=TODAY)} == {"desk"}
    assert gaps_service.every(several, Principal("nobody"), as_of=TODAY) == []


def test_three_queries_read_them_and_none_reads_evidence(several: Store) -> None:
    statements: list[str] = []
    event.listen(several.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    gaps_service.every(several, DANA, as_of=TODAY)
    read = [each for each in statements if each.startswith("SELECT")]
    assert len(read) == 3
    assert not any(f"FROM {table}" in each for each in read for table in ("cell", "trace", "evidence"))
