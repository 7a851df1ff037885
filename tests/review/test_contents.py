"""What a review gathers from what is stored, without a store."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.model.checklist import AnswerState
from readiness.model.dossier import AssessmentSheet, DueMove, ReleasedText, RemovedFile, Stored
from readiness.model.judges import Judge
from readiness.model.traces import Excerpt, Span, StageFigure, Trace, TraceCount
from readiness.review import build
from readiness.review import review as contents
from tests import factories
from tests.factories import BASELINE, CANDIDATE, CHECKLIST, SLUG, TODAY, cell, evidence, mark, trace
from tests.review import dossiers
from tests.review.dossiers import RESULTS, SPANS, file, reviewed, revision, sheet


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def test_a_review_is_named_by_its_system_and_its_assessment() -> None:
    review = reviewed()
    assert (review.slug, review.name) == (SLUG, "Support Copilot")
    assert (review.assessment_id, review.assessment.candidate) == (4, CANDIDATE)
    bare = factories.assessment_file().system.model_copy(update={"name": ""})
    assert reviewed(system=Stored(1, 1, bare)).name == SLUG
    assert (review.policy, review.monitoring) == (review.dossier.policy, review.dossier.monitoring)


def test_the_assessment_in_force_is_the_first_of_all() -> None:
    own, other = Stored(4, 1, factories.assessment()), Stored(5, 1, factories.assessment(candidate="2026.12"))
    assert reviewed(others=(own, other)).latest
    assert not reviewed(others=(other, own)).latest
    assert not reviewed(others=()).latest
    assert reviewed(others=(other, own)).others == (other, own)


def test_files_that_were_removed_are_those_of_the_candidate_and_those_of_which_it_is_not_known() -> None:
    versions: list[tuple[str, ...] | None] = [(CANDIDATE,), (BASELINE, CANDIDATE), (BASELINE,), (), None]
    files = [RemovedFile(f"{at}.csv", "dana", dossiers.AT, own) for at, own in enumerate(versions)]
    assert [file.versions for file in reviewed(removed=files).removed] == [*versions[:2], None]


def test_judges_are_held_against_the_figures_of_their_files() -> None:
    judge = Judge(metric="groundedness", judge="model-x", n=400, kappa=0.8)
    review = reviewed(policy=revision(factories.policy(judges=[judge])))
    ((metric, (check,)),) = review.judges.items()
    assert (metric, check.judge) == ("groundedness", judge)
    assert reviewed(policy=None).judges == {}


# Answers


def test_answers_come_in_the_order_of_the_checklist_with_what_stands_behind_them() -> None:
    review = reviewed({"capacity": None, "abstention": "yes"})
    answers = {answer.signal.id: answer for answer in review.answers}
    assert list(answers) == list(CHECKLIST.ids)
    missing, gap = answers["capacity"], answers["abstention"]
    assert (missing.id, missing.row_version, missing.mark, missing.state) == (None, 0, mark("capacity"), "unanswered")
    assert missing.finding == review.findings["capacity"]
    assert (gap.row_version, gap.mark.mark, gap.finding) == (3, "yes", review.findings["abstention"])
    assert gap.id == review.dossier.marks["abstention"].id
    assert {name: answer.standing for name, answer in answers.items()} == review.verdict.answers


@pytest.mark.parametrize(
    ("state", "name", "signals"),
    [
        ("contradicted", "contradicted", ["rollback-rehearsal"]),
        ("uncovered", "uncovered", ["tool-failure", "tail-latency"]),
        ("attested", "attested", ["capacity"]),
        ("not shown", None, ["ownership"]),
    ],
)
def test_claims_of_control_are_gathered_by_what_stands_behind_them(
    state: AnswerState, name: str | None, signals: list[str]
) -> None:
    failed = factories.policy().rollback.model_copy(update={"rehearsal": "failed"})
    stated = {
        "ownership": mark("ownership", "no"),
        "staged_rollout": mark("staged-rollout", "yes"),
    }
    review = reviewed(stated, policy=revision(factories.policy(rollback=failed)), monitoring=None)
    found = [answer.signal.id for answer in review.standing(state)]
    assert set(signals) <= set(found)
    assert "staged-rollout" not in found
    if name:
        assert [answer.signal.id for answer in getattr(review, name)] == found
    assert [answer.signal.id for answer in review.unevidenced] == [
        answer.signal.id for answer in review.standing("not shown") if answer.mark.mark == "no"
    ]


def test_a_partial_answer_that_nothing_shows_stands_so_but_is_no_no_without_evidence() -> None:
    review = reviewed({"capacity": mark("capacity", "partial"), "abstention": mark("abstention", "no")}, cells=())
    assert {answer.signal.id for answer in review.standing("not shown")} == {"capacity", "abstention"}
    assert [answer.signal.id for answer in review.unevidenced] == ["abstention"]


# Gaps


def moved(before: dt.date | None, after: dt.date | None) -> DueMove:
    return DueMove(before, after, "vendor", "omar", dossiers.AT)


def test_gaps_come_by_due_date_then_by_number_with_their_moves_and_what_closing_them_gives() -> None:
    moves = {102: [moved(day(1), day(3))]}
    review = reviewed(
        {
            "data_boundary": mark("data-boundary", "partial", due=day(3)),
            "capacity": mark("capacity", "yes", due=day(3)),
            "abstention": mark("abstention", "yes", due=day(3)),
            "ownership": mark("ownership", "partial", due=None),
            "sign_off": mark("sign-off", "yes", due=day(-2)),
        },
        moves=moves,
    )
    assert [gap.signal.id for gap in review.gaps] == [
        "sign-off",
        "abstention",
        "capacity",
        "data-boundary",
        "ownership",
    ]
    assert [gap.signal.id for gap in review.overdue] == ["sign-off"]
    second = review.gaps[1]
    assert (second.id, second.row_version, second.system, second.as_of) == (102, 3, SLUG, TODAY)
    assert (second.mark, list(second.moves)) == (review.dossier.answers["abstention"], moves[102])
    assert list(review.gaps[2].moves) == []
    assert {gap.signal.id: gap.closed.score for gap in review.gaps} == {
        "sign-off": 5,
        "abstention": 5,
        "capacity": 5,
        "data-boundary": 7,
        "ownership": 6,
    }
    assert {gap.signal.id: gap.closed.evidenced[gap.signal.id] for gap in review.gaps if gap.signal.scored} == {
        "sign-off": 0,
        "abstention": 0,
        "capacity": 0,
        "ownership": 0,
    }


def test_gaps_that_are_due_together_come_by_number_also_where_the_checklist_lists_them_otherwise() -> None:
    numbers: dict[str, int | None] = {"abstention": 11, "capacity": 2}
    turned = [
        signal.model_copy(update={"number": numbers.get(signal.id, signal.number)}) for signal in CHECKLIST.signals
    ]
    checklist = CHECKLIST.model_copy(update={"signals": tuple(turned)})
    review = build.build(checklist, dossiers.dossier({"abstention": "yes", "capacity": "yes"}), TODAY)
    assert [gap.signal.id for gap in review.gaps] == ["capacity", "abstention"]


def test_closing_the_gap_that_blocks_lifts_the_verdict() -> None:
    review = reviewed({"traceability": "yes", "capacity": "partial"})
    assert {gap.signal.id: gap.closed.level for gap in review.gaps} == {"traceability": "staged", "capacity": "blocked"}
    assert [(way.level, [step.signal for step in way.steps]) for way in review.remediations] == [
        ("staged", ["traceability"])
    ]


def test_due_dates_are_followed_over_all_assessments_and_their_moves() -> None:
    before = sheet(3, factories.assessment(candidate=BASELINE, baseline="", assessed_on=day(-60)))
    earlier = AssessmentSheet(
        before.assessment,
        {**before.marks, "capacity": Stored(9, 1, mark("capacity", "yes", due=day(-20), owner="omar"))},
        before.policy,
        None,
        None,
    )
    stated = {"capacity": mark("capacity", "yes", due=day(10), owner="omar")}
    number = reviewed(stated).dossier.marks["capacity"].id
    review = reviewed(stated, earlier=(earlier,), moves={number: [moved(day(-20), day(-5)), moved(day(-5), day(10))]})
    (history,) = review.due_histories
    assert (history.signal, history.slips) == ("capacity", 2)


# Sections and parts


def test_sections_add_up_marks_what_is_open_and_what_is_shown() -> None:
    review = reviewed({"capacity": "yes", "retry_budget": "partial", "stage_timing": None, "data_boundary": "yes"})
    scores = {score.section.id: score for score in review.section_scores}
    serving = scores["serving"]
    assert (serving.points, serving.most, serving.possible, serving.unanswered) == (3, 5, 8, 1)
    own = [signal.id for signal in CHECKLIST.signals if signal.section == "serving"]
    assert serving.evidenced == sum(review.verdict.evidenced[signal] for signal in own)
    assert [score.section for score in review.section_scores] == list(CHECKLIST.sections)
    assert (scores["evidence"].points, scores["evidence"].possible) == (0, 8)


def test_parts_that_are_complete_are_counted() -> None:
    assert reviewed().complete_parts == 5
    assert reviewed(policy=None, monitoring=None).complete_parts == 3


@pytest.mark.parametrize(("target", "risky"), [(None, False), (day(30), True), (day(31), False), (day(-1), True)])
def test_a_target_date_that_is_near_is_at_risk_where_the_verdict_stops(target: dt.date | None, risky: bool) -> None:
    stated = Stored(4, 1, factories.assessment(target_date=target))
    assert reviewed({"traceability": "yes"}, assessment=stated).at_risk is risky
    assert not reviewed(assessment=stated).at_risk


# Traces


def test_traces_of_the_candidate_stand_first_and_come_with_their_file() -> None:
    traces = dossiers.traced(trace("t-1", version=BASELINE, path="good"), trace("t-2", path="good"), trace("t-3"))
    review = reviewed(traces=traces)
    assert [(sample.id, sample.row_version, sample.trace.trace_id) for sample in review.samples] == [
        (31, 1, "t-2"),
        (32, 1, "t-3"),
        (30, 1, "t-1"),
    ]
    assert {sample.item.evidence.name for sample in review.samples} == {"spans.jsonl"}
    assert [sample.trace.trace_id for sample in review.path("good")] == ["t-2"]
    assert review.path("bad") == ()
    assert contents.missing_paths(review) == ("bad", "escalation")


def test_a_text_may_leave_as_long_as_it_is_the_one_that_was_released() -> None:
    span = Span(span_id="s-1", start_ns=1, input="What?", output="That.")
    changed = span.model_copy(update={"output": "This."})
    released = ReleasedText(Excerpt.of("t-1", span, "output"), "dana", dossiers.AT)
    asked = ReleasedText(Excerpt.of("t-1", span, "input"), "dana", dossiers.AT)
    nowhere = ReleasedText(Excerpt.of("t-1", span.model_copy(update={"span_id": "s-9"}), "input"), "dana", dossiers.AT)

    def leaving(*spans: Span, number: int = SPANS, trace_id: str = "t-1") -> Any:
        stated = dossiers.traced(Trace(trace_id=trace_id, version=CANDIDATE, spans=list(spans)))
        (sample,) = reviewed(traces=stated, excerpts=[(number, released), (number, asked), (number, nowhere)]).samples
        return sample.excerpts

    assert leaving(span) == (released, asked)
    assert leaving(changed) == (asked,)
    assert leaving(span, number=RESULTS) == ()
    assert leaving(span, trace_id="t-2") == ()
    assert leaving() == ()


def stage(version: str = CANDIDATE, kind: Any = "model") -> StageFigure:
    return StageFigure(version=version, kind=kind, n=10, p50=1, p95=2, p99=3, share=0.5)


def count(traces: int, version: str = CANDIDATE) -> TraceCount:
    return TraceCount(version=version, traces=traces)


def test_files_with_traces_of_the_candidate_tell_their_stages_the_one_measured_last_first() -> None:
    files = (
        file(evidence("old.jsonl", measured_on=day(-9)), 8)
        | file(evidence("new.jsonl", measured_on=day(-1)), 9)
        | file(evidence("undated.jsonl", measured_on=None), 10)
        | file(evidence("other.jsonl"), 11)
    )
    review = reviewed(
        evidence=files,
        cells=(),
        traces=[
            *dossiers.traced(trace("t-1"), trace("t-2", version=BASELINE), trace("t-3"), number=8),
            (9, Stored(40, 1, trace("t-4"))),
        ],
        stages=[(8, stage()), (8, stage(BASELINE)), (9, stage(kind="tool")), (11, stage(BASELINE))],
        counts=[
            (10, count(1)),
            (8, count(40)),
            (8, count(9, BASELINE)),
            (9, count(5)),
            (8, count(2)),
            (11, count(3, BASELINE)),
        ],
    )
    timings = review.timings
    assert [timing.item.evidence.name for timing in timings] == ["new.jsonl", "old.jsonl", "undated.jsonl"]
    assert [timing.found for timing in timings] == [5, 42, 1]
    assert [timing.kept for timing in timings] == [1, 2, 0]
    assert [list(timing.stages) for timing in timings] == [[stage(kind="tool")], [stage()], []]


# The past


def test_what_changed_since_the_assessment_before_is_told_by_signal() -> None:
    before = sheet(
        3, factories.assessment(candidate=BASELINE, baseline="", assessed_on=day(-60)), capacity="yes", abstention=None
    )
    review = reviewed({"ownership": None, "sign_off": "partial"}, earlier=(before,))
    assert review.previous is review.history[0]
    changes = {signal.id: (was and was.mark, now.mark) for signal, was, now in review.changes}
    assert changes == {
        "capacity": ("yes", "no"),
        "abstention": (None, "no"),
        "ownership": ("no", None),
        "sign-off": ("no", "partial"),
    }
    assert reviewed().previous is None
    assert reviewed().changes == ()


def test_files_measured_after_the_assessment_before_are_told_apart() -> None:
    files = (
        file(evidence("new.csv", measured_on=day(-1)), 7)
        | file(evidence("same.csv", measured_on=day(-5)), 8)
        | file(evidence("undated.csv", measured_on=None), 9)
    )
    before = sheet(3, factories.assessment(candidate=BASELINE, baseline="", assessed_on=day(-5)))
    review = reviewed(evidence=files, cells=[(7, cell())], traces=(), earlier=(before,))
    assert [item.evidence.name for item in review.measured_since] == ["new.csv"]
    undated = sheet(3, factories.assessment(candidate=BASELINE, baseline="", assessed_on=None))
    assert reviewed(evidence=files, cells=(), traces=(), earlier=(undated,)).measured_since == ()
    assert reviewed(evidence=files, cells=(), traces=()).measured_since == ()


def test_files_that_do_not_count_on_the_day_are_stale() -> None:
    files = file(evidence("new.csv")) | file(evidence("old.csv", measured_on=day(-31)), 8)
    assert [item.evidence.name for item in reviewed(evidence=files, cells=(), traces=()).stale] == ["old.csv"]
