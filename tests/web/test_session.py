"""What was written last, as one run of a page sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from readiness import clock
from readiness.access import Principal
from readiness.errors import Denied
from readiness.services import Store, events, gaps, open_store
from readiness.web import session
from tests import factories

BY, TODAY = factories.principal(), clock.today()


@pytest.fixture
def served(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    path = tmp_path / "readiness.db"
    path.write_bytes(loaded.read_bytes())
    monkeypatch.setattr(session, "_PROCESS", session._Process())
    with closing(session.serve_from(f"sqlite:///{path}")) as store:
        yield store


class Run:
    """As Streamlit makes one for each."""


def move(store: Store) -> str:
    """A date of the first gap, a week later; what is written last afterwards."""
    gap = gaps.every(store, BY, as_of=TODAY)[0]
    due = max(gap.mark.due or TODAY, TODAY) + dt.timedelta(days=7)
    gaps.change(store, BY, gap.id, seen=gap.row_version, due=due, owner=gap.mark.owner, action="", reason="later")
    return events.head(store, BY)


def test_all_parts_of_a_run_see_the_store_as_it_was_when_the_first_of_them_looked(
    served: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Run(), Run()
    monkeypatch.setattr(session, "_run", lambda: first)
    before = session.head(BY)
    with closing(open_store(served.url)) as elsewhere:
        after = move(elsewhere)
    assert session.head(BY) == before != after
    monkeypatch.setattr(session, "_run", lambda: second)
    assert session.head(BY) == after


def test_what_this_process_writes_is_seen_by_the_rest_of_the_run_and_each_head_is_asked_once(
    served: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, asked = Run(), list[str]()
    monkeypatch.setattr(session, "_run", lambda: run)

    def counted(store: Store, by: Principal, system: str = "") -> str:
        asked.append(system)
        return real(store, by, system)

    real = events.head
    monkeypatch.setattr(events, "head", counted)
    heads = [session.head(BY, system) for system in ("", "", "freight-support", "freight-support")]
    assert asked == ["", "freight-support"]
    assert heads[0] == heads[1]
    assert heads[2] == heads[3]
    monkeypatch.setattr(events, "head", real)
    assert session.head(BY) == heads[0] != move(served) == session.head(BY)


def test_who_may_read_nothing_is_told_no_head(served: Store) -> None:
    with pytest.raises(Denied):
        session.head(Principal("eve", frozenset()))


def test_outside_of_a_run_the_store_is_asked_each_time(served: Store) -> None:
    before = session.head(BY)
    with closing(open_store(served.url)) as elsewhere:
        assert session.head(BY) == before != move(elsewhere) == session.head(BY)
