"""Texts before redaction: apart from their traces, and gone for good when their day has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from readiness.access import KEEPER
from readiness.errors import InputError
from readiness.model.assessment import System
from readiness.model.evidence import ReadAs
from readiness.model.traces import UNREDACTED_DAYS, UnredactedText
from readiness.services import evidence as evidence_service
from readiness.services import unredacted as unredacted_service
from readiness.store import Store, backups, open_store, queries, unredacted
from tests import factories, stored
from tests.factories import SLUG, TODAY, assessment_file, evidence, trace

pytestmark = pytest.mark.usefixtures("noon")

DANA = factories.principal()
CANARY = "zqcanaryzq"
NOW = TODAY
TOMORROW = NOW + dt.timedelta(days=1)


def text(expires_on: dt.date = TOMORROW, **fields: Any) -> UnredactedText:
    stated: dict[str, Any] = {"trace_id": "t-1", "span_id": "s-1", "input": f"{CANARY} in", "expires_on": expires_on}
    return UnredactedText(**stated | fields)


def put(store: Store, *texts: UnredactedText, slug: str = SLUG, name: str = "spans.jsonl") -> int:
    """A file with a trace and what redaction changed in it; gives the id of its evidence."""
    system = System(slug=slug, name=slug)
    evidence_service.add_assessment(
        store, DANA, assessment_file(system=system), name=slug, digest=factories.digest(slug), as_of=TODAY
    )
    file = evidence(name, kind="traces", options=ReadAs(raw_until=texts[0].expires_on) if texts else ReadAs())
    stored.add_evidence(store, DANA, slug, file, traces=(trace("t-1"),), unredacted=texts)
    return next(key for key, held in queries.dossier(store, slug).evidence.items() if held.record.name == name)


def held(store: Store, evidence_id: int, *, slug: str = SLUG, today: dt.date = NOW) -> UnredactedText | None:
    return unredacted.of_span(store, slug, evidence_id, "t-1", "s-1", today=today)


def test_what_was_kept_is_read_back_whole_and_only_where_it_belongs(store: Store) -> None:
    kept = UnredactedText(
        trace_id="t-1",
        span_id="s-1",
        error="e",
        input="i",
        output="o",
        attributes={"user": "dana@example.com"},
        expires_on=TOMORROW,
    )
    file = put(store, kept)
    put(store, slug="other")
    assert held(store, file) == kept
    assert held(store, file, slug="other") is None
    assert held(store, file + 1) is None
    assert unredacted.of_span(store, SLUG, file, "t-1", "s-2", today=NOW) is None


def test_a_text_whose_day_has_come_is_never_read_deleted_or_not(store: Store) -> None:
    file = put(store, text())
    assert held(store, file, today=TOMORROW) is None
    assert held(store, file, today=TOMORROW + dt.timedelta(days=400)) is None


def test_what_has_expired_is_deleted_and_each_system_has_an_event_that_says_how_much(store: Store) -> None:
    file = put(store, text(), text(span_id="s-2"), text(TOMORROW + dt.timedelta(days=1), span_id="s-3"))
    put(store, text(), slug="other")
    done = unredacted_service.expire(store, KEEPER, today=TOMORROW)
    assert (done.sentence, done.changed) == ("Deleted the texts before redaction of 3 spans", True)
    events = {event.system: event for event in queries.events(store, limit=2)}
    assert {event.action for event in events.values()} == {"raw.expire"}
    assert {event.actor for event in events.values()} == {"readiness"}
    assert {slug: event.detail for slug, event in events.items()} == {"other": {"spans": 1}, SLUG: {"spans": 2}}
    assert events[SLUG].sentence == "Deleted the texts before redaction of 2 spans, which had expired"
    assert held(store, file) is None
    assert unredacted.of_span(store, SLUG, file, "t-1", "s-3", today=NOW) is not None
    assert queries.chain(store).broken_at is None


def test_nothing_expired_is_no_write(store: Store) -> None:
    put(store, text())
    before = queries.head(store)
    assert not unredacted_service.expire(store, KEEPER, today=NOW).changed
    assert queries.head(store) == before


def test_a_text_that_would_be_kept_too_long_is_refused_and_nothing_is_stored(store: Store) -> None:
    put(store, text(NOW + dt.timedelta(days=UNREDACTED_DAYS)))
    before = queries.head(store)
    with pytest.raises(InputError, match="would be kept too long; expected at most 30 days"):
        put(store, text(NOW + dt.timedelta(days=UNREDACTED_DAYS + 2)), name="more.jsonl")
    assert queries.head(store) == before


def expired(store: Store, _: int) -> None:
    unredacted_service.expire(store, KEEPER, today=TOMORROW)


def removed(store: Store, file: int) -> None:
    evidence_service.remove(store, DANA, SLUG, file)


def replaced(store: Store, _: int) -> None:
    put(store)


WAYS = pytest.mark.parametrize("way", [expired, removed, replaced])


@WAYS
def test_it_goes_with_its_file_and_by_itself(store: Store, way: Callable[[Store, int], None]) -> None:
    file = put(store, text())
    assert held(store, file)
    way(store, file)
    assert held(store, file) is None


def on_disk(store: Store) -> bytes:
    """The database and what stands beside it."""
    assert store.path
    return b"".join(each.read_bytes() for each in store.path.parent.glob(f"{store.path.name}*"))


@WAYS
def test_its_bytes_are_gone_from_the_file_and_its_log(sqlite_store: Store, way: Callable[[Store, int], None]) -> None:
    long = f"{CANARY} " * 5_000  # on pages of its own
    file = put(sqlite_store, text(input=long, output=CANARY, attributes={"a": CANARY}))
    assert CANARY.encode() in on_disk(sqlite_store)
    way(sqlite_store, file)
    assert CANARY.encode() not in on_disk(sqlite_store)


def test_a_backup_holds_none_of_it(sqlite_store: Store, tmp_path: Path) -> None:
    file = put(sqlite_store, text())
    backups.save(sqlite_store, tmp_path / "copy.bak")
    assert held(sqlite_store, file)
    assert all(CANARY.encode() not in each.read_bytes() for each in tmp_path.glob("copy.bak*"))
    copy = open_store(f"sqlite:///{tmp_path / 'copy.bak'}")
    assert queries.dossier(copy, SLUG).traces
    copy.close()
