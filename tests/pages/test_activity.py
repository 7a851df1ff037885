"""Every write, and whether the chain of them is whole."""

from __future__ import annotations

from sqlalchemy import text

from readiness.store import queries
from tests import factories
from tests.pages.dashboard import Dashboard
from tests.stored import add_evidence

SYSTEM = "freight-support"


def test_the_answer_is_the_chain_and_every_event_is_listed_newest_first(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        events = queries.events(store)
    screen = dashboard.open("activity")
    assert screen.answer == f"Chain intact over {len(events)} events."
    shown = screen.table("When (UTC)")
    assert shown
    assert [row[2] for row in shown] == [event.sentence for event in events[: len(shown)]]
    captions = [caption.value for caption in screen.app.main.caption]
    assert any(caption.startswith("What is stored of ") for caption in captions)
    assert any(events[0].hash[:16] in caption for caption in captions)


def test_a_system_and_a_person_narrow_the_list(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        file = factories.evidence("late.csv")
        add_evidence(store, factories.principal(), SYSTEM, file, (factories.cell(),))
    screen = dashboard.open("activity", system=SYSTEM, only="true")
    systems = {row[3] for row in screen.table("When (UTC)")}
    assert systems == {SYSTEM}
    screen.choose("selectbox", "Person", "dana")
    assert [row[1:3] for row in screen.table("When (UTC)")] == [
        ["dana", "Stored 1 scorecard cell of freight-support from late.csv"]
    ]


def test_an_address_with_the_keys_of_before_shows_what_it_showed(dashboard: Dashboard) -> None:
    screen = dashboard.open("activity", of=SYSTEM)
    assert {row[3] for row in screen.table("When (UTC)")} == {SYSTEM}
    screen = dashboard.open("portfolio", lead="ines.albrecht@example.com")
    assert screen.app.selectbox(key="owner").value == "ines.albrecht@example.com"
    screen = dashboard.open("scorecard", system=SYSTEM, by="language")
    assert screen.app.selectbox(key="dimension").value == "language"


def test_a_record_that_somebody_changed_is_said_first(dashboard: Dashboard) -> None:
    with dashboard.store() as store, store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER event_no_update"))
        connection.execute(text("UPDATE event SET actor = 'nobody' WHERE seq = 3"))
    screen = dashboard.open("activity")
    assert screen.answer == "The chain is broken at event 3: somebody changed the record."


def test_an_empty_store_says_what_is_listed_here(empty_dashboard: Dashboard) -> None:
    screen = empty_dashboard.open("activity")
    assert screen.answer == "Chain intact over 0 events."
    assert "Nothing happened here yet." in screen.text


def test_a_fact_that_was_changed_behind_the_record_is_said_with_its_event(dashboard: Dashboard) -> None:
    with dashboard.store() as store, store.engine.begin() as connection:
        connection.execute(text("UPDATE assessment SET author = 'nobody'"))
    screen = dashboard.open("activity", system=SYSTEM)
    behind = screen.app.main.caption[0].value.replace("\\", "")
    assert behind.startswith("Changed behind the record: assessment ")
    assert "other than event" in behind
