"""Beginning without a file, and what ends: systems, assessments, the archive."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from readiness import clock
from readiness.access import Principal
from readiness.errors import Conflict, Denied, InputError, NotFound
from readiness.model.assessment import Assessment, Expected, Mark, System
from readiness.model.dossier import Stored
from readiness.model.sign_off import SignOff
from readiness.review.review import Review
from readiness.services import (
    Store,
    evidence,
    gaps,
    handovers,
    imports,
    marks,
    people,
    portfolio,
    reviews,
    revisions,
    sign_offs,
    systems,
)
from readiness.services import admin as admin_service
from readiness.store import queries
from tests import factories, files, stored
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY

DANA = factories.principal()
OMAR = factories.principal(name="omar")
DESK = System(slug="night-desk", name="Night Desk")
NEXT = "2026.12"


@pytest.fixture(autouse=True)
def _noon(noon: dt.datetime) -> None:
    """No midnight comes between."""


def new(store: Store, system: System = DESK, candidate: str = "1") -> Review:
    systems.create(store, DANA, system, Assessment(candidate=candidate))
    return review(store, system.slug)


def review(store: Store, slug: str = SLUG, as_of: dt.date = TODAY) -> Review:
    return reviews.load(store, DANA, slug, as_of=as_of)


def put(store: Store, *, by: Principal = DANA, on: dt.date = TODAY - dt.timedelta(days=30)) -> Review:
    """An assessment from a file, some weeks ago: everything is controlled but the capacity."""
    file = files.whole(capacity=factories.mark("capacity", "yes", due=TODAY + dt.timedelta(days=3)))
    dated = file.model_copy(update={"assessment": factories.assessment(assessed_on=on)})
    evidence.add_assessment(store, by, dated, name="a.toml", digest="1" * 64, as_of=TODAY)
    return review(store)


def go_on(store: Store, **fields: object) -> Review:
    """The next assessment."""
    before = review(store)
    given = {"candidate": NEXT, "baseline": CANDIDATE} | fields
    systems.start_assessment(store, DANA, SLUG, Assessment.checked(**given), seen=before.assessment_id)
    return review(store)


def mark_of(found: Review, signal: str) -> Stored[Mark] | None:
    return found.dossier.marks.get(signal)


def slugs(store: Store, as_of: dt.date = TODAY) -> set[str]:
    return {status.slug for status in portfolio.statuses(store, DANA, as_of=as_of)}


# Beginning


def test_a_system_begins_with_a_name_and_a_version_and_nothing_is_answered(store: Store) -> None:
    found = new(store)
    assert (found.name, found.assessment.candidate, found.assessment.assessed_on) == ("Night Desk", "1", TODAY)
    assert found.verdict.level == "undetermined"
    assert slugs(store) == {"night-desk"}
    (event,) = reviews.activity(store, DANA)
    assert event.sentence == "Made the system Night Desk, with an assessment of 1"


def test_a_name_becomes_a_short_address_that_nobody_has(store: Store) -> None:
    assert systems.free_slug(store, DANA, "  Größe & Maß: Café  ") == "grosse-mass-cafe"
    assert systems.free_slug(store, DANA, "荷物") == "system"
    new(store)
    assert systems.free_slug(store, DANA, "Night desk!") == "night-desk-2"


def test_a_slug_that_is_taken_is_refused_and_nothing_is_stored(store: Store) -> None:
    found = new(store)
    with pytest.raises(InputError, match="night-desk is taken by Night Desk"):
        new(store, System(slug="night-desk", name="Another"))
    systems.archive(store, DANA, "night-desk", "over", seen=found.dossier.system.row_version)
    with pytest.raises(InputError, match="night-desk is taken by an archived system"):
        new(store)


@pytest.mark.parametrize(
    ("system", "fields", "words"),
    [
        (System(slug="a", name=" "), {}, "the system has no name"),
        (System(slug="a", name="A"), {"checklist": "nothing"}, "is not known; expected one of llm-rollout"),
        (System(slug="a", name="A"), {"assessed_on": TODAY + dt.timedelta(days=1)}, "dated after today"),
    ],
)
def test_what_cannot_be_a_system_is_a_sentence(
    store: Store, system: System, fields: dict[str, object], words: str
) -> None:
    with pytest.raises((InputError, NotFound), match=words):
        systems.create(store, DANA, system, Assessment.checked(candidate="1", **fields))
    assert queries.systems(store) == []


def test_whoever_acts_on_some_systems_only_makes_none_even_where_the_name_fits(store: Store) -> None:
    limited = factories.principal(systems=frozenset({"night-desk"}))
    with pytest.raises(Denied, match="may not make a system"):
        systems.create(store, limited, DESK, Assessment(candidate="1"))


def test_the_first_verdict_needs_no_file(store: Store) -> None:
    found = new(store)
    for answer in found.answers:
        marks.answer(store, DANA, "night-desk", found.assessment_id, Mark(signal=answer.signal.id, mark="no"), seen=0)
    assert review(store, "night-desk").verdict.band is not None
    assert review(store, "night-desk").verdict.unanswered == ()


# Facts


def test_the_facts_of_a_system_are_edited_and_its_past_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    found = new(store)
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.combine(TODAY + dt.timedelta(days=9), dt.time(12), dt.UTC))
    named = System(slug="night-desk", name="Day Desk", owner="rosa", description="Answers at night")
    done = systems.edit(store, DANA, named, seen=found.dossier.system.row_version)
    assert done.sentence == "Night Desk is called Day Desk now"
    later = TODAY + dt.timedelta(days=9)
    assert review(store, "night-desk", later).dossier.system.record == named
    assert review(store, "night-desk", TODAY).name == "Night Desk"
    (status,) = portfolio.statuses(store, DANA, as_of=later)
    assert (status.name, status.owner) == ("Day Desk", "rosa")


def test_a_lost_race_about_a_system_shows_what_they_wrote(store: Store) -> None:
    found = new(store)
    theirs = DESK.model_copy(update={"owner": "rosa"})
    systems.edit(store, OMAR, theirs, seen=found.dossier.system.row_version)
    mine = DESK.model_copy(update={"owner": "dana"})
    with pytest.raises(Conflict) as lost:
        systems.edit(store, DANA, mine, seen=found.dossier.system.row_version)
    assert lost.value.theirs == {"owner": "rosa"}
    assert review(store, "night-desk").dossier.system.record.owner == "rosa"


def test_the_facts_of_an_assessment_are_edited_and_its_past_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = new(store)
    later = TODAY + dt.timedelta(days=9)
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.combine(later, dt.time(12), dt.UTC))
    stated = Assessment(
        candidate="2",
        baseline="1",
        scope="Refunds",
        target_date=TODAY + dt.timedelta(days=60),
        expected=Expected(workflows={"refund": 1}, cohorts={"language=de": 0.4}),
    )
    done = systems.edit_assessment(
        store, DANA, "night-desk", found.assessment_id, stated, seen=found.dossier.assessment.row_version
    )
    assert done.sentence == ("Changed candidate, baseline, scope, target date and expectations of night-desk 2")
    assert review(store, "night-desk", later).assessment == stated.model_copy(update={"assessed_on": TODAY})
    assert review(store, "night-desk", TODAY).assessment.candidate == "1"
    with pytest.raises(Conflict):
        systems.edit_assessment(store, DANA, "night-desk", found.assessment_id, Assessment(candidate="3"), seen=1)


def test_a_file_that_is_read_again_does_not_undo_what_was_edited(store: Store) -> None:
    found = put(store)
    named = found.dossier.system.record.model_copy(update={"owner": "rosa"})
    systems.edit(store, DANA, named, seen=found.dossier.system.row_version)
    scoped = found.assessment.model_copy(update={"scope": "Refunds"})
    version = found.dossier.assessment.row_version
    systems.edit_assessment(store, DANA, SLUG, found.assessment_id, scoped, seen=version)
    file = imports.export(store, DANA, SLUG, as_of=TODAY)
    older = file.model_copy(
        update={
            "system": found.dossier.system.record,
            "assessment": found.assessment.model_copy(update={"target_date": TODAY}),
        }
    )
    with pytest.raises(Conflict) as lost:
        evidence.add_assessment(store, DANA, older, name="b.toml", digest="2" * 64, as_of=TODAY)
    assert lost.value.theirs.keys() == {"system.owner", "assessment.scope"}
    evidence.add_assessment(store, DANA, older, name="b.toml", digest="2" * 64, as_of=TODAY, on_conflict="keep")
    now = review(store)
    assert (now.dossier.system.record.owner, now.assessment.scope) == ("rosa", "Refunds")
    assert now.assessment.target_date == TODAY


def test_a_file_goes_on_with_what_was_begun_on_a_page(store: Store) -> None:
    new(store, System(slug=SLUG, name="Support Copilot", owner="dana"), CANDIDATE)
    file = files.whole()
    dated = file.model_copy(update={"assessment": factories.assessment()})
    evidence.add_assessment(store, DANA, dated, name="a.toml", digest="1" * 64, as_of=TODAY)
    assert len(reviews.assessments(store, DANA, SLUG)) == 1
    assert (review(store).assessment.baseline, review(store).verdict.unanswered) == (BASELINE, ())


# The next assessment


def test_the_next_assessment_holds_no_control_until_a_person_confirms_it(store: Store) -> None:
    before = put(store)
    found = go_on(store)
    assert found.verdict.level in ("undetermined", "blocked")
    assert len(found.verdict.unanswered) == 21
    assert len(found.to_confirm) == 21
    waiting = found.to_confirm[0]
    assert waiting.was is not None
    assert (waiting.was.candidate, waiting.was.assessed_on) == (CANDIDATE, before.assessment.assessed_on)
    done = marks.confirm(store, OMAR, SLUG, found.assessment_id, waiting.signal.id, seen=waiting.row_version)
    assert done.sentence == f"{waiting.signal.id}: not answered became No – controlled"
    now = review(store)
    assert len(now.to_confirm) == 20
    confirmed, earlier = mark_of(now, waiting.signal.id), mark_of(before, waiting.signal.id)
    assert confirmed is not None
    assert earlier is not None
    assert confirmed.record == earlier.record


def test_whoever_wrote_what_was_confirmed_has_written_it_too(store: Store) -> None:
    put(store, by=OMAR)
    found = go_on(store)
    marks.confirm(store, DANA, SLUG, found.assessment_id, "ownership", seen=0)
    wrote = {(one.did, one.by) for one in review(store).dossier.wrote}
    assert {("answered a question", "omar"), ("answered a question", "dana")} <= wrote
    assert ("wrote a revision of the release policy", "omar") in wrote


def test_gaps_go_on_with_owner_date_and_slips(store: Store) -> None:
    before = put(store)
    (gap,) = before.gaps
    due = TODAY + dt.timedelta(days=10)
    gaps.change(store, DANA, gap.id, seen=1, due=due, owner="rosa", action="Buy", reason="the vendor is late")
    (carried,) = go_on(store).gaps
    assert carried.id != gap.id
    assert (carried.mark.owner, carried.mark.due, carried.mark.action) == ("rosa", due, "Buy")
    assert (carried.slips, [move.reason for move in carried.moves]) == (1, ["the vendor is late"])
    later = due + dt.timedelta(days=5)
    gaps.change(store, DANA, carried.id, seen=1, due=later, owner="rosa", action="Buy", reason="again")
    assert review(store).gaps[0].slips == 2
    assert [opened.slips for opened in gaps.every(store, DANA, as_of=TODAY)] == [2]


def test_policy_plan_and_card_go_on_with_every_revision_and_who_wrote_it(store: Store) -> None:
    first = put(store, by=OMAR)
    revisions.save(store, OMAR, SLUG, first.assessment_id, factories.card(), seen=0)
    before, found = review(store), go_on(store)
    for name in ("policy", "monitoring", "card"):
        old, now = getattr(before, name), getattr(found, name)
        assert (now.record, now.number, now.by, now.at) == (old.record, old.number, old.by, old.at)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"assessed_on": TODAY + dt.timedelta(days=1)}, "cannot be of 21 Nov 2026; expected a day from 21 Oct 2026"),
        ({"assessed_on": TODAY - dt.timedelta(days=31)}, "cannot be of 20 Oct 2026"),
        (
            {"candidate": CANDIDATE, "baseline": "", "assessed_on": TODAY - dt.timedelta(days=30)},
            "has an assessment of 21 Oct 2026 already",
        ),
    ],
)
def test_an_assessment_that_cannot_be_the_next_is_a_sentence(
    store: Store, fields: dict[str, object], words: str
) -> None:
    put(store)
    with pytest.raises(InputError, match=words):
        go_on(store, **fields)
    assert len(reviews.assessments(store, DANA, SLUG)) == 1


def test_two_who_begin_the_next_assessment_do_not_both(store: Store) -> None:
    before = put(store)
    go_on(store)
    with pytest.raises(Conflict, match="another assessment of support-copilot began"):
        systems.start_assessment(store, OMAR, SLUG, Assessment(candidate="9"), seen=before.assessment_id)


def test_what_was_answered_meanwhile_or_was_a_gap_is_not_confirmed(store: Store) -> None:
    put(store)
    found = go_on(store)
    with pytest.raises(Conflict, match="capacity is answered by now"):
        marks.confirm(store, DANA, SLUG, found.assessment_id, "capacity", seen=1)
    marks.answer(store, DANA, SLUG, found.assessment_id, factories.mark("ownership", "no"), seen=0)
    with pytest.raises(Conflict, match="ownership is answered by now"):
        marks.confirm(store, DANA, SLUG, found.assessment_id, "ownership", seen=0)
    first = new(store)
    with pytest.raises(InputError, match="ownership was not controlled before"):
        marks.confirm(store, DANA, "night-desk", first.assessment_id, "ownership", seen=0)


# The archive


def test_an_archived_system_is_on_no_list_until_it_is_restored(store: Store) -> None:
    found = put(store)
    assert gaps.every(store, DANA, as_of=TODAY)
    systems.archive(store, DANA, SLUG, "replaced", seen=found.dossier.system.row_version)
    assert slugs(store) == set()
    assert gaps.every(store, DANA, as_of=TODAY) == []
    assert reviews.every(store, DANA, as_of=TODAY) == []
    (put_away,) = systems.archived(store, DANA)
    assert (put_away.name, put_away.on, put_away.by, put_away.reason) == ("Support Copilot", TODAY, "dana", "replaced")
    assert systems.archived(store, factories.principal(systems=frozenset({"another"}))) == []
    systems.restore(store, DANA, SLUG, seen=put_away.row_version)
    assert slugs(store) == {SLUG}
    assert len(gaps.every(store, DANA, as_of=TODAY)) == 1
    assert systems.archived(store, DANA) == []


def test_a_system_stands_on_the_days_before_it_was_archived(store: Store) -> None:
    found = put(store)
    systems.archive(store, DANA, SLUG, "replaced", seen=found.dossier.system.row_version)
    assert slugs(store, TODAY - dt.timedelta(days=1)) == {SLUG}


def test_nobody_writes_to_what_is_archived(store: Store) -> None:
    found = put(store)
    systems.archive(store, DANA, SLUG, "replaced", seen=found.dossier.system.row_version)
    head = queries.head(store)
    with pytest.raises(InputError, match="was archived on 20 Nov 2026; nothing was stored"):
        stored.add_evidence(store, DANA, SLUG, factories.evidence("r.csv"))
    with pytest.raises(InputError, match="was archived"):
        gaps.change(store, DANA, found.gaps[0].id, seen=1, due=TODAY, owner="", action="", reason="")
    assert queries.head(store) == head


def test_an_end_needs_a_reason_and_the_version_that_was_seen(store: Store) -> None:
    seen = put(store).dossier.system.row_version
    with pytest.raises(InputError, match="no reason is given"):
        systems.archive(store, DANA, SLUG, " ", seen=seen)
    with pytest.raises(Conflict):
        systems.archive(store, DANA, SLUG, "over", seen=9)
    with pytest.raises(InputError, match="support-copilot is not in the archive; nothing was deleted"):
        systems.delete(store, DANA, SLUG, "over", seen=seen)
    assert slugs(store) == {SLUG}
    systems.archive(store, DANA, SLUG, "over", seen=seen)
    with pytest.raises(InputError, match="no reason is given"):
        systems.delete(store, DANA, SLUG, " ", seen=seen + 1)
    with pytest.raises(Conflict):
        systems.delete(store, DANA, SLUG, "over", seen=seen)
    assert [one.slug for one in systems.archived(store, DANA)] == [SLUG]


# Deleting


def away(store: Store, slug: str = SLUG) -> int:
    """The row version of a system that was put into the archive."""
    systems.archive(store, DANA, slug, "over", seen=queries.system(store, slug).row_version)
    return queries.system(store, slug).row_version


def full(store: Store) -> Review:
    """A system with all that one can hold."""
    put(store)
    samples = [trace for trace, _ in factories.traced()]
    stored.add_evidence(store, DANA, SLUG, factories.evidence("s.jsonl", kind="traces"), traces=samples)
    stored.add_evidence(store, DANA, SLUG, factories.evidence("r.csv"), [factories.cell()])
    (gap,) = review(store).gaps
    due = TODAY + dt.timedelta(days=10)
    gaps.change(store, DANA, gap.id, seen=1, due=due, owner="rosa", action="", reason="later")
    number, head = review(store).assessment_id, queries.head(store, SLUG)
    given = SignOff(role="quality", decision="approve", parts={}, digest="0" * 64)
    approver = factories.principal("approver", name="quality lead")
    sign_offs.keep(store, approver, SLUG, number, given, seen=head)
    return review(store)


def test_a_deleted_system_leaves_its_events_and_nothing_else(store: Store) -> None:
    new(store)
    full(store)
    seen = away(store)
    events = len(reviews.activity(store, DANA, system=SLUG))
    done = systems.delete(store, DANA, SLUG, "the pilot is over", seen=seen)
    assert done.sentence == "Deleted Support Copilot with 1 assessment and 2 files; reason kept"
    assert [system.slug for system in queries.systems(store)] == ["night-desk"]
    with pytest.raises(NotFound):
        review(store)
    newest, *others = reviews.activity(store, DANA, system=SLUG)
    assert len(others) == events
    assert newest.detail["reason"] == "the pilot is over"
    assert newest.detail["files"] == {factories.digest(name): name for name in ("s.jsonl", "r.csv")}
    assert queries.chain(store).broken_at is None
    assert queries.verified_facts(store, SLUG).changed == ()


def test_a_system_that_bears_the_name_of_a_deleted_one_inherits_nothing(store: Store) -> None:
    full(store)
    systems.delete(store, DANA, SLUG, "over", seen=away(store))
    new(store, System(slug=SLUG, name="Again"), CANDIDATE)
    now = review(store)
    assert (now.items, now.gaps, now.policy, len(now.verdict.unanswered)) == ({}, (), None, 22)
    assert now.dossier.removed == []
    file = files.whole().model_copy(update={"system": System(slug=SLUG, name="Again")})
    dated = file.model_copy(update={"assessment": factories.assessment(baseline="")})
    evidence.add_assessment(store, DANA, dated, name="a.toml", digest="1" * 64, as_of=TODAY)
    assert review(store).verdict.unanswered == ()


def test_the_doctor_finds_nothing_after_each_of_these(sqlite_store: Store) -> None:
    store = sqlite_store
    full(store)
    go_on(store)
    new(store)
    seen = away(store)
    assert _faults(store) == []
    systems.delete(store, DANA, SLUG, "over", seen=seen)
    assert _faults(store) == []


def _faults(store: Store) -> list[str]:
    return [f"{health.name}: {health.says}" for health in admin_service.examine(DANA, store.url) if not health.ok]


def test_no_byte_of_a_deleted_system_is_left_in_the_file(loaded: Path, tmp_path: Path) -> None:
    slug = "freight-support"
    with stored.copied(loaded, tmp_path) as store:
        lesson = next(trace.record.note for _, trace in queries.dossier(store, slug).traces if trace.record.note)
        systems.delete(store, DANA, slug, "over", seen=away(store, slug))
        left = stored.file(tmp_path).read_bytes()
    assert lesson.encode() not in left
    assert slug.encode() in left


def test_no_id_of_a_deleted_system_is_used_again(store: Store) -> None:
    """A page that is open still holds them."""
    before = full(store)
    marked = {mark.id for mark in before.dossier.marks.values()}
    systems.delete(store, DANA, SLUG, "over", seen=away(store))
    for _ in range(2):
        found = put(store)
        assert found.assessment_id > before.assessment_id
        now = {mark.id for mark in found.dossier.marks.values()}
        assert min(now) > max(marked)
        marked = now
        with pytest.raises(NotFound, match="there is no gap"):
            gaps.change(store, DANA, before.gaps[0].id, seen=2, due=TODAY, owner="", action="", reason="late")
        systems.delete(store, DANA, SLUG, "over", seen=away(store))


def test_roles_and_offers_go_with_their_system(sqlite_store: Store) -> None:
    store = sqlite_store
    before = full(store)
    people.add(store, DANA, "omar@example.com")
    (omar,) = people.every(store, DANA)
    people.grant(store, DANA, omar.id, "viewer", SLUG)
    handovers.offer(store, DANA, before.gaps[0].id, "mei")
    systems.delete(store, DANA, SLUG, "over", seen=away(store))
    assert people.every(store, DANA)[0].grants == frozenset()
    assert handovers.every(store, DANA) == []
    assert _faults(store) == []
    new(store, System(slug=SLUG, name="Again"), CANDIDATE)
    assert queries.verified_facts(store, SLUG).changed == ()
