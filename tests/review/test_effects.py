from __future__ import annotations

from pathlib import Path

import pytest

from readiness.review import effects, level_words
from readiness.review.review import Review
from readiness.services import reviews
from readiness.store import Store
from tests import factories, files
from tests.factories import CANDIDATE, SLUG, TODAY

DANA = factories.principal()


def looked(store: Store) -> Review:
    return reviews.load(store, DANA, SLUG, as_of=TODAY)


@pytest.fixture
def before(sqlite_store: Store, tmp_path: Path) -> Review:
    files.keep(sqlite_store, files.assessment(tmp_path, files.whole()))
    return looked(sqlite_store)


def test_evidence_changes_what_stands_behind_an_answer_and_how_many_gates_pass(
    before: Review, sqlite_store: Store, tmp_path: Path
) -> None:
    files.keep(sqlite_store, files.results(tmp_path))
    now = looked(sqlite_store)
    told = effects.between(before, now)
    assert told.gates == "1 of 1 gate pass now; before, 0 did."
    outcome = {effect.signal.id: (effect.before, effect.now) for effect in told.answers}
    states = {
        answer.signal.id: (answer.state, other.state) for answer, other in zip(before.answers, now.answers, strict=True)
    }
    assert outcome.keys() == {signal for signal, (first, second) in states.items() if first != second}
    assert outcome["cohort-success"][1] == "✓ Shown by evidence"


def test_a_verdict_that_moved_is_told_with_the_one_before(before: Review, sqlite_store: Store, tmp_path: Path) -> None:
    files.keep(sqlite_store, files.results(tmp_path, f"{CANDIDATE},*,,task_success,0.10,900", name="worse.csv"))
    now = looked(sqlite_store)
    told = effects.between(before, now)
    assert before.verdict.level != now.verdict.level
    was, level = (level_words.badge(review.verdict.level) for review in (before, now))
    assert told.verdict == f"The verdict is {level} now; it was {was}."


def test_where_nothing_changed_the_verdict_stays_and_no_answer_is_told(before: Review) -> None:
    told = effects.between(before, before)
    assert (told.gates, told.answers) == ("", ())
    assert told.verdict.startswith("The verdict stays ")


def test_a_score_that_moved_within_its_band_is_told(before: Review, sqlite_store: Store, tmp_path: Path) -> None:
    files.keep(sqlite_store, files.assessment(tmp_path, files.whole(capacity="partial")))
    now = looked(sqlite_store)
    told = effects.between(before, now)
    assert before.verdict.level == now.verdict.level
    assert told.verdict.endswith(f"the score is {now.verdict.score} now and was {before.verdict.score}.")
    assert [(effect.signal.id, effect.before, effect.now) for effect in told.answers] == [
        ("capacity", "No – controlled", "Partial – tighten first")
    ]
