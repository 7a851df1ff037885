from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from readiness.access import Principal
from readiness.model.assessment import Assessment, System
from readiness.review.items import OpenGap
from readiness.services import gaps as gaps_service
from readiness.services import open_store, reviews
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
    guest = Principal.of("guest", {"viewer"}, {"desk"})
    assert {gap.system for gap in gaps_service.every(several, guest, as_of=TODAY)} == {"desk"}
    assert gaps_service.every(several, Principal.of("nobody"), as_of=TODAY) == []


def test_three_queries_read_them_after_a_write_and_none_reads_evidence(several: Store) -> None:
    statements: list[str] = []
    event.listen(several.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def read() -> list[str]:
        statements.clear()
        gaps_service.every(several, DANA, as_of=TODAY)
        (heads, *others) = [each for each in statements if each.startswith("SELECT")]
        assert "FROM event" in heads
        return others

    for expected in (3, 0):
        others = read()
        assert len(others) == expected
        assert not any(f"FROM {table}" in each for each in others for table in ("cell", "trace", "evidence"))


def test_a_write_is_seen_and_leaves_the_gaps_of_other_systems_as_they_were(several: Store) -> None:
    before = gaps_service.every(several, DANA, as_of=TODAY)
    gap, due = before[0], TODAY + dt.timedelta(days=100)
    gaps_service.change(
        several, DANA, gap.id, seen=gap.row_version, due=due, owner="noor", action=gap.mark.action, reason="later"
    )
    after = {one.id: one for one in gaps_service.every(several, DANA, as_of=TODAY)}
    assert (after[gap.id].mark.due, after[gap.id].mark.owner, len(after[gap.id].moves)) == (due, "noor", 1)
    assert [after[one.id] for one in before[1:]] == before[1:]
    others = [one for one in before if one.system != gap.system]
    assert others
    assert all(after[one.id] is one for one in others)
    with closing(open_store(several.url)) as afresh:
        assert gaps_service.every(afresh, DANA, as_of=TODAY) == sorted(
            after.values(), key=lambda one: (one.mark.due or dt.date.max, one.system, one.id)
        )
    tomorrow = gaps_service.every(several, DANA, as_of=TODAY + dt.timedelta(days=1))
    assert {one.as_of for one in tomorrow} == {TODAY + dt.timedelta(days=1)}
