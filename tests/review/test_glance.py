from __future__ import annotations

from readiness.model.policy import Gate
from readiness.review import glance
from tests.factories import BASELINE, CANDIDATE, cell
from tests.review.dossiers import measured
from tests.review.test_scorecard_words import both, cohort, latency


def test_the_metric_that_leads_is_the_first_line_and_others_stand_as_the_checklist_has_them() -> None:
    cells = [
        *both(0.9, 0.9, metric="mood", direction="higher"),
        latency(BASELINE, 400, 900),
        latency(CANDIDATE, 400, 950),
        *both(0.9, 0.95),
        *both(0.1, 0.2, metric="failure_class/timeout", direction="lower"),
    ]
    told = glance.lines(measured(cells))
    assert [(line.metric, line.stat) for line in told] == [
        ("task_success", "mean"),
        ("latency_ms", "p95"),
        ("mood", "mean"),
    ]
    assert [line.reading for line in told] == ["better", "worse", "unchanged"]
    assert told[1].name == "Latency p95"


def test_a_line_names_the_cohort_that_is_surely_worst_off_and_counts_the_others() -> None:
    (line,) = glance.lines(
        measured([*both(0.9, 0.9), *cohort("de", 0.9, 0.7), *cohort("ja", 0.9, 0.6), *cohort("en", 0.9, 0.89)])
    )
    assert line.worst
    assert (line.worst.cohort, line.more) == ("language=ja", 1)
    (calm,) = glance.lines(measured([*both(0.9, 0.9), *cohort("de", 0.9, 0.89)]))
    assert (calm.worst, calm.more) == (None, 0)


def test_the_gates_of_a_metric_are_told_by_the_worst_of_them() -> None:
    high, low, tight = (Gate(metric="task_success", min=bound) for bound in (0.99, 0.5, 0.9))
    missing = Gate(metric="task_success", workflow="refund", min=0.5)
    told = [
        ([], ""),
        ([low], "✓ pass"),
        ([low, low], "✓ pass"),
        ([low, high], "✕ fail, 1 of 2"),
        ([tight, low], "? not settled, 1 of 2"),
        ([missing, tight], "– no data, 1 of 2"),
    ]
    for gates, words in told:
        (line,) = glance.lines(measured(both(0.9, 0.9), *gates))
        assert line.gate_words == words, gates


def test_a_metric_without_a_figure_over_all_cases_or_without_a_baseline_has_its_line_too() -> None:
    (apart,) = glance.lines(measured(both(0.9, 0.8, workflow="refund", dimension="language", value="de")))
    assert not apart.is_whole
    assert apart.strip
    (alone,) = glance.lines(measured([cell(mean=0.9)]))
    assert (alone.reading, alone.strip, alone.is_whole) == (None, None, True)


def test_metrics_of_one_unit_share_a_scale() -> None:
    wide, narrow = glance.lines(measured([*both(0.9, 0.5), *both(0.9, 0.8, metric="mood", direction="higher")]))
    assert wide.strip
    assert narrow.strip
    assert abs(wide.strip.at - 50) > 3 * abs(narrow.strip.at - 50)
