"""Answers and gaps that may not be changed as somebody wants to, and what is kept of those that were."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness import clock
from readiness.access import Principal
from readiness.errors import InputError
from readiness.model.assessment import Assessment, Mark
from readiness.model.dossier import Done, Stored
from readiness.services import evidence as evidence_service
from readiness.services import gaps as gaps_service
from readiness.services import marks as marks_service
from readiness.store import Store, queries
from tests import factories
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY, mark

DANA, ROSA = factories.principal(), factories.principal(name="rosa")
GAP = mark("capacity", "yes")


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


@pytest.fixture(autouse=True)
def today(noon: dt.datetime) -> None:
    """Everything happens at noon of one day."""


def put(store: Store, *marks: Mark, candidate: str = CANDIDATE, days: int = 0) -> dict[str, Stored[Mark]]:
    """What is stored of the assessment in force once one with these answers is."""
    about = Assessment(candidate=candidate, baseline=BASELINE, assessed_on=day(days))
    file = factories.assessment_file(*(marks or (GAP,)), assessment=about)
    digest = factories.digest(f"{candidate} {days}")
    evidence_service.add_assessment(store, DANA, file, name="a.toml", digest=digest, as_of=day(max(days, 0)))
    dossier = queries.dossier(store, SLUG)
    return dict(dossier.marks)


def change(store: Store, gap: Stored[Mark], by: Principal = DANA, reason: str = "", **fields: object) -> Done:
    kept = {name: getattr(gap.record, name) for name in ("due", "owner", "action")} | fields
    return gaps_service.change(store, by, gap.id, seen=gap.row_version, reason=reason, **kept)


def answer(store: Store, given: Mark, by: Principal = DANA, reason: str = "") -> Done:
    dossier = queries.dossier(store, SLUG)
    seen = dossier.marks[given.signal].row_version if given.signal in dossier.marks else 0
    return marks_service.answer(store, by, SLUG, dossier.assessment.id, given, seen=seen, reason=reason)


def test_a_gap_of_an_earlier_assessment_is_refused_with_the_one_that_is_open_now(sqlite_store: Store) -> None:
    old = put(sqlite_store, candidate="2026.10", days=-40)["capacity"]
    now = put(sqlite_store)["capacity"]
    with pytest.raises(InputError) as refused:
        change(sqlite_store, old, owner="rosa")
    assert str(refused.value) == (
        f"gap {old.id} is of an earlier assessment of {SLUG}, of 11 Oct 2026; "
        f"expected {now.id}, the gap of capacity that is open now."
    )
    assert change(sqlite_store, now, owner="rosa").changed


@pytest.mark.parametrize("given", [mark("capacity", "no"), mark("abstention", "yes")])
def test_where_that_gap_is_closed_now_those_that_are_open_are_pointed_to(sqlite_store: Store, given: Mark) -> None:
    old = put(sqlite_store, candidate="2026.10", days=-40)["capacity"]
    put(sqlite_store, given)
    with pytest.raises(InputError, match="expected an id that readiness gaps lists"):
        change(sqlite_store, old, owner="rosa")


def test_a_gap_that_holds_only_in_part_is_open_too(sqlite_store: Store) -> None:
    old = put(sqlite_store, candidate="2026.10", days=-40)["capacity"]
    now = put(sqlite_store, mark("capacity", "partial"))["capacity"]
    with pytest.raises(InputError, match=f"expected {now.id}, the gap of capacity that is open now"):
        change(sqlite_store, old, owner="rosa")


def test_a_gap_of_an_assessment_that_is_still_to_come_is_refused(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = put(sqlite_store, days=-9)["capacity"]
    later = put(sqlite_store, candidate="2026.12")["capacity"]
    monkeypatch.setattr(clock, "today", lambda: day(-3))
    with pytest.raises(InputError) as refused:
        change(sqlite_store, later, owner="rosa")
    assert str(refused.value) == (
        f"gap {later.id} is of a later assessment of {SLUG}, of 20 Nov 2026; "
        f"expected {now.id}, the gap of capacity that is open now."
    )
    monkeypatch.setattr(clock, "today", lambda: day(-30))
    with pytest.raises(InputError, match=r"is of a later assessment .*; expected an id that readiness gaps lists"):
        change(sqlite_store, later, owner="rosa")


def test_what_is_no_gap_cannot_be_moved(sqlite_store: Store) -> None:
    closed = put(sqlite_store, mark("capacity", "no"))["capacity"]
    with pytest.raises(InputError) as refused:
        change(sqlite_store, closed, owner="rosa")
    assert str(refused.value) == f"gap {closed.id}: capacity is not a gap; expected a partial or a yes."


@pytest.mark.parametrize("due", [day(-1), day(365 * 4)])
def test_a_due_date_that_cannot_be_one_is_refused_of_a_gap_and_of_an_answer(sqlite_store: Store, due: dt.date) -> None:
    gap = put(sqlite_store)["capacity"]
    with pytest.raises(InputError, match="expected a date from 20 Nov 2026 to 20 Nov 2029"):
        change(sqlite_store, gap, due=due, reason="vendor")
    for value in ("yes", "partial"):
        with pytest.raises(InputError, match="expected a date from 20 Nov 2026 to 20 Nov 2029"):
            answer(sqlite_store, mark("capacity", value, due=due), reason="vendor")
    assert queries.dossier(sqlite_store, SLUG).marks["capacity"] == gap


def test_a_date_that_stays_as_it_is_is_not_held_against_the_calendar_again(sqlite_store: Store) -> None:
    overdue = put(sqlite_store, mark("capacity", "yes", due=day(-9)))["capacity"]
    assert change(sqlite_store, overdue, owner="rosa").sentence == "Gap capacity updated"
    assert answer(sqlite_store, mark("capacity", "yes", due=day(-9), note="seen")).changed


def test_everybody_who_had_a_hand_in_an_answer_is_kept_once(sqlite_store: Store) -> None:
    put(sqlite_store)
    for by, note in ((ROSA, "a"), (DANA, "b"), (ROSA, "c")):
        answer(sqlite_store, mark("capacity", "yes", note=note), by)
    wrote = [contribution.by for contribution in queries.dossier(sqlite_store, SLUG).wrote]
    assert set(wrote) == {"dana", "rosa"}


def test_moves_of_an_answer_and_of_a_gap_are_kept_with_their_reason(sqlite_store: Store) -> None:
    gap = put(sqlite_store)["capacity"]
    answer(sqlite_store, mark("capacity", "yes", due=day(30)), reason="vendor")
    now = queries.dossier(sqlite_store, SLUG).marks["capacity"]
    change(sqlite_store, now, ROSA, due=day(9))
    moves = queries.dossier(sqlite_store, SLUG).moves[gap.id]
    assert [(move.before, move.after, move.reason, move.by) for move in moves] == [
        (GAP.due, day(30), "vendor", "dana"),
        (day(30), day(9), "", "rosa"),
    ]


def test_owner_and_next_action_of_a_gap_are_kept_as_they_were_stated(sqlite_store: Store) -> None:
    gap = put(sqlite_store)["capacity"]
    change(sqlite_store, gap, owner="rosa", action="Call the vendor")
    now = queries.dossier(sqlite_store, SLUG).marks["capacity"].record
    assert now == GAP.model_copy(update={"owner": "rosa", "action": "Call the vendor"})


OPEN = mark("capacity", "yes", due=None)
LATER = "moving the due date from 4 Dec 2026 to 20 Dec 2026 has no reason"


def test_a_gap_that_has_no_date_yet_is_held_to_the_one_that_it_had_in_the_assessment_before(
    sqlite_store: Store,
) -> None:
    put(sqlite_store, candidate="2026.10", days=-40)
    gap = put(sqlite_store, OPEN)["capacity"]
    with pytest.raises(InputError, match=LATER):
        change(sqlite_store, gap, due=day(30))
    change(sqlite_store, gap, owner="rosa")
    assert queries.dossier(sqlite_store, SLUG).moves.get(gap.id, []) == []
    now = queries.dossier(sqlite_store, SLUG).marks["capacity"]
    change(sqlite_store, now, due=day(30), reason="vendor")
    (move,) = queries.dossier(sqlite_store, SLUG).moves[gap.id]
    assert (move.before, move.after, move.reason) == (GAP.due, day(30), "vendor")


def test_an_answer_that_is_a_gap_again_is_held_to_the_date_that_it_had_in_the_assessment_before(
    sqlite_store: Store,
) -> None:
    put(sqlite_store, candidate="2026.10", days=-40)
    put(sqlite_store, mark("abstention", "no"))
    with pytest.raises(InputError, match=LATER):
        answer(sqlite_store, mark("capacity", "yes", due=day(30)))
    answer(sqlite_store, OPEN)
    gap = queries.dossier(sqlite_store, SLUG).marks["capacity"]
    assert queries.dossier(sqlite_store, SLUG).moves.get(gap.id, []) == []
    answer(sqlite_store, mark("capacity", "yes", due=day(30)), reason="vendor")
    (move,) = queries.dossier(sqlite_store, SLUG).moves[gap.id]
    assert (move.before, move.after, move.reason) == (GAP.due, day(30), "vendor")


def test_a_gap_that_gets_the_date_that_it_had_in_the_assessment_before_is_not_moved(sqlite_store: Store) -> None:
    put(sqlite_store, GAP, mark("abstention", "yes"), candidate="2026.10", days=-40)
    gap = put(sqlite_store, OPEN)["capacity"]
    change(sqlite_store, gap, due=GAP.due)
    answer(sqlite_store, mark("abstention", "yes"))
    assert {id_: moves for id_, moves in queries.dossier(sqlite_store, SLUG).moves.items() if moves} == {}
