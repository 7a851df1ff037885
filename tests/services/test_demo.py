from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import get_args

import pytest

from readiness import paths
from readiness.model.checklist import AnswerState
from readiness.review import review
from readiness.review.review import Review
from readiness.services import demo, reviews
from readiness.services import gaps as gaps_service
from readiness.store import Store, backups, open_store, queries
from readiness.store.tables import StoreTable
from tests import factories, stored

DANA = factories.principal()
DAY, YEAR_LATER = dt.date(2026, 11, 20), dt.date(2027, 11, 21)
VERDICTS = {
    "claims-intake": ("staged", 3),
    "policy-answers": ("add-controls", 8),
    "customs-advisor": ("do-not-broaden", 18),
    "billing-desk": ("undetermined", 10),
    "freight-support": ("blocked", 3),
}


@pytest.fixture(scope="module")
def loaded(
    loaded_on: Callable[[dt.date], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[dt.date, Store]]:
    """The demo as loaded for the first time on each of these days."""
    with ExitStack() as until_then:
        copies = {day: stored.copied(loaded_on(day), tmp_path_factory.mktemp("demo")) for day in (DAY, YEAR_LATER)}
        yield {day: until_then.enter_context(copy) for day, copy in copies.items()}


def portfolio(store: Store, day: dt.date) -> dict[str, Review]:
    return {each.slug: each for each in reviews.every(store, DANA, as_of=day)}


def rows(store: Store) -> dict[str, list[str]]:
    with store.engine.connect() as connection:
        return {
            table.name: list(map(repr, connection.execute(table.select())))
            for table in StoreTable.metadata.tables.values()
        }


@pytest.mark.parametrize("day", [DAY, YEAR_LATER])
def test_the_demo_tells_the_same_story_on_any_day(loaded: dict[dt.date, Store], day: dt.date) -> None:
    found = portfolio(loaded[day], day)
    assert {slug: (each.verdict.level, each.verdict.score) for slug, each in found.items()} == VERDICTS
    assert {slug: len(each.overdue) for slug, each in found.items()} == {
        "claims-intake": 0,
        "policy-answers": 2,
        "customs-advisor": 2,
        "billing-desk": 1,
        "freight-support": 1,
    }
    assert [slug for slug, each in found.items() if each.at_risk] == ["freight-support", "policy-answers"]
    assert {item.evidence.name for each in found.values() for item in each.stale} == {"results.csv"}


def test_a_low_score_is_blocked_by_two_overrides_one_of_them_on_record(loaded: dict[dt.date, Store]) -> None:
    verdict = portfolio(loaded[DAY], DAY)["freight-support"].verdict
    assert [(each.rule, each.signal) for each in verdict.blockers] == [
        ("override-contradicted", "regression-gates"),
        ("override", "rollback-rehearsal"),
    ]
    assert verdict.band
    assert verdict.band.level == "staged"


def test_a_good_score_is_held_back_by_what_can_be_shown(loaded: dict[dt.date, Store]) -> None:
    verdict = portfolio(loaded[DAY], DAY)["policy-answers"].verdict
    assert verdict.band
    assert (verdict.band.level, verdict.evidence_band.level) == ("narrow", "add-controls")
    assert verdict.decided_by
    assert verdict.decided_by.rule == "evidence-band"


def test_every_state_of_an_answer_is_met(loaded: dict[dt.date, Store]) -> None:
    found = portfolio(loaded[DAY], DAY).values()
    assert {answer.state for review in found for answer in review.answers} == set(get_args(AnswerState))


def test_the_staged_system_is_staged_by_evidence(loaded: dict[dt.date, Store]) -> None:
    found = portfolio(loaded[DAY], DAY)["claims-intake"]
    assert all(gate.state == "pass" for gate in found.gates)
    assert found.contradicted == ()
    assert found.verdict.evidence_band.level == "staged"


def test_every_system_has_a_past_to_compare_with(loaded: dict[dt.date, Store]) -> None:
    for each in portfolio(loaded[DAY], DAY).values():
        assert len(each.others) >= 2
        assert each.latest
        assert each.changes


def test_every_system_but_the_unfinished_one_shows_all_three_paths(loaded: dict[dt.date, Store]) -> None:
    found = portfolio(loaded[DAY], DAY)
    missing = {slug: review.missing_paths(each) for slug, each in found.items() if review.missing_paths(each)}
    assert missing == {"billing-desk": ("escalation",)}


def test_a_second_loading_changes_nothing_on_any_later_day(loaded: dict[dt.date, Store]) -> None:
    store = loaded[DAY]
    before = rows(store)
    said = demo.load(store, DANA, today=YEAR_LATER)
    assert all(sentence.endswith("; nothing changed") for sentence in said)
    assert rows(store) == before


def test_what_people_changed_since_is_safe_from_a_second_loading(loaded: dict[dt.date, Store], tmp_path: Path) -> None:
    backups.save(loaded[DAY], tmp_path / "copy.db")
    with closing(open_store(f"sqlite:///{tmp_path / 'copy.db'}")) as store:
        gap = portfolio(store, DAY)["freight-support"].overdue[0]
        later = DAY + dt.timedelta(days=9)
        gaps_service.change(
            store,
            DANA,
            gap.id,
            seen=gap.row_version,
            due=later,
            owner=gap.mark.owner,
            action=gap.mark.action,
            reason="Rig",
        )
        before = rows(store)
        demo.load(store, DANA, today=DAY)
        assert rows(store) == before
        assert queries.gap_owner(store, gap.id)[1].record.due == later


def test_the_manifest_names_every_file_once_and_no_other() -> None:
    manifest = tomllib.loads((paths.DEMO / "manifest.toml").read_text("utf-8"))
    named = [entry["path"] for entry in manifest["file"]]
    there = [path.relative_to(paths.DEMO).as_posix() for path in paths.DEMO.rglob("*") if path.is_file()]
    assert sorted([*named, "manifest.toml"]) == sorted(there)
    assert all(entry["path"].startswith(f"{entry['system']}/") for entry in manifest["file"])


@pytest.mark.parametrize(
    ("text", "days", "moved"),
    [
        ("due = 2026-12-01", 365, "due = 2027-12-01"),
        ("2026-02-28T23:59:59.000Z, 2026-03-01", 1, "2026-03-01T23:59:59.000Z, 2026-03-02"),
        ("2024-02-29", -1, "2024-02-28"),
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-02-30 and 2026-19-39 are no dates", 1, "2026-02-30 and 2026-19-39 are no dates"),
        ("version 2026.11, id 12026-11-20 and 2026-11-201", 1, "version 2026.11, id 12026-11-20 and 2026-11-201"),
        ('"2026.08"', 99, '"2026.08"'),
    ],
)
def test_every_date_in_a_text_moves_and_what_is_none_stays(text: str, days: int, moved: str) -> None:
    assert demo.shift(text, days) == moved
