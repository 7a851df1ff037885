"""Texts before redaction: who reads them, until when, and that they leave by no other way."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from readiness import clock, pack
from readiness.access import GRANTS, KEEPER, Principal
from readiness.errors import Denied
from readiness.importers import Options
from readiness.review.items import TraceSample
from readiness.services import imports, reviews, unredacted
from readiness.services import unredacted as unredacted_service
from readiness.store import Store, queries
from tests import factories, files
from tests.factories import CANDIDATE, SLUG, TODAY
from tests.pack import paper

pytestmark = pytest.mark.usefixtures("noon")

DANA = factories.principal()
CANARY = "zqcanaryzq@example.com"
NOW = TODAY
UNTIL = NOW + dt.timedelta(days=7)


def spans(folder: Path, name: str = "spans.jsonl") -> Path:
    stated = {"trace_id": name, "span_id": "a", "kind": "request", "name": CANARY, "duration_ms": 20, "status": "ok"}
    texts = {key: f"{key} {CANARY}" for key in ("input", "output", "error")} | {"attributes": {"user": CANARY}}
    row = stated | texts | {"start": f"{NOW}T09:00:00Z", "version": CANDIDATE, "path": "bad"}
    path = folder / name
    path.write_text(json.dumps(row), "utf-8")
    return path


def keep(store: Store, path: Path, until: dt.date | None = UNTIL) -> None:
    request = imports.ImportRequest(path=path, system=SLUG, options=Options(raw_until=until))
    imports.keep(store, DANA, imports.read(store, DANA, request), system=SLUG, as_of=NOW)


@pytest.fixture
def sample(sqlite_store: Store, tmp_path: Path) -> TraceSample:
    """A stored trace, whose file's texts are kept for a week."""
    files.keep(sqlite_store, files.assessment(tmp_path))
    keep(sqlite_store, spans(tmp_path))
    return reviews.load(sqlite_store, DANA, SLUG, as_of=NOW).samples[0]


def test_whoever_may_read_it_sees_it_with_its_day(sqlite_store: Store, sample: TraceSample) -> None:
    assert unredacted.kept_until(DANA, SLUG, sample.item, today=NOW) == UNTIL
    found = unredacted.of_span(sqlite_store, DANA, SLUG, sample, "a", today=NOW)
    assert found
    assert (found.input, found.attributes) == (f"input {CANARY}", {"user": CANARY})


def test_who_reads_it_is_recorded_once_a_day_and_only_where_something_is_shown(
    sqlite_store: Store, sample: TraceSample, monkeypatch: pytest.MonkeyPatch, noon: dt.datetime
) -> None:
    def read(span: str = "a", name: str = "dana") -> None:
        unredacted.of_span(sqlite_store, Principal.of(name, {"assessor"}), SLUG, sample, span, today=NOW)

    for _ in range(3):
        read()
    read("nothing was replaced here")
    read(name="omar")
    assert readings(sqlite_store) == ["dana", "omar"]
    monkeypatch.setattr(clock, "now", lambda: noon + dt.timedelta(days=1, hours=1))
    read()
    assert readings(sqlite_store) == ["dana", "omar", "dana"]
    subject = f"evidence {sample.item.id}, trace {sample.trace.trace_id}, span a"
    assert [event.subject for event in queries.events(sqlite_store)[:3]] == [subject] * 3


def readings(store: Store) -> list[str]:
    """Who read, the first one first."""
    return [event.actor for event in reversed(queries.events(store)) if event.action == "raw.read"]


@pytest.mark.parametrize("role", [role for role in GRANTS if "raw.read" not in GRANTS[role]])
def test_nobody_else_is_told_of_it_or_given_it(sqlite_store: Store, sample: TraceSample, role: str) -> None:
    somebody = factories.principal(role)
    assert unredacted.kept_until(somebody, SLUG, sample.item, today=NOW) is None
    with pytest.raises(Denied, match="may not read the texts before redaction of support-copilot"):
        unredacted.of_span(sqlite_store, somebody, SLUG, sample, "a", today=NOW)


def test_on_its_day_there_is_nothing_to_ask_for(sqlite_store: Store, sample: TraceSample) -> None:
    assert unredacted.kept_until(DANA, SLUG, sample.item, today=UNTIL) is None
    assert unredacted.of_span(sqlite_store, DANA, SLUG, sample, "a", today=UNTIL) is None


def test_no_pack_no_export_no_event_and_no_review_holds_it(sqlite_store: Store, sample: TraceSample) -> None:
    for audience in pack.AUDIENCES:
        for kind in pack.FORMATS:
            customer = "Acme" if pack.AUDIENCES[audience].one_customer else ""
            request = pack.Request(audience=audience, customer=customer, draft=True)
            made = pack.build(sqlite_store, DANA, SLUG, request, as_of=NOW, format=kind)
            assert CANARY not in paper.told(made)
    assert CANARY not in imports.text(imports.export(sqlite_store, DANA, SLUG, as_of=NOW))
    assert all(CANARY not in repr(event) for event in queries.events(sqlite_store))
    assert CANARY not in repr(reviews.load(sqlite_store, DANA, SLUG, as_of=NOW))


def test_every_import_deletes_what_has_expired(sqlite_store: Store, tmp_path: Path) -> None:
    files.keep(sqlite_store, files.assessment(tmp_path))
    keep(sqlite_store, spans(tmp_path), until=NOW - dt.timedelta(days=1))
    keep(sqlite_store, spans(tmp_path, "more.jsonl"), until=None)
    assert not unredacted_service.expire(sqlite_store, KEEPER, today=NOW).changed
    assert [event.action for event in queries.events(sqlite_store)][:2] == ["import", "raw.expire"]


def test_read_again_without_being_asked_for_it_is_gone(
    sqlite_store: Store, sample: TraceSample, tmp_path: Path
) -> None:
    keep(sqlite_store, spans(tmp_path), until=None)
    found = reviews.load(sqlite_store, DANA, SLUG, as_of=NOW).samples[0]
    assert unredacted.kept_until(DANA, SLUG, found.item, today=NOW) is None
    assert unredacted.of_span(sqlite_store, DANA, SLUG, found, "a", today=NOW) is None
