"""The candidate beside the baseline, for everyone."""

from __future__ import annotations

from readiness.services import evidence
from readiness.store import queries
from tests import factories
from tests.pages.dashboard import Dashboard

SYSTEM = "freight-support"
COLUMN = "95 % interval"


def test_the_answer_names_who_is_worse_off_and_all_figures_are_listed(dashboard: Dashboard) -> None:
    screen = dashboard.open("scorecard", system=SYSTEM)
    assert screen.answer.startswith("Task success: better (+1.6 points) overall, but worse for language=ja (−10.0 ")
    first, *others = screen.table(COLUMN)
    assert first[:6] == ["all", "all", "89.4 %", "871", "91.0 %", "814"]
    assert "language=ja" in {row[1] for row in others}
    assert len(screen.table("Gate")) == 5
    assert ["Task success", "9 of 880", "14 of 828"] in screen.table("Metric")


def test_latency_is_shown_by_its_percentiles(dashboard: Dashboard) -> None:
    screen = dashboard.open("scorecard", system=SYSTEM)
    screen.choose("selectbox", "Metric", "latency_ms")
    assert "Latency p95 of each cohort" in screen.text
    tail = screen.table(COLUMN)[0]
    screen.choose("segmented_control", "Figure", "p50")
    assert "Latency p50 of each cohort" in screen.text
    assert screen.table(COLUMN)[0] != tail


def test_one_kind_of_cohort_is_shown_alone(dashboard: Dashboard) -> None:
    screen = dashboard.open("scorecard", system=SYSTEM)
    screen.choose("selectbox", "Cohorts by", "language")
    cohorts = {row[1] for row in screen.table(COLUMN)} - {"all"}
    assert "language=ja" in cohorts
    assert all(cohort.startswith("language=") for cohort in cohorts)


def test_without_results_the_page_says_how_they_get_here(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        for number, file in queries.dossier(store, SYSTEM).evidence.items():
            if file.record.kind == "results":
                evidence.remove(store, factories.principal(), SYSTEM, number)
    screen = dashboard.open("scorecard", system=SYSTEM)
    assert "No fresh results are stored." in screen.text
    assert not any(COLUMN in block for block in screen.blocks)
