"""What each kind of check makes of evidence at its edges: thin, odd, half stated or only just within."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from readiness.decision import findings
from readiness.decision.answers import Outcome
from readiness.decision.findings import SAID, CheckResult, EvidenceContext, documents, stored
from readiness.decision.packet import PARTS
from readiness.model.assessment import Expected, MarkValue
from readiness.model.cells import Cell, Statistic
from readiness.model.checks import (
    ApproversCheck,
    BudgetsCheck,
    Check,
    ClassesCheck,
    CompleteCheck,
    CoversCheck,
    FailedToolCheck,
    FieldsCheck,
    GatesCheck,
    JudgedCheck,
    LevelCheck,
    LoadCheck,
    MeasuredCheck,
    NeverCheck,
    NoRegressionCheck,
    RehearsalCheck,
    ShareCheck,
    SpreadCheck,
    StagedCheck,
    StageTimesCheck,
    TailCheck,
    TracedCheck,
)
from readiness.model.evidence import Doubt
from readiness.model.judges import Judge
from readiness.model.monitoring import Alert, Owners
from readiness.model.policy import Approver, Budget, Gate, ReleasePolicy, RolloutStage
from readiness.model.traces import Span, Trace
from readiness.scorecard.intervals import exact
from readiness.scorecard.judges import Labels
from tests import factories
from tests.decision.findings.contexts import (
    CHECKLIST,
    Held,
    budgets,
    earlier,
    figure,
    ground,
    latency,
    load_test,
    of,
    rollback,
    split,
    walk,
    walks,
)
from tests.factories import BASELINE, CANDIDATE, TODAY, mark

MEASURED = MeasuredCheck(kind="measured", metric="task_success")
SPREAD = SpreadCheck(kind="spread", metric="task_success", max=0.10)
NO_REGRESSION = NoRegressionCheck(kind="no-regression", metric="task_success")
CLASSES = ClassesCheck(kind="classes")
SHARE = ShareCheck(kind="share", metric="task_success", max=0.80)
LEVEL = LevelCheck(kind="level", metric="task_success", min=0.80)
BY_COHORT = LevelCheck(kind="level", metric="task_success", by="cohort", min=0.80)
BY_LANGUAGE = LevelCheck(kind="level", metric="task_success", by="language", min=0.80)
AT_MOST = LevelCheck(kind="level", metric="re_ask_rate", max=0.20)
NEVER = NeverCheck(kind="never", metric="boundary_violation_rate")
TAIL = TailCheck(kind="tail", metric="latency_ms", max_ratio=10, stalled=10_000)
LOAD = LoadCheck(kind="load", metric="latency_ms", max_p99=10_000)
GATES = GatesCheck(kind="gates")
JUDGED = JudgedCheck(kind="judged")
TRACED = TracedCheck(kind="traced")
FAILED_TOOL = FailedToolCheck(kind="failed-tool")
KINDS_OF_FAILURE = FailedToolCheck(kind="failed-tool", kinds={"timeout": ("timed out",), "partial data": ("partial",)})
STAGE_TIMES = StageTimesCheck(kind="stage-times", stages=("retrieval", "tool", "model"))
BUDGETS = BudgetsCheck(kind="budgets", stages=("retrieval", "rerank", "tool", "model"))
STAGED = StagedCheck(kind="staged")
STAGES = FieldsCheck(kind="fields", document="policy", fields={"stages": "staged path", "stages.*.share": "share"})
ROLLBACK = FieldsCheck(kind="fields", document="policy", fields={"rollback.steps": "steps", "rollback.owner": "owner"})
APPROVERS = ApproversCheck(kind="approvers")
REHEARSAL = RehearsalCheck(kind="rehearsal")
COVERS = CoversCheck(kind="covers", measures=("task_success", "drift"))
COMPLETE = CompleteCheck(kind="complete")


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def said(check: Check, *held: Held) -> tuple[Outcome, str]:
    found = findings.answer(check, ground(*held))
    return found.outcome, found.why


def partly(check: Check, *held: Held) -> bool:
    """Whether what speaks against control, or leaves part of it out, admits that it holds somewhere."""
    found = findings.answer(check, ground(*held))
    assert found.outcome in ("contradicts", "uncovered"), found
    return found.partly


def shipped(signal: str, *held: Held, answer: MarkValue = "no") -> CheckResult:
    found = findings.find(CHECKLIST, {signal: mark(signal, answer)}, ground(*held))[signal]
    return CheckResult(found.outcome, found.why)


# measured


def test_cases_that_nobody_counted_are_neither_enough_nor_too_few() -> None:
    cells = [figure("task_success", 0.9), *of("task_success", "language", None, en=0.9, ja=0.9)]
    assert said(MEASURED, Held(cells)) == (
        "silent",
        "how many cases measure task success for language=en and language=ja is not stated",
    )


@pytest.mark.parametrize(("n", "outcome"), [(0, "uncovered"), (29, "uncovered"), (30, "supports")])
def test_cases_must_reach_the_number_asked_for(n: int, outcome: Outcome) -> None:
    cells = [*of("task_success", "language", en=0.9), *of("task_success", "language", n, ja=0.9 if n else None)]
    assert said(MEASURED, Held(cells))[0] == outcome


def test_one_cohort_only_says_nothing_of_cohorts() -> None:
    assert said(MEASURED, Held(of("task_success", "language", en=0.9))) == (
        "silent",
        "figures of task success are known for 1 cohort only",
    )


def test_a_cohort_that_only_the_baseline_or_another_metric_has_is_not_measured() -> None:
    known = of("task_success", "language", en=0.9, ja=0.9)
    for other in (figure("groundedness", 0.9, dimension="tenant", value="acme"), known[1]):
        version = {"version": BASELINE} if other is known[1] else {}
        cells = [known[0], other.model_copy(update=version)]
        assert said(MEASURED, Held(cells)) == (
            "uncovered",
            f"fewer than 30 cases measure task success for {other.cohort} (n 0)",
        )


def test_a_workflow_that_only_the_baseline_has_is_not_measured() -> None:
    known, old = of("task_success", "workflow", refund=0.9, quote=0.9)
    check = MEASURED.model_copy(update={"by": "workflow"})
    assert said(check, Held([known, old.model_copy(update={"version": BASELINE})])) == (
        "uncovered",
        "fewer than 30 cases measure task success for quote (n 0)",
    )


def test_more_than_three_thin_cohorts_are_counted_and_not_all_named() -> None:
    cells = [
        *of("task_success", "language", en=0.9),
        *of("task_success", "tenant", 9, a=0.9, b=0.9, c=0.9, d=0.9, e=0.9),
    ]
    assert said(MEASURED, Held(cells))[1] == (
        "fewer than 30 cases measure task success for tenant=a (n 9), tenant=b (n 9), tenant=c (n 9) and 2 more"
    )


def test_the_loads_of_a_load_test_are_no_cohorts() -> None:
    loads: dict[str, Any] = {"400": 0.2}
    before = earlier(of("task_success", "language", en=0.93, ja=0.92))
    cells = [*split("task_success", "language", en=0.93, ja=0.92), *before, *of("task_success", "concurrency", **loads)]
    assert shipped("cohort-success", Held([*cells, load_test(200, lost=0)])).outcome == "supports"


@pytest.mark.parametrize("by", ["cohort", "workflow", "language"])
def test_a_cohort_crossed_with_a_workflow_is_a_figure_of_neither(by: str) -> None:
    cells = [
        figure("task_success", 0.9, workflow="refund", dimension="language", value=value) for value in ("en", "ja")
    ]
    check = MEASURED.model_copy(update={"by": by})
    assert said(check, Held(cells)) == ("uncovered", f"no figures of {CANDIDATE} split task success by {by}")


def test_figures_by_workflow_alone_are_not_called_stale_where_cohorts_are_asked_for() -> None:
    assert said(MEASURED, Held(of("task_success", "workflow", refund=0.9, quote=0.9))) == (
        "uncovered",
        f"no figures of {CANDIDATE} split task success by cohort",
    )


@pytest.mark.parametrize(("n", "holds"), [(29, False), (None, False), (30, True)])
def test_a_thin_cohort_admits_a_partial_answer_only_beside_one_that_is_known(n: int | None, holds: bool) -> None:
    cells = [*of("task_success", "language", 5, ja=0.9), *of("task_success", "language", n, en=0.9)]
    assert partly(MEASURED, Held(cells)) == holds


# spread


def test_a_cohort_that_is_all_cases_is_not_behind_the_rest() -> None:
    cells = split("task_success", "language", en=0.7)
    assert said(SPREAD, Held(cells)) == (
        "supports",
        "task success for language=en came to 70.0 % (n 400, 95 % interval 65.2 % to 74.5 %), "
        "and no cohort is worse than the rest by more than 10 points",
    )


def test_a_cohort_without_a_single_score_says_nothing_although_no_case_is_outside_it() -> None:
    cells = [figure("task_success", None, 0, errors=4), *of("task_success", "language", 0, en=None)]
    assert said(SPREAD, Held(cells)) == (
        "uncovered",
        "fewer than 30 cases measure task success for language=en (n 0)",
    )


@pytest.mark.parametrize(
    ("overall", "part"),
    [
        (figure("task_success", 0.9, 400), figure("task_success", 0.1, 380)),
        (figure("task_success", 0.5, 100), figure("task_success", 0.5, 160)),
        (figure("task_success", 0.5, 400), figure("task_success", 0.9, 400)),
        (figure("task_success", 0.9, None), figure("task_success", 0.1, 100)),
        (figure("task_success", 0.9, 400), figure("task_success", 0.1, None)),
        (figure("task_success", 0.9, 400, passed=None, sd=0.01), figure("task_success", 0.1, 40, passed=None, sd=0.4)),
        (figure("task_success", 0.9, 400, passed=None), figure("task_success", 0.1, 200, passed=None)),
        (figure("task_success", 0.5, 400, passed=None), figure("task_success", 0.9, 400, passed=None)),
        (figure("task_success", 0.5, 100, passed=None), figure("task_success", 0.5, 160, passed=None)),
    ],
    ids=[
        "sum exceeds the overall",
        "more cases than all",
        "same cases, other mean",
        "n of all",
        "n",
        "spread",
        "no spread",
        "same cases, other mean, no passes",
        "more cases than all, no passes",
    ],
)
def test_cells_that_do_not_fit_together_or_tell_too_little_never_speak(overall: Cell, part: Cell) -> None:
    part = part.model_copy(update={"dimension": "language", "value": "ja"})
    outcome, why = said(SPREAD, Held([overall, part]))
    assert outcome == "silent"
    assert why.endswith("which does not settle whether it is within 10 points of the rest")


@pytest.mark.parametrize(
    ("direction", "outcome", "named"),
    [
        ("higher", "contradicts", "ja"),
        ("lower", "contradicts", "en"),
        ("unknown", "silent", "en"),
        ("informational", "silent", "en"),
    ],
)
def test_which_way_is_worse_decides_who_is_behind(direction: str, outcome: Outcome, named: str) -> None:
    cells = split("task_success", "language", en=0.9, ja=0.5)
    turned = [cell.model_copy(update={"direction": direction}) for cell in cells]
    found = said(SPREAD, Held(turned))
    assert (found[0], f"language={named}" in found[1]) == (outcome, True)


def test_graded_scores_are_compared_by_their_mean_and_not_by_their_passes() -> None:
    cells = [
        figure("task_success", 0.70, 400, sd=0.1, passed=240),
        figure("task_success", 0.70, 200, sd=0.1, passed=60, dimension="language", value="ja"),
    ]
    assert said(SPREAD, Held(cells))[0] == "supports"


def test_cohorts_without_a_figure_over_all_cases_have_no_rest() -> None:
    assert said(SPREAD, Held(of("task_success", "language", en=0.9, ja=0.5))) == (
        "uncovered",
        f"no figures of {CANDIDATE} show task success over all cases",
    )


STRAY = of("task_success", "tenant", 1, acme=0.0)


@pytest.mark.parametrize(
    "check",
    [SPREAD, LevelCheck(kind="level", metric="task_success", by="cohort", min=0.8), MEASURED],
    ids=lambda check: check.kind,
)
def test_one_stray_case_of_a_tenant_contradicts_nothing_and_is_named(check: Check) -> None:
    cells = split("task_success", "language", en=0.93, ja=0.92)
    assert said(check, Held([*cells, *STRAY])) == (
        "uncovered",
        "fewer than 30 cases measure task success for tenant=acme (n 1)",
    )
    assert partly(check, Held([*cells, *STRAY]))
    assert not partly(check, Held([cells[0], *STRAY]))
    expected = factories.assessment(expected=Expected(cohorts={"language=en": 0.8, "language=ja": 0.2}))
    assert said(check, Held([*cells, *STRAY], assessment=expected))[0] == "supports"


@pytest.mark.parametrize(("n", "outcome"), [(29, "uncovered"), (30, "silent")])
def test_a_cohort_speaks_from_the_number_of_cases_that_is_asked_for(n: int, outcome: Outcome) -> None:
    cells = [figure("task_success", 0.9, 800), *of("task_success", "language", n, en=0.9)]
    assert (said(SPREAD, Held(cells))[0], said(BY_COHORT, Held(cells))[0]) == (outcome, outcome)


def test_a_cohort_that_fails_is_not_hidden_behind_a_thin_one() -> None:
    cells = [*split("task_success", "language", en=0.93, ja=0.6), *STRAY]
    assert (said(SPREAD, Held(cells))[0], said(BY_COHORT, Held(cells))[0]) == ("contradicts", "contradicts")


# no-regression


def compared(before: dict[str, Any], after: dict[str, Any], n: int = 400) -> Held:
    return Held([*earlier(of("task_success", "language", n, **before)), *of("task_success", "language", **after)])


def test_a_cohort_that_is_worse_than_the_baseline_beyond_chance_contradicts() -> None:
    held = compared({"en": 0.93, "ja": 0.92}, {"en": 0.94, "ja": 0.84})
    assert said(NO_REGRESSION, held) == (
        "contradicts",
        "task success for language=ja came to 84.0 % (n 400, 79.5 % to 87.9 % as the worst of 2) "
        "and the baseline came to 92.0 % (n 400, 95 % interval 88.9 % to 94.5 %), worse beyond chance",
    )
    assert partly(NO_REGRESSION, held)
    assert not partly(NO_REGRESSION, compared({"en": 0.93, "ja": 0.92}, {"en": 0.7, "ja": 0.7}))
    assert shipped("cohort-success", Held([*held.cells, figure("task_success", 0.89, 800)])).outcome == "contradicts"


def test_a_cohort_that_is_worse_within_chance_or_better_has_not_regressed() -> None:
    assert said(NO_REGRESSION, compared({"en": 0.93, "ja": 0.92}, {"en": 0.96, "ja": 0.91})) == (
        "supports",
        "none of 2 cohorts is worse in task success than the baseline beyond chance",
    )


def test_a_cohort_without_a_figure_of_the_baseline_is_not_compared() -> None:
    assert said(NO_REGRESSION, compared({"en": 0.93}, {"en": 0.94, "ja": 0.84})) == (
        "uncovered",
        "fewer than 30 cases measure task success for the baseline in language=ja (n 0)",
    )
    assert partly(NO_REGRESSION, compared({"en": 0.93}, {"en": 0.94, "ja": 0.84}))
    assert not partly(NO_REGRESSION, compared({}, {"en": 0.94}))


@pytest.mark.parametrize(("n", "outcome"), [(29, "uncovered"), (30, "supports")])
def test_too_few_cases_of_the_baseline_show_neither_a_regression_nor_that_there_is_none(
    n: int, outcome: Outcome
) -> None:
    assert said(NO_REGRESSION, compared({"en": 0.9}, {"en": 0.92}, n))[0] == outcome


def test_a_metric_of_unknown_direction_or_size_cannot_regress_for_sure() -> None:
    held = compared({"en": 0.93}, {"en": 0.6})
    turned = [cell.model_copy(update={"direction": "unknown"}) for cell in held.cells]
    unsized = [cell.model_copy(update={"n": None}) for cell in held.cells]
    for cells in (turned, unsized):
        assert said(NO_REGRESSION, Held(cells)) == (
            "silent",
            "whether task success for language=en is worse than the baseline cannot be told",
        )


def test_a_regression_of_a_cohort_that_is_not_expected_does_not_speak() -> None:
    held = compared({"en": 0.93, "ja": 0.92}, {"en": 0.94, "ja": 0.6})
    expected = factories.assessment(expected=Expected(cohorts={"language=en": 1}))
    assert said(NO_REGRESSION, replace(held, assessment=expected))[0] == "supports"


# classes


def sorted_into(n: int | None = 400, **cohorts: Any) -> list[Cell]:
    cells = of("task_success", "language", n, **cohorts)
    return [
        cell.model_copy(update={"metric": f"failure_class/{name}", "direction": "informational"})
        for name in ("timeout", "wrong source")
        for cell in cells
    ]


def test_failures_are_sorted_into_classes_for_each_cohort_or_those_without_are_named() -> None:
    known = of("task_success", "language", en=0.9, ja=0.9)
    assert said(CLASSES, Held([*known, *sorted_into(en=0.05, ja=0.1)])) == (
        "supports",
        "failures are sorted into 2 classes for each of 2 cohorts",
    )
    assert said(CLASSES, Held([*known, *sorted_into(en=0.05)])) == (
        "uncovered",
        "fewer than 30 cases measure failure class for language=ja (n 0)",
    )
    for n in (0, None):
        uncounted = [*sorted_into(en=0.05), *sorted_into(n, ja=None)]
        assert said(CLASSES, Held([*known, *uncounted])) == said(CLASSES, Held([*known, *sorted_into(en=0.05)]))
    assert partly(CLASSES, Held([*known, *sorted_into(en=0.05)]))
    assert not partly(CLASSES, Held([*known, *sorted_into(29, en=0.05)]))


def test_classes_of_failure_are_asked_for_only_where_some_are_measured() -> None:
    before = earlier(of("task_success", "language", en=0.93, ja=0.92))
    cells = [*split("task_success", "language", en=0.93, ja=0.92), *before]
    assert said(CLASSES, Held(cells))[0] == "silent"
    assert shipped("cohort-success", Held(cells)).outcome == "supports"
    assert shipped("cohort-success", Held([*cells, *sorted_into(en=0.05)])).outcome == "uncovered"
    assert shipped("cohort-success", Held([*cells, *earlier(sorted_into(en=0.05))])).outcome == "supports"


def test_a_class_that_is_not_split_by_cohort_is_named() -> None:
    whole = figure("task_success", 0.1).model_copy(update={"metric": "failure_class/timeout"})
    assert said(CLASSES, Held([whole])) == (
        "uncovered",
        f"no figures of {CANDIDATE} split failure_class/timeout by cohort",
    )


# share


@pytest.mark.parametrize(
    ("n", "outcome", "held", "end"),
    [
        (240, "supports", "76.9 %", "where at most 80 % is asked"),
        (177, "silent", "81.9 %", "which does not settle whether it is at most 80 %"),
        (120, "contradicts", "87.0 %", "where at most 80 % is asked"),
    ],
)
def test_a_share_decides_only_where_its_interval_lies_on_one_side_of_its_limit(
    n: int, outcome: Outcome, held: str, end: str
) -> None:
    cells = [*of("task_success", "workflow", refund=0.9, quote=0.9), *of("task_success", "workflow", n, claim=0.9)]
    total = 800 + n
    assert said(SHARE, Held(cells)) == (outcome, f"{held} of {total:,} cases are of quote and refund, {end}")


def test_a_share_whose_interval_ends_at_its_limit_keeps_it_and_one_that_begins_there_is_not_settled() -> None:
    cells = [*of("task_success", "workflow", refund=0.9, quote=0.9), *of("task_success", "workflow", 200, claim=0.9)]
    held = exact(800, 1000)
    assert said(SHARE.model_copy(update={"max": held.high}), Held(cells))[0] == "supports"
    assert said(SHARE.model_copy(update={"max": held.low}), Held(cells))[0] == "silent"


def test_a_product_of_two_workflows_is_as_broad_as_it_can_be() -> None:
    cells = split("task_success", "workflow", refund=0.93, quote=0.92)
    assert said(SHARE, Held(cells)) == ("supports", "each of the 2 known workflows is measured")
    assert shipped("workflow-breadth", Held(cells)).outcome == "supports"


def test_a_workflow_that_another_metric_knows_is_missed() -> None:
    cells = [*split("task_success", "workflow", refund=0.93), *of("groundedness", "workflow", quote=0.9)]
    assert said(SHARE, Held(cells)) == ("uncovered", "no case measures task success for quote")
    assert partly(SHARE, Held(cells))


def test_where_workflows_are_expected_each_is_measured_whatever_its_share_of_the_cases() -> None:
    cells = [*of("task_success", "workflow", refund=0.9, quote=0.9), *of("task_success", "workflow", 40, claim=0.9)]

    def expecting(**shares: float) -> Held:
        return Held(cells, assessment=factories.assessment(expected=Expected(workflows=shares)))

    assert said(SHARE, expecting(refund=0.6, claim=0.3)) == (
        "supports",
        "each of the 2 expected workflows is measured",
    )
    assert said(SHARE, expecting(refund=1)) == ("supports", "the one expected workflow is measured")
    assert said(SHARE, expecting(refund=0.6, fax=0.4)) == ("uncovered", "no case measures task success for fax")
    one = MEASURED.model_copy(update={"by": "workflow"})
    assert said(one, expecting(refund=1)) == (
        "supports",
        "400 or more cases measure task success for each of 1 workflow",
    )
    assert said(one, expecting(refund=0.6, fax=0.4)) == (
        "uncovered",
        "fewer than 30 cases measure task success for fax (n 0)",
    )


def test_a_workflow_of_unknown_size_leaves_the_shares_open() -> None:
    cells = [
        *of("task_success", "workflow", refund=0.9, quote=0.9, fax=0.9),
        *of("task_success", "workflow", None, chat=0.9),
    ]
    assert said(SHARE, Held(cells)) == ("silent", "how many cases measure task success for chat is not stated")


def test_workflows_without_a_case_share_nothing() -> None:
    assert said(SHARE, Held(of("task_success", "workflow", 0, refund=None, quote=None, fax=None))) == (
        "uncovered",
        "no case measures task success for fax, quote and refund",
    )


# level


@pytest.mark.parametrize(
    ("mean", "n", "outcome"),
    [(0.74, 400, "contradicts"), (0.8, 400, "silent"), (0.85, 400, "supports"), (0.85, 30, "silent")],
)
def test_a_level_is_settled_only_where_the_interval_lies_on_one_side(mean: float, n: int, outcome: Outcome) -> None:
    assert said(LEVEL, Held([figure("task_success", mean, n)]))[0] == outcome


@pytest.mark.parametrize(("mean", "outcome"), [(0.1, "supports"), (0.2, "silent"), (0.3, "contradicts")])
def test_a_level_of_a_metric_that_should_be_low_is_a_ceiling(mean: float, outcome: Outcome) -> None:
    found = said(AT_MOST, Held([figure("re_ask_rate", mean)]))
    assert (found[0], "at most 20 %" in found[1]) == (outcome, True)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (figure("task_success", 0.95, None), "task success came to 95.0 % (n not stated)"),
        (figure("task_success", 0.95, 400, passed=None, unit=""), "task success came to 0.95 (n 400)"),
        (figure("task_success", None, 0, errors=9), "there is no figure of task success (n 0)"),
    ],
)
def test_a_figure_without_n_spread_or_score_settles_no_level(cell: Cell, shown: str) -> None:
    outcome, why = said(LEVEL, Held([cell]))
    assert (outcome, why.startswith(f"{shown}, which does not settle whether it is at least")) == ("silent", True)


def test_the_spread_of_a_mean_makes_its_interval() -> None:
    cell = figure("retries_per_call", 1.5, 100, sd=0.5, passed=None)
    check = LevelCheck(kind="level", metric="retries_per_call", max=1.2)
    assert said(check, Held([cell])) == (
        "contradicts",
        "retries per call came to 1.5 count (n 100, 95 % interval 1.4 count to 1.6 count), "
        "where at most 1.2 count is asked",
    )


def test_the_worst_cohort_decides_the_level_of_all() -> None:
    assert said(BY_LANGUAGE, Held(of("task_success", "language", en=0.95, de=0.6, ja=0.7))) == (
        "contradicts",
        "task success for language=de came to 60.0 % (n 400, 53.9 % to 65.9 % as the worst of 3), "
        "where at least 80 % is asked",
    )


@pytest.mark.parametrize(
    ("gate", "asked"),
    [
        (Gate(metric="task_success", min=0.6), "60 %"),
        (Gate(metric="task_success", max_regression=0.1), "80 %"),
        (Gate(metric="task_success", max=0.6), "80 %"),
        (Gate(metric="task_success", cohort="each", min=0.6), "80 %"),
        (Gate(metric="task_success", stat="p50", min=0.6), "80 %"),
        (Gate(metric="groundedness", min=0.6), "80 %"),
    ],
)
def test_only_a_gate_on_the_same_figure_sets_another_bound(gate: Gate, asked: str) -> None:
    held = Held([figure("task_success", 0.7)], policy=factories.policy(gates=[gate]))
    assert said(LEVEL, held)[1].endswith(f"where at least {asked} is asked")


def test_a_gate_on_each_cohort_bounds_the_level_by_cohort() -> None:
    gate = Gate(metric="task_success", cohort="each", min=0.55)
    held = Held(of("task_success", "language", en=0.7, ja=0.7), policy=factories.policy(gates=[gate]))
    assert said(BY_LANGUAGE, held)[0] == "supports"


@pytest.mark.parametrize(
    ("parts", "holds"),
    [({}, False), ({"en": 0.7}, False), ({"en": 0.8}, False), ({"en": 0.95}, True), ({"en": None}, False)],
)
def test_a_low_level_admits_a_partial_answer_only_where_a_cohort_surely_reaches_it(
    parts: dict[str, Any], holds: bool
) -> None:
    for by in ("language", "workflow"):
        assert partly(LEVEL, Held([figure("task_success", 0.6), *of("task_success", by, **parts)])) == holds
    assert partly(BY_LANGUAGE, Held(of("task_success", "language", ja=0.6, **parts))) == holds


# never


@pytest.mark.parametrize(
    ("n", "outcome", "why"),
    [
        (0, "uncovered", "there is no figure of boundary violations (n 0)"),
        (
            100,
            "uncovered",
            "boundary violations came to 0 in 100 cases, so at most 3.6 % with 95 % confidence, "
            "where at most 1 % is asked",
        ),
        (367, "uncovered", "so at most 1.0001 % with 95 % confidence, where at most 1 % is asked"),
        (368, "supports", "boundary violations came to 0 in 368 cases, so at most 0.997 % with 95 % confidence"),
        (None, "silent", "how many cases measure boundary violations is not stated"),
    ],
)
def test_nothing_happened_only_where_enough_cases_bound_how_often_it_may(
    n: int | None, outcome: Outcome, why: str
) -> None:
    found = said(NEVER, Held([figure("boundary_violation_rate", 0.0 if n != 0 else None, n)]))
    assert (found[0], found[1][-len(why) :]) == (outcome, why)


def test_a_looser_bound_takes_fewer_clean_cases() -> None:
    check = NEVER.model_copy(update={"max": 0.05})
    assert said(check, Held([figure("boundary_violation_rate", 0.0, 100)]))[0] == "supports"


def test_a_leak_counts_in_a_place_that_nobody_expects_and_where_workflow_and_cohort_cross() -> None:
    leak = figure("boundary_violation_rate", 0.01, workflow="chat", dimension="tenant", value="acme")
    expected = factories.assessment(expected=Expected(cohorts={"tenant=birch": 1}))
    assert said(NEVER, Held([figure("boundary_violation_rate", 0.0), leak], assessment=expected)) == (
        "contradicts",
        "boundary violations for chat, tenant=acme came to 1.0 % (n 400, 95 % interval 0.3 % to 2.5 %), "
        "where not one case is allowed",
    )


def test_one_case_in_a_million_is_one_too_many() -> None:
    assert said(NEVER, Held([figure("boundary_violation_rate", 1e-6, 1_000_000)]))[0] == "contradicts"


@pytest.mark.parametrize("overall", [[], [figure("boundary_violation_rate", 0.0)]])
def test_a_case_in_one_tenant_counts_whatever_the_figure_over_all_says(overall: list[Cell]) -> None:
    held = Held([*overall, *of("boundary_violation_rate", "tenant", acme=0.01, birch=0.0)])
    assert said(NEVER, held) == (
        "contradicts",
        "boundary violations for tenant=acme came to 1.0 % (n 400, 95 % interval 0.3 % to 2.5 %), "
        "where not one case is allowed",
    )
    assert not partly(NEVER, held)


def test_a_leak_stays_one_when_a_later_file_of_the_same_version_is_clean() -> None:
    leak = Held([figure("boundary_violation_rate", 0.01)], file=factories.evidence("a.csv"))
    clean = Held([figure("boundary_violation_rate", 0.0)], file=factories.evidence("b.csv"))
    assert findings.answer(NEVER, ground(leak, clean)) == CheckResult(
        "contradicts",
        "boundary violations came to 1.0 % (n 400, 95 % interval 0.3 % to 2.5 %) in a file that another followed, "
        "where not one case is allowed",
    )
    assert findings.answer(NEVER, ground(leak.stale(), clean)).outcome == "supports"


def test_tenants_without_a_case_do_not_make_up_for_all_cases() -> None:
    assert said(NEVER, Held(of("boundary_violation_rate", "tenant", acme=0.0, birch=0.0))) == (
        "uncovered",
        f"no figures of {CANDIDATE} show boundary violations over all cases",
    )


# tail


def budget(*gates: Gate) -> ReleasePolicy:
    return factories.policy(gates=list(gates))


P95, P99 = (Gate(metric="latency_ms", stat=stat, max=6000) for stat in ("p95", "p99"))
NO_BUDGET = "no gate of the release policy sets a budget for p95 or p99 of latency"


@pytest.mark.parametrize(("p50", "p99"), [(1000, 4000), (300, 2900), (300, 4500)])
def test_a_tail_that_keeps_its_budget_may_be_many_times_the_median(p50: float, p99: float) -> None:
    held = Held([latency(p50, p99 / 2, p99)], policy=budget(P95, P99))
    assert said(TAIL, held) == (
        "supports",
        f"p99 of latency is {p99:,} ms (n 2,000), and p95 and p99 keep their budget",
    )


def test_a_p99_of_a_minute_is_not_saved_by_a_median_that_is_as_slow() -> None:
    held = Held([latency(30_000, 50_000, 60_000)], policy=budget(P95, P99))
    assert said(TAIL, held)[0] == "contradicts"


@pytest.mark.parametrize("stat", ["p95", "p99"])
def test_a_budget_for_one_of_the_two_quantiles_leaves_out_the_other(stat: Statistic) -> None:
    held = Held([latency(800, 3000, 5000)], policy=budget(Gate(metric="latency_ms", stat=stat, max=6000)))
    other = {"p95": "p99", "p99": "p95"}[stat]
    assert said(TAIL, held) == (
        "uncovered",
        f"no gate of the release policy sets a budget for {other} of latency",
    )
    assert partly(TAIL, held)


def test_a_budget_of_one_workflow_is_none_of_another() -> None:
    cells = [latency(800, 3000, 4000, workflow="refund"), latency(500, 900, 4900, workflow="chat")]
    own = [gate.model_copy(update={"workflow": "refund"}) for gate in (P95, P99)]
    assert said(TAIL, Held(cells, policy=budget(*own))) == ("uncovered", f"{NO_BUDGET} for chat")
    each = [gate.model_copy(update={"workflow": "each"}) for gate in (P95, P99)]
    assert said(TAIL, Held(cells, policy=budget(*each)))[0] == "supports"


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        (latency(800, 3000, 12_000), "contradicts"),
        (latency(800, 3000, 9000), "uncovered"),
        (latency(2000, 9000, 12_000), "uncovered"),
        (latency(800, 3000, 10_100), "uncovered"),
        (latency(800, 3000, 12_000, p99_low=None, p99_high=None), "uncovered"),
        (latency(800, 3000, 12_000).model_copy(update={"p50": None}), "uncovered"),
        (latency(300, 900, 1200), "uncovered"),
    ],
    ids=["stalls", "fast", "slow all the time", "not for sure", "open", "no median", "short"],
)
def test_without_a_budget_a_ratio_never_supports_and_speaks_only_against_requests_that_surely_stall(
    cell: Cell, outcome: Outcome
) -> None:
    found = said(TAIL, Held([cell], policy=budget()))
    stalls = "p99 of latency is 12,000 ms (n 2,000), more than 10 times the median of 800 ms, and no gate sets a budget"
    assert found == (outcome, stalls if outcome == "contradicts" else NO_BUDGET)


def test_requests_that_stall_in_one_workflow_admit_a_partial_answer() -> None:
    slow = latency(800, 3000, 12_000, workflow="refund")
    assert partly(TAIL, Held([slow, latency(800, 3000, 4000, workflow="chat")], policy=budget()))
    assert not partly(TAIL, Held([slow], policy=budget()))


def test_without_a_policy_there_is_no_budget_to_leave_out() -> None:
    assert said(TAIL, Held([latency(800, 3000, 5000)])) == ("silent", "no release policy is stored")
    assert said(TAIL, Held([latency(800, 3000, 12_000)]))[0] == "contradicts"


def test_a_budget_whose_interval_is_open_cannot_be_decided() -> None:
    held = Held([latency(800, 3000, 5000, n=60, p99_high=None)], policy=budget(P95, P99))
    assert said(TAIL, held) == (
        "silent",
        "the gate on p99 cannot be decided: Latency p99 at most 6,000 ms: too few cases for p99 for all cases (n 60); "
        "about 240 more cases would settle it",
    )


def test_a_budget_of_a_workflow_without_figures_is_left_out() -> None:
    fax = P99.model_copy(update={"workflow": "fax"})
    held = Held(
        [latency(800, 3000, 5000, workflow="chat")],
        policy=budget(P95.model_copy(update={"workflow": "each"}), P99.model_copy(update={"workflow": "each"}), fax),
    )
    assert said(TAIL, held) == (
        "uncovered",
        "the gate on p99 cannot be decided: Latency p99 at most 6,000 ms in fax: no data of the candidate",
    )


@pytest.mark.parametrize(
    "gates", [[], [Gate(metric="latency_ms", max=900)], [Gate(metric="latency_ms", stat="p99", max_regression=90)]]
)
def test_a_gate_without_a_ceiling_on_p95_or_p99_is_no_budget(gates: list[Gate]) -> None:
    assert said(TAIL, Held([latency(800, 3000, 5000)], policy=budget(*gates))) == ("uncovered", NO_BUDGET)


@pytest.mark.parametrize(
    ("refund", "chat", "slowest"),
    [(4000, 4900, "chat"), (4900, 4000, "refund"), (None, 4900, "chat"), (4900, None, "refund")],
)
def test_a_kept_budget_names_the_slowest_workflow(refund: float | None, chat: float | None, slowest: str) -> None:
    cells = [latency(800, 3000, 5000)]
    for workflow, p99 in {"refund": refund, "chat": chat}.items():
        cell = latency(800, 3000, p99 or 0, workflow=workflow)
        cells.append(cell if p99 else cell.model_copy(update={"p99": None, "p99_low": None, "p99_high": None}))
    assert said(TAIL, Held(cells, policy=budget(P95, P99))) == (
        "supports",
        f"p99 of latency for {slowest} is 4,900 ms (n 2,000), and p95 and p99 keep their budget",
    )


@pytest.mark.parametrize(
    ("p99", "high", "holds"),
    [(5000, 5200.0, True), (5000, 6000.0, True), (5000, 6000.5, False), (7000, 7280.0, False), (5000, None, False)],
)
def test_a_broken_budget_admits_a_partial_answer_only_where_another_workflow_keeps_it(
    p99: float, high: float | None, holds: bool
) -> None:
    each = P99.model_copy(update={"workflow": "each"})
    cells = [latency(100, 3000, 9000, workflow="refund"), latency(100, 3000, p99, workflow="chat", p99_high=high)]
    assert partly(TAIL, Held(cells, policy=budget(each))) == holds


# load


@pytest.mark.parametrize(
    ("planned", "outcome", "why"),
    [
        (None, "silent", "a load test reached 400 requests at once, and the policy does not say how many are planned"),
        (
            150,
            "supports",
            "at 200 requests at once, 150 being planned, 6 of 3,006 were lost and p99 of latency was 4,000 ms",
        ),
        (
            200,
            "supports",
            "at 200 requests at once, 200 being planned, 6 of 3,006 were lost and p99 of latency was 4,000 ms",
        ),
        (
            201,
            "contradicts",
            "at 400 requests at once, 201 being planned, 900 of 3,900 were lost, where at most 1 % is asked",
        ),
        (401, "uncovered", "the load test reached 400 requests at once, and 401 are planned"),
    ],
)
def test_the_test_at_the_planned_load_or_the_next_above_decides(
    planned: int | None, outcome: Outcome, why: str
) -> None:
    tests = [load_test(50, lost=0), load_test(200, lost=6), load_test(400, lost=900)]
    assert said(LOAD, Held(tests, policy=factories.policy(peak_concurrency=planned))) == (outcome, why)


@pytest.mark.parametrize(("lost", "holds"), [(6, True), (900, False)])
def test_too_small_a_load_admits_a_partial_answer_only_where_it_was_carried(lost: int, holds: bool) -> None:
    policy = factories.policy(peak_concurrency=400)
    assert partly(LOAD, Held([load_test(50, lost=lost)], policy=policy)) == holds
    assert partly(LOAD, Held([load_test(50, lost=lost), load_test(400, lost=900)], policy=policy)) == holds


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (load_test(200, lost=3, n=None), "does not say how many requests it made"),  # type: ignore[arg-type]
        (load_test(200, lost=0, n=0), "does not say how many requests it made"),
        (load_test(200, lost=0, stated=True), "does not say how many of 3,000 were lost"),
    ],
)
def test_requests_or_losses_that_nobody_states_are_not_none(cell: Cell, why: str) -> None:
    found = said(LOAD, Held([cell], policy=factories.policy(peak_concurrency=200)))
    assert found == ("silent", f"at 200 requests at once, 200 being planned, the load test {why}")


def carried(*cells: Cell, gates: tuple[Gate, ...] = ()) -> tuple[Outcome, str]:
    outcome, why = said(LOAD, Held(cells, policy=factories.policy(peak_concurrency=200, gates=list(gates))))
    return outcome, why.removeprefix("at 200 requests at once, 200 being planned, ")


SLOW = load_test(200, lost=0, p99=60_000.0, p99_low=58_000.0, p99_high=62_000.0)


@pytest.mark.parametrize(
    ("cell", "gates", "outcome", "why"),
    [
        (SLOW, (), "contradicts", "p99 of latency was 60,000 ms, where at most 10,000 ms is asked"),
        (
            SLOW,
            (P99.model_copy(update={"max": 90_000.0}),),
            "supports",
            "0 of 3,000 were lost and p99 of latency was 60,000 ms",
        ),
        (
            load_test(200, lost=0),
            (P99.model_copy(update={"max": 3000.0}),),
            "contradicts",
            "p99 of latency was 4,000 ms, where at most 3,000 ms is asked",
        ),
        (
            load_test(200, lost=0),
            (P95.model_copy(update={"max": 1500.0, "cohort": "each"}), P99),
            "contradicts",
            "p95 of latency was 2,000 ms, where at most 1,500 ms is asked",
        ),
        (
            load_test(200, lost=0),
            (P99.model_copy(update={"max": 3000.0, "workflow": "refund"}),),
            "supports",
            "0 of 3,000 were lost and p99 of latency was 4,000 ms",
        ),
        (
            load_test(200, lost=0),
            (P99.model_copy(update={"max": 3000.0}), P99.model_copy(update={"max": 90_000.0, "workflow": "each"})),
            "contradicts",
            "p99 of latency was 4,000 ms, where at most 3,000 ms is asked",
        ),
        (
            load_test(200, lost=0),
            (P99.model_copy(update={"max": 90_000.0}), P99.model_copy(update={"max": 3000.0, "workflow": "each"})),
            "contradicts",
            "p99 of latency was 4,000 ms, where at most 3,000 ms is asked",
        ),
        (
            load_test(200, lost=0),
            (P99.model_copy(update={"max": 4000.0}),),
            "silent",
            "p99 of latency was 4,000 ms, which does not settle whether it is at most 4,000 ms",
        ),
        (
            load_test(200, lost=0, p99_low=None, p99_high=None),
            (),
            "silent",
            "p99 of latency was 4,000 ms, stated without samples: no interval, so it settles nothing",
        ),
        (load_test(200, lost=0, p99=None), (), "uncovered", "the load test states no p99 of latency"),
    ],
)
def test_latency_at_the_planned_load_keeps_the_budget_of_the_policy_or_that_of_the_checklist(
    cell: Cell, gates: tuple[Gate, ...], outcome: Outcome, why: str
) -> None:
    assert carried(cell, gates=gates) == (outcome, why)


@pytest.mark.parametrize(
    ("mean", "outcome", "why"),
    [
        (0.02, "supports", "0 of 3,000 were lost, p99 of latency was 4,000 ms and retries per call came to 0.02 count"),
        (0.1, "silent", "retries per call came to 0.1 count, which does not settle whether it is at most 0.1 count"),
        (0.4, "contradicts", "retries per call came to 0.4 count, where at most 0.1 count is asked"),
    ],
)
def test_retries_under_load_stay_in_their_bound_where_they_are_measured(
    mean: float, outcome: Outcome, why: str
) -> None:
    at = {"dimension": "concurrency", "value": "200"}
    assert carried(load_test(200, lost=0), figure("retries_per_call", mean, 3000, sd=0.3, passed=None, **at)) == (
        outcome,
        why,
    )


@pytest.mark.parametrize(
    ("failed", "outcome", "why"),
    [
        (0, "supports", "0 of 3,000 were lost and p99 of latency was 4,000 ms"),
        (30, "silent", "30 of 3,000 were lost, which does not settle whether it is at most 1 %"),
        (90, "contradicts", "90 of 3,000 were lost, where at most 1 % is asked"),
    ],
)
def test_requests_that_failed_as_the_test_counts_them_are_the_lost_ones(failed: int, outcome: str, why: str) -> None:
    at = {"dimension": "concurrency", "value": "200"}
    rate = figure("request_failure_rate", failed / 3000, 3000, passed=failed, stated=True, **at)
    tests = [load_test(200, lost=0, stated=True), rate]
    found = said(LOAD, Held(tests, policy=factories.policy(peak_concurrency=200)))
    assert found == (outcome, f"at 200 requests at once, 200 being planned, {why}")


def test_losses_weigh_no_more_than_latency_under_load() -> None:
    lossy = load_test(200, lost=30, p99=60_000.0, p99_low=58_000.0, p99_high=62_000.0)
    assert carried(lossy)[0] == "contradicts"
    assert carried(load_test(200, lost=30, p99=None)) == ("uncovered", "the load test states no p99 of latency")


def test_a_load_that_is_no_number_is_no_test() -> None:
    cell = load_test(200, lost=0).model_copy(update={"value": "many"})
    assert said(LOAD, Held([cell], policy=factories.policy(peak_concurrency=200)))[0] == "silent"


def test_a_stale_load_test_is_not_called_missing_beside_fresh_latency() -> None:
    policy = factories.policy(peak_concurrency=200)
    assert said(LOAD, Held([latency(800, 3000, 5000)], policy=policy), Held([load_test(200, lost=0)]).stale()) == (
        "silent",
        "no load test counts: the figures of latency by concurrency for 2026.11 date from 21 Sep 2026 "
        "and count for 30 days only",
    )


# gates


@pytest.mark.parametrize(
    ("gates", "why"),
    [
        ([], "the release policy has no gate"),
        ([Gate(metric="task_success", min=0.1)], "no gate of the release policy compares with the baseline"),
    ],
)
def test_a_policy_without_a_gate_or_a_comparison_is_no_gating(gates: list[Gate], why: str) -> None:
    held = Held([figure("task_success", 0.9)], policy=factories.policy(gates=gates))
    assert said(GATES, held) == ("uncovered", why)
    assert partly(GATES, held) == bool(gates)


REGRESSION, FLOOR = Gate(metric="task_success", max_regression=0.1), Gate(metric="groundedness", min=0.8)


@pytest.mark.parametrize(
    ("groundedness", "task", "outcome", "why"),
    [
        (
            0.95,
            0.9,
            "supports",
            "2 of 2 gates pass, the first with Task success at most 10 points below the baseline: 90.",
        ),
        (None, 0.9, "uncovered", "1 of 2 gates cannot be decided: no figure of groundedness is stored"),
        (
            None,
            0.8,
            "uncovered",
            "2 of 2 gates cannot be decided: Task success at most 10 points below the baseline: 80.",
        ),
        (None, None, "silent", "2 of 2 gates cannot be decided: figures of task success are stored for 2026.08 only"),
        (0.8, 0.9, "silent", "1 of 2 gates cannot be decided: Groundedness at least 80 %: 80."),
        (0.6, 0.9, "contradicts", "1 of 2 gates fails: Groundedness at least 80 %: 60."),
        (0.6, 0.5, "contradicts", "2 of 2 gates fail: Task success at most 10 points below the baseline: 50."),
        (0.6, None, "contradicts", "1 of 2 gates fails: Groundedness at least 80 %: 60."),
    ],
)
def test_a_gate_that_is_missing_or_open_is_no_pass_and_one_that_fails_decides(
    groundedness: float | None, task: float | None, outcome: Outcome, why: str
) -> None:
    cells = [figure("task_success", 0.9, version=BASELINE)]
    cells += [figure("task_success", task)] if task else []
    cells += [figure("groundedness", groundedness)] if groundedness else []
    found = said(GATES, Held(cells, policy=factories.policy(gates=[REGRESSION, FLOOR])))
    assert (found[0], found[1][: len(why)]) == (outcome, why)


@pytest.mark.parametrize(("mean", "holds"), [(0.9, True), (0.5, False)])
def test_a_gate_that_fails_admits_a_partial_answer_only_where_another_passes(mean: float, holds: bool) -> None:
    cells = [figure("task_success", 0.9, version=BASELINE), figure("task_success", mean), figure("groundedness", 0.6)]
    assert partly(GATES, Held(cells, policy=factories.policy(gates=[REGRESSION, FLOOR]))) == holds


# traced


def test_traces_without_a_label_show_no_path() -> None:
    assert said(TRACED, Held(traces=[walk(None), walk(None)])) == ("uncovered", "no trace is labelled with its path")


def test_a_path_that_is_only_stale_is_missed() -> None:
    fresh, old = Held(traces=walks()[:2]), Held(traces=walks()[2:]).stale()
    assert said(TRACED, fresh, old) == ("uncovered", f"there is no fresh escalation path of {CANDIDATE}")
    assert partly(TRACED, fresh, old)


def test_a_piece_that_is_asked_for_somewhere_may_stand_in_one_trace() -> None:
    assert (
        said(TRACED, Held(traces=[walk("good"), walk("bad", tool=0), walk("escalation", retrieval=0)]))[0] == "supports"
    )
    assert said(TRACED, Held(traces=walks(tool=0))) == (
        "uncovered",
        f"there is no fresh trace with a tool span of {CANDIDATE}",
    )


@pytest.mark.parametrize(("good", "holds"), [("Yes", True), ("", False)])
def test_a_broken_path_admits_a_partial_answer_only_beside_a_whole_one(good: str, holds: bool) -> None:
    assert partly(TRACED, Held(traces=[walk("good", answer=good), walk("bad", answer="")])) == holds


# failed-tool


@pytest.mark.parametrize(
    ("trace", "outcome"),
    [
        (walk("good", tool_ended="error"), "supports"),
        (walk("good", tool_ended="error", ended="error"), "contradicts"),
        (walk("good", tool_ended="error", answer=""), "contradicts"),
        (walk("escalation", tool_ended="error", ended="error"), "supports"),
        (walk("escalation", tool_ended="error", answer=""), "supports"),
        (walk("good", ended="error"), "uncovered"),
    ],
    ids=["answered", "request failed", "no answer", "handed over", "handed over without an answer", "no tool failed"],
)
def test_a_failed_tool_ends_well_with_an_answer_or_a_handover(trace: Trace, outcome: Outcome) -> None:
    assert said(FAILED_TOOL, Held(traces=[trace]))[0] == outcome


def test_a_failed_tool_in_a_trace_without_a_label_is_told_without_its_id() -> None:
    held = Held(traces=[walk(None, tool_ended="error", answer="")])
    assert said(FAILED_TOOL, held)[1] == (
        "a tool failed in a trace without a label and neither an answer nor a handover came of it"
    )
    assert not partly(FAILED_TOOL, held)
    assert partly(FAILED_TOOL, replace(held, traces=[*held.traces, walk(tool_ended="error")]))


def failing(error: str, path: str = "good", status: str = "error") -> Trace:
    trace = walk(path, tool_ended=status)  # type: ignore[arg-type]
    spans = [span.model_copy(update={"error": error}) if span.kind == "tool" else span for span in trace.spans]
    return trace.model_copy(update={"spans": spans})


TIMED_OUT, HALF = failing("Read timed out after 8 s"), failing("Partial response: 3 of 9 rows", status="unset")
TOOLS = budgets("tool")


@pytest.mark.parametrize(
    ("traces", "policy", "outcome", "why"),
    [
        ([TIMED_OUT, HALF], None, "supports", "2 traces in which a tool failed ended well"),
        (
            [walk(tool_ended="error")],
            TOOLS,
            "supports",
            "1 trace in which a tool failed ended well, and the release policy says what follows",
        ),
        (
            [TIMED_OUT],
            budgets("model"),
            "uncovered",
            "no trace shows partial data of a tool, and no policy says what follows",
        ),
        (
            [walk(tool_ended="error")],
            budgets("tool", timeout_ms=None),
            "uncovered",
            "no trace shows timeout or partial data of a tool, and no policy says what follows",
        ),
        (
            [HALF],
            budgets("tool", fallback=" "),
            "uncovered",
            "no trace shows timeout of a tool, and no policy says what follows",
        ),
    ],
)
def test_each_kind_of_failure_of_a_tool_is_shown_or_settled_in_the_policy(
    traces: list[Trace], policy: ReleasePolicy | None, outcome: Outcome, why: str
) -> None:
    assert said(KINDS_OF_FAILURE, Held(traces=traces, policy=policy)) == (outcome, why)
    if outcome == "uncovered":
        assert partly(KINDS_OF_FAILURE, Held(traces=traces, policy=policy))


# stage-times


def test_time_that_is_all_the_requests_own_belongs_to_no_stage() -> None:
    held = Held(traces=[walk(retrieval=0, tool=0, model=0)])
    assert said(STAGE_TIMES, held) == (
        "contradicts",
        "100.0 % of the time in 1 trace belongs to no stage, 50 % being the most allowed",
    )
    assert not partly(STAGE_TIMES, held)


@pytest.mark.parametrize(("model", "outcome"), [(20, "supports"), (19, "contradicts")])
def test_half_of_the_time_may_belong_to_no_stage(model: int, outcome: Outcome) -> None:
    assert said(STAGE_TIMES, Held(traces=[walk(retrieval=20, tool=10, model=model)]))[0] == outcome


def test_spans_without_an_end_have_no_times() -> None:
    spans = [Span(span_id="a", kind="model", start_ns=0)]
    held = Held(traces=[factories.trace(spans=spans)])
    assert said(STAGE_TIMES, held) == ("uncovered", "the spans of the traces have no times")


# budgets


def test_no_retries_is_a_number_of_retries() -> None:
    held = Held(traces=[walk()], policy=budgets("retrieval", "tool", "model", retries=0))
    assert said(BUDGETS, held) == ("supports", "timeout, retries and fallback are set for retrieval, tool and model")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"retries": None}, "retries of tool"),
        ({"fallback": "  "}, "fallback of tool"),
        ({"timeout_ms": None, "fallback": ""}, "timeout of tool and fallback of tool"),
    ],
)
def test_what_a_budget_does_not_state_is_left_open(fields: dict[str, Any], why: str) -> None:
    stated = budgets("retrieval", "model").budgets | budgets("tool", **fields).budgets
    held = Held(traces=[walk()], policy=factories.policy(budgets=stated))
    assert said(BUDGETS, held) == ("uncovered", f"the release policy leaves open {why}")
    assert partly(BUDGETS, held)


@pytest.mark.parametrize(
    ("stated", "holds"),
    [
        ({}, False),
        ({"rerank": Budget(timeout_ms=9)}, False),
        ({"model": Budget(timeout_ms=9)}, True),
        ({"model": Budget()}, True),
    ],
)
def test_stages_without_a_budget_admit_a_partial_answer_only_where_another_has_one(
    stated: dict[str, Budget], holds: bool
) -> None:
    assert partly(BUDGETS, Held(traces=[walk()], policy=factories.policy(budgets=stated))) == holds


def test_budgets_that_state_nothing_are_held_nowhere() -> None:
    assert not partly(BUDGETS, Held(policy=factories.policy(budgets={"model": Budget(), "tool": Budget()})))


# fields


@pytest.mark.parametrize(
    ("stages", "outcome", "why"),
    [
        ([], "uncovered", "the release policy states no staged path"),
        ([RolloutStage(name="canary")], "uncovered", "the release policy states no share"),
        (
            [RolloutStage(name="shadow", share=0.0)],
            "supports",
            "the release policy states all that is asked: staged path and share",
        ),
        (
            [RolloutStage(name="canary", share=0.1), RolloutStage(name="all")],
            "uncovered",
            "the release policy states no share",
        ),
    ],
)
def test_every_item_of_a_list_must_say_what_is_asked_and_an_empty_list_says_nothing(
    stages: list[RolloutStage], outcome: Outcome, why: str
) -> None:
    held = Held(policy=factories.policy(stages=stages))
    assert said(STAGES, held) == (outcome, why)
    if outcome == "uncovered":
        assert partly(STAGES, held) == bool(stages)


@pytest.mark.parametrize("changes", [{"owner": "  "}, {"owner": ""}, {"steps": []}, {"steps": [" ", ""]}])
def test_blank_strings_state_nothing(changes: dict[str, Any]) -> None:
    (name,) = changes
    held = Held(policy=rollback(**changes))
    assert said(ROLLBACK, held) == ("uncovered", f"the release policy states no {name}")
    assert partly(ROLLBACK, held)
    assert not partly(ROLLBACK, Held(policy=rollback(owner=" ", steps=[" "])))


# staged


CANARY = RolloutStage(name="canary", share=0.05, hours=48, proceed_if="no incident")
FULL = RolloutStage(name="all", share=1)


@pytest.mark.parametrize(
    ("stages", "outcome", "why"),
    [
        ([CANARY, FULL], "supports", "the rollout goes on from canary in 2 stages, each on a condition"),
        (
            [RolloutStage(name="Shadow mode", hours=72, proceed_if="no gate fails"), FULL],
            "supports",
            "the rollout goes on from Shadow mode in 2 stages, each on a condition",
        ),
        ([], "uncovered", "the release policy has no staged path"),
        ([FULL], "uncovered", "the release policy has no stage below full share with another after it"),
        ([CANARY], "uncovered", "the release policy has no stage below full share with another after it"),
        ([FULL, CANARY], "uncovered", "the release policy has no stage below full share with another after it"),
        (
            [CANARY, CANARY.model_copy(update={"name": "half", "share": None, "proceed_if": " "}), FULL],
            "uncovered",
            "the release policy states no share of traffic for half or condition to go on for half",
        ),
        (
            [CANARY.model_copy(update={"hours": None}), FULL],
            "uncovered",
            "the release policy states no duration for canary",
        ),
        (
            [CANARY.model_copy(update={"hours": 0, "proceed_if": "TBD"}), FULL],
            "uncovered",
            "the release policy states no duration for canary or condition to go on for canary",
        ),
    ],
)
def test_a_rollout_is_staged_where_each_stage_but_the_last_says_what_it_takes_to_go_on(
    stages: list[RolloutStage], outcome: Outcome, why: str
) -> None:
    assert said(STAGED, Held(policy=factories.policy(stages=stages))) == (outcome, why)


# approvers


def approving(**names: str) -> Held:
    given = [Approver(role=role, name=name) for role, stated in names.items() for name in stated.split("/")]
    return Held(policy=factories.policy(approvers=given))


def test_three_roles_need_three_people_however_their_names_are_written() -> None:
    assert said(APPROVERS, approving(quality="Zoé", policy="ZOE\u0301", operations="omar")) == (
        "uncovered",
        "one person approves for several roles, ZOE\u0301 for quality and policy",
    )
    assert said(APPROVERS, approving(quality="ann lee", policy=" Ann  Lee ", operations="ANN LEE"))[0] == "uncovered"
    assert partly(APPROVERS, approving(quality="ann", policy="ann", operations="omar"))
    assert not partly(APPROVERS, approving(quality="ann", policy="ann", operations="ann"))


def test_somebody_with_several_roles_is_no_bar_where_others_stand_beside_them() -> None:
    assert said(APPROVERS, approving(quality="ann/bob", policy="ann", operations="cy"))[0] == "supports"
    assert said(APPROVERS, approving(quality="ann/bob", policy="ann/bob", operations="ann/bob"))[0] == "uncovered"


def test_one_owner_may_have_all_duties_after_launch() -> None:
    owners = Owners(incident_response="dana", release_review="dana", weekly_decisions="dana")
    assert shipped("ownership", Held(monitoring=factories.monitoring(owners=owners))).outcome == "supports"


def test_a_role_without_a_name_has_no_approver() -> None:
    named = [Approver(role="quality", name="quinn"), Approver(role="policy", name="  ")]
    held = Held(policy=factories.policy(approvers=named))
    assert said(APPROVERS, held) == ("uncovered", "the release policy names no policy or operations approver")
    assert (partly(APPROVERS, held), partly(APPROVERS, Held(policy=factories.policy(approvers=[])))) == (True, False)


def test_the_data_that_a_rollback_touches_is_asked_for() -> None:
    found = shipped("rollback-rehearsal", Held(policy=rollback(data_dependencies=" ")))
    assert found == CheckResult("uncovered", "the release policy states no data that a rollback touches")


# rehearsal


@pytest.mark.parametrize(
    ("days", "ended", "outcome", "why"),
    [
        (2, "passed", "silent", "the rehearsal is dated 22 Nov 2026, which is still to come"),
        (1, "passed", "silent", "the rehearsal is dated 21 Nov 2026, which is still to come"),
        (0, "passed", "supports", "the rehearsal of 20 Nov 2026 is recorded as passed"),
        (0, "failed", "contradicts", "the rehearsal of 20 Nov 2026 is recorded as failed"),
        (0, None, "uncovered", "the outcome of the rehearsal of 20 Nov 2026 is not stated"),
        (-90, "passed", "supports", "the rehearsal of 22 Aug 2026 is recorded as passed"),
        (-91, "passed", "silent", "the last rehearsal, of 21 Aug 2026, is more than 90 days old"),
        (-91, "failed", "silent", "the last rehearsal, of 21 Aug 2026, is more than 90 days old"),
    ],
)
def test_a_rehearsal_counts_from_its_day_until_it_is_too_old(
    days: int, ended: str | None, outcome: Outcome, why: str
) -> None:
    assert said(REHEARSAL, Held(policy=rollback(rehearsed_on=day(days), rehearsal=ended))) == (outcome, why)


def test_a_rehearsal_without_a_date_is_not_covered() -> None:
    held = Held(policy=rollback(rehearsed_on=None))
    assert said(REHEARSAL, held) == ("uncovered", "the release policy holds no date of a rehearsal")
    assert not partly(REHEARSAL, held)


@pytest.mark.parametrize(
    ("policy", "days"),
    [
        (None, []),
        (rollback(rehearsed_on=None), []),
        (rollback(rehearsed_on=day(-9)), [day(-9), day(82)]),
        (rollback(rehearsed_on=dt.date.max - dt.timedelta(days=91)), [dt.date(9999, 10, 1), dt.date.max]),
        (rollback(rehearsed_on=dt.date.max), [dt.date.max, dt.date.max]),
    ],
)
def test_time_changes_what_a_rehearsal_shows_on_its_day_and_on_the_first_on_which_it_is_too_old(
    policy: ReleasePolicy | None, days: list[dt.date]
) -> None:
    assert documents.turns(REHEARSAL, policy) == days


# covers


def test_an_alert_that_reaches_nobody_or_has_no_condition_yet_watches_nothing() -> None:
    drift = Alert(metric="drift", condition="> 0.1", route="on call")
    for changed, why in (
        ({"route": " "}, "the monitoring plan has no route for the alert on task_success"),
        ({"route": "nobody"}, "the monitoring plan has no route for the alert on task_success"),
        ({"condition": "TBD"}, "the monitoring plan has no alert on task_success"),
    ):
        alert = Alert(metric="task_success", condition="< 0.9", route="on call").model_copy(update=changed)
        assert said(COVERS, Held(monitoring=factories.monitoring(alerts=[drift, alert]))) == ("uncovered", why)


def test_an_owner_who_is_still_to_be_named_owns_nothing() -> None:
    check = next(check for check in CHECKLIST.signal("ownership").checks if isinstance(check, FieldsCheck))
    owners = Owners(incident_response="TBD", release_review="nobody", weekly_decisions="omar")
    assert said(check, Held(monitoring=factories.monitoring(owners=owners))) == (
        "uncovered",
        "the monitoring plan states no owner of incident response or owner of release review",
    )


def test_owners_that_are_asked_for_together_are_stated_by_any_of_them() -> None:
    check = FieldsCheck(kind="fields", document="monitoring", fields={"owners": "owners"})
    assert said(check, Held(monitoring=factories.monitoring(owners=Owners(weekly_decisions="omar")))) == (
        "supports",
        "the monitoring plan states all that is asked: owners",
    )


def test_a_measure_is_covered_in_any_case_and_spacing() -> None:
    check = CoversCheck(kind="covers", measures=("task_success", "Drift"))
    plan = factories.monitoring(covers=[" Task_Success ", "DRIFT"])
    assert said(check, Held(monitoring=plan)) == (
        "supports",
        "the monitoring plan covers task_success and Drift by cohort, each with an alert",
    )


@pytest.mark.parametrize(
    ("alerts", "missing"),
    [
        ([], "task_success or drift"),
        ([("task_success", "below 0.9")], "drift"),
        ([("task_success", "below 0.9"), ("drift", " ")], "drift"),
        ([("task_success", "below 0.9"), ("adrift", "yes")], "drift"),
        ([("Task success", "below 0.9"), ("input_drift", "PSI above 0.2")], ""),
        ([("quality", "task_success below 0.9"), ("embeddings", "drift above 0.2 for a day")], ""),
    ],
)
def test_a_list_of_words_covers_nothing_without_an_alert_on_each(alerts: list[tuple[str, str]], missing: str) -> None:
    stated = [Alert(metric=metric, condition=condition, route="on call") for metric, condition in alerts]
    held = Held(monitoring=factories.monitoring(alerts=stated))
    outcome, why = said(COVERS, held)
    if missing:
        assert (outcome, why) == ("uncovered", f"the monitoring plan has no alert on {missing}")
        assert partly(COVERS, held) == bool(alerts)
    else:
        assert outcome == "supports"


@pytest.mark.parametrize(
    ("fields", "why", "holds"),
    [
        ({"covers": ["drift"]}, "does not cover task_success", True),
        ({"covers": []}, "does not cover task_success or drift", False),
        ({"by_cohort": False}, "does not look at cohorts", True),
    ],
)
def test_a_plan_must_cover_every_measure_and_look_at_cohorts(fields: dict[str, Any], why: str, holds: bool) -> None:
    held = Held(monitoring=factories.monitoring(**fields))
    assert said(COVERS, held) == ("uncovered", f"the monitoring plan {why}")
    assert partly(COVERS, held) == holds


# complete


def test_a_packet_of_which_no_part_is_complete_admits_no_partial_answer() -> None:
    assert not partly(COMPLETE, Held())
    assert partly(COMPLETE, Held(policy=factories.policy()))


# What the assessment expects


def expecting(*cells: Cell, workflows: tuple[str, ...] = (), cohorts: tuple[str, ...] = ()) -> EvidenceContext:
    expected = Expected(workflows=dict.fromkeys(workflows, 0.1), cohorts=dict.fromkeys(cohorts, 0.1))
    return ground(Held(cells, assessment=factories.assessment(expected=expected)))


def test_what_is_expected_is_looked_at_and_nothing_else() -> None:
    cells = [*of("task_success", "language", en=0.9, ja=0.8), *of("task_success", "tenant", acme=0.7)]
    context = expecting(*cells, cohorts=("language=en", "language=fr", "tenant=acme"))
    assert context.by("task_success", "cohort") == {
        "language=en": cells[0],
        "language=fr": None,
        "tenant=acme": cells[2],
    }
    assert context.by("task_success", "language") == {"language=en": cells[0], "language=fr": None}
    assert context.expected("tenant") == ("tenant=acme",)


def test_a_dimension_or_workflow_of_which_nothing_is_expected_is_looked_at_as_it_is_stored() -> None:
    cells = [*of("task_success", "language", en=0.9), *of("task_success", "workflow", chat=0.7)]
    context = expecting(*cells, cohorts=("tenant=acme",))
    assert context.by("task_success", "language") == {"language=en": cells[0]}
    assert context.by("task_success", "workflow") == {"chat": cells[1]}
    assert context.by("task_success", "cohort") == {"tenant=acme": None}


@pytest.mark.parametrize("mean", [0.95, 0.1])
def test_a_cohort_that_is_not_expected_speaks_neither_for_nor_against(mean: float) -> None:
    known = of("task_success", "language", en=0.9, ja=0.88)
    both = ("language=en", "language=ja")
    beside = of("task_success", "language", fr=mean)
    for check in (MEASURED, BY_COHORT):
        held = replace(Held([*known, *beside]), assessment=expecting(cohorts=both).facts.assessment)
        assert said(check, held) == said(check, replace(held, cells=known))


def test_a_cohort_that_is_expected_and_has_no_data_is_left_out() -> None:
    held = Held(of("task_success", "language", en=0.9, ja=0.88))
    held = replace(held, assessment=expecting(cohorts=("language=en", "language=fr")).facts.assessment)
    assert said(MEASURED, held) == ("uncovered", "fewer than 30 cases measure task success for language=fr (n 0)")


# What is said of evidence that does not count


@pytest.mark.parametrize(
    ("measured_on", "why"),
    [
        (None, "have no date of measurement"),
        (day(2), "are dated 22 Nov 2026, which is still to come"),
        (day(-31), "date from 20 Oct 2026 and count for 30 days only"),
    ],
)
def test_evidence_that_does_not_count_says_why(measured_on: dt.date | None, why: str) -> None:
    file = factories.evidence(measured_on=measured_on)
    held = Held([figure("task_success", 0.9)], [walk()], file=file)
    assert said(LEVEL, held) == ("silent", f"the figures of task success for {CANDIDATE} {why}")
    assert said(FAILED_TOOL, held) == ("silent", f"the traces of {CANDIDATE} {why}")


def test_of_several_files_that_are_too_old_the_one_measured_last_says_so() -> None:
    files = [factories.evidence(f"{days}.csv", measured_on=day(-days)) for days in (60, 31, 90)]
    held = [Held([figure("task_success", 0.9)], file=file) for file in files]
    why = f"the figures of task success for {CANDIDATE} date from 20 Oct 2026 and count for 30 days only"
    assert said(LEVEL, *held) == ("silent", why)


def test_evidence_that_does_not_add_up_says_so_also_beside_what_is_too_old() -> None:
    doubt = Doubt(kind="total", what="passes", stated="40", counted="30")
    held = Held([figure("task_success", 0.9)], [walk()], file=factories.evidence("odd.csv", doubts=[doubt]))
    why = "do not add up (odd.csv: the file states 40 for passes, and its rows give 30)"
    for more in ([], [Held(held.cells, held.traces).stale()]):
        assert said(LEVEL, *more, held) == ("silent", f"the figures of task success for {CANDIDATE} {why}")
        assert said(FAILED_TOOL, *more, held) == ("silent", f"the traces of {CANDIDATE} {why}")


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (
            [Held(of("task_success", "workflow", refund=0.9)).stale()],
            f"the figures of task success for {CANDIDATE} date from 21 Sep 2026 and count for 30 days only",
        ),
        (
            [Held(earlier(of("task_success", "workflow", refund=0.9)))],
            f"figures of task success are stored for {BASELINE} only, not for {CANDIDATE}",
        ),
        (
            [
                Held(of("task_success", "workflow", refund=0.9)).stale(),
                Held(earlier(of("task_success", "language", en=0.9))),
            ],
            f"figures of task success by cohort are stored for {BASELINE} only, not for {CANDIDATE}",
        ),
    ],
    ids=["stale", "baseline", "baseline, as asked"],
)
def test_figures_that_are_split_otherwise_say_why_they_do_not_count_where_none_are_split_as_asked(
    held: list[Held], why: str
) -> None:
    assert said(MEASURED, *held) == ("silent", why)


def test_only_fresh_files_with_cases_of_the_candidate_are_stored_for_a_signal() -> None:
    figures = [figure("task_success", 0.9)]
    files = {"Now.csv": figures, "Before.csv": earlier(figures), "Empty.csv": [figure("task_success", None, 0)]}
    held = [Held(cells, file=factories.evidence(name)) for name, cells in files.items()]
    other = Held([figure("groundedness", 0.9)], file=factories.evidence("Other.csv"))
    old = Held(figures, file=factories.evidence("Old.csv", measured_on=day(-60)))
    found = findings.find(CHECKLIST, {}, ground(*held, other, old))["cohort-success"]
    assert found.stored == {"scorecard", "now.csv"}
    assert found.absent == {*PARTS, "before.csv", "empty.csv", "other.csv", "old.csv"} - {"scorecard"}


SCORES = [figure("task_success", 0.93), figure("tool_success", 0.97), latency(900, 2000, 4000)]
SCORED, WALKED = {"scorecard", "scores.csv"}, {"traces", "spans.jsonl"}


@pytest.mark.parametrize(
    ("signal", "held"),
    [
        ("cohort-success", SCORED),
        ("capacity", SCORED),
        ("hard-queries", set()),
        ("tool-failure", SCORED | WALKED),
        ("stage-timing", WALKED),
        ("traceability", WALKED),
        ("tail-latency", SCORED | {"policy"}),
        ("retry-budget", {"policy"}),
        ("regression-gates", {"policy"}),
        ("staged-rollout", {"policy"}),
        ("rollback-rehearsal", {"policy"}),
        ("sign-off", {"policy"}),
        ("outcome-monitoring", SCORED | {"monitoring"}),
        ("ownership", {"monitoring"}),
    ],
)
def test_what_is_stored_for_a_signal_are_the_parts_and_files_that_its_checks_look_at(
    signal: str, held: set[str]
) -> None:
    asked = CHECKLIST.signal(signal)
    scores = Held(
        SCORES, (), factories.policy(), factories.monitoring(), marks={}, file=factories.evidence("Scores.csv")
    )
    spans = Held(traces=walks(), file=factories.evidence("Spans.jsonl"))
    every = frozenset([*PARTS, "scores.csv", "spans.jsonl"])
    assert stored.names(asked, ground(scores, spans)) == (frozenset(held), every - held)
    assert stored.names(asked, ground(Held())) == (frozenset(), frozenset(PARTS))


@pytest.mark.parametrize(("check", "held"), [(ROLLBACK, {"policy"}), (REHEARSAL, {"policy"}), (COVERS, {"monitoring"})])
def test_a_signal_with_a_single_check_has_the_document_that_it_looks_at(check: Check, held: set[str]) -> None:
    signal = CHECKLIST.signal("ownership").model_copy(update={"checks": (check,)})
    context = ground(Held(policy=factories.policy(), monitoring=factories.monitoring()))
    assert stored.names(signal, context) == (frozenset(held), frozenset(PARTS) - held)


# Partial answers


@pytest.mark.parametrize(
    ("answer", "means", "outcome"),
    [
        ("no", {"en": 0.95, "ja": 0.6}, "contradicts"),
        ("partial", {"en": 0.95, "ja": 0.6}, "supports"),
        ("partial", {"en": 0.7, "ja": 0.6}, "contradicts"),
        ("partial", {"en": 0.8, "ja": 0.6}, "contradicts"),
        ("yes", {"en": 0.95, "ja": 0.6}, "contradicts"),
    ],
)
def test_a_partial_answer_is_contradicted_only_where_nothing_shows_that_control_holds(
    answer: MarkValue, means: dict[str, Any], outcome: Outcome
) -> None:
    cells = [figure("answer_mode_labelled", 0.99), *of("groundedness", "language", **means)]
    assert shipped("grounded-boundary", Held(cells), answer=answer).outcome == outcome


def test_one_check_that_nothing_upholds_contradicts_a_partial_answer_beside_others() -> None:
    cells = [figure("answer_mode_labelled", 0.5), *of("groundedness", "language", en=0.95, ja=0.6)]
    assert shipped("grounded-boundary", Held(cells), answer="partial").outcome == "contradicts"


def test_no_more_than_two_checks_speak_and_each_reason_once() -> None:
    assert len(CHECKLIST.signal("workflow-breadth").checks) > SAID
    cells = split("task_success", "workflow", refund=0.93, quote=0.92, claim=0.93)
    assert shipped("workflow-breadth", Held(cells)).why.count("; ") == SAID - 1
    assert shipped("rollback-rehearsal", Held()).why == "no release policy is stored"


# judged


def labelled(hit: int, missed: int, rejected: int, accepted: int) -> list[Cell]:
    """The agreement of a judge as it is stored, of labels of another version of the system."""
    labels = Labels(hit, missed, rejected, accepted)
    rates = {"tpr": (hit, hit + missed), "tnr": (rejected, rejected + accepted)}
    return [
        Cell(version=BASELINE, metric="judge_kappa/groundedness", n=labels.n, mean=labels.kappa),
        *(
            Cell(version=BASELINE, metric=f"judge_{kind}/groundedness", unit="ratio", n=of, mean=met / of, passed=met)
            for kind, (met, of) in rates.items()
        ),
    ]


def judged_by(*judges: Judge, metric: str = "groundedness") -> ReleasePolicy:
    named = list(judges) or [Judge(metric="groundedness", judge="model-x", prompt="v3")]
    return factories.policy(gates=[Gate(metric=metric, min=0.8)], judges=named)


GROUNDED = figure("groundedness", 0.93)


@pytest.mark.parametrize(
    ("labels", "outcome", "why"),
    [
        ((70, 5, 38, 7), "supports", "κ 0.78 (n 120, 95 % interval 0.64 to 0.89), where κ of at least 0.6 is asked"),
        ((55, 20, 25, 20), "contradicts", "where κ of at least 0.6 is asked"),
        ((66, 9, 36, 9), "silent", "which does not settle whether κ is at least 0.6"),
        ((35, 2, 19, 3), "uncovered", "where 100 cases are asked"),
        ((120, 0, 0, 0), "uncovered", "gave all 120 cases one label"),
    ],
)
def test_a_judge_behind_a_gate_must_agree_with_people(
    labels: tuple[int, int, int, int], outcome: Outcome, why: str
) -> None:
    agreement = labelled(*labels) if labels[2] else [Cell(version=BASELINE, metric="judge_kappa/groundedness", n=120)]
    found = said(JUDGED, Held([GROUNDED, *agreement], policy=judged_by()))
    assert found[0] == outcome, found
    assert why in found[1]


def test_a_judge_that_nobody_held_against_people_leaves_the_claim_uncovered() -> None:
    assert said(JUDGED, Held([GROUNDED], policy=judged_by())) == (
        "uncovered",
        "groundedness is scored by model-x, prompt v3, which nobody held against people",
    )


def test_a_stated_agreement_counts_and_is_said_to_be_stated() -> None:
    stated = Judge(metric="groundedness", judge="model-x", n=200, kappa=0.85)
    outcome, why = said(JUDGED, Held([GROUNDED], policy=judged_by(stated)))
    assert (outcome, "as stated" in why) == ("supports", True)


def test_of_several_judges_the_one_that_nobody_checked_decides() -> None:
    judges = [Judge(metric="groundedness", judge=name, **stated) for name, stated in JUDGES.items()]
    assert said(JUDGED, Held([GROUNDED], policy=judged_by(*judges)))[0] == "uncovered"


JUDGES: dict[str, dict[str, Any]] = {"model-x": {"n": 200, "kappa": 0.85}, "model-y": {}}


@pytest.mark.parametrize(("n", "outcome"), [(99, "uncovered"), (100, "supports")])
def test_an_agreement_counts_from_the_number_of_cases_that_is_asked_for(n: int, outcome: Outcome) -> None:
    held = Held([GROUNDED], policy=judged_by(Judge(metric="groundedness", judge="model-x", n=n, kappa=0.95)))
    assert said(JudgedCheck(kind="judged", min_n=100), held)[0] == outcome


def test_an_interval_of_agreement_that_ends_on_the_bound_is_open_and_one_that_begins_there_keeps_it() -> None:
    labels = Labels(70, 5, 38, 7)
    assert labels.interval is not None
    outcomes = [
        said(JudgedCheck(kind="judged", min_kappa=bound), Held([GROUNDED, *labelled(70, 5, 38, 7)], policy=judged_by()))
        for bound in (labels.interval.low, labels.interval.high)
    ]
    assert [outcome for outcome, _ in outcomes] == ["supports", "silent"]


@pytest.mark.parametrize("metrics", [(), ("groundedness",)])
@pytest.mark.parametrize(
    ("named", "gated"),
    [
        ("groundedness", "groundedness"),
        ("groundedness", "groundedness@model-x"),
        ("groundedness@model-x", "groundedness"),
        ("groundedness@model-x", "groundedness@model-x"),
    ],
)
def test_a_judge_is_asked_about_whether_it_or_the_gate_names_the_judge_in_the_metric(
    named: str, gated: str, metrics: tuple[str, ...]
) -> None:
    gates = [Gate(metric=metric, min=0.8) for metric in ("task_success", gated)]
    policy = factories.policy(gates=gates, judges=[Judge(metric=named, judge="model-x")])
    assert said(JudgedCheck(kind="judged", metrics=metrics), Held([GROUNDED], policy=policy))[0] == "uncovered"


@pytest.mark.parametrize("metrics", [(), ("citation_validity",)])
def test_only_judges_of_metrics_that_gates_rest_on_are_asked_about(metrics: tuple[str, ...]) -> None:
    check = JudgedCheck(kind="judged", metrics=metrics)
    policy = judged_by(metric="task_success") if not metrics else judged_by()
    assert said(check, Held([GROUNDED], policy=policy))[0] == "silent"


def test_a_signal_without_a_judge_is_answered_as_before() -> None:
    before = earlier(of("task_success", "language", en=0.93, ja=0.92))
    cells = [*split("task_success", "language", en=0.93, ja=0.92), *before]
    assert shipped("cohort-success", Held(cells)).outcome == "supports"
    named = factories.policy(judges=[Judge(metric="task_success", judge="model-x")])
    assert shipped("cohort-success", Held(cells, policy=named)).outcome == "uncovered"


def test_a_metric_that_only_a_judge_has_by_name_answers_for_the_metric() -> None:
    cells = [
        cell.model_copy(update={"metric": "task_success@model-x"})
        for cell in split("task_success", "language", en=0.93, ja=0.92)
    ]
    assert said(MEASURED, Held(cells))[0] == "supports"


@pytest.mark.parametrize(
    ("named", "found"),
    [
        (["model-x"], ("supports", "task success came to 95.0 %")),
        (["model-y"], ("contradicts", "task success came to 60.0 %")),
        (["model-y", "model-z"], ("contradicts", "task success came to 60.0 %")),
        (["model-x", "model-y"], ("silent", "no figure of task success is stored")),
        (["model-z"], ("silent", "no figure of task success is stored")),
        ([], ("silent", "no figure of task success is stored")),
    ],
)
def test_of_two_judges_the_one_that_the_policy_names_answers_for_the_metric(
    named: list[str], found: tuple[Outcome, str]
) -> None:
    scores = {"model-x": 0.95, "model-y": 0.6}
    cells = [
        figure("task_success", mean).model_copy(update={"metric": f"task_success@{by}"}) for by, mean in scores.items()
    ]
    policy = factories.policy(judges=[Judge(metric="task_success", judge=name) for name in named])
    outcome, why = said(LEVEL, Held(cells, policy=policy))
    assert (outcome, why.partition(" (")[0]) == found


@pytest.mark.parametrize(("check", "mean"), [(SPREAD, 0.732), (BY_LANGUAGE, 0.745)], ids=["spread", "level"])
def test_one_of_many_cohorts_that_is_bad_by_chance_contradicts_nothing(check: Check, mean: float) -> None:
    few = split("task_success", "language", ja=mean, de=0.9)
    many = split("task_success", "language", 400, ja=mean, **{f"c{at}": 0.9 for at in range(60)})
    assert said(check, Held(few))[0] == "contradicts"
    assert said(check, Held(many))[0] == "silent"
