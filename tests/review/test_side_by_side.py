from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from readiness.model.assessment import Assessment, System
from readiness.review import side_by_side
from readiness.review.review import Review
from readiness.scorecard.heat import Strip
from readiness.services import reviews
from readiness.store import Store
from tests import factories, files
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY

DANA = factories.principal()
LATER = (f"{CANDIDATE},*,,task_success,0.94,900", "2026.12,*,,task_success,0.91,900")


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def put(
    store: Store, folder: Path, candidate: str, baseline: str, assessed: int, slug: str = SLUG, **marks: str
) -> None:
    file = files.whole(**marks)  # type: ignore[arg-type]
    about = Assessment(candidate=candidate, baseline=baseline, assessed_on=day(assessed))
    system = System(slug=slug, name=slug.replace("-", " ").title(), owner="dana")
    files.keep(store, files.assessment(folder, file.model_copy(update={"assessment": about, "system": system})))


@pytest.fixture
def two(sqlite_store: Store, tmp_path: Path) -> tuple[Review, Review]:
    """Two versions of one system, the later one with two gaps; both versions measured."""
    put(sqlite_store, tmp_path, CANDIDATE, BASELINE, -20)
    files.keep(sqlite_store, files.results(tmp_path), measured_on=day(-20))
    put(sqlite_store, tmp_path, "2026.12", CANDIDATE, -2, capacity="yes", abstention="partial")
    files.keep(sqlite_store, files.results(tmp_path, *LATER, name="later.csv"), measured_on=day(-3))
    newest, *_, oldest = reviews.assessments(sqlite_store, DANA, SLUG)
    return reviews.both(sqlite_store, DANA, (SLUG, oldest.id), (SLUG, newest.id), as_of=TODAY)


def test_the_sentence_says_which_stands_better_and_how_many_answers_differ(two: tuple[Review, Review]) -> None:
    left, right = two
    count = len(side_by_side.signals(left, right))
    said = side_by_side.sentence(left, right)
    assert said.startswith(f"2026.12 is {right.verdict.level.replace('-', ' ')}, ")
    assert said.endswith(f"; {count} answers differ.")
    assert side_by_side.sentence(left, left) == (
        f"{CANDIDATE} is {left.verdict.level.replace('-', ' ')}, no other than {CANDIDATE}; 0 answers differ."
    )


def test_only_answers_that_differ_in_mark_or_in_what_stands_behind_are_paired(two: tuple[Review, Review]) -> None:
    pairs = {pair.signal.id: pair for pair in side_by_side.signals(*two)}
    assert {"capacity", "abstention"} <= pairs.keys()
    capacity = pairs["capacity"]
    assert capacity.left
    assert capacity.right
    assert (capacity.left.mark.mark, capacity.right.mark.mark) == ("no", "yes")
    assert side_by_side.signals(two[0], two[0]) == []
    for pair in pairs.values():
        assert pair.left
        assert pair.right
        assert (pair.left.mark.mark, pair.left.state) != (pair.right.mark.mark, pair.right.state)


def test_metrics_that_both_have_measured_stand_on_one_scale_each_with_its_interval(two: tuple[Review, Review]) -> None:
    pairs = {pair.metric: pair for pair in side_by_side.metrics(*two)}
    assert "task_success" in pairs
    pair = pairs["task_success"]
    assert (pair.left.version, pair.right.version) == (CANDIDATE, "2026.12")
    for strip in pair.strips:
        assert 0 <= strip.low <= strip.at <= strip.high <= 100
    assert min(strip.low for strip in pair.strips) == 0
    assert max(strip.high for strip in pair.strips) == 100


def test_two_systems_are_told_by_their_names_and_that_it_is_no_test(
    sqlite_store: Store, tmp_path: Path, two: tuple[Review, Review]
) -> None:
    put(sqlite_store, tmp_path, "1", "", -3, slug="night-desk")
    other = reviews.load(sqlite_store, DANA, "night-desk", as_of=TODAY)
    assert side_by_side.sentence(other, two[1]).startswith("Support Copilot is ")
    assert side_by_side.caution(other, two[1]) == side_by_side.NO_TEST
    assert side_by_side.caution(*two) == side_by_side.OWN_TEST
    assert side_by_side.metrics(other, two[1]) == []
    assert side_by_side.own_day(other, two[1]) is None


def test_an_earlier_assessment_has_the_verdict_of_its_own_day_too(two: tuple[Review, Review]) -> None:
    left, right = two
    assert side_by_side.own_day(left, right) == right.history[0].verdict.level
    assert side_by_side.own_day(right, left) is None


def test_a_question_is_followed_over_all_assessments(two: tuple[Review, Review]) -> None:
    told = side_by_side.signal_history(two[1], "capacity")
    assert [(past.candidate, past.assessed_on, past.mark) for past in told] == [
        (CANDIDATE, day(-20), "No – controlled"),
        ("2026.12", day(-2), "Yes – gap"),
    ]
    assert told[0].state
    assert told[1].state == ""
    assert side_by_side.signal_history(two[1], "unheard-of") == []


def test_a_metric_is_followed_over_all_versions_as_they_were_measured_last(two: tuple[Review, Review]) -> None:
    told = side_by_side.metric_history(two[1], "task_success")
    assert [(past.version, past.measured_on) for past in told] == [
        (BASELINE, day(-20)),
        (CANDIDATE, day(-3)),
        ("2026.12", day(-3)),
    ]
    assert side_by_side.metric_history(two[1], "unheard_of") == []


def test_figures_that_are_all_the_same_stand_in_the_middle() -> None:
    alone = factories.cell(n=None, passed=None)
    assert side_by_side.strips([alone, alone], "mean") == [Strip(50, 50, 50)] * 2
