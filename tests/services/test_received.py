"""Spans that came in live: a day of a system is one file of evidence, which goes on while the day does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from readiness import clock, importers
from readiness.access import KEEPER
from readiness.importers import Options, Source
from readiness.importers.otlp import received as reader
from readiness.model.dossier import Stored
from readiness.model.received import SpanBatch
from readiness.model.traces import Trace
from readiness.services import Store, evidence, imports, received, systems, traces
from readiness.store import queries
from readiness.store.tables import SpanBatchRow, SpanTurnRow
from tests import factories, files, otlp
from tests.factories import SLUG, TODAY
from tests.otlp import Json
from tests.stored import CopyOf

DANA = factories.principal()
DAY_NS = 86_400 * 10**9


def desk(store: Store, folder: Path) -> None:
    evidence.add_assessment(store, DANA, files.whole(), name="a.toml", digest="1" * 64, as_of=TODAY)


class Clock:
    """Which stands still until a test moves it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)
        patch.setattr(clock, "now", lambda: self.now)
        patch.delenv(clock.ZONE_VARIABLE, raising=False)

    def later(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def store(copy_of: CopyOf, time: Clock) -> Store:
    return copy_of(desk)


def send(store: Store, spans: Sequence[Json], **resource: str) -> None:
    body = otlp.as_json(otlp.request(spans, **resource))
    now = 4 * 10**18
    parts = reader.received(body, "json", gzip=False, system=SLUG, now_ns=now).parts
    received.keep(store, DANA, [SpanBatch(part.named, part.spans, DANA.name, part.lines) for part in parts])


def at(trace: int, number: int = 1, **more: object) -> Json:
    """A span on the day of the tests."""
    start = int(dt.datetime.combine(TODAY, dt.time(11), dt.UTC).timestamp()) * 10**9
    times = {"startTimeUnixNano": str(start), "endTimeUnixNano": str(start + 10**8)}
    return otlp.span(trace, number) | times | more


def fold_all(store: Store) -> int:
    """Make evidence of all that is due; how often that was."""
    due = received.due(store, KEEPER).now
    for waiting in due:
        received.fold(store, KEEPER, waiting.system, waiting.day)
    return len(due)


def live(store: Store) -> dict[str, int]:
    """The files that came in live, with the traces that they count."""
    dossier = queries.dossier(store, SLUG)
    names = {number: file.record.name for number, file in dossier.evidence.items()}
    return {names[number]: count.traces for number, count in dossier.counts}


def stored(store: Store) -> dict[str, Stored[Trace]]:
    return {trace.record.trace_id: trace for _, trace in queries.dossier(store, SLUG).traces}


def left(store: Store) -> int:
    with store.reading() as session:
        return session.exec(select(func.count(col(SpanBatchRow.id)))).one()


def test_evidence_is_made_when_nothing_more_comes_or_after_five_seconds(store: Store, time: Clock) -> None:
    send(store, [at(1)])
    assert not fold_all(store)
    for _ in range(9):
        time.later(seconds=0.5)
        send(store, [at(1, 2)])
        assert not fold_all(store)
    time.later(seconds=0.5)
    assert fold_all(store) == 1
    assert live(store) == {f"live {TODAY}": 1}
    time.later(seconds=60)
    assert not fold_all(store)
    send(store, [at(2)])
    assert not fold_all(store)
    time.later(seconds=1)
    assert fold_all(store) == 1
    assert live(store) == {f"live {TODAY}": 2}


def test_it_says_what_a_file_of_the_same_spans_says(store: Store, time: Clock, tmp_path: Path) -> None:
    failed = {"status": {"code": 2, "message": "timed out"}}
    spans = [at(trace, 2, parentSpanId=f"{1:016x}", **(failed if trace % 9 == 0 else {})) for trace in range(1, 61)]
    roots = [at(trace, 1, endTimeUnixNano=str(2 * 10**18 + trace)) for trace in range(1, 61)]
    for half in (spans[:30], roots, spans[30:]):
        send(store, half)
        time.later(seconds=70)
        fold_all(store)
    file = tmp_path / "spans.jsonl"
    file.write_bytes(b"".join(otlp.as_json(otlp.request(part)) + b"\n" for part in (spans[:30], roots, spans[30:])))
    batch = importers.read(Source.open(file), Options())
    dossier = queries.dossier(store, SLUG)
    assert [figure for _, figure in dossier.stages] == list(batch.stages)
    assert [count for _, count in dossier.counts] == list(batch.counts)
    assert {trace.trace_id for trace in batch.samples()} == set(stored(store))
    (item,) = dossier.evidence.values()
    assert (item.record.kept, item.record.kind, item.added_by) == (120, "traces", DANA.name)


def test_a_window_closes_after_its_day_and_what_comes_then_is_of_the_next(store: Store, time: Clock) -> None:
    send(store, [at(1)])
    time.later(seconds=2)
    fold_all(store)
    time.later(hours=12)
    assert not fold_all(store)
    send(store, [at(2)])
    time.later(minutes=3)
    assert fold_all(store) == 2
    tomorrow = TODAY + dt.timedelta(days=1)
    assert (live(store), left(store)) == ({f"live {TODAY}": 1, f"live {tomorrow}": 1}, 1)
    assert not fold_all(store)


def test_a_window_that_is_full_closes_and_the_next_is_another_file(
    store: Store, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received, "MOST_SPANS", 3)
    for trace in range(1, 6):
        send(store, [at(trace)])
    time.later(seconds=2)
    assert (fold_all(store), left(store)) == (1, 2)
    time.later(seconds=2)
    assert (fold_all(store), left(store)) == (1, 2)
    assert live(store) == {f"live {TODAY}": 3, f"live {TODAY}, part 2": 2}


def test_nobody_else_folds_meanwhile(store: Store, time: Clock) -> None:
    send(store, [at(1)])
    time.later(seconds=2)
    with store.receiving() as session:
        number = queries.find_system(session, SLUG).id
        session.add(SpanTurnRow(system_id=number, until=time.now + dt.timedelta(seconds=30)))
    assert not fold_all(store)
    assert received.due(store, KEEPER).behind == 1
    assert not received.fold(store, KEEPER, SLUG, TODAY).changed
    time.later(seconds=31)
    assert fold_all(store) == 1


def test_a_trace_keeps_its_page_and_its_label_while_the_window_goes_on(store: Store, time: Clock) -> None:
    send(store, [at(1), at(2)])
    time.later(seconds=2)
    fold_all(store)
    first = stored(store)[f"{1:032x}"]
    traces.label(store, DANA, SLUG, first.id, "bad", "It asked twice", seen=first.row_version)
    send(store, [at(1, 2), at(3)])
    time.later(seconds=70)
    assert fold_all(store) == 1
    again = stored(store)[f"{1:032x}"]
    assert (again.id, again.row_version) == (first.id, first.row_version + 1)
    assert (again.record.path, again.record.note, len(again.record.spans)) == ("bad", "It asked twice", 2)


def test_a_window_that_is_taken_back_takes_its_spans_with_it(store: Store, time: Clock) -> None:
    send(store, [at(1)])
    time.later(seconds=2)
    fold_all(store)
    (number,) = queries.dossier(store, SLUG).evidence
    evidence.remove(store, DANA, SLUG, number)
    assert (live(store), left(store)) == ({}, 0)
    send(store, [at(2)])
    time.later(seconds=70)
    assert fold_all(store) == 1
    assert live(store) == {f"live {TODAY}": 1}


def test_a_system_that_is_deleted_takes_its_spans_with_it(store: Store, time: Clock) -> None:
    send(store, [at(1)])
    time.later(seconds=2)
    fold_all(store)
    send(store, [at(2)])
    systems.archive(store, DANA, SLUG, "It is not used", seen=systems.one(store, DANA, SLUG).row_version)
    (archived,) = systems.archived(store, DANA)
    systems.delete(store, DANA, SLUG, "It was a trial", seen=archived.row_version)
    assert left(store) == 0


def test_workflows_are_named_as_in_the_file_that_a_person_mapped_last(
    store: Store, time: Clock, tmp_path: Path
) -> None:
    named = at(1, attributes=otlp.pairs({"app.workflow": "refund"}))
    file = tmp_path / "spans.jsonl"
    file.write_bytes(otlp.as_json(otlp.request([named])))
    options = Options(mapping={"workflow": "app.workflow"})
    batch = imports.read(store, DANA, imports.ImportRequest(file, system=SLUG, options=options))
    imports.keep(store, DANA, batch, system=SLUG, as_of=TODAY)
    send(store, [at(2, attributes=otlp.pairs({"app.workflow": "quote"}))])
    time.later(seconds=2)
    fold_all(store)
    assert stored(store)[f"{2:032x}"].record.workflow == "quote"
