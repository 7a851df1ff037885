"""A fact that is changed, added or removed behind the program's back is found, whatever table it stands in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, Table, text
from sqlalchemy import inspect as inspected
from sqlmodel import Session

from readiness.model.dossier import ChangedFact
from readiness.store import Store, facts, queries
from readiness.store.facts import OF_NO_SYSTEM, OWNERS, Scope
from readiness.store.tables import StoreTable, Utc
from tests.factories import TODAY

pytestmark = pytest.mark.tampers

TABLES = {name: StoreTable.metadata.tables[name] for name in OWNERS}
COLUMNS = [(name, column.name) for name, table in TABLES.items() for column in table.columns]
NOON = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)


OTHERS: dict[type, Callable[[int], Any]] = {
    Utc: lambda number: NOON + dt.timedelta(seconds=number),
    Date: lambda number: TODAY + dt.timedelta(number),
    JSON: lambda number: {"number": number},
    LargeBinary: lambda number: bytes([number]),
    Boolean: lambda number: number > 2,
    Integer: lambda number: number,
    Float: lambda number: number / 4,
}


def value(column: Column[Any], number: int) -> Any:
    """A value that the column may hold; another number gives another."""
    if column.name == "slug":
        return f"system-{number}"
    return next((make(number) for kind, make in OTHERS.items() if isinstance(column.type, kind)), f"text {number}")


def row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: value(column, number) for column in table.columns}


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Every table that holds facts, parents first."""
    return [table.name for table in StoreTable.metadata.sorted_tables if table.name in OWNERS]


@pytest.fixture
def tampered(store: Store, names: list[str]) -> Iterator[Session]:
    """Two rows in every table, known to the chain; then somebody with the database in their hands."""
    with Session(store.engine) as session:
        for number in (1, 2):
            for name in names:
                session.connection().execute(TABLES[name].insert().values(**row(TABLES[name], number)))
        facts.adopt(session)
        session.commit()
        assert facts.verify(session).changed == ()
        if store.sqlite:
            triggers = session.connection().execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            for (trigger,) in triggers.all():
                session.connection().execute(text(f"DROP TRIGGER {trigger}"))
            session.connection().execute(text("PRAGMA defer_foreign_keys = ON"))
        else:
            session.connection().execute(text("SET LOCAL session_replication_role = replica"))
        yield session
        session.rollback()


def found(session: Session) -> dict[str, ChangedFact]:
    session.expire_all()
    return {f"{fact.table}:{fact.owner}": fact for fact in facts.verify(session).changed}


def test_every_table_but_the_chain_and_what_is_derived_is_held() -> None:
    derived = {"event", "standing", "login", "reminder", "issue_claim", "draft", "pack_look", "source_pull"}
    derived |= {"span_batch", "span_turn"}
    assert set(OWNERS) == set(StoreTable.metadata.tables) - derived


def test_a_change_of_any_column_of_any_table_is_found(tampered: Session) -> None:
    assert len(COLUMNS) > 150
    for name, column in COLUMNS:
        table = TABLES[name]
        key = next(iter(table.primary_key.columns))
        with tampered.begin_nested() as savepoint:
            change = table.update().where(key == value(key, 1)).values({column: value(table.columns[column], 3)})
            assert tampered.connection().execute(change).rowcount == 1
            changed = found(tampered)
            was = str(Scope(name, value(table.columns[OWNERS[name]], 1)))
            if name == "raw_text" and column == OWNERS[name]:
                assert {fact.how for fact in changed.values()} == {"added"}, (name, column)
            else:
                assert was in changed, (name, column)
                assert changed[was].how == ("removed" if column == OWNERS[name] else "changed")
            assert {fact.table for fact in changed.values()} == {name}
            savepoint.rollback()


def test_a_row_that_is_added_or_removed_is_found(tampered: Session, names: list[str]) -> None:
    for name in names:
        table = TABLES[name]
        owner = table.columns[OWNERS[name]]
        with tampered.begin_nested() as savepoint:
            tampered.connection().execute(table.insert().values(**row(table, 3)))
            assert {(fact.how, fact.event) for fact in found(tampered).values()} == {("added", None)}
            savepoint.rollback()
        with tampered.begin_nested() as savepoint:
            tampered.connection().execute(table.delete().where(owner == value(owner, 1)))
            gone = found(tampered).get(str(Scope(name, value(owner, 1))))
            assert (gone and gone.how) == (None if name == "raw_text" else "removed")
            savepoint.rollback()


def test_what_is_found_names_the_event_that_wrote_it_and_its_system(tampered: Session) -> None:
    tampered.connection().execute(TABLES["mark"].update().where(TABLES["mark"].c.id == 2).values(note="other"))
    assert facts.verify(tampered).changed == (ChangedFact("mark", "2", "changed", 2, "system-2"),)
    assert facts.verify(tampered, "system-2").changed == (ChangedFact("mark", "2", "changed", 2, "system-2"),)
    assert facts.verify(tampered, "system-1").changed == ()


def test_the_facts_of_a_system_are_those_of_it_alone(tampered: Session) -> None:
    one, two = facts.verify(tampered, "system-1").facts, facts.verify(tampered, "system-2").facts
    of_a_system = len(OWNERS) - len(OF_NO_SYSTEM)
    assert (one, two) == (of_a_system, of_a_system)
    assert facts.verify(tampered).facts == 2 * len(OWNERS)


def test_facts_may_be_held_before_a_schema_has_its_newest_columns(tampered: Session) -> None:
    names = facts.columns_of(tampered.connection())
    assert {name: set(table.columns.keys()) for name, table in TABLES.items()} == {
        name: columns for name, columns in names.items() if name in OWNERS
    }
    del names["pair"]
    changed = facts.verify(tampered, names=names).changed
    assert {(fact.table, fact.how) for fact in changed} == {("pair", "removed")}


def test_what_did_not_fit_before_is_not_taken_as_it_stands(tampered: Session) -> None:
    tampered.connection().execute(TABLES["mark"].update().where(TABLES["mark"].c.id == 2).values(note="other"))
    tampered.connection().execute(TABLES["system"].update().where(TABLES["system"].c.id == 1).values(owner="other"))
    facts.adopt(tampered, ["mark:2"])
    assert [fact.table for fact in facts.verify(tampered).changed] == ["mark"]


def test_the_order_in_which_a_database_keeps_rows_and_keys_makes_no_other_digest(store: Store) -> None:
    with Session(store.engine) as session:
        session.connection().execute(TABLES["system"].insert().values(**row(TABLES["system"], 1)))
        session.connection().execute(
            TABLES["evidence"].insert().values(**row(TABLES["evidence"], 1) | {"options": {"b": 1.0, "a": [2, None]}})
        )
        first = facts.digests(session, [Scope("evidence", 1)])
        session.connection().execute(TABLES["evidence"].update().values(options={"a": [2, None], "b": 1.0}))
        assert facts.digests(session, [Scope("evidence", 1), Scope("evidence", 2)]) == first | {"evidence:2": ""}
        session.rollback()


def test_an_empty_store_holds_nothing_to_doubt(store: Store) -> None:
    assert queries.verified_facts(store) == queries.verified_facts(store, "nobody")
    assert "facts" in {column["name"] for column in inspected(store.engine).get_columns("event")}
