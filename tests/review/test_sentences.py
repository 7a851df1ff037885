"""What is said of a review, word for word, where reviews of whole files seldom come."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from readiness import formatting, language
from readiness.decision.packet import Unmet
from readiness.decision.remediation import RemediationStep
from readiness.decision.verdict import Rejection, decide
from readiness.model.dossier import RemovedFile
from readiness.model.evidence import Doubt
from readiness.model.policy import Rollback
from readiness.review import level_words, summaries
from readiness.review.review import Review
from tests import factories
from tests.decision.findings.contexts import walks
from tests.factories import CHECKLIST, TODAY, evidence, mark
from tests.review import dossiers
from tests.review.dossiers import RESULTS, SPANS, file, reviewed, revision

DOUBTED = evidence(doubts=[Doubt(kind="total", what="accuracy", stated="0.9", counted="0.8")])


def test_every_level_mark_state_and_effect_has_its_words() -> None:
    assert {level: level_words.badge(level) for level in level_words.SHAPES} == {
        "staged": "● staged",
        "narrow": "◐ narrow",
        "add-controls": "▲ add controls",
        "do-not-broaden": "■ do not broaden",
        "undetermined": "? undetermined",
        "blocked": "⛔ blocked",
    }
    assert summaries.MARKS == {
        "no": "No – controlled",
        "partial": "Partial – tighten first",
        "yes": "Yes – gap",
        None: "Not answered",
    }
    assert summaries.ANSWERS["unanswered"] == ("silent", "– Not answered")
    assert summaries.STATES == {"complete": "✓ complete", "partial": "◐ partial", "missing": "✕ missing"}
    assert summaries.FRESHNESS == {
        "fresh": "✓ fresh",
        "doubtful": "? does not add up",
        "stale": "✕ stale",
        "undated": "? undated",
        "later": "? dated in the future",
    }
    assert summaries.EFFECTS == {
        "blocked": "blocks the rollout",
        "undetermined": "leaves the verdict open",
        "at-best-do-not-broaden": "allows no broader rollout",
        "at-best-add-controls": "asks for more controls before expanding",
        "at-best-narrow": "allows at best a narrow rollout",
        "condition": "is a condition on the rollout",
    }


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ("shown", "supports", "✓ Shown by evidence"),
        ("attested", "attested", "◇ Attested, not measured"),
        ("uncovered", "uncovered", "◐ Evidence leaves something out"),
        ("not shown", "silent", "– Nothing shows it"),
        ("contradicted", "contradicts", "✕ Evidence contradicts it"),
    ],
)
@pytest.mark.parametrize("value", ["no", "partial"])
def test_an_answer_of_control_is_told_by_what_stands_behind_it(value: Any, state: Any, kind: str, words: str) -> None:
    answer = reviewed().answers[0]
    standing = replace(answer.standing, state=state)
    assert summaries.found(replace(answer, mark=mark(answer.signal.id, value), standing=standing)) == (kind, words)


@pytest.mark.parametrize(
    ("value", "outcome", "told"),
    [
        ("yes", "supports", ("silent", "△ Evidence would support “No”")),
        ("yes", "contradicts", ("supports", "✓ Evidence shows the gap")),
        ("yes", "uncovered", ("silent", "– No evidence decides it")),
        (None, "supports", ("silent", "△ Evidence would support “No”")),
        (None, "contradicts", ("silent", "△ Evidence speaks against “No”")),
        (None, None, ("silent", "– No evidence decides it")),
    ],
)
def test_beside_a_gap_and_an_open_question_it_is_told_what_evidence_would_say(
    value: Any, outcome: Any, told: tuple[str, str]
) -> None:
    answer = reviewed().answers[0]
    assert answer.finding is not None
    finding = replace(answer.finding, outcome=outcome) if outcome else None
    assert summaries.found(replace(answer, mark=mark(answer.signal.id, value), finding=finding)) == told


# The headline


def failed(**answers: Any) -> Review:
    rollback = factories.policy().rollback.model_copy(update={"rehearsal": "failed"})
    return reviewed(answers, policy=revision(factories.policy(rollback=rollback)))


def test_what_is_on_record_against_an_answer_blocks_in_words_of_its_own() -> None:
    assert summaries.headline(failed()) == (
        "Blocked: evidence speaks against Rollback rehearsal (16). The score of 0 alone would read as reasonable. "
        "Evidence speaks against 1 answer and leaves 2 uncovered."
    )
    first = "Blocked: evidence speaks against Rollback rehearsal (16). Evidence speaks against 1 answer and leaves"
    many = dict.fromkeys(("capacity", "abstention", "sign_off"), "yes")
    assert summaries.headline(failed(**many)) == f"{first} 2 uncovered."
    assert summaries.headline(failed(capacity=None)) == f"{first} 3 uncovered."


def test_what_evidence_leaves_out_is_counted_where_it_speaks_against_nothing() -> None:
    assert summaries.reason(reviewed()).endswith(" Evidence leaves 2 answers uncovered.")
    one = reviewed({"tool_failure": "yes"})
    assert summaries.reason(one).endswith(" Evidence leaves 1 answer uncovered.")
    none = reviewed({"tool_failure": "yes", "tail_latency": "partial", "abstention": "yes"})
    assert [answer.signal.id for answer in none.uncovered] == ["tail-latency"]


def test_a_rejection_blocks_in_its_own_words() -> None:
    review = reviewed()
    rejection = Rejection("quality", "quality lead", TODAY)
    verdict = decide(CHECKLIST, review.dossier.answers, review.findings, review.packet, [rejection])
    assert summaries.headline(replace(review, verdict=verdict)).startswith(
        "Blocked: quality lead rejected what is stored now, for quality, on 20 Nov 2026. The score of 0 alone "
    )


def test_rules_that_cap_are_counted_beside_the_one_that_decides() -> None:
    assert summaries.reason(reviewed({"traceability": "partial"})).startswith(
        "End-to-end traces (18) holds only for English; not Japanese. The score of 1 alone would read as staged."
    )
    three = reviewed({"traceability": "partial", "data_boundary": "partial", "regression_gates": "partial"})
    assert "; not Japanese, and 2 more conditions. " in summaries.reason(three)


def test_the_two_scores_stand_side_by_side() -> None:
    review = reviewed({"abstention": "yes"})
    evidenced = review.verdict.evidenced_score
    assert [answer.signal.id for answer in review.attested] == ["capacity"]
    assert summaries.evidenced(review) == f"Marked 2; {evidenced} on evidence alone; 1 attested."
    bare = replace(review, dossier=replace(review.dossier, marks={}))
    assert bare.attested == ()
    assert summaries.evidenced(bare) == f"Marked 2; {evidenced} on evidence alone."
    open_ = reviewed({"capacity": None})
    assert summaries.on_evidence(open_.verdict) == (
        f"{open_.verdict.evidenced_score} on evidence alone, counting open questions as gaps"
    )


def test_rules_that_a_checklist_eases_stand_beside_the_verdict() -> None:
    assert summaries.eased(reviewed()) == ""
    eased = [
        rule.model_copy(update={"effect": "condition"}) if rule.id in ("evidence-band", "override-not-shown") else rule
        for rule in CHECKLIST.rules
    ]
    ours = CHECKLIST.model_copy(update={"rules": tuple(eased)})
    names = [f"“{rule.name}”" for rule in ours.eased]
    assert summaries.eased(replace(reviewed(), checklist=ours)) == (
        f"This checklist treats {names[0]} and {names[1]} as a condition only; by itself it would decide."
    )


def test_files_of_the_candidate_that_were_taken_back_stand_beside_the_verdict() -> None:
    ours = RemovedFile("poor.csv", "dana", dossiers.AT, [factories.CANDIDATE])
    other = RemovedFile("old.csv", "omar", dossiers.AT, [factories.BASELINE])
    unknown = RemovedFile("earlier.csv", "omar", dossiers.AT, None)
    day = formatting.day(dossiers.AT)
    assert summaries.removed(reviewed()) == summaries.removed(reviewed(removed=[other])) == ""
    assert summaries.removed(reviewed(removed=[ours, other])) == (
        f"1 file of {factories.CANDIDATE} was taken back: poor.csv, by dana on {day}."
    )
    assert summaries.removed(reviewed(removed=[ours, unknown])) == (
        f"2 files of {factories.CANDIDATE} were taken back: the last by omar on {day}."
    )


def test_a_checklist_tells_only_what_there_is() -> None:
    assert summaries.checklist(reviewed()) == ("22 of 22 answered; evidence leaves 2 answers uncovered; 1 attested.")
    bare = reviewed({"ownership": mark("ownership", "no"), "capacity": "yes"}, monitoring=None)
    assert summaries.checklist(bare).startswith("22 of 22 answered; 1 gap open; evidence leaves ")
    assert summaries.checklist(bare).endswith("; 1 marked controlled with nothing to show.")


# Traces and the release


def test_traces_of_the_candidate_are_counted_where_a_path_is_missing() -> None:
    two = dossiers.traced(*walks()[:2])
    assert summaries.traces(reviewed(traces=two)) == "2 traces; no escalation path of the candidate yet."


@pytest.mark.parametrize(
    ("rollback", "said"),
    [
        (Rollback(), "no rollback plan"),
        (Rollback(steps=["Back"]), "rollback never rehearsed"),
        (Rollback(steps=["Back"], rehearsed_on=TODAY), "rollback rehearsed today"),
        (Rollback(steps=["Back"], rehearsed_on=TODAY + dt.timedelta(days=1)), "rollback to be rehearsed in 1 day"),
    ],
)
def test_a_rollback_is_told_by_its_rehearsal(rollback: Rollback, said: str) -> None:
    policy = factories.policy(rollback=rollback)
    assert summaries.release(reviewed(policy=revision(policy))) == f"1 of 1 gate pass; {said}."


# Steps


def test_steps_are_told_in_the_order_in_which_they_are_taken() -> None:
    todo = [
        RemediationStep("meet", unmet=Unmet("stages")),
        RemediationStep("answer", "capacity"),
        RemediationStep("show", "ownership"),
        RemediationStep("close", "abstention"),
        RemediationStep("settle", rejection=Rejection("quality", "zoe", TODAY)),
    ]
    assert summaries.steps(reviewed(), todo) == [
        "settle the rejection of zoe (quality)",
        "close Escalation and abstention (2)",
        f"show {CHECKLIST.signal('ownership').named}",
        f"answer {CHECKLIST.signal('capacity').named} with “No – controlled”",
        "meet the release rule: there is no canary or staged path",
    ]
    more = [RemediationStep("answer", signal) for signal in ("capacity", "abstention")]
    assert summaries.steps(reviewed(), more) == ["answer 2 questions with “No – controlled”: 11 and 2"]


# Files


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (file(DOUBTED) | file(evidence("s.jsonl"), SPANS), "1 file does not add up"),
        (file(DOUBTED) | file(DOUBTED, SPANS), "2 files do not add up"),
    ],
)
def test_files_that_do_not_add_up_are_counted_beside_those_that_are_stale(files: Any, said: str) -> None:
    told = summaries.evidence(reviewed(evidence=files))
    assert told.endswith(f"need something; {said}.")


def test_what_is_stale_and_what_does_not_add_up_are_told_apart() -> None:
    old = evidence("s.jsonl", measured_on=TODAY - dt.timedelta(days=40))
    told = summaries.evidence(reviewed(evidence=file(DOUBTED, RESULTS) | file(old, SPANS)))
    assert told == "2 of 5 packet parts need something; 1 file is stale; 1 file does not add up."


def test_a_verdict_is_said_in_the_language_in_which_it_was_worked_out() -> None:
    with language.use("de"):
        review = reviewed()
        told = [level_words.badge(review.verdict.level), summaries.answers(review), summaries.release(review)]
    assert told == [
        "● in Stufen",
        "22 von 22 beantwortet.",
        "1 von 1 Schwelle bestanden; Zurückrollen geprobt heute.",
    ]
