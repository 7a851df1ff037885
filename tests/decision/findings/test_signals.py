"""Every signal of the shipped checklist against the evidence of `cases.py`, and against the same when it is too old."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from readiness.decision import findings
from readiness.decision.answers import Finding, Outcome
from readiness.decision.verdict import decide
from readiness.services import reviews
from readiness.store import Store
from tests import factories, files
from tests.decision.findings.cases import CASES, packet
from tests.decision.findings.contexts import CHECKLIST, Held, ground
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY, mark

EACH = [pytest.param(signal, outcome, id=f"{signal}-{outcome}") for signal, found in CASES.items() for outcome in found]
MEASURED = [signal for signal, found in CASES.items() if found["supports"][0].measured and signal != "evidence-pack"]


def judged(signal: str, *held: Held) -> Finding:
    return findings.find(CHECKLIST, held[0].marks, ground(*held))[signal]


NEVER_CONTRADICTED = {
    "retry-budget",
    "staged-rollout",
    "sign-off",
    "traceability",
    "outcome-monitoring",
    "ownership",
    "evidence-pack",
}
"""What a document or a packet lacks is left out; nothing that can be stored speaks against these."""


def test_every_signal_of_the_checklist_has_a_case_for_each_outcome() -> None:
    every = {"supports", "contradicts", "uncovered", "silent"}
    assert {signal: set(found) for signal, found in CASES.items()} == {
        signal.id: every - ({"contradicts"} if signal.id in NEVER_CONTRADICTED else set()) for signal in CHECKLIST.all
    }


def test_every_signal_of_the_checklist_has_a_finding() -> None:
    assert list(findings.find(CHECKLIST, {}, ground(Held()))) == list(CHECKLIST.ids)


@pytest.mark.parametrize(("signal", "outcome"), EACH)
def test_evidence_supports_contradicts_leaves_out_or_is_silent_in_a_sentence_that_holds_the_figures(
    signal: str, outcome: Outcome
) -> None:
    held, why = CASES[signal][outcome]
    found = judged(signal, held)
    assert (found.outcome, found.why) == (outcome, why)


@pytest.mark.parametrize(("signal", "outcome"), EACH)
def test_a_sentence_fits_behind_but(signal: str, outcome: Outcome) -> None:
    why = judged(signal, CASES[signal][outcome][0]).why
    assert re.fullmatch(r"[a-z0-9](\S| (?! ))*[^\s.,;:]", why)
    assert len(why) <= 320


def test_signals_that_rest_on_figures_or_traces_are_measured() -> None:
    asked = {check.kind for signal in CHECKLIST.all if signal.id not in MEASURED for check in signal.checks}
    assert asked == {"fields", "staged", "rehearsal", "approvers", "covers", "complete"}


@pytest.mark.parametrize("signal", MEASURED)
def test_what_supports_is_silent_once_it_is_stale_and_says_so(signal: str) -> None:
    found = judged(signal, CASES[signal]["supports"][0].stale())
    assert (found.outcome, "date from 21 Sep 2026 and count for 30 days only" in found.why) == ("silent", True)


@pytest.mark.parametrize("signal", MEASURED)
def test_what_supports_is_silent_about_another_version_and_says_so(signal: str) -> None:
    found = judged(signal, CASES[signal]["supports"][0].of_another_version())
    said = f"not for {CANDIDATE}" in found.why or f"not of {CANDIDATE}" in found.why
    assert (found.outcome, said) == ("silent", True)


@pytest.mark.parametrize("signal", MEASURED)
def test_nothing_stale_or_of_another_version_outweighs_what_is_fresh(signal: str) -> None:
    against: Outcome = "uncovered" if signal in NEVER_CONTRADICTED else "contradicts"
    both: list[tuple[Outcome, Outcome]] = [("supports", against), (against, "supports")]
    for outcome, other in both:
        held, aside = CASES[signal][outcome][0], CASES[signal][other][0]
        found = judged(signal, held, aside.stale(), aside.of_another_version())
        assert (found.outcome, found.why) == (outcome, CASES[signal][outcome][1])


def test_results_and_traces_of_another_version_leave_the_packet_without_the_candidate() -> None:
    found = judged("evidence-pack", packet().of_another_version())
    assert found.why == (
        f"the packet is not complete: scorecard (no results of the candidate {CANDIDATE}) "
        f"and traces (no good path of {CANDIDATE})"
    )
    assert found.outcome == "uncovered"


@pytest.mark.parametrize(("signal", "outcome"), EACH)
def test_no_finding_changes_a_mark_or_the_score(signal: str, outcome: Outcome) -> None:
    held = CASES[signal][outcome][0]
    for value in ("no", "partial", "yes"):
        marks = factories.marks(CHECKLIST, "no") | {signal: mark(signal, value)}
        before = {key: each.model_dump() for key, each in marks.items()}
        on = ground(held)
        found = findings.find(CHECKLIST, marks, on)
        assert {key: each.model_dump() for key, each in marks.items()} == before
        with_them, without = (decide(CHECKLIST, marks, each, on.packet) for each in (found, {}))
        assert (with_them.score, with_them.band, with_them.range) == (without.score, without.band, without.range)


def test_a_contradicted_no_becomes_a_condition_and_stays_a_no(sqlite_store: Store, tmp_path: Path) -> None:
    rows = [
        f"{version},{place},task_success,{mean},{n}"
        for version in (BASELINE, CANDIDATE)
        for place, mean, n in (("*,", 0.82, 800), ("*,language=de", 0.94, 400), ("*,language=ja", 0.70, 400))
    ]
    files.keep(sqlite_store, files.assessment(tmp_path), files.results(tmp_path, *rows), files.spans(tmp_path))
    found = reviews.load(sqlite_store, factories.principal(), SLUG, as_of=TODAY)
    (answer,) = [each for each in found.contradicted if each.signal.id == "cohort-success"]
    assert answer.mark.mark == "no"
    (fired,) = [
        each for each in found.verdict.conditions if (each.rule, each.signal) == ("contradicted", "cohort-success")
    ]
    assert fired.why == (
        "Task success per cohort (1) is marked controlled, but task success for language=ja came to 70.0 % "
        "(n 400, 64.6 % to 75.1 % as the worst of 2), worse than all other cases by more than 10 points"
    )
