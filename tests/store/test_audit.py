from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, delete, select, update

from readiness.errors import StoreError
from readiness.model.dossier import ChainStatus, Event
from readiness.services import evidence as evidence_service
from readiness.services import gaps as gaps_service
from readiness.store import Store, queries
from readiness.store.audit import GENESIS, digest, verify
from readiness.store.tables import EventRow
from tests import factories, stored
from tests.factories import SLUG, TODAY, assessment_file, evidence, mark
from tests.stored import CopyOf

EVENTS = 4
FIELDS = tuple(EventRow.model_fields)


@pytest.fixture
def written(copy_of: CopyOf) -> Store:
    return copy_of(_written)


def _written(store: Store, _: Path) -> None:
    """A store with events of different actors, actions and details."""
    dana, omar = factories.principal(), factories.principal(name="omar")
    file = assessment_file(mark("capacity", "yes"))
    evidence_service.add_assessment(store, dana, file, name="a.toml", digest=factories.digest("a.toml"), as_of=TODAY)
    gap = queries.dossier(store, SLUG).marks["capacity"]
    gaps_service.change(store, omar, gap.id, seen=1, due=TODAY, owner="日本 – ü", action="Close it", reason="sooner")
    stored.add_evidence(store, dana, SLUG, evidence(), (factories.cell(),))
    evidence_service.remove(store, omar, SLUG, *queries.dossier(store, SLUG).evidence)


@contextmanager
def tampering(store: Store) -> Iterator[Session]:
    """Somebody with the database in their hands: the triggers are gone; nothing stays when the test is done."""
    with Session(store.engine) as session:
        for name in ("event_no_update", "event_no_delete") if store.sqlite else ("event_append_only ON event",):
            session.connection().execute(text(f"DROP TRIGGER {name}"))
        yield session
        session.rollback()


def changed(event: Event, field: str) -> Any:
    """Another value for the field, as close to the true one as it can be."""
    value = getattr(event, field)
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, dt.datetime):
        return value + dt.timedelta(microseconds=1)
    if isinstance(value, dict):
        return value | {"reason": "another"}
    return f"{value} " if field not in ("hash", "previous") else f"{int(value, 16) ^ 1:064x}"


def status(session: Session) -> ChainStatus:
    session.expire_all()
    return verify(session)


def test_a_chain_that_nobody_touched_is_whole(written: Store) -> None:
    found = queries.chain(written)
    newest = queries.events(written)[0]
    assert found == ChainStatus(EVENTS, newest.hash)
    assert [event.seq for event in queries.events(written)] == [4, 3, 2, 1]


def test_an_empty_chain_is_whole(store: Store) -> None:
    assert queries.chain(store) == ChainStatus(0, GENESIS)


def test_a_change_of_any_field_of_any_event_is_found_where_it_is(written: Store) -> None:
    for event, field in itertools.product(queries.events(written), FIELDS):
        with tampering(written) as session:
            values = {field: changed(event, field)}
            session.connection().execute(update(EventRow).where(col(EventRow.seq) == event.seq).values(**values))
            assert (field, status(session).broken_at) == (field, event.seq)
    assert queries.chain(written).broken_at is None


def test_a_change_with_its_own_hash_made_anew_breaks_the_next_event(written: Store) -> None:
    for seq in range(1, EVENTS):
        with tampering(written) as session:
            event = session.exec(select(EventRow).where(EventRow.seq == seq)).one()
            event.actor = "eve"
            event.hash = digest(event)
            session.add(event)
            session.flush()
            assert status(session).broken_at == seq + 1


def test_a_deleted_event_is_found_even_where_the_hole_is_closed(written: Store) -> None:
    for seq in range(1, EVENTS):
        with tampering(written) as session:
            session.connection().execute(delete(EventRow).where(col(EventRow.seq) == seq))
            assert status(session).broken_at == seq
            for later in range(seq + 1, EVENTS + 1):
                renumber(session, later, later - 1)
            assert status(session).broken_at == seq


def renumber(session: Session, before: int, after: int) -> None:
    session.connection().execute(update(EventRow).where(col(EventRow.seq) == before).values(seq=after))


def test_a_chain_that_lost_its_end_no_longer_has_the_head_that_was_kept_elsewhere(written: Store) -> None:
    before = queries.chain(written)
    with tampering(written) as session:
        session.connection().execute(delete(EventRow).where(col(EventRow.seq) == EVENTS))
        after = status(session)
    assert (after.events, after.head) != (before.events, before.head)


def test_events_that_changed_places_are_found(written: Store) -> None:
    for first, second in itertools.combinations(range(1, EVENTS + 1), 2):
        with tampering(written) as session:
            for before, after in ((first, -1), (second, first), (-1, second)):
                renumber(session, before, after)
            assert status(session).broken_at == first


def test_an_event_that_was_slipped_in_at_the_end_is_found(written: Store) -> None:
    newest = queries.events(written)[0]
    with tampering(written) as session:
        session.add(EventRow(**asdict(newest) | {"seq": EVENTS + 1}))
        session.flush()
        assert status(session).broken_at == EVENTS + 1


FORBIDDEN = (
    "UPDATE event SET actor = 'eve'",
    "UPDATE event SET sentence = 'nothing happened' WHERE seq = 2",
    "UPDATE event SET actor = actor",
    "DELETE FROM event",
    "DELETE FROM event WHERE seq = 4",
)


def test_the_database_itself_refuses_to_change_or_to_delete_an_event(written: Store) -> None:
    for statement in (*FORBIDDEN, *([] if written.sqlite else ["TRUNCATE event"])):
        assert_refused(written, statement)


def test_an_event_cannot_be_replaced_by_another_with_its_number(sqlite_store: Store) -> None:
    file = assessment_file()
    evidence_service.add_assessment(
        sqlite_store, factories.principal(), file, name="a.toml", digest=factories.digest("a"), as_of=TODAY
    )
    columns = ", ".join("'eve'" if name == "actor" else name for name in FIELDS)
    names = ", ".join(FIELDS)
    assert_refused(sqlite_store, f"INSERT OR REPLACE INTO event ({names}) SELECT {columns} FROM event")  # noqa: S608


def assert_refused(store: Store, statement: str) -> None:
    before = queries.chain(store)
    with pytest.raises(StoreError, match="the audit chain is append-only"), store.writing() as session:
        session.connection().execute(text(statement))
    assert queries.chain(store) == before
    assert before.broken_at is None
