"""The trail of packs: recorded before anything leaves, and told of once it no longer says what is the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from readiness import pack
from readiness.access import GRANTS, Principal
from readiness.errors import Denied, InputError, NotFound, StoreError
from readiness.model.assessment import Assessment
from readiness.model.packs import PackState
from readiness.model.traces import Excerpt
from readiness.pack import questionnaire
from readiness.review import signoff
from readiness.seal import canonical
from readiness.seal.verify import verify
from readiness.services import events, evidence, marks, packs, reviews, revisions, systems, traces
from readiness.store import Store, facts, queries
from readiness.store.changes import packs as changes
from tests import factories, files, stored
from tests.factories import SLUG, TODAY
from tests.stored import CopyOf

DANA = factories.principal()
NOON = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)
ASKED = pack.Request(
    audience="security", recipient="Acme", purpose="Audit", contact="Rosa", classification="Internal", draft=True
)

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def desk(copy_of: CopyOf) -> Store:
    return copy_of(_desk)


def _desk(store: Store, _: Path) -> None:
    stored.whole_with_traces(store, DANA)


def send(store: Store, by: Principal = DANA, asked: pack.Request = ASKED, **options: Any) -> pack.Pack:
    return pack.build(store, by, SLUG, asked, as_of=TODAY, **{"made_at": NOON, **options})


def only(store: Store, as_of: dt.date = TODAY) -> PackState:
    (state,) = pack.sent(store, DANA, SLUG, as_of=as_of)
    return state


def test_what_left_is_kept_with_who_got_it_what_it_said_and_what_it_rested_on(desk: Store) -> None:
    made = send(desk)
    state = only(desk)
    kept = packs.one(desk, DANA, SLUG, state.sent.id).record
    assert (kept.recipient, kept.purpose, kept.contact, kept.classification) == ("Acme", "Audit", "Rosa", "Internal")
    assert (kept.audience, kept.format, kept.draft, kept.customer, kept.since) == ("security", "md", True, "", None)
    assert kept.valid_until == ASKED.until(TODAY)
    assert kept.digest == canonical.digest(made.body)
    said = pack.take(desk, DANA, SLUG, ASKED, as_of=TODAY, made_at=NOON).data()
    assert kept.data == said
    assert list(kept.data) == list(said), "in the order of the document"
    assert kept.snapshot == canonical.digest(canonical.dumps(said))
    assert kept.parts == signoff.seen(reviews.load(desk, DANA, SLUG, as_of=TODAY))
    assert (state.sent.by, state.sent.at, state.level, state.out_of_date) == (DANA.name, NOON, kept.level, ())


def test_the_record_tells_of_it_and_the_chain_and_the_facts_are_whole(desk: Store) -> None:
    send(desk)
    event = queries.events(desk, system=SLUG)[0]
    until = ASKED.until(TODAY)
    assert (event.action, event.actor, event.subject) == ("pack", DANA.name, "pack 1")
    assert event.sentence.startswith("Sent the security pack of 2026.11 to Acme as md, as a draft, valid until ")
    assert event.detail["valid_until"] == until.isoformat()
    assert {
        "audience",
        "recipient",
        "customer",
        "format",
        "classification",
        "digest",
        "snapshot",
    } <= event.detail.keys()
    assert queries.chain(desk).broken_at is None
    assert queries.verified_facts(desk, SLUG).changed == ()


def test_what_was_sent_cannot_be_changed_behind_the_back_of_the_record(sqlite_store: Store) -> None:
    evidence.add_assessment(sqlite_store, DANA, files.whole(), name="a.toml", digest="1" * 64, as_of=TODAY)
    send(sqlite_store)
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE pack_sent SET recipient = 'Somebody else'")
    changed = queries.verified_facts(sqlite_store, SLUG).changed
    assert [(fact.table, fact.how) for fact in changed] == [("pack_sent", "changed")]
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE pack_sent SET recipient = 'Acme'")


def test_the_same_pack_again_is_a_second_event_of_the_same_file(desk: Store) -> None:
    first, second = send(desk), send(desk)
    assert first.body == second.body
    newer, older = pack.sent(desk, DANA, SLUG, as_of=TODAY)
    assert newer.sent.id > older.sent.id
    assert newer.sent.record == older.sent.record
    assert [event.action for event in queries.events(desk, system=SLUG)[:2]] == ["pack", "pack"]


def sealed(store: Store, minute: int = 0, **asked: Any) -> tuple[str, str | None]:
    """The digest of a pack as ZIP, and that of the one which it names as the one before."""
    made = send(store, asked=ASKED.model_copy(update=asked), format="zip", made_at=NOON + dt.timedelta(minutes=minute))
    return canonical.digest(made.body), verify(made.body).facts.previous  # type: ignore[union-attr]


def test_each_sealed_pack_names_the_one_that_its_reader_got_before(desk: Store) -> None:
    first, before = sealed(desk)
    assert before is None
    send(desk)  # as Markdown, which carries no seal
    assert sealed(desk) == (first, None), "the same again is the same file"
    second, before = sealed(desk, 1)
    assert before == first
    third, before = sealed(desk, 2)
    assert before == second
    assert sealed(desk, 2) == (third, second)


def test_packs_for_another_reader_are_another_chain(desk: Store) -> None:
    first, _ = sealed(desk)
    assert sealed(desk, 1, recipient="Brannholt")[1] is None
    assert sealed(desk, 2, audience="procurement")[1] is None
    assert sealed(desk, 3)[1] == first
    assert sealed(desk, 4, recipient="")[1] is None
    assert sealed(desk, 5, recipient="")[1] is None, "nobody knows whether it is the same reader"


def test_what_changed_since_is_a_link_of_the_chain(desk: Store) -> None:
    first, _ = sealed(desk)
    made = pack.build_since(desk, DANA, SLUG, 1, as_of=TODAY, format="zip", made_at=NOON + dt.timedelta(minutes=1))
    assert verify(made.body).facts.previous == first  # type: ignore[union-attr]
    assert sealed(desk, 2)[1] == canonical.digest(made.body)


def test_every_form_is_recorded_and_a_look_is_not(desk: Store) -> None:
    pack.take(desk, DANA, SLUG, ASKED, as_of=TODAY)
    assert pack.sent(desk, DANA, SLUG, as_of=TODAY) == []
    for form in pack.FORMATS:
        send(desk, format=form)
    assert {state.sent.record.format for state in pack.sent(desk, DANA, SLUG, as_of=TODAY)} == set(pack.FORMATS)


def test_nothing_leaves_that_could_not_be_recorded(desk: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the disk is full; nothing was stored")

    monkeypatch.setattr(changes, "send", fail)
    with pytest.raises(StoreError, match="disk is full"):
        send(desk)
    assert pack.sent(desk, DANA, SLUG, as_of=TODAY) == []


def test_a_pack_that_is_refused_is_not_recorded(desk: Store) -> None:
    with pytest.raises(InputError):
        send(desk, asked=pack.Request(audience="press"))
    with pytest.raises(Denied):
        send(desk, by=Principal.of("vera", {"viewer"}))
    assert pack.sent(desk, DANA, SLUG, as_of=TODAY) == []


def test_verdicts_that_are_kept_and_reviews_at_hand_stay_after_a_pack(desk: Store) -> None:
    kept, review = queries.statuses(desk), reviews.load(desk, DANA, SLUG, as_of=TODAY)
    head = events.head(desk, DANA, SLUG)
    send(desk)
    assert queries.statuses(desk) == kept
    assert kept[0][1] is not None
    assert events.head(desk, DANA, SLUG) == head
    assert reviews.load(desk, DANA, SLUG, as_of=TODAY) is review


def test_a_system_in_the_archive_still_tells_whoever_asks_what_it_was_released_on(desk: Store) -> None:
    systems.archive(desk, DANA, SLUG, "retired", seen=systems.one(desk, DANA, SLUG).row_version)
    send(desk)
    assert only(desk).sent.record.recipient == "Acme"


def test_a_viewer_sees_the_trail_and_only_who_exports_what_packs_said(desk: Store) -> None:
    send(desk)
    vera = Principal.of("vera", {"viewer"})
    assert len(pack.sent(desk, vera, SLUG, as_of=TODAY)) == 1
    with pytest.raises(Denied):
        packs.one(desk, vera, SLUG, 1)
    with pytest.raises(Denied):
        pack.sent(desk, Principal.of("sam", GRANTS, {"elsewhere"}), SLUG, as_of=TODAY)


def test_a_pack_of_another_system_is_not_found(desk: Store) -> None:
    send(desk)
    file = files.whole().model_copy(update={"system": files.whole().system.model_copy(update={"slug": "other"})})
    evidence.add_assessment(desk, DANA, file, name="b.toml", digest="2" * 64, as_of=TODAY)
    with pytest.raises(NotFound, match="other has sent no pack 1"):
        packs.one(desk, DANA, "other", 1)


def _answered(store: Store) -> None:
    found = queries.dossier(store, SLUG)
    changed = factories.mark("cohort-success", "no", evidence=["https://evidence.example/2"])
    marks.answer(store, DANA, SLUG, found.assessment.id, changed, seen=found.marks["cohort-success"].row_version)


def _policy(store: Store) -> None:
    found = queries.dossier(store, SLUG)
    assert found.policy
    steps = found.policy.record.rollback.model_copy(update={"steps": ["Other"]})
    revised = found.policy.record.model_copy(update={"rollback": steps})
    revisions.save(store, DANA, SLUG, found.assessment.id, revised, seen=1)


def _measured(store: Store) -> None:
    stored.add_evidence(store, DANA, SLUG, factories.evidence("new.csv"), [factories.cell()], as_of=TODAY)


def _next(store: Store) -> None:
    number = queries.dossier(store, SLUG).assessment.id
    following = Assessment(candidate="2026.12", baseline="2026.11", assessed_on=TODAY)
    systems.start_assessment(store, DANA, SLUG, following, seen=number)


def _watched(store: Store) -> None:
    found = queries.dossier(store, SLUG)
    assert found.monitoring
    plan = found.monitoring.record.model_copy(update={"watch": "Somebody else every Friday"})
    revisions.save(store, DANA, SLUG, found.assessment.id, plan, seen=1)


def _gap(**told: Any) -> Callable[[Store], None]:
    def change(store: Store) -> None:
        found = queries.dossier(store, SLUG)
        before = found.marks["capacity"]
        record = before.record.model_copy(update=told)
        marks.answer(store, DANA, SLUG, found.assessment.id, record, seen=before.row_version)

    return change


STANDS: dict[str, tuple[list[Callable[[Store], None]], Callable[[Store], None], str]] = {
    "leadership": ([_policy, _watched], _gap(owner="kim"), "Most pressing gaps (Capacity at expansion (11): owner)"),
    "security": ([_answered, _gap(note="Counted again", action="Ask")], _policy, "Rollback (Steps"),
    "procurement": ([_answered, _watched, _gap(action="Ask")], _gap(due=TODAY + dt.timedelta(days=9)), "Checklist ("),
    "customer": ([_policy, _gap(action="Ask", owner="kim")], _gap(due=TODAY + dt.timedelta(days=9)), "Checklist ("),
}
"""For each audience: what is no part of its pack, what is, and how the reason begins."""


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_a_pack_is_out_of_date_once_what_it_says_changed_and_nothing_else(desk: Store, audience: str) -> None:
    outside, inside, told = STANDS[audience]
    customer = "Acme" if audience == "customer" else ""
    send(desk, asked=ASKED.model_copy(update={"audience": audience, "customer": customer}))
    for change in outside:
        change(desk)
        assert only(desk).out_of_date == ()
    inside(desk)
    (reason,) = only(desk).out_of_date
    assert reason.startswith(f"changed since: {told}"), reason


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_policy, "changed since: Rollback (Steps"),
        (_measured, "Provenance (results 1, new)"),
        (_next, "2026.12, assessed on 20 Nov 2026, is in force now"),
    ],
)
def test_a_pack_is_out_of_date_for_a_reason_that_is_named(
    desk: Store, change: Callable[[Store], None], told: str
) -> None:
    send(desk)
    assert only(desk).out_of_date == ()
    change(desk)
    assert any(told in reason for reason in only(desk).out_of_date), only(desk).out_of_date


def test_many_changes_are_counted_behind_the_first(desk: Store) -> None:
    send(desk)
    _measured(desk)
    (reason,) = only(desk).out_of_date
    assert " and 2 more); Provenance (" in reason


def test_a_pack_that_could_not_be_made_today_says_why(desk: Store) -> None:
    _measured(desk)
    send(desk, asked=ASKED.model_copy(update={"draft": False}))
    assert only(desk).out_of_date == ()
    review = reviews.load(desk, DANA, SLUG, as_of=TODAY)
    evidence.remove(desk, DANA, SLUG, review.samples[0].item.id)
    reasons = only(desk).out_of_date
    assert any("today it could not be made: the security pack of" in reason for reason in reasons), reasons


def test_what_changed_since_is_out_of_date_with_what_it_tells_of(desk: Store) -> None:
    send(desk)
    _policy(desk)
    pack.build_since(desk, DANA, SLUG, 1, as_of=TODAY)
    whole, changes = reversed(pack.sent(desk, DANA, SLUG, as_of=TODAY))
    assert (bool(whole.out_of_date), changes.out_of_date) == (True, ())
    _measured(desk)
    (reason,) = pack.sent(desk, DANA, SLUG, as_of=TODAY)[0].out_of_date
    assert "What changed since 20 Nov 2026 (" in reason, reason


def test_a_questionnaire_is_told_to_be_out_of_date_and_is_not_compared(desk: Store) -> None:
    questionnaire.build(desk, DANA, SLUG, ASKED, questionnaire.Asked("caiq"), as_of=TODAY)
    assert only(desk).out_of_date == ()
    _policy(desk)
    assert only(desk).out_of_date
    with pytest.raises(InputError, match="pack 1 is a questionnaire, whose answers are not compared"):
        pack.take_since(desk, DANA, SLUG, 1, as_of=TODAY)


def test_a_pack_whose_time_is_over_says_so_and_one_on_its_last_day_does_not(desk: Store) -> None:
    until = TODAY + dt.timedelta(days=1)
    send(desk, asked=ASKED.model_copy(update={"valid_until": until}))
    assert only(desk, until).out_of_date == ()
    later = only(desk, until + dt.timedelta(days=1)).out_of_date
    assert later == (f"its validity ended on {until.day} {until:%b %Y}",)


def test_a_verdict_that_is_another_one_is_told_then_and_now_and_once(desk: Store) -> None:
    send(desk)
    before = only(desk)
    found = queries.dossier(desk, SLUG)
    worse = factories.mark("traceability", "yes", owner="rosa", due=TODAY)
    marks.answer(desk, DANA, SLUG, found.assessment.id, worse, seen=found.marks["traceability"].row_version)
    state = only(desk)
    assert state.level != before.level
    verdict, rest = state.out_of_date
    assert verdict.startswith("the verdict was ")
    assert verdict.endswith(" now")
    assert rest.startswith("changed since")
    assert "the verdict was" not in rest
    assert "score" not in rest


def test_texts_that_are_removed_for_good_go_from_what_packs_said_and_the_trail_stays(desk: Store) -> None:
    review = reviews.load(desk, DANA, SLUG, as_of=TODAY)
    sample = next(sample for sample in review.samples if sample.trace.path == "good")
    excerpt = Excerpt.of(sample.trace.trace_id, sample.trace.spans[0], "input")
    traces.release(desk, Principal.of("omar", GRANTS), SLUG, sample.id, excerpt)
    send(desk)
    send(desk, asked=pack.Request(audience="leadership", draft=True))
    evidence.remove(desk, DANA, SLUG, sample.item.id)
    whole, without = pack.sent(desk, DANA, SLUG, as_of=TODAY)
    assert packs.one(desk, DANA, SLUG, whole.sent.id).record.data, "it holds no text of a trace"
    with pytest.raises(InputError, match="what pack 1 said is not kept"):
        packs.one(desk, DANA, SLUG, without.sent.id)
    assert without.sent.record.recipient == "Acme"
    assert queries.verified_facts(desk, SLUG).changed == ()


def test_a_deleted_system_takes_its_trail_along_and_the_record_stays_whole(desk: Store) -> None:
    send(desk)
    systems.archive(desk, DANA, SLUG, "retired", seen=systems.one(desk, DANA, SLUG).row_version)
    systems.delete(desk, DANA, SLUG, "asked for", seen=systems.one(desk, DANA, SLUG).row_version)
    with pytest.raises(NotFound):
        pack.sent(desk, DANA, SLUG, as_of=TODAY)
    with desk.reading() as session:
        assert facts.verify(session).changed == ()
