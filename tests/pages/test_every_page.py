"""What holds for all pages: an empty store, one that does not fit, an address that names nothing, the picker."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from readiness.importers.formats.assessment import dump
from readiness.model.assessment import Mark
from readiness.review import glossary
from readiness.store import queries
from readiness.web import compare_forms, headline, scorecard_forms
from tests import factories, files
from tests.bench import pages as timed
from tests.pack import reading
from tests.pages.dashboard import PAGES, Dashboard
from tests.soak import shared_out

SYSTEM = "claims-intake"
ACROSS = (
    "every_page",
    "notes",
    "person_pick",
    "proposals",
    "questionnaire",
    "reminders",
    "roles",
    "search",
    "sheets",
    "sources",
    "tables",
    "who_looks",
)
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


@pytest.mark.parametrize("page", [page for page in timed.PAGES if page.name != "evidence"], ids=lambda page: page.name)
def test_what_tells_a_page_to_the_benchmarks_stands_on_it(dashboard: Dashboard, page: timed.Page) -> None:
    """That of the page of evidence is a file of the store that they make."""
    screen = dashboard.open(page.name, **{"system": SYSTEM} if page.query else {})
    assert page.holds in "\n".join([screen.text, *(caption.value for caption in screen.app.caption)])


@pytest.mark.parametrize("page", PAGES)
def test_a_store_of_a_newer_schema_is_one_sentence(empty_dashboard: Dashboard, page: str) -> None:
    with empty_dashboard.store() as store, store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    screen = empty_dashboard.open(page)
    (sentence,) = screen.notices("alert")
    assert "the store is of a newer schema than this program" in sentence
    assert "Traceback" not in screen.text


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"activity", "hindsight", "people", "portfolio"}))
def test_a_system_that_is_not_there_is_one_sentence(dashboard: Dashboard, page: str) -> None:
    assert dashboard.open(page, system="nothing").answer == "No system here is called “nothing”."


def test_a_system_that_is_called_nearly_so_is_offered_and_no_other(dashboard: Dashboard) -> None:
    screen = dashboard.open("verdict", system="claims-intak")
    (near,) = [block for block in screen.blocks if "Perhaps" in block]
    assert 'href="verdict?system=claims-intake"' in near
    assert "freight" not in near


def test_an_assessment_that_is_not_there_is_one_sentence(dashboard: Dashboard) -> None:
    for number in ("999", "x"):
        screen = dashboard.open("verdict", system=SYSTEM, assessment=number)
        assert screen.answer == f"Claims Intake Assistant has no assessment {number}."


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
    assert sorted(address for address, _ in screen.links) == [f"{page}?system={SYSTEM}" for page in PAGES]
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
    "no direction": [
        f"{v},{place},unheard_of,{value},400"
        for v, value in ((V, 3), (W, 4))
        for place in ("*,", "refund,language=de", "*,language=de")
    ],
    "a cohort of one side": [
        *(f"{v},*,,task_success,0.9,400" for v in (V, W)),
        f"{V},*,language=de,task_success,0.9,400",
        f"{W},*,language=ja,task_success,0.1,400",
    ],
    "another version": ["1999.1,*,,task_success,0.9,400"],
}
"""Results that leave out what others have."""
CASE: dict[str, Any] = {"version": W, "case_id": "a", "metric": "latency_ms", "workflow": "refund"}
ODD_CASES: dict[str, list[dict[str, Any]]] = {
    "one case by itself": [CASE | {"value": 90}],
    "no score of the candidate": [
        CASE | {"version": V, "value": 90},
        *(CASE | {"case_id": str(number)} for number in range(9)),
    ],
    "next to no scores": [CASE | {"case_id": str(number)} | ({} if number else {"value": 90}) for number in range(9)],
}


@pytest.mark.parametrize(("number", "odd"), enumerate([*ODD_RESULTS, *ODD_CASES]))
def test_no_page_is_without_an_answer(empty_dashboard: Dashboard, tmp_path: Path, number: int, odd: str) -> None:
    if odd in ODD_RESULTS:
        results = files.results(tmp_path, *ODD_RESULTS[odd])
    else:
        results = tmp_path / "cases.jsonl"
        results.write_text("".join(f"{json.dumps(case)}\n" for case in ODD_CASES[odd]), "utf-8")
    with empty_dashboard.store() as store:
        files.keep(store, files.assessment(tmp_path), results)
    opened: list[tuple[str, dict[str, str]]] = [(page, {}) for page in PAGES]
    opened += [("scorecard", {"metric": metric}) for metric in ("Latency", "Task success", "unheard_of")]
    opened += [(page, {"part": part}) for page, parts in PARTS.items() for part in parts]
    for page, address in shared_out(opened, number, 3):
        screen = empty_dashboard.open(page, system=factories.SLUG, **address)
        assert screen.answer, (page, address)
        assert not screen.faults, (page, address)


PARTS: dict[str, list[str]] = {
    "scorecard": list(scorecard_forms._PARTS),
    "compare": list(compare_forms._PARTS),
    "decision": ["The case", "What if", "Decide"],
}


def test_without_results_or_answers_no_page_is_without_an_answer(empty_dashboard: Dashboard, tmp_path: Path) -> None:
    bare = factories.assessment_file()
    undated = bare.assessment.model_copy(update={"assessed_on": None, "baseline": "", "target_date": None})
    (tmp_path / "a.toml").write_text(dump(bare.model_copy(update={"assessment": undated})), "utf-8")
    with empty_dashboard.store() as store:
        files.keep(store, tmp_path / "a.toml")
    for page in PAGES:
        assert empty_dashboard.open(page, system=factories.SLUG).answer, page
    for page, parts in PARTS.items():
        for part in parts:
            assert empty_dashboard.open(page, system=factories.SLUG, part=part).answer, (page, part)
    for view in ("list", "timeline", "board"):
        assert empty_dashboard.open("portfolio", view=view).answer


def test_what_its_words_mean_is_folded_at_the_foot_of_each_page_that_needs_it(dashboard: Dashboard) -> None:
    named = {page for term in glossary.terms() for page in term.pages}
    assert named <= set(PAGES)
    for page in sorted(named):
        (words,) = [block for block in dashboard.open(page, system=SYSTEM).blocks if 'class="r-words"' in block]
        assert "<details" in words
        assert [term.term for term in glossary.of_page(page) if term.means not in reading.text(words)] == []


def test_the_answer_goes_ahead_where_a_page_is_opened_and_not_where_it_is_rerun(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = list[float]()
    monkeypatch.setattr(headline, "time", SimpleNamespace(sleep=waits.append))
    screen = dashboard.open("verdict", system="claims-intake")
    assert waits == [headline.AHEAD]
    screen.app.run()
    assert waits == [headline.AHEAD]
    dashboard.open("gaps")
    assert waits == [headline.AHEAD] * 2
