"""The candidate beside the baseline, for everyone."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from readiness import clock
from readiness.importers import Options
from readiness.portfolio import listing
from readiness.scorecard import display, heat
from readiness.services import evidence, imports
from readiness.store import queries
from tests import factories, samples
from tests.pages.dashboard import Dashboard

SYSTEM = "freight-support"
COLUMN = "95 % interval"
FIGURES, GATES = {"part": "All figures"}, {"part": "Gates"}


def test_the_answer_names_who_is_worse_off_and_all_figures_are_listed(dashboard: Dashboard) -> None:
    screen = dashboard.open("scorecard", system=SYSTEM, **FIGURES)
    assert screen.answer == (
        "Task success: no clear change (+1.6 points, not beyond chance) overall, "
        "but worse for Japanese (language=ja: −9.7 points, 168 cases), and 1 more cohort."
    )
    first, *others = screen.table(COLUMN)
    assert first[:6] == ["all", "all", "89.4 %", "871", "91.0 %", "814"]
    assert "language=ja" in {row[1] for row in others}
    assert len(others) + 1 == listing.ROWS
    assert "1 to 25 of 55 figures" in screen.app.main.caption[-1].value
    assert len(dashboard.open("scorecard", system=SYSTEM, **GATES).table("Gate")) == 5
    unscored = dashboard.open("scorecard", system=SYSTEM, part="Cases without a score")
    assert ["Task success", "9 of 880", "14 of 828"] in unscored.table("Baseline 2026.08")


def test_every_metric_is_a_line_with_its_change_its_gates_and_who_is_worse_off(dashboard: Dashboard) -> None:
    screen = dashboard.open("scorecard", system=SYSTEM)
    lines = screen.table("Who is worse off")
    assert [line[0] for line in lines] == [
        *("Task success", "Correct escalation", "Groundedness", "Citation validity", "Tool success", "Latency p95"),
    ]
    assert lines[0][1:4] == ["89.4 %", "91.0 %", "+1.6 points"]
    assert lines[0][5:] == ["814", "✕ fail, 1 of 2", "Japanese (language=ja) −9.7 points and 1 more"]
    assert [line[6] for line in lines[1:]] == ["✓ pass", "none", "none", "? not settled", "✓ pass"]
    block = next(block for block in screen.blocks if "r-glance" in block and "<table" in block)
    assert 'href="scorecard?system=freight-support&amp;metric=Latency"' in block
    assert 'aria-label="+1.6 points, 95 % interval −0.1 to +3.4"' in block
    assert block.count('aria-current="true"') == 1
    shown = dashboard.open("scorecard", system=SYSTEM, metric="Latency")
    assert shown.answer.startswith("Latency p95:")


def test_latency_is_shown_by_its_percentiles(dashboard: Dashboard) -> None:
    screen = dashboard.open("scorecard", system=SYSTEM)
    screen.choose("selectbox", "Metric", "latency_ms")
    assert "Latency p95 of each cohort" in screen.text
    screen = dashboard.open("scorecard", system=SYSTEM, metric="Latency", **FIGURES)
    tail = screen.table(COLUMN)[0]
    screen.choose("segmented_control", "Figure", "p50")
    assert screen.table(COLUMN)[0] != tail
    assert "Latency by workflow" in dashboard.open("scorecard", system=SYSTEM, part="Latency").text


def test_one_kind_of_cohort_is_shown_alone(dashboard: Dashboard) -> None:
    screen = dashboard.open("scorecard", system=SYSTEM, **FIGURES)
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
    beside = dashboard.open("verdict", system=SYSTEM).text
    assert re.search(r"1 file of \S+ was taken back: results.csv, by ", beside)


CASES = samples.DATA / "cases"


def _import(dashboard: Dashboard, name: str, system: str = "", mapping: dict[str, str] | None = None) -> None:
    """A file as somebody imports it, its results measured yesterday."""
    day = clock.today() - dt.timedelta(days=1) if system else None
    with dashboard.store() as store:
        options = Options(mapping=mapping or {}, measured_on=day)
        request = imports.ImportRequest(path=CASES / name, system=system, options=options)
        (parcel,) = imports.read_all(store, factories.principal(), [request])
        imports.keep(store, factories.principal(), parcel.batch, system=parcel.system, as_of=clock.today())


def test_figures_of_the_candidate_alone_are_shown_and_the_missing_baseline_is_said(empty_dashboard: Dashboard) -> None:
    _import(empty_dashboard, "scorecard-page-crash/overwrite.toml")
    _import(empty_dashboard, "scorecard-page-crash/scorecard_none.csv", "s")
    screen = empty_dashboard.open("scorecard", system="s", **FIGURES)
    (row, *_) = screen.table(COLUMN)
    assert row[:8] == ["all", "all", "no data", "", "0.5", "2", "0", "no data"]
    screen.choose("selectbox", "Cohorts by", "lang")
    assert {row[1] for row in screen.table(COLUMN)} == {"all", "lang=de", "lang=en"}


def test_a_metric_whose_direction_nobody_stated_shows_both_figures_and_how_to_state_it(
    empty_dashboard: Dashboard,
) -> None:
    folder = "scorecard-page-metric-of-unknown-direction"
    _import(empty_dashboard, f"{folder}/ka.toml")
    _import(empty_dashboard, f"{folder}/ka.csv", "ka-bot")
    screen = empty_dashboard.open("scorecard", system="ka-bot", **FIGURES)
    assert screen.answer.startswith("answered: ")
    assert "which way is better is not stated" in screen.answer
    assert "--map direction:METRIC=higher" in screen.text
    (row, *_) = screen.table(COLUMN)
    assert "no data" not in row
    assert not {"▼", "▲"} & set("".join(row))
    assert "cannot be compared" not in screen.text
    _import(empty_dashboard, f"{folder}/ka.csv", "ka-bot", {"direction:answered": "higher"})
    assert "not stated" not in empty_dashboard.open("scorecard", system="ka-bot", **FIGURES).answer


def test_colour_is_by_certainty_and_never_strong_on_few_cases(dashboard: Dashboard) -> None:
    block = next(block for block in dashboard.open("scorecard", system=SYSTEM).blocks if '"r-heat"' in block)
    cells = re.findall(
        r'<td class="(\w+) (\w*)" style="--share:(\d+)%"[^>]*title="([^"]*)">\s*<b>(.*?)</b><span>([\d,]+)', block
    )
    assert {certainty for certainty, *_ in cells} == {"sure", "faint", "few"}
    for certainty, way, share, title, text, count in cells:
        low, high = (float(side.replace("−", "-")) for side in title.rpartition("interval ")[2].split(" to "))
        few = int(count) < display.FEW
        assert certainty == ("few" if few else "faint" if low <= 0 <= high else "sure"), (title, count)
        assert (int(share) >= heat.PALEST) == (certainty == "sure")
        assert certainty == "sure" or not {"▼", "▲"} & set(text)
        assert way == ("worse" if text.startswith("−") else "better") or text.startswith("+0.0")


def test_on_a_phone_the_cohorts_are_a_list_with_the_same_figures(dashboard: Dashboard) -> None:
    block = next(block for block in dashboard.open("scorecard", system=SYSTEM).blocks if '"r-heat"' in block)
    bars = block.partition('<ul class="r-bars"')[2]
    assert bars.count("<li>") == 11
    assert "<b>language=ja</b><span>−9.7 points ▼</span>" in bars


def test_a_quantile_of_too_few_cases_is_not_shown(empty_dashboard: Dashboard) -> None:
    _import(empty_dashboard, "rounded-onto-the-bound/round2.toml")
    _import(empty_dashboard, "rounded-onto-the-bound/few-latencies.csv", "round-two")
    screen = empty_dashboard.open("scorecard", system="round-two", **FIGURES)
    (row, *_) = screen.table(COLUMN)
    assert row[2:6] == ["too few cases", "40", "too few cases", "40"]
    assert row[7:] == ["too few cases", ""]


def test_a_failure_is_not_rounded_away_and_no_change_is_not_called_one(empty_dashboard: Dashboard) -> None:
    _import(empty_dashboard, "rounded-onto-the-bound/round2.toml")
    _import(empty_dashboard, "rounded-onto-the-bound/round2.csv", "round-two")
    screen = empty_dashboard.open("scorecard", system="round-two", **FIGURES)
    assert screen.answer.startswith("Task success: no clear change (−0.03 points, not beyond chance) overall")
    gate, *_ = empty_dashboard.open("scorecard", system="round-two", **GATES).table("Gate")
    assert gate[0] == "Task success at least 100 %"
    assert gate[3].startswith("99.97 % [99.8 % to 99.999")


def test_judges_critical_cases_and_what_the_cases_cannot_show_are_said(empty_dashboard: Dashboard) -> None:
    for name in ("judged.toml", "results.csv", "labels.csv"):
        _import(empty_dashboard, f"../judges/{name}", "" if name.endswith("toml") else "judged-bot")
    screen = empty_dashboard.open("scorecard", system="judged-bot", **GATES)
    first, second = screen.table("Gate")
    assert first[1] == "✕ fail"
    assert first[3].startswith("1 of 12 critical cases failed; 98.3 % [")
    assert first[3].endswith("scored by model-z: judge not checked")
    assert "for all cases by model-y (n 60; [65.9 % to 90.2 %] as the worst of 2)" in second[3]
    assert "judge agrees with people: κ 0.78 (n 120, 95 % interval 0.64 to 0.89)" in second[3]
    assert "Saturated" not in screen.text
    assert "No headroom: no case fails under the baseline" in screen.text
    screen.choose("selectbox", "Metric", "groundedness@model-x")
    assert (
        "2026.11: model-x 95.0 % (n 60) against model-y 80.0 % (n 60); of the 60 cases that both judged they differ "
        "in 9 (15.0 %, 95 % interval 7.1 % to 26.6 %), κ 0.35 ("
    ) in screen.text
    assert "they differ by +15.0 points, 95 % interval +" in screen.text
    assert "Flat: 0 of 60 cases fared differently" in screen.text


def test_beside_each_gate_stands_how_often_it_would_hold_again(dashboard: Dashboard) -> None:
    shares = [row[2] for row in dashboard.open("scorecard", system="claims-intake", **GATES).table("Holds again")]
    assert len(shares) == 8
    assert all(share.endswith(" %") for share in shares)


def test_all_versions_stand_beside_the_baseline_where_there_are_more_than_the_candidate(
    empty_dashboard: Dashboard, tmp_path: Path
) -> None:
    failed = {"1": 40, "2": 40, "3": 10, "4": 90}
    lines = [f"c{at},{version},task_success,{int(at >= bad)}" for version, bad in failed.items() for at in range(400)]
    (tmp_path / "results.csv").write_text("\n".join(["case_id,version,metric,value", *lines]))
    stated = 'system = {slug = "many", name = "Many"}\nassessment = {candidate = "2", baseline = "1"}\n'
    (tmp_path / "many.toml").write_text(f'format = "readiness-assessment/1"\n{stated}')
    _import(empty_dashboard, str(tmp_path / "many.toml"))
    _import(empty_dashboard, str(tmp_path / "results.csv"), "many")
    screen = empty_dashboard.open("scorecard", system="many", part="Versions")
    assert "3 versions against the baseline, adjusted together for 3 comparisons (Holm)" in screen.text
    assert "worse beyond chance: 4 (all cases); better over all cases: 3." in screen.text
    assert [(row[0], row[4], row[6]) for row in screen.table("Version")] == [
        ("2 (candidate)", "90.0 %", "+0.0 points, unchanged"),
        ("3", "97.5 %", "+7.5 points, better"),
        ("4", "77.5 %", "−12.5 points, worse"),
    ]
