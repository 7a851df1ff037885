"""What waits for one person, the most urgent first."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.model.decisions import OpenCondition, StoredCondition
from readiness.model.dossier import Handover
from readiness.portfolio import work
from readiness.portfolio.work import PendingSignOff, Waiting, WorkItem
from readiness.review.items import OpenGap
from readiness.review.signoff import ApproverStatus
from tests import decided, factories
from tests.factories import SLUG, TODAY

NOON = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)


def gap(number: int, days: int | None, owner: str = "Rosa") -> OpenGap:
    signal = factories.CHECKLIST.signals[number]
    due = None if days is None else TODAY + dt.timedelta(days=days)
    return OpenGap(number, 1, SLUG, signal, factories.mark(signal.id, "yes", owner=owner, due=due), [], TODAY)


def pending(days: int | None = 9) -> PendingSignOff:
    target = None if days is None else TODAY + dt.timedelta(days=days)
    return PendingSignOff(SLUG, "2026.11", "narrow", target, ApproverStatus("quality", "rosa"))


def offer(number: int, to: str = "rosa") -> Handover:
    return Handover(1, SLUG, number, to, "You know it", "omar", NOON)


def items(*gaps: OpenGap, **others: Any) -> list[WorkItem]:
    waiting = Waiting(gaps, **others)
    return work.items(lambda name: name.casefold() == "rosa", waiting, TODAY)


def test_what_is_overdue_comes_first_then_whom_others_wait_for_then_what_is_due_next() -> None:
    gaps = [gap(1, 5), gap(2, -3), gap(3, None), gap(4, 2, "omar"), gap(5, 9, "mei"), gap(6, 1)]
    found = items(*gaps, sign_offs=(pending(),), offers=(offer(4), offer(5, "somebody else")))
    assert [(item.kind, item.gap.id if item.gap else 0) for item in found] == [
        ("gap", 2),
        ("hand-over", 4),
        ("sign-off", 0),
        ("gap", 6),
        ("gap", 1),
        ("gap", 3),
    ]
    assert found[1].why == "omar offers you this gap: You know it"
    assert (found[2].page, found[2].by) == ("release", TODAY + dt.timedelta(days=9))


def test_a_rollout_that_has_passed_makes_its_sign_off_as_urgent_as_what_is_overdue_since_then() -> None:
    found = items(gap(1, -3), gap(2, -8), sign_offs=(pending(-5),))
    assert [item.kind for item in found] == ["gap", "sign-off", "gap"]


def test_an_offer_of_a_gap_that_is_no_longer_open_is_not_shown() -> None:
    assert items(gap(1, 3, "omar"), offers=(offer(2),)) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "Nothing waits for you."),
        ({"gaps": [gap(1, 3)]}, "1 gap is yours, none overdue."),
        ({"gaps": [gap(1, -1)]}, "1 gap is yours, overdue by 1 day."),
        ({"gaps": [gap(1, -4), gap(2, 3)]}, "2 gaps are yours, 1 overdue by 4 days."),
        ({"gaps": [gap(1, -4), gap(2, -1)]}, "2 gaps are yours, 2 overdue by up to 4 days."),
        ({"sign_offs": (pending(), pending())}, "2 sign-offs wait for you."),
        (
            {"gaps": [gap(1, 3), gap(2, 2, "omar")], "offers": (offer(2),), "sign_offs": (pending(),)},
            "1 gap is yours, none overdue; 1 hand-over waits for you; 1 sign-off waits for you.",
        ),
    ],
)
def test_the_sentence_counts_each_kind(given: dict[str, list[OpenGap]], told: str) -> None:
    gaps = given.pop("gaps", []) if "gaps" in given else []
    assert work.sentence(items(*gaps, **given), TODAY) == told


def condition(number: int, days: int, owner: str = "rosa") -> OpenCondition:
    record = decided.condition(owner=owner, due=TODAY + dt.timedelta(days=days), what=f"condition {number}")
    return OpenCondition(SLUG, "2026.11", StoredCondition(number, 1, record))


def test_conditions_of_decisions_wait_for_their_owner_by_their_day() -> None:
    found = items(gap(1, 3), conditions=[condition(1, 5), condition(2, -1), condition(3, 1, "omar")])
    assert [(item.kind, item.title, item.page) for item in found] == [
        ("condition", "condition 2", "decision"),
        ("gap", found[1].title, ""),
        ("condition", "condition 1", "decision"),
    ]
    assert found[0].why == "a condition of the decision on 2026.11"
    assert work.sentence(found, TODAY).endswith("2 conditions wait for you.")


def test_a_decision_that_is_open_again_waits_from_today_for_who_may_take_it() -> None:
    (found,) = items(to_decide=[factories.standing(reopened=("the verdict was better",), decision="go")])
    assert (found.title, found.why, found.since) == ("Decide again on 2026.11", "The verdict was better", TODAY)
    assert work.sentence([found], TODAY) == "1 decision waits for you."
