from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness import paths
from readiness.decision.answers import Finding, Outcome
from readiness.decision.packet import PARTS, Packet, PacketPart, Unmet
from readiness.decision.verdict import Rejection, Verdict, at_risk, decide, worst
from readiness.errors import InputError
from readiness.model.assessment import Mark, MarkValue
from readiness.model.checklist import EFFECTS, LEVELS, Checklist, Level, load, parse
from tests import factories
from tests.factories import CRITICAL, OVERRIDES, finding, mark, marks, packet, shown
from tests.soak import scaled

CHECKLIST = load(paths.CHECKLISTS)["llm-rollout"]
ORDINARY = tuple(name for name in CHECKLIST.ids if name not in (*OVERRIDES, *CRITICAL))


def verdict(
    given_marks: dict[str, Mark],
    findings: dict[str, Finding] | None = None,
    held: Packet | None = None,
    rejections: Sequence[Rejection] = (),
    checklist: Checklist = CHECKLIST,
) -> Verdict:
    """The verdict where evidence shows all that the findings do not speak of."""
    return decide(checklist, given_marks, shown(CHECKLIST) | (findings or {}), held or packet(), rejections)


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
        ("\nnot-shown = 1", "\nnot-shown = -1", "evidence_points are better than the points of the mark"),
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


def test_a_contradicted_no_is_a_condition_and_counts_two_on_evidence_alone() -> None:
    given_marks = marks(CHECKLIST, "no")
    found = verdict(given_marks, finding("cohort-success", "contradicts", "language=ja reached 0.71"))
    assert (found.level, found.score, found.evidenced_score) == ("staged", 0, 2)
    assert rules(found) == [("contradicted", "cohort-success")]
    assert "language=ja reached 0.71" in found.conditions[0].why
    assert given_marks == marks(CHECKLIST, "no")


@pytest.mark.parametrize("value", ["yes", None])
def test_only_a_claim_of_control_can_be_contradicted(value: Any) -> None:
    found = verdict(marks(CHECKLIST, "no", cohort_success=value), finding("cohort-success", "contradicts"))
    assert "contradicted" not in {each.rule for each in found.fired}


@pytest.mark.parametrize("value", ["no", "partial"])
@pytest.mark.parametrize("signal", OVERRIDES)
def test_a_failure_on_record_in_an_area_that_blocks_alone_blocks(signal: str, value: MarkValue) -> None:
    found = verdict(
        marks(CHECKLIST, "no", **only(signal, value)), finding(signal, "contradicts", "the rehearsal failed")
    )
    assert found.level == "blocked"
    assert found.decided_by is not None
    assert (found.decided_by.rule, found.decided_by.signal) == ("override-contradicted", signal)
    assert "the rehearsal failed" in found.decided_by.why


@pytest.mark.parametrize("outcome", ["silent", "uncovered"])
@pytest.mark.parametrize("signal", OVERRIDES)
def test_control_of_an_area_that_blocks_alone_is_open_where_nothing_shows_it(signal: str, outcome: Outcome) -> None:
    found = verdict(marks(CHECKLIST, "no"), finding(signal, outcome))
    assert (found.level, rules(found)) == ("undetermined", [("override-not-shown", signal)])


@pytest.mark.parametrize("signal", OVERRIDES)
def test_control_of_an_area_that_blocks_alone_may_be_attested_which_is_a_condition(signal: str) -> None:
    attested = mark(signal, "no", evidence=["https://example.com/review"])
    found = verdict(marks(CHECKLIST, "no", **{signal: attested}), finding(signal, "silent"))
    assert (found.level, rules(found)) == ("staged", [("attested-override", signal)])


@pytest.mark.parametrize("outcome", ["silent", "uncovered"])
@pytest.mark.parametrize("signal", OVERRIDES)
def test_that_an_area_that_blocks_alone_does_not_apply_takes_a_reference(signal: str, outcome: Outcome) -> None:
    bare = mark(signal, "no", not_applicable=True, note="not for us")
    found = verdict(marks(CHECKLIST, "no", **{signal: bare}), finding(signal, outcome))
    assert (found.level, rules(found)) == ("undetermined", [("override-not-shown", signal)])
    referred = mark(signal, "no", not_applicable=True, note="not for us", evidence=["https://example.com/review"])
    found = verdict(marks(CHECKLIST, "no", **{signal: referred}), finding(signal, outcome))
    assert found.level == ("staged" if outcome == "silent" else "undetermined")


@pytest.mark.parametrize("signal", CRITICAL)
def test_a_contradicted_critical_answer_allows_at_best_a_narrow_rollout(signal: str) -> None:
    found = verdict(marks(CHECKLIST, "no"), finding(signal, "contradicts"))
    assert (found.level, rules(found)) == ("narrow", [("critical", signal)])
    assert found.fired[0].effect == "at-best-narrow"


@pytest.mark.parametrize("value", ["no", "partial"])
def test_evidence_that_leaves_something_out_is_a_condition(value: MarkValue) -> None:
    found = verdict(marks(CHECKLIST, "no", **only("capacity", value)), finding("capacity", "uncovered"))
    assert (found.level, rules(found)) == ("staged", [("uncovered", "capacity")])
    assert found.evidenced["capacity"] == 1


@pytest.mark.parametrize("outcome", ["supports", "silent"])
def test_other_findings_fire_nothing(outcome: Any) -> None:
    assert verdict(marks(CHECKLIST, "no"), finding("cohort-success", outcome)).fired == ()


@pytest.mark.parametrize(
    ("bare", "level"),
    [(0, "staged"), (4, "staged"), (5, "narrow"), (9, "narrow"), (10, "add-controls"), (15, "add-controls")],
)
def test_a_verdict_is_never_better_than_what_can_be_shown(bare: int, level: Level) -> None:
    silent = {name: Finding(name, "silent", "nothing is stored") for name in ORDINARY[:bare]}
    found = verdict(marks(CHECKLIST, "no"), silent)
    assert (found.score, found.evidenced_score, found.level) == (0, bare, level)
    assert rules(found) == ([("evidence-band", "")] if bare > 4 else [])


def test_nothing_stored_at_all_is_no_rollout() -> None:
    found = decide(CHECKLIST, marks(CHECKLIST, "no"), {}, packet("baseline", "gates"))
    assert (found.level, found.score, found.evidenced_score) == ("undetermined", 0, 21)
    eased = decide(eased_by("override-not-shown"), marks(CHECKLIST, "no"), {}, packet())
    assert eased.level == "do-not-broaden"
    assert eased.decided_by is not None
    assert eased.decided_by.why == "marked 0, but 21 on evidence alone"


def test_the_evidence_band_waits_until_all_is_answered() -> None:
    silent = {name: Finding(name, "silent", "nothing is stored") for name in ORDINARY[1:]}
    found = verdict(marks(CHECKLIST, "no", **{ORDINARY[0]: None}), silent)
    assert rules(found) == [("unanswered", ORDINARY[0])]


def eased_by(*rules: str) -> Checklist:
    """The checklist with these rules as mere conditions."""
    text = (paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8")
    for rule in rules:
        text = text.replace(f'[[rules]]\nid = "{rule}"\n', f'[[rules]]\nid = "{rule}"\neffect = "condition"\n')
    return parse(text, file="ours.toml")


def test_a_checklist_may_make_two_rules_conditions_for_a_team_that_starts() -> None:
    silent = {name: Finding(name, "silent", "nothing is stored") for name in [*ORDINARY[:10], "traceability"]}
    eased = eased_by("evidence-band", "override-not-shown")
    found = verdict(marks(CHECKLIST, "no"), silent, checklist=eased)
    assert found.level == "staged"
    assert {(each.rule, each.effect) for each in found.fired} == {
        ("evidence-band", "condition"),
        ("override-not-shown", "condition"),
    }
    assert [rule.id for rule in eased.eased] == ["override-not-shown", "evidence-band"]


def test_no_other_rule_can_be_made_a_condition() -> None:
    with pytest.raises(InputError, match="the rule 'override' cannot be a condition"):
        eased_by("override")


REJECTED = Rejection("quality", "quality lead", factories.TODAY)


def test_a_named_approver_who_rejected_what_is_stored_now_blocks() -> None:
    found = verdict(marks(CHECKLIST, "no"), rejections=[REJECTED])
    assert (found.level, found.unsigned, rules(found)) == ("blocked", "staged", [("rejected", "")])
    assert found.fired[0].why == "quality lead rejected what is stored now, for quality, on 20 Nov 2026"


def test_what_approvers_look_at_is_the_level_without_their_own_decisions() -> None:
    found = verdict(with_score(5, data_boundary="partial"), rejections=[REJECTED])
    assert (found.level, found.unsigned) == ("blocked", "narrow")


@pytest.mark.parametrize(
    ("given_marks", "findings", "decided"),
    [
        (with_score(3), {}, None),
        (with_score(7), {}, None),
        (with_score(3, data_boundary="partial"), {}, "override-partial"),
        (with_score(12, data_boundary="partial"), {}, None),
        (with_score(3, traceability="yes", capacity=None), {}, "override"),
        (with_score(3), finding("data-boundary", "silent"), "override-not-shown"),
    ],
)
def test_the_rule_that_decided_is_named_or_the_score_where_none_did(
    given_marks: dict[str, Mark], findings: dict[str, Finding], decided: str | None
) -> None:
    decisive = verdict(given_marks, findings).decided_by
    assert (decisive.rule if decisive else None) == decided


LINK = "https://example.com/load"
EVIDENCED = [
    pytest.param(mark("capacity", "no"), "supports", "shown", 0, id="a no that evidence supports"),
    pytest.param(mark("capacity", "no", evidence=[LINK]), "silent", "attested", 0, id="a no with an address"),
    pytest.param(mark("capacity", "no", evidence=["Runbook 4"]), None, "attested", 0, id="a no with a document"),
    pytest.param(mark("capacity", "no", evidence=["Scorecard"]), None, "not shown", 1, id="a no with a bare part"),
    pytest.param(mark("capacity", "no", evidence=["n/a"]), None, "not shown", 1, id="a no with a word for nothing"),
    pytest.param(mark("capacity", "no", evidence=["TBD", "–"]), None, "not shown", 1, id="a no with what is to come"),
    pytest.param(mark("capacity", "no", evidence=["Release policy"]), None, "not shown", 1, id="a part by its title"),
    pytest.param(mark("capacity", "no", evidence=["  "]), None, "not shown", 1, id="a no with a blank reference"),
    pytest.param(mark("capacity", "no"), None, "not shown", 1, id="a no with nothing"),
    pytest.param(mark("capacity", "no"), "silent", "not shown", 1, id="a no where evidence is silent"),
    pytest.param(mark("capacity", "no"), "uncovered", "uncovered", 1, id="a no that evidence leaves open in part"),
    pytest.param(mark("capacity", "no", evidence=[LINK]), "uncovered", "uncovered", 1, id="no word covers a hole"),
    pytest.param(
        mark("capacity", "no", not_applicable=True, note="no tools"), None, "attested", 0, id="a no that does not apply"
    ),
    pytest.param(
        mark("capacity", "no", not_applicable=True, note="no tools"), "uncovered", "attested", 0, id="nothing to cover"
    ),
    pytest.param(
        mark("capacity", "no", not_applicable=True, note="x"), "contradicts", "contradicted", 2, id="it does apply"
    ),
    pytest.param(mark("capacity", "no", evidence=[LINK]), "contradicts", "contradicted", 2, id="a contradicted no"),
    pytest.param(mark("capacity", "partial"), None, "not shown", 1, id="a partial"),
    pytest.param(mark("capacity", "partial"), "supports", "shown", 1, id="a supported partial"),
    pytest.param(mark("capacity", "partial"), "contradicts", "contradicted", 2, id="a contradicted partial"),
    pytest.param(mark("capacity", "yes"), None, "not shown", 2, id="a yes"),
    pytest.param(mark("capacity", "yes"), "supports", "not shown", 2, id="a yes where evidence shows control"),
    pytest.param(mark("capacity", "yes"), "contradicts", "shown", 2, id="a yes that evidence shows"),
    pytest.param(mark("capacity", "yes", evidence=[LINK]), None, "attested", 2, id="a yes with an address"),
    pytest.param(Mark(signal="capacity"), "supports", "unanswered", 2, id="no answer"),
]


@pytest.mark.parametrize(("given_mark", "outcome", "state", "points"), EVIDENCED)
def test_what_stands_behind_an_answer_and_what_it_counts(
    given_mark: Mark, outcome: Any, state: str, points: int
) -> None:
    found = verdict(
        marks(CHECKLIST, "no") | {"capacity": given_mark},
        finding("capacity", outcome) if outcome else {"capacity": Finding("capacity", "silent", "nothing is stored")},
    )
    assert (found.answers["capacity"].state, found.evidenced["capacity"]) == (state, points)
    assert found.evidenced_score == points


def test_a_part_or_a_file_stands_behind_an_answer_only_if_it_holds_what_the_signal_asks_for() -> None:
    named = mark("capacity", "no", evidence=["scorecard", "Load.csv"])
    there = Finding("capacity", "silent", "it is not settled", frozenset({"load.csv"}), frozenset({"scorecard"}))
    bare = Finding("capacity", "silent", "it is not settled", frozenset(), frozenset({"scorecard", "load.csv"}))
    stated = marks(CHECKLIST, "no", capacity=named)
    assert verdict(stated, {"capacity": bare}).answers["capacity"].state == "not shown"
    answer = verdict(stated, {"capacity": there}).answers["capacity"]
    assert (answer.state, answer.why) == ("attested", "it rests on Load.csv, and no check decides: it is not settled")


def test_the_attestation_is_not_in_the_evidenced_score() -> None:
    found = decide(CHECKLIST, marks(CHECKLIST, "no"), {}, packet())
    assert found.evidenced_score == 21
    assert found.answers["data-boundary"].state == "not shown"


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
    behind = draw(st.sampled_from([[], ["traces"], ["a dated report"]]))
    found = {}
    for name in CHECKLIST.ids:
        value = draw(st.sampled_from(palette if name in ORDINARY else hard))
        more: dict[str, Any] = {}
        if value == "yes" and name == raised:
            more = {"critical": True, "critical_reason": "it matters"}
        elif value == "no" and draw(st.integers(0, 9)) == 0:
            more = {"not_applicable": True, "note": "there is no such thing"}
        if value is not None or behind:
            found[name] = mark(name, value, evidence=behind, **more)
    return found


OUTCOMES: list[Outcome] = ["supports", "contradicts", "uncovered", "silent"]
leanings = st.sampled_from([("supports",), ("supports",) * 9 + ("silent",), ("supports", "uncovered"), tuple(OUTCOMES)])
outcomes = leanings.flatmap(
    lambda palette: st.fixed_dictionaries({name: st.sampled_from(palette) for name in CHECKLIST.ids})
)
findings_of = outcomes.map(
    lambda each: {name: Finding(name, cast("Outcome", said), "0.71 of 0.90") for name, said in each.items()}
)
states = st.sampled_from(["complete", "partial", "missing"])
packets = st.builds(
    Packet,
    st.fixed_dictionaries({name: st.builds(PacketPart, states) for name in PARTS}),
    st.sampled_from([(), (), (Unmet("gates"),), (Unmet("gates"), Unmet("stages"))]),
)
facts = given(answers(), findings_of, packets)
rejected = st.sampled_from([(), (), (), (REJECTED,)])
modest = settings(max_examples=scaled(25), deadline=None)


def numbered(found: dict[str, Mark]) -> dict[Any, str | None]:
    """The marks by the numbers of the article; the attestation by its name."""
    numbers = {signal.id: signal.number or signal.id for signal in CHECKLIST.all}
    return {numbers[name]: found[name].mark if name in found else None for name in CHECKLIST.ids}


def standing(found: Mark | None, outcome: str, *, override: bool) -> str:
    """What stands behind an answer of control, by the table of the rules; no area that blocks alone fails to apply."""
    if found and found.not_applicable and not override and outcome in ("silent", "uncovered"):
        return "attested"
    if outcome != "silent":
        return {"supports": "shown", "contradicts": "contradicted", "uncovered": "uncovered"}[outcome]
    return "attested" if found and "a dated report" in found.evidence else "not shown"


def told_by_the_rules(
    found: dict[str, Mark], findings: dict[str, Finding], rule_misses: bool, rejections: Sequence[Rejection]
) -> str:
    values = numbered(found)
    by_number = {signal.number or signal.id: signal.id for signal in CHECKLIST.all}
    override, critical = (14, 16, 18, "data-boundary"), (10, 20)
    states = {
        number: standing(found.get(name), findings[name].outcome, override=number in override)
        for number, name in by_number.items()
    }
    claims = {number for number, value in values.items() if value in ("no", "partial")}
    broken = {number for number in claims if states[number] == "contradicted"}
    if {number for number in (*override, *critical) if values[number] == "yes"} or broken & {*override} or rejections:
        return "blocked"
    if any(each.critical for each in found.values()):
        return "blocked"
    bare = {number for number in override if values[number] == "no" and states[number] in ("not shown", "uncovered")}
    if None in values.values() or bare:
        return "undetermined"
    total = sum(["no", "partial", "yes"].index(str(values[number])) for number in range(1, 22))
    alone = sum(evidence_points(values[number], states[number]) for number in range(1, 22))
    capped = rule_misses or broken & {*critical} or "partial" in {values[number] for number in override}
    return LEVELS[max(*(sum(score >= start for start in (5, 10, 16)) for score in (total, alone)), 1 if capped else 0)]


def evidence_points(value: str | None, state: str) -> int:
    if value == "yes" or state == "contradicted":
        return 2
    return 1 if value == "partial" or state in ("uncovered", "not shown") else 0


@settings(max_examples=scaled(80), deadline=None)
@given(answers(), findings_of, packets, rejected)
def test_the_level_is_what_the_rules_say(
    found: dict[str, Mark], findings: dict[str, Finding], held: Packet, rejections: Sequence[Rejection]
) -> None:
    told = told_by_the_rules(found, findings, bool(held.release_rule), rejections)
    assert decide(CHECKLIST, found, findings, held, rejections).level == told


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
        "at-best-do-not-broaden": "do-not-broaden",
        "at-best-add-controls": "add-controls",
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
        if each.rule not in ("critical", "evidence-band"):  # a cap, or one by the band
            assert each.effect == EFFECTS[each.rule]
        assert each.why.strip()
        assert (each.signal == "") == (each.rule in ("release-rule", "evidence-band"))
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
def test_answering_a_missing_mark_with_no_never_worsens_where_evidence_shows_it(
    found: dict[str, Mark], findings: dict[str, Finding], held: Packet, signal: str
) -> None:
    findings = findings | finding(signal, "supports")
    without = {name: each for name, each in found.items() if name != signal}
    before = decide(CHECKLIST, without, findings, held)
    after = decide(CHECKLIST, without | {signal: mark(signal, "no")}, findings, held)
    assert LEVELS.index(after.level) <= LEVELS.index(before.level)
    assert after.evidenced_score <= before.evidenced_score


@modest
@given(answers(), findings_of, packets, st.sampled_from(CHECKLIST.ids))
def test_worsening_one_mark_never_improves_the_level_where_evidence_shows_control(
    found: dict[str, Mark], findings: dict[str, Finding], held: Packet, signal: str
) -> None:
    findings = findings | finding(signal, "supports")
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
    better = decide(CHECKLIST, found, shown(CHECKLIST), Packet({name: PacketPart("complete") for name in PARTS}))
    assert LEVELS.index(better.level) <= LEVELS.index(plain.level)
    assert better.evidenced_score <= plain.evidenced_score


@pytest.mark.parametrize(("days", "near"), [(None, False), (-90, True), (0, True), (30, True), (31, False)])
@pytest.mark.parametrize("level", LEVELS)
def test_a_target_date_within_thirty_days_or_past_is_at_risk_unless_the_rollout_may_go_ahead(
    level: Level, days: int | None, near: bool
) -> None:
    target = None if days is None else factories.TODAY + dt.timedelta(days=days)
    assert at_risk(level, target, factories.TODAY) is (near and level not in ("staged", "narrow"))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("staged",), "staged"),
        (("narrow", "staged"), "narrow"),
        (("staged", "do-not-broaden", "add-controls"), "do-not-broaden"),
        (("blocked", "undetermined"), "blocked"),
        (("staged", "undetermined", "do-not-broaden"), "undetermined"),
    ],
)
def test_the_worst_of_several_levels_is_the_one_that_lets_least_go_ahead(
    levels: tuple[Level, ...], expected: Level
) -> None:
    assert worst(*levels) == expected


def test_conditions_caps_and_blockers_are_the_rules_with_their_effects() -> None:
    found = verdict(
        marks(CHECKLIST, "no", ownership="yes", data_boundary="partial", capacity=None, abstention="no"),
        finding("abstention", "contradicts"),
        held=packet("stages"),
    )
    assert [fired.rule for fired in found.fired] == [
        "critical",
        "unanswered",
        "override-partial",
        "release-rule",
        "contradicted",
    ]
    assert found.blockers == found.fired[:1]
    assert found.conditions == found.fired[2:]
    assert found.caps == found.fired[2:4]
