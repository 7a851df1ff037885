from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from readiness.errors import Conflict
from readiness.model.policy import Rollback
from readiness.services import admin as admin_service
from readiness.services import evidence as evidence_service
from readiness.services import gaps as gaps_service
from readiness.services import revisions as revisions_service
from readiness.store import Store, connect, open_store, queries
from readiness.store.engine import FifoLock
from tests import factories, stored
from tests.factories import SLUG, TODAY, assessment_file, mark

EDITORS, EDITS = 16, 5
SIGNALS = ("capacity", "ownership", "hard-queries", "tail-latency")


@pytest.fixture
def replicas(store: Store) -> Iterator[list[Store]]:
    """Two handles on one database, as two processes hold them: they share no lock of ours."""
    file = assessment_file(*(mark(signal, "yes") for signal in SIGNALS))
    dana = factories.principal()
    evidence_service.add_assessment(store, dana, file, name="a.toml", digest=factories.digest("a.toml"), as_of=TODAY)
    with closing(connect(store.url)) as other:
        yield [store, other]


def edit(store: Store, editor: int, signal: str) -> list[str]:
    """Try as often as asked; gives the edits that were acknowledged."""
    by, stored = factories.principal(name=f"editor-{editor}"), []
    for number in range(EDITS):
        seen = queries.dossier(store, SLUG).marks[signal]
        mine = f"{editor}.{number}"
        try:
            gaps_service.change(
                store, by, seen.id, seen=seen.row_version, due=seen.record.due, owner=by.name, action=mine
            )
            stored.append(mine)
        except Conflict:
            continue
    return stored


def assert_nothing_was_lost(stores: list[Store], acknowledged: dict[str, list[str]]) -> None:
    """Acknowledged edits = row versions = audit events, with the last event's edit in the row and the chain whole."""
    marks = queries.dossier(stores[0], SLUG).marks
    events = [event for event in reversed(queries.events(stores[0])) if event.action == "gap.move"]
    for signal, edits in acknowledged.items():
        audited = [event.detail["after"]["action"] for event in events if event.subject == f"signal {signal}"]
        assert marks[signal].row_version - 1 == len(edits) == len(audited)
        assert sorted(audited) == sorted(edits)
        assert marks[signal].record.action == audited[-1]
    for before, after in itertools.pairwise(events):
        assert after.previous == before.hash
    found = queries.chain(stores[1])
    assert (found.events, found.broken_at) == (len(events) + 1, None)


def run(stores: list[Store], signal_of: Callable[[int], str]) -> dict[str, list[str]]:
    with ThreadPoolExecutor(EDITORS) as pool:
        jobs = [
            (signal_of(editor), pool.submit(edit, stores[editor % len(stores)], editor, signal_of(editor)))
            for editor in range(EDITORS)
        ]
    acknowledged: dict[str, list[str]] = {}
    for signal, job in jobs:
        acknowledged.setdefault(signal, []).extend(job.result())
    return acknowledged


def test_sixteen_editors_of_one_gap_lose_no_edit_that_was_acknowledged(replicas: list[Store]) -> None:
    acknowledged = run(replicas, lambda _: SIGNALS[0])
    assert acknowledged[SIGNALS[0]]
    assert_nothing_was_lost(replicas, acknowledged)


def test_sixteen_editors_of_four_gaps_lose_no_edit_that_was_acknowledged(replicas: list[Store]) -> None:
    acknowledged = run(replicas, lambda editor: SIGNALS[editor % len(SIGNALS)])
    assert set(acknowledged) == set(SIGNALS)
    assert_nothing_was_lost(replicas, acknowledged)


def test_editors_of_gaps_of_their_own_never_meet_a_conflict(replicas: list[Store]) -> None:
    with ThreadPoolExecutor(len(SIGNALS)) as pool:
        jobs = [pool.submit(edit, replicas[number % 2], number, signal) for number, signal in enumerate(SIGNALS)]
    acknowledged = {signal: job.result() for signal, job in zip(SIGNALS, jobs, strict=True)}
    assert {len(edits) for edits in acknowledged.values()} == {EDITS}
    assert_nothing_was_lost(replicas, acknowledged)


def test_of_all_who_save_a_policy_at_once_one_stores_each_revision(replicas: list[Store]) -> None:
    found = queries.dossier(replicas[0], SLUG).assessment.id

    def save(number: int) -> int:
        policy = factories.policy(rollback=Rollback(owner=f"editor-{number}"))
        seen = number // EDITORS
        try:
            by = factories.principal(name=f"editor-{number}")
            revisions_service.save(replicas[number % 2], by, SLUG, found, policy, seen=seen)
        except Conflict:
            return 0
        return 1

    with ThreadPoolExecutor(EDITORS) as pool:
        stored = sum(pool.map(save, range(EDITORS * 2)))
    numbers = [each.number for each in queries.revisions(replicas[1], found)]
    assert 1 <= len(numbers) == stored <= 2
    assert numbers == list(range(1, stored + 1))
    assert queries.chain(replicas[0]).events == stored + 1


def test_the_same_file_imported_by_all_at_once_is_stored_once(replicas: list[Store]) -> None:
    file, name = factories.evidence(), "results.csv"

    def add(number: int) -> bool:
        by = factories.principal(name=f"editor-{number}")
        return stored.add_evidence(replicas[number % 2], by, SLUG, file, (factories.cell(),)).changed

    with ThreadPoolExecutor(EDITORS) as pool:
        assert sorted(pool.map(add, range(EDITORS))) == [False] * (EDITORS - 1) + [True]
    found = queries.dossier(replicas[0], SLUG)
    assert [each.record.name for each in found.evidence.values()] == [name]
    assert len(found.cells) == 1
    assert queries.chain(replicas[0]).events == 2


def test_a_new_store_that_several_open_at_once_is_made_once(empty_url: str) -> None:
    def opened(_: int) -> int:
        with closing(open_store(empty_url)) as store:
            return queries.chain(store).events

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened, range(4))) == [0, 0, 0, 0]


def test_the_lock_serves_its_waiters_in_the_order_they_came() -> None:
    lock, served = FifoLock(), []

    def wait(number: int) -> None:
        with lock:
            served.append(number)

    with ThreadPoolExecutor(8) as pool, lock:
        for number in range(8):
            pool.submit(wait, number)
            while len(lock._waiting) <= number:
                time.sleep(0.001)
    assert served == list(range(8))


def test_writers_of_one_system_wait_for_each_other_and_not_for_those_of_another(replicas: list[Store]) -> None:
    one, other = replicas
    alone = one.sqlite  # a file has one writer
    for mine, yours, waits in (("a", "b", alone), ("a", "a", True), ("", "b", True), ("a", "", True)):
        with ThreadPoolExecutor(1) as pool:
            with one.writing(mine):
                job = pool.submit(_write, other, yours)
                if not waits:
                    job.result(30)
                time.sleep(0.2)
                assert job.done() is not waits, (mine, yours)
            job.result(30)


def _write(store: Store, system: str) -> None:
    with store.writing(system):
        pass


def test_a_failure_while_the_lock_is_held_lets_the_next_one_in(sqlite_store: Store) -> None:
    with pytest.raises(ZeroDivisionError), sqlite_store.writing():
        raise ZeroDivisionError
    admin_service.keep_fact(sqlite_store, factories.principal("assessor"), "still", "writable")
    assert queries.meta(sqlite_store, "still") == "writable"
