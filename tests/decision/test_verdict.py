from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness import paths
from readiness.decision.packet import PARTS, Packet, PacketPart, Unmet
from readiness.decision.verdict import Finding, Outcome, Verdict, decide
from readiness.errors import InputError
from readiness.model.assessment import Mark, MarkValue
from readiness.model.checklist import EFFECTS, LEVELS, Level, load, parse
from tests import factories
from tests.factories import CRITICAL, OVERRIDES, finding, mark, marks, packet

CHECKLIST = load(paths.CHECKLISTS)["llm-rollout"]
ORDINARY = tuple(name for name in CHECKLIST.ids if name not in (*OVERRIDES, *CRITICAL))


def verdict(
    given_marks: dict[str, Mark], findings: dict[str, Finding] | None = None, held: Packet | None = None
) -> Verdict:
    return decide(CHECKLIST, given_marks, findings or {}, held or packet())


def only(signal: str, value: MarkValue) -> dict[str, Any]:
    """One answer by the id of its question."""
    return {signal: value}


def with_score(score: int, **others: Any) -> dict[str, Mark]:
    """All controlled, save for ordinary signals that add up to the score."""
    whole, half = divmod(score, 2)
    values = dict.fromkeys(ORDINARY[:whole], "yes") | ({ORDINARY[whole]: "partial"} if half else {})
    return marks(CHECKLIST, "no", **values | others)


def rules(found: Verdict) -> list[tuple[str, str]]:
    return [(each.rule, each.signal) for each in found.fired]


def test_the_shipped_checklist_has_the_override_and_critical_signals_of_its_source() -> None:
    assert {signal.id for signal in CHECKLIST.all if signal.override} == set(OVERRIDES)
    assert {signal.number for signal in CHECKLIST.signals if signal.override} == {14, 16, 18}
    assert {signal.number for signal in CHECKLIST.signals if signal.critical} == {10, 20}
    assert [signal.number for signal in CHECKLIST.signals] == list(range(1, 22))


@pytest.mark.parametrize(
    ("stated", "instead", "problem"),
    [
        ("\nunanswered = 2", "", "evidence_points are not complete"),
        ("\nunevidenced-no = 1", "\nunevidenced-no = -1", "evidence_points are better than the points of the mark"),
        ("\nunanswered = 2", "\nunanswered = 1", "evidence_points are better than the points of the mark"),
        ("\nno = 0", "\nno = -1", "the points do not rise from no to yes"),
        ("\nyes = 2", "\nyes = 0", "the points do not rise from no to yes"),
        ("\nyes = 2", "", "points are not complete"),
        ("\nmin = 5", "\nmin = 11", "the bands do not rise from 0"),
        ('id = "contradicted"', 'id = "override"', "the rule 'override' stands twice"),
        ('id = "data-boundary"\nsection = "evidence"', 'id = "data-boundary"\nsection = "x"', "the section 'x'"),
    ],
)
def test_a_checklist_that_gives_no_sound_verdict_is_refused(stated: str, instead: str, problem: str) -> None:
    text = (paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8")
    assert stated in text
    with pytest.raises(InputError, match=problem) as refused:
        parse(text.replace(stated, instead, 1), file="ours.toml")
    assert refused.value.file == "ours.toml"


def test_everything_controlled_and_shown_is_staged_without_a_condition() -> None:
    found = verdict(marks(CHECKLIST, "no"))
    assert (found.level, found.score, found.range, found.fired) == ("staged", 0, (0, 0), ())
    assert found.band is not None
    assert found.band.level == "staged"


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (0, "staged"),
        (4, "staged"),
        (5, "narrow"),
        (9, "narrow"),
        (10, "add-controls"),
        (15, "add-controls"),
        (16, "do-not-broaden"),
        (30, "do-not-broaden"),
    ],
)
def test_the_score_decides_the_band_at_its_edges(score: int, level: Level) -> None:
    found = verdict(with_score(score))
    assert (found.score, found.level, found.range) == (score, level, (score, score))
    assert found.band is not None
    assert found.band.level == level
    assert found.fired == ()


def test_the_worst_score_is_42_and_the_attestation_adds_nothing_to_it() -> None:
    assert CHECKLIST.highest == 42
    assert verdict(marks(CHECKLIST, "yes")).score == 42
    assert verdict(marks(CHECKLIST, "no", data_boundary="yes")).score == 0
    assert verdict(marks(CHECKLIST, "no", data_boundary="partial")).score == 0


@pytest.mark.parametrize("signal", OVERRIDES)
def test_a_yes_on_an_override_blocks_whatever_the_score(signal: str) -> None:
    for score in (0, 4, 20):
        found = verdict(with_score(score, **{signal: "yes"}))
        assert found.level == "blocked"
        assert rules(found) == [("override", signal)]
        assert found.blockers == found.fired


@pytest.mark.parametrize("signal", OVERRIDES)
def test_a_partial_override_caps_staged_at_narrow_and_names_the_cohorts(signal: str) -> None:
    found = verdict(marks(CHECKLIST, "no", **{signal: mark(signal, "partial", holds_for="tenant acme only")}))
    assert found.level == "narrow"
    assert rules(found) == [("override-partial", signal)]
    assert "tenant acme only" in found.conditions[0].why


@pytest.mark.parametrize(
    ("score", "level"), [(3, "narrow"), (8, "narrow"), (12, "add-controls"), (20, "do-not-broaden")]
)
def test_a_partial_override_never_improves_a_worse_band(score: int, level: Level) -> None:
    assert verdict(with_score(score, data_boundary="partial")).level == level


@pytest.mark.parametrize("signal", OVERRIDES)
def test_an_unanswered_override_is_undetermined_and_never_passed(signal: str) -> None:
    found = verdict(marks(CHECKLIST, "no", **{signal: None}))
    assert found.level == "undetermined"
    assert rules(found) == [("unanswered-override", signal)]
    assert found.unanswered == (signal,)


@pytest.mark.parametrize("signal", OVERRIDES)
def test_a_controlled_override_fires_nothing(signal: str) -> None:
    assert verdict(marks(CHECKLIST, "no", **only(signal, "no"))).fired == ()


@pytest.mark.parametrize("signal", CRITICAL)
def test_a_yes_on_a_critical_signal_blocks_and_a_partial_only_counts(signal: str) -> None:
    found = verdict(marks(CHECKLIST, "no", **only(signal, "yes")))
    assert (found.level, rules(found)) == ("blocked", [("critical", signal)])
    found = verdict(marks(CHECKLIST, "no", **only(signal, "partial")))
    assert (found.level, found.score, found.fired) == ("staged", 1, ())


@pytest.mark.parametrize("signal", [ORDINARY[0], "data-boundary", "traceability", "ownership"])
def test_a_yes_that_was_raised_to_critical_blocks_and_says_why(signal: str) -> None:
    raised = mark(signal, "yes", critical=True, critical_reason="a regulator asked")
    found = verdict(marks(CHECKLIST, "no", **{signal: raised}))
    assert found.level == "blocked"
    assert ("critical", signal) in rules(found)
    assert "a regulator asked" in next(each.why for each in found.fired if each.rule == "critical")


def test_an_override_raised_to_critical_fires_both_rules() -> None:
    raised = mark("data-boundary", "yes", critical=True, critical_reason="a regulator asked")
    found = verdict(marks(CHECKLIST, "no", data_boundary=raised))
    assert rules(found) == [("override", "data-boundary"), ("critical", "data-boundary")]


def test_an_ordinary_yes_blocks_nothing() -> None:
    assert verdict(marks(CHECKLIST, "no", **only(ORDINARY[0], "yes"))).level == "staged"


@pytest.mark.parametrize("signal", [*ORDINARY, *CRITICAL])
def test_any_unanswered_signal_leaves_the_verdict_undetermined(signal: str) -> None:
    found = verdict(marks(CHECKLIST, "no", **{signal: None}))
    assert (found.level, found.band, found.range) == ("undetermined", None, (0, 2))
    assert rules(found) == [("unanswered", signal)]


@pytest.mark.parametrize(
    ("signal", "why"),
    [
        ("capacity", f"{CHECKLIST.signal('capacity').name} (11) has not been answered"),
        ("data-boundary", f"{CHECKLIST.signal('data-boundary').name} has not been answered"),
    ],
)
def test_an_open_question_is_named_with_its_number_if_it_has_one(signal: str, why: str) -> None:
    assert [each.why for each in verdict(marks(CHECKLIST, "no", **{signal: None})).fired] == [why]


def test_a_stored_mark_without_an_answer_is_the_same_as_none() -> None:
    kept = marks(CHECKLIST, "no") | {"capacity": Mark(signal="capacity", note="asked on Monday")}
    assert verdict(kept) == verdict(marks(CHECKLIST, "no", capacity=None))


def test_an_unanswered_attestation_leaves_the_band_final_but_the_verdict_open() -> None:
    found = verdict(marks(CHECKLIST, "no", data_boundary=None))
    assert (found.level, found.range) == ("undetermined", (0, 0))
    assert found.band is not None


def test_missing_marks_span_the_bands_that_are_possible() -> None:
    found = verdict(with_score(4, **dict.fromkeys(ORDINARY[-3:], None)))
    assert (found.score, found.range, found.band) == (4, (4, 10), None)
    assert [band.level for band in found.bands] == ["staged", "narrow", "add-controls"]


def test_nothing_answered_is_undetermined_over_every_band() -> None:
    found = verdict({})
    assert (found.level, found.score, found.range, found.band) == ("undetermined", 0, (0, 42), None)
    assert [band.level for band in found.bands] == ["staged", "narrow", "add-controls", "do-not-broaden"]
    assert found.unanswered == CHECKLIST.ids
    assert found.evidenced_score == 42


def test_blocked_beats_undetermined_and_both_are_told_worst_first() -> None:
    found = verdict(marks(CHECKLIST, "no", capacity=None, data_boundary="yes"))
    assert found.level == "blocked"
    assert rules(found) == [("override", "data-boundary"), ("unanswered", "capacity")]


def test_undetermined_beats_the_caps_and_the_worst_band() -> None:
    found = verdict(with_score(20, data_boundary="partial", **{ORDINARY[-1]: None}), held=packet("stages"))
    assert found.level == "undetermined"
    assert [rule for rule, _ in rules(found)] == ["unanswered", "override-partial", "release-rule"]


@pytest.mark.parametrize(
    ("score", "level"), [(0, "narrow"), (4, "narrow"), (9, "narrow"), (10, "add-controls"), (16, "do-not-broaden")]
)
def test_the_release_rule_caps_at_narrow_and_improves_nothing(score: int, level: Level) -> None:
    found = verdict(with_score(score), held=packet("stages"))
    assert found.level == level
    assert rules(found) == [("release-rule", "")]
    assert found.conditions[0].why == "there is no canary or staged path"


def test_every_miss_of_the_release_rule_is_a_condition_of_its_own() -> None:
    assert len(verdict(marks(CHECKLIST, "no"), held=packet("baseline", "gates")).conditions) == 2


def test_the_release_rule_lifts_no_block() -> None:
    assert verdict(marks(CHECKLIST, "no", traceability="yes"), held=packet("gates")).level == "blocked"


def test_a_contradicted_no_is_a_condition_and_changes_neither_level_nor_score() -> None:
    given_marks = marks(CHECKLIST, "no")
    found = verdict(given_marks, finding("cohort-success", "contradicts", "language=ja reached 0.71"))
    assert (found.level, found.score) == ("staged", 0)
    assert rules(found) == [("contradicted", "cohort-success")]
    assert "language=ja reached 0.71" in found.conditions[0].why
    assert given_marks == marks(CHECKLIST, "no")


@pytest.mark.parametrize("value", ["partial", "yes", None])
def test_only_a_no_can_be_contradicted(value: Any) -> None:
    found = verdict(marks(CHECKLIST, "no", cohort_success=value), finding("cohort-success", "contradicts"))
    assert "contradicted" not in {each.rule for each in found.fired}


def test_a_contradicted_override_is_still_only_a_condition() -> None:
    found = verdict(marks(CHECKLIST, "no"), finding("rollback-rehearsal", "contradicts"))
    assert (found.level, rules(found)) == ("staged", [("contradicted", "rollback-rehearsal")])


@pytest.mark.parametrize("outcome", ["supports", "silent"])
def test_other_findings_fire_nothing(outcome: Any) -> None:
    assert verdict(marks(CHECKLIST, "no"), finding("cohort-success", outcome)).fired == ()


EVIDENCED = [
    pytest.param(mark("capacity", "no"), "supports", 0, id="a no that evidence supports"),
    pytest.param(mark("capacity", "no", evidence=["https://example.com/load"]), "silent", 0, id="a no with an address"),
    pytest.param(mark("capacity", "no", evidence=["Scorecard"]), None, 0, id="a no with a part that is there"),
    pytest.param(mark("capacity", "no", evidence=["  "]), None, 1, id="a no with a blank reference"),
    pytest.param(mark("capacity", "no"), None, 1, id="a no with nothing"),
    pytest.param(mark("capacity", "no"), "silent", 1, id="a no where evidence is silent"),
    pytest.param(mark("capacity", "no", not_applicable=True, note="no tools"), None, 1, id="a no that does not apply"),
    pytest.param(mark("capacity", "no", evidence=["a dated report"]), "contradicts", 2, id="a contradicted no"),
    pytest.param(mark("capacity", "partial"), None, 1, id="a partial"),
    pytest.param(mark("capacity", "partial"), "supports", 1, id="a supported partial"),
    pytest.param(mark("capacity", "partial"), "contradicts", 2, id="a contradicted partial"),
    pytest.param(mark("capacity", "yes"), None, 2, id="a yes"),
    pytest.param(mark("capacity", "yes"), "supports", 2, id="a supported yes"),
    pytest.param(Mark(signal="capacity"), "supports", 2, id="no answer"),
]


@pytest.mark.parametrize(("given_mark", "outcome", "points"), EVIDENCED)
def test_the_evidenced_score_counts_only_what_can_be_shown(given_mark: Mark, outcome: Any, points: int) -> None:
    backed = {name: mark(name, "no", evidence=["a dated report"]) for name in CHECKLIST.ids}
    found = verdict(backed | {"capacity": given_mark}, finding("capacity", outcome) if outcome else {})
    assert found.evidenced_score == points


def test_a_part_of_the_packet_that_is_missing_backs_nothing() -> None:
    backed = {name: mark(name, "no", evidence=["scorecard"]) for name in CHECKLIST.ids}
    assert verdict(backed, held=packet(state="missing")).evidenced_score == 21
    assert verdict(backed, held=packet(state="partial")).evidenced_score == 0


def test_the_attestation_is_not_in_the_evidenced_score() -> None:
    assert verdict(marks(CHECKLIST, "no")).evidenced_score == 21


def test_an_answer_to_a_signal_that_the_checklist_does_not_know_changes_nothing() -> None:
    assert verdict(marks(CHECKLIST, "no") | {"other": mark("other", "yes")}) == verdict(marks(CHECKLIST, "no"))


# What follows states the rules a second time, as numbers from the article, and compares over generated facts.

STEPS: tuple[Any, ...] = (None, "no", "partial", "yes")


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Mark]:
    """Marks that lean one way, so that every level is met and not only the blocked one."""
    palette = draw(st.sampled_from([("no",), ("no", "no", "partial"), ("no", "partial"), ("no", "yes"), STEPS]))
    hard = draw(st.sampled_from([("no",), ("no", "no", "no", "partial"), ("no", "no", "no", *palette)]))
    raised = draw(st.sampled_from([None, None, None, *ORDINARY]))
    shown = draw(st.sampled_from([[], ["traces"], ["a dated report"]]))
    found = {}
    for name in CHECKLIST.ids:
        value = draw(st.sampled_from(palette if name in ORDINARY else hard))
        more = {"critical": True, "critical_reason": "it matters"} if value == "yes" and name == raised else {}
        if value is not None or shown:
            found[name] = mark(name, value, evidence=shown, **more)
    return found


OUTCOMES: list[Outcome] = ["supports", "contradicts", "silent"]
outcomes = st.dictionaries(st.sampled_from(CHECKLIST.ids), st.sampled_from(OUTCOMES))
findings_of = outcomes.map(lambda each: {name: Finding(name, said, "0.71 of 0.90") for name, said in each.items()})
states = st.sampled_from(["complete", "partial", "missing"])
packets = st.builds(
    Packet,
    st.fixed_dictionaries({name: st.builds(PacketPart, states) for name in PARTS}),
    st.sampled_from([(), (), (Unmet("gates"),), (Unmet("gates"), Unmet("stages"))]),
)
facts = given(answers(), findings_of, packets)
modest = settings(max_examples=80, deadline=None)


def numbered(found: dict[str, Mark]) -> dict[Any, str | None]:
    """The marks by the numbers of the article; the attestation by its name."""
    numbers = {signal.id: signal.number or signal.id for signal in CHECKLIST.all}
    return {numbers[name]: found[name].mark if name in found else None for name in CHECKLIST.ids}


def told_by_the_article(found: dict[str, Mark], rule_misses: bool) -> str:
    values = numbered(found)
    stops = {number for number in (14, 16, 18, "data-boundary", 10, 20) if values[number] == "yes"}
    if stops or any(each.critical for each in found.values()):
        return "blocked"
    if None in values.values():
        return "undetermined"
    total = sum(["no", "partial", "yes"].index(str(values[number])) for number in range(1, 22))
    rung = (total >= 5) + (total >= 10) + (total >= 16)
    held_in_part = "partial" in {values[number] for number in (14, 16, 18, "data-boundary")}
    return LEVELS[max(rung, 1 if held_in_part or rule_misses else 0)]


@modest
@facts
def test_the_level_is_what_the_article_says(found: dict[str, Mark], findings: dict[str, Finding], held: Packet) -> None:
    assert decide(CHECKLIST, found, findings, held).level == told_by_the_article(found, bool(held.release_rule))


@modest
@facts
def test_figures_stay_in_range_and_evidence_alone_never_scores_better(
    found: dict[str, Mark], findings: dict[str, Finding], held: Packet
) -> None:
    result = decide(CHECKLIST, found, findings, held)
    low, high = result.range
    assert 0 <= low <= result.evidenced_score <= 42
    assert result.score == low <= high <= 42
    assert high - low == 2 * sum(numbered(found)[number] is None for number in range(1, 22))
    assert (result.band is None) == (low != high)
    assert [band.level for band in result.bands] == [
        band.level for band in CHECKLIST.bands if any(CHECKLIST.band(score) == band for score in range(low, high + 1))
    ]


@modest
@facts
def test_the_level_is_never_better_than_the_band_nor_than_any_rule_that_fired(
    found: dict[str, Mark], findings: dict[str, Finding], held: Packet
) -> None:
    result = decide(CHECKLIST, found, findings, held)
    floor: dict[str, Level] = {
        "blocked": "blocked",
        "undetermined": "undetermined",
        "at-best-narrow": "narrow",
        "condition": "staged",
    }
    least = [result.bands[0].level, *(floor[each.effect] for each in result.fired)]
    assert result.level == max(least, key=LEVELS.index)


@modest
@facts
def test_every_rule_that_fired_points_at_its_signal_and_its_reason(
    found: dict[str, Mark], findings: dict[str, Finding], held: Packet
) -> None:
    result = decide(CHECKLIST, found, findings, held)
    for each in result.fired:
        assert each.effect == EFFECTS[each.rule]
        assert each.why.strip()
        assert (each.signal == "") == (each.rule == "release-rule")
        assert each.signal in {"", *CHECKLIST.ids}
    assert {each.signal for each in result.fired if each.rule.startswith("unanswered")} == set(result.unanswered)
    assert {*result.blockers, *result.conditions} <= set(result.fired)


@modest
@facts
def test_the_same_facts_give_the_same_verdict_and_stay_as_they_were(
    found: dict[str, Mark], findings: dict[str, Finding], held: Packet
) -> None:
    before = copy.deepcopy((found, findings, held))
    backwards = dict(reversed(found.items()))
    assert decide(CHECKLIST, found, findings, held) == decide(CHECKLIST, backwards, findings, held)
    assert (found, findings, held) == before


@modest
@given(answers(), findings_of, packets, st.sampled_from(CHECKLIST.ids))
def test_answering_a_missing_mark_with_no_never_worsens(
    found: dict[str, Mark], findings: dict[str, Finding], held: Packet, signal: str
) -> None:
    without = {name: each for name, each in found.items() if name != signal}
    before = decide(CHECKLIST, without, findings, held)
    after = decide(CHECKLIST, without | {signal: mark(signal, "no")}, findings, held)
    assert LEVELS.index(after.level) <= LEVELS.index(before.level)
    assert after.evidenced_score <= before.evidenced_score


@modest
@given(answers(), findings_of, packets, st.sampled_from(CHECKLIST.ids))
def test_worsening_one_mark_never_improves_the_level(
    found: dict[str, Mark], findings: dict[str, Finding], held: Packet, signal: str
) -> None:
    results = [
        decide(CHECKLIST, found | {signal: factories.mark(signal, value)}, findings, held) for value in STEPS[1:]
    ]
    assert sorted(LEVELS.index(each.level) for each in results) == [LEVELS.index(each.level) for each in results]
    assert [each.score for each in results] == sorted(each.score for each in results)


@modest
@given(answers(), findings_of, packets)
def test_evidence_and_a_better_packet_never_worsen_the_level(
    found: dict[str, Mark], findings: dict[str, Finding], held: Packet
) -> None:
    plain = decide(CHECKLIST, found, findings, held)
    better = decide(CHECKLIST, found, {}, Packet({name: PacketPart("complete") for name in PARTS}))
    assert LEVELS.index(better.level) <= LEVELS.index(plain.level)
