"""A store in another database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from readiness import clock
from readiness.errors import InputError, StoreError
from readiness.services import admin, demo, open_store, reviews
from readiness.services import gaps as gaps_service
from readiness.store import Store, copying, queries
from tests import factories

DANA = factories.principal()
CHANGING = {
    "sqlite": ["CREATE TRIGGER t AFTER INSERT ON system BEGIN UPDATE system SET name = 'x'; END"],
    "postgresql": [
        "CREATE FUNCTION x() RETURNS trigger AS 'BEGIN NEW.name = ''x''; RETURN NEW; END' LANGUAGE plpgsql",
        "CREATE TRIGGER t BEFORE INSERT ON system FOR EACH ROW EXECUTE FUNCTION x()",
    ],
}


@pytest.fixture
def source(loaded: Path) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{loaded}")) as store:
        yield store


def test_every_row_arrives_and_is_the_same_review(source: Store, empty_url: str) -> None:
    rows = admin.copy(DANA, source.url, empty_url)
    assert rows["system"] == 6
    assert rows["event"] == queries.chain(source).events
    with closing(open_store(empty_url)) as there:
        assert queries.chain(there) == queries.chain(source)
        assert queries.verified_facts(there).changed == ()
        for system in queries.systems(source):
            before, after = (reviews.load(store, DANA, system.slug, as_of=clock.today()) for store in (source, there))
            assert (after.verdict, after.findings, after.dossier.cells) == (
                before.verdict,
                before.findings,
                before.dossier.cells,
            )


def test_the_copy_goes_on_where_the_store_was(source: Store, empty_url: str) -> None:
    admin.copy(DANA, source.url, empty_url)
    with closing(open_store(empty_url)) as there:
        (gap, *_) = gaps_service.every(there, DANA, as_of=clock.today())
        gaps_service.change(
            there, DANA, gap.id, seen=gap.row_version, due=gap.mark.due, owner="noor", action=gap.mark.action
        )
        demo.load(there, DANA)  # twice is once, also in a copy
        assert queries.chain(there).events == queries.chain(source).events + 1
        assert queries.chain(there).broken_at is None


def test_it_goes_back_from_a_server_to_a_file(source: Store, empty_url: str, tmp_path: Path) -> None:
    file = f"sqlite:///{tmp_path / 'back.db'}"
    there = admin.copy(DANA, source.url, empty_url)
    assert admin.copy(DANA, empty_url, file) == there
    with closing(open_store(file)) as back:
        assert queries.chain(back) == queries.chain(source)


def test_a_store_that_holds_something_takes_no_copy(source: Store, empty_url: str) -> None:
    admin.copy(DANA, source.url, empty_url)
    with pytest.raises(StoreError, match="holds something already"):
        admin.copy(DANA, source.url, empty_url)


def test_a_store_is_not_copied_onto_itself_nor_from_where_there_is_none(source: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="onto itself"):
        admin.copy(DANA, source.url, source.url)
    with pytest.raises(StoreError, match="there is no store"):
        admin.copy(DANA, f"sqlite:///{tmp_path / 'none.db'}", f"sqlite:///{tmp_path / 'new.db'}")


def test_what_does_not_arrive_as_it_was_leaves_nothing_behind(
    source: Store, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(empty_url)) as there:
        with there.engine.begin() as connection:  # a database that changes what it is given
            for statement in CHANGING[there.engine.dialect.name]:
                connection.execute(text(statement))
        with pytest.raises(StoreError, match="the table system did not arrive as it was read"):
            copying.copy(source, there)
        assert queries.systems(there) == []
        assert queries.chain(there).events == 0
