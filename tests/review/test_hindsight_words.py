"""What became of releases, said in words: every figure with its n, and nothing of too few."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from readiness.decision import hindsight
from readiness.decision.hindsight import HeldShare, Hindsight, RuleHindsight, SignalHindsight
from readiness.decision.releases import HINDSIGHT_RULES, WINDOW, Release, ReleaseOutcome, SlippedGap, Trouble
from readiness.model.checklist import Level
from readiness.model.releases import PastDecision
from readiness.review import hindsight_words as words

BEGAN = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)


def release(outcome: ReleaseOutcome = "well", level: Level = "staged") -> Release:
    decision = PastDecision(BEGAN, goes_on=True, level=level)
    return Release("desk", "Desk", 1, "v1", BEGAN, decision, outcome, over=outcome != "not over")


def told(*found: Release) -> Hindsight:
    return Hindsight(BEGAN + 100 * DAY, found)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ([], "No rollout has begun yet."),
        ([release()], "Too few to tell: 1 of 1 release that began is over."),
        ([release(), release("not over")], "Too few to tell: 1 of 2 releases that began is over."),
        ([release()] * 9 + [release("not known")], "Too few to tell: 9 of 10 releases that began are over."),
        ([release()] * 9 + [release("trouble")], "Of 10 releases, 9 went well; all began on staged."),
        (
            [release()] * 8 + [release("slipped")] + [release(level="do-not-broaden")] * 3,
            "Of 12 releases, 11 went well; staged went well 8 of 9 times.",
        ),
        ([release(level="add-controls")] * 10, "Of 10 releases, 10 went well; all began on add controls."),
    ],
)
def test_the_answer_says_how_many_of_how_many(found: list[Release], sentence: str) -> None:
    assert words.sentence(told(*found)) == sentence


def test_while_verdicts_are_worked_out_the_answer_says_nothing_of_them() -> None:
    assert words.sentence(told(*[release()] * 10), whole=False) == "Of 10 releases, 10 went well."


def test_a_release_says_what_happened_and_until_when_it_is_watched() -> None:
    bad = replace(
        release("trouble"), trouble=(Trouble(BEGAN + DAY, 7, "It was wrong"), Trouble(BEGAN + 2 * DAY, None, ""))
    )
    assert words.why(bad) == ["3 Mar 2026: incident 7, It was wrong", "4 Mar 2026: rolled back"]
    assert words.why(replace(bad, over=False))[-1] == "watched until 1 Apr 2026"
    moved = replace(release("slipped"), slips=(SlippedGap("capacity", BEGAN + DAY, BEGAN, BEGAN + WINDOW),))
    assert words.why(moved) == ["capacity moved from 2 Mar 2026 to 1 Apr 2026"]
    assert words.why(release()) == []


def test_a_signal_has_its_difference_with_an_interval() -> None:
    one = SignalHindsight("capacity", "Capacity", HeldShare(6, 7), HeldShare(2, 7), 0.1, 0.2)
    assert words.difference(one) == "+57.1 points (+5.8 to +80.6)"
    assert words.foretold([one]).startswith("None of 1 signal that could be looked at")
    assert words.foretold([one, replace(one, adjusted=0.04)]) == "1 of 2 signals that could be looked at."
    assert words.foretold([]).startswith("No signal was open in some releases and controlled in others")


def test_every_rule_has_a_name_and_those_that_never_mattered_are_counted() -> None:
    rules = [RuleHindsight(rule, 12, HeldShare(0, 0), 0) for rule in HINDSIGHT_RULES]
    assert words.idle(rules) == "14 of 14 rules never mattered in 12 releases"
    assert len({words.rule(rule) for rule in HINDSIGHT_RULES}) == len(HINDSIGHT_RULES)


def test_for_programs_no_figure_is_told_of_too_few() -> None:
    few = words.answer(told(*[release()] * 9))
    assert {few[name] for name in ("went_well", "by_verdict", "by_decision", "signals", "rules")} == {None}
    assert (few["counted"], few["fewest"], len(few["releases"])) == (9, 10, 9)
    enough = words.answer(told(*[release()] * 10))
    assert enough["went_well"] == {"k": 10, "n": 10, "interval": [0.722, 1.0]}
    assert enough["method"]


def test_what_is_said_of_the_method_names_its_figures() -> None:
    assert f"watched for {words.DAYS} days" in words.METHOD
    assert words.SIGNALS.endswith(f"is at most {hindsight.ALPHA:g}.")
