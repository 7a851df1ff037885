from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from readiness.model.assessment import Assessment
from readiness.model.checklist import Level
from readiness.portfolio import status
from readiness.portfolio.status import EarlierVerdict, SystemStatus, TrendPoint
from readiness.review import summaries
from readiness.services import reviews
from readiness.store import Store
from tests import factories, files, stored
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY, mark
from tests.factories import standing as made


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def test_what_is_kept_is_read_back_as_it_was_on_another_day_too() -> None:
    found = made(
        name="Über «Tickets»\n",
        assessed_on=day(-3),
        target_date=day(20),
        blockers=("no rollback (16)",),
        contradicted=("Sign-off (17): nobody is named",),
        due=(day(1), None),
        fresh_until=(day(4),),
        trend=(TrendPoint("1", "2026-01-01", "blocked", 9), TrendPoint("2", "", "staged", 0)),
        week_ago=EarlierVerdict("blocked", ("no rollback (16)",)),
        valid_from=day(-9),
        valid_until=day(9),
    )
    assert status.read(status.dump(found), TODAY) == found
    assert status.read(status.dump(found), day(5)) == replace(found, as_of=day(5))


def test_gaps_are_overdue_from_the_day_after_they_are_due() -> None:
    found = made(due=(day(0), day(-1), None, day(-9), day(4)))
    assert found.overdue == (day(-9), day(-1))
    assert replace(found, as_of=day(1)).overdue == (day(-9), day(-1), day(0))


@pytest.mark.parametrize(
    ("level", "days", "risky"),
    [
        ("blocked", 30, True),
        ("blocked", 31, False),
        ("add-controls", -5, True),
        ("narrow", 3, False),
        ("staged", -5, False),
        ("undetermined", 0, True),
    ],
)
def test_a_target_date_is_at_risk_when_it_is_near_or_past_and_the_verdict_is_no_go(
    level: Level, days: int, risky: bool
) -> None:
    assert made(level=level, target_date=day(days)).at_risk == risky
    assert not made(level=level).at_risk


def test_a_score_that_is_not_final_is_a_range() -> None:
    assert made(score=7, range=(7, 7)).score_text == "7"
    assert made(score=7, range=(7, 19), band=None).score_text == "7–19"


def test_a_blocker_is_new_where_it_did_not_block_a_week_ago() -> None:
    blocked = made(level="blocked", blockers=("no rollback (16)", "no traces (18)"))
    assert blocked.new_blockers == ()
    before = EarlierVerdict("blocked", ("no traces (18)",))
    assert replace(blocked, week_ago=before).new_blockers == ("no rollback (16)",)
    assert replace(blocked, week_ago=before, level="staged").new_blockers == ()


def test_the_worst_come_first_and_equals_by_name() -> None:
    found = [made(slug="c", name="B"), made(slug="b", name="A"), made(slug="a", name="A")]
    found += [made(slug="d", level="blocked"), made(slug="e", score=3)]
    found += [made(slug="0", name="C")]
    assert [each.slug for each in status.worst_first(found)] == ["d", "e", "a", "b", "c", "0"]


def test_systems_of_the_same_name_are_told_apart_by_their_slug() -> None:
    found = [made(slug="a", name="Desk"), made(slug="b", name="Desk"), made(slug="c", name="Copilot")]
    assert status.names(found) == {"a": "Desk (a)", "b": "Desk (b)", "c": "Copilot"}


# What is kept of a review


def looked(store: Store, days: int = 0) -> SystemStatus:
    return status.of(reviews.load(store, factories.principal(), SLUG, as_of=day(days)))


def put(
    store: Store, folder: Path, candidate: str, assessed_on: dt.date | None, days: int = 20, **others: files.Answer
) -> None:
    about = Assessment(candidate=candidate, baseline=BASELINE, assessed_on=assessed_on, target_date=day(days))
    file = files.whole(**others).model_copy(update={"assessment": about})
    files.keep(store, files.assessment(folder, file))


def test_what_is_kept_of_a_review_is_what_it_says(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store, tmp_path, "2026.10", day(-40), traceability="yes")
    raised = mark("rollback-rehearsal", "yes", critical=True, critical_reason="Board", due=day(-1))
    later = mark("capacity", "partial", due=None)
    put(sqlite_store, tmp_path, "2026.11", day(-2), rollback_rehearsal=raised, capacity=later, abstention=None)
    worse = [row.replace("re_ask_rate,0.05", "re_ask_rate,0.5") for row in files.ROWS]
    files.keep(sqlite_store, files.results(tmp_path, *worse), files.spans(tmp_path), measured_on=day(-4))
    review = reviews.load(sqlite_store, factories.principal(), SLUG, as_of=TODAY)
    kept = status.of(review)

    assert (kept.as_of, kept.slug, kept.name, kept.owner) == (TODAY, SLUG, "Support Copilot", "dana")
    assert (kept.assessment_id, kept.checklist) == (review.assessment_id, "llm-rollout")
    assert (kept.candidate, kept.assessed_on, kept.target_date) == ("2026.11", day(-2), day(20))
    assert (kept.level, kept.score, kept.range, kept.band) == ("blocked", 3, (3, 5), None)
    assert kept.evidenced_score == review.verdict.evidenced_score > kept.score
    assert kept.reason.startswith("rollback has not been rehearsed (16).")
    assert kept.short == "rollback has not been rehearsed (16)"
    assert (kept.sign_offs, kept.open_sign_offs) == (3, 3)
    assert len(kept.blockers) == len(set(kept.blockers))
    assert set(kept.blockers) == {summaries.blocker(review, fired) for fired in review.verdict.blockers}
    assert kept.contradicted == tuple(
        f"{answer.signal.name} ({answer.signal.number}): {answer.finding.why}"
        for answer in review.contradicted
        if answer.finding
    )
    assert [line.partition(":")[0] for line in kept.contradicted] == ["Manual review load (4)"]
    assert [each.section for each in kept.sections] == ["outcome", "grounding", "serving", "release", "evidence"]
    assert [each.points for each in kept.sections] == [0, 0, 1, 2, 0]
    assert [each.possible for each in kept.sections] == [8, 10, 8, 8, 8]
    assert [each.unanswered for each in kept.sections] == [1, 0, 0, 0, 0]
    assert [each.name for each in kept.sections] == [section.name for section in review.checklist.sections]
    assert kept.due == (day(-1), None)
    assert (kept.files, kept.stale, kept.parts) == (2, 0, 5)
    assert kept.complete_parts == review.complete_parts > 0
    assert kept.trend == (
        TrendPoint("2026.10", day(-40).isoformat(), "blocked", 2),
        TrendPoint("2026.11", day(-2).isoformat(), "blocked", 3),
    )


def test_an_answered_review_has_its_band_and_a_day_that_nobody_stated_is_empty(
    sqlite_store: Store, tmp_path: Path
) -> None:
    put(sqlite_store, tmp_path, "2026.11", day(0), capacity="yes", abstention="yes", hard_queries="partial")
    review = reviews.load(sqlite_store, factories.principal(), SLUG, as_of=TODAY)
    undated = review.assessment.model_copy(update={"assessed_on": None})
    kept = status.of(replace(review, history=[replace(review.history[0], assessment=undated)]))
    assert (kept.band, kept.score, kept.range, kept.score_text) == ("narrow", 5, (5, 5), "5")
    assert kept.trend == (TrendPoint("2026.11", "", kept.level, 5),)


def test_the_scores_of_the_last_twelve_assessments_are_kept(sqlite_store: Store, tmp_path: Path) -> None:
    for number in range(13):
        put(sqlite_store, tmp_path, f"v{number}", day(number - 20))
    assert [point.candidate for point in looked(sqlite_store).trend] == [f"v{number}" for number in range(1, 13)]


def test_a_standing_holds_until_a_file_begins_or_ceases_to_count(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store, tmp_path, "2026.11", day(-40))
    files.keep(sqlite_store, files.results(tmp_path), measured_on=day(-10))
    other = files.results(tmp_path, "1999.1,*,,task_success,0.9,50", name="old.csv")
    files.keep(sqlite_store, other, measured_on=day(-28))
    kept = looked(sqlite_store)
    assert (kept.valid_from, kept.valid_until) == (day(0), day(2))  # a rehearsal of today to the end of the other file
    assert looked(sqlite_store, -35).valid_from == day(-40)  # its assessment, with no file yet
    assert (kept.files, kept.stale, kept.fresh_until) == (2, 0, (day(20),))
    later = looked(sqlite_store, 3)
    assert (later.valid_from, later.valid_until, later.stale) == (day(3), day(6), 1)  # a week from the rehearsal
    assert (looked(sqlite_store, 21).valid_from, looked(sqlite_store, 21).fresh_until) == (day(21), ())
    assert (looked(sqlite_store, -11).fresh_until, looked(sqlite_store, -10).fresh_until) == ((), (day(20),))


def test_a_standing_holds_until_the_next_assessment_comes_into_force(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store, tmp_path, "2026.10", day(-40))
    put(sqlite_store, tmp_path, "2026.11", day(-20))
    found = looked(sqlite_store, -30)
    assert (found.candidate, found.valid_from, found.valid_until) == ("2026.10", day(-33), day(-21))


@pytest.mark.parametrize(("version", "counts"), [(CANDIDATE, True), (BASELINE, True), ("1999.1", False)])
def test_a_file_of_either_version_under_review_is_told_with_its_last_day(
    sqlite_store: Store, tmp_path: Path, version: str, *, counts: bool
) -> None:
    put(sqlite_store, tmp_path, CANDIDATE, day(-3))
    file = files.results(tmp_path, f"{version},*,,task_success,0.9,50")
    files.keep(sqlite_store, file, measured_on=day(-1))
    assert looked(sqlite_store).fresh_until == ((day(29),) if counts else ())


def test_a_standing_holds_from_the_last_turn_to_the_day_before_the_next() -> None:
    assert status._holds([day(9), day(-3), day(0), day(4)], TODAY) == (day(0), day(3))
    assert status._holds([], TODAY) == (dt.date.min, dt.date.max)


def test_a_file_of_the_last_day_of_the_calendar_never_ceases_to_count(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store, tmp_path, "2026.11", day(0))
    stored.add_evidence(sqlite_store, factories.principal(), SLUG, factories.evidence(measured_on=dt.date.max))
    latest = status.of(reviews.load(sqlite_store, factories.principal(), SLUG, as_of=dt.date.max))
    assert (latest.valid_from, latest.valid_until) == (dt.date.max - dt.timedelta(days=1), dt.date.max)


def test_the_verdict_and_its_reason_are_the_headline() -> None:
    assert made(level="add-controls", reason="the score is 12 of 42.").headline == (
        "Add controls: the score is 12 of 42."
    )


def test_at_the_same_verdict_the_higher_score_comes_first() -> None:
    assert status.rank("narrow", 9, "a", "a") < status.rank("narrow", 5, "a", "a") < status.rank("staged", 9, "a", "a")


def test_the_verdict_of_a_week_ago_is_that_of_the_assessment_in_force_then(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store, tmp_path, "2026.10", day(-7))
    assert looked(sqlite_store, -1).week_ago is None
    put(sqlite_store, tmp_path, "2026.11", day(-2), rollback_rehearsal=mark("rollback-rehearsal", "yes", due=day(3)))
    kept = looked(sqlite_store)
    assert kept.week_ago == EarlierVerdict(kept.trend[0].level, ())
    assert kept.new_blockers == ("rollback has not been rehearsed (16)",)


def test_evidence_measured_within_the_week_did_not_count_before(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store, tmp_path, CANDIDATE, day(-40))
    assert looked(sqlite_store).week_ago == EarlierVerdict(looked(sqlite_store).level, ())
    worse = [row.replace("re_ask_rate,0.05", "re_ask_rate,0.5") for row in files.ROWS]
    files.keep(sqlite_store, files.results(tmp_path, *worse), measured_on=day(-4))
    now, then = looked(sqlite_store), looked(sqlite_store, -7)
    assert "Manual review load" in now.contradicted[0]
    assert now.week_ago == EarlierVerdict(then.level, then.blockers)
    assert looked(sqlite_store, 3).week_ago == EarlierVerdict(now.level, now.blockers)
