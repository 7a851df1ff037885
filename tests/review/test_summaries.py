"""The first sentence of each page, from reviews of what files brought into a store."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from readiness.decision import answers
from readiness.decision.due_history import DueHistorySummary
from readiness.model.assessment import MarkValue
from readiness.model.checklist import LEVELS
from readiness.model.evidence import Freshness
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import Approver, ReleasePolicy, Rollback
from readiness.model.traces import Span, Trace
from readiness.review import level_words, scorecard_words, summaries
from readiness.review.review import Review
from readiness.scorecard.gates import GateState
from readiness.services import reviews
from readiness.store import Store
from tests import factories, files
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY, mark

DANA = factories.principal()


def put(store: Store, folder: Path, *rows: str, **others: files.Answer) -> Review:
    """The review of an assessment with results and traces."""
    given = files.assessment(folder, files.whole(**others)), files.results(folder, *rows), files.spans(folder)
    files.keep(store, *given)
    return reviews.load(store, DANA, SLUG, as_of=TODAY)


def on(store: Store, days: int) -> Review:
    return reviews.load(store, DANA, SLUG, as_of=TODAY + dt.timedelta(days=days))


def bare(store: Store, folder: Path, policy: ReleasePolicy | None = None, plan: MonitoringPlan | None = None) -> Review:
    """The review of an assessment alone."""
    file = files.whole().model_copy(update={"policy": policy, "monitoring": plan})
    files.keep(store, files.assessment(folder, file))
    return reviews.load(store, DANA, SLUG, as_of=TODAY)


def rows(**figures: tuple[float, float]) -> list[str]:
    """Baseline and candidate of each cohort (`all` is every case) in task success."""
    places = {name: ("*,", 1200) if name == "all" else (f"*,language={name}", 400) for name in figures}
    return [
        f"{version},{places[name][0]},task_success,{figure},{places[name][1]}"
        for name, pair in figures.items()
        for version, figure in zip((BASELINE, CANDIDATE), pair, strict=True)
    ]


def test_every_verdict_has_a_shape_and_a_word_of_its_own() -> None:
    badges = [level_words.badge(level) for level in LEVELS]
    assert len(set(badges)) == len(LEVELS)
    assert len({badge.split()[0] for badge in badges}) == len(LEVELS)
    assert [badge.partition(" ")[2] for badge in badges] == [level.replace("-", " ") for level in LEVELS]


def test_every_state_there_is_has_words() -> None:
    assert set(summaries.MARKS) == {*get_args(MarkValue), None}
    assert set(scorecard_words.GATES) == set(get_args(GateState))
    assert set(summaries.FRESHNESS) == set(get_args(Freshness))
    assert summaries.answered("yes") == "Yes – gap"
    assert summaries.answered(None) == "Not answered"
    assert summaries.answered("no") == "No – controlled"
    assert summaries.answered("no", not_applicable=True) == "No – not applicable"


@pytest.mark.parametrize(
    ("others", "start"),
    [
        ({}, "Staged: the score is 0 of 42. "),
        ({"capacity": "yes", "abstention": "yes", "hard_queries": "partial"}, "Narrow: the score is 5 of 42. "),
        (
            {"traceability": "yes"},
            "Blocked: a bad answer cannot be reconstructed end to end (18). "
            "The score of 2 alone would read as reasonable.",
        ),
        (
            {"traceability": "partial"},
            "Narrow: End-to-end traces (18) holds only for English; not Japanese. "
            "The score of 1 alone would read as staged.",
        ),
        (
            {"traceability": "partial", "data_boundary": "partial"},
            "Narrow: End-to-end traces (18) holds only for English; not Japanese, and 1 more condition. ",
        ),
        (
            {"rollback_rehearsal": mark("rollback-rehearsal", "no")},
            "Staged: the score is 0 of 42. ",
        ),
        (
            {"capacity": None, "abstention": "yes"},
            "Undetermined: 1 of 22 questions are not answered; the score may end anywhere from 2 to 4.",
        ),
    ],
)
def test_the_headline_says_the_verdict_and_the_reason_that_matters_most(
    sqlite_store: Store, tmp_path: Path, others: dict[str, files.Answer], start: str
) -> None:
    assert summaries.headline(put(sqlite_store, tmp_path, **others)).startswith(start)


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({}, "Undetermined: nothing shows Data boundary. The score of 0 alone would read as staged."),
        (
            {"capacity": None},
            "Undetermined: 1 of 22 questions are not answered and nothing shows Data boundary; "
            "the score may end anywhere from 0 to 2.",
        ),
    ],
)
def test_an_area_that_blocks_alone_and_that_nothing_shows_leaves_the_verdict_open(
    sqlite_store: Store, tmp_path: Path, others: dict[str, files.Answer], said: str
) -> None:
    file = files.whole(data_boundary=mark("data-boundary", "no"), **others)
    figures = [row for row in files.ROWS if "boundary_violation_rate" not in row]
    files.keep(sqlite_store, files.assessment(tmp_path, file), files.results(tmp_path, *figures), files.spans(tmp_path))
    found = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY)
    assert summaries.headline(found).startswith(said)


def test_several_blockers_are_named_up_to_two_and_each_once(sqlite_store: Store, tmp_path: Path) -> None:
    raised = mark("rollback-rehearsal", "yes", critical=True, critical_reason="Board")
    found = put(sqlite_store, tmp_path, rollback_rehearsal=raised, traceability="yes", ownership="yes")
    assert len(found.verdict.blockers) == 4
    assert summaries.headline(found).startswith(
        "Blocked: rollback has not been rehearsed (16), a bad answer cannot be reconstructed end to end (18) "
        "and 1 more."
    )


def test_the_checklist_tells_what_is_answered_open_and_not_shown(sqlite_store: Store, tmp_path: Path) -> None:
    bare: dict[str, files.Answer] = {name.replace("-", "_"): mark(name, "no") for name in ("sign-off", "ownership")}
    file = files.whole(capacity=None, abstention="yes", **bare).model_copy(update={"monitoring": None})
    file.policy = factories.policy(rollback=Rollback(rehearsed_on=TODAY, rehearsal="failed"), approvers=[])
    files.keep(sqlite_store, files.assessment(tmp_path, file))
    found = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY)
    assert [each.signal.id for each in found.contradicted] == ["rollback-rehearsal"]
    assert "sign-off" in [each.signal.id for each in found.uncovered]
    assert [each.signal.id for each in found.unevidenced] == ["ownership"]
    assert "data-boundary" in [each.signal.id for each in found.attested]
    left, attested = len(found.uncovered), len(found.attested)
    assert summaries.checklist(found) == (
        f"21 of 22 answered; 1 gap open; evidence speaks against 1 answer and leaves {left} uncovered; "
        f"{attested} attested; 1 marked controlled with nothing to show."
    )


@pytest.mark.parametrize(
    ("value", "plan", "kind", "said"),
    [
        ("no", True, "supports", "✓ Shown by evidence"),
        ("no", False, "uncovered", "◐ Evidence leaves something out"),
        ("partial", False, "uncovered", "◐ Evidence leaves something out"),
        ("yes", False, "silent", "– No evidence decides it"),
        ("yes", True, "silent", "△ Evidence would support “No”"),
        (None, False, "silent", "– No evidence decides it"),
        (None, True, "silent", "△ Evidence would support “No”"),
    ],
)
def test_what_evidence_says_is_read_beside_the_answer(
    sqlite_store: Store, tmp_path: Path, value: MarkValue | None, plan: bool, kind: str, said: str
) -> None:
    found = bare(sqlite_store, tmp_path, plan=factories.monitoring() if plan else MonitoringPlan())
    answer = next(each for each in found.answers if each.signal.id == "ownership")
    stated = factories.mark("ownership", value)
    standing = answers.stand(found.checklist, "ownership", stated, answer.finding)
    assert summaries.found(replace(answer, mark=stated, standing=standing)) == (kind, said)


@pytest.mark.parametrize(
    ("value", "ended", "kind", "said"),
    [
        ("no", "failed", "contradicts", "✕ Evidence contradicts it"),
        ("yes", "failed", "supports", "✓ Evidence shows the gap"),
        (None, "failed", "silent", "△ Evidence speaks against “No”"),
        ("no", None, "uncovered", "◐ Evidence leaves something out"),
    ],
)
def test_a_failure_on_record_speaks_against_control_and_shows_a_gap(
    sqlite_store: Store, tmp_path: Path, value: MarkValue | None, ended: Any, kind: str, said: str
) -> None:
    rollback = factories.policy().rollback.model_copy(update={"rehearsal": ended})
    stated = mark("rollback-rehearsal", value) if value else None
    file = files.whole(rollback_rehearsal=stated).model_copy(update={"policy": factories.policy(rollback=rollback)})
    files.keep(sqlite_store, files.assessment(tmp_path, file))
    found = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY)
    answer = next(each for each in found.answers if each.signal.id == "rollback-rehearsal")
    assert summaries.found(answer) == (kind, said)


def test_steps_name_gaps_and_conditions_and_count_the_open_questions(sqlite_store: Store, tmp_path: Path) -> None:
    open_ = put(sqlite_store, tmp_path, rollback_rehearsal="yes", capacity=None, abstention=None)
    (way,) = open_.remediations[-1:]
    assert summaries.steps(open_, way.steps) == [
        "close Rollback rehearsal (16)",
        "answer 2 questions with “No – controlled”: 2 and 11",
    ]
    blocked = bare(sqlite_store, tmp_path, policy=factories.policy(stages=[]))
    assert summaries.steps(blocked, blocked.remediations[-1].steps)[-1] == (
        "meet the release rule: there is no canary or staged path"
    )


@pytest.mark.parametrize(
    ("trust", "said"),
    [
        (DueHistorySummary(0, 0, 0, {}), "No open gap has a due date."),
        (DueHistorySummary(3, 0, 0, {}), "None of the 3 due dates was moved later."),
        (
            DueHistorySummary(3, 1, 14, {"omar": 2}),
            "1 of 3 due dates was moved later; the median of all is 14 days after the first promise. "
            "Moved twice or more: omar (2 times).",
        ),
        (
            DueHistorySummary(3, 2, -0.5, {}),
            "2 of 3 due dates were moved later; the median of all is −0.5 days after the first promise.",
        ),
    ],
)
def test_how_far_dates_can_be_trusted_is_one_sentence(trust: DueHistorySummary, said: str) -> None:
    assert summaries.trust(trust) == said


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (
            {"all": (0.93, 0.91), "de": (0.9, 0.8), "ja": (0.9, 0.85)},
            "no clear change (−2.0 points, not beyond chance) overall, "
            "but worse for German (language=de: −10.0 points, 400 cases), and 1 more cohort.",
        ),
        (
            {"all": (0.9, 0.95), "de": (0.9, 0.95)},
            "better (+5.0 points) overall; no cohort is worse beyond chance.",
        ),
        (
            {"all": (0.95, 0.9), "de": (0.9, 0.8)},
            "worse (−5.0 points) overall, and worse for German (language=de: −10.0 points, 400 cases).",
        ),
        (
            {"all": (0.9, 0.93), "de": (0.9, 0.85)},
            "better (+3.0 points) overall, but worse for German (language=de: −5.0 points, 400 cases).",
        ),
        ({"all": (0.9, 0.9)}, "unchanged overall; no cohort is named."),
        ({"de": (0.9, 0.8)}, "baseline and candidate cannot be compared yet."),
    ],
)
def test_the_scorecard_says_the_change_overall_and_the_cohort_that_lost_most(
    sqlite_store: Store, tmp_path: Path, figures: dict[str, tuple[float, float]], said: str
) -> None:
    found = put(sqlite_store, tmp_path, *rows(**figures))
    assert scorecard_words.lead_metric(found) == "task_success"
    name = scorecard_words.metric_name(found, "task_success")
    assert scorecard_words.scorecard(found).startswith(f"{name}: {said}")


def test_a_cohort_that_lost_within_chance_is_named_as_such(sqlite_store: Store, tmp_path: Path) -> None:
    found = put(sqlite_store, tmp_path, *rows(all=(0.9, 0.93), de=(0.9, 0.95), ja=(0.9, 0.895)))
    assert scorecard_words.scorecard(found).endswith(
        "better (+3.0 points) overall; no cohort is worse beyond chance, "
        "Japanese (language=ja: −0.5 points, 400 cases) lost most."
    )


def test_quantiles_have_their_own_sentence(sqlite_store: Store, tmp_path: Path) -> None:
    header = "version,workflow,cohort,metric,value"
    cases = [
        f"{version},*,,latency_ms,{ms + more}" for version, more in ((BASELINE, 0), (CANDIDATE, 50)) for ms in range(99)
    ]
    files.keep(sqlite_store, files.assessment(tmp_path), files.results(tmp_path, *cases, header=header))
    found = on(sqlite_store, 0)
    name = scorecard_words.metric_name(found, "latency_ms")
    assert (
        scorecard_words.scorecard(found, "latency_ms", "p95")
        == f"{name} p95: worse (+50 ms) overall; no cohort is named."
    )


def test_a_metric_that_is_not_known_keeps_its_name(sqlite_store: Store, tmp_path: Path) -> None:
    assert scorecard_words.metric_name(put(sqlite_store, tmp_path), "mood") == "mood"


def test_without_results_the_scorecard_says_what_is_missing(sqlite_store: Store, tmp_path: Path) -> None:
    assert scorecard_words.scorecard(bare(sqlite_store, tmp_path)) == (
        f"Nothing to compare yet: no results of the candidate {CANDIDATE} and no results of the baseline {BASELINE}."
    )


def test_the_traces_say_which_path_is_missing(sqlite_store: Store, tmp_path: Path) -> None:
    assert summaries.traces(bare(sqlite_store, tmp_path)).startswith("No traces are stored")
    path = files.spans(tmp_path)
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:1]), "utf-8")
    files.keep(sqlite_store, path)
    found = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY)
    assert summaries.traces(found) == "1 trace; no bad or escalation path of the candidate yet."
    whole = put(sqlite_store, tmp_path)
    assert summaries.traces(whole) == f"Good, bad and escalation path of {CANDIDATE} are stored."


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (None, "No gate is set; no rollback plan; quality, policy and operations approver not named."),
        (factories.policy(), "0 of 1 gate pass; rollback rehearsed today."),
        (
            ReleasePolicy(
                rollback=Rollback(steps=["Back"], owner="rosa"), approvers=[Approver(role="quality", name="Q")]
            ),
            "No gate is set; rollback never rehearsed; policy and operations approver not named.",
        ),
    ],
)
def test_the_release_says_gates_rollback_and_who_is_not_named(
    sqlite_store: Store, tmp_path: Path, policy: ReleasePolicy | None, said: str
) -> None:
    assert summaries.release(bare(sqlite_store, tmp_path, policy)) == said


def failing(**fields: Any) -> Span:
    """A span that failed 1.5 s after the trace began."""
    stated: dict[str, Any] = {"span_id": "b", "kind": "tool", "name": "look up", "status": "error"}
    return Span(start_ns=2_500_000_000, **stated | fields)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"note": "Ask for the order first", "path": "bad"}, "Bad path: Ask for the order first"),
        ({"path": "good"}, "Good path: no lesson has been written yet."),
        ({}, "Trace without a label: no lesson has been written yet."),
        (
            {"spans": [failing(error="timed\n out")], "path": "bad"},
            "Bad path: look up (tool) failed first, after 1,500 ms: timed out.",
        ),
        (
            {"spans": [failing().model_copy(update={"start_ns": 3_601_000_000_000})]},
            "Trace without a label: look up (tool) failed first, after 3,600,000 ms.",
        ),
        ({"spans": [failing(name="")]}, "Trace without a label: tool (tool) failed first, after 1,500 ms."),
        (
            {"spans": [failing(error="x" * 161)]},
            f"Trace without a label: look up (tool) failed first, after 1,500 ms: {'x' * 160}.",
        ),
    ],
)
def test_what_a_trace_teaches_is_its_note_or_where_it_failed_first(
    sqlite_store: Store, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    found = put(sqlite_store, tmp_path)
    first = Span(span_id="a", kind="request", start_ns=1_000_000_000, status="ok")
    trace = Trace(trace_id="t", **changes | {"spans": [*changes.get("spans", ()), first]})
    assert summaries.lesson(found, replace(found.samples[0], trace=trace)) == said


def test_the_questions_of_one_rule_that_nobody_answered_are_named_together(sqlite_store: Store, tmp_path: Path) -> None:
    found = put(sqlite_store, tmp_path, capacity=None, abstention=None, data_boundary=None)
    fired = [each for each in found.verdict.fired if each.rule == "unanswered"]
    assert summaries.unanswered(found, fired) == (
        "2 questions not answered: Escalation and abstention (2) and Capacity at expansion (11)"
    )
    fired = [each for each in found.verdict.fired if each.rule == "unanswered-override"]
    assert summaries.unanswered(found, fired) == "1 question not answered: Data boundary"


def test_a_gate_that_passes_is_counted(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store, tmp_path)
    assert summaries.release(on(sqlite_store, 3)) == "1 of 1 gate pass; rollback rehearsed 3 days ago."


@pytest.mark.parametrize(
    ("days", "me", "said"),
    [
        (0, "omar", "2 gaps open, 1 of them yours; none is overdue."),
        (0, "OMAR", "2 gaps open, 1 of them yours; none is overdue."),
        (0, "dana", "2 gaps open, none of them yours; none is overdue."),
        (15, "dana", "2 gaps open, none of them yours; 1 is overdue, by up to 1 day."),
        (40, "rosa", "2 gaps open, 1 of them yours; 2 are overdue, by up to 26 days."),
    ],
)
def test_the_queue_says_what_is_mine_and_what_is_late(
    sqlite_store: Store, tmp_path: Path, days: int, me: str, said: str
) -> None:
    later = mark("abstention", "yes", owner="rosa", due=TODAY + dt.timedelta(days=20))
    put(sqlite_store, tmp_path, capacity="yes", abstention=later)
    assert summaries.gaps(on(sqlite_store, days).gaps, me) == said


def test_an_empty_queue_says_so(sqlite_store: Store, tmp_path: Path) -> None:
    assert summaries.gaps(put(sqlite_store, tmp_path).gaps, "dana") == "No gap is open."


def test_the_evidence_says_what_is_open_and_what_is_stale(sqlite_store: Store, tmp_path: Path) -> None:
    assert summaries.evidence(put(sqlite_store, tmp_path)) == "All 5 packet parts are complete."
    assert summaries.evidence(on(sqlite_store, 31)) == "2 of 5 packet parts need something; 2 files are stale."
