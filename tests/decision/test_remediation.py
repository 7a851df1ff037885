"""The fewest steps to each better verdict, held against every possible choice of steps."""

from __future__ import annotations

from itertools import chain, combinations, pairwise
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from readiness import paths
from readiness.decision.answers import Finding
from readiness.decision.packet import Packet, ReleaseCondition, Unmet
from readiness.decision.remediation import Remediation, RemediationStep, remediations
from readiness.decision.verdict import Rejection, decide
from readiness.model.assessment import Mark
from readiness.model.checklist import LEVELS, Checklist, Level, load, parse
from tests import factories
from tests.factories import CRITICAL, OVERRIDES, mark, marks, packet, shown
from tests.soak import scaled

CHECKLIST = load(paths.CHECKLISTS)["llm-rollout"]
CONDITIONS: tuple[ReleaseCondition, ...] = ("stages", "rollback")
REJECTED = Rejection("quality", "quality lead", factories.TODAY)


class Case(NamedTuple):
    """What a verdict rests on; evidence supports all that the findings do not speak of."""

    marks: dict[str, Mark]
    packet: Packet
    findings: dict[str, Finding]
    rejections: tuple[Rejection, ...] = ()
    checklist: Checklist = CHECKLIST

    def after(self, steps: tuple[RemediationStep, ...]) -> Level:
        signals = [step.signal for step in steps if step.signal]
        met, settled = [step.unmet for step in steps], [step.rejection for step in steps]
        return decide(
            self.checklist,
            self.marks | {name: mark(name, "no") for name in signals},
            shown(CHECKLIST) | self.findings | {name: Finding(name, "supports", "") for name in signals},
            packet(*(unmet.condition for unmet in self.packet.release_rule if unmet not in met)),
            [rejection for rejection in self.rejections if rejection not in settled],
        ).level

    def choices(self) -> list[RemediationStep]:
        """Everything that could be done."""
        steps = [RemediationStep("close", name) for name, each in self.marks.items() if each.is_gap]
        steps += [RemediationStep("answer", name) for name in CHECKLIST.ids if name not in self.marks]
        steps += [RemediationStep("show", name) for name in self.findings if self.claims(name)]
        steps += [RemediationStep("settle", rejection=rejection) for rejection in self.rejections]
        return steps + [RemediationStep("meet", unmet=unmet) for unmet in self.packet.release_rule]

    def claims(self, name: str) -> bool:
        return name in self.marks and self.marks[name].mark == "no"

    def by_brute_force(self) -> dict[Level, int]:
        """The fewest steps to each level or a better one."""
        every, fewest = self.choices(), dict[Level, int]()
        for steps in chain.from_iterable(combinations(every, count) for count in range(len(every) + 1)):
            for level in LEVELS[LEVELS.index(self.after(steps)) :]:
                fewest.setdefault(level, len(steps))
        return fewest

    def ways(self) -> tuple[Remediation, ...]:
        findings = shown(CHECKLIST) | self.findings
        return remediations(self.checklist, self.marks, findings, self.packet, self.rejections)


def found(given_marks: dict[str, Mark], held: Packet | None = None) -> tuple[Remediation, ...]:
    return Case(given_marks, held or packet(), {}).ways()


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """At most nine things to do: gaps, open questions, bare answers and conditions, overrides and critical ones too."""
    names = draw(st.permutations([*OVERRIDES, *CRITICAL, *CHECKLIST.ids[:8]]))
    palette = ["partial", "yes", "yes", "critical", "bare", "contradicted", None]
    values = draw(st.lists(st.sampled_from(palette), max_size=6))
    stated, findings = marks(CHECKLIST, "no"), dict[str, Finding]()
    for name, value in zip(dict.fromkeys(names), values, strict=False):
        if value is None:
            del stated[name]
        elif value == "critical":
            stated[name] = mark(name, "yes", critical=True, critical_reason="a regulator asked")
        elif value in ("bare", "contradicted"):
            findings[name] = Finding(name, "silent" if value == "bare" else "contradicts", "so it is")
        else:
            stated[name] = mark(name, value)  # type: ignore[arg-type]
    rejections = draw(st.sampled_from([(), (), (REJECTED,)]))
    return Case(stated, packet(*CONDITIONS[: draw(st.integers(0, 2))]), findings, rejections)


@settings(max_examples=scaled(40), deadline=None)
@given(cases())
def test_no_choice_of_fewer_steps_reaches_the_level(case: Case) -> None:
    today, fewest = case.after(()), case.by_brute_force()
    ways = case.ways()
    for way in ways:
        assert LEVELS.index(way.level) < LEVELS.index(today)
        assert case.after(way.steps) == way.level
        assert len(way.steps) == fewest[way.level]
    better = [level for level in LEVELS[: LEVELS.index(today)] if level in fewest]
    assert {fewest[level] for level in better} == {len(way.steps) for way in ways}


@settings(max_examples=scaled(30), deadline=None)
@given(cases())
def test_ways_grow_and_each_leads_further_than_the_one_before(case: Case) -> None:
    ways = case.ways()
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
    for noted in ({}, {"capacity": mark("capacity", note="asked on Monday")}):
        assert found(stated | noted) == (
            Remediation("staged", (RemediationStep("answer", "capacity"), RemediationStep("answer", "data-boundary"))),
        )


def test_what_is_on_record_against_an_answer_and_what_nothing_shows_must_be_shown() -> None:
    against = factories.finding("rollback-rehearsal", "contradicts") | factories.finding("traceability", "silent")
    assert Case(marks(CHECKLIST, "no"), packet(), against).ways() == (
        Remediation("undetermined", (RemediationStep("show", "rollback-rehearsal"),)),
        Remediation("staged", (RemediationStep("show", "rollback-rehearsal"), RemediationStep("show", "traceability"))),
    )


def test_bare_answers_are_shown_until_the_evidence_reaches_the_band() -> None:
    bare = {name: Finding(name, "silent", "nothing is stored") for name in CHECKLIST.ids[:6]}
    (way,) = Case(marks(CHECKLIST, "no"), packet(), bare).ways()
    assert (way.level, [step.kind for step in way.steps]) == ("staged", ["show", "show"])


def test_bare_answers_need_no_step_where_the_checklist_makes_them_a_condition() -> None:
    bare = {name: Finding(name, "silent", "nothing is stored") for name in [*CHECKLIST.ids[:10], "traceability"]}
    text = (paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8")
    for rule in ("evidence-band", "override-not-shown"):
        text = text.replace(f'[[rules]]\nid = "{rule}"\n', f'[[rules]]\nid = "{rule}"\neffect = "condition"\n')
    stated = marks(CHECKLIST, "no", ownership="yes")
    eased = parse(text, file="ours.toml")
    (way,) = Case(stated, packet(), bare, checklist=eased).ways()
    assert way == Remediation("staged", (RemediationStep("close", "ownership"),))
    half, *whole = CHECKLIST.ids[:3]
    five = marks(CHECKLIST, "no") | {half: mark(half, "partial")} | {name: mark(name, "yes") for name in whole}
    (way,) = Case(five, packet(), bare, checklist=eased).ways()
    assert way == Remediation("staged", (RemediationStep("close", whole[0]),))


def test_a_rejection_is_settled_before_anything_else() -> None:
    (way,) = Case(marks(CHECKLIST, "no"), packet(), {}, (REJECTED,)).ways()
    assert way == Remediation("staged", (RemediationStep("settle", rejection=REJECTED),))


def test_a_staged_verdict_has_nothing_to_be_lifted_to() -> None:
    assert found(marks(CHECKLIST, "no")) == ()


def test_the_worst_assessment_has_a_way_to_every_better_level() -> None:
    ways = found(marks(CHECKLIST, "yes"), packet(*CONDITIONS))
    assert [way.level for way in ways] == ["do-not-broaden", "add-controls", "narrow", "staged"]


def test_a_way_contains_one_of_fewer_steps_that_are_all_its_own_and_goes_beyond_it_by_the_others() -> None:
    one, two, other = (RemediationStep("close", name) for name in CHECKLIST.ids[:3])
    short, long = Remediation("narrow", (one,)), Remediation("staged", (two, one))
    assert long.contains(short)
    assert not short.contains(long)
    assert not long.contains(long)
    assert not long.contains(Remediation("narrow", (other,)))
    assert long.beyond(short) == (two,)
    assert short.beyond(long) == ()
    assert short.beyond(Remediation("narrow", (other,))) == (one,)


def test_each_way_leads_to_its_level_also_where_control_counts_a_point() -> None:
    text = (paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8")
    for name, points in (*CHECKLIST.points.items(), *CHECKLIST.evidence_points.items()):
        text = text.replace(f"\n{name} = {points}\n", f"\n{name} = {points + 1}\n", 1)
    for band in CHECKLIST.bands[1:]:
        text = text.replace(f"\nmin = {band.min}\n", f"\nmin = {band.min + len(CHECKLIST.signals)}\n", 1)
    overrides = [signal.id for signal in CHECKLIST.signals if signal.override]
    stated = marks(CHECKLIST, "no") | {name: mark(name, "yes") for name in overrides}
    stated |= {name: mark(name, "partial") for name in CHECKLIST.ids[:6]}
    case = Case(stated, packet(), {}, checklist=parse(text, file="ours.toml"))
    ways = case.ways()
    closed = tuple(RemediationStep("close", name) for name in overrides)
    assert ways[0] == Remediation("narrow", closed)
    assert [(way.level, len(way.steps)) for way in ways] == [("narrow", 3), ("staged", 5)]
    assert all(case.after(way.steps) == way.level for way in ways)
