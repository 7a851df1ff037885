"""Links for readers without a login: one pack each, up to a day, counted, revocable, and acknowledged once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from readiness import clock, pack
from readiness.access import GRANTS, Principal
from readiness.errors import Conflict, Denied, InputError, NotFound
from readiness.model.packs import PackLink, StoredLink
from readiness.model.traces import Excerpt
from readiness.services import events, evidence, links, packs, reviews, systems, traces
from readiness.store import Store, queries
from tests import factories, files, stored
from tests.factories import SLUG, TODAY
from tests.stored import CopyOf

DANA = factories.principal()
LATER = TODAY + dt.timedelta(days=7)
ASKED = pack.Request(audience="security", recipient="Acme", draft=True)

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def sent(copy_of: CopyOf) -> Store:
    return copy_of(_one_pack)


def _one_pack(store: Store, _: Path) -> None:
    evidence.add_assessment(store, DANA, files.whole(), name="a.toml", digest="1" * 64, as_of=TODAY)
    pack.build(store, DANA, SLUG, ASKED, as_of=TODAY)


def make(store: Store, until: dt.date = LATER) -> str:
    number = pack.sent(store, DANA, SLUG, as_of=TODAY)[0].sent.id
    return links.make(store, DANA, SLUG, PackLink(pack=number, expires_on=until))[0]


def only(store: Store) -> StoredLink:
    (link,) = links.every(store, DANA, SLUG)
    return link


def test_a_link_opens_the_pack_as_it_was_sent(sent: Store) -> None:
    secret = make(sent)
    opened = links.enter(sent, secret)
    assert opened.pack.system == SLUG
    assert opened.pack.record.recipient == "Acme"
    assert opened.pack.record.data == packs.one(sent, DANA, SLUG, opened.pack.id).record.data
    assert secret not in repr(queries.events(sent))


@pytest.mark.parametrize("secret", ["", "x", "é" * 40, "\ud800", "a" * 10_000])
def test_any_other_secret_is_answered_alike(sent: Store, secret: str) -> None:
    make(sent)
    with pytest.raises(Denied, match="this link does not hold; expected one that was sent to you"):
        links.enter(sent, secret)


def test_it_ends_with_its_day_and_when_it_is_revoked(sent: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = make(sent)
    monkeypatch.setattr(clock, "today", lambda: LATER)
    assert links.enter(sent, secret)
    monkeypatch.setattr(clock, "today", lambda: LATER + dt.timedelta(days=1))
    with pytest.raises(Denied):
        links.enter(sent, secret)
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    assert links.revoke(sent, DANA, SLUG, only(sent).id).sentence == "Revoked the link 1 to pack 1"
    with pytest.raises(Denied):
        links.enter(sent, secret)
    with pytest.raises(Denied):
        links.acknowledge(sent, secret, "Kim")
    assert not links.revoke(sent, DANA, SLUG, only(sent).id).changed


def test_looks_are_counted_and_are_no_events(sent: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, noon = make(sent), clock.now()
    before = len(queries.events(sent))
    for minute in range(3):
        at = noon + dt.timedelta(minutes=minute)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        links.look(sent, links.enter(sent, secret))
    assert (only(sent).looks, only(sent).looked_at) == (3, noon + dt.timedelta(minutes=2))
    assert len(queries.events(sent)) == before


def test_looks_within_a_minute_count_once_and_write_once(sent: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = make(sent)
    early = links.enter(sent, secret)
    links.look(sent, early)
    links.look(sent, early)  # who came at the same time and saw no look yet
    assert only(sent).looks == 1
    opened = links.enter(sent, secret)
    monkeypatch.setattr(Store, "writing", None)  # nothing is written from here on
    for _ in range(1_000):
        links.look(sent, opened)
    assert only(sent).looks == 1


def test_a_receipt_keeps_name_time_and_digest_in_the_chain_and_there_is_one(sent: Store) -> None:
    secret = make(sent)
    links.acknowledge(sent, secret, "  Kim \n Lee ")
    assert (only(sent).received_by, only(sent).received_at) == ("Kim Lee", clock.now())
    event = queries.events(sent)[0]
    assert (event.action, event.sentence) == ("pack.receipt", "Kim Lee acknowledged pack 1 through the link 1")
    assert event.detail["digest"] == pack.sent(sent, DANA, SLUG, as_of=TODAY)[0].sent.record.digest
    with pytest.raises(Conflict, match="the pack was acknowledged already"):
        links.acknowledge(sent, secret, "Somebody else")
    assert queries.chain(sent).broken_at is None


@pytest.mark.parametrize("name", ["", "  \n", "x" * 201])
def test_a_receipt_without_a_name_is_none(sent: Store, name: str) -> None:
    with pytest.raises(InputError, match="the receipt has no name"):
        links.acknowledge(sent, make(sent), name)
    assert only(sent).received_at is None


@pytest.mark.parametrize("days", [-1, 91, 400])
def test_it_holds_neither_before_today_nor_longer_than_its_pack(sent: Store, days: int) -> None:
    with pytest.raises(InputError, match="cannot hold until"):
        make(sent, TODAY + dt.timedelta(days=days))
    assert links.every(sent, DANA, SLUG) == []


@pytest.mark.parametrize("form", ["pptx", "questionnaire caiq as xlsx"])
def test_what_says_less_than_its_snapshot_is_not_shared_by_a_link(sent: Store, form: str) -> None:
    whole = packs.one(sent, DANA, SLUG, 1).record.model_copy(update={"format": form})
    packs.record(sent, DANA, reviews.load(sent, DANA, SLUG, as_of=TODAY), whole)
    with pytest.raises(InputError, match=f"pack 2 was sent as {form}, and a link would show more than that"):
        make(sent)


def test_a_pack_of_another_system_is_not_found(sent: Store) -> None:
    with pytest.raises(NotFound):
        links.make(sent, DANA, SLUG, PackLink(pack=99, expires_on=TODAY))
    with pytest.raises(NotFound):
        links.revoke(sent, DANA, SLUG, 99)


def test_only_who_may_send_packs_makes_or_sees_links(sent: Store) -> None:
    make(sent)
    for role in set(GRANTS) - {"assessor", "exporter"}:
        with pytest.raises(Denied):
            links.every(sent, Principal.of("sam", {role}), SLUG)


def test_links_outdate_no_verdict(sent: Store) -> None:
    before = events.head(sent, DANA, SLUG)
    links.acknowledge(sent, make(sent), "Kim")
    assert events.head(sent, DANA, SLUG) == before


def test_they_go_with_their_system(sent: Store) -> None:
    secret = make(sent)
    links.look(sent, links.enter(sent, secret))
    system = queries.dossier(sent, SLUG).system
    systems.archive(sent, DANA, SLUG, seen=system.row_version, reason="over")
    assert links.enter(sent, secret), "what was sent is read on"
    seen = queries.dossier(sent, SLUG).system.row_version
    systems.delete(sent, DANA, SLUG, seen=seen, reason="gone")
    with pytest.raises(Denied):
        links.enter(sent, secret)


def test_a_text_that_may_leave_no_longer_is_read_at_no_link(sent: Store) -> None:
    without = make(sent)
    samples = [trace for trace, _ in factories.traced()]
    stored.add_evidence(sent, DANA, SLUG, factories.evidence("s.jsonl", kind="traces"), traces=samples)
    found = reviews.load(sent, DANA, SLUG, as_of=TODAY).path("good")[0]
    text = Excerpt.of(found.trace.trace_id, found.trace.spans[0], "input")
    traces.release(sent, DANA, SLUG, found.id, text)
    pack.build(sent, DANA, SLUG, ASKED, as_of=TODAY)
    secret = make(sent)
    assert links.enter(sent, secret)
    told = traces.withdraw(sent, DANA, SLUG, found.id, text).sentence
    assert told.endswith("no longer leaves in packs; 1 link to packs with such texts revoked")
    with pytest.raises(Denied):
        links.enter(sent, secret)
    assert links.enter(sent, without), "a pack without texts is read on"
