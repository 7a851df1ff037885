"""What holds for all pages: an empty store, one that does not fit, an address that names nothing, the picker."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from readiness.importers.formats.assessment import dump
from readiness.model.assessment import Mark
from readiness.store import queries
from tests import factories, files
from tests.pages.dashboard import PAGES, Dashboard

SYSTEM = "claims-intake"
ACROSS = ("every_page", "notes", "person_pick", "questionnaire", "reminders", "roles", "sheets", "tables", "who_looks")
"""What is tested of several pages, or of a part of one."""


def test_every_page_has_a_module_of_tests() -> None:
    modules = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert modules == {*PAGES, *ACROSS}


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"activity", "people"}))
def test_an_empty_store_shows_the_first_steps(empty_dashboard: Dashboard, page: str) -> None:
    screen = empty_dashboard.open(page)
    assert screen.answer in ("Nothing is stored yet.", "No system is stored yet.")
    assert "Name a system, answer 22 questions, and the verdict follows." in screen.text
    drop = [] if page == "evidence" else ["Drop an assessment file"]
    assert screen.labels("button") == ["New system", *drop, "Load the demo portfolio"]
    assert screen.labels("download_button") == ["Take the template"]


@pytest.mark.parametrize("page", PAGES)
def test_a_store_of_a_newer_schema_is_one_sentence(empty_dashboard: Dashboard, page: str) -> None:
    with empty_dashboard.store() as store, store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    screen = empty_dashboard.open(page)
    (sentence,) = screen.notices("alert")
    assert "the store is of a newer schema than this program" in sentence
    assert "Traceback" not in screen.text


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"activity", "people", "portfolio"}))
def test_a_system_that_is_not_there_is_one_sentence(dashboard: Dashboard, page: str) -> None:
    (sentence,) = dashboard.open(page, system="nothing").notices("alert")
    assert "the system 'nothing' is not in the store; expected one of" in sentence


def test_an_assessment_that_is_not_there_is_one_sentence(dashboard: Dashboard) -> None:
    for number in ("999", "x"):
        (sentence,) = dashboard.open("verdict", system=SYSTEM, assessment=number).notices("alert")
        assert "expected one of" in sentence


def test_the_picker_puts_system_and_assessment_into_the_address(dashboard: Dashboard) -> None:
    screen = dashboard.open("verdict", system="freight-support")
    assert screen.answer.startswith("Blocked: evidence speaks against Regression gates (14)")
    screen.choose("selectbox", "System", SYSTEM)
    assert screen.app.query_params == {"system": SYSTEM}
    assert screen.answer.startswith("Staged:")
    with dashboard.store() as store:
        first = str(queries.assessments(store, SYSTEM)[-1].id)
    screen.choose("selectbox", "Assessment", first)
    assert screen.app.query_params == {"system": SYSTEM, "assessment": first}
    assert screen.answer.startswith("Blocked:")


def test_the_sidebar_leads_to_every_page_and_says_who_is_signed_in(dashboard: Dashboard) -> None:
    screen = dashboard.open("gaps", system=SYSTEM)
    links = screen.app.sidebar.get("page_link")
    assert len(links) == len(PAGES)
    assert "Signed in as sanne.dekker@example.com" in screen.text


@pytest.mark.parametrize("page", ["verdict", "checklist", "gaps", "release", "pack"])
def test_a_text_on_a_page_hides_nothing_and_moves_nothing_beside_it(
    empty_dashboard: Dashboard, tmp_path: Path, page: str
) -> None:
    hostile = "\x1b[31mred\u202e\u2066\x9b\u200b שלום"
    mark = Mark(signal="capacity", mark="yes", owner=hostile, action=hostile, due=factories.TODAY)
    file = factories.assessment_file(marks=[mark])
    system = file.system.model_copy(update={"name": hostile, "owner": hostile})
    (tmp_path / "a.toml").write_text(dump(file.model_copy(update={"system": system})), "utf-8")
    with empty_dashboard.store() as store:
        files.keep(store, tmp_path / "a.toml")
    screen = empty_dashboard.open(page, system=file.system.slug)
    shown = "".join(screen.blocks)
    assert {char for char in shown if unicodedata.category(char) in ("Cc", "Cf")} <= set("\n\t\u2068\u2069")
    assert "[31mred \u2068שלום\u2069" in shown


V, W = factories.BASELINE, factories.CANDIDATE
ODD_RESULTS = {
    "means alone, by workflow": [f"{v},{place},latency_ms,90,400" for v in (V, W) for place in ("*,", "refund,")],
    "no baseline": [f"{W},*,,task_success,0.9,400", f"{W},refund,language=de,latency_ms,900,40"],
    "no candidate": [f"{V},*,,task_success,0.9,400", f"{V},refund,,latency_ms,900,40"],
    "no counts": [
        f"{v},{place},{metric},"
        for v in (V, W)
        for place in ("*,", "*,language=de")
        for metric in ("task_success,0.9", "latency_ms,90", "unheard_of,3")
    ],
    "one case": [
        f"{v},{place},{metric},1"
        for v in (V, W)
        for place in ("*,", "refund,language=de")
        for metric in ("task_success,1", "latency_ms,90", "unheard_of,3")
    ],
    "cohorts without a whole": [
        f"{v},refund,language=de,{metric},0.5,9"
        for v in (V, W)
        for metric in ("task_success", "latency_ms", "unheard_of")
    ],
}
"""Results that leave out what others have."""
CASE = {"version": W, "case_id": "a", "metric": "latency_ms", "workflow": "refund"}
ODD_CASES = {
    "one case by itself": [CASE | {"value": 90}],
    "next to no scores": [CASE | {"case_id": str(number)} | ({} if number else {"value": 90}) for number in range(9)],
}


@pytest.mark.parametrize("odd", [*ODD_RESULTS, *ODD_CASES])
def test_no_page_is_without_an_answer(empty_dashboard: Dashboard, tmp_path: Path, odd: str) -> None:
    if odd in ODD_RESULTS:
        results = files.results(tmp_path, *ODD_RESULTS[odd])
    else:
        results = tmp_path / "cases.jsonl"
        results.write_text("".join(f"{json.dumps(case)}\n" for case in ODD_CASES[odd]), "utf-8")
    with empty_dashboard.store() as store:
        files.keep(store, files.assessment(tmp_path), results)
    for page in PAGES:
        screen = empty_dashboard.open(page, system=factories.SLUG)
        assert screen.answer, page
        assert not screen.app.exception, page
    for metric in ("latency_ms", "task_success", "unheard_of"):
        assert empty_dashboard.open("scorecard", system=factories.SLUG, metric=metric).answer
