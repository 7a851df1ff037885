"""The scorecard in words, from figures alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from readiness.model.cells import Cell
from readiness.model.judges import Judge
from readiness.model.policy import Gate
from readiness.review import scorecard_words
from readiness.review.review import Review
from readiness.scorecard import display
from readiness.scorecard.compare import ScorecardRow
from readiness.scorecard.display import Board
from tests import factories
from tests.factories import BASELINE, CANDIDATE, cell
from tests.review.dossiers import RESULTS, measured, reviewed, revision


def both(before: float, now: float, n: int = 400, **fields: Any) -> list[Cell]:
    return [cell(BASELINE, before, n=n, **fields), cell(CANDIDATE, now, n=n, **fields)]


def cohort(value: str, before: float, now: float, **fields: Any) -> list[Cell]:
    return both(before, now, dimension="language", value=value, **fields)


def latency(version: str, n: int, p95: float, **fields: Any) -> Cell:
    bounds: dict[str, Any] = {"p95": p95, "p95_low": p95 - 20, "p95_high": p95 + 20, "unit": "ms", "passed": None}
    return cell(version, 500.0, metric="latency_ms", direction="lower", n=n, **bounds | fields)


def only(review: Review) -> ScorecardRow:
    (row,) = review.rows
    return row


SUCCESS = "Task success"


@pytest.mark.parametrize(
    ("cells", "gate", "said"),
    [
        ([cell(mean=0.99)], {"min": 0.9}, "✓ pass"),
        ([cell(mean=0.5)], {"min": 0.9}, "✕ fail"),
        ([cell(mean=0.9)], {"min": 0.9}, "? inconclusive"),
        ([], {"min": 0.9}, "– no data"),
        ([cell(BASELINE)], {"min": 0.9}, "– no data"),
        ([cell(mean=0.9, n=None)], {"min": 0.95}, "? inconclusive"),
        ([cell(mean=None)], {"min": 0.9}, "– no data"),
        ([cell(mean=0.9)], {"max_regression": 0.1}, "– not judged"),
        ([cell(mean=0.9)], {"max_regression": 0.1, "stat": "p95"}, "– no data"),
    ],
)
def test_a_gate_that_has_a_figure_and_cannot_be_judged_is_not_called_one_without_data(
    cells: list[Cell], gate: dict[str, Any], said: str
) -> None:
    (result,) = measured(cells, Gate(metric="task_success", **gate)).gates
    assert scorecard_words.gate(result) == said


def test_a_gate_on_a_row_of_the_baseline_alone_has_no_data() -> None:
    (result,) = measured([], Gate(metric="task_success", min=0.9)).gates
    row = ScorecardRow("task_success", "*", "*", cell(BASELINE), None)
    assert scorecard_words.gate(replace(result, row=row)) == "– no data"


def test_a_gate_is_told_with_the_name_of_its_metric_and_the_unit_of_its_figure() -> None:
    review = measured(
        [cell(), cell(metric="no_leak")], Gate(metric="task_success", min=0.9), Gate(metric="no_leak", min=1)
    )
    assert [scorecard_words.gate_asked(review, result) for result in review.gates] == [
        "Task success at least 90 %",
        "no_leak at least 100 %",
    ]


@pytest.mark.parametrize(
    ("cells", "lead"),
    [
        ([], ""),
        ([cell()], ""),
        ([*both(0.9, 0.9, metric="groundedness"), *both(0.9, 0.9)], "task_success"),
        ([*both(0.9, 0.9, metric="mood"), *both(0.9, 0.9, metric="groundedness")], "groundedness"),
        ([*both(0.9, 0.9, metric="groundedness"), cell()], "groundedness"),
        ([*both(0.9, 0.8, metric="mood", direction="unknown"), *both(0.9, 0.8, metric="tone")], "tone"),
        ([*both(0.9, 0.8, metric="mood", direction="unknown")], "mood"),
        (
            [
                *both(0.2, 0.3, metric="escalation_rate", direction="informational"),
                *both(3, 4, metric="x", direction="unknown"),
            ],
            "escalation_rate",
        ),
    ],
)
def test_task_success_speaks_first_where_it_can_be_judged_and_else_what_can(cells: list[Cell], lead: str) -> None:
    assert scorecard_words.lead_metric(measured(cells)) == lead


def test_metrics_of_which_nobody_says_which_way_is_better_are_told_once_with_what_to_do() -> None:
    unknown = [
        *both(0.1, 0.2, metric="mood", direction="unknown"),
        *cohort("de", 0.1, 0.2, metric="mood", direction="unknown"),
    ]
    alone = [cell(metric="tone", direction="unknown")]
    review = measured(
        [*both(0.9, 0.9), *unknown, *alone, *both(0.2, 0.3, metric="escalation_rate", direction="informational")]
    )
    assert scorecard_words.undirected(review) == ["mood"]
    assert scorecard_words.how_to_direct([]) == ""
    assert scorecard_words.how_to_direct(["mood", "tone"]).startswith(
        "Which way is better is not stated for mood and tone: import the file again with --map "
    )


# The sentence


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (both(0.9, 0.9), f"{SUCCESS}: unchanged overall; no cohort is named."),
        (both(0.9, 0.91), f"{SUCCESS}: no clear change (+1.0 points, not beyond chance) overall; no cohort is named."),
        (both(0.8, 0.95), f"{SUCCESS}: better (+15.0 points) overall; no cohort is named."),
        (
            [*both(0.9, 0.9), *both(0.9, 0.2, workflow="refund", dimension="language", value="de")],
            f"{SUCCESS}: unchanged overall; no cohort is named.",
        ),
        (
            [*both(0.9, 0.9), *cohort("de", 0.9, 0.95)],
            f"{SUCCESS}: unchanged overall; no cohort is worse beyond chance.",
        ),
        (
            [*both(0.9, 0.9), *cohort("de", 0.9, 0.9)],
            f"{SUCCESS}: unchanged overall; no cohort is worse beyond chance.",
        ),
        (
            [*both(0.9, 0.9), *cohort("de", 0.9, 0.895), *cohort("ja", 0.9, 0.89)],
            f"{SUCCESS}: unchanged overall; no cohort is worse beyond chance, "
            "Japanese (language=ja: −1.0 points, 400 cases) lost most.",
        ),
        (
            [*both(0.9, 0.9), *cohort("de", 0.9, 0.7)],
            f"{SUCCESS}: unchanged overall, but worse for German (language=de: −20.0 points, 400 cases).",
        ),
        (
            [*both(0.9, 0.9), *cohort("de", 0.9, 0.9), *cohort("fr", 0.9, 0.91), *cohort("ja", 0.9, 0.895)],
            f"{SUCCESS}: unchanged overall; no cohort is worse beyond chance, "
            "Japanese (language=ja: −0.5 points, 400 cases) lost most.",
        ),
        (
            [*both(0.9, 0.9), *cohort("de", 0.9, 0.7), *cohort("ja", 0.9, 0.6)],
            f"{SUCCESS}: unchanged overall, but worse for Japanese (language=ja: −30.0 points, 400 cases), "
            "and 1 more cohort.",
        ),
        (
            [*both(0.9, 0.7), *cohort("de", 0.9, 0.7), *cohort("ja", 0.9, 0.6), *cohort("fr", 0.9, 0.65)],
            f"{SUCCESS}: worse (−20.0 points) overall, and worse for Japanese (language=ja: −30.0 points, 400 cases), "
            "and 2 more cohorts.",
        ),
        (
            [
                *both(0.9, 0.9),
                *cohort("de", 0.9, 0.7),
                *both(0.9, 0.2, metric="tone", dimension="language", value="ja"),
            ],
            f"{SUCCESS}: unchanged overall, but worse for German (language=de: −20.0 points, 400 cases).",
        ),
    ],
)
def test_the_scorecard_is_the_change_overall_and_the_cohort_that_is_worse_or_lost_most(
    cells: list[Cell], said: str
) -> None:
    assert scorecard_words.scorecard(measured(cells)) == said


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ([cell(mean=0.93)], "93.0 %, with nothing of the baseline to compare it with"),
        ([cell(BASELINE, 0.91)], "91.0 %, with nothing of the candidate to compare it with"),
        ([cell(mean=None)], "baseline and candidate cannot be compared yet"),
        (cohort("de", 0.9, 0.8), "baseline and candidate cannot be compared yet"),
        (
            [cell(BASELINE, 0.9, unit="ratio"), cell(mean=90.0, unit="%", passed=None)],
            "the units of baseline and candidate differ, so they are not compared",
        ),
        (both(0.9, 0.8, direction="unknown", metric="mood"), "−10.0 points overall; which way is better is not stated"),
        (
            both(0.9, 0.8, direction="informational", metric="mood"),
            "−10.0 points overall; neither way is better as such",
        ),
    ],
)
def test_where_better_and_worse_cannot_be_said_it_is_told_what_there_is(cells: list[Cell], why: str) -> None:
    metric = cells[0].metric
    name = SUCCESS if metric == "task_success" else metric
    assert scorecard_words.scorecard(measured(cells), metric) == f"{name}: {why}."


def test_a_quantile_of_too_few_cases_is_not_compared() -> None:
    few, many = (
        [latency(BASELINE, 40, 900), latency(CANDIDATE, 40, 950)],
        [latency(BASELINE, 400, 900), latency(CANDIDATE, 400, 950)],
    )
    assert scorecard_words.scorecard(measured(few), "latency_ms", "p95") == "Latency p95: too few cases for p95."
    assert scorecard_words.scorecard(measured(many), "latency_ms", "p95") == (
        "Latency p95: worse (+50 ms) overall; no cohort is named."
    )
    assert scorecard_words.changed(only(measured(few)), "p95") == "too few cases"
    assert scorecard_words.changed(only(measured(many)), "p95") == "+50 ms"
    assert scorecard_words.changed(only(measured([latency(CANDIDATE, 400, 950)])), "p95") == "no data"
    assert scorecard_words.scorecard(measured([latency(CANDIDATE, 40, 950)]), "latency_ms", "p95") == (
        "Latency p95: 950 ms, with nothing of the baseline to compare it with."
    )


# Margins and the board


MARGIN = Gate(metric="task_success", min=0.5, same_within=0.1)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([*cohort("de", 0.9, 0.9), *cohort("ja", 0.9, 0.89)], "no cohort is worse"),
        ([*cohort("de", 0.9, 0.95), *cohort("ja", 0.8, 0.95)], "no cohort is worse"),
        (
            [*cohort("de", 0.9, 0.9), *cohort("en", 0.9, 0.9, n=40), *cohort("ja", 0.9, 0.875, n=40)],
            "no cohort is worse beyond chance, but for 2 of 3 it cannot be told, "
            "Japanese (language=ja: −2.5 points, 40 cases) lost most",
        ),
        (
            [*cohort("de", 0.9, 0.88), *cohort("en", 0.9, 0.9, n=40)],
            "no cohort is worse beyond chance, but for 1 of 2 it cannot be told",
        ),
        (
            [*cohort("de", 0.9, 0.925, n=40), *cohort("ja", 0.9, 0.95, n=40)],
            "no cohort is worse beyond chance, but for 2 of 2 it cannot be told",
        ),
    ],
)
def test_with_a_margin_it_is_told_for_how_many_cohorts_it_cannot_be_told_whether_they_are_the_same(
    cells: list[Cell], said: str
) -> None:
    review = measured([*both(0.9, 0.9), *cells], MARGIN)
    first = f"{SUCCESS}: the same within 10 points (+0.0 points) overall"
    assert scorecard_words.scorecard(review) == f"{first}; {said}."


def test_only_a_change_that_is_the_same_is_told_with_its_margin() -> None:
    wide, bare = only(measured(both(0.9, 0.9), MARGIN)), only(measured(both(0.9, 0.9)))
    assert scorecard_words.reading_words(wide, "mean", "same") == "the same within 10 points"
    assert scorecard_words.reading_words(wide, "mean", "worse") == "worse"
    assert scorecard_words.reading_words(wide, "mean", "cannot tell") == "cannot tell"
    assert scorecard_words.reading_words(bare, "mean", "same") == "same"
    assert scorecard_words.reading_words(bare, "mean", "cannot tell") == "no clear change"


def board(review: Review, metric: str = "task_success") -> Board:
    return display.lay_out(review.rows, metric, "mean")


def test_a_mark_has_words_beside_it_where_a_margin_is_stated() -> None:
    cells = [*both(0.9, 0.9), *cohort("de", 0.9, 0.5), *cohort("en", 0.9, 0.88, n=20), cell(dimension="language")]
    with_margin, without = board(measured(cells, MARGIN)), board(measured(cells))
    assert [scorecard_words.marked(with_margin, row) for row in with_margin.rows] == [
        "≈ same",
        "",
        "▼ worse",
        "cannot tell",
    ]
    assert [scorecard_words.marked(without, row) for row in without.rows] == ["", "", "▼", ""]
    slow = Gate(metric="latency_ms", stat="p95", max=2000, same_within=50)
    few = measured([latency(BASELINE, 40, 900), latency(CANDIDATE, 40, 900)], slow)
    quantiles = display.lay_out(few.rows, "latency_ms", "p95")
    assert scorecard_words.marked(quantiles, only(few)) == ""


def test_what_the_sign_of_the_same_stands_for_is_told_once_for_each_margin() -> None:
    cells = [*both(0.9, 0.9), *cohort("de", 0.9, 0.9), *cohort("ja", 0.9, 0.9)]
    narrow = Gate(metric="task_success", min=0.5, cohort="language=ja", same_within=0.02)
    assert scorecard_words.margins(board(measured(cells, MARGIN))) == "≈ the same within 10 points"
    both_margins = board(measured(cells, MARGIN, narrow))
    assert scorecard_words.margins(both_margins) == "≈ the same within 2 points and 10 points"
    assert scorecard_words.margins(board(measured(cells))) == ""
    assert scorecard_words.margins(board(measured(both(0.9, 0.9), MARGIN))) == "≈ the same within 10 points"


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("ratio", "Candidate minus baseline, in percentage points: Mood"),
        ("ms", "Candidate minus baseline, in ms: Mood"),
        ("", "Candidate minus baseline: Mood"),
    ],
)
def test_a_picture_of_differences_says_their_unit(unit: str, said: str) -> None:
    shown = board(measured(both(0.9, 0.8, metric="mood", unit=unit, passed=None)), "mood")
    assert scorecard_words.differences(shown, "Mood") == said


def test_a_picture_of_a_metric_without_a_direction_says_how_to_state_one_and_else_what_its_colours_mean() -> None:
    known, unknown = (
        board(measured([*both(0.9, 0.8, metric="mood", direction=way)]), "mood") for way in ("higher", "unknown")
    )
    apart = [cell(BASELINE, metric="mood", direction="lower"), cell(metric="mood", direction="higher")]
    partly = measured([*apart, *cohort("de", 0.9, 0.8, metric="mood", direction="lower")])
    for shown in (unknown, board(partly, "mood")):
        assert scorecard_words.legend(shown, "mood") == scorecard_words.how_to_direct(["mood"])
    assert scorecard_words.legend(known, "mood").startswith("Orange is worse, blue is better: strong where ")


def test_nothing_to_compare_says_what_the_packet_misses() -> None:
    assert scorecard_words.scorecard(measured([])) == (
        f"Nothing to compare yet: no results of the candidate {CANDIDATE} and no results of the baseline {BASELINE}."
    )


def test_why_there_is_no_difference_is_no_data_or_units_that_differ() -> None:
    differ = only(measured([cell(BASELINE, 0.9), cell(mean=90.0, unit="%", passed=None)]))
    assert scorecard_words.changed(differ, "mean") == "units differ"
    assert scorecard_words.no_change(only(measured([cell()])), "mean") == "no data"
    assert scorecard_words.changed(only(measured(both(0.9, 0.8))), "mean") == "−10.0 points"
    assert scorecard_words.no_change(only(measured(both(0.9, 0.8))), "mean") == "too few cases"


def test_the_unit_of_a_row_is_that_of_the_side_that_there_is() -> None:
    assert scorecard_words.unit(only(measured([cell()]))) == "ratio"
    assert scorecard_words.unit(only(measured([cell(BASELINE)]))) == "ratio"
    assert scorecard_words.unit(ScorecardRow("task_success", "*", "*", None, None)) == ""


def test_the_judges_of_a_metric_are_told_for_the_metric_and_for_each_judge_of_it() -> None:
    judges = [
        Judge(metric="groundedness", judge="model-x", n=400, kappa=0.8),
        Judge(metric="groundedness", judge="model-y", n=400, kappa=0.7),
        Judge(metric="task_success", judge="model-z"),
    ]
    review = reviewed(policy=revision(factories.policy(judges=judges)), cells=[(RESULTS, cell())])
    every = scorecard_words.judges(review, "groundedness")
    assert len(every) == 2
    assert "model-x" in every[0]
    assert "model-y" in every[1]
    assert scorecard_words.judges(review, "groundedness@model-y") == every[1:]
    assert scorecard_words.judges(review, "mood") == []
    assert scorecard_words.judges(measured([cell()]), "groundedness") == []
