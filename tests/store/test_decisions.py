"""Decisions are added to and never changed, whoever asks; their conditions are by compare and swap."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from readiness import clock
from readiness.access import Principal
from readiness.errors import Conflict, Denied, InputError, NotFound, StoreError
from readiness.model.dossier import Done
from readiness.review import decided, signoff
from readiness.services import decisions, portfolio, reviews, systems
from readiness.services import evidence as evidence_service
from readiness.store import Store, queries
from tests import factories
from tests.decided import CONDITION, DAY, RISK
from tests.factories import SLUG, TODAY, assessment_file
from tests.stored import CopyOf

DANA, LEAD = factories.principal(), factories.principal("approver", name="lee")
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def filled(copy_of: CopyOf) -> Store:
    return copy_of(_filled)


def _filled(store: Store, _: Path) -> None:
    file = assessment_file(policy=factories.policy(), monitoring=factories.monitoring())
    evidence_service.add_assessment(store, DANA, file, name="a.toml", digest=factories.digest("a"), as_of=TODAY)


def number(store: Store) -> int:
    return queries.dossier(store, SLUG).assessment.id


def decide(store: Store, by: Principal = LEAD, seen: Any = None, **fields: Any) -> Done:
    """On what is stored now, unless something else was seen."""
    review = reviews.load(store, LEAD, SLUG, as_of=TODAY)
    stated: dict[str, Any] = {
        "outcome": "conditional",
        "decided_on": TODAY,
        "people": ["dana", "lee"],
        "reasons": "the pilot went well",
        "conditions": [CONDITION],
        "risks": [RISK],
        "dissent": [{"by": "kim", "why": "日本語 is weak"}],
    }
    seen = signoff.seen(review) if seen is None else seen
    return decisions.decide(store, by, SLUG, number(store), seen=seen, as_of=TODAY, **stated | fields)


def last(store: Store) -> Any:
    return queries.dossier(store, SLUG).decisions[-1]


def test_a_decision_is_kept_whole_with_its_event(filled: Store) -> None:
    done = decide(filled)
    assert done.sentence == (f"Decided on {SLUG} 2026.11: go with conditions, with 1 condition and 1 accepted risk")
    kept = last(filled)
    review = reviews.load(filled, LEAD, SLUG, as_of=TODAY)
    assert kept.record.level == review.verdict.level
    assert kept.record.digest == signoff.digest(signoff.seen(review))
    assert [one.by for one in kept.record.dissent] == ["kim"]
    assert (kept.by, kept.candidate, [one.record.what for one in kept.conditions]) == (
        "lee",
        "2026.11",
        [CONDITION["what"]],
    )
    event = queries.events(filled)[0]
    assert (event.action, event.actor, event.sentence) == ("decision", "lee", done.sentence)
    assert "parts" not in event.detail
    assert event.detail["conditions"] == [{**CONDITION, "due": CONDITION["due"].isoformat()}]  # type: ignore[attr-defined]
    assert not queries.verified_facts(filled, SLUG).changed


def test_the_verdict_stays_and_the_portfolio_knows_it(filled: Store) -> None:
    (before,) = portfolio.statuses(filled, LEAD, as_of=TODAY)
    decide(filled)
    (after,) = portfolio.statuses(filled, LEAD, as_of=TODAY)
    assert (after.level, after.score, after.decision != "") == (before.level, before.score, True)
    (lapsed,) = portfolio.statuses(filled, LEAD, as_of=TODAY + 2 * DAY)
    assert lapsed.reopened


def test_what_changed_while_one_looked_is_named_and_nothing_is_decided(filled: Store) -> None:
    seen = signoff.seen(reviews.load(filled, LEAD, SLUG, as_of=TODAY))
    system = queries.system(filled, SLUG)
    systems.edit(filled, DANA, system.record.model_copy(update={"owner": "kim"}), seen=system.row_version)
    with pytest.raises(Conflict, match="the system's description changed while you looked; nothing was decided"):
        decide(filled, seen=seen)
    assert queries.dossier(filled, SLUG).decisions == []


@pytest.mark.parametrize("role", ["viewer", "owner", "exporter", "assessor", "admin"])
def test_only_who_approves_may_decide(filled: Store, role: str) -> None:
    with pytest.raises(Denied, match="may not decide on the rollout"):
        decide(filled, factories.principal(role, name="kim"))


@pytest.mark.parametrize("day", [TODAY + DAY, TODAY - 400 * DAY])
def test_a_day_that_is_not_there_yet_or_before_the_assessment_is_refused(filled: Store, day: dt.date) -> None:
    with pytest.raises(InputError, match="cannot be of"):
        decide(filled, decided_on=day)


@pytest.mark.parametrize("statement", ["UPDATE decision SET outcome = 'go'", "DELETE FROM decision"])
def test_the_database_itself_refuses_to_change_a_decision(filled: Store, statement: str) -> None:
    decide(filled)
    with pytest.raises(StoreError), filled.writing(SLUG) as session:
        session.execute(text(statement))
    assert last(filled).record.outcome == "conditional"


def test_a_condition_is_met_and_taken_back_with_what_was_said(filled: Store) -> None:
    decide(filled)
    (condition,) = last(filled).conditions
    owner = factories.principal("owner", name="omar")
    done = decisions.meet(filled, owner, condition.id, seen=1, on=TODAY, note="run 812")
    assert done.sentence == f"The condition “{CONDITION['what']}” of {SLUG} is met; note kept"
    (met,) = last(filled).conditions
    assert (met.met_on, met.met_by, met.note, met.row_version) == (TODAY, "omar", "run 812", 2)
    assert decisions.condition(filled, owner, condition.id) == met
    with pytest.raises(InputError, match="omar said on 20 Nov 2026 already"):
        decisions.meet(filled, owner, condition.id, seen=2, on=TODAY, note="again")
    with pytest.raises(InputError, match="no reason is given"):
        decisions.reopen(filled, LEAD, condition.id, seen=2, reason=" ")
    decisions.reopen(filled, LEAD, condition.id, seen=2, reason="run 812 was of another version")
    assert last(filled).conditions[0].met_on is None
    assert not decisions.reopen(filled, LEAD, condition.id, seen=3, reason="again").changed
    assert not queries.verified_facts(filled, SLUG).changed


@pytest.mark.parametrize(
    ("fields", "problem"),
    [({"on": TODAY + DAY}, "still to come"), ({"on": dt.date(26, 1, 1)}, "."), ({"note": " "}, "nothing shows")],
)
def test_a_condition_is_met_with_a_note_on_a_day_that_was(filled: Store, fields: Any, problem: str) -> None:
    decide(filled)
    (condition,) = last(filled).conditions
    with pytest.raises(InputError, match=problem):
        decisions.meet(filled, LEAD, condition.id, **{"seen": 1, "on": TODAY, "note": "run 812"} | fields)


def test_who_saw_an_older_condition_and_who_may_not_are_refused(filled: Store) -> None:
    decide(filled)
    (condition,) = last(filled).conditions
    with pytest.raises(Conflict, match="This condition was changed by somebody else"):
        decisions.meet(filled, LEAD, condition.id, seen=7, on=TODAY, note="run 812")
    for role, name in (("viewer", "omar"), ("owner", "kim"), ("assessor", "kim")):
        by = factories.principal(role, name=name)
        assert not decisions.may_meet(by, SLUG, "omar")
        with pytest.raises(Denied):
            decisions.meet(filled, by, condition.id, seen=1, on=TODAY, note="run 812")
    assert decisions.may_meet(factories.principal("owner", name="omar"), SLUG, "omar")
    with pytest.raises(NotFound):
        decisions.condition(filled, LEAD, 99)


def test_on_a_day_that_is_past_a_condition_that_was_met_later_is_open(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(filled)
    (condition,) = last(filled).conditions
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.combine(TODAY + 3 * DAY, dt.time(12), dt.UTC))
    decisions.meet(filled, LEAD, condition.id, seen=1, on=TODAY + 3 * DAY, note="run 812")
    decide(filled, outcome="hold", conditions=[], risks=[])
    then = decided.standing(reviews.load(filled, LEAD, SLUG, as_of=TODAY)).last
    assert then is not None
    assert (then.record.outcome, then.conditions[0].met_on) == ("conditional", None)
    now = queries.dossier(filled, SLUG).decisions
    assert [one.record.outcome for one in now] == ["conditional", "hold"]
    assert now[0].conditions[0].met_on == TODAY + 3 * DAY


def test_decisions_go_with_their_system_and_with_nothing_else(filled: Store) -> None:
    decide(filled)
    admin = factories.principal("admin", name="root")
    systems.archive(filled, admin, SLUG, "ended", seen=queries.system(filled, SLUG).row_version)
    systems.delete(filled, admin, SLUG, "ended", seen=queries.system(filled, SLUG).row_version)
    with filled.reading() as session:
        for table in ("decision", "decision_condition"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0  # noqa: S608
    assert not queries.verified_facts(filled).changed
