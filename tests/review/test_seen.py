"""What an approver sees, part by part, and where each approver stands, without a store."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pytest

from readiness.model.dossier import Signed, Stored
from readiness.model.evidence import Confirmation, Doubt, ReadAs
from readiness.model.policy import Approver
from readiness.review import build, signoff
from readiness.review.review import Review
from readiness.review.signoff import ApproverStatus
from tests import factories
from tests.factories import TODAY, evidence, mark, trace
from tests.review import dossiers
from tests.review.dossiers import RESULTS, SPANS, file, reviewed, revision, signed

BEFORE = reviewed()
FILES = dict(BEFORE.dossier.evidence)
LABELLED = BEFORE.dossier.traces
DOUBT = Doubt(kind="total", what="accuracy", stated="0.9", counted="0.8")


def named(review: Review, before: Review = BEFORE) -> tuple[str, ...]:
    """What is another than it was before."""
    return signoff.changed(review, signoff.seen(before))


def results(**fields: Any) -> dict[str, Any]:
    return {"evidence": FILES | file(evidence(**fields), RESULTS)}


def doubted(**fields: Any) -> dict[str, Any]:
    return results(doubts=[DOUBT], **fields)


def test_each_part_of_a_review_has_a_digest_of_its_own() -> None:
    parts = signoff.seen(BEFORE)
    answers = [f"answer {signal}" for signal in BEFORE.checklist.ids]
    about = ["assessment", "system", "checklist", "policy", "monitoring", "verdict"]
    files = ["file results.csv", "file spans.jsonl"]
    traces = [f"trace {sample.trace.trace_id}" for sample in BEFORE.samples]
    assert list(parts) == [*about, *answers, *files, *traces, "score", "rules"]
    assert all(len(digest) == 64 for digest in parts.values())
    assert parts["checklist"] == hashlib.sha256(b'["llm-rollout","2.0"]').hexdigest()
    assert parts["verdict"] == hashlib.sha256(b'"staged"').hexdigest()


def test_score_and_rules_are_seen_with_all_that_belongs_to_them() -> None:
    review = reviewed({"capacity": "yes", "abstention": None, "data_boundary": "partial"})
    uncovered = ["evidence-pack", "tail-latency", "tool-failure"]
    assert [answer.signal.id for answer in review.uncovered] == sorted(uncovered, reverse=True)
    parts = signoff.seen(review)
    assert parts["score"] == hashlib.sha256(b"[2,2,4,7]").hexdigest()
    rules = [["override-partial", "data-boundary"], ["unanswered", "abstention"]]
    rules += [["uncovered", signal] for signal in uncovered]
    assert parts["rules"] == hashlib.sha256(json.dumps(rules, separators=(",", ":")).encode()).hexdigest()


def test_one_digest_over_all_parts_hangs_on_their_names_and_not_on_their_order() -> None:
    assert signoff.digest({"a": "1", "b": "2"}) == hashlib.sha256(b'{"a":"1","b":"2"}').hexdigest()
    assert signoff.digest({"b": "2", "a": "1"}) == signoff.digest({"a": "1", "b": "2"})


def test_the_day_and_the_order_of_what_is_stored_change_nothing() -> None:
    assert named(reviewed(as_of=TODAY + dt.timedelta(days=3))) == ()
    turned = dict(reversed(FILES.items()))
    assert named(reviewed(evidence=turned, traces=list(reversed(BEFORE.dossier.traces)))) == ()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"assessment": Stored(4, 1, factories.assessment(scope="Refunds"))}, "scope, versions or dates"),
        (
            {"system": Stored(1, 1, factories.assessment_file().system.model_copy(update={"owner": "rosa"}))},
            "the system's description",
        ),
        ({"policy": revision(factories.policy(peak_concurrency=9), 7)}, "release policy revision 7"),
        ({"monitoring": revision(factories.monitoring(review_cadence="daily"), 8)}, "monitoring plan revision 8"),
        ({"card": revision(factories.card(), 1)}, "system card revision 1"),
        (
            {"traces": [*LABELLED, *dossiers.traced(trace("t-new", note="n"))]},
            "label of trace t-new added",
        ),
        (results(digest="f" * 64), "file results.csv changed"),
        (results(measured_on=TODAY - dt.timedelta(days=1)), "file results.csv changed"),
        (results(shelf_life_days=9), "file results.csv changed"),
        (results(options=ReadAs(version="7")), "file results.csv changed"),
        (results(name="other.csv"), "file other.csv added"),
        ({"evidence": FILES | file(evidence("unread.csv"), 9)}, "file unread.csv added"),
    ],
)
def test_what_changed_is_named_by_its_part(fields: dict[str, Any], told: str) -> None:
    assert told in named(reviewed(**fields))


def test_another_checklist_and_another_answer_are_named() -> None:
    renamed = BEFORE.checklist.model_copy(update={"version": "3"})
    assert named(reviewed({"capacity": mark("capacity", "no", note="seen")})) == (
        f"the answer on {BEFORE.checklist.signal('capacity').name}",
    )
    assert named(build.build(renamed, BEFORE.dossier, TODAY)) == ("the checklist itself",)


def test_what_is_gone_is_named_as_removed() -> None:
    files = {SPANS: FILES[SPANS]}
    told = named(reviewed(evidence=files, cells=()))
    assert "file results.csv removed" in told
    assert any(change.startswith("the verdict, now ") for change in told)
    gone = named(reviewed(traces=BEFORE.dossier.traces[:2]))
    assert f"label of trace {BEFORE.samples[2].trace.trace_id} removed" in gone


def test_labels_of_another_version_and_traces_without_one_are_not_seen() -> None:
    more = dossiers.traced(trace("t-old", version="2026.05", path="good", note="n"), trace("t-bare"))
    assert named(reviewed(traces=[*BEFORE.dossier.traces, *more])) == ()
    lesson = dossiers.traced(trace("t-noted", note="a lesson"), trace("t-path", path="bad"))
    told = named(reviewed(traces=[*BEFORE.dossier.traces, *lesson]))
    assert [change for change in told if change.startswith("label")] == [
        "label of trace t-noted added",
        "label of trace t-path added",
    ]


def test_files_of_other_versions_are_not_seen() -> None:
    other = file(evidence("other.csv"), 9)
    cells = [*BEFORE.dossier.cells, (9, factories.cell("2026.05"))]
    assert named(reviewed(evidence=FILES | other, cells=cells)) == ()


def test_what_does_not_fit_in_a_file_is_seen_and_so_is_who_confirmed_it() -> None:
    confirmed = Confirmation(by="dana", at=dossiers.AT, reason="the total is of old")
    unsure = reviewed(**doubted())
    assert "file results.csv changed" in named(unsure)
    assert "file results.csv changed" in named(reviewed(**doubted(confirmed=confirmed)), unsure)
    assert "file results.csv changed" in named(reviewed(**doubted(confirmed=confirmed)))


def test_what_follows_from_others_is_named_only_where_nothing_else_changed() -> None:
    seen = signoff.seen(BEFORE)
    assert signoff.changed(BEFORE, seen | {"score": "x"}) == (
        f"the score, now 0, on evidence alone {BEFORE.verdict.evidenced_score}",
    )
    assert signoff.changed(BEFORE, seen | {"rules": "x", "score": "x"})[1:] == ("the rules that fired",)
    assert signoff.changed(BEFORE, seen | {"rules": "x", "policy": "x"}) == ("release policy revision 1",)
    assert signoff.changed(BEFORE, seen | {"answer gone": "x"}) == ("the answer on gone",)


@pytest.mark.parametrize(("number", "more"), [(4, ()), (5, ("1 more change",)), (7, ("3 more changes",))])
def test_four_changes_are_named_and_the_rest_counted(number: int, more: tuple[str, ...]) -> None:
    answers = [name for name in signoff.seen(BEFORE) if name.startswith("answer ")][:number]
    told = signoff.changed(BEFORE, signoff.seen(BEFORE) | dict.fromkeys(answers, "x"))
    signals = [BEFORE.checklist.signal(name.removeprefix("answer ")).name for name in answers[:4]]
    assert told == (*(f"the answer on {signal}" for signal in signals), *more)


# Approvers


def given(by: str, **fields: Any) -> Signed:
    comment = "Too early" if fields.get("decision", "approve") != "approve" else ""
    return signed(by, signoff.seen(BEFORE), **{"comment": comment} | fields)


def statuses(*sign_offs: Signed, **fields: Any) -> list[ApproverStatus]:
    return signoff.statuses(reviewed(sign_offs=sign_offs, **fields))


def test_everybody_who_is_named_stands_open_until_they_decide() -> None:
    assert statuses() == [ApproverStatus(role, f"{role} lead") for role in ("quality", "policy", "operations")]
    assert statuses(policy=None) == [ApproverStatus(role, "") for role in ("quality", "policy", "operations")]
    assert [status.sentence for status in statuses()] == ["Not decided yet."] * 3
    assert [status.sentence for status in statuses(policy=None)] == ["Nobody is named."] * 3


@pytest.mark.parametrize(
    ("decision", "state", "sentence"),
    [
        ("approve", "approved", "Approved by quality lead on 20 Nov 2026."),
        ("reject", "rejected", "Rejected by quality lead on 20 Nov 2026."),
        ("changes", "changes", "Changes asked for by quality lead on 20 Nov 2026."),
    ],
)
def test_a_decision_is_told_with_who_and_when(decision: str, state: str, sentence: str) -> None:
    last = given("quality lead", decision=decision)
    (quality, *_) = statuses(last)
    assert (quality.role, quality.name, quality.state, quality.last, quality.since) == (
        "quality",
        "quality lead",
        state,
        last,
        (),
    )
    assert quality.sentence == sentence


def test_a_decision_on_what_is_another_now_is_void() -> None:
    (quality, *_) = statuses(given("quality lead"), policy=revision(factories.policy(peak_concurrency=9), 3))
    assert (quality.state, quality.since) == ("void", ("release policy revision 3",))
    assert quality.sentence == "Approved by quality lead on 20 Nov 2026, void since: release policy revision 3."


def test_the_last_decision_of_a_person_counts_however_the_name_is_written() -> None:
    rows = statuses(given("QUALITY lead", decision="reject"), given("quality lead"))
    assert [(status.name, status.state) for status in rows if status.role == "quality"] == [
        ("quality lead", "approved")
    ]


def test_who_signed_and_is_not_named_stands_after_those_who_are_and_after_the_roles_of_the_policy() -> None:
    rows = statuses(given("zoe"), given("ada", role="legal"), given("policy lead", role="policy"))
    assert [(status.role, status.name, status.state) for status in rows] == [
        ("quality", "quality lead", "open"),
        ("quality", "zoe", "approved"),
        ("policy", "policy lead", "approved"),
        ("operations", "operations lead", "open"),
        ("legal", "", "open"),
        ("legal", "ada", "approved"),
    ]


def test_only_who_is_named_rejects_and_opens_or_closes_a_role() -> None:
    policy = factories.policy(approvers=[*factories.policy().approvers, Approver(role="legal", name="ada")])
    seen = signoff.seen(reviewed(policy=revision(policy)))

    def of(by: str, role: str, **fields: Any) -> Signed:
        return signed(by, seen, role=role, **{"comment": "Why"} | fields)

    review = reviewed(
        policy=revision(policy),
        sign_offs=(
            of("zoe", "quality", decision="reject"),
            of("policy lead", "policy", decision="reject"),
            of("ada", "legal"),
        ),
    )
    assert [(rejection.role, rejection.by, rejection.on) for rejection in signoff.rejections(review)] == [
        ("policy", "policy lead", TODAY)
    ]
    assert signoff.open_roles(review) == ["quality", "policy", "operations"]
    assert signoff.approvers(review, "legal") == ["ada"]


def test_every_state_of_an_approver_has_a_sign_and_a_word() -> None:
    assert signoff.STATES == {
        "approved": "✓ approved",
        "rejected": "✕ rejected",
        "changes": "◐ changes asked for",
        "open": "– open",
        "void": "? void",
    }
