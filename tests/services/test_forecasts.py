"""When gaps and better verdicts will be ready, from what is stored of all systems that somebody may read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import event

from readiness.access import Principal
from readiness.decision.forecast import FEWEST, PastPromises
from readiness.decision.promises import promises
from readiness.errors import Denied
from readiness.model import checklist as checklists
from readiness.model.assessment import Assessment, System
from readiness.model.promises import Promise
from readiness.review import forecast_words
from readiness.review.items import Forecast
from readiness.review.review import Review
from readiness.services import forecasts, gaps, reviews
from readiness.services.gaps import Closing
from readiness.store import Store, queries
from tests import factories, files
from tests.factories import SLUG, TODAY, mark

DANA = factories.principal()
SIGNALS = [signal.id for signal in checklists.named("llm-rollout").signals][:FEWEST]
GAP, LATER = "rollback-rehearsal", "regression-gates"
"""Two questions of which a yes alone blocks, so that every way to a better verdict closes them."""
DUE = TODAY + dt.timedelta(days=20)


def on(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def assessed(store: Store, folder: Path, slug: str, days: int, **answers: str | object) -> None:
    file = files.whole(**answers)  # type: ignore[arg-type]
    file.system = System(slug=slug, name=slug)
    file.assessment = Assessment(candidate=f"v{days}", assessed_on=on(days), target_date=DUE)
    files.keep(store, files.assessment(folder, file, f"{slug}{days}.toml"))


def past_of(store: Store, folder: Path, slug: str = "desk", many: int = FEWEST) -> None:
    """A system whose gaps were all due 100 days ago, and closed 30 days later."""
    opened = {signal: mark(signal, "yes", due=on(-100), owner="omar") for signal in SIGNALS[:many]}
    assessed(store, folder, slug, -150, **opened)
    assessed(store, folder, slug, -70)


def open_now(store: Store, folder: Path, *signals: str, due: dt.date | None = DUE) -> None:
    assessed(store, folder, SLUG, 0, **{signal: mark(signal, "yes", due=due, owner="omar") for signal in signals})


def seen(store: Store, by: Principal = DANA, days: int = 0) -> Review:
    return forecasts.beside(store, by, reviews.load(store, DANA, SLUG, as_of=on(days)))


def told(store: Store, by: Principal = DANA, days: int = 0) -> Forecast:
    found = seen(store, by, days).forecast
    assert found is not None
    return found


def test_a_gap_and_a_better_verdict_have_the_day_that_the_past_gives_them(sqlite_store: Store, tmp_path: Path) -> None:
    past_of(sqlite_store, tmp_path)
    open_now(sqlite_store, tmp_path, GAP)
    review = seen(sqlite_store)
    (gap,) = told(sqlite_store).gaps
    late = DUE + dt.timedelta(days=30)
    assert (gap.by, gap.median, gap.n, gap.why) == (late, late, FEWEST, "")
    ways = told(sqlite_store).ways
    assert ways
    assert {(way.by, way.n) for way in ways if way.dated} == {(late, FEWEST)}
    assert forecast_words.gap(gap).endswith("(10 past dates)")
    assert review.verdict == reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY).verdict


def test_nothing_is_forecast_from_nine_gaps_that_were_closed(sqlite_store: Store, tmp_path: Path) -> None:
    past_of(sqlite_store, tmp_path, many=FEWEST - 1)
    open_now(sqlite_store, tmp_path, GAP)
    (gap,) = told(sqlite_store).gaps
    assert (gap.by, gap.median, gap.n) == (None, None, 9)
    assert forecast_words.gap(gap) == "Too few past dates to forecast (9 of 10)"
    assert "too few past dates to forecast (9 of 10)" in forecast_words.case(seen(sqlite_store))


def test_only_the_past_of_systems_that_a_principal_may_read_counts(sqlite_store: Store, tmp_path: Path) -> None:
    past_of(sqlite_store, tmp_path)
    open_now(sqlite_store, tmp_path, GAP)
    guest = Principal.of("guest", {"viewer"}, {SLUG})
    assert [(one.by, one.n) for one in told(sqlite_store, guest).gaps] == [(None, 0)]
    assert told(sqlite_store).gaps[0].n == FEWEST
    with pytest.raises(Denied):
        forecasts.beside(sqlite_store, Principal.of("nobody"), reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY))


def test_a_gap_without_a_date_is_silent_and_makes_its_way_say_so(sqlite_store: Store, tmp_path: Path) -> None:
    past_of(sqlite_store, tmp_path)
    open_now(sqlite_store, tmp_path, GAP, due=None)
    (gap,) = told(sqlite_store).gaps
    assert (gap.by, gap.why) == (None, "no date")
    way = told(sqlite_store).ways[-1]
    assert (way.dated, way.by) == (0, None)
    assert "not dated, " in forecast_words.way(way, DUE)


def test_the_critical_gap_and_what_it_would_give_are_named(sqlite_store: Store, tmp_path: Path) -> None:
    past_of(sqlite_store, tmp_path)
    answers = {signal: mark(signal, "yes", due=on(days), owner="omar") for signal, days in ((GAP, 20), (LATER, 60))}
    assessed(sqlite_store, tmp_path, SLUG, 0, **answers)
    way = next(way for way in told(sqlite_store).ways if way.dated == 2)
    assert way.critical is not None
    assert (way.critical.signal.id, way.share, way.without) == (LATER, 1.0, on(50))
    assert way.by == on(90)
    assert "without it 80 % by" in forecast_words.way(way, DUE)
    assert "40 days sooner" in forecast_words.way(way, DUE)


@pytest.mark.usefixtures("noon")
def test_a_gap_that_is_moved_and_closed_on_a_page_is_closed_on_that_day(sqlite_store: Store, tmp_path: Path) -> None:
    assessed(sqlite_store, tmp_path, SLUG, -40, **{GAP: mark(GAP, "yes", due=on(-10), owner="omar")})
    open_now(sqlite_store, tmp_path, GAP)
    (gap,) = gaps.every(sqlite_store, DANA, as_of=TODAY)
    assert [(one.due, one.moved, one.is_closed) for one in known(sqlite_store, 0)] == [
        (on(-10), False, False),
        (DUE, True, False),
    ]
    gaps.change(sqlite_store, DANA, gap.id, seen=1, due=on(45), owner="rosa", action="", reason="vendor")
    assert [(one.due, one.owner) for one in known(sqlite_store, 0)][1:] == [(on(45), "rosa")]
    (gap,) = gaps.every(sqlite_store, DANA, as_of=TODAY)
    gaps.close(sqlite_store, DANA, Closing(gap, "measured", ("report 7",)))
    assert [(one.until, one.is_closed) for one in known(sqlite_store, 400)] == [(TODAY, True)]


def known(store: Store, days: int) -> list[Promise]:
    return promises(queries.pasts(store).values(), on(days))


def test_a_past_day_is_forecast_from_what_was_known_then(sqlite_store: Store, tmp_path: Path) -> None:
    past_of(sqlite_store, tmp_path)
    assessed(sqlite_store, tmp_path, SLUG, -120, **{GAP: mark(GAP, "yes", due=DUE, owner="omar")})
    assert told(sqlite_store, days=-71).gaps[0].n == 0
    assert told(sqlite_store, days=0).gaps[0].n == FEWEST


def test_an_earlier_assessment_has_no_forecast(sqlite_store: Store, tmp_path: Path) -> None:
    assessed(sqlite_store, tmp_path, SLUG, -50, **{GAP: mark(GAP, "yes", due=DUE, owner="omar")})
    earlier = queries.assessments(sqlite_store, SLUG)[-1].id
    open_now(sqlite_store, tmp_path, GAP)
    review = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY, assessment_id=earlier)
    assert forecasts.beside(sqlite_store, DANA, review).forecast is None


def test_three_queries_read_the_past_and_a_write_reads_that_of_its_system_again(
    sqlite_store: Store, tmp_path: Path
) -> None:
    past_of(sqlite_store, tmp_path)
    open_now(sqlite_store, tmp_path, GAP)
    review = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY)
    statements: list[str] = []
    event.listen(sqlite_store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def reads() -> int:
        statements.clear()
        forecasts.beside(sqlite_store, DANA, review)
        head, *others = [each for each in statements if each.startswith("SELECT")]
        assert "hash" in head
        return len(others)

    assert [reads(), reads()] == [3, 0]
    past_of(sqlite_store, tmp_path, "calm")
    assert reads() == 3
    assert told(sqlite_store).gaps[0].n == 2 * FEWEST


@pytest.mark.usefixtures("noon")
def test_a_write_of_today_about_another_system_reads_that_alone_and_works_out_nothing_again(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    past_of(sqlite_store, tmp_path)
    for slug in ("other", "third", "fourth"):
        assessed(sqlite_store, tmp_path, slug, -5, **{GAP: mark(GAP, "yes", due=DUE, owner="omar")})
    open_now(sqlite_store, tmp_path, GAP)
    review, before = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY), told(sqlite_store)
    (gap,) = [gap for gap in gaps.every(sqlite_store, DANA, as_of=TODAY) if gap.system == "other"]
    columns: list[set[str]] = []

    def counted(own: Iterable[Promise], as_of: dt.date) -> PastPromises:
        own = list(own)
        columns.append({promise.system for promise in own})
        return PastPromises(own, as_of)

    monkeypatch.setattr(forecasts, "PastPromises", counted)
    gaps.change(sqlite_store, DANA, gap.id, seen=gap.row_version, due=on(45), owner="omar", action="", reason="vendor")
    assert forecasts.beside(sqlite_store, DANA, review).forecast == before
    assert columns == [{"other"}]
    open_now(sqlite_store, tmp_path, GAP, LATER)
    assert len(told(sqlite_store).gaps) == 2
    assert columns[1:] == [{SLUG}, {"desk", "other", "third", "fourth", SLUG}]


def test_both_databases_tell_the_same_past(store: Store, tmp_path: Path) -> None:
    past_of(store, tmp_path)
    found = known(store, 0)
    assert len(found) == FEWEST
    assert {(one.made_on, one.due, one.until, one.is_closed, one.owner) for one in found} == {
        (on(-150), on(-100), on(-70), True, "omar")
    }
