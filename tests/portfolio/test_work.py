"""What waits for one person, the most urgent first."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness.model.dossier import Handover
from readiness.portfolio import work
from readiness.portfolio.work import PendingSignOff, WorkItem
from readiness.review.items import OpenGap
from readiness.review.signoff import ApproverStatus
from tests import factories
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


def items(
    *gaps: OpenGap, sign_offs: tuple[PendingSignOff, ...] = (), offers: tuple[Handover, ...] = ()
) -> list[WorkItem]:
    return work.items(lambda name: name.casefold() == "rosa", gaps, sign_offs, offers, TODAY)


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
    assert work.sentence(items(*gaps, **given), TODAY) == told  # type: ignore[arg-type]
