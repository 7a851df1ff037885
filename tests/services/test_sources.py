"""Sources: what is new is imported once, whoever pulls and whatever is killed, and no token is left anywhere."""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier, Event

import pytest

from readiness import clock
from readiness.errors import Conflict, Denied, InputError, NotFound, Unreachable
from readiness.model.sources import LiveSource, StoredSource
from readiness.outbound.pulls import PullLimits, tokens
from readiness.portfolio import triage
from readiness.services import Store, evidence, open_store, portfolio, sources, systems
from readiness.store import queries
from readiness.store.changes import sources as changes
from tests import factories, files, standins
from tests.factories import SLUG, TODAY
from tests.outbound.test_pulls import QUICK
from tests.standins import LANGSMITH_TOKEN, TRACES, Standin
from tests.stored import CopyOf

DANA = factories.principal()
LATER = "2026-11-20T15:00:00.000000Z"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Standin]:
    with standins.project_of_langsmith(monkeypatch, tmp_path) as held:
        yield held


@pytest.fixture
def store(copy_of: CopyOf, noon: dt.datetime) -> Store:
    return copy_of(_one_system)


def _one_system(store: Store, _: Path) -> None:
    evidence.add_assessment(store, DANA, files.whole(), name="a.toml", digest="1" * 64, as_of=TODAY)


def of(server: Standin, **more: object) -> LiveSource:
    told = {"kind": "langsmith", "url": server.url, "project": "support", "version": "2026.11", **more}
    return LiveSource.model_validate(told)


def pull(store: Store, source: int = 1, limits: PullLimits = QUICK) -> sources.PullOutcome:
    return sources.pull(store, DANA, SLUG, source, as_of=TODAY, limits=limits)


def traces(store: Store) -> list[str]:
    return sorted(trace.record.trace_id for _, trace in queries.dossier(store, SLUG).traces)


def only(store: Store) -> StoredSource:
    (source,) = sources.every(store, DANA, SLUG)
    return source


def test_a_pull_imports_what_is_new_and_remembers_how_far_it_read(store: Store, server: Standin) -> None:
    sources.add(store, DANA, SLUG, of(server))
    assert pull(store).records == TRACES
    assert len(traces(store)) == TRACES
    assert only(store).read_until == clock.now() - sources.SETTLED
    assert pull(store).sentence == "127.0.0.1 has nothing new of support"
    assert len(queries.dossier(store, SLUG).evidence) == 1


def test_of_several_who_pull_at_once_each_trace_is_imported_once(store: Store, server: Standin) -> None:
    sources.add(store, DANA, SLUG, of(server))
    people = 3
    begins = Barrier(people)

    def run(_: int) -> int:
        with closing(open_store(store.url)) as own:
            begins.wait(timeout=60)
            try:
                return pull(own).records
            except Conflict:
                return 0

    with ThreadPoolExecutor(people) as pool:
        done = list(pool.map(run, range(people)))
    assert sum(done) == TRACES
    assert (len(traces(store)), len(queries.dossier(store, SLUG).evidence)) == (TRACES, 1)


def test_a_process_that_was_killed_while_it_pulled_is_gone_on_with(
    store: Store, server: Standin, tmp_path: Path
) -> None:
    if store.path is None:
        return  # another process of these tests reaches only what is in a file
    sources.add(store, DANA, SLUG, of(server, since="2026-11-01"))
    waiting, go_on = Event(), Event()
    serve = standins.langsmith

    def slow(held: Standin, asked: standins.Request) -> bytes:
        if len(held.asked) > 3:
            waiting.set()
            go_on.wait(60)
        return serve(held, asked)

    with standins.serving(slow) as held:
        held.spans, held.traces = server.spans, server.traces
        sources.change(store, DANA, SLUG, 1, of(held, since="2026-11-01"), seen=1)
        command = [sys.executable, "-m", "readiness", "source", "pull", SLUG, "1", "--db", store.url]
        process = subprocess.Popen(command, env=os.environ | {"READINESS_USER": "dana"})
        assert waiting.wait(120)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=60)
        go_on.set()
        before = len(held.asked)
        assert pull(store).records == TRACES
        assert len(held.asked) - before <= 4  # of six, the first pages are there
    assert (len(traces(store)), len(queries.dossier(store, SLUG).evidence)) == (TRACES, 1)
    assert list((tmp_path / "pulls").iterdir()) == []


def test_what_was_stored_before_a_kill_is_not_stored_again(
    store: Store, server: Standin, monkeypatch: pytest.MonkeyPatch, noon: dt.datetime
) -> None:
    sources.add(store, DANA, SLUG, of(server))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(changes, "pulled", killed)
        with pytest.raises(KeyboardInterrupt):
            pull(store)
    assert len(traces(store)) == TRACES
    monkeypatch.setattr(clock, "now", lambda: noon + dt.timedelta(hours=2))
    assert pull(store).records == TRACES
    assert (len(traces(store)), len(queries.dossier(store, SLUG).evidence)) == (TRACES, 1)
    assert only(store).read_until == noon - sources.SETTLED


def test_another_machine_is_waited_for_until_it_is_given_up(
    store: Store, server: Standin, monkeypatch: pytest.MonkeyPatch, noon: dt.datetime
) -> None:
    sources.add(store, DANA, SLUG, of(server))
    with store.writing(SLUG) as session:
        changes.claim(session, SLUG, 1, "another", noon, given_up=noon - sources.HELD)
    with pytest.raises(Conflict, match="another machine pulls from this source right now"):
        pull(store)
    monkeypatch.setattr(clock, "now", lambda: noon + sources.HELD + dt.timedelta(seconds=1))
    assert pull(store).records == TRACES


def test_the_token_is_left_nowhere(
    store: Store, server: Standin, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    sources.add(store, DANA, SLUG, of(server))
    pull(store)
    monkeypatch.setenv(tokens.VARIABLE, f"127.0.0.1={LANGSMITH_TOKEN}x")
    sources.add(store, DANA, SLUG, of(server, project="another"))
    with pytest.raises(Denied) as caught:
        pull(store, 2)
    told = [str(caught.value), caplog.text, repr(queries.events(store)), repr(sources.every(store, DANA, SLUG))]
    told += [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in told if LANGSMITH_TOKEN in text]


def test_a_pull_that_fails_is_kept_with_the_source_and_named_on_the_portfolio(store: Store, server: Standin) -> None:
    sources.add(store, DANA, SLUG, of(server, project="nowhere"))
    assert sources.stale(store, DANA) == {}
    with pytest.raises(NotFound):
        pull(store)
    assert only(store).failed
    assert "there is no project 'nowhere'" in only(store).outcome
    stale = sources.stale(store, DANA)
    assert stale == {SLUG: "traces of nowhere in LangSmith: the last pull failed"}
    (pending,) = triage.decisions(portfolio.statuses(store, DANA, as_of=TODAY), stale)
    assert pending.reasons[-1] == ("source", stale[SLUG], None)
    assert sources.stale(store, factories.principal(systems=frozenset({"another"}))) == {}


def test_how_the_last_pull_ended_elsewhere_is_forgotten_when_a_source_is_moved(store: Store, server: Standin) -> None:
    sources.add(store, DANA, SLUG, of(server, project="nowhere"))
    with pytest.raises(NotFound):
        pull(store)
    sources.change(store, DANA, SLUG, 1, of(server), seen=1)
    assert (only(store).failed, only(store).outcome, only(store).tried_at) == (False, "", None)
    assert sources.stale(store, DANA) == {}


def test_a_source_that_is_not_pulled_within_its_cadence_is_stale(
    store: Store, server: Standin, monkeypatch: pytest.MonkeyPatch, noon: dt.datetime
) -> None:
    sources.add(store, DANA, SLUG, of(server, every_hours=6))
    pull(store)
    monkeypatch.setattr(clock, "now", lambda: noon + dt.timedelta(hours=7))
    assert sources.stale(store, DANA) == {}
    monkeypatch.setattr(clock, "now", lambda: noon + dt.timedelta(hours=7, seconds=1))
    assert sources.stale(store, DANA) == {SLUG: "traces of support in LangSmith: not pulled within its cadence"}


def test_what_is_due_is_pulled_and_one_that_fails_stops_no_other(store: Store, server: Standin) -> None:
    sources.add(store, DANA, SLUG, of(server, project="nowhere"))
    sources.add(store, DANA, SLUG, of(server))
    done = sources.due(store, DANA, as_of=TODAY, limits=QUICK)
    assert [(source.id, outcome.failed, outcome.records) for source, outcome in done] == [
        (1, True, 0),
        (2, False, TRACES),
    ]
    assert [source.id for source, _ in sources.due(store, DANA, as_of=TODAY, limits=QUICK)] == [1]


def test_a_source_that_is_moved_is_read_from_its_beginning_and_a_lost_race_is_told(
    store: Store, server: Standin
) -> None:
    sources.add(store, DANA, SLUG, of(server))
    pull(store)
    assert sources.change(store, DANA, SLUG, 1, of(server, every_hours=5), seen=1).changed
    assert only(store).read_until is not None
    assert not sources.change(store, DANA, SLUG, 1, of(server, every_hours=5), seen=2).changed
    with pytest.raises(Conflict):
        sources.change(store, DANA, SLUG, 1, of(server, every_hours=7), seen=1)
    sources.change(store, DANA, SLUG, 1, of(server, since="2026-11-19"), seen=2)
    assert only(store).read_until is None
    sources.remove(store, DANA, SLUG, 1)
    assert sources.every(store, DANA, SLUG) == []
    assert len(traces(store)) == TRACES


def test_an_address_that_may_not_be_asked_is_no_source(store: Store, server: Standin) -> None:
    for url in ("http://traces.example", "https://169.254.169.254", f"{server.url}/?token=secret"):
        with pytest.raises((InputError, Denied)):
            sources.add(store, DANA, SLUG, of(server, url=url))
    assert sources.every(store, DANA, SLUG) == []


def test_no_server_hands_out_an_assessment(store: Store, server: Standin, tmp_path: Path) -> None:
    sources.add(store, DANA, SLUG, of(server))
    before = queries.dossier(store, SLUG)
    body = b'{"runs": [{"parent_run_id": null, "checklist": "llm-rollout", "marks": {}}], "cursors": {}}'
    server.failing += [(200, b'[{"id": "s"}]', {}), (200, body, {})]
    with pytest.raises(InputError):
        pull(store)
    after = queries.dossier(store, SLUG)
    assert (after.evidence, after.marks) == (before.evidence, before.marks)
    assert only(store).failed
    assert [path for path in (tmp_path / "pulls").iterdir() if path.suffix == ".jsonl"] == []


def test_what_a_system_has_set_up_goes_with_it(store: Store, server: Standin) -> None:
    sources.add(store, DANA, SLUG, of(server))
    systems.archive(store, DANA, SLUG, "over", seen=systems.one(store, DANA, SLUG).row_version)
    with pytest.raises(InputError, match="was archived"):
        pull(store)
    systems.delete(store, DANA, SLUG, "over", seen=systems.one(store, DANA, SLUG).row_version)
    assert queries.verified_facts(store).changed == ()


def test_a_pull_takes_no_longer_than_its_limit(store: Store, server: Standin) -> None:
    sources.add(store, DANA, SLUG, of(server))
    began = time.monotonic()
    with pytest.raises(Unreachable, match="the pull takes longer than 0 s"):
        pull(store, limits=PullLimits(seconds=0))
    assert time.monotonic() - began < 10
    assert pull(store).records == TRACES
