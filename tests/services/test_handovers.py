"""A gap changes hands on the yes of whom it is offered to, and in no other way."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from readiness.access import Principal
from readiness.errors import Denied, InputError, NotFound
from readiness.model.assessment import Mark
from readiness.model.dossier import Handover
from readiness.services import gaps, handovers, reviews
from readiness.store import Store, queries
from tests import factories, files
from tests.factories import SLUG, TODAY
from tests.stored import CopyOf

DANA = factories.principal()
OMAR, ROSA = (factories.principal("owner", name=name) for name in ("omar", "rosa"))
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def filled(copy_of: CopyOf) -> Store:
    return copy_of(_one_gap)


def _one_gap(store: Store, folder: Path) -> None:
    file = files.whole(capacity=factories.mark("capacity", "yes", owner="omar"))
    files.keep(store, files.assessment(folder, file))


def gap(store: Store) -> tuple[int, Mark]:
    stored = queries.dossier(store, SLUG).marks["capacity"]
    return stored.id, stored.record


def offered(store: Store) -> Handover:
    handovers.offer(store, OMAR, gap(store)[0], " rosa ", "You know the cluster")
    (found,) = handovers.mine(store, ROSA)
    return found


def test_an_offer_is_shown_to_its_receiver_and_changes_nothing(filled: Store) -> None:
    before = gap(filled)
    found = offered(filled)
    assert (found.system, found.gap_id, found.by, found.note) == (SLUG, before[0], "omar", "You know the cluster")
    assert gap(filled) == before
    assert handovers.every(filled, DANA) == [found]
    assert handovers.mine(filled, OMAR) == []


def test_the_gap_is_the_receivers_once_they_accept_and_both_are_on_record(filled: Store) -> None:
    _, before = gap(filled)
    done = handovers.answer(filled, ROSA, offered(filled).id, accept=True)
    assert done.sentence == "Accepted capacity, offered by omar to rosa"
    assert gap(filled)[1] == before.model_copy(update={"owner": "rosa"})
    assert handovers.every(filled, DANA) == []
    assert [(event.action, event.actor) for event in queries.events(filled, limit=3)] == [
        ("gap.answer", "rosa"),
        ("gap.move", "rosa"),
        ("gap.offer", "omar"),
    ]
    moved, *_ = reviews.load(filled, DANA, SLUG, as_of=TODAY).gaps
    assert gaps.movable(ROSA, moved)
    assert not gaps.movable(OMAR, moved)


@pytest.mark.parametrize(("by", "verb"), [(ROSA, "Turned down"), (OMAR, "Withdrew")])
def test_it_stays_where_it_is_when_the_receiver_declines_or_the_owner_takes_it_back(
    filled: Store, by: Principal, verb: str
) -> None:
    before = gap(filled)
    done = handovers.answer(filled, by, offered(filled).id, accept=False)
    assert done.sentence.startswith(verb)
    assert gap(filled) == before
    assert handovers.every(filled, DANA) == []
    assert offered(filled), "it can be offered again"


def test_nobody_but_the_receiver_says_yes_for_them(filled: Store) -> None:
    found = offered(filled)
    before = gap(filled)
    for by in (OMAR, DANA, factories.principal("owner", name="eve")):
        with pytest.raises(Denied):
            handovers.answer(filled, by, found.id, accept=True)
    with pytest.raises(Denied):
        handovers.answer(filled, factories.principal("owner", name="eve"), found.id, accept=False)
    assert gap(filled) == before
    assert handovers.mine(filled, ROSA) == [found]


@pytest.mark.parametrize("to", ["", " – ", "nobody", "OMAR", "x" * 400])
def test_an_offer_to_nobody_or_to_its_owner_is_refused(filled: Store, to: str) -> None:
    with pytest.raises(InputError):
        handovers.offer(filled, OMAR, gap(filled)[0], to)
    assert handovers.every(filled, DANA) == []


def test_an_offer_is_made_once_and_answered_once(filled: Store) -> None:
    found = offered(filled)
    with pytest.raises(InputError, match="capacity is offered to rosa already"):
        handovers.offer(filled, OMAR, found.gap_id, "mei")
    handovers.answer(filled, ROSA, found.id, accept=True)
    with pytest.raises(InputError, match="was answered already"):
        handovers.answer(filled, ROSA, found.id, accept=False)
    with pytest.raises(NotFound):
        handovers.answer(filled, ROSA, 999, accept=True)


def test_a_gap_that_is_closed_or_of_an_earlier_assessment_is_not_offered_nor_taken(
    filled: Store, tmp_path: Path
) -> None:
    found = offered(filled)
    later = files.whole(capacity="yes")
    later.assessment = later.assessment.model_copy(
        update={"candidate": "2027.01", "assessed_on": TODAY - dt.timedelta(days=0)}
    )
    files.keep(filled, files.assessment(tmp_path, later, "later.toml"))
    with pytest.raises(InputError):
        handovers.answer(filled, ROSA, found.id, accept=True)
    with pytest.raises(InputError):
        handovers.offer(filled, DANA, found.gap_id, "mei")
    assert handovers.every(filled, DANA) == [], "an offer of a gap that is history is not shown"
