"""What became of releases: when one begins, what counts as trouble, and what may be said of how many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from readiness.decision.hindsight import FEWEST, Hindsight
from readiness.decision.promises import promises
from readiness.decision.releases import (
    HINDSIGHT_RULES,
    WINDOW,
    AnswerThen,
    Release,
    VerdictThen,
    releases,
    verdict_then,
)
from readiness.model.assessment import MarkValue
from readiness.model.checklist import LEVELS, Level
from readiness.model.incidents import ReportedIncident, StoredIncident
from readiness.model.promises import PastSheet, StatedAnswer, SystemPast
from readiness.model.releases import PastDecision, PastRollout, SystemRollouts
from readiness.model.stages import StageStep, StoredStep
from tests.decision.test_verdict import verdict, with_score
from tests.factories import CHECKLIST, finding, marks
from tests.simulation import releases as drawn
from tests.simulation.releases import ALIKE, WORLDS
from tests.soak import scaled

BEGAN = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)
LONG_AFTER = BEGAN + 300 * DAY
GO = PastDecision(BEGAN, goes_on=True, level="staged")


def incident(days: int, version: str = "", *, withdrawn: str = "", told: int = 0, number: int = 1) -> StoredIncident:
    """One that happened so many days after the rollout began, and was reported `told` days after it happened."""
    record = ReportedIncident(what="It was wrong", on=BEGAN + days * DAY, version=version, signals=["abstention"])
    at = dt.datetime.combine(record.on + told * DAY, dt.time(12), dt.UTC)
    return StoredIncident(number, 1, record, (), "omar", at, withdrawn)


def step(days: int, action: Any = "advance", stage: str = "canary", hour: int = 12) -> StoredStep:
    at = dt.datetime.combine(BEGAN + days * DAY, dt.time(hour), dt.UTC)
    return StoredStep(1, 1, StageStep(action=action, stage=stage, advice=action), "omar", at)


def rollout(
    *steps: StoredStep, decisions: Sequence[PastDecision] = (GO,), number: int = 1, version: str = "v1"
) -> PastRollout:
    return PastRollout(number, version, tuple(decisions), steps)


def became(
    *rollouts: PastRollout,
    incidents: Sequence[StoredIncident] = (),
    archived_on: dt.date | None = None,
    past: SystemPast | None = None,
    as_of: dt.date = LONG_AFTER,
) -> list[Release]:
    """The releases of one system, the newest first."""
    system = SystemRollouts("desk", "Desk", rollouts or (rollout(),), incidents, archived_on)
    return releases([system], promises([past] if past else [], as_of), as_of)


def outcomes(*rollouts: PastRollout, **fields: Any) -> list[str]:
    return [one.outcome for one in became(*rollouts, **fields)]


# When a release begins


def test_a_release_begins_with_the_first_decision_that_goes_on() -> None:
    hold = replace(GO, decided_on=BEGAN - DAY, goes_on=False)
    later = replace(GO, decided_on=BEGAN + DAY)
    (one,) = became(rollout(decisions=(hold, GO, later)))
    assert (one.began, one.decision, one.kind) == (BEGAN, GO, "with the verdict")
    assert became(rollout(decisions=(hold,))) == []
    assert became(rollout(decisions=())) == []


def test_a_step_into_a_stage_begins_it_whatever_was_decided_before() -> None:
    (one,) = became(rollout(step(5), step(7, stage="all")))
    assert (one.began, one.seen_on, one.level) == (BEGAN + 5 * DAY, BEGAN, "staged")
    (alone,) = became(rollout(step(5), decisions=()))
    assert (alone.kind, alone.level, alone.seen_on) == ("without a decision", None, BEGAN + 5 * DAY)


def test_a_step_after_a_hold_or_before_any_decision_rests_on_none() -> None:
    hold = replace(GO, decided_on=BEGAN + DAY, goes_on=False)
    for decisions in ((GO, hold), (replace(GO, decided_on=BEGAN + 9 * DAY),)):
        (one,) = became(rollout(step(5), decisions=decisions))
        assert (one.decision, one.kind) == (None, "without a decision")


def test_a_decision_on_a_verdict_that_allows_none_is_against_it() -> None:
    (one,) = became(rollout(decisions=(replace(GO, level="blocked"),)))
    assert (one.kind, one.level) == ("against the verdict", "blocked")


def test_what_begins_after_the_day_is_not_there() -> None:
    assert became(as_of=BEGAN - DAY) == []
    assert became(rollout(step(5), decisions=()), as_of=BEGAN + 4 * DAY) == []
    assert outcomes(as_of=BEGAN) == ["not over"]


# What became of it


@pytest.mark.parametrize(("days", "outcome"), [(-1, "well"), (0, "trouble"), (30, "trouble"), (31, "well")])
def test_an_incident_counts_from_the_first_day_to_the_thirtieth_after_it(days: int, outcome: str) -> None:
    assert outcomes(incidents=[incident(days)]) == [outcome]


def test_an_incident_of_another_version_or_one_that_was_none_is_no_trouble() -> None:
    assert outcomes(incidents=[incident(3, "v1")]) == ["trouble"]
    assert outcomes(incidents=[incident(3, "v2")]) == ["well"]
    assert outcomes(incidents=[incident(3, withdrawn="it was none")]) == ["well"]


def test_an_incident_that_was_reported_after_the_day_is_not_known_on_it() -> None:
    late = [incident(3, told=20)]
    assert outcomes(incidents=late, as_of=BEGAN + 10 * DAY) == ["not over"]
    assert outcomes(incidents=late, as_of=BEGAN + 23 * DAY) == ["trouble"]


def test_each_incident_speaks_of_one_release() -> None:
    second = rollout(decisions=(replace(GO, decided_on=BEGAN + 10 * DAY),), number=2, version="v2")
    both = (rollout(), second)
    assert outcomes(*both, incidents=[incident(12)]) == ["trouble", "well"]
    assert outcomes(*both, incidents=[incident(9)]) == ["well", "trouble"]
    assert outcomes(*both, incidents=[incident(12, "v1")]) == ["well", "trouble"]
    assert outcomes(*both, incidents=[incident(9, "v2")]) == ["well", "well"]


def test_a_roll_back_is_trouble_of_the_release_that_it_ends_and_the_next_begin_is_another() -> None:
    back = step(3, "roll back", "")
    second, first = became(rollout(step(0), back, step(8), step(9, stage="all")))
    assert [(one.began, one.outcome) for one in (first, second)] == [(BEGAN, "trouble"), (BEGAN + 8 * DAY, "well")]
    assert [(each.day, each.incident) for each in first.trouble] == [(BEGAN + 3 * DAY, None)]
    assert outcomes(rollout(step(0), step(31, "roll back", ""))) == ["well"]
    assert outcomes(rollout(step(0), step(30, "roll back", ""))) == ["trouble"]


def test_a_hold_is_no_trouble_and_begins_nothing() -> None:
    assert outcomes(rollout(step(0), step(2, "hold"), step(4, stage="all"))) == ["well"]


def past(*said: tuple[int, MarkValue, int | None]) -> SystemPast:
    """One question: on which day after the begin it was answered how, and due when."""
    answers = [
        StatedAnswer(BEGAN + day * DAY, "capacity", mark, "omar", None if due is None else BEGAN + due * DAY)
        for day, mark, due in said
    ]
    return SystemPast("desk", (PastSheet(BEGAN - 20 * DAY, answers),))


OPEN: tuple[int, MarkValue, int | None] = (-20, "yes", 12)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ([OPEN], "well"),
        ([OPEN, (5, "yes", 40)], "slipped"),
        ([OPEN, (30, "yes", 40)], "slipped"),
        ([OPEN, (31, "yes", 40)], "well"),
        ([OPEN, (0, "yes", 40)], "well"),
        ([OPEN, (5, "yes", 6)], "well"),
        ([OPEN, (5, "yes", 6), (6, "yes", 12)], "well"),
        ([OPEN, (-1, "no", None), (5, "yes", 40), (6, "yes", 60)], "well"),
        ([OPEN, (5, "no", None), (6, "yes", 60)], "well"),
        ([(-20, "yes", None), (5, "yes", 40)], "well"),
    ],
)
def test_a_date_that_stood_and_was_moved_later_while_it_was_watched_has_slipped(
    said: list[tuple[int, MarkValue, int | None]], outcome: str
) -> None:
    assert outcomes(past=past(*said)) == [outcome]


def test_a_slip_says_what_was_moved_and_trouble_comes_before_it() -> None:
    moved = past(OPEN, (5, "yes", 40))
    (one,) = became(past=moved)
    assert [(slip.signal, slip.on, slip.was, slip.to) for slip in one.slips] == [
        ("capacity", BEGAN + 5 * DAY, BEGAN + 12 * DAY, BEGAN + 40 * DAY)
    ]
    (both,) = became(past=moved, incidents=[incident(7)])
    assert (both.outcome, len(both.slips), len(both.trouble)) == ("trouble", 1, 1)
    assert outcomes(past=moved, as_of=BEGAN + 6 * DAY) == ["slipped"]


def test_it_is_over_on_the_day_after_the_last_one_and_counts_no_sooner_however_bad_it_is() -> None:
    last, bad = BEGAN + WINDOW, [incident(1)]
    assert [(one.outcome, one.counted) for one in became(as_of=last)] == [("not over", False)]
    assert [(one.outcome, one.counted) for one in became(as_of=last + DAY)] == [("well", True)]
    assert [(one.outcome, one.counted) for one in became(as_of=last, incidents=bad)] == [("trouble", False)]
    assert [(one.outcome, one.counted) for one in became(as_of=last + DAY, incidents=bad)] == [("trouble", True)]


@pytest.mark.parametrize(("days", "outcome", "counted"), [(30, "not known", False), (31, "well", True)])
def test_of_a_system_that_was_put_away_before_it_was_over_nothing_is_known(
    days: int, outcome: str, counted: bool
) -> None:
    (one,) = became(archived_on=BEGAN + days * DAY)
    assert (one.outcome, one.counted) == (outcome, counted)
    (bad,) = became(archived_on=BEGAN + days * DAY, incidents=[incident(2)])
    assert (bad.outcome, bad.counted) == ("trouble", True)


# What is told


def release(at: int, outcome: Any = "well", level: Level = "staged", **answers: bool | None) -> Release:
    told = tuple(AnswerThen(signal, signal.title(), is_open, False) for signal, is_open in answers.items())
    then = VerdictThen(level, frozenset(), frozenset(), told)
    return Release(f"s{at}", f"S{at}", at, "v1", BEGAN, replace(GO, level=level), outcome, over=True, then=then)


def told(*found: Release) -> Hindsight:
    return Hindsight(LONG_AFTER, found)


def test_nothing_is_told_of_nine_releases_and_something_of_ten() -> None:
    nine = [release(at, capacity=bool(at % 2)) for at in range(FEWEST - 1)]
    waiting = replace(release(90), outcome="not over", over=False)
    few = told(*nine, waiting)
    assert (few.enough, few.levels, few.decisions, few.signals, few.rules) == (False, [], [], [], ())
    ten = told(*nine, release(9), waiting)
    assert (ten.enough, len(ten.counted), ten.well.n) == (True, 10, 10)
    assert ten.levels
    assert ten.decisions
    assert ten.signals
    assert len(ten.rules) == len(HINDSIGHT_RULES)


def test_each_verdict_and_each_way_of_deciding_has_its_n_and_slips_are_apart_from_trouble() -> None:
    found = [release(at) for at in range(8)] + [release(8, "slipped"), release(9, "trouble")]
    found += [release(10, "trouble", "blocked"), release(11, level="blocked")]
    past = told(*found)
    assert [(one.what, one.well.held, one.well.n, one.slipped, one.trouble) for one in past.levels] == [
        ("staged", 8, 10, 1, 1),
        ("blocked", 1, 2, 0, 1),
    ]
    assert [(one.what, one.well.held, one.well.n) for one in past.decisions] == [
        ("with the verdict", 8, 10),
        ("against the verdict", 1, 2),
    ]
    assert past.well.interval is not None
    assert (round(past.well.interval.low, 4), round(past.well.interval.high, 4)) == (0.4677, 0.9111)


def test_a_signal_foretold_trouble_where_that_is_no_chance_over_all_that_were_looked_at() -> None:
    bad = [release(at, "trouble", capacity=True, drift=bool(at % 2), ownership=False) for at in range(8)]
    good = [release(8 + at, capacity=False, drift=bool(at % 2), ownership=False) for at in range(8)]
    capacity, drift = told(*bad, *good).signals
    assert (capacity.signal, capacity.opened.held, capacity.controlled.held) == ("capacity", 8, 0)
    assert capacity.adjusted == pytest.approx(2 * capacity.p)
    assert capacity.foretold
    assert capacity.difference == 1
    assert (drift.signal, drift.p, drift.foretold) == ("drift", 1, False)


def test_a_signal_that_was_open_where_all_went_well_foretold_nothing() -> None:
    found = [release(at, capacity=True) for at in range(8)] + [
        release(8 + at, "trouble", capacity=False) for at in range(8)
    ]
    (one,) = told(*found).signals
    assert (one.adjusted < 0.01, one.difference, one.foretold) == (True, -1, False)


def test_an_answer_that_nobody_gave_is_neither_open_nor_controlled() -> None:
    found = [release(at, "trouble", capacity=True if at < 3 else None) for at in range(6)]
    found += [release(6 + at, capacity=False) for at in range(6)]
    (one,) = told(*found).signals
    assert (one.opened.n, one.controlled.n) == (3, 6)


def test_slips_are_no_trouble_that_a_signal_foretells() -> None:
    found = [release(at, "slipped", capacity=True) for at in range(8)]
    found += [release(8 + at, capacity=False) for at in range(8)]
    (one,) = told(*found).signals
    assert (one.opened.held, one.p) == (0, 1)


# The verdict of then


def then_of(given: dict[str, Any], *found: Any, **more: Any) -> VerdictThen:
    said = verdict(given, *found, **more)
    return verdict_then(
        said, [(signal, given[signal.id].mark if signal.id in given else None) for signal in CHECKLIST.all]
    )


def test_a_rule_decides_where_the_level_would_have_been_another_without_it() -> None:
    blocked = then_of(marks(CHECKLIST, "no", data_boundary="yes"))
    assert (blocked.level, {*blocked.deciding}) == ("blocked", {"override"})
    both = then_of(marks(CHECKLIST, "no", data_boundary="yes", ownership="yes"))
    assert both.fired >= {"override", "critical"}
    assert both.deciding == frozenset()


def test_the_score_decides_where_it_alone_is_not_in_the_best_band() -> None:
    poor = then_of(with_score(12))
    assert poor.fired == poor.deciding == {"score"}
    capped = then_of(with_score(12, data_boundary="yes"))
    assert ("score" in capped.fired, "score" in capped.deciding) == (True, False)


def test_a_no_that_evidence_speaks_against_is_open_and_what_nobody_answered_is_neither() -> None:
    given = marks(CHECKLIST, "no", capacity="partial", abstention=None)
    told = {one.signal: one for one in then_of(given, finding("regression-gates", "contradicts")).answers}
    assert [told[signal].is_open for signal in ("capacity", "abstention", "data-boundary")] == [True, None, False]
    assert [(one.signal, one.is_open) for one in told.values() if one.contradicted] == [("regression-gates", True)]


def test_no_rule_makes_a_level_better_than_it_would_be_without_it() -> None:
    for given in (with_score(3), with_score(9, data_boundary="partial"), marks(CHECKLIST, "no", capacity=None)):
        said = verdict(given)
        for rule in HINDSIGHT_RULES:
            assert LEVELS.index(said.without(rule)) <= LEVELS.index(said.level)


def test_a_rule_never_mattered_where_it_decided_nothing_and_a_condition_where_it_never_fired() -> None:
    def then(*fired: Any, deciding: Sequence[Any] = ()) -> VerdictThen:
        return VerdictThen("narrow", frozenset(fired), frozenset(deciding), ())

    ran = [then("release-rule", "critical", "uncovered", deciding=["release-rule"])] * 4 + [then("critical")] * 6
    found = [replace(release(at, "trouble" if at < 2 else "well"), then=one) for at, one in enumerate(ran)]
    rules = {one.rule: one for one in told(*found).rules}
    assert [(rules[name].fired, rules[name].decided) for name in ("release-rule", "critical")] == [(4, 4), (10, 0)]
    assert {name for name, one in rules.items() if one.mattered} == {"release-rule", "uncovered"}
    assert (rules["release-rule"].trouble.held, rules["critical"].trouble.held) == (2, 2)
    assert rules["override"].trouble.interval is None


# Simulated histories


@pytest.mark.parametrize("name", WORLDS)
def test_the_intervals_of_shares_hold_what_they_claim(name: str) -> None:
    held = drawn.levels_held(WORLDS[name], scaled(250))
    assert held.n > 400
    assert 0.93 <= held.share <= 0.97


def test_counting_trouble_before_a_release_is_over_would_make_all_look_worse() -> None:
    as_told, early = (drawn.levels_held(drawn.YOUNG, scaled(200), early=early) for early in (False, True))
    assert 0.93 <= as_told.share <= 0.97
    assert early.share < 0.93


@pytest.mark.parametrize("name", list(WORLDS)[:3])
def test_the_intervals_of_differences_hold_what_they_claim(name: str) -> None:
    world = replace(WORLDS[name], trouble=ALIKE, worse=0.5)
    held = drawn.differences_held(world, scaled(120))
    assert held.n > 1_000
    assert 0.93 <= held.share <= 0.97


@pytest.mark.parametrize("name", WORLDS)
def test_no_signal_is_said_to_have_foretold_trouble_more_often_than_in_one_history_of_twenty(name: str) -> None:
    false = drawn.foretold(replace(WORLDS[name], trouble=ALIKE), scaled(200))
    assert false.n > 40
    assert false.share <= 0.05


def test_a_signal_that_makes_trouble_is_found_where_there_are_releases_enough() -> None:
    found = drawn.found(replace(WORLDS["120 releases"], trouble=ALIKE, worse=0.5), scaled(60))
    assert found.share >= 0.8
