"""The fewest steps to each better verdict, held against every possible choice of steps."""

from __future__ import annotations

from itertools import chain, combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from readiness import paths
from readiness.decision.packet import Packet, ReleaseCondition, Unmet
from readiness.decision.remediation import Remediation, RemediationStep, remediations
from readiness.decision.verdict import decide
from readiness.model.assessment import Mark
from readiness.model.checklist import LEVELS, Level, load
from tests import factories
from tests.factories import CRITICAL, OVERRIDES, mark, marks, packet

CHECKLIST = load(paths.CHECKLISTS)["llm-rollout"]
CONDITIONS: tuple[ReleaseCondition, ...] = ("stages", "rollback")


def choices(given_marks: dict[str, Mark], held: Packet) -> list[RemediationStep]:
    """Everything that could be done."""
    found = [RemediationStep("close", name) for name, each in given_marks.items() if each.is_gap]
    found += [RemediationStep("answer", name) for name in CHECKLIST.ids if name not in given_marks]
    return found + [RemediationStep("meet", unmet=unmet) for unmet in held.release_rule]


def after(given_marks: dict[str, Mark], held: Packet, steps: tuple[RemediationStep, ...]) -> Level:
    done = {step.signal: mark(step.signal, "no") for step in steps if step.signal}
    met = [step.unmet for step in steps]
    left = [unmet.condition for unmet in held.release_rule if unmet not in met]
    return decide(CHECKLIST, given_marks | done, {}, packet(*left)).level


def by_brute_force(given_marks: dict[str, Mark], held: Packet) -> dict[Level, int]:
    """The fewest steps to each level or a better one."""
    every = choices(given_marks, held)
    fewest: dict[Level, int] = {}
    for steps in chain.from_iterable(combinations(every, count) for count in range(len(every) + 1)):
        reached = after(given_marks, held, steps)
        for level in LEVELS[LEVELS.index(reached) :]:
            fewest.setdefault(level, len(steps))
    return fewest


def found(given_marks: dict[str, Mark], held: Packet | None = None) -> tuple[Remediation, ...]:
    return remediations(CHECKLIST, given_marks, {}, held or packet())


@st.composite
def assessments(draw: st.DrawFn) -> tuple[dict[str, Mark], Packet]:
    """At most eight things to do: gaps, open questions and conditions, overrides and critical ones included."""
    names = draw(st.permutations([*OVERRIDES, *CRITICAL, *CHECKLIST.ids[:8]]))
    values = draw(st.lists(st.sampled_from(["partial", "yes", "yes", "critical", None]), max_size=6))
    stated: dict[str, Mark] = marks(CHECKLIST, "no")
    for name, value in zip(dict.fromkeys(names), values, strict=False):
        if value is None:
            del stated[name]
        elif value == "critical":
            stated[name] = mark(name, "yes", critical=True, critical_reason="a regulator asked")
        else:
            stated[name] = mark(name, value)  # type: ignore[arg-type]
    return stated, packet(*CONDITIONS[: draw(st.integers(0, 2))])


@settings(max_examples=150, deadline=None)
@given(assessments())
def test_no_choice_of_fewer_steps_reaches_the_level(given_: tuple[dict[str, Mark], Packet]) -> None:
    given_marks, held = given_
    today, fewest = decide(CHECKLIST, given_marks, {}, held).level, by_brute_force(given_marks, held)
    ways = found(given_marks, held)
    for way in ways:
        assert LEVELS.index(way.level) < LEVELS.index(today)
        assert after(given_marks, held, way.steps) == way.level
        assert len(way.steps) == fewest[way.level]
    better = [level for level in LEVELS[: LEVELS.index(today)] if level in fewest]
    assert {fewest[level] for level in better} == {len(way.steps) for way in ways}


@settings(max_examples=100, deadline=None)
@given(assessments())
def test_ways_grow_and_each_leads_further_than_the_one_before(given_: tuple[dict[str, Mark], Packet]) -> None:
    ways = found(*given_)
    assert all(one.steps != () for one in ways)
    for one, two in pairwise(ways):
        assert len(one.steps) < len(two.steps)
        assert LEVELS.index(two.level) < LEVELS.index(one.level)


def test_a_blocker_is_the_shortest_way_and_conditions_come_after_it() -> None:
    stated = marks(CHECKLIST, "no", rollback_rehearsal="yes")
    assert found(stated, packet(CONDITIONS[0])) == (
        Remediation("narrow", (RemediationStep("close", "rollback-rehearsal"),)),
        Remediation(
            "staged",
            (RemediationStep("close", "rollback-rehearsal"), RemediationStep("meet", unmet=Unmet(CONDITIONS[0]))),
        ),
    )


def test_the_gaps_with_most_points_come_first_and_of_equal_ones_the_earliest_due() -> None:
    late, soon = factories.TODAY.replace(month=12), factories.TODAY
    stated = marks(
        CHECKLIST,
        "no",
        cohort_success=mark("cohort-success", "yes", due=late),
        abstention=mark("abstention", "partial", due=soon),
        capacity=mark("capacity", "yes", due=soon),
    )
    (way,) = found(stated)
    assert way == Remediation("staged", (RemediationStep("close", "capacity"),))


def test_open_questions_must_be_answered_before_anything_better_than_undetermined() -> None:
    stated = marks(CHECKLIST, "no", capacity=None, data_boundary=None)
    assert found(stated) == (
        Remediation("staged", (RemediationStep("answer", "capacity"), RemediationStep("answer", "data-boundary"))),
    )


def test_answers_that_evidence_contradicts_change_no_way() -> None:
    stated = marks(CHECKLIST, "no", rollback_rehearsal="yes")
    against = factories.finding("rollback-rehearsal", "contradicts") | factories.finding("abstention", "contradicts")
    assert [way.level for way in found(stated, packet(*CONDITIONS))] == ["narrow", "staged"]
    assert remediations(CHECKLIST, stated, against, packet(*CONDITIONS)) == found(stated, packet(*CONDITIONS))


def test_a_staged_verdict_has_nothing_to_be_lifted_to() -> None:
    assert found(marks(CHECKLIST, "no")) == ()


def test_the_worst_assessment_has_a_way_to_every_better_level() -> None:
    ways = found(marks(CHECKLIST, "yes"), packet(*CONDITIONS))
    assert [way.level for way in ways] == ["do-not-broaden", "add-controls", "narrow", "staged"]
