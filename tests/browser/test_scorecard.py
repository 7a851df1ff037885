"""The scorecard in a real browser: what is seen first, filters in the address, two hundred cohorts."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visitor

METRICS = ("task_success", "tool_success", "groundedness", "latency_ms")


def test_the_regression_in_one_cohort_is_seen_at_first_glance(visitor: Visitor) -> None:
    visitor.open("scorecard?system=freight-support")
    assert visitor.answer.startswith(
        "Task success: no clear change (+1.6 points, not beyond chance) overall, "
        "but worse for Japanese (language=ja: −9.7 points, 168 cases)"
    )
    first = visitor.page.locator(".r-list li").first
    expect(first).to_contain_text("language=ja is worse: −9.7 points, 95 % interval −15.3 to −5.1.")
    expect(first).to_contain_text("the same 165 of 168 cases under both versions; p < 0.001")
    visitor.page.get_by_role("tab", name="Cases without a score").click()
    expect(visitor.page.locator("table.r-table", has_text="9 of 880")).to_be_visible()
    visitor.settle()
    assert "part=Cases+without+a+score" in visitor.page.url or "part=Cases%20without%20a%20score" in visitor.page.url


def test_a_line_of_all_metrics_opens_that_one_in_depth(visitor: Visitor) -> None:
    visitor.open("scorecard?system=freight-support")
    lines = visitor.page.locator("table.r-glance tr:has(td > a)")
    expect(lines).to_have_count(6)
    expect(lines.first).to_contain_text("✕ fail, 1 of 2")
    lines.filter(has_text="Groundedness").get_by_role("link").click()
    visitor.page.wait_for_url(re.compile("metric=Groundedness"))
    visitor.settle()
    assert visitor.answer.startswith("Groundedness:")


def test_on_a_phone_the_heat_map_is_a_list_and_nothing_is_wider_than_the_screen(visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": 390, "height": 900})
    for path in ("scorecard?system=freight-support", "compare?system=freight-support"):
        visitor.open(path)
        assert visitor.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390, path
    visitor.open("scorecard?system=freight-support")
    expect(visitor.page.locator("table.r-heat")).to_be_hidden()
    expect(visitor.page.locator(".r-bars li")).to_have_count(11)


def test_metric_figure_and_kind_of_cohort_are_kept_in_the_address(visitor: Visitor) -> None:
    visitor.open("scorecard?system=freight-support&metric=Latency&stat=p99&dimension=language&part=All+figures")
    assert visitor.answer.startswith("Latency p99:")
    table = visitor.page.locator("table.r-table").last
    expect(table).to_contain_text("language=ja")
    expect(table).not_to_contain_text("tenant=")
    visitor.page.get_by_role("combobox", name="Metric").click()
    visitor.page.get_by_role("option", name="Groundedness").click()
    expect(visitor.page.locator("h1.r-answer")).to_contain_text("Groundedness:")
    assert "metric=Groundedness" in visitor.page.url
    assert "dimension=language" in visitor.page.url


@pytest.fixture
def crowded(server: Server, tmp_path: Path) -> str:
    """A system with 200 tenants in 10 workflows, of which one got worse."""
    dice = random.Random(7)  # noqa: S311 - reproducible, not secret
    lines = ["version,workflow,cohort,metric,value,case_id,run_at"]
    for version in ("1", "2"):
        for tenant in range(200):
            for case in range(40):
                rate = 0.3 if (version, tenant) == ("2", 17) else 0.92
                for metric in METRICS:
                    value = dice.expovariate(1 / 900) if metric == "latency_ms" else int(dice.random() < rate)
                    lines.append(
                        f"{version},flow {case % 10},tenant=t{tenant},{metric},{value},{tenant}-{case},2026-11-20"
                    )
    (tmp_path / "results.csv").write_text("\n".join(lines))
    toml = (
        'format = "readiness-assessment/1"\nchecklist = "llm-rollout"\n[system]\nslug = "crowded"\nname = "Crowded"\n'
    )
    (tmp_path / "crowded.toml").write_text(f'{toml}[assessment]\ncandidate = "2"\nbaseline = "1"\n')
    server.run("import", str(tmp_path / "crowded.toml"), str(tmp_path / "results.csv"))
    return "crowded"


def test_two_hundred_cohorts_stay_readable_and_the_one_that_got_worse_is_named(visitor: Visitor, crowded: str) -> None:
    visitor.open(f"scorecard?system={crowded}")
    assert "but worse for tenant=t17" in visitor.answer
    expect(visitor.page.get_by_text("The 24 worst cohorts; 176 more cohorts not shown.")).to_be_visible()
    visitor.open(f"scorecard?system={crowded}&every=true&part=All+figures")
    expect(visitor.page.get_by_text("1 to 25 of 2,211 figures")).to_be_visible()
    expect(visitor.page.locator("table.r-heat tr")).to_have_count(202)
    assert visitor.page.get_by_test_id("stException").count() == 0
