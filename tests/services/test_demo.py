from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from readiness import paths
from readiness.access import Principal
from readiness.decision import stages as advising
from readiness.model.checklist import AnswerState
from readiness.review import decided, review, signoff, stage_words, weeks
from readiness.review.review import Review
from readiness.scorecard import gate_words
from readiness.services import decisions, demo, reviews, stages
from readiness.services import gaps as gaps_service
from readiness.services import portfolio as portfolio_service
from readiness.store import Store, backups, open_store, queries
from readiness.store.tables import StoreTable
from tests import factories, stored
from tests.stored import CopyOf

DANA = factories.principal()
DAY, YEAR_LATER = dt.date(2026, 11, 20), dt.date(2027, 11, 21)
NOON = dt.datetime(2026, 10, 20, 12, tzinfo=dt.UTC)
VERDICTS = {
    "claims-intake": ("staged", 3),
    "policy-answers": ("add-controls", 8),
    "customs-advisor": ("do-not-broaden", 18),
    "billing-desk": ("undetermined", 10),
    "freight-support": ("blocked", 3),
    "quote-desk": ("staged", 2),
}
STEPS = {
    "2026.09": [
        (dt.date(2026, 10, 8), "advance", "shadow"),
        (dt.date(2026, 10, 12), "advance", "canary"),
        (dt.date(2026, 10, 14), "hold", "canary"),
        (dt.date(2026, 10, 16), "roll back", ""),
    ],
    "2026.10": [
        (dt.date(2026, 11, 4), "advance", "shadow"),
        (dt.date(2026, 11, 6), "advance", "canary"),
        (dt.date(2026, 11, 9), "advance", "quarter"),
        (dt.date(2026, 11, 13), "advance", "all"),
    ],
}
"""What was done with each candidate of the quote desk, and when."""


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
        "quote-desk": 0,
    }
    assert [slug for slug, each in found.items() if each.at_risk] == ["freight-support", "policy-answers"]
    assert {slug: {item.evidence.name for item in each.stale} for slug, each in found.items() if each.stale} == {
        "customs-advisor": {"results.csv"},
        "quote-desk": {  # of the candidate that was rolled back
            *("results-1.csv", "spans-1.jsonl", "shadow-1.csv", "canary-1.csv", "canary-2.csv", "incident.jsonl"),
        },
    }


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


def test_what_people_did_is_told_once_whatever_was_done_since(loaded: dict[dt.date, Store], tmp_path: Path) -> None:
    backups.save(loaded[DAY], tmp_path / "copy.db")
    with closing(open_store(f"sqlite:///{tmp_path / 'copy.db'}")) as store:
        claims, quotes = (reviews.load(store, DANA, slug, as_of=DAY) for slug in ("claims-intake", "quote-desk"))
        stages.take(store, DANA, claims.slug, claims.assessment_id, "advance", note="", seen=0, as_of=DAY)
        met = quotes.dossier.decisions[-1].conditions[0]
        decisions.reopen(store, DANA, met.id, seen=met.row_version, reason="The export lost the language")
        before = rows(store)
        demo.load(store, DANA, today=YEAR_LATER)
        assert rows(store) == before


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (factories.principal("assessor"), {"steps": 4, "weeks": 1, "decisions": 0, "incidents": 1}),
        (replace(DANA, only=frozenset({"read", "import"})), {"steps": 0, "weeks": 0, "decisions": 0, "incidents": 0}),
    ],
    ids=["assessor", "import"],
)
def test_what_somebody_may_not_do_is_left_out(copy_of: CopyOf, by: Principal, told: dict[str, int]) -> None:
    store = copy_of(None)
    demo.load(store, by, today=DAY)
    dossier = reviews.load(store, by, "quote-desk", as_of=DAY).dossier
    assert {part: len(getattr(dossier, part)) for part in told} == told


def quote_desk(store: Store, day: dt.date) -> Review:
    return reviews.load(store, DANA, "quote-desk", as_of=day)


def test_the_story_begins_with_a_go_on_conditions_that_one_voice_is_against(loaded: dict[dt.date, Store]) -> None:
    review = quote_desk(loaded[DAY], dt.date(2026, 10, 7))
    (decision,) = review.dossier.decisions
    assert (review.assessment.candidate, review.verdict.level, decision.record.level) == ("2026.09", "narrow", "narrow")
    assert decision.record.outcome == "conditional"
    assert len(decision.conditions) == 2
    assert [one.by for one in decision.record.dissent] == ["akiko.moriyama@example.com"]
    assert signoff.seen(review) == decision.record.parts, "it is bound to what stood on its day"
    assert decided.standing(review).state == "stands"


def test_every_step_is_one_that_its_evidence_advised(loaded: dict[dt.date, Store]) -> None:
    for last, candidate in ((dt.date(2026, 10, 20), "2026.09"), (DAY, "2026.10")):
        review = quote_desk(loaded[DAY], last)
        assert review.assessment.candidate == candidate
        steps = review.dossier.steps
        assert [(one.at.date(), one.record.action, one.record.stage) for one in steps] == STEPS[candidate]
        assert all(one.record.action == one.record.advice for one in steps)


def test_a_canary_holds_on_one_language_and_is_rolled_back_for_it(loaded: dict[dt.date, Store]) -> None:
    for day, state in ((14, "inconclusive"), (16, "fail")):
        review = quote_desk(loaded[DAY], dt.date(2026, 10, day))
        assert review.policy
        (each,) = review.policy.record.stages[1].gates
        asked = [each.model_copy(update={"cohort": f"language={name}"}) for name in ("en", "de", "ja")]
        canary = review.policy.record.stages[1].model_copy(update={"gates": [each, *asked]})
        metrics = {metric.id: metric for metric in review.checklist.metrics}
        results = advising.judged(review.facts, canary, metrics, review.as_of).gates
        assert [result.state for result in results] == [state, "pass", "pass", state]
        fewer = "fewer than the 40 cases asked for" in gate_words.sentence(results[0], metrics["task_success"])
        assert fewer == (state == "inconclusive")
    told = stage_words.sentence(stage_words.advice(quote_desk(loaded[DAY], dt.date(2026, 10, 20)), NOON))
    assert "it was rolled back on 16 Oct 2026" in told


def test_the_incident_speaks_until_the_gate_of_the_next_candidate_answers_it(loaded: dict[dt.date, Store]) -> None:
    before, after = (quote_desk(loaded[DAY], day) for day in (dt.date(2026, 10, 20), dt.date(2026, 11, 3)))
    touched = ["cohort-success", "regression-gates"]
    (open_,), (answered,) = before.incidents, after.incidents
    assert open_.answer is None
    assert [answer.signal.id for answer in before.answers if answer.state == "contradicted"] == touched
    assert (before.verdict.level, decided.standing(before).state) == ("blocked", "reopened")
    assert answered.answer
    assert (answered.answer.record.kind, answered.answer.record.reference) == ("gate", "task_success for each cohort")
    assert [answer.state for answer in after.answers if answer.signal.id in touched] == ["shown", "shown"]
    assert (after.verdict.level, decided.standing(after).state) == ("staged", "stands")
    assert open_.incident.record.trace in {trace.record.trace_id for _, trace in before.dossier.traces}


def test_the_first_week_went_as_promised_and_the_second_waits_to_be_reviewed(loaded: dict[dt.date, Store]) -> None:
    review = quote_desk(loaded[DAY], DAY)
    first, second, third = weeks.of(review)
    told = weeks.report(review, first)
    assert (told.observed.state, weeks.observed(review, second).state) == ("kept", "kept")
    assert weeks.observed(review, third).state == "silent"
    assert told.minutes
    assert (told.minutes.record.outcome, told.minutes.record.state) == ("as promised", "kept")
    assert not weeks.is_outdated(told), "its figures are those that were seen"
    assert [(item, bool(figures), bool(said)) for item, figures, said in weeks.watched(review, told.observed)] == [
        ("Task success by language", True, False),
        ("Groundedness by language", True, False),
        ("Quotes for more than one container in Japanese", False, True),
    ]
    assert weeks.unreviewed(review) == [second]
    assert weeks.alarm(review) == ""
    assert all(condition.met_on for condition in review.dossier.decisions[-1].conditions)
    (item,) = [one for one in portfolio_service.statuses(loaded[DAY], DANA, as_of=DAY) if one.slug == "quote-desk"]
    assert [(due.week, due.since) for due in item.due_reviews] == [(2, DAY)]
    assert item.reviewer == "mateo.ibarra@example.com"


def test_nobody_of_the_story_is_named_by_another_system() -> None:
    """What waits for whom stays as it was."""
    texts = {path: path.read_text("utf-8") for path in paths.DEMO.rglob("assessment-*.toml")}
    named = {path: set(re.findall(r"[\w.]+@example.com", text)) for path, text in texts.items()}
    own = set().union(*(names for path, names in named.items() if path.parent.name == "quote-desk"))
    others = set().union(*(names for path, names in named.items() if path.parent.name != "quote-desk"))
    assert own
    assert not own & others


def test_the_manifest_names_every_file_once_and_no_other() -> None:
    manifest = tomllib.loads((paths.DEMO / "manifest.toml").read_text("utf-8"))
    files = [entry for entry in manifest["entry"] if entry["do"] == "file"]
    named = [entry["path"] for entry in files]
    there = [path.relative_to(paths.DEMO).as_posix() for path in paths.DEMO.rglob("*") if path.is_file()]
    assert sorted([*named, "manifest.toml"]) == sorted(there)
    assert all(entry["path"].startswith(f"{entry['system']}/") for entry in files)


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
