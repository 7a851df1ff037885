"""The review of what files brought into a store, and how it changes with the day it is asked for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from readiness import clock
from readiness.access import Principal
from readiness.errors import Denied, NotFound
from readiness.model.assessment import Assessment, AssessmentFile, System
from readiness.review import review
from readiness.review.review import Review
from readiness.services import gaps as gaps_service
from readiness.services import reviews
from readiness.services import traces as traces_service
from readiness.store import Store
from tests import factories, files
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY, mark

DANA = factories.principal()


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def load(store: Store, days: int = 0, slug: str = SLUG) -> Review:
    return reviews.load(store, DANA, slug, as_of=day(days))


def put(store: Store, folder: Path, name: str = "assessment.toml", **others: files.Answer) -> Review:
    """An assessment with results and traces of today."""
    file = files.assessment(folder, files.whole(**others), name)
    files.keep(store, file, files.results(folder), files.spans(folder))
    return load(store)


def restated(days: int, candidate: str = CANDIDATE, **others: files.Answer) -> AssessmentFile:
    """The same file about another version or day."""
    assessed = Assessment(candidate=candidate, baseline=BASELINE, assessed_on=day(days), target_date=day(20))
    return files.whole(**others).model_copy(update={"assessment": assessed})


# The day


@pytest.mark.parametrize(
    ("days", "freshness", "level"),
    [
        (-2, "later", "narrow"),
        (-1, "fresh", "staged"),
        (0, "fresh", "staged"),
        (30, "fresh", "staged"),
        (31, "stale", "narrow"),
    ],
)
def test_evidence_ages_and_takes_the_verdict_with_it(
    sqlite_store: Store, tmp_path: Path, days: int, freshness: str, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.keep(sqlite_store, files.assessment(tmp_path, restated(-5)))
    files.keep(sqlite_store, files.results(tmp_path), files.spans(tmp_path))
    monkeypatch.setattr(clock, "today", lambda: day(days))
    found = load(sqlite_store, days)
    assert {item.freshness for item in found.items.values()} == {freshness}
    assert found.verdict.level == level
    assert bool(found.stale) == (freshness != "fresh")
    states = {name: part.state for name, part in found.packet.parts.items() if part.state != "complete"}
    assert states == ({} if freshness == "fresh" else {"scorecard": "partial", "traces": "partial"})


def test_results_that_are_not_dated_never_count(sqlite_store: Store, tmp_path: Path) -> None:
    files.keep(sqlite_store, files.assessment(tmp_path), files.results(tmp_path), measured_on=None)
    found = load(sqlite_store)
    assert [item.freshness for item in found.items.values()] == ["undated"]
    assert (found.rows, found.verdict.level) == ([], "narrow")


@pytest.mark.parametrize(("days", "over"), [(0, 0), (14, 0), (15, 1), (44, 30)])
def test_a_gap_is_overdue_from_the_day_after_it_is_due(
    sqlite_store: Store, tmp_path: Path, days: int, over: int
) -> None:
    put(sqlite_store, tmp_path, capacity="yes")
    found = load(sqlite_store, days)
    assert [gap.days_over for gap in found.gaps] == [over]
    assert len(found.overdue) == bool(over)


@pytest.mark.parametrize(("days", "risky"), [(-11, False), (-10, True), (0, True), (25, True)])
def test_a_target_date_within_thirty_days_or_past_is_at_risk_unless_the_rollout_may_go_ahead(
    sqlite_store: Store, tmp_path: Path, days: int, risky: bool
) -> None:
    files.keep(sqlite_store, files.assessment(tmp_path, restated(-11, traceability="yes")))
    assert load(sqlite_store, days).at_risk == risky


def test_no_target_date_or_a_verdict_to_go_ahead_is_no_risk(sqlite_store: Store, tmp_path: Path) -> None:
    assert not put(sqlite_store, tmp_path, traceability="yes").at_risk
    files.keep(sqlite_store, files.assessment(tmp_path, restated(0)))
    assert (load(sqlite_store).verdict.level, load(sqlite_store).at_risk) == ("staged", False)


# Answers and gaps


def test_every_signal_is_an_answer_in_the_order_of_the_checklist(sqlite_store: Store, tmp_path: Path) -> None:
    found = put(sqlite_store, tmp_path, capacity=None)
    assert [answer.signal for answer in found.answers] == list(found.checklist.all)
    (missing,) = [answer for answer in found.answers if answer.id is None]
    assert (missing.signal.id, missing.mark.mark, missing.row_version) == ("capacity", None, 0)
    assert found.verdict.unanswered == ("capacity",)


def test_gaps_come_by_due_date_and_those_without_one_last(sqlite_store: Store, tmp_path: Path) -> None:
    found = put(
        sqlite_store,
        tmp_path,
        capacity=mark("capacity", "yes", due=day(3)),
        abstention=mark("abstention", "yes", due=None),
        ownership=mark("ownership", "partial", due=day(-3)),
        data_boundary=mark("data-boundary", "partial", due=day(3)),
    )
    assert [gap.signal.id for gap in found.gaps] == ["ownership", "capacity", "data-boundary", "abstention"]
    assert [gap.signal.id for gap in found.overdue] == ["ownership"]


def test_a_gap_shows_the_verdict_that_closing_it_would_give(sqlite_store: Store, tmp_path: Path) -> None:
    found = put(sqlite_store, tmp_path, traceability="yes", capacity="partial")
    assert found.verdict.level == "blocked"
    closed = {gap.signal.id: (gap.closed.level, gap.closed.score) for gap in found.gaps}
    assert closed == {"traceability": ("staged", 1), "capacity": ("blocked", 2)}


def test_only_moves_to_a_later_date_are_slips(sqlite_store: Store, tmp_path: Path) -> None:
    put(sqlite_store, tmp_path, capacity="yes")
    for days in (20, 10, 40):
        (gap,) = load(sqlite_store).gaps
        gaps_service.change(
            sqlite_store,
            DANA,
            gap.id,
            seen=gap.row_version,
            due=day(days),
            owner="omar",
            action="Close it",
            reason="Vendor",
        )
    (gap,) = load(sqlite_store).gaps
    assert ([move.after for move in gap.moves], gap.slips) == ([day(20), day(10), day(40)], 2)


def test_a_no_is_unevidenced_until_something_stands_behind_it(sqlite_store: Store, tmp_path: Path) -> None:
    bare = {"capacity": mark("capacity", "no"), "abstention": mark("abstention", "no", evidence=["scorecard"])}
    files.keep(sqlite_store, files.assessment(tmp_path, files.whole(**bare)))
    assert [each.signal.id for each in load(sqlite_store).unevidenced] == ["abstention", "capacity"]
    files.keep(sqlite_store, files.results(tmp_path))
    assert [each.signal.id for each in load(sqlite_store).unevidenced] == ["capacity"]


def test_strips_add_up_to_the_score(sqlite_store: Store, tmp_path: Path) -> None:
    found = put(sqlite_store, tmp_path, capacity="yes", abstention="partial", ownership=None, data_boundary="yes")
    assert sum(score.points for score in found.section_scores) == found.verdict.score == 3
    assert sum(score.possible for score in found.section_scores) == found.checklist.highest
    assert {score.section.id: score.unanswered for score in found.section_scores if score.unanswered} == {"evidence": 1}


# Evidence and traces


def test_figures_of_a_known_metric_get_its_unit_and_direction(sqlite_store: Store, tmp_path: Path) -> None:
    rows = [f"{CANDIDATE},*,,latency_ms,900,400", f"{CANDIDATE},*,,mood,0.4,400"]
    files.keep(sqlite_store, files.assessment(tmp_path), files.results(tmp_path, *rows))
    known = {row.metric: row.candidate for row in load(sqlite_store).rows}
    assert {name: (cell.unit, cell.direction) for name, cell in known.items() if cell} == {
        "latency_ms": ("ms", "lower"),
        "mood": ("", "unknown"),
    }


def test_an_item_tells_the_versions_it_speaks_of(sqlite_store: Store, tmp_path: Path) -> None:
    found = put(sqlite_store, tmp_path)
    assert {item.evidence.name: item.versions for item in found.items.values()} == {
        "results.csv": (BASELINE, CANDIDATE),
        "spans.jsonl": (CANDIDATE,),
    }
    assert {item.added_by for item in found.items.values()} == {"dana"}


def test_only_labelled_traces_of_the_candidate_show_a_path(sqlite_store: Store, tmp_path: Path) -> None:
    found = put(sqlite_store, tmp_path)
    assert review.missing_paths(found) == ()
    (sample,) = found.path("bad")
    traces_service.label(sqlite_store, DANA, SLUG, sample.id, None, "", seen=sample.row_version)
    assert review.missing_paths(load(sqlite_store)) == ("bad",)
    later = files.assessment(tmp_path, restated(0, "2026.12"), "later.toml")
    files.keep(sqlite_store, later)
    assert review.missing_paths(load(sqlite_store)) == ("good", "bad", "escalation")
    assert len(load(sqlite_store).samples) == 3


# History


def test_the_history_runs_to_the_latest_assessment_each_with_the_verdict_of_its_day(
    sqlite_store: Store, tmp_path: Path
) -> None:
    first = files.whole(traceability="yes")
    first.assessment = Assessment(candidate=BASELINE, assessed_on=day(-40))
    files.keep(sqlite_store, files.assessment(tmp_path, first, "first.toml"))
    found = put(sqlite_store, tmp_path, capacity="yes")
    assert [(past.assessment.candidate, past.verdict.level) for past in found.history] == [
        (BASELINE, "blocked"),
        (CANDIDATE, "staged"),
    ]
    assert found.previous is found.history[0]
    assert [(signal.id, before and before.mark, now.mark) for signal, before, now in found.changes] == [
        ("capacity", "no", "yes"),
        ("traceability", "yes", "no"),
    ]
    assert found.latest
    earlier = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY, assessment_id=found.history[0].id)
    assert (earlier.assessment.candidate, earlier.latest, earlier.previous) == (BASELINE, False, None)
    assert earlier.changes == ()


# The portfolio, and who may see it


@pytest.fixture
def three(sqlite_store: Store, tmp_path: Path) -> Store:
    answers: dict[str, dict[str, files.Answer]] = {
        "alpha": {},
        "beta": {"traceability": "yes"},
        "gamma": {"capacity": None},
    }
    for slug, others in answers.items():
        file = files.whole(**others).model_copy(update={"system": System(slug=slug, name=slug.title())})
        files.keep(sqlite_store, files.assessment(tmp_path, file, f"{slug}.toml"))
    return sqlite_store


def test_the_portfolio_is_sorted_worst_first(three: Store) -> None:
    found = reviews.every(three, DANA, as_of=TODAY)
    assert [(each.slug, each.verdict.level) for each in found] == [
        ("beta", "blocked"),
        ("gamma", "undetermined"),
        ("alpha", "narrow"),
    ]


def test_a_principal_sees_the_systems_that_are_theirs_and_no_others(three: Store) -> None:
    guest = Principal.of("guest", {"viewer"}, {"beta"})
    assert [each.slug for each in reviews.every(three, guest, as_of=TODAY)] == ["beta"]
    assert {event.system for event in reviews.activity(three, guest)} == {"beta"}
    with pytest.raises(Denied, match="guest may not read the evidence of alpha"):
        reviews.load(three, guest, "alpha", as_of=TODAY)
    with pytest.raises(Denied):
        reviews.chain(three, guest)
    nobody = Principal.of("nobody")
    assert reviews.every(three, nobody, as_of=TODAY) == []
    assert reviews.activity(three, nobody) == []


def test_a_system_outside_the_reach_of_a_principal_is_denied_whether_it_is_there_or_not(three: Store) -> None:
    guest = Principal.of("guest", {"viewer"}, {"beta"})
    for slug in ("alpha", "nowhere"):
        with pytest.raises(Denied):
            reviews.load(three, guest, slug, as_of=TODAY)


def test_a_system_or_an_assessment_that_is_not_there_is_not_found(three: Store) -> None:
    with pytest.raises(NotFound, match="'nowhere' is not in the store; expected one of alpha, beta, gamma"):
        reviews.load(three, DANA, "nowhere", as_of=TODAY)
    other = reviews.load(three, DANA, "beta", as_of=TODAY).assessment_id
    with pytest.raises(NotFound, match="alpha has no such assessment"):
        reviews.load(three, DANA, "alpha", as_of=TODAY, assessment_id=other)


def test_the_chain_is_whole_after_imports(three: Store) -> None:
    assert reviews.chain(three, DANA).broken_at is None
    assert [event.seq for event in reviews.activity(three, DANA, limit=2)] == [3, 2]
    assert reviews.activity(three, DANA, system="alpha", actor="omar") == []
