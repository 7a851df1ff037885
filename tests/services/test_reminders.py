from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier
from typing import ClassVar

import pytest

from readiness import clock
from readiness.access import Principal
from readiness.errors import Unreachable
from readiness.portfolio.digest import Digest
from readiness.services import Store, evidence, gaps, open_store, people, reminders, systems
from readiness.store import queries
from tests import factories, files
from tests.factories import SLUG, TODAY
from tests.stored import CopyOf

DANA = factories.principal()


@dataclass
class Kept:
    """A way that keeps what it is given, and refuses as long as it is told to."""

    channel: ClassVar[str] = "word"
    needs_address: ClassVar[bool] = False
    received: list[Digest] = field(default_factory=list)
    down: BaseException | None = None

    def send(self, digest: Digest) -> None:
        if self.down:
            raise self.down
        self.received.append(digest)


class Mailed(Kept):
    channel = "mail"
    needs_address = True


@pytest.fixture
def store(copy_of: CopyOf, noon: dt.datetime) -> Store:
    return copy_of(_two_gaps)


def _two_gaps(store: Store, _: Path) -> None:
    """A gap of Omar that is due in two weeks, and one of nobody in a system of Rosa's."""
    file = files.whole(
        capacity=factories.mark("capacity", "yes"), ownership=factories.mark("ownership", "yes", owner="TBD")
    )
    evidence.add_assessment(store, DANA, file, name="a.toml", digest="1" * 64, as_of=TODAY)
    system = systems.one(store, DANA, SLUG)
    rosas = system.record.model_copy(update={"owner": "rosa@example.com"})
    systems.edit(store, DANA, rosas, seen=system.row_version)
    people.add(store, DANA, "omar@example.com", "Omar")


def told(store: Store, as_of: dt.date = TODAY) -> list[tuple[str, list[str]]]:
    return [
        (one.recipient.address, [key.signal for key in one.keys])
        for one in reminders.due(store, DANA, "word", as_of=as_of)
    ]


def test_a_gap_of_nobody_goes_to_the_owner_of_its_system_and_so_does_one_of_somebody_who_left(store: Store) -> None:
    assert told(store) == [("omar@example.com", ["capacity"]), ("rosa@example.com", ["ownership"])]
    person = people.every(store, DANA)[0]
    people.edit(store, DANA, person.id, seen=person.row_version, name="Omar", left_on=TODAY)
    assert told(store) == [("rosa@example.com", ["capacity", "ownership"])]


def test_what_was_accepted_is_sent_once_and_stands_in_the_record(store: Store) -> None:
    way = Kept()
    done = reminders.send(store, DANA, [way], as_of=TODAY)
    assert [one.sentence for one in done] == [
        "Told Omar by word of 1 gap",
        "Told rosa@example.com by word of 1 gap",
    ]
    assert reminders.send(store, DANA, [way], as_of=TODAY + dt.timedelta(3)) == []
    assert len(way.received) == 2
    event = queries.events(store, limit=1)[0]
    assert (event.action, event.actor, event.sentence) == ("remind", "dana", "Told rosa@example.com by word of 1 gap")
    assert told(store, TODAY + dt.timedelta(7)) == [
        ("omar@example.com", ["capacity"]),
        ("rosa@example.com", ["ownership"]),
    ]
    assert len(reminders.due(store, DANA, "another", as_of=TODAY)) == 2


def test_whoever_sends_without_reading_is_told_how_many_go_out_and_sends_them_all(store: Store) -> None:
    way, eve = Kept(), Principal.of("eve", {"admin"}, {SLUG})
    assert reminders.due(store, eve, "word", as_of=TODAY) == []
    assert reminders.withheld(store, eve, "word", as_of=TODAY) == 2
    assert reminders.withheld(store, DANA, "word", as_of=TODAY) == 0
    assert [one.accepted for one in reminders.send(store, eve, [way], as_of=TODAY)] == [True, True]
    assert sum(len(one.items) for one in way.received) == 2


def test_what_was_not_accepted_is_due_again_and_the_others_are_sent(store: Store) -> None:
    way = Kept(down=Unreachable("the webhook answered 500"))
    assert {(one.sentence, one.accepted) for one in reminders.send(store, DANA, [way], as_of=TODAY)} == {
        ("Omar: the webhook answered 500", False),
        ("rosa@example.com: the webhook answered 500", False),
    }
    way.down = None
    assert len(reminders.send(store, DANA, [way], as_of=TODAY)) == 2
    assert len(way.received) == 2


def test_somebody_without_an_address_is_not_mailed_and_it_is_said(store: Store) -> None:
    gap = next(one for one in gaps.every(store, DANA, as_of=TODAY) if one.signal.id == "capacity")
    gaps.change(store, DANA, gap.id, seen=gap.row_version, due=gap.mark.due, owner="Lena", action="x")
    done = reminders.send(store, DANA, [Mailed()], as_of=TODAY)
    assert [(one.sentence, one.accepted) for one in done] == [
        ("Lena has no address; Readiness: 1 gap due soon was not sent", False),
        ("Told rosa@example.com by mail of 1 gap", True),
    ]


def test_an_interruption_gives_back_what_was_claimed(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt):
        reminders.send(store, DANA, [Kept(down=KeyboardInterrupt())], as_of=TODAY)
    assert len(told(store)) == 2


def test_a_claim_of_somebody_who_is_gone_holds_for_an_hour(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    one = reminders.due(store, DANA, "word", as_of=TODAY)[0]
    with store.writing() as session:
        from readiness.store.changes import reminders as changes

        changes.claim(session, "word", one.keys, clock.now())
    assert told(store) == [("rosa@example.com", ["ownership"])]
    later = clock.now() + dt.timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert len(told(store)) == 2
    assert [one.accepted for one in reminders.send(store, DANA, [Kept()], as_of=TODAY)] == [True, True]


def test_several_that_send_at_the_same_time_send_each_reminder_once(store: Store) -> None:
    ways, start = [Kept() for _ in range(4)], Barrier(4)

    def send(way: Kept) -> None:
        with closing(open_store(store.url)) as own:
            start.wait()
            reminders.send(own, DANA, [way], as_of=TODAY)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, ways))
    assert sorted(one.recipient.address for way in ways for one in way.received) == [
        "omar@example.com",
        "rosa@example.com",
    ]


def test_reminders_go_with_their_system(store: Store) -> None:
    reminders.send(store, DANA, [Kept()], as_of=TODAY)
    systems.archive(store, DANA, SLUG, "over", seen=systems.one(store, DANA, SLUG).row_version)
    assert told(store) == []
    systems.delete(store, DANA, SLUG, "over", seen=systems.one(store, DANA, SLUG).row_version)
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM reminder").scalar() == 0
