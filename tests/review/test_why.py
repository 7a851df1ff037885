"""The rules that fired, in a few words each, with every reason behind."""

from __future__ import annotations

from typing import Any

from readiness.review import why
from readiness.review.why import Why
from tests import factories
from tests.review.dossiers import reviewed, revision


def told(answers: dict[str, Any] | None = None, **fields: Any) -> dict[str, Why]:
    return {"; ".join(signal.id for signal in one.signals): one for one in why.of(reviewed(answers, **fields))}


def test_what_a_gap_is_called_is_all_that_its_line_says() -> None:
    gap = told({"rollback_rehearsal": "yes"})["rollback-rehearsal"]
    assert (gap.effect, gap.words) == ("blocked", "rollback has not been rehearsed")
    assert gap.lines == ("rollback has not been rehearsed (16)",)
    assert gap.page == "checklist"


def test_two_gaps_that_block_are_two_lines() -> None:
    gaps = [one for one in why.of(reviewed({"rollback_rehearsal": "yes", "regression_gates": "yes"})) if one.signals]
    assert [[signal.id for signal in one.signals] for one in gaps][:2] == [["regression-gates"], ["rollback-rehearsal"]]


def test_a_control_that_holds_for_some_says_for_whom() -> None:
    part = told({"rollback_rehearsal": factories.mark("rollback-rehearsal", "partial", holds_for="Germany")})
    assert part["rollback-rehearsal"].words == "holds only for Germany"


def test_questions_that_nobody_answered_are_one_line() -> None:
    open_ = told({"capacity": None, "abstention": None})["abstention; capacity"]
    assert (open_.effect, open_.words) == ("undetermined", "not answered")
    assert open_.lines == ("2 questions not answered: Escalation and abstention (2) and Capacity at expansion (11)",)


def test_a_condition_of_the_release_leads_to_the_page_of_the_release() -> None:
    release = told(policy=revision(factories.policy(stages=[])))[""]
    assert (release.words, release.page) == ("there is no canary or staged path", "release")
    assert release.effect == "at-best-narrow"


def test_what_the_evidence_leaves_out_is_told_with_what_it_is() -> None:
    (line,) = why.of(reviewed())
    assert (line.rule.id, line.words) == ("uncovered", "the evidence leaves something out")
    assert [reason.partition(":")[0] for reason in line.lines] == [
        f"the evidence for {signal.named} leaves something out" for signal in line.signals
    ]
