"""What is kept is English, whoever writes; whoever writes or looks is told it in their language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness import clock, english, language
from readiness.access import Principal
from readiness.errors import ReadinessError
from readiness.services import _statuses, evidence, gaps, marks, portfolio, reviews
from readiness.store import Store, queries
from tests import factories, files
from tests.factories import SLUG, TODAY, mark
from tests.importers.reading import read_file, refusal, skips

DANA = factories.principal()
UNEVEN = "case_id,score,latency_ms\na,1,20\nb,2\nc,0,10\n,,\n"


@pytest.fixture
def german() -> Iterator[None]:
    with language.use("de"):
        yield


@pytest.fixture
def keeper(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with one system, whose gap is due."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    evidence.add_assessment(
        sqlite_store, DANA, files.whole(capacity="yes"), name="a.toml", digest=factories.digest("a"), as_of=TODAY
    )
    return sqlite_store


def test_the_record_says_in_english_what_the_writer_is_told(keeper: Store, german: None) -> None:
    found = queries.dossier(keeper, SLUG)
    seen = found.marks["traceability"].row_version if "traceability" in found.marks else 0
    done = marks.answer(keeper, DANA, SLUG, found.assessment.id, mark("traceability", "partial"), seen=seen)
    assert done.sentence.endswith("wurde zu Teilweise")
    assert queries.events(keeper)[0].sentence.endswith("became Partial")


def test_what_is_kept_with_a_file_is_the_same_in_every_language(tmp_path: Path) -> None:
    read = []
    for spoken in ("en", "de"):
        with language.use(spoken):
            batch = read_file(tmp_path, UNEVEN)
            assert batch.evidence is not None
            read.append((skips(batch), batch.warnings, batch.evidence.model_dump()))
    assert read[0] == read[1]
    assert read[0][0][0] == ("row 2", "the row has 2 cells for 3 columns")


def test_a_file_is_refused_in_the_language_of_whoever_hands_it_in(tmp_path: Path, german: None) -> None:
    said = refusal(tmp_path, "[1, 2")
    assert said.startswith("upload.bin: das Format wird nicht erkannt; erwartet: eins davon: eine Bewertung (TOML); ")


def test_a_standing_is_kept_in_each_language_in_which_somebody_looked(keeper: Store) -> None:
    (english_one,) = portfolio.statuses(keeper, DANA, as_of=TODAY)
    with language.use("de"):
        assert portfolio.missing(keeper, DANA, as_of=TODAY) == 1
        assert portfolio.at_hand(keeper, DANA, as_of=TODAY) == [english_one]
        assert portfolio.catch_up(keeper, DANA, as_of=TODAY) == 1
        assert portfolio.missing(keeper, DANA, as_of=TODAY) == 0
    assert portfolio.missing(keeper, DANA, as_of=TODAY) == 0
    assert portfolio.statuses(keeper, DANA, as_of=TODAY) == [english_one]
    assert _statuses.differing(keeper) == []


def test_dates_move_in_every_language_that_is_kept(keeper: Store) -> None:
    portfolio.statuses(keeper, DANA, as_of=TODAY)
    with language.use("de"):
        portfolio.statuses(keeper, DANA, as_of=TODAY)
    gap = queries.dossier(keeper, SLUG).marks["capacity"]
    due = TODAY + dt.timedelta(days=1)
    gaps.change(keeper, DANA, gap.id, seen=gap.row_version, due=due, owner="rosa", action="", reason="x")
    for spoken in ("en", "de"):
        with language.use(spoken):
            assert portfolio.missing(keeper, DANA, as_of=TODAY) == 0
            assert portfolio.statuses(keeper, DANA, as_of=TODAY)[0].due == (due,)


def test_a_review_is_kept_for_each_language(keeper: Store) -> None:
    first = reviews.load(keeper, DANA, SLUG, as_of=TODAY)
    with language.use("de"):
        other = reviews.load(keeper, DANA, SLUG, as_of=TODAY)
        assert other is reviews.load(keeper, DANA, SLUG, as_of=TODAY)
    assert first is reviews.load(keeper, DANA, SLUG, as_of=TODAY)
    assert first is not other


def test_who_may_not_is_told_so_in_their_language(keeper: Store, german: None) -> None:
    nobody = Principal.of("nora", ())
    with pytest.raises(ReadinessError) as denied:
        reviews.load(keeper, nobody, SLUG, as_of=TODAY)
    assert str(denied.value).startswith(f"nora darf bei {SLUG} nicht die Nachweise lesen")


def test_words_of_the_record_are_english_in_any_language(german: None) -> None:
    assert english.counted(1_234, "row") == "1,234 rows"
    assert english.day(dt.date(2026, 12, 1)) == "1 Dec 2026"
    assert english.listed(["a", "b"], "or") == "a or b"
