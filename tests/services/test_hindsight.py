"""What became of releases, from what is stored of all systems that somebody may read."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event

from readiness.access import Principal
from readiness.decision.hindsight import Hindsight
from readiness.errors import Denied
from readiness.services import hindsight, reviews
from readiness.store import Store
from tests.factories import TODAY, mark
from tests.releases import DANA, PastDesk, on, ten
from tests.stored import CopyOf


def _ten(store: Store, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        ten(PastDesk(store, folder, patch))


@pytest.fixture
def desk(sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PastDesk:
    return PastDesk(sqlite_store, tmp_path, monkeypatch)


def told(store: Store, by: Principal = DANA, days: int = 0) -> Hindsight:
    return hindsight.hindsight(store, by, as_of=on(days))


def outcomes(store: Store, days: int = 0) -> list[str]:
    return [one.outcome for one in told(store, days=days).releases]


def test_ten_releases_say_how_each_verdict_went_and_which_signal_foretold_trouble(copy_of: CopyOf) -> None:
    found = told(copy_of(_ten))
    assert (found.well.held, found.well.n) == (5, 10)
    assert [(one.what, one.well.held, one.well.n) for one in found.levels] == [("staged", 5, 5), ("narrow", 0, 5)]
    (capacity,) = [one for one in found.signals if one.foretold]
    assert (capacity.signal, capacity.opened.held, capacity.opened.n, capacity.controlled.held) == ("capacity", 5, 5, 0)
    rules = {one.rule: one for one in found.rules}
    assert (rules["release-rule"].fired, rules["release-rule"].decided, rules["release-rule"].trouble.held) == (5, 5, 5)
    assert not rules["override"].mattered


def test_a_principal_is_told_of_the_systems_they_may_read_and_of_no_other(copy_of: CopyOf) -> None:
    store = copy_of(_ten)
    guest = Principal.of("guest", {"viewer"}, {"desk-0", "desk-3"})
    found = told(store, guest)
    assert {one.system for one in found.releases} == {"desk-0", "desk-3"}
    assert (found.enough, len(found.counted), found.levels) == (False, 2, [])
    assert len(told(store).releases) == 10
    for nobody in (Principal.of("nobody"), Principal.of("rosa", {"admin"})):
        with pytest.raises(Denied):
            told(store, nobody)


def test_no_verdict_is_changed_by_it(desk: PastDesk) -> None:
    desk.release("night-desk", -50)
    before = reviews.load(desk.store, DANA, "night-desk", as_of=TODAY).verdict
    told(desk.store)
    assert reviews.load(desk.store, DANA, "night-desk", as_of=TODAY).verdict == before


def test_what_went_wrong_afterwards_is_not_read_into_the_verdict_of_then(desk: PastDesk) -> None:
    desk.release("night-desk", -50, shown=True)
    desk.incident("night-desk", -50, signal="abstention")
    desk.assess("night-desk", -20, "next", abstention="yes")
    (one,) = told(desk.store).releases
    assert (one.outcome, one.level) == ("trouble", "staged")
    assert one.then is not None
    (answer,) = [answer for answer in one.then.answers if answer.signal == "abstention"]
    assert (answer.is_open, answer.contradicted) == (False, False)
    assert one.then.level == "staged"


def test_an_incident_of_an_earlier_version_that_spoke_against_an_answer_then_is_read(desk: PastDesk) -> None:
    desk.assess("night-desk", -90, "older")
    desk.incident("night-desk", -80, "older")
    desk.release("night-desk", -50)
    (one,) = told(desk.store).releases
    assert one.then is not None
    assert [answer.signal for answer in one.then.answers if answer.contradicted] == ["abstention"]
    assert one.outcome == "well"


def test_a_roll_back_and_a_second_begin_are_two_releases(desk: PastDesk) -> None:
    desk.assess("night-desk", -90)
    for days, action in ((-80, "advance"), (-70, "roll back"), (-60, "advance")):
        desk.step("night-desk", days, action)
    second, first = told(desk.store).releases
    assert [(one.began, one.outcome, one.kind) for one in (first, second)] == [
        (on(-80), "trouble", "without a decision"),
        (on(-60), "well", "without a decision"),
    ]
    assert first.level is not None


def test_a_date_that_the_next_assessment_moves_later_has_slipped(desk: PastDesk) -> None:
    desk.release("claims", -95, "c1", capacity=mark("capacity", "yes", due=on(-80), owner="omar"))
    assert outcomes(desk.store, -66) == ["not over"]
    desk.assess("claims", -75, "c2", capacity=mark("capacity", "yes", due=on(-50), owner="omar"))
    (one,) = told(desk.store).releases
    assert (one.outcome, [(slip.was, slip.to) for slip in one.slips]) == ("slipped", [(on(-80), on(-50))])


def test_a_past_day_is_told_what_was_known_on_it(desk: PastDesk) -> None:
    desk.release("night-desk", -50)
    desk.incident("night-desk", -30)
    assert outcomes(desk.store, -51) == []
    assert outcomes(desk.store, -31) == ["not over"]
    assert outcomes(desk.store, -30) == ["trouble"]
    desk.withdraw("night-desk", -5)
    assert outcomes(desk.store) == ["well"]


def test_systems_that_were_put_away_still_tell_what_became_of_their_releases(desk: PastDesk) -> None:
    for slug, days in (("quotes", -60), ("billing", -60)):
        desk.release(slug, days)
    desk.archive("quotes", -40)
    desk.archive("billing", -10)
    found = {one.system: (one.outcome, one.counted) for one in told(desk.store).releases}
    assert found == {"quotes": ("not known", False), "billing": ("well", True)}


def test_seven_queries_read_all_that_is_stored_and_a_write_reads_its_system_again(desk: PastDesk) -> None:
    desk.release("night-desk", -50)
    desk.release("day-desk", -50)
    statements: list[str] = []
    event.listen(desk.store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def reads() -> tuple[int, int]:
        statements.clear()
        _, behind = hindsight.at_hand(desk.store, DANA, as_of=TODAY)
        head, *others = [each for each in statements if each.startswith("SELECT")]
        assert "hash" in head
        return len(others), behind

    assert [reads(), reads()] == [(7, 2), (0, 2)]
    told(desk.store)
    assert reads() == (0, 0)
    desk.release("evening-desk", -40)
    assert reads() == (7, 1)
    told(desk.store)
    desk.incident("day-desk", -30)
    assert reads() == (7, 1)
