from __future__ import annotations

import datetime as dt
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from readiness.access import Principal
from readiness.errors import Conflict, Conflicts, Denied, InputError, ReadinessError
from readiness.model.assessment import Assessment, System
from readiness.review.items import OpenGap
from readiness.services import gaps as gaps_service
from readiness.services import open_store, reviews
from readiness.services.gaps import Closing, GapEdit
from readiness.store import Store, queries
from tests import factories, files
from tests.factories import SLUG, TODAY, mark
from tests.soak import scaled
from tests.stored import CopyOf

DANA = factories.principal()


@pytest.fixture
def several(copy_of: CopyOf, noon: dt.datetime) -> Store:
    return copy_of(filled)


@pytest.fixture
def several_once(sqlite_store: Store, tmp_path: Path, noon: dt.datetime) -> Store:
    return filled(sqlite_store, tmp_path)


def filled(store: Store, tmp_path: Path) -> Store:
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


def test_four_queries_read_them_after_a_write_and_none_reads_evidence(several: Store) -> None:
    statements: list[str] = []
    event.listen(several.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def read() -> list[str]:
        statements.clear()
        gaps_service.every(several, DANA, as_of=TODAY)
        (head, *others) = [each for each in statements if each.startswith("SELECT")]
        assert "FROM event" in head
        return others

    for expected in (4, 0):
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


def stored(store: Store) -> dict[int, OpenGap]:
    return {gap.id: gap for gap in gaps_service.every(store, DANA, as_of=TODAY)}


def edit(gap: OpenGap, **fields: Any) -> GapEdit:
    kept = {name: getattr(gap.mark, name) for name in ("due", "owner", "action")}
    return GapEdit(gap.id, gap.row_version, **kept | fields)


def test_gaps_of_several_systems_change_together_each_with_an_event_and_the_one_reason(several: Store) -> None:
    gaps = list(stored(several).values())
    due = TODAY + dt.timedelta(days=90)
    done = gaps_service.change_many(several, DANA, [edit(gap, due=due) for gap in gaps], reason="the freeze")
    assert done.sentence == "Stored 3 gaps; reason kept"
    assert {gap.mark.due for gap in stored(several).values()} == {due}
    events = queries.events(several, limit=3)
    assert {event.system for event in events} == {SLUG, "desk"}
    assert {event.detail["reason"] for event in events} == {"the freeze"}


def test_all_that_others_changed_is_told_gap_by_gap_and_nothing_is_stored(several: Store) -> None:
    before = stored(several)
    first, second, third = before.values()
    for gap in (first, third):
        gaps_service.change(
            several, DANA, gap.id, seen=gap.row_version, due=gap.mark.due, owner="noor", action=gap.mark.action
        )
    meanwhile = stored(several)
    with pytest.raises(Conflicts) as lost:
        gaps_service.change_many(several, DANA, [edit(gap, owner="mei") for gap in (first, second, third)])
    assert [(one.row, one.theirs, one.version) for one in lost.value.each] == [
        (gap.id, {"owner": "noor"}, gap.row_version + 1) for gap in (first, third)
    ]
    assert stored(several) == meanwhile


def test_an_owner_moves_gaps_of_their_own_together_and_no_others(several: Store) -> None:
    first, second, third = stored(several).values()
    for gap in (first, second):
        gaps_service.change(
            several, DANA, gap.id, seen=gap.row_version, due=gap.mark.due, owner="lena", action=gap.mark.action
        )
    lena, now = factories.principal("owner", name="lena"), stored(several)
    own, others = [now[first.id], now[second.id]], now[third.id]
    assert [gaps_service.movable(lena, gap) for gap in (*own, others)] == [True, True, False]
    with pytest.raises(Denied):
        gaps_service.change_many(several, lena, [edit(gap, action="Ask") for gap in (*own, others)])
    assert stored(several) == now
    gaps_service.change_many(several, lena, [edit(gap, action="Ask") for gap in own])
    assert [stored(several)[gap.id].mark.action for gap in (*own, others)] == ["Ask", "Ask", others.mark.action]


@given(
    st.lists(
        st.tuples(st.integers(-400, 1500), st.sampled_from([0, -1]), st.sampled_from(["", "omar", "x" * 400])),
        min_size=3,
        max_size=3,
    ),
    st.sampled_from(["", "the freeze"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=scaled(8))
def test_either_every_gap_is_as_it_was_asked_for_or_every_gap_is_as_it_was(
    several_once: Store, wanted: list[tuple[int, int, str]], reason: str
) -> None:
    before = stored(several_once)
    edits = [
        replace(edit(gap, due=TODAY + dt.timedelta(days=days), owner=owner), seen=gap.row_version + stale)
        for gap, (days, stale, owner) in zip(before.values(), wanted, strict=True)
    ]
    try:
        gaps_service.change_many(several_once, DANA, edits, reason=reason)
    except ReadinessError:
        assert stored(several_once) == before
    else:
        now = stored(several_once)
        assert [(now[one.id].mark.due, now[one.id].mark.owner) for one in edits] == [
            (one.due, one.owner) for one in edits
        ]


@pytest.mark.parametrize("signal", ["abstention", "rollback-rehearsal", "capacity"])
def test_the_verdict_that_is_foreseen_is_the_one_that_closing_the_gap_gives(
    sqlite_store: Store, tmp_path: Path, noon: dt.datetime, signal: str
) -> None:
    opened: dict[str, files.Answer] = {signal.replace("-", "_"): "yes"}
    files.keep(sqlite_store, files.assessment(tmp_path, files.whole(**opened)))
    (gap,) = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY).gaps
    closing = Closing(gap, "Tested again", ("run 12", " "))
    now, then = gaps_service.foresee(sqlite_store, DANA, closing, as_of=TODAY)
    assert now == reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY).verdict
    gaps_service.close(sqlite_store, DANA, closing)
    after = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY)
    assert after.verdict == then
    assert not after.gaps


def test_a_gap_is_not_closed_without_finding_and_evidence_nor_after_somebody_changed_it(several: Store) -> None:
    gap, *_ = stored(several).values()
    before = stored(several)
    for finding, evidence in ((" ", ("run 12",)), ("Tested", ("", " "))):
        with pytest.raises(InputError):
            gaps_service.close(several, DANA, Closing(gap, finding, evidence))
    with pytest.raises(Conflict):
        gaps_service.close(several, DANA, Closing(replace(gap, row_version=9), "Tested", ("run 12",)))
    assert stored(several) == before
