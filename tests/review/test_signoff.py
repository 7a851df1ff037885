"""What a sign-off is bound to: it holds while nothing changes, and names what did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from readiness.access import Principal
from readiness.errors import Conflict, Denied, InputError
from readiness.model.assessment import Assessment, System
from readiness.model.dossier import Done
from readiness.model.evidence import Doubt
from readiness.model.policy import Approver, Rollback
from readiness.review import signoff, summaries
from readiness.review.review import Review
from readiness.review.signoff import ApproverStatus
from readiness.services import evidence as evidence_service
from readiness.services import marks as marks_service
from readiness.services import portfolio, reviews, sign_offs
from readiness.services import revisions as revisions_service
from readiness.services import traces as traces_service
from readiness.store import Store
from tests import factories, files, stored
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY, mark

DANA, LEAD = factories.principal(), factories.principal("approver", name="Quality Lead")


def load(store: Store, days: int = 0) -> Review:
    return reviews.load(store, DANA, SLUG, as_of=TODAY + dt.timedelta(days=days))


@pytest.fixture
def store(sqlite_store: Store, tmp_path: Path) -> Store:
    """A system in good order, of which dana is the author."""
    files.keep(sqlite_store, files.assessment(tmp_path), files.results(tmp_path), files.spans(tmp_path))
    return sqlite_store


def sign(store: Store, **given: Any) -> Done:
    review = load(store)
    stated: dict[str, Any] = {"role": "quality", "decision": "approve", "comment": "", "as_of": TODAY}
    stated["seen"] = signoff.seen(review)
    by = given.pop("by", LEAD)
    return sign_offs.sign(store, by, SLUG, review.assessment_id, **stated | given)


def quality(store: Store, days: int = 0) -> ApproverStatus:
    return signoff.statuses(load(store, days))[0]


def edit_policy(store: Store, **fields: Any) -> None:
    review = load(store)
    assert review.policy
    policy = review.policy.record.model_copy(update=fields)
    revisions_service.save(store, DANA, SLUG, review.assessment_id, policy, seen=review.policy.number)


# What it is bound to


def test_an_approval_is_told_with_who_and_when_and_holds_on_later_days(store: Store) -> None:
    assert sign(store).sentence == "Quality approved support-copilot 2026.11"
    found = quality(store)
    assert (found.role, found.name, found.state, found.since) == ("quality", "quality lead", "approved", ())
    assert found.sentence.startswith("Approved by Quality Lead on ")
    for days in (1, 30):
        assert signoff.seen(load(store, days)) == signoff.seen(load(store))
        assert quality(store, days).state == "approved"


def test_a_verdict_that_fell_because_evidence_went_stale_is_not_the_one_that_was_approved(store: Store) -> None:
    sign(store)
    found = quality(store, 31)
    assert (found.state, found.since) == ("void", ("the verdict, now ◐ narrow",))


def answer(store: Store) -> None:
    review = load(store)
    stored = mark("capacity", "no", evidence=["https://evidence.example/2"])
    marks_service.answer(store, DANA, SLUG, review.assessment_id, stored, seen=1)


def edit_plan(store: Store) -> None:
    review = load(store)
    plan = factories.monitoring(review_cadence="daily")
    revisions_service.save(store, DANA, SLUG, review.assessment_id, plan, seen=1)


def write_card(store: Store) -> None:
    revisions_service.save(store, DANA, SLUG, load(store).assessment_id, factories.card(), seen=0)


def add_file(store: Store) -> None:
    stored.add_evidence(store, DANA, SLUG, factories.evidence("more.csv"), (factories.cell(metric="groundedness"),))


def remove_spans(store: Store) -> None:
    (found,) = [item.id for item in load(store).items.values() if item.evidence.kind == "traces"]
    evidence_service.remove(store, DANA, SLUG, found)


def label(store: Store) -> None:
    (sample,) = load(store).path("bad")
    traces_service.label(store, DANA, SLUG, sample.id, "bad", "The index was old", seen=sample.row_version)


def restate(store: Store, **fields: Any) -> None:
    file = files.whole().model_copy(update=fields)
    evidence_service.add_assessment(store, DANA, file, name="b.toml", digest=factories.digest("b"), as_of=TODAY)


@pytest.mark.parametrize(
    ("change", "since"),
    [
        (answer, ("the answer on Capacity at expansion",)),
        (edit_plan, ("monitoring plan revision 2",)),
        (write_card, ("system card revision 1",)),
        (lambda store: edit_policy(store, stages=[]), ("release policy revision 2", "the verdict, now ◐ narrow")),
        (add_file, ("file more.csv added",)),
        (label, ("label of trace t-bad changed",)),
        (
            remove_spans,
            (
                "file spans.jsonl removed",
                "label of trace t-bad removed",
                "label of trace t-escalation removed",
                "label of trace t-good removed",
            ),
        ),
        (lambda store: restate(store, system=System(slug=SLUG, name="Copilot")), ("the system's description",)),
        (
            lambda store: restate(store, assessment=Assessment(candidate=CANDIDATE, baseline=BASELINE, scope="EU")),
            ("scope, versions or dates",),
        ),
        (
            lambda store: edit_policy(store, approvers=[Approver(role="quality", name="zoe")]),
            ("release policy revision 2",),
        ),
    ],
    ids=["answer", "plan", "card", "policy", "file added", "label", "file removed", "system", "scope", "approver"],
)
def test_whatever_changed_voids_it_and_is_named(
    store: Store, change: Callable[[Store], None], since: tuple[str, ...]
) -> None:
    sign(store)
    change(store)
    (found,) = [each for each in signoff.statuses(load(store)) if each.last]
    assert found.state == "void"
    assert set(found.since) == set(since)
    assert f", void since: {found.since[0]}" in found.sentence


def test_a_long_list_of_changes_is_told_in_part_and_counted(store: Store) -> None:
    sign(store)
    answered = [mark(each.signal.id, "no", note="looked at again") for each in load(store).answers]
    restate(store, marks=answered, policy=factories.policy(rollback=Rollback()))
    found = quality(store).since
    assert found[:2] == ("release policy revision 2", "the verdict, now ? undetermined")
    assert found[-1] == f"{len(answered) - 2} more changes"


def test_a_file_of_another_version_changes_nothing_that_was_signed(store: Store) -> None:
    sign(store)
    stored.add_evidence(store, DANA, SLUG, factories.evidence("next.csv"), (factories.cell("2027.01"),))
    assert quality(store).state == "approved"


def test_the_same_files_imported_again_leave_the_sign_offs_as_they_are(store: Store, tmp_path: Path) -> None:
    sign(store)
    before = signoff.statuses(load(store))
    files.keep(store, files.assessment(tmp_path), files.results(tmp_path), files.spans(tmp_path))
    assert signoff.statuses(load(store)) == before
    assert before[0].state == "approved"


def test_a_change_that_is_taken_back_leaves_what_was_signed(store: Store) -> None:
    sign(store)
    edit_policy(store, stages=[])
    assert quality(store).state == "void"
    edit_policy(store, stages=factories.policy().stages)
    assert quality(store).state == "approved"


def test_the_parts_hang_on_what_is_stored_and_not_on_the_order_it_came_in(
    sqlite_store: Store, store: Store, tmp_path: Path
) -> None:
    before = signoff.seen(load(store))
    (spans,) = [item.id for item in load(store).items.values() if item.evidence.kind == "traces"]
    (results,) = [item.id for item in load(store).items.values() if item.evidence.kind == "results"]
    evidence_service.remove(store, DANA, SLUG, spans)
    evidence_service.remove(store, DANA, SLUG, results)
    files.keep(store, files.spans(tmp_path), files.results(tmp_path))
    assert signoff.seen(load(store)) == before


# Who stands where


def test_every_role_stands_open_until_its_approver_decides(store: Store) -> None:
    sign(store)
    sign(store, role="operations", by=factories.principal("approver", name="operations lead"))
    found = signoff.statuses(load(store))
    assert [(each.role, each.state) for each in found] == [
        ("quality", "approved"),
        ("policy", "open"),
        ("operations", "approved"),
    ]
    assert found[1].sentence == "Not decided yet."


def test_a_role_that_nobody_is_named_for_says_so(store: Store) -> None:
    edit_policy(store, approvers=[Approver(role="legal", name="lea"), Approver(role="policy", name=" ")])
    found = signoff.statuses(load(store))
    assert [(each.role, each.name, each.sentence) for each in found] == [
        ("quality", "", "Nobody is named."),
        ("policy", "", "Nobody is named."),
        ("operations", "", "Nobody is named."),
        ("legal", "lea", "Not decided yet."),
    ]


def test_each_of_two_approvers_of_a_role_stands_alone(store: Store) -> None:
    both = [Approver(role="quality", name=name) for name in ("zoe", "quality lead", " ZOE")]
    edit_policy(store, approvers=both)
    sign(store)
    assert [(each.name, each.state) for each in signoff.statuses(load(store)) if each.role == "quality"] == [
        ("ZOE", "open"),
        ("quality lead", "approved"),
    ]


def test_who_signed_and_is_no_longer_named_is_still_shown(store: Store) -> None:
    sign(store)
    edit_policy(store, approvers=[Approver(role="quality", name="zoe")])
    assert [(each.name, each.state) for each in signoff.statuses(load(store))[:2]] == [
        ("zoe", "open"),
        ("Quality Lead", "void"),
    ]


@pytest.mark.parametrize(("decision", "state"), [("reject", "rejected"), ("changes", "changes")])
def test_a_decision_against_it_has_a_comment_and_a_later_one_takes_its_place(
    store: Store, decision: str, state: str
) -> None:
    with pytest.raises(InputError, match="the decision has no comment; expected one that says what has to change"):
        sign(store, decision=decision, comment=" \n")
    assert quality(store).last is None
    sign(store, decision=decision, comment="Japanese is missing")
    found = quality(store)
    assert found.last
    assert (found.state, found.last.record.comment) == (state, "Japanese is missing")
    sign(store)
    assert quality(store).state == "approved"
    assert len(load(store).dossier.sign_offs) == 2


# Signing


def test_the_same_decision_on_the_same_things_is_kept_once(store: Store) -> None:
    sign(store)
    assert not sign(store).changed
    assert len(load(store).dossier.sign_offs) == 1


def test_what_changed_after_the_look_is_named_and_nothing_is_signed(store: Store) -> None:
    seen = signoff.seen(load(store))
    edit_plan(store)
    with pytest.raises(Conflict, match=r"monitoring plan revision 2 changed while you looked; nothing was signed"):
        sign(store, seen=seen)
    with pytest.raises(Conflict, match="nothing was signed"):
        sign(store, seen={})
    assert not load(store).dossier.sign_offs


def test_a_write_about_another_system_does_not_stand_in_the_way(store: Store) -> None:
    seen = signoff.seen(load(store))
    other = factories.assessment_file(system=System(slug="claims-triage", name="Claims"))
    evidence_service.add_assessment(store, DANA, other, name="o.toml", digest=factories.digest("o"), as_of=TODAY)
    assert sign(store, seen=seen).changed


@pytest.mark.parametrize("name", ["dana", "policy lead", "omar"])
def test_nobody_but_the_named_approver_signs_and_never_the_author(store: Store, name: str) -> None:
    by = factories.principal(name=name)
    with pytest.raises(Denied, match="is not the approver of quality"):
        sign(store, by=by)
    assert sign_offs.refusal(load(store), by, "quality").startswith(f"{name} is not the approver of quality")
    assert sign_offs.refusal(load(store), LEAD, "quality") == ""


def test_the_author_of_the_assessment_or_of_the_policy_does_not_sign_though_named(store: Store) -> None:
    edit_policy(store, approvers=[Approver(role="quality", name="Dana"), Approver(role="policy", name="omar")])
    omar, review = factories.principal(name="omar"), load(store)
    with pytest.raises(Denied, match="dana wrote the assessment of support-copilot"):
        sign(store, by=DANA)
    assert review.policy
    policy = review.policy.record.model_copy(update={"stages": []})
    revisions_service.save(store, omar, SLUG, review.assessment_id, policy, seen=2)
    with pytest.raises(Denied, match="omar wrote a revision of the release policy of support-copilot"):
        sign(store, by=omar, role="policy")
    assert not load(store).dossier.sign_offs


def answer_again(store: Store, by: Principal) -> None:
    review = load(store)
    stored_answer = next(answer for answer in review.answers if answer.signal.id == "capacity")
    restated = stored_answer.mark.model_copy(update={"note": "measured again"})
    marks_service.answer(store, by, SLUG, review.assessment_id, restated, seen=stored_answer.row_version)


def write_plan(store: Store, by: Principal) -> None:
    review = load(store)
    assert review.monitoring
    plan = review.monitoring.record.model_copy(update={"review_cadence": "daily"})
    revisions_service.save(store, by, SLUG, review.assessment_id, plan, seen=review.monitoring.number)


def add_results(store: Store, by: Principal, version: str = CANDIDATE) -> None:
    stored.add_evidence(store, by, SLUG, factories.evidence("more.csv"), [factories.cell(version)], as_of=TODAY)


def confirm_results(store: Store, by: Principal) -> None:
    doubt = Doubt(kind="total", what="passes", stated="40", counted="30")
    doubtful = factories.evidence("odd.csv").model_copy(update={"doubts": [doubt]})
    stored.add_evidence(store, factories.principal(name="omar"), SLUG, doubtful, [factories.cell()], as_of=TODAY)
    number = next(item.id for item in load(store).items.values() if item.evidence.name == "odd.csv")
    evidence_service.confirm(store, by, SLUG, number, "the errors were ours", seen=[doubt])


@pytest.mark.parametrize(
    ("write", "did"),
    [
        (answer_again, "answered a question"),
        (write_plan, "wrote a revision of the monitoring plan"),
        (add_results, "added evidence"),
        (confirm_results, "confirmed evidence"),
    ],
)
def test_whoever_wrote_anything_of_what_is_signed_does_not_sign_it(
    store: Store, write: Callable[[Store, Principal], None], did: str
) -> None:
    write(store, factories.principal(name="quality lead"))
    with pytest.raises(Denied, match=f"Quality Lead {did} of support-copilot"):
        sign(store)
    assert did in sign_offs.refusal(load(store), LEAD, "quality")


def test_evidence_of_a_version_that_is_not_under_review_keeps_nobody_from_signing(store: Store) -> None:
    add_results(store, factories.principal(name="quality lead"), version="2025.01")
    assert sign(store).changed


def test_an_answer_that_somebody_else_wrote_over_is_still_written_by_both(store: Store) -> None:
    answer_again(store, factories.principal(name="quality lead"))
    review = load(store)
    restated = next(answer for answer in review.answers if answer.signal.id == "capacity")
    again = restated.mark.model_copy(update={"note": "and again"})
    marks_service.answer(store, DANA, SLUG, review.assessment_id, again, seen=restated.row_version)
    with pytest.raises(Denied, match="Quality Lead answered a question"):
        sign(store)


def test_a_rejection_of_what_is_stored_blocks_until_it_is_signed_again(store: Store) -> None:
    before = load(store)
    sign(store, decision="reject", comment="the cohort ja is too thin")
    rejected = load(store)
    assert (before.verdict.level, rejected.verdict.level) == ("staged", "blocked")
    assert rejected.verdict.unsigned == "staged"
    assert signoff.statuses(rejected)[0].state == "rejected"
    assert [fired.rule for fired in rejected.verdict.blockers] == ["rejected"]
    assert summaries.headline(rejected).startswith("Blocked: quality lead rejected what is stored now, for quality")
    sign(store)
    assert load(store).verdict.level == "staged"


def test_a_card_changes_no_verdict_and_lifts_no_rejection(store: Store) -> None:
    sign(store, decision="reject", comment="the cohort ja is too thin")
    before = load(store)
    write_card(store)
    after = load(store)
    assert after.card is not None
    assert after.verdict == before.verdict
    assert signoff.statuses(after)[0].state == "rejected"


def test_a_rejection_ends_once_what_was_seen_has_changed(store: Store) -> None:
    sign(store, decision="reject", comment="no")
    answer_again(store, DANA)
    assert load(store).verdict.level == "staged"
    assert quality(store).state == "void"


def test_asking_for_changes_blocks_nothing_and_neither_does_who_is_not_named_any_more(store: Store) -> None:
    sign(store, decision="changes", comment="say more")
    assert load(store).verdict.level == "staged"
    rejections = signoff.rejections(load(store))
    assert rejections == ()


def test_the_kept_verdict_is_blocked_with_the_rejection_and_open_again_after_it(store: Store) -> None:
    sign(store, decision="reject", comment="no")
    assert [status.level for status in portfolio.statuses(store, DANA, as_of=TODAY)] == ["blocked"]
    sign(store)
    assert [status.level for status in portfolio.statuses(store, DANA, as_of=TODAY)] == ["staged"]


def test_the_roles_that_nobody_signed_for_are_named(store: Store) -> None:
    assert signoff.open_roles(load(store)) == ["quality", "policy", "operations"]
    sign(store)
    assert signoff.open_roles(load(store)) == ["policy", "operations"]


def test_an_earlier_assessment_is_not_signed_any_more(store: Store) -> None:
    earlier = load(store)
    restate(store, assessment=Assessment(candidate="2026.12", assessed_on=TODAY))
    with pytest.raises(InputError, match=r"2026\.11 is an earlier assessment; expected the latest, of 2026\.12"):
        sign_offs.sign(
            store,
            LEAD,
            SLUG,
            earlier.assessment_id,
            role="quality",
            decision="approve",
            comment="",
            seen=signoff.seen(earlier),
            as_of=TODAY,
        )
